// The studio's form: what a learner will see follows the typing. Without it, a button shows it again.

const IDLE = 600; // ms without typing before the page is asked for again

const box = document.querySelector("[data-look]");
const form = box?.closest("form");
if (form) {
  let timer = null;
  let asked = 0;

  const show = async () => {
    const mine = ++asked;
    try {
      const answer = await fetch(box.dataset.look, { method: "POST", body: new FormData(form) });
      if (!answer.ok || mine !== asked || box.contains(document.activeElement)) return;
      box.innerHTML = await answer.text();
    } catch { /* no connection: what was shown before stays */ }
  };

  form.addEventListener("input", (event) => {
    if (!/^(prompts\.|locale$)/.test(event.target.name || "")) return;
    clearTimeout(timer);
    timer = setTimeout(show, IDLE);
  });
}
