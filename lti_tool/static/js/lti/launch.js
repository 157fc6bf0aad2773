// Ties a launch to the browser that logged in, where cookies may not come back in a frame.
//
// A login's secret in the browser: our own storage (partitioned by the site around us) and the
// storage that the platform offers by messages (1EdTech LTI Client Side postMessages Storage 0.1).

const PREFIX = "miroir.login.";
const KEPT = 15 * 60 * 1000;
const PATIENCE = 1500;

function stores() {
  const found = [];
  for (const name of ["sessionStorage", "localStorage"]) {
    try { found.push(window[name]); } catch { /* blocked by the browser */ }
  }
  return found;
}

// Logins that never came back leave entries behind.
function tidy(store) {
  for (const key of Object.keys(store)) {
    if (!key.startsWith(PREFIX)) continue;
    const [, time] = (store.getItem(key) || "").split(" ");
    if (!(Date.now() - Number(time) < KEPT)) store.removeItem(key);
  }
}

function keep(key, secret) {
  for (const store of stores()) {
    try {
      tidy(store);
      store.setItem(key, `${secret} ${Date.now()}`);
    } catch { /* full or blocked: the platform's storage or a new tab will do */ }
  }
}

function recall(key) {
  for (const store of stores()) {
    try {
      const [secret] = (store.getItem(key) || "").split(" ");
      if (secret) return secret;
    } catch { /* blocked */ }
  }
  return "";
}

function forget(key) {
  for (const store of stores()) {
    try { store.removeItem(key); } catch { /* blocked */ }
  }
}

function storageFrame(target) {
  const platform = window.parent === window ? window.opener : window.parent;
  if (!platform || target === "_parent") return platform;
  try { return platform.frames[target] || platform; } catch { return platform; }
}

// Ask the platform's storage frame; resolves with its answer, or null after a while.
function ask(message, { target, origin }) {
  const frame = target && origin ? storageFrame(target) : null;
  if (!frame) return Promise.resolve(null);
  const id = crypto.randomUUID();
  return new Promise((resolve) => {
    const answer = (event) => {
      const data = event.data;
      if (event.origin !== origin || data?.message_id !== id) return;
      if (data.subject === `${message.subject}.response`) finish(data.error ? null : data);
    };
    const timer = setTimeout(() => finish(null), PATIENCE);
    function finish(result) {
      clearTimeout(timer);
      window.removeEventListener("message", answer);
      resolve(result);
    }
    window.addEventListener("message", answer);
    try { frame.postMessage({ ...message, message_id: id }, origin); } catch { finish(null); }
  });
}

function keepAtPlatform(key, value, where) {
  return ask({ subject: "lti.put_data", key, value }, where);
}

async function recallFromPlatform(key, where) {
  const answer = await ask({ subject: "lti.get_data", key }, where);
  return typeof answer?.value === "string" ? answer.value : "";
}

// The login page: keep the secret, then go on to the LMS.
async function goOn({ url, key, secret, target, origin }) {
  keep(key, secret);
  await keepAtPlatform(key, secret, { target, origin });
  window.location.replace(url);
}

// Sends a form and puts the session that it opens in this page's place: the way back must not lead to a page that
// was posted. Returns whether that went well.
async function enter(form, fields = {}) {
  const body = new URLSearchParams(new FormData(form));
  for (const [name, value] of Object.entries(fields)) body.set(name, value);
  try {
    const response = await fetch(form.action, { method: "POST", body, headers: { Accept: "application/json" } });
    if (!response.ok) return false;
    window.location.replace((await response.json()).url);
    return true;
  } catch {
    return false;
  }
}

// The page after an unbound launch: find the secret again, else offer a new tab.
async function check(bind) {
  const { key, target, origin } = bind.dataset;
  const checking = document.getElementById("checking");
  const elsewhere = document.getElementById("elsewhere");
  checking.hidden = false;
  elsewhere.hidden = true;
  document.getElementById("new-tab").addEventListener("submit", () => {
    // After the submission itself, which would not happen from a hidden form.
    setTimeout(() => {
      elsewhere.hidden = true;
      document.getElementById("opened").hidden = false;
    }, 300);
  });
  let secret = recall(key);
  let source = "own_storage";
  if (!secret) {
    secret = await recallFromPlatform(key, { target, origin });
    source = "platform_storage";
  }
  forget(key);
  if (secret && await enter(bind, { secret, source })) return;
  checking.hidden = true;
  elsewhere.hidden = false;
}

// The confirm screen of a new tab; if anything is wrong, the form goes its ordinary way, to a page that says what.
function confirmed(event) {
  event.preventDefault();
  const form = event.target;
  if (form.dataset.sent) return;
  form.dataset.sent = "yes";
  enter(form).then((entered) => { if (!entered) form.submit(); });
}

const onward = document.getElementById("onward");
const bind = document.getElementById("bind");
if (onward) goOn(onward.dataset);
if (bind) check(bind);
document.getElementById("confirm")?.addEventListener("submit", confirmed);
