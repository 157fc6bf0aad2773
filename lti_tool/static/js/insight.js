// Draws each plot from the very table that stands below it: what is hidden there is missing here.

const root = document.documentElement;
const rtl = root.dir === "rtl";
const dark = matchMedia("(prefers-color-scheme: dark)");
const ROW = 30; // pixels of one bar
const NARROW = 560;

function colour(name) {
  return getComputedStyle(root).getPropertyValue(`--${name}`).trim();
}

// Stripes, so that two kinds of bars differ by more than their colour.
function striped(ink, ground) {
  const tile = document.createElement("canvas");
  tile.width = tile.height = 8;
  const pen = tile.getContext("2d");
  pen.fillStyle = ground;
  pen.fillRect(0, 0, 8, 8);
  pen.strokeStyle = ink;
  pen.lineWidth = 2;
  pen.beginPath();
  for (const start of [-8, 0, 8]) {
    pen.moveTo(start, 8);
    pen.lineTo(start + 8, 0);
  }
  pen.stroke();
  return pen.createPattern(tile, "repeat");
}

// A colour between two, both as #rrggbb.
function between(from, to, share) {
  const part = (hex, at) => parseInt(hex.slice(at, at + 2), 16);
  const mixed = [1, 3, 5].map((at) => Math.round(part(from, at) + (part(to, at) - part(from, at)) * share));
  return `rgb(${mixed.join(" ")})`;
}

function fills(kind, count) {
  if (kind === "bars") return [colour("now")];
  if (kind === "pairs") return [colour("now"), striped(colour("next"), colour("next-soft"))];
  const steps = count - 1; // levels from light to strong, then nobody yet
  const levels = Array.from({ length: steps }, (_, step) => between(colour("new-soft"), colour("new"), (step + 1) / steps));
  return [...levels, striped(colour("edge"), colour("sheet"))];
}

function wrapped(text, most) {
  const lines = [""];
  for (const word of text.split(/\s+/)) {
    const line = `${lines.at(-1)} ${word}`.trim();
    if (line.length > most && lines.at(-1)) lines.push(word);
    else lines[lines.length - 1] = line;
  }
  return lines.length > 3 ? [...lines.slice(0, 2), `${lines[2]}…`] : lines;
}

function read(table, columns) {
  const heads = [...table.tHead.rows[0].cells].map((cell) => cell.textContent.trim());
  const rows = [...table.tBodies[0].rows];
  return {
    labels: rows.map((row) => row.cells[0].textContent.trim()),
    series: columns.map((column) => ({
      label: heads[column + 1],
      cells: rows.map((row) => row.cells[column + 1]),
    })),
  };
}

function value(cell) {
  return cell.dataset.value === undefined ? null : Number(cell.dataset.value);
}

// Writes beside each bar what stands in its cell of the table.
const direct = {
  id: "direct",
  afterDatasetsDraw(chart, _args, options) {
    const pen = chart.ctx;
    pen.save();
    pen.font = `${options.size}px ${options.family}`;
    pen.textBaseline = "middle";
    pen.fillStyle = options.ink;
    chart.data.datasets.forEach((set, number) => {
      chart.getDatasetMeta(number).data.forEach((bar, row) => {
        if (!set.data[row]) return;
        const { x, y, base } = bar.getProps(["x", "y", "base"], true);
        const outward = x < base ? -1 : 1;
        pen.textAlign = outward < 0 ? "right" : "left";
        pen.fillText(set.texts[row], x + 6 * outward, y);
      });
    });
    pen.restore();
  },
};

function options(figure, kind, small) {
  const ink = colour("ink");
  const font = { family: getComputedStyle(document.body).fontFamily, size: 13 };
  const stacked = kind === "stacks";
  return {
    indexAxis: "y",
    animation: false,
    maintainAspectRatio: false,
    locale: root.lang,
    font,
    color: ink,
    layout: { padding: rtl ? { left: 44 } : { right: 44 } },
    scales: {
      x: {
        stacked,
        reverse: rtl,
        beginAtZero: true,
        border: { display: false },
        grid: { color: colour("line") },
        ticks: { color: colour("muted"), font, precision: 0, maxTicksLimit: small ? 4 : 8 },
      },
      y: {
        stacked,
        position: rtl ? "right" : "left",
        border: { color: colour("edge") },
        grid: { display: false },
        ticks: { color: ink, font, autoSkip: false, crossAlign: "far" },
      },
    },
    plugins: {
      legend: {
        display: kind !== "bars",
        position: "top",
        align: "start",
        rtl,
        labels: { color: ink, font, boxWidth: 18, boxHeight: 12 },
      },
      tooltip: { rtl, callbacks: { label: (item) => `${item.dataset.label}: ${item.dataset.texts[item.dataIndex]}` } },
      direct: stacked ? false : { ink, size: font.size, family: font.family },
    },
  };
}

function draw(figure) {
  const kind = figure.dataset.plot;
  const columns = figure.dataset.columns.split(",").map(Number);
  const table = document.getElementById(figure.dataset.table);
  const found = read(table, columns);
  const small = figure.parentElement.clientWidth < NARROW;
  const paint = fills(kind, columns.length);
  const labels = found.labels.map((text) => wrapped(text, small ? 16 : 34));
  const tallest = Math.max(...labels.map((lines) => lines.length));
  const bars = kind === "pairs" ? 2 : 1;
  const canvas = document.createElement("canvas");
  canvas.setAttribute("role", "img");
  canvas.setAttribute("aria-label", figure.dataset.label);
  figure.style.blockSize = `${labels.length * Math.max(ROW * bars, 18 * tallest + 8) + (kind === "bars" ? 40 : 90)}px`;
  figure.replaceChildren(canvas);
  return new window.Chart(canvas, {
    type: "bar",
    data: {
      labels,
      datasets: found.series.map((one, number) => ({
        label: one.label,
        data: one.cells.map(value),
        texts: one.cells.map((cell) => cell.textContent.trim()),
        backgroundColor: paint[number],
        borderColor: kind === "bars" ? paint[number] : colour("edge"),
        borderWidth: kind === "bars" ? 0 : 1,
        maxBarThickness: 22,
      })),
    },
    options: options(figure, kind, small),
    plugins: [direct],
  });
}

const figures = [...document.querySelectorAll("[data-plot]")];
if (window.Chart && figures.length) {
  let charts = figures.map(draw);
  const again = () => {
    charts.forEach((chart) => chart.destroy());
    charts = figures.map(draw);
  };
  dark.addEventListener("change", again);
  // Labels are broken for the width at hand: turned, a telephone has another.
  const narrow = () => figures[0].parentElement.clientWidth < NARROW;
  let was = narrow();
  addEventListener("resize", () => {
    if (narrow() === was) return;
    was = !was;
    again();
  });
}
