// A form with data-autosave-url saves itself. Whatever was typed is kept on this device before each try and until
// the server has confirmed that very text; a closed tab, a dead network, an ended session or a second tab loses
// nothing. Every text shown comes from the page (components/editor.html).

import { clock, drafts, plain, wordsOf } from "./drafts.js";

const IDLE = 2000; // ms without typing before a save
const LONGEST = 10000; // ms of typing without a save
const TIMEOUT = 20000; // ms until a try counts as failed
const RETRY_FIRST = 2000;
const RETRY_LONGEST = 60000;
const UNCONFIRMED = 4; // how many sent texts without an answer to remember
const APART = /^(csrf_token|version|file-.*)$/; // fields of the form that are no text
const KEEPALIVE_BYTES = 60000; // browsers refuse more in a request that outlives its page

class Autosave {
  constructor(form) {
    this.form = form;
    this.key = form.dataset.draftKey;
    this.version = Number(form.dataset.version || 0);
    this.panel = form.querySelector("[data-save]");
    this.state = this.panel.querySelector("[data-save-state]");
    this.retry = RETRY_FIRST;
    this.timer = null;
    this.dirtySince = null;
    this.busy = false;
    this.blocked = ""; // "", "conflict", "expired" or "sent": why nothing is sent at present
    this.stored = true;
    this.unconfirmed = []; // words that were sent and of which no answer came: the server may have them or not
    this.panel.hidden = false;
  }

  start(typed) {
    const server = this.collect();
    this.confirmed = typed ? null : JSON.stringify(server);
    if (this.state.dataset.savedAt) this.say("saved", this.state.dataset.savedAt);
    this.listen();
    if (typed) this.changed();
    else this.recover(server);
  }

  listen() {
    this.form.addEventListener("input", () => this.changed());
    this.form.addEventListener("change", () => this.changed());
    this.form.addEventListener("submit", (event) => this.submitted(event));
    this.panel.addEventListener("click", (event) => this.clicked(event));
    window.addEventListener("online", () => { if (!this.clean()) this.save(); });
    window.addEventListener("offline", () => { if (!this.clean()) this.failed(); });
    window.addEventListener("pagehide", () => this.flush());
    window.addEventListener("pageshow", (event) => { if (event.persisted && this.blocked === "sent") this.blocked = ""; });
    document.addEventListener("visibilitychange", () => { if (document.visibilityState === "hidden") this.flush(); });
  }

  // What the form holds ---------------------------------------------------------------------------------------

  collect() {
    const fields = {};
    const formats = {};
    for (const [name, value] of new FormData(this.form)) {
      if (APART.test(name) || typeof value !== "string") continue;
      if (name.endsWith("-format")) formats[name.slice(0, -"-format".length)] = value;
      else if (name in fields) fields[name] = [].concat(fields[name], value);
      else fields[name] = value;
    }
    return { fields, formats };
  }

  apply({ fields, formats = {} }) {
    for (const element of this.form.elements) {
      const { name, type } = element;
      if (!name || APART.test(name) || name.endsWith("-format") || type === "submit") continue;
      const value = fields[name] ?? "";
      if (type === "radio" || type === "checkbox") element.checked = [].concat(value).includes(element.value);
      else if (element.matches("[data-editor]")) {
        element.dispatchEvent(new CustomEvent("editor:set", { detail: { value, format: formats[name] || "text" } }));
      } else element.value = value;
    }
  }

  clean() {
    return JSON.stringify(this.collect()) === this.confirmed;
  }

  keep(draft = this.collect()) {
    this.stored = drafts.write(this.key, { ...draft, version: this.version, sent: this.unconfirmed });
  }

  // A draft that an earlier visit left behind -------------------------------------------------------------------

