// Tells the LMS that the registration is done (LTI Dynamic Registration 1.0, 3.6), so that it closes this window.
// The LMS may have framed us, have opened us in a window of our own, or both; Sakai's older pages know the short name.

const AFTER = 4000;
const SUBJECTS = ["org.imsglobal.lti.close", "lti.close"];
const platforms = [...new Set([window.opener, window.parent])].filter((one) => one && one !== window);

function close() {
  for (const platform of platforms) {
    for (const subject of SUBJECTS) platform.postMessage({ subject }, "*");
  }
  if (window.parent === window) window.close();
}

if (platforms.length) {
  document.getElementById("done").hidden = true;
  document.getElementById("closing").hidden = false;
  document.getElementById("close").addEventListener("click", close);
  setTimeout(close, AFTER);
}
