// What changes while a page of the desk is open: who else is here, who asks for a case, what goes out in how many seconds.
// One small question every five seconds; nothing on the page moves but what is told here.

const EVERY = 5000;
const TYPES_FOR = 10_000;
const frame = document.querySelector("[data-toasts]");
const place = document.querySelector("[data-live-case]");
const news = document.querySelector("[data-toasts-live]");
const closed = new Set(JSON.parse(sessionStorage.getItem("closed") ?? "[]"));
let etag = "";
let skew = 0; // how far the server's clock is ahead of ours, in milliseconds
let typed = 0;
let before = null;

document.addEventListener("input", () => (typed = Date.now()));

async function ask() {
  if (document.hidden) return;
  const query = new URLSearchParams();
  if (place) {
    query.set("case", place.dataset.liveCase);
    query.set("version", place.dataset.version);
    if (Date.now() - typed < TYPES_FOR) query.set("doing", "typing");
  }
  if (document.querySelector("[data-idle]")) query.set("idle", "");
  const answer = await fetch(`${frame.dataset.pulse}?${query}`, {
    headers: { Accept: "application/json", ...(etag && { "If-None-Match": etag }) },
    redirect: "manual",
    cache: "no-store",
  });
  const said = Date.parse(answer.headers.get("Date") ?? "");
  if (said) skew = said - Date.now();
  if (answer.status !== 200) return; // nothing new, or signed out
  etag = answer.headers.get("ETag") ?? "";
  apply(await answer.json());
}

function apply(told) {
  for (const toast of frame.querySelectorAll("[data-toast]")) {
    const key = toast.dataset.toast;
    if (key && !told.held.includes(key)) toast.remove(); // it went out, or lies before its writer again
  }
  for (const [name, number] of Object.entries(told.counts)) count(name, number);
  const items = [
    ...told.wishes.filter((one) => !(here(one.reference) && document.querySelector("[data-wish]"))).map((one) => ({ ...one, wish: true })),
    ...told.handed.filter((one) => !isHere(one.open)),
    ...told.back.filter((one) => !isHere(one.open)),
    ...(told.next ? [waits()] : []),
    ...(told.case && place ? strip(told.case) : []),
  ];
  show(items);
  before = told;
}

const here = (reference) => place?.dataset.liveCase === reference;
const isHere = (address) => address === location.pathname;

function count(name, number) {
  for (const one of document.querySelectorAll(`[data-count="${CSS.escape(name)}"]`)) {
    one.firstChild.data = number; // what is counted follows, for those who listen
    one.hidden = !number;
  }
}

function waits() {
  const idle = document.querySelector("[data-idle]");
  return { key: "idle", says: idle.dataset.idle, why: "" };
}

/** The strip of the open case; gives what has to be said besides. */
function strip(now) {
  const holder = document.querySelector("[data-holder]");
  if (holder) holder.textContent = now.holder;
  for (const [iso, text] of Object.entries(now.clocks)) {
    for (const clock of document.querySelectorAll(`time[datetime="${CSS.escape(iso)}"]`)) write(clock, text);
  }
  present(now.here);
  for (const asked of document.querySelectorAll("[data-asked]")) asked.hidden = !now.asked;
  const say = place.dataset;
  const editing = Boolean(document.querySelector("[data-heartbeat]"));
  const open = location.pathname;
  const items = [];
  if (now.changed) items.push({ key: `changed:${now.version}`, says: now.changed, why: "", open, label: say.sayShow, stays: true });
  else if (now.mine && !editing && now.live && !document.querySelector(".submitted")) items.push({ key: "yours", says: say.sayYours, why: "", open, label: say.sayShow, stays: true });
  const was = before?.case;
  if (was && !was.free && now.free && !was.mine) items.push({ key: "free", says: say.sayFree, why: "", open, label: say.sayShow, stays: true });
  if (was?.asked && !now.asked && !now.mine && !now.free) items.push({ key: "kept", says: say.sayKept, why: "", stays: true });
  return items;
}

/** Change the words of a clock and leave its picture alone. */
function write(clock, text) {
  const words = [...clock.childNodes].find((node) => node.nodeType === Node.TEXT_NODE && node.data.trim());
  if (words && words.data !== text) words.data = text;
}

function present(people) {
  const key = JSON.stringify(people);
  if (place.dataset.people === key) return;
  place.dataset.people = key;
  place.replaceChildren(
    ...people.map((one) => {
      const mark = document.createElement("span");
      mark.className = one.typing ? "here__one here__one--typing" : "here__one";
      mark.textContent = one.says;
      return mark;
    }),
  );
}

/** Draw what is new, drop what is over; what somebody closed stays closed. */
function show(items) {
  const wanted = items.filter((one) => !closed.has(one.key));
  for (const toast of news.querySelectorAll("[data-news]")) {
    if (!toast.dataset.stays && !wanted.some((one) => one.key === toast.dataset.news)) toast.remove();
  }
  for (const one of wanted) {
    if (!news.querySelector(`[data-news="${CSS.escape(one.key)}"]`)) news.append(made(one));
  }
}

function made(one) {
  const template = document.querySelector(one.wish ? "template[data-toast-wish]" : "template[data-toast-news]");
  const toast = template.content.firstElementChild.cloneNode(true);
  toast.dataset.news = one.key;
  if (one.stays) toast.dataset.stays = "yes";
  toast.querySelector("[data-says]").textContent = one.says;
  toast.querySelector("[data-why]").textContent = one.why;
  if (one.wish) return asking(toast, one);
  const link = toast.querySelector("[data-open]");
  if (one.open) {
    link.hidden = false;
    link.href = one.open;
    if (one.label) link.textContent = one.label;
  }
  toast.querySelector("[data-close]").addEventListener("click", () => {
    closed.add(one.key);
    sessionStorage.setItem("closed", JSON.stringify([...closed].slice(-50)));
    toast.remove();
  });
  return toast;
}

/** A colleague asks: one press hands the case over. The key belongs to the open case; elsewhere the button does. */
function asking(toast, one) {
  toast.action = one.give;
  toast.querySelector("[data-keep]").formAction = one.keep;
  const give = toast.querySelector("[data-give]");
  for (const other of document.querySelectorAll('.hands > [data-key="h"]')) {
    if (here(one.reference)) other.removeAttribute("data-key");
  }
  if (document.querySelector('.hands > [data-key="h"]')) {
    give.removeAttribute("data-key");
    give.querySelector("kbd").remove();
  }
  return toast;
}

/** Seconds run down; what is over says so until the pulse takes it away, and what rests on no row goes by itself. */
function tick() {
  for (const toast of frame.querySelectorAll("[data-until]")) {
    const left = Math.ceil((Date.parse(toast.dataset.until) - Date.now() - skew) / 1000);
    const words = toast.querySelector("[data-left]");
    if (words) words.textContent = Math.max(0, left);
    if (left < -1 && !toast.dataset.toast) toast.remove();
  }
}

if (frame) {
  const again = () => ask().catch(() => {}); // a lost connection shows nothing; the next try may succeed
  setInterval(again, EVERY);
  setInterval(tick, 1000);
  document.addEventListener("visibilitychange", again);
  again();
}
