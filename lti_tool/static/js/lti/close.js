// Tells the LMS that the registration is done (LTI Dynamic Registration 1.0, 3.6), so that it closes this window.

const AFTER = 4000;
const platform = window.opener || (window.parent === window ? null : window.parent);

function close() {
  platform.postMessage({ subject: "org.imsglobal.lti.close" }, "*");
}

if (platform) {
  document.getElementById("closing").hidden = false;
  document.getElementById("close").addEventListener("click", close);
  setTimeout(close, AFTER);
}
