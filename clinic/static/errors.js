// Moves focus to the error summary, and brings the question (not only its box) into view when a link in it is followed.
const summary = document.querySelector(".errsum");
if (summary) {
  summary.focus();
  summary.addEventListener("click", (event) => {
    const field = event.target.hash && document.getElementById(event.target.hash.slice(1));
    if (!field) return;
    event.preventDefault();
    const words = field.closest("fieldset")?.querySelector("legend") ?? field.labels?.[0] ?? field;
    words.scrollIntoView();
    field.focus({ preventScroll: true });
  });
}

// A second press on the same button within a second is a slip of the finger. The server is idempotent all the same.
const sent = new WeakMap();
document.addEventListener("submit", (event) => {
  const last = sent.get(event.target);
  if (last && event.timeStamp - last < 1000) event.preventDefault();
  else sent.set(event.target, event.timeStamp);
});
