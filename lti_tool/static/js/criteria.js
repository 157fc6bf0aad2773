// A form whose rows are moved, added and removed by the server: with script, only that part of the page is replaced.

async function arrange(form, submitter) {
  const body = new FormData(form, submitter);
  const answer = await fetch(submitter.formAction, { method: "POST", body });
  const page = new DOMParser().parseFromString(await answer.text(), "text/html");
  const [old, fresh] = [document, page].map((one) => one.querySelector("[data-arranged-part]"));
  if (!old || !fresh) throw new Error("no such part");
  const before = old.querySelectorAll(".question").length;
  old.replaceWith(fresh);
  const rows = fresh.querySelectorAll(".question");
  const first = rows.length > before ? rows[before].querySelector("input[type=text]") : null;
  const wrong = fresh.querySelector("[aria-invalid]");
  const same = fresh.querySelector(`button[value="${CSS.escape(submitter.value)}"]`);
  (wrong || first || same || fresh).focus();
}

for (const form of document.querySelectorAll("form[data-arranged]")) {
  form.addEventListener("submit", (event) => {
    const submitter = event.submitter;
    if (!submitter?.formAction.endsWith("#list")) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    arrange(form, submitter).catch(() => {
      // no connection, or an answer of another kind: the browser sends the form itself and shows what comes
      HTMLFormElement.prototype.submit.call(withChoice(form, submitter));
    });
  }, { capture: true });
}

function withChoice(form, submitter) {
  const choice = Object.assign(document.createElement("input"), { type: "hidden", name: submitter.name, value: submitter.value });
  form.action = submitter.formAction;
  form.append(choice);
  return form;
}
