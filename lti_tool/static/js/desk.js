// The tutor's desk by keyboard: single keys that press what is on the page, and saved replies without a reload.
// Nothing here works without a visible link, button or field of its own: keys only press them.

const keys = document.querySelector("[data-desk-keys]");
const dialog = keys?.querySelector("[data-keys-dialog]");
const words = () => document.getElementById("f-reason");
const say = (text) => document.dispatchEvent(new CustomEvent("miroir:announce", { detail: text }));
const decision = (...steps) => steps
  .map((step) => document.querySelector(`form.decision button[name=step][value=${step}]`))
  .find(Boolean);

let begun = null; // the button that waits for words

/** Press a button that needs words to the author; without any, go and write them. */
function withWords(button) {
  if (!button) return;
  if (!words() || words().value.trim()) {
    button.click();
    return;
  }
  begun = button;
  words().focus();
  say(keys.dataset.needsWords);
}

const DOES = {
  n: () => document.querySelector("a[data-work=next]")?.click(),
  p: () => document.querySelector("a[data-work=previous]")?.click(),
  s: () => decision("release", "leave", "uphold")?.click(),
  r: () => withWords(decision("return")),
  w: () => withWords(decision("withhold")),
  c: () => words()?.focus(),
  u: () => document.querySelector(".decided form button")?.click(),
  "?": () => openDialog(),
};

function openDialog() {
  if (dialog && !dialog.open) dialog.showModal();
}

const isField = (element) => element.closest("input, textarea, select, [contenteditable=true], dialog");

document.addEventListener("keydown", (event) => {
  if (!keys || event.defaultPrevented || event.isComposing) return;
  const field = isField(event.target);
  if (field) {
    if (event.key === "Escape" && !dialog?.open) event.target.blur();
    if (event.key === "Enter" && event.ctrlKey && event.target === words() && begun) begun.click();
    return;
  }
  if (event.ctrlKey || event.metaKey || event.altKey || event.repeat) return;
  const act = event.key === "?" ? DOES["?"] : keys.dataset.deskKeys === "on" && DOES[event.key];
  if (!act) return;
  event.preventDefault();
  act();
});

const open = keys?.querySelector("[data-keys-open]");
if (open) {
  open.hidden = false;
  open.addEventListener("click", openDialog);
}
keys?.querySelector("[data-keys-close]")?.addEventListener("click", () => dialog.close());

// A saved reply goes to the place of the cursor; nothing typed is lost, and nothing is sent.
document.addEventListener("click", (event) => {
  const button = event.target.closest?.("[data-insert-reply]");
  const chosen = button && document.getElementById("f-reply")?.selectedOptions[0]?.dataset.text;
  if (!chosen || !words()) return;
  event.preventDefault();
  const field = words();
  const before = field.value.slice(0, field.selectionStart);
  const gap = before && !before.endsWith("\n") ? "\n\n" : "";
  field.setRangeText(gap + chosen, field.selectionStart, field.selectionEnd, "end");
  field.focus();
});

// Words that are marked in the text are taken over into the form that takes a passage out.
document.addEventListener("selectionchange", () => {
  const selection = document.getSelection();
  const passage = document.getElementById("f-passage");
  const inText = selection?.anchorNode?.parentElement?.closest("[data-redactable]");
  if (!passage || !inText || selection.isCollapsed) return;
  passage.value = selection.toString().split(/\s+/).join(" ").trim();
});
