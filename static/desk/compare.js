// Comparing by eye: the reference over the reported picture with a slider, by turns, or as a difference; passages; keys.
import { onKey } from "./desk.js";
import { showMedium } from "./tabs.js";

const TURN = 600; // milliseconds a picture stays: under one flash a second, far below three (WCAG 2.3.1)
const calm = matchMedia("(prefers-reduced-motion: reduce)");
const blinking = new Map();

/** Bring the overlays and passages within `root` to life; again after results were put in anew. */
export function wire(root) {
  for (const overlay of root.querySelectorAll("[data-overlay]")) lay(overlay);
  for (const folded of root.querySelectorAll("details")) {
    folded.addEventListener("toggle", () => folded.open && fetchPictures(folded));
    if (folded.open) fetchPictures(folded);
  }
  for (const pane of root.querySelectorAll(".text-pane")) toFirstPassage(pane);
  for (const texts of root.querySelectorAll("[data-passages]")) {
    if (!texts.closest("[data-match]").querySelector(".passage")) continue;
    texts.querySelector("[data-passage-buttons]").hidden = false;
    for (const button of texts.querySelectorAll("[data-passage]")) {
      button.addEventListener("click", () => walk(texts.closest("[data-match]"), Number(button.dataset.passage)));
    }
  }
}

/** Long texts begin where the first passage is. */
function toFirstPassage(pane) {
  const passage = pane.querySelector(".passage");
  if (passage) pane.scrollTop = passage.getBoundingClientRect().top - pane.getBoundingClientRect().top - pane.clientHeight / 3;
}

/** Pictures of a folded drawing are fetched when it is opened: being fetched is written down as being looked at. */
function fetchPictures(folded) {
  for (const picture of folded.querySelectorAll("image[data-href]")) {
    if (picture.closest("details") !== folded) continue;
    picture.setAttribute("href", picture.dataset.href);
    picture.removeAttribute("data-href");
  }
}

function lay(overlay) {
  const controls = overlay.querySelector("[data-controls]");
  const slide = controls.querySelector("[data-slide]");
  const blink = controls.querySelector("[data-blink]");
  controls.hidden = false;
  controls.addEventListener("input", () => draw(overlay));
  controls.addEventListener("change", () => draw(overlay));
  blink.addEventListener("click", () => (calm.matches ? turn(overlay) : toggleBlink(overlay)));
  calm.addEventListener("change", () => stop(overlay));
  overlay.addEventListener("toggle", () => overlay.open || stop(overlay));
  slide.disabled = false;
  name(overlay);
  draw(overlay);
}

/** Show the reference as the chosen mode and the slider say. */
function draw(overlay) {
  const mode = overlay.querySelector("[data-controls] input:checked").value;
  const share = Number(overlay.querySelector("[data-slide]").value) / 100;
  const picture = overlay.querySelector(".overlay__picture");
  const [left, width] = [Number(picture.dataset.left), Number(picture.dataset.width)];
  const top = picture.querySelector(".overlay__top");
  const edge = picture.querySelector("[data-edge]");
  const reveal = mode === "reveal";
  const at = left + width * share; // the edge goes with the slider's thumb; left of it is the reference
  picture.querySelector("[data-clip]").setAttribute("width", reveal ? width * share : width);
  top.setAttribute("opacity", reveal ? 1 : share);
  top.classList.toggle("overlay__top--difference", mode === "difference");
  for (const end of ["x1", "x2"]) edge.setAttribute(end, at);
  edge.setAttribute("visibility", reveal && share > 0 && share < 1 ? "visible" : "hidden");
}

function turn(overlay) {
  const top = overlay.querySelector("[data-top]");
  top.setAttribute("visibility", top.getAttribute("visibility") === "hidden" ? "visible" : "hidden");
}

function toggleBlink(overlay) {
  if (blinking.has(overlay)) return stop(overlay);
  whole(overlay);
  blinking.set(overlay, setInterval(() => turn(overlay), TURN));
  name(overlay);
}

