// @ts-check
// On a low screen, as at 200 % zoom, the topics would push the question box out of sight: there they stand after it.

const topics = document.querySelector("[data-topics]");
const home = topics?.parentElement;
const foot = document.querySelector(".foot");
const low = matchMedia("(max-height: 480px)");

function place() {
  if (topics) (low.matches ? foot : home)?.append(topics);
}

place();
low.addEventListener("change", place);
