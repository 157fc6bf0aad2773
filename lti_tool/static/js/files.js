// Files of an answer: sent one after the other while the author writes on, with how far it is, a way to stop it, and
// another try when the connection comes back. Without this script the form sends one file with all that was typed.

const RETRY_FIRST = 3000;
const RETRY_LONGEST = 60000;
const TIMEOUT = 180000; // ms for a whole file on a slow line
const pending = new Set();

function tell(text) { document.dispatchEvent(new CustomEvent("miroir:announce", { detail: text })); }

class Upload {
  constructor(part, file) {
    this.part = part;
    this.file = file;
    this.wait = RETRY_FIRST;
    this.row = part.root.querySelector("[data-file-template]").content.firstElementChild.cloneNode(true);
    this.row.querySelector("[data-name]").textContent = file.name;
    this.retry = this.row.querySelector("[data-retry]");
    this.retry.addEventListener("click", () => this.send());
    this.row.querySelector("[data-cancel]").addEventListener("click", () => this.end());
    this.online = () => { if (!this.request) this.send(); };
    part.queue.append(this.row);
    part.queue.hidden = false;
  }

  say(text, tone = "plain") {
    this.row.querySelector("[data-said]").textContent = text;
    this.row.dataset.tone = tone;
    this.row.querySelector("progress").hidden = tone !== "plain";
    if (tone !== "plain") tell(`${this.file.name}: ${text}`);
  }

  start() {
    if (this.file.size > Number(this.part.words.most)) { this.refuse(this.part.words.tooBig); return; }
    pending.add(this);
    window.addEventListener("online", this.online);
    this.send();
  }

  send() {
    clearTimeout(this.timer);
    this.retry.hidden = true;
    const body = new FormData();
    body.append(`file-new-${this.part.words.prompt}`, this.file, this.file.name);
    const request = new XMLHttpRequest();
    this.request = request;
    request.open("POST", this.part.words.addUrl);
    request.timeout = TIMEOUT;
    request.setRequestHeader("Accept", "application/json");
    request.setRequestHeader("X-CSRF-Token", this.part.words.csrf);
    request.upload.addEventListener("progress", (event) => this.progress(event));
    request.addEventListener("load", () => this.answered(request));
    for (const kind of ["error", "timeout"]) request.addEventListener(kind, () => this.lost());
    this.say(this.part.words.sending.replace("{percent}", 0));
    request.send(body);
  }

  progress({ loaded, total }) {
    const percent = Math.round((loaded / total) * 100);
    this.row.querySelector("progress").value = percent;
    this.say(percent === 100 ? this.part.words.checking : this.part.words.sending.replace("{percent}", percent));
  }

  answered(request) {
    this.request = null;
    let answer = {};
    try { answer = JSON.parse(request.responseText); } catch { /* not ours: the status says enough */ }
    if (request.status === 200) {
      this.end();
      this.part.show(answer.html);
      tell(this.part.words.added.replace("{name}", this.file.name));
    } else if (request.status === 410 || request.status === 401) this.refuse(this.part.words.expired);
    else if (request.status >= 500 || request.status === 429 || request.status === 0) this.lost();
    else this.refuse(Object.values(answer.errors || {}).flat().join(" ") || answer.detail || this.part.words.again);
  }

  /** No answer: it may have arrived or not; sent again, the same file is still one. */
  lost() {
    this.request = null;
    this.say(this.part.words.lost, "bad");
    this.retry.hidden = false;
    this.timer = setTimeout(() => this.send(), this.wait);
    this.wait = Math.min(this.wait * 2, RETRY_LONGEST);
  }

  refuse(text) {
    this.stop();
    this.row.querySelector("[data-cancel]").textContent = this.part.words.dismiss;
    this.say(text, "bad");
  }

  stop() {
    clearTimeout(this.timer);
    pending.delete(this);
    window.removeEventListener("online", this.online);
    this.request?.abort();
    this.request = null;
  }

  end() {
    this.stop();
    const focused = this.row.contains(document.activeElement);
    this.row.remove();
    this.part.queue.hidden = !this.part.queue.children.length;
    if (focused) this.part.choose.focus();
  }
}

