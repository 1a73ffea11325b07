// What may hurt is seen only as long as somebody wants to see it: holding, covering all at once, covering again when the page
// is hidden, left or forgotten; and sums of what was seen, by class of harm, without saying which picture.
import { onKey } from "./desk.js";
import { players, playHeld, stopAll, sounding } from "./player.js";
import { holdPlace } from "./sound.js";

const SHORT = 350; // milliseconds: a press this long is a look, a shorter one a click
const TICK = 1000;
const SEND_EVERY = 20_000;
const OPEN = [
  ".veil--none",
  ".veil:active",
  ".veil[data-open]",
  '.veil:not([data-reveal="hold"]):has(.veil__toggle:checked)',
  '.veil[data-reveal="hover"]:hover',
].join();
const house = document.querySelector("[data-calm]");

/** Cover everything on the page and stop what plays; gives whether anything was to be seen. */
export function cover() {
  let covered = stopAll();
  for (const veil of document.querySelectorAll(".veil[data-open]")) {
    veil.removeAttribute("data-open");
    covered = true;
  }
  for (const toggle of document.querySelectorAll(".veil__toggle:checked")) {
    toggle.checked = false;
    covered = true;
  }
  if (document.body.classList.contains("shows-parts")) {
    showParts(false);
    covered = true;
  }
  return covered;
}

/** One key covers all. Only where nothing was to be seen it opens what a click may keep open. */
onKey("b", () => {
  if (cover()) return;
  const toggles = [...document.querySelectorAll('.veil:not([data-reveal="hold"]) > .veil__toggle')];
  for (const toggle of toggles) toggle.checked = true;
  return toggles.length > 0;
});

// Holding a picture: a long press shows it while it lasts and keeps nothing open; a short one is the click it always was.
let pressed = 0;
addEventListener("pointerdown", (event) => { pressed = event.target.closest?.(".veil") ? event.timeStamp : 0; }, true);
addEventListener("click", (event) => {
  const toggle = event.target.closest?.(".veil__toggle");
  if (!toggle) return;
  const held = pressed && event.detail > 0 && event.timeStamp - pressed > SHORT;
  if (held || toggle.closest(".veil").dataset.reveal === "hold") event.preventDefault();
});
addEventListener("contextmenu", (event) => { if (event.target.closest?.('.veil[data-reveal="hold"], [data-hold], [data-place]')) event.preventDefault(); });
addEventListener("dragstart", (event) => { if (event.target.closest?.(".veil")) event.preventDefault(); });

// Holding Space anywhere outside fields and buttons: the pair one is at is seen, or its recording plays.
let holding = [];
onKey(" ", (event) => {
  if (event.target.closest?.("a, button, summary, input, [role=option]")) return false;
  if (!event.repeat && !holding.length) holding = hold();
  return holding.length > 0;
});
document.addEventListener("keyup", (event) => { if (event.key === " ") letGo(); });

/** Show what is here; gives what has to be let go of again. */
function hold() {
  const here = place();
  if (here && holdPlace(here)) return [() => stopAll()];
  const player = here?.querySelector("[data-player]");
  if (player && playHeld(player)) return [() => stopAll()];
  const veils = [...(here?.querySelectorAll(".exhibit .veil, .face .veil") ?? [])].filter((veil) => !veil.matches(".veil--none"));
  for (const veil of veils) veil.dataset.open = "";
  return veils.map((veil) => () => veil.removeAttribute("data-open"));
}

function letGo() {
  for (const release of holding.splice(0)) release();
}

/** The pair or row one is at: where the focus is, else the pair nearest to the top of the window. */
function place() {
  const focused = document.activeElement?.closest("[data-match], .exhibit, [data-row]");
  if (focused) return focused;
  const all = [...document.querySelectorAll("[data-match]")].filter((one) => one.getClientRects().length);
  return all.findLast((one) => one.getBoundingClientRect().top < innerHeight / 3) ?? all[0] ?? document.querySelector(".exhibit")?.parentElement;
}

