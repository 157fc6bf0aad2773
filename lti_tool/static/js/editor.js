// A text area with data-editor becomes a rich-text editor (Squire). Without this script, or when the engine cannot
// be loaded, it stays a plain text area and the form works all the same. The form sends clean HTML in the field and
// "html" in "<field>-format".
//
// Events on the text area: "editor:ready" when it is settled (rich or plain), "input" at each change;
// "editor:set" with {value, format} puts another text into it.

import { clean, htmlOfText, SAFE_LINK } from "./clean.js";

/** What is on the sheet, as HTML without blank lines at its end. */
function htmlOf(squire) {
  const holder = document.createElement("div");
  holder.append(clean(squire.getHTML()));
  while (holder.lastElementChild && !holder.lastElementChild.textContent.trim()) holder.lastElementChild.remove();
  return holder.innerHTML;
}

// Counting -----------------------------------------------------------------------------------------------------

function countIn(text, characters) {
  if (characters) return (text.match(/[\p{L}\p{N}]/gu) || []).length;
  return text.split(/\s+/).filter((word) => /[\p{L}\p{N}]/u.test(word)).length;
}

/** Keep the line under the field true; a reader of the page hears it only when it changes its meaning. */
function watchCount(area, textOf) {
  const line = document.getElementById(`${area.dataset.field}-count`);
  if (!line) return () => {};
  const characters = /^(zh|ja)/.test(area.lang || document.documentElement.lang);
  const least = Number(area.dataset.minWords || 0);
  const most = Number(area.dataset.maxWords || Infinity);
  const bounds = line.textContent.trim();
  return () => {
    const count = countIn(textOf(), characters);
    const state = count > most ? "over" : count < least ? "short" : least ? "enough" : "fine";
    const words = (characters ? line.dataset.characters : line.dataset.words).replace("{count}", count);
    const note = { over: line.dataset.over, short: line.dataset.short, enough: line.dataset.enough, fine: "" }[state]
      .replace("{missing}", least - count).replace("{over}", count - most);
    line.textContent = [words, note || bounds].join(" · ");
    if (line.dataset.state && line.dataset.state !== state) {
      document.dispatchEvent(new CustomEvent("miroir:announce", { detail: line.textContent }));
    }
    line.dataset.state = state;
  };
}

// The toolbar --------------------------------------------------------------------------------------------------

function reblock(squire, tag) {
  squire.modifyBlocks((fragment) => {
    for (const block of [...fragment.querySelectorAll("p,h3,h4")]) {
      const other = document.createElement(tag);
      other.append(...block.childNodes);
      block.replaceWith(other);
    }
    return fragment;
  });
  squire.focus();
}

function commandsOf(squire) {
  const toggle = (tag, on, off) => () => squire[squire.hasFormat(tag) ? off : on]();
  const block = (tag) => () => reblock(squire, squire.hasFormat(tag) ? "P" : tag);
  return {
    bold: toggle("B", "bold", "removeBold"),
    italic: toggle("I", "italic", "removeItalic"),
    heading: block("H3"),
    subheading: block("H4"),
    bullets: toggle("UL", "makeUnorderedList", "removeList"),
    numbers: toggle("OL", "makeOrderedList", "removeList"),
    quote: toggle("BLOCKQUOTE", "increaseQuoteLevel", "decreaseQuoteLevel"),
    undo: () => squire.undo(),
  };
}

const TAG_OF = { bold: "B", italic: "I", heading: "H3", subheading: "H4", bullets: "UL", numbers: "OL", quote: "BLOCKQUOTE" };

