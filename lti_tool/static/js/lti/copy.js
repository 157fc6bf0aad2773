// Buttons that copy a text of the page; without a script they stay hidden and the text can be selected.

for (const button of document.querySelectorAll("[data-copy]")) {
  const label = button.querySelector("span");
  const before = label.textContent;
  const source = document.getElementById(button.dataset.copy);
  button.hidden = false;
  button.addEventListener("click", async () => {
    try {
      await navigator.clipboard.writeText(source.textContent.trim());
    } catch {
      // An LMS rarely lets frames write to the clipboard. The old command needs no leave of it; where
      // that fails, too, the text stays selected, so that it can be copied by hand.
      window.getSelection().selectAllChildren(source);
      if (!document.execCommand("copy")) return;
    }
    label.textContent = button.dataset.copied;
    document.dispatchEvent(new CustomEvent("miroir:announce", { detail: button.dataset.copied }));
    setTimeout(() => { label.textContent = before; }, 3000);
  });
}