  recover(server) {
    const draft = drafts.read(this.key);
    if (!draft?.fields) return;
    const [mine, theirs] = [wordsOf(draft), wordsOf(server)];
    if (mine === theirs) {
      drafts.remove(this.key);
    } else if (draft.version >= this.version || draft.sent?.includes(theirs)) {
      this.unconfirmed = draft.sent || [];
      this.before = server;
      this.apply(draft);
      this.panel.querySelector("[data-save-restored]").hidden = false;
      this.tell(this.state.dataset.restored);
      this.changed();
    } else {
      this.apply(draft);
      this.conflict(server, this.version);
    }
  }

  // Saving -------------------------------------------------------------------------------------------------------

  changed() {
    if (this.clean()) return;
    this.dirtySince ??= Date.now();
    this.keep();
    if (this.blocked) return;
    if (this.retry === RETRY_FIRST) this.say("typing");
    this.later(Math.max(0, Math.min(IDLE, this.dirtySince + LONGEST - Date.now())));
  }

  later(delay) {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.save(), delay);
  }

  flush() {
    if (this.clean() || this.blocked) return;
    this.keep();
    this.save();
  }

  async save() {
    clearTimeout(this.timer);
    if (this.busy || this.blocked) return;
    const state = this.collect();
    const text = JSON.stringify(state);
    if (text === this.confirmed) return;
    this.busy = true;
    this.dirtySince = null;
    this.sending(state);
    this.keep(state);
    this.say("saving");
    try {
      await this.settle(await this.send(state), text);
    } catch {
      this.failed();
    }
    this.busy = false;
    const submit = this.waiting;
    this.waiting = null;
    if (submit && this.blocked !== "conflict") submit();
    else if (this.dirtySince !== null && !this.blocked && this.retry === RETRY_FIRST) this.later(IDLE);
  }

  sending(state) {
    const words = wordsOf(state);
    this.unconfirmed = [...this.unconfirmed.filter((other) => other !== words), words].slice(-UNCONFIRMED);
  }

  send(state) {
    const body = JSON.stringify({ ...state, version: this.version });
    return fetch(this.form.dataset.autosaveUrl, {
      method: "POST",
      headers: { "Content-Type": "application/json", Accept: "application/json", "X-CSRF-Token": this.form.dataset.csrf },
      body,
      credentials: "same-origin",
      keepalive: new Blob([body]).size < KEEPALIVE_BYTES,
      signal: AbortSignal.timeout(TIMEOUT),
    });
  }

  async settle(response, text) {
    if (response.ok) {
      const answer = await response.json();
      this.version = answer.version;
      this.confirmed = text;
      this.retry = RETRY_FIRST;
      this.unconfirmed = [];
      if (this.clean()) drafts.remove(this.key);
      this.say("saved", answer.saved_at);
    } else if (response.status === 409) {
      const answer = await response.json();
      this.conflict(answer.current?.fields ? answer.current : { fields: answer.current || {} }, answer.version);
    } else if (response.status === 401 || response.status === 410) {
      this.blocked = "expired";
      this.say(this.stored ? "expired" : "expiredUnkept");
    } else if (response.status >= 500 || response.status === 429 || response.status === 408) {
      this.failed();
    } else {
      this.say("refused");
    }
  }

  failed() {
    this.say(this.stored ? "offline" : "unkept");
    this.later(this.retry * (0.8 + Math.random() * 0.4));
    this.retry = Math.min(this.retry * 2, RETRY_LONGEST);
  }

  submitted(event) {
    if (event.defaultPrevented) return;
    if (this.busy) {
      // The save under way ends first: its answer brings the number that this text follows.
      event.preventDefault();
      this.waiting = () => this.form.requestSubmit(event.submitter);
      return;
    }
    clearTimeout(this.timer);
    const version = this.form.elements.namedItem("version");
    if (version) version.value = this.version;
    this.sending(this.collect());
    if (!this.clean()) this.keep();
    const before = this.blocked;
    this.blocked = "sent";
    setTimeout(() => { if (this.blocked === "sent") this.blocked = before; }, IDLE + LONGEST);
  }

  // Two versions of one text -----------------------------------------------------------------------------------

  conflict(current, version) {
    const mine = this.collect();
    this.version = version;
    if ([wordsOf(mine), ...this.unconfirmed.slice(0, -1)].includes(wordsOf(current))) {
      this.later(0); // our own words, whose answer was lost: take their number and go on
      return;
    }
    this.blocked = "conflict";
    this.other = current;
    const names = Object.keys({ ...mine.fields, ...current.fields });
    const differing = names.filter((name) => plain(mine.fields[name], mine.formats[name]) !== plain(current.fields[name], current.formats?.[name]));
    const show = (state) => differing.map((name) => plain(state.fields[name], state.formats?.[name]) || "–").join("\n\n");
    this.panel.querySelector("[data-save-mine]").textContent = show(mine);
    this.panel.querySelector("[data-save-theirs]").textContent = show(current);
    this.panel.querySelector("[data-save-conflict]").hidden = false;
    this.say("conflict");
  }

  clicked(event) {
    const choice = event.target.closest("[data-save-keep]")?.dataset.saveKeep;
    if (choice) this.choose(choice);
    if (event.target.closest("[data-save-undo]")) this.undoRestore();
  }

  choose(choice) {
    this.blocked = "";
    this.panel.querySelector("[data-save-conflict]").hidden = true;
    if (choice === "theirs") {
      this.apply(this.other);
      this.settled();
    } else {
      this.confirmed = null;
      this.save();
    }
    this.form.querySelector(".editor-area, textarea")?.focus();
  }

  undoRestore() {
    this.apply(this.before);
    this.panel.querySelector("[data-save-restored]").hidden = true;
    if (this.clean()) this.settled();
    else this.changed(); // part of the restored text was saved meanwhile
    this.form.querySelector(".editor-area, textarea")?.focus();
  }

  /** What stands in the form is what the server has. */
  settled() {
    clearTimeout(this.timer);
    this.dirtySince = null;
    this.confirmed = JSON.stringify(this.collect());
    drafts.remove(this.key);
    if (this.state.dataset.savedAt) this.say("saved", this.state.dataset.savedAt);
    else this.panel.querySelector("[data-save-text]").textContent = "";
  }

  // Words ----------------------------------------------------------------------------------------------------------

  say(kind, moment) {
    const text = this.state.dataset[kind].replace("{time}", moment ? clock(moment) : "");
    const busy = kind === "saving" || kind === "typing";
    const bad = !busy && kind !== "saved";
    if (moment) this.state.dataset.savedAt = moment;
    this.panel.querySelector("[data-save-text]").textContent = text;
    this.state.dataset.tone = bad ? "bad" : busy ? "busy" : "plain";
    const news = bad ? kind !== this.told : kind === "saved" && this.told;
    if (news) this.tell(text);
    if (bad) this.told = kind;
    else if (kind === "saved") this.told = "";
  }

  tell(text) { document.dispatchEvent(new CustomEvent("miroir:announce", { detail: text })); }
}

/** Begin once every editor of the form has settled, so that its starting text is the one to compare with. */
function begin(form) {
  if (form.dataset.autosaving) return;
  form.dataset.autosaving = "yes";
  const autosave = new Autosave(form);
  const pending = new Set([...form.querySelectorAll("textarea[data-editor]")].filter((area) => !/rich|plain/.test(area.dataset.editorState || "")));
  let typed = false;
  if (!pending.size) autosave.start(false);
  form.addEventListener("editor:ready", (event) => {
    typed ||= event.detail.typed;
    if (pending.delete(event.target) && !pending.size) autosave.start(typed);
  });
}

function beginAll() {
  for (const done of document.querySelectorAll("[data-draft-done]")) drafts.remove(done.dataset.draftDone);
  document.querySelectorAll("form[data-autosave-url]").forEach(begin);
}

document.addEventListener("htmx:after:swap", beginAll);
beginAll();