/** One stop for the Tab key; arrows move inside, Escape goes back to the text (the toolbar pattern of WAI-ARIA). */
function roam(toolbar, back) {
  const tools = [...toolbar.querySelectorAll("button")];
  tools[0].tabIndex = 0;
  toolbar.addEventListener("keydown", (event) => {
    const at = tools.indexOf(document.activeElement);
    const forward = getComputedStyle(toolbar).direction === "rtl" ? "ArrowLeft" : "ArrowRight";
    const backward = forward === "ArrowLeft" ? "ArrowRight" : "ArrowLeft";
    const goal = { [forward]: at + 1, [backward]: at - 1, Home: 0, End: tools.length - 1 }[event.key];
    if (event.key === "Escape") back();
    if (goal === undefined || at < 0) return;
    event.preventDefault();
    const next = tools[(goal + tools.length) % tools.length];
    tools.forEach((tool) => { tool.tabIndex = tool === next ? 0 : -1; });
    next.focus();
  });
}

function wireLink(field, squire) {
  const row = field.querySelector(".editor-link");
  const input = row.querySelector("input");
  const close = () => { row.hidden = true; squire.focus(); };
  row.addEventListener("keydown", (event) => {
    if (event.key === "Enter") { event.preventDefault(); row.querySelector('[data-link="set"]').click(); }
    if (event.key === "Escape") close();
  });
  row.addEventListener("click", (event) => {
    const act = event.target.closest("[data-link]")?.dataset.link;
    const url = input.value.trim();
    if (!act || (act === "set" && !url)) return;
    close();
    squire.removeLink();
    if (act === "set") squire.makeLink(SAFE_LINK.test(url) ? url : `https://${url}`);
  });
  return () => {
    const range = squire.getSelection();
    const here = range.commonAncestorContainer;
    const link = (here.closest ? here : here.parentElement).closest("a") || range.cloneContents().querySelector("a");
    input.value = link?.getAttribute("href") || "";
    row.hidden = !row.hidden;
    if (!row.hidden) input.focus();
  };
}

function wireToolbar(field, squire) {
  const toolbar = field.querySelector(".editor-toolbar");
  const commands = { ...commandsOf(squire), link: wireLink(field, squire) };
  toolbar.addEventListener("click", (event) => {
    const tool = event.target.closest("[data-command]");
    if (!tool) return;
    commands[tool.dataset.command]();
    if (tool.dataset.command !== "link") squire.focus();
  });
  toolbar.addEventListener("mousedown", (event) => event.preventDefault());
  const press = () => {
    for (const tool of toolbar.querySelectorAll("[aria-pressed]")) {
      tool.setAttribute("aria-pressed", String(squire.hasFormat(TAG_OF[tool.dataset.command])));
    }
  };
  for (const event of ["pathChange", "select", "cursor", "input"]) squire.addEventListener(event, press);
  roam(toolbar, () => squire.focus());
  squire.getRoot().addEventListener("keydown", (event) => {
    if (event.altKey && event.key === "F10") { event.preventDefault(); toolbar.querySelector('[tabindex="0"]').focus(); }
  });
  toolbar.hidden = false;
}

// Putting it together ------------------------------------------------------------------------------------------

/** The sheet that takes the text area's place, with its name, description and state for readers. */
function makeArea(textarea, id) {
  const area = document.createElement("div");
  area.className = "editor-area prose";
  area.dir = "auto";
  if (textarea.lang) area.lang = textarea.lang;
  area.dataset.placeholder = textarea.placeholder;
  Object.entries({ role: "textbox", "aria-multiline": "true", "aria-labelledby": `${id}-label`, spellcheck: "true" })
    .forEach(([name, value]) => area.setAttribute(name, value));
  if (textarea.required) area.setAttribute("aria-required", "true");
  for (const name of ["aria-describedby", "aria-invalid"]) {
    if (textarea.hasAttribute(name)) area.setAttribute(name, textarea.getAttribute(name));
  }
  return area;
}

