// The case page: measures follow the chosen rule, keys for preview and submit, and activity that holds the case.
import "./rail.js";
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
onKey("1", () => find(0));
onKey("2", () => find(1));
onKey("3", () => find(2));

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
