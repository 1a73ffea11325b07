// Results that come while a case is open: asked for every five seconds while somebody still looks, shown when wished.
import { wire } from "./compare.js";
import { timelines } from "./sound.js";
import { wireTabs } from "./tabs.js";

const EVERY = 5000;
let frame = document.querySelector("[data-looks]");
let waiting = frame?.hasAttribute("data-waiting") ?? false;
let etag = "";

async function ask() {
  if (!waiting || document.hidden) return;
  const answer = await fetch(frame.dataset.looks, {
    headers: { Accept: "application/json", ...(etag && { "If-None-Match": etag }) },
    redirect: "manual",
    cache: "no-store",
  });
  if (answer.status !== 200) return; // nothing new, or signed out
  etag = answer.headers.get("ETag") ?? "";
  const told = await answer.json();
  waiting = told.waiting;
  const news = frame.querySelector("[data-news]");
  const fresh = told.stamp !== frame.dataset.stamp;
  news.textContent = fresh ? news.dataset.say : "";
  frame.querySelector("[data-news-show]").hidden = !fresh;
}

/** The page anew, parsed by the browser: scripts in it never run, and only the results are taken from it. */
function read() {
  return new Promise((resolve, reject) => {
    const request = new XMLHttpRequest();
    request.open("GET", location.pathname);
    request.responseType = "document";
    request.onload = () => resolve(request.response?.querySelector("[data-looks]"));
    request.onerror = reject;
    request.send();
  });
}

async function show() {
  const fresh = await read();
  if (!fresh) return;
  for (const known of frame.querySelectorAll("details[open][id]")) fresh.querySelector(`#${CSS.escape(known.id)}`)?.setAttribute("open", "");
  for (const veil of frame.querySelectorAll(".veil:has(:checked)")) {
    const source = veil.querySelector("img")?.getAttribute("src");
    const twin = source && fresh.querySelector(`.veil:has(img[src="${CSS.escape(source)}"]) .veil__toggle`);
    if (twin) twin.checked = true;
  }
  const put = document.adoptNode(fresh);
  frame.replaceWith(put); // what was typed stands elsewhere, in the rail and the reports, and stays
  frame = put;
  waiting = frame.hasAttribute("data-waiting");
  etag = "";
  wire(frame);
  timelines(frame);
  wireTabs(frame);
  listen();
  const first = frame.querySelector("[data-match]");
  (first?.querySelector(":scope > summary") ?? first)?.focus({ preventScroll: true });
}

function listen() {
  frame.querySelector("[data-news-show]").addEventListener("click", () => show().catch(() => location.reload()));
}

if (frame) {
  listen();
  setInterval(() => ask().catch(() => {}), EVERY); // a lost connection shows nothing; the next try may succeed
}
