// Two recordings along time: a place is heard while it is held, first the reported file, then the reference; a click on a
// timeline, or the step keys, bring both players to where the same is.
import { onKey } from "./desk.js";
import { onStep, playStretches, players, seek, stopAll, whileHeld } from "./player.js";

const wired = new WeakSet();
const WIDE = 1000;
const SHORTEST = 1; // seconds that are played of a place that is hardly longer than a moment

/** Bring the timelines within `root` to life; again after results were put in anew. */
export function timelines(root) {
  players(root);
  for (const match of root.querySelectorAll("[data-match]")) {
    if (wired.has(match) || !match.querySelector("[data-track], .moment")) continue;
    wired.add(match);
    for (const side of ["query", "reference"]) follow(match, side);
    for (const axis of match.querySelectorAll("[data-axis]")) axis.addEventListener("click", (event) => point(match, axis, event));
    for (const button of match.querySelectorAll("[data-place]")) hear(match, button);
    for (const button of match.querySelectorAll("[data-go]")) {
      button.hidden = false;
      button.addEventListener("click", () => go(match, spanOf(button.closest("[data-place-row], .moment"))));
    }
    for (const steps of match.querySelectorAll("[data-steps]")) {
      steps.hidden = false;
      for (const button of steps.querySelectorAll("[data-step]")) {
        button.addEventListener("click", () => step(steps.closest("[data-track]"), Number(button.dataset.step)));
      }
    }
  }
}

/** Play the chosen place of a pair as long as somebody holds; gives whether there is one. */
export function holdPlace(match) {
  const chosen = match.querySelector("[aria-current=true] [data-place]");
  if (!chosen) return false;
  listen(match, chosen);
  return true;
}

function player(match, side) {
  return match.querySelector(`[data-player][data-side="${side}"]`);
}

function hear(match, button) {
  button.hidden = false;
  whileHeld(button, () => listen(match, button), () => stopAll());
}

function listen(match, button) {
  const row = button.closest("[data-place-row]");
  const span = spanOf(row);
  choose(row);
  const told = (side) => (on) => {
    button.setAttribute("aria-pressed", String(on));
    row.classList.toggle(`place--${side}`, on);
  };
  playStretches(
    [
      { player: player(match, "query"), from: span.q0, to: Math.max(span.q1, span.q0 + SHORTEST), told: told("query") },
      { player: player(match, "reference"), from: span.r0, to: Math.max(span.r1, span.r0 + SHORTEST), told: told("reference") },
    ].filter((one) => Number.isFinite(one.from)),
  );
}

/** A place's seconds; NaN on the side of a picture. */
function spanOf(row) {
  const data = (row.querySelector("[data-place]") ?? row).dataset;
  const [q0, r0] = [Number(data.q0 ?? NaN), Number(data.r0 ?? NaN)];
  return { q0, q1: Number(data.q1 ?? q0), r0, r1: Number(data.r1 ?? r0) };
}

function go(match, span) {
  stopAll();
  for (const [side, at] of [["query", span.q0], ["reference", span.r0]]) {
    const one = player(match, side);
    if (!one || !Number.isFinite(at)) continue;
    seek(one, at);
    show(match, side, at);
  }
}

/** Where a click lies on one timeline, and what that is on the other one: within a place the same moment of it. */
function point(match, axis, event) {
  const box = axis.getBoundingClientRect();
  const at = ((event.clientX - box.left) / box.width) * Number(axis.dataset.seconds);
  const [mine, theirs] = axis.dataset.axis === "query" ? ["q", "r"] : ["r", "q"];
  const track = axis.closest("[data-track]");
  const row = [...track.querySelectorAll("[data-place-row]")].find((one) => {
    const span = spanOf(one);
    return span[`${mine}0`] <= at && at <= span[`${mine}1`];
  });
  const span = row && spanOf(row);
  if (row) choose(row);
  const share = span ? (at - span[`${mine}0`]) / (span[`${mine}1`] - span[`${mine}0`] || 1) : 0;
  const other = span ? span[`${theirs}0`] + share * (span[`${theirs}1`] - span[`${theirs}0`]) : NaN;
  go(match, mine === "q" ? { q0: at, r0: other } : { q0: other, r0: at });
}

/** To the next place of a track, on both sides at once. */
function step(track, by) {
  const rows = [...track.querySelectorAll("[data-place-row]")];
  if (!rows.length) return false;
  const at = rows.findIndex((one) => one.getAttribute("aria-current") === "true");
  const next = rows[at < 0 ? (by > 0 ? 0 : rows.length - 1) : (at + by + rows.length) % rows.length];
  const folded = next.closest("details:not(.timelines)");
  if (folded) folded.open = true;
  choose(next);
  go(track.closest("[data-match]"), spanOf(next));
  next.scrollIntoView({ block: "nearest" });
}

function choose(row) {
  for (const one of row.closest("[data-match]").querySelectorAll("[data-place-row][aria-current]")) one.removeAttribute("aria-current");
  row.setAttribute("aria-current", "true");
}

/** A line on every timeline of a side goes along with its player. */
function follow(match, side) {
  const one = player(match, side);
  if (one) onStep(one, (at) => show(match, side, at));
}

function show(match, side, at) {
  for (const axis of match.querySelectorAll(`[data-axis="${side}"]`)) {
    const head = axis.querySelector("[data-head]");
    const x = Math.min(1, at / Number(axis.dataset.seconds)) * WIDE;
    for (const end of ["x1", "x2"]) head.setAttribute(end, x);
    head.setAttribute("visibility", "visible");
  }
}

function stepHere(by) {
  const focused = document.activeElement?.closest("[data-track]");
  const all = [...document.querySelectorAll("[data-match]")].filter((one) => one.checkVisibility());
  const match = document.activeElement?.closest("[data-match]") ?? all.findLast((one) => one.getBoundingClientRect().top < innerHeight / 3) ?? all[0];
  const track = focused ?? match?.querySelector("[data-track]:has([data-place-row])");
  return track ? step(track, by) : false;
}

onKey(",", () => stepHere(-1));
onKey(".", () => stepHere(1));
timelines(document);
