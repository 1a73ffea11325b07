// What is typed into the decision form is kept two seconds after the last key, and before the page is left.

const PAUSE = 2000;
const form = document.querySelector("[data-decision]");
const button = form?.querySelector("[data-draft]");

if (button) {
  const status = form.querySelector("[data-draft-status]");
  let timer = 0;
  let dirty = false;
  let sending = null;

  const say = (text, wrong) => {
    status.textContent = text;
    status.classList.toggle("draft__status--wrong", wrong);
  };

  const save = async (leaving) => {
    clearTimeout(timer);
    if (!dirty) return;
    dirty = false;
    sending = new AbortController();
    const answer = await fetch(button.dataset.draft, {
      method: "POST",
      headers: { Accept: "application/json" },
      body: new URLSearchParams(new FormData(form)), // as the form itself is sent: many reports are many fields
      redirect: "manual",
      keepalive: leaving,
      signal: sending.signal,
    }).catch((error) => (error.name === "AbortError" ? "aborted" : null));
    if (answer === "aborted") return;
    if (!answer?.ok) {
      dirty = true; // the next key tries again
      say(button.dataset.sayUnsaved, true);
      return;
    }
    say((await answer.json()).says, false);
  };

  const changed = () => {
    dirty = true;
    clearTimeout(timer);
    timer = setTimeout(save, PAUSE, false);
  };
  form.addEventListener("input", changed);
  form.addEventListener("change", changed);

  // The form itself takes everything along; any other form of the page leaves it behind.
  document.addEventListener("submit", (event) => {
    if (event.target !== form) return void save(true);
    clearTimeout(timer);
    dirty = false;
    sending?.abort();
  });
  addEventListener("pagehide", () => save(true));
  document.addEventListener("visibilitychange", () => document.hidden && save(true));
}