function stop(overlay) {
  clearInterval(blinking.get(overlay));
  blinking.delete(overlay);
  overlay.querySelector("[data-top]").setAttribute("visibility", "visible");
  draw(overlay);
  name(overlay);
}

/** While it blinks, all of the reference is there or nothing of it. */
function whole(overlay) {
  const picture = overlay.querySelector(".overlay__picture");
  picture.querySelector("[data-clip]").setAttribute("width", picture.dataset.width);
  picture.querySelector(".overlay__top").setAttribute("opacity", 1);
  picture.querySelector(".overlay__top").classList.remove("overlay__top--difference");
  picture.querySelector("[data-edge]").setAttribute("visibility", "hidden");
}

function name(overlay) {
  const blink = overlay.querySelector("[data-blink]");
  const on = blinking.has(overlay);
  blink.setAttribute("aria-pressed", String(on));
  const says = calm.matches ? blink.dataset.saySwap : on ? blink.dataset.sayStop : blink.dataset.sayBlink;
  blink.querySelector("[data-blink-says]").textContent = says;
}

/** From one passage to the next, on both sides at once. */
function walk(match, by) {
  const links = [...match.querySelectorAll(".passage__number")];
  const numbers = [...new Set(links.map((link) => link.textContent))];
  const at = numbers.indexOf(match.dataset.passage ?? "");
  const next = numbers[at < 0 ? (by > 0 ? 0 : numbers.length - 1) : (at + by + numbers.length) % numbers.length];
  match.dataset.passage = next;
  for (const marked of match.querySelectorAll(".passage--here")) marked.classList.remove("passage--here");
  for (const link of links.filter((one) => one.textContent === next)) {
    const passage = link.closest(".passage");
    passage.classList.add("passage--here");
    const pane = passage.closest(".text-pane"); // only the pane scrolls, not the page
    pane.scrollTop += passage.getBoundingClientRect().top - pane.getBoundingClientRect().top - pane.clientHeight / 3;
  }
}

/** The pair one is at: where the focus is, else the one nearest to the top of the window. */
function here() {
  const focused = document.activeElement?.closest("[data-match]");
  if (focused) return focused;
  const all = [...document.querySelectorAll("[data-match]")].filter((one) => one.checkVisibility());
  return all.findLast((one) => one.getBoundingClientRect().top < innerHeight / 3) ?? all[0];
}

function step(by) {
  const all = [...document.querySelectorAll("[data-match]")];
  if (!all.length) return false;
  const at = document.activeElement?.closest("[data-match]") ? all.indexOf(here()) : by > 0 ? -1 : all.length;
  const next = all[Math.min(all.length - 1, Math.max(0, at + by))];
  showMedium(next);
  if (next instanceof HTMLDetailsElement) next.open = true;
  (next.querySelector(":scope > summary") ?? next).focus({ preventScroll: true });
  next.scrollIntoView({ block: "start" });
}

onKey("n", () => step(1));
onKey("N", () => step(-1));
onKey("o", () => {
  const overlay = here()?.querySelector("[data-overlay]");
  if (!overlay) return false;
  overlay.open = !(overlay.open && overlay.contains(document.activeElement)); // one already open is gone to first
  if (!overlay.open) return;
  overlay.scrollIntoView({ block: "nearest" });
  overlay.querySelector("[data-slide]").focus({ preventScroll: true });
});
onKey("f", () => {
  const overlay = here()?.querySelector("[data-overlay]");
  if (!overlay) return false;
  overlay.open = true;
  overlay.scrollIntoView({ block: "nearest" });
  overlay.querySelector("[data-blink]").click();
});
onKey(",", () => passage(-1));
onKey(".", () => passage(1));

function passage(by) {
  const texts = here()?.querySelector("[data-passages]");
  if (!texts) return false;
  walk(here(), by);
}

wire(document);
