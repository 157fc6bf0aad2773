"use strict";
// The course page's side of the messages that a tool in the frame may send: its height, its end,
// and, when switched on, platform storage (LTI Client Side postMessages, Platform Storage 0.1).
const frame = document.querySelector("iframe.tool");
const origins = frame.dataset.origins.split(" ").filter(Boolean);
const storage = frame.dataset.storage === "on" ? new Map() : null;
const MAX_HEIGHT = 20000;
const MAX_KEYS = 500;
const MAX_BYTES = 4096;

function parsed(data) {
  if (typeof data !== "string") {
    return data || {};
  }
  try {
    return JSON.parse(data) || {};
  } catch {
    return {};
  }
}

function answer(event, message, rest) {
  event.source.postMessage(
    { subject: `${message.subject}.response`, message_id: message.message_id, ...rest },
    event.origin,
  );
}

function problemOf(event, message) {
  if (origins.length && !origins.includes(event.origin)) {
    return { code: "wrong_origin", message: "This origin is not one of the tool's." };
  }
  if (!message.message_id || !message.key) {
    return { code: "bad_request", message: "message_id and key are needed." };
  }
  const size = `${message.key}${message.value ?? ""}`.length;
  if (message.subject === "lti.put_data" && (size > MAX_BYTES || storage.size >= MAX_KEYS)) {
    return { code: "storage_exhaustion", message: "Too much." };
  }
  return null;
}

function store(event, message) {
  const error = problemOf(event, message);
  if (error) {
    answer(event, message, { key: message.key, error });
    return;
  }
  const name = `${event.origin} ${message.key}`;
  if (message.subject === "lti.get_data") {
    answer(event, message, { key: message.key, value: storage.get(name) ?? null });
  } else if (message.value === null || message.value === undefined) {
    storage.delete(name);
    answer(event, message, { key: message.key });
  } else {
    storage.set(name, String(message.value));
    answer(event, message, { key: message.key, value: String(message.value) });
  }
}

function capabilities() {
  const subjects = ["lti.capabilities", "lti.frameResize", "org.imsglobal.lti.close"];
  if (storage) {
    subjects.push("lti.put_data", "lti.get_data");
  }
  return { supported_messages: subjects.map((subject) => ({ subject })) };
}

window.addEventListener("message", (event) => {
  if (event.source !== frame.contentWindow) {
    return;
  }
  const message = parsed(event.data);
  if (message.subject === "lti.frameResize") {
    const height = Number.parseInt(message.height, 10);
    if (height > 0) {
      frame.style.blockSize = `${Math.min(height, MAX_HEIGHT)}px`;
    }
  } else if (message.subject === "org.imsglobal.lti.close" || message.subject === "lti.close") {
    window.location.assign(frame.dataset.closeTo);
  } else if (message.subject === "sandbox.leave" && event.origin === window.location.origin) {
    window.location.assign(message.url);
  } else if (message.subject === "lti.capabilities") {
    if (storage) {
      answer(event, message, capabilities());
    }
  } else if (storage && ["lti.put_data", "lti.get_data"].includes(message.subject)) {
    store(event, message);
  }
});
