// Says on the button how many activities are ticked; without a script it says "what is ticked".

const button = document.querySelector("button[data-labels]");
if (button) {
  const labels = JSON.parse(button.dataset.labels);
  const before = button.textContent;
  const tell = () => {
    const count = document.querySelectorAll("[data-choose]:checked").length;
    button.textContent = labels[count - 1] ?? before;
  };
  document.addEventListener("change", tell);
  window.addEventListener("pageshow", tell);
  tell();
}
