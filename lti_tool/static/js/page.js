// What every page does: tells news politely, leads to errors, sends a form once, keeps the checklist open where
// there is room, and lets htmx speak in words. Every text comes from the page.

const live = document.getElementById("live");

/** Say a text in the page's live region; other modules ask for it with the event "miroir:announce". */
function announce(text) {
  if (!live || !text) return;
  live.textContent = "";
  setTimeout(() => { live.textContent = text; }, 150);
}
document.addEventListener("miroir:announce", (event) => announce(event.detail));

// The error summary says of which field each line speaks, in the words of its label.
const LABEL = 60;
function nameFields(root) {
  for (const link of root.querySelectorAll("[data-error-summary] a:not([data-named])")) {
    const label = document.getElementById(`${decodeURIComponent(link.hash.slice(1))}-label`)?.cloneNode(true);
    label?.querySelector(".field-optional")?.remove();
    const words = label?.textContent.trim() || "";
    if (!words) continue;
    const field = document.createElement("bdi");
    field.textContent = words.length > LABEL ? `${words.slice(0, LABEL).trim()}…` : words;
    link.prepend(field, " – ");
    link.dataset.named = "yes";
  }
}

function settle(root) {
  nameFields(root);
  const news = [...root.querySelectorAll("[data-announce]")].map((element) => element.textContent.trim());
  announce(news.join(" "));
  root.querySelector("[data-error-summary]")?.focus();
}

// On a phone the tabs stand in one line that can be pushed along: the current one is brought into sight.
function showCurrentTab() {
  for (const list of document.querySelectorAll(".nav-tabs")) {
    const tab = list.querySelector("[aria-current]");
    if (!tab || list.scrollWidth <= list.clientWidth) continue;
    const [outer, inner] = [list.getBoundingClientRect(), tab.getBoundingClientRect()];
    list.scrollBy({ left: inner.left + inner.width / 2 - outer.left - outer.width / 2, behavior: "instant" });
  }
}
showCurrentTab();

const wide = window.matchMedia("(min-width: 900px)");
function unfold() {
  for (const details of document.querySelectorAll("details[data-open-wide]")) details.open = wide.matches;
}
wide.addEventListener("change", unfold);

// A form is sent once; if the page is still here after a while, the sending failed and may be tried again.
// One that may take long says so: its button rests meanwhile, and a bar without an end shows that it goes on.
const AGAIN_AFTER = 8000;
const AGAIN_AFTER_LONG = 180000;
function shown(form, working) {
  const told = form.querySelector("[data-working]");
  if (!told) return false;
  told.hidden = !working;
  for (const button of form.querySelectorAll("button[type=submit], button:not([type])")) button.disabled = working;
  return true;
}
function mayAgain(form) {
  delete form.dataset.sent;
  shown(form, false);
}
document.addEventListener("submit", (event) => {
  const form = event.target;
  if (!form.matches("[data-once], .post") || event.defaultPrevented) return;
  if (form.dataset.sent) {
    event.preventDefault();
    return;
  }
  form.dataset.sent = "yes";
  const isLong = Boolean(form.querySelector("[data-working]"));
  if (isLong) setTimeout(() => shown(form, true)); // after the form was read: a resting button sends no value
  setTimeout(() => mayAgain(form), isLong ? AGAIN_AFTER_LONG : AGAIN_AFTER);
});
window.addEventListener("pageshow", (event) => {
  for (const form of document.querySelectorAll("form[data-sent]")) mayAgain(form);
  if (event.persisted) stillOurs();
});

// A page that comes back out of the browser's memory must not show what a session showed before it ended.
async function stillOurs() {
  const home = document.querySelector(".site-home");
  if (!home || home.hash) return; // a page without a session: its home is its own beginning
  try {
    const { status } = await fetch(home.href, { method: "HEAD", redirect: "manual", headers: { Accept: "application/json" } });
    if (status === 410) window.location.reload();
  } catch { /* no connection: what was shown before stays */ }
}

// The links of the error summary lead into the field, also when it is a group or an editor.
document.addEventListener("click", (event) => {
  const link = event.target.closest?.("[data-error-summary] a");
  const field = link && document.getElementById(decodeURIComponent(link.hash.slice(1)));
  if (!field) return;
  event.preventDefault();
  const target = field.matches("fieldset") ? field.querySelector("input, select, textarea") || field : field;
  field.scrollIntoView({ block: "center" });
  target.focus({ preventScroll: true });
});

const box = document.getElementById("page-error");
function showError(kind) {
  if (!box) return;
  box.querySelector("[data-text]").textContent = box.dataset[kind] || box.dataset.server;
  box.hidden = false;
  box.scrollIntoView({ block: "nearest" });
}

const token = document.querySelector('meta[name="csrf-token"]')?.content;

// Dates are the reader's: the server learns the zone of this browser once; from the next page on it is used.
const zone = document.querySelector('meta[name="time-zone"]');
const here = Intl.DateTimeFormat().resolvedOptions().timeZone;
if (zone && here && zone.content !== here) {
  fetch(zone.dataset.url, {
    method: "POST",
    headers: { "Content-Type": "application/json", "X-CSRF-Token": token },
    body: JSON.stringify({ zone: here }),
  }).catch(() => {}); // dates in UTC until the next page tries again
}

document.addEventListener("htmx:config:request", (event) => {
  if (token) event.detail.ctx.request.headers["X-CSRF-Token"] = token;
});
document.addEventListener("htmx:before:request", () => { if (box) box.hidden = true; });
document.addEventListener("htmx:error", () => showError("offline"));
document.addEventListener("htmx:response:error", (event) => {
  const { status } = event.detail.ctx.response;
  if (status === 401 || status === 410) showError("expired");
  else if (status === 403 || status === 404) showError("refused");
  else if (status === 429) showError("busy");
  else if (status >= 500) showError("server");
});
document.addEventListener("htmx:after:swap", (event) => settle(event.target));

unfold();
settle(document);