/** Pictures do not stand in a text: who adds files takes them ("editor:pictures"), else the author is told. */
function wirePictures(field, textarea, area) {
  const say = (text) => {
    let note = field.querySelector(".editor-note");
    if (!note) {
      note = document.createElement("p");
      note.className = "editor-note";
      field.querySelector(".editor-sheet").after(note);
    }
    note.textContent = text;
    document.dispatchEvent(new CustomEvent("miroir:announce", { detail: text }));
  };
  const found = (event, data) => {
    const html = data.getData("text/html");
    const words = html ? clean(html).textContent.trim() : data.getData("text/plain").trim();
    const files = [...data.files].filter((file) => file.type.startsWith("image/"));
    if (!files.length && !/<img\b/i.test(html)) return;
    // Office programs add a picture of the words themselves; words that came along are what was meant.
    const detail = { files: words ? [] : files, say };
    if (!words) {
      event.preventDefault();
      event.stopImmediatePropagation();
    } else if (!/<img\b/i.test(html)) return;
    const taken = !textarea.dispatchEvent(new CustomEvent("editor:pictures", { bubbles: true, cancelable: true, detail }));
    if (!taken) say(textarea.dataset.noPictures);
  };
  area.addEventListener("paste", (event) => { if (event.clipboardData) found(event, event.clipboardData); }, true);
  area.addEventListener("drop", (event) => { if (event.dataTransfer) found(event, event.dataTransfer); }, true);
}

function swap(textarea, area, id) {
  const focused = document.activeElement === textarea;
  textarea.id = `${id}-source`;
  textarea.hidden = true;
  textarea.required = false;
  textarea.after(area);
  area.id = id;
  document.getElementById(`${id}-label`)?.addEventListener("click", () => area.focus());
  const format = document.createElement("input");
  Object.assign(format, { type: "hidden", name: `${textarea.name}-format`, value: "html" });
  textarea.after(format);
  return focused;
}

function enrich(textarea, Squire) {
  const id = textarea.id;
  const field = textarea.closest("[data-editor-field]");
  const typed = textarea.value !== textarea.defaultValue;
  const start = typed || textarea.dataset.html === undefined ? htmlOfText(textarea.value) : textarea.dataset.html;
  const area = makeArea(textarea, id);
  const focused = swap(textarea, area, id);
  const squire = new Squire(area, { blockTag: "P", sanitizeToDOMFragment: clean, addLinks: true });
  for (const key of ["Tab", "Shift-Tab"]) squire.setKeyHandler(key, null);
  const count = watchCount(textarea, () => area.innerText);
  const sync = () => {
    textarea.value = htmlOf(squire);
    area.toggleAttribute("data-empty", !area.textContent.trim() && !area.querySelector("li,blockquote,h3,h4"));
    count();
  };
  squire.setHTML(start);
  sync();
  squire.addEventListener("input", () => {
    sync();
    textarea.dispatchEvent(new Event("input", { bubbles: true }));
  });
  textarea.addEventListener("editor:set", ({ detail }) => {
    squire.setHTML(detail.format === "html" ? detail.value : htmlOfText(detail.value));
    sync();
  });
  wirePictures(field, textarea, area);
  wireToolbar(field, squire);
  if (focused) squire.focus().moveCursorToEnd();
  return typed;
}

function stayPlain(textarea) {
  const count = watchCount(textarea, () => textarea.value);
  textarea.addEventListener("input", count);
  textarea.addEventListener("editor:set", ({ detail }) => {
    textarea.value = detail.format === "html" ? clean(detail.value).textContent : detail.value;
    count();
  });
  count();
  return textarea.value !== textarea.defaultValue;
}

async function enhance(textarea) {
  textarea.dataset.editorState = "loading";
  textarea.dataset.field = textarea.id;
  let typed;
  try {
    const { default: Squire } = await import(textarea.dataset.engine);
    typed = enrich(textarea, Squire);
    textarea.dataset.editorState = "rich";
  } catch (error) {
    console.error(error);
    typed = stayPlain(textarea);
    textarea.dataset.editorState = "plain";
  }
  textarea.dispatchEvent(new CustomEvent("editor:ready", { bubbles: true, detail: { typed } }));
}

function enhanceAll(root) {
  for (const textarea of root.querySelectorAll("textarea[data-editor]:not([data-editor-state])")) enhance(textarea);
}

document.addEventListener("htmx:after:swap", () => enhanceAll(document));
enhanceAll(document);
