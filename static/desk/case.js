// The case page: measures follow the chosen rule, keys for preview and submit, and activity that holds the case.
import { onKey } from "./desk.js";

const BEAT = 60_000;
const form = document.querySelector("[data-decision]");

if (form) {
  document.addEventListener("keydown", (event) => {
    if (event.key === "Enter" && (event.ctrlKey || event.metaKey) && !event.isComposing) {
      // Ctrl+Enter in the question box sends the question, not the decision.
      const own = event.target instanceof HTMLElement ? event.target.closest("form") : null;
      const send = own && own !== form ? own : form;
      event.preventDefault();
      send.requestSubmit(send === form ? form.querySelector("[data-submit]") : undefined);
    }
  });
  form.addEventListener("submit", (event) => {
    if (form.dataset.sent) event.preventDefault(); // a double click is one decision
    form.dataset.sent = "yes";
  });
  addEventListener("pageshow", () => delete form.dataset.sent);
}

// 1, 2 and 3 answer the report one is at, else the next that has no finding yet, and go on to the one after it.
for (const number of [1, 2, 3]) onKey(String(number), () => find(number - 1));

function find(answer) {
  const findings = [...document.querySelectorAll(".finding")].filter((one) => one.checkVisibility());
  const unanswered = () => findings.find((one) => !one.querySelector(":checked"));
  const at = document.activeElement?.closest(".finding") ?? unanswered() ?? findings[0];
  const chosen = at?.querySelectorAll("[data-finding]")[answer];
  if (!chosen) return false;
  chosen.click();
  const next = unanswered();
  (next?.querySelector("[data-finding]") ?? chosen).focus();
  (next ?? at).scrollIntoView({ block: "nearest" });
}

// While nothing has the focus, the keys that turn pages turn the evidence.
const bench = document.querySelector("[data-bench]");
const PAGES = { PageDown: 0.9, PageUp: -0.9, ArrowDown: 0.1, ArrowUp: -0.1, End: Infinity, Home: -Infinity };
document.addEventListener("keydown", (event) => {
  const by = PAGES[event.key];
  if (!bench || !by || event.ctrlKey || event.altKey || event.metaKey || document.activeElement !== document.body) return;
  const far = Number.isFinite(by) ? bench.clientHeight * by : Math.sign(by) * bench.scrollHeight;
  bench.scrollBy({ top: far });
  event.preventDefault();
});

const ground = form?.querySelector("[data-ground]");
if (ground) {
  ground.addEventListener("change", follow);
  for (const answer of form.querySelectorAll("[data-finding]")) answer.addEventListener("change", follow);
  for (const days of form.querySelectorAll(".measure select")) {
    days.addEventListener("change", () => {
      if (days.value) days.closest(".measure").querySelector("input").checked = true;
    });
  }
  follow();
}

/** Draw only the measures the rule book knows for this rule; none when every report was answered and none is supported. */
function follow() {
  const chosen = ground.selectedOptions[0].dataset;
  const allowed = chosen.actions.split(" ");
  const usual = chosen.usual.split(" ");
  const answered = [...form.querySelectorAll("[data-finding]:checked")];
  const all = form.querySelectorAll(".finding").length;
  const rejected = answered.length === all && answered.every((one) => one.value !== "supported");
  for (const measure of form.querySelectorAll("[data-measure]")) {
    const code = measure.dataset.measure;
    measure.hidden = rejected || !allowed.includes(code);
    const mark = measure.querySelector("[data-usual-mark]");
    if (mark) mark.hidden = !usual.includes(code);
    for (const field of measure.querySelectorAll("input, select")) field.disabled = measure.hidden;
  }
  form.querySelector("[data-no-measure]").hidden = !rejected;
  for (const part of form.querySelectorAll("[data-account]")) {
    part.hidden = rejected;
    for (const field of part.querySelectorAll("input, select, textarea")) field.disabled = rejected;
  }
  // Shown intent weighs only where the rule book has no tolerance.
  for (const intent of form.querySelectorAll("[data-intent]")) {
    intent.hidden = !("severe" in chosen);
    intent.querySelector("input").disabled = intent.hidden || rejected;
  }
}

/** Ask what the choice would do and write the sentence beside the button, without leaving the page. */
const whatIf = form?.querySelector("[data-what-if]");
if (whatIf) {
  const says = form.querySelector("[data-says]");
  const ask = async () => {
    const answer = await fetch(whatIf.formAction, {
      method: "POST",
      headers: { Accept: "application/json" },
      body: new FormData(form),
      redirect: "manual",
    }).catch(() => null);
    if (!answer || !answer.ok) return false;
    const told = await answer.json().catch(() => ({}));
    says.textContent = told.says || told.message || "";
    return true;
  };
  whatIf.addEventListener("click", async (event) => {
    event.preventDefault();
    if (!(await ask())) form.requestSubmit(whatIf); // the page itself answers: signed out, for instance
  });
}

const page = document.querySelector("[data-heartbeat]");
if (page) {
  let active = false;
  for (const sign of ["pointerdown", "keydown", "wheel"]) addEventListener(sign, () => (active = true), { passive: true });
  setInterval(async () => {
    if (!active) return;
    active = false;
    const answer = await fetch(page.dataset.heartbeat, {
      method: "POST",
      headers: { Accept: "application/json", "X-CSRFToken": page.dataset.token },
      redirect: "manual",
    }).catch(() => null);
    if (!answer || answer.type === "opaqueredirect") return;
    const told = await answer.json().catch(() => ({}));
    const lost = document.querySelector("[data-lost]");
    lost.hidden = answer.status !== 409;
    lost.textContent = answer.status === 409 ? told.message : "";
  }, BEAT);
}