// Only the part that was compared: one switch for all pairs. Being fetched is being looked at, so not before it is wished.
function showParts(on) {
  document.body.classList.toggle("shows-parts", on);
  for (const box of document.querySelectorAll("[data-parts] input")) box.checked = on;
  if (!on) return;
  for (const picture of document.querySelectorAll(".veil__part image[data-href]")) {
    picture.setAttribute("href", picture.dataset.href);
    picture.removeAttribute("data-href");
  }
}
document.addEventListener("change", (event) => { if (event.target.closest?.("[data-parts]")) showParts(event.target.checked); });

// Covered again when the page is hidden, left (also into the browser's own memory of pages), or forgotten.
addEventListener("blur", letGo);
addEventListener("pagehide", leave);
document.addEventListener("visibilitychange", () => { if (document.hidden) leave(); });
function leave() {
  look();
  letGo();
  cover();
  look();
  send();
}
let touched = performance.now();
for (const sign of ["pointerdown", "pointermove", "keydown", "wheel", "touchmove"]) {
  addEventListener(sign, touch, { passive: true });
}
function touch(event) {
  // Where something moves under a pointer at rest the browser tells of a move too; nobody moved.
  if (event.type !== "pointermove" || event.movementX || event.movementY) touched = performance.now();
}

// Sums: how many files were uncovered anew, and for how long anything of a class was to be seen.
const known = new Set();
const sums = new Map();
let last = performance.now();
let before = new Set(); // the classes that were to be seen at the last look

function look() {
  const moment = performance.now();
  const passed = Math.min(moment - last, 2 * TICK); // a sleeping computer looks at nothing
  last = moment;
  const harms = new Set();
  for (const one of seen()) {
    harms.add(one.dataset.harm);
    const key = one.dataset.seen;
    if (known.has(key)) continue;
    known.add(key);
    sum(one.dataset.harm).items += 1;
  }
  for (const harm of before) sum(harm).time += passed;
  before = harms;
}

function sum(harm) {
  if (!sums.has(harm)) sums.set(harm, { items: 0, time: 0 });
  return sums.get(harm);
}

/** What is uncovered and within the window now. */
function seen() {
  if (document.hidden) return [];
  const parts = document.body.classList.contains("shows-parts") ? ", .veil:has(.veil__part)" : "";
  return [...document.querySelectorAll(`${OPEN}${parts}`), ...sounding()].filter((one) => {
    const box = one.getBoundingClientRect();
    return box.width > 0 && box.bottom > 0 && box.top < innerHeight;
  });
}

async function send() {
  const body = new URLSearchParams();
  for (const [harm, { items, time }] of sums) {
    const seconds = Math.round(time / 1000);
    if (items || seconds) body.append("looked", `${harm} ${items} ${seconds}`);
  }
  if (!body.size) return;
  sums.clear();
  const answer = await fetch(house.dataset.exposure, {
    method: "POST",
    headers: { Accept: "application/json", "X-CSRFToken": house.dataset.token },
    body,
    keepalive: true, // it arrives although the page is left
    redirect: "manual",
  }).catch(() => null);
  const told = answer?.ok ? await answer.json().catch(() => ({})) : {};
  if (told.pause) house.querySelector("[data-pause-hint]").hidden = false;
}

if (house) {
  for (const switches of document.querySelectorAll("[data-parts]")) switches.hidden = false;
  players(document);
  if (document.body.classList.contains("calm--parts")) showParts(true);
  for (const sign of ["pointerdown", "pointerup", "keydown", "keyup", "change"]) {
    addEventListener(sign, () => setTimeout(look), { passive: true });
  }
  setInterval(() => {
    if (!document.hidden) look();
    if (performance.now() - touched > Number(house.dataset.calmIdle) * 1000) cover();
    for (const one of document.querySelectorAll("[data-parts][hidden]")) one.hidden = false; // results that came meanwhile
    players(document);
  }, TICK);
  setInterval(send, SEND_EVERY);
}
