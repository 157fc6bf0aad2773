// What people's writing may hold, and how HTML from anywhere becomes that. The server sanitises again; this decides
// what an author sees.

const BLOCKS = { P: "P", H1: "H3", H2: "H3", H3: "H3", H4: "H4", H5: "H4", H6: "H4", LI: "LI", UL: "UL", OL: "OL", BLOCKQUOTE: "BLOCKQUOTE", BR: "BR", PRE: "P", DT: "P", DD: "P" };
const INLINE = { B: "B", STRONG: "B", I: "I", EM: "I", CITE: "I" };
const DROPPED = new Set(["SCRIPT", "STYLE", "HEAD", "TITLE", "META", "LINK", "TEMPLATE", "IMG", "SVG", "MATH", "IFRAME", "OBJECT", "EMBED", "VIDEO", "AUDIO", "CANVAS", "FORM", "INPUT", "BUTTON", "SELECT", "TEXTAREA", "XML", "O:P", "COLGROUP"]);
const HOLDS_BLOCKS = new Set(["UL", "OL", "BLOCKQUOTE"]);
const BLOCK_INSIDE = "p,div,h1,h2,h3,h4,h5,h6,ul,ol,blockquote,table,pre,section,article";
export const SAFE_LINK = /^(https?:|mailto:)/i;

function styleOf(element) {
  return (element.dataset.style || "").toLowerCase().replace(/\s+/g, "");
}

/** Which of our tags an element becomes; "" keeps only what is inside it; null drops it whole. */
function ourTag(element) {
  const tag = element.tagName.toUpperCase();
  const style = styleOf(element);
  if (tag === "BR" && element.getAttribute("clear")) return null; // Word's line above footnotes
  if (DROPPED.has(tag) || style.includes("mso-list:ignore") || style.includes("display:none")) return null;
  if (tag === "A") return SAFE_LINK.test(element.getAttribute("href") || "") ? "A" : "";
  if (tag === "B" && style.includes("font-weight:normal")) return "";
  if (INLINE[tag]) return INLINE[tag];
  if (tag === "SPAN" && /font-weight:(bold|[6-9]00)/.test(style)) return "B";
  if (tag === "SPAN" && style.includes("font-style:italic")) return "I";
  if (tag === "DIV" && !element.querySelector(BLOCK_INSIDE)) return "P";
  return BLOCKS[tag] || "";
}

/** Word writes a list as paragraphs that carry their bullet as text: make it a list again, level by level. */
function mendWordLists(body) {
  let lists = []; // the list of each level, outermost first
  for (const item of [...body.querySelectorAll("p[data-style*='mso-list' i], p[class*='MsoList' i]")]) {
    const marker = item.querySelector("[data-style*='Ignore' i]")?.textContent.trim() || "";
    const kind = /^\(?[0-9a-z]{1,4}[.)]/i.test(marker) ? "ol" : "ul";
    const level = Number(/level([1-9])/.exec(styleOf(item))?.[1] || 1);
    const goesOn = lists.length && lists[0] === item.previousElementSibling;
    if (!goesOn || (level === 1 && lists[0].localName !== kind)) {
      lists = [body.ownerDocument.createElement(kind)];
      item.before(lists[0]);
    }
    lists.length = Math.min(lists.length, level);
    if (lists.length < level && lists.at(-1).lastElementChild) {
      const inner = body.ownerDocument.createElement(kind);
      lists.at(-1).lastElementChild.append(inner);
      lists.push(inner);
    }
    const entry = body.ownerDocument.createElement("li");
    entry.append(...item.childNodes);
    lists.at(-1).append(entry);
    item.remove();
  }
}

/** Editors write a list within a list beside its entry: it belongs into it. */
function mendNesting(body) {
  for (const inner of body.querySelectorAll("ul > ul, ul > ol, ol > ul, ol > ol")) {
    let entry = inner.previousElementSibling;
    if (entry?.localName !== "li") {
      entry = body.ownerDocument.createElement("li");
      inner.before(entry);
    }
    entry.append(inner);
  }
}

/** A row of a table becomes a line: what stood in its cells, one after the other. */
function mendTables(body) {
  for (const row of [...body.querySelectorAll("tr")].reverse()) {
    const line = body.ownerDocument.createElement("p");
    for (const cell of row.cells) {
      if (!cell.textContent.trim()) continue;
      if (line.childNodes.length) line.append(" | ");
      for (const block of cell.querySelectorAll("p, div, br")) block.before(" ");
      for (const block of [...cell.querySelectorAll("p, div")]) block.replaceWith(...block.childNodes);
      line.append(...cell.childNodes);
    }
    row.replaceWith(line);
  }
  for (const table of [...body.querySelectorAll("table")].reverse()) table.replaceWith(...table.querySelectorAll("caption, p"));
}

/** The number of a footnote stays apart from the word before it. */
function mendNotes(body) {
  for (const mark of body.querySelectorAll("a[href^='#'] sup, sup a[href^='#'], a.sdfootnotesym")) {
    const number = mark.textContent.trim();
    if (/^[0-9]+$/.test(number)) mark.textContent = mark.localName === "a" && mark.className ? `[${number}] ` : `[${number}]`;
  }
}

function copyClean(from, to) {
  for (const node of from.childNodes) {
    if (node.nodeType === Node.TEXT_NODE) {
      const text = node.data.replace(/[\t\r\n ]+/g, " ");
      const between = to.nodeType === Node.DOCUMENT_FRAGMENT_NODE || HOLDS_BLOCKS.has(to.tagName);
      if (text.trim() || !between) to.append(text);
    } else if (node.nodeType === Node.ELEMENT_NODE) {
      const tag = ourTag(node);
      if (tag === null) continue;
      if (!tag || (tag === "P" && to.tagName === "LI")) {
        if (tag && to.textContent.trim()) to.append(document.createElement("br"));
        copyClean(node, to);
        continue;
      }
      const copy = document.createElement(tag);
      if (tag === "A") copy.setAttribute("href", node.getAttribute("href"));
      copyClean(node, copy);
      const hollow = !copy.textContent.trim() && tag !== "BR" && !copy.querySelector("br");
      if (!hollow) to.append(copy);
      else if (/^[ABI]$/.test(tag)) to.append(copy.textContent);
    }
  }
}

/** Styles are read, never applied, handlers never run: renamed, they give the page's policy nothing to report.
    This only keeps the log quiet; what may stay is decided below, element by element. */
function setAside(html) {
  return html
    .replace(/<(style|script)\b[^]*?<\/\1\s*>/gi, "")
    .replace(/<[a-z][^>]*>/gi, (tag) => tag.replace(/(?<=[\s"'/])(style|on[a-z]+)\s*=/gi, "data-$1="));
}

/** Parse HTML from anywhere (it never runs or loads anything) and keep only what people's writing may hold. */
export function clean(html) {
  const source = new DOMParser().parseFromString(setAside(html), "text/html");
  for (const mend of [mendWordLists, mendNesting, mendTables, mendNotes]) mend(source.body);
  const fragment = document.createDocumentFragment();
  copyClean(source.body, fragment);
  return fragment;
}

/** Plain text as paragraphs: an empty line begins one, a line end stays one. */
export function htmlOfText(text) {
  const holder = document.createElement("div");
  for (const block of text.trim().split(/\n\s*\n/)) {
    const paragraph = document.createElement("p");
    block.split("\n").forEach((line, index) => paragraph.append(...(index ? [document.createElement("br"), line] : [line])));
    if (block) holder.append(paragraph);
  }
  return holder.innerHTML;
}
