// Saves a form while it is filled in: <form data-autosave="ADDRESS"> and <p role="status" data-saved="…" data-unsaved="…">.
// Continue saves as well, so nothing depends on this. Dictation sets values without events: leaving the page saves too.
for (const form of document.querySelectorAll("form[data-autosave]")) {
  const status = form.querySelector("[data-saved]") ?? document.querySelector("[data-saved]");
  const care = form.querySelector("[data-care]");
  const contents = () => new URLSearchParams(new FormData(form)).toString();
  let kept = contents();
  let timer, shown = "", sent = 0;
  const say = (ok) => {
    if (!status) return;
    status.textContent = ok ? status.dataset.saved : status.dataset.unsaved;
    status.classList.toggle("late", !ok);
  };
  const wait = () => { if (status && contents() !== kept) status.textContent = ""; };  // never "saved" while it is not
  const save = async () => {
    const now = contents();
    if (now === kept) return;
    try {
      const answer = await fetch(form.dataset.autosave || form.action, {
        method: "POST", body: new URLSearchParams(now), keepalive: true, headers: { "X-Autosave": String(++sent) },  // the server passes over what was overtaken
      });
      if (now !== contents()) return;  // a newer one is on its way
      const ok = answer.ok && !answer.redirected;  // led elsewhere: sent in another window
      if (ok) kept = now;
      say(ok);
      if (care && (ok || answer.status === 422)) {  // a card for what cannot wait, or nothing any more
        const cards = answer.status === 204 ? "" : await answer.text();
        if (cards !== shown) care.replaceChildren(...new DOMParser().parseFromString(cards, "text/html").body.childNodes);
        shown = cards;
      }
    } catch {
      say(false);
    }
  };
  const alone = (box) => {  // "None of these" and the ways round stand below the "or", and beside nothing else
    const or = box.closest("fieldset")?.querySelector(".or");
    return Boolean(or && or.compareDocumentPosition(box) & Node.DOCUMENT_POSITION_FOLLOWING);
  };
  const untick = ({ target }) => {
    if (target.type !== "checkbox" || !target.checked || target.closest("[data-bodymap]")) return;
    for (const box of form.querySelectorAll(`input[type=checkbox][name="${CSS.escape(target.name)}"]:checked`))
      if (box !== target && (alone(box) || alone(target))) box.checked = false;
  };
  form.addEventListener("change", (event) => { untick(event); wait(); save(); });
  form.addEventListener("input", () => { wait(); clearTimeout(timer); timer = setTimeout(save, 1000); });
  window.addEventListener("pageshow", (event) => { if (event.persisted) location.reload(); });
  window.addEventListener("online", save);
  document.addEventListener("visibilitychange", () => { if (document.hidden) save(); });
}
