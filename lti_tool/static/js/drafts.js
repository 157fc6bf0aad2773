// Texts kept on this device, when two texts are the same to a person, and how a moment is written.

/** Drafts on this device. Storage may be blocked (a frame, a private window): then nothing is kept, nothing breaks. */
export const drafts = {
  read(key) {
    try { return JSON.parse(localStorage.getItem(`miroir:draft:${key}`)); } catch { return null; }
  },
  write(key, draft) {
    try { localStorage.setItem(`miroir:draft:${key}`, JSON.stringify(draft)); return true; } catch { return false; }
  },
  remove(key) {
    try { localStorage.removeItem(`miroir:draft:${key}`); } catch { /* nothing was kept */ }
  },
};

/** The words of a field, whatever its format: what a person would call "the same text". */
export function plain(value, format) {
  if (Array.isArray(value)) return value.join(", ");
  if (format !== "html") return String(value ?? "").trim();
  const source = new DOMParser().parseFromString(String(value ?? ""), "text/html");
  for (const block of source.querySelectorAll("p, li, h2, h3, h4, pre")) block.append("\n");
  for (const line of source.querySelectorAll("br")) line.after("\n");
  return source.body.textContent.replace(/\n{2,}/g, "\n").trim();
}

/** All words of a form's fields, in one text that can be compared. */
export function wordsOf(state) {
  const words = {};
  for (const name of Object.keys(state.fields).sort()) {
    const text = plain(state.fields[name], state.formats?.[name]).replace(/\s+/g, " ");
    if (text) words[name] = text;
  }
  return JSON.stringify(words);
}

/** A moment as the reader writes it: the time alone when it is today's. */
export function clock(moment) {
  const date = new Date(moment);
  const today = date.toDateString() === new Date().toDateString();
  const style = today ? { timeStyle: "short" } : { dateStyle: "medium", timeStyle: "short" };
  return new Intl.DateTimeFormat(document.documentElement.lang, style).format(date);
}
