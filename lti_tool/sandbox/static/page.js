"use strict";
// Choosing a person is enough; the button is for browsers without script.
for (const form of document.querySelectorAll("form[data-submit-on-change]")) {
  form.classList.add("scripted");
  form.addEventListener("change", () => form.submit());
}
