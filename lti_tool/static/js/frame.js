// Tells the page that embeds us how tall we are (lti.frameResize), so that there is one scroll bar, not two.
// The message holds a height and nothing else, so any parent may read it.

const FLOOR = 200;

function contentHeight() {
  return Math.max(FLOOR, Math.ceil(document.documentElement.getBoundingClientRect().height));
}

if (window.parent !== window) {
  let told = 0;
  let waiting = false;

  const tell = () => {
    waiting = false;
    const height = contentHeight();
    if (height === told) return;
    told = height;
    window.parent.postMessage({ subject: "lti.frameResize", height }, "*");
  };
  const soon = () => {
    if (waiting) return;
    waiting = true;
    setTimeout(tell, 100);
  };

  new ResizeObserver(soon).observe(document.documentElement);
  window.addEventListener("load", soon);
  tell();
}