class Part {
  constructor(root) {
    this.root = root;
    this.words = root.dataset;
    this.list = root.querySelector("[data-file-list]");
    this.queue = root.querySelector("[data-file-queue]");
    this.choose = root.querySelector("[data-file-choose]");
    this.input = root.querySelector("input[type=file]");
    const adding = root.querySelector(".own-files-add");
    // An error that came with the page stays in sight, with the field it is about.
    const failed = Boolean(adding.querySelector(".field-error"));
    adding.hidden = !failed;
    for (const plain of adding.querySelectorAll("label, .field-row")) plain.hidden = !failed;
    adding.querySelector("[data-file-send]").hidden = true;
    this.calm();
    this.input.multiple = true;
    this.choose.hidden = false;
    this.choose.setAttribute("aria-describedby", adding.querySelector(".field-help").id);
    this.choose.addEventListener("click", () => { adding.hidden = false; this.input.click(); });
    this.input.addEventListener("change", () => { this.take([...this.input.files]); this.input.value = ""; });
    root.addEventListener("click", (event) => this.clicked(event));
    this.list.addEventListener("change", () => this.describe());
    this.list.addEventListener("keydown", (event) => { if (event.key === "Enter" && event.target.matches("input")) event.preventDefault(); });
    root.closest("form").addEventListener("editor:pictures", (event) => this.pasted(event));
  }

  /** With this script these buttons send nothing by themselves, so that Enter in a field means none of them. */
  calm() {
    for (const button of this.root.querySelectorAll("[data-file-step], [data-file-send]")) button.type = "button";
  }

  take(files) { for (const file of files) new Upload(this, file).start(); }

  show(html) {
    // What is being typed about a picture is not in the answer yet.
    const typed = new Map([...this.list.querySelectorAll("input[name]")].map((field) => [field.name, field]));
    this.list.innerHTML = html;
    this.calm();
    for (const field of this.list.querySelectorAll("input[name]")) {
      const before = typed.get(field.name);
      if (before) { field.value = before.value; field.checked = before.checked; }
    }
  }

  post(url, body = new FormData()) {
    const headers = { Accept: "application/json", "X-CSRF-Token": this.words.csrf };
    return fetch(url, { method: "POST", headers, body, credentials: "same-origin" });
  }

  async clicked(event) {
    const button = event.target.closest("[data-file-step]");
    if (!button) return;
    event.preventDefault();
    button.disabled = true;
    try {
      const response = await this.post(button.getAttribute("formaction"));
      const answer = await response.json();
      if (!response.ok) throw new Error(Object.values(answer.errors || {}).flat().join(" ") || answer.title);
      this.show(answer.html);
      this.choose.focus();
      const aside = this.list.querySelector(".own-file-aside:last-child");
      if (aside) tell(aside.firstChild.textContent.trim());
    } catch (error) {
      button.disabled = false;
      tell(error instanceof TypeError ? this.words.again : error.message || this.words.again);
    }
  }

  /** Kept at once; if that fails the form brings it along when it is sent. */
  describe() {
    const body = new FormData();
    for (const field of this.list.querySelectorAll("input[name]")) {
      if (field.type !== "checkbox" || field.checked) body.append(field.name, field.value);
    }
    this.post(this.words.notesUrl, body).catch(() => {});
  }

  pasted(event) {
    if (event.target.name !== this.words.files) return;
    event.preventDefault();
    event.detail.say(event.detail.files.length ? "" : this.words.inside);
    this.take(event.detail.files);
  }
}

// Nobody leaves a file behind without knowing.
document.addEventListener("submit", (event) => {
  const held = [...pending].find((upload) => event.target.contains(upload.row));
  if (!held) return;
  event.preventDefault();
  event.stopImmediatePropagation();
  tell(held.part.words.pending);
  held.row.querySelector("[data-said]").textContent = held.part.words.pending;
  held.row.scrollIntoView({ block: "center" });
  held.row.querySelector("[data-cancel]").focus();
}, true);
window.addEventListener("beforeunload", (event) => { if (pending.size) event.preventDefault(); });

document.querySelector("[data-plain-default]")?.remove();
for (const root of document.querySelectorAll("[data-files]")) new Part(root);
