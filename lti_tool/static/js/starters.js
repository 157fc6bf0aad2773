// Ways to begin a text: a button puts its words at the end of the text it belongs to and leads there, by mouse or key.

import { htmlOfText } from "./clean.js";

const endsOpen = /\S$/; // a new sentence after words begins on a line of its own

function plain(area, words) {
  area.value += (endsOpen.test(area.value) ? "\n" : "") + words;
  area.dispatchEvent(new Event("input", { bubbles: true }));
  area.focus();
  area.setSelectionRange(area.value.length, area.value.length);
}

function rich(sheet, source, words) {
  const before = sheet.textContent.trim() ? source.value : "";
  const value = before + htmlOfText(words.trim());
  source.dispatchEvent(new CustomEvent("editor:set", { detail: { value, format: "html" } }));
  source.dispatchEvent(new Event("input", { bubbles: true }));
  sheet.focus();
  const range = document.createRange();
  range.selectNodeContents(sheet.lastElementChild || sheet);
  range.collapse(false);
  document.getSelection().removeAllRanges();
  document.getSelection().addRange(range);
  document.execCommand("insertText", false, " ");
}

for (const group of document.querySelectorAll("[data-starters]")) {
  for (const button of group.querySelectorAll("[data-starter]")) button.disabled = false;
  group.addEventListener("click", (event) => {
    const button = event.target.closest("[data-starter]");
    if (!button) return;
    const field = document.getElementById(group.dataset.starters);
    const source = document.getElementById(`${group.dataset.starters}-source`);
    if (source) rich(field, source, button.dataset.starter);
    else plain(field, button.dataset.starter);
    document.dispatchEvent(new CustomEvent("miroir:announce", { detail: button.dataset.added }));
  });
}
