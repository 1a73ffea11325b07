// The queue keeps itself fresh every five seconds without losing focus or what was uncovered; j and k walk through it.
import { onKey } from "./desk.js";

const EVERY = 5000;
const frame = document.querySelector("[data-refresh]");
const said = document.querySelector("[data-queue-status]");
let seen = "";

/** Fetch a page as a document: parsed by the browser, scripts in it never run, no markup string is ever assigned. */
function read(address) {
  return new Promise((resolve, reject) => {
    const request = new XMLHttpRequest();
    request.open("GET", address);
    if (seen) request.setRequestHeader("If-None-Match", seen);
    request.responseType = "document";
    request.timeout = EVERY;
    request.onload = () => resolve(request);
    request.onerror = request.ontimeout = reject;
    request.send();
  });
}

async function refresh() {
  if (document.hidden) return;
  const answer = await read(frame.dataset.refresh);
  const fresh = answer.status === 200 && answer.response?.querySelector("#queue-rows");
  if (!fresh) return;
  const first = seen === "";
  seen = answer.getResponseHeader("ETag") ?? "";
  put(document.adoptNode(fresh), first);
}

function put(fresh, first) {
  const old = document.querySelector("#queue-rows");
  const before = [...old.querySelectorAll("[data-row]")].map((row) => row.dataset.row).join();
  const focused = old.contains(document.activeElement) ? place(document.activeElement) : null;
  for (const veil of old.querySelectorAll(".veil__toggle:checked")) {
    const twin = row(fresh, veil.closest("[data-row]").dataset.row)?.querySelector(".veil__toggle");
    if (twin) twin.checked = true;
  }
  for (const open of old.querySelectorAll("[data-keeps-open][open]")) {
    const twin = row(fresh, open.closest("[data-row]").dataset.row)?.querySelector("[data-keeps-open]");
    if (twin) twin.open = true;
  }
  keepPictures(old, fresh);
  old.replaceWith(fresh);
  if (focused) row(fresh, focused.row)?.querySelectorAll("a, button, input")[focused.index]?.focus({ preventScroll: true });
  const after = [...fresh.querySelectorAll("[data-row]")].map((one) => one.dataset.row).join();
  if (!first && before !== after) said.textContent = said.dataset.sayChanged;
}

/** Pictures are not cached, so those already loaded move over instead of being fetched again. */
function keepPictures(old, fresh) {
  for (const one of fresh.querySelectorAll("[data-row]")) {
    const known = row(old, one.dataset.row)?.querySelector("img");
    const shown = one.querySelector("img");
    if (known && shown && known.getAttribute("src") === shown.getAttribute("src")) shown.replaceWith(known);
  }
}

function row(within, id) {
  return within.querySelector(`[data-row="${CSS.escape(id)}"]`);
}

function place(element) {
  const within = element.closest("[data-row]");
  return within && { row: within.dataset.row, index: [...within.querySelectorAll("a, button, input")].indexOf(element) };
}

function step(by) {
  const links = [...document.querySelectorAll("[data-row-link]")];
  if (!links.length) return false;
  const from = document.activeElement?.closest("[data-row]") ? document.activeElement : document.querySelector("[data-row-link][aria-current]");
  const here = from?.closest("[data-row]");
  const at = links.findIndex((link) => link.closest("[data-row]") === here);
  const next = links[at < 0 ? (by > 0 ? 0 : links.length - 1) : Math.min(links.length - 1, Math.max(0, at + by))];
  next.focus();
  next.scrollIntoView({ block: "nearest" });
}

onKey("j", () => step(1));
onKey("k", () => step(-1));
setInterval(() => refresh().catch(() => {}), EVERY); // a lost connection shows nothing; the next try may succeed
