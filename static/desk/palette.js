// The palette: Ctrl+K opens it; what one types or pastes is looked up, and Enter goes there. Acts of the page come along.
import { act, press } from "./desk.js";

const WAIT = 120; // milliseconds after the last key: shorter than one notices, long enough not to ask at every letter
const box = document.querySelector("#palette");

if (box) {
  const field = box.querySelector("[data-palette-field]");
  const list = box.querySelector("[data-palette-list]");
  const none = box.querySelector("[data-palette-none]");
  const status = box.querySelector("[data-palette-status]");
  const here = box.querySelector("[data-palette-here]").content.textContent.trim();
  const folded = new WeakMap(); // what an entry unfolds on this page
  let at = 0;
  let asked = 0;
  let timer = 0;

  const open = () => {
    field.value = "";
    box.showModal();
    look();
  };
  const options = () => [...list.querySelectorAll("[role=option]")];

  /** What can be done on this page, by the words on what carries a key, and on what unfolds within a case. */
  const acts = (wanted) => {
    const found = new Map();
    for (const one of document.querySelectorAll("main [data-key]:is(button, summary, a), [data-bench] summary:not([data-key])")) {
      const words = [...one.childNodes].filter((part) => part.nodeName !== "KBD").map((part) => part.textContent).join(" ").trim().replace(/\s+/g, " ");
      if (!words || one.closest("[hidden], dialog") || !words.toLowerCase().includes(wanted)) continue;
      const name = one.dataset.key ?? words;
      if (!found.has(name)) found.set(name, { title: words, detail: here, key: one.dataset.key, unfold: one });
    }
    return [...found.values()];
  };

  const draw = (found) => {
    list.replaceChildren(...found.map(line));
    at = 0;
    mark();
    none.hidden = found.length > 0;
    status.textContent = status.dataset.say.replace("{n}", found.length);
  };

  const line = (one, number) => {
    const item = document.createElement("li");
    item.id = `palette-${number}`;
    item.setAttribute("role", "option");
    item.className = "palette__item";
    if (one.address) item.dataset.address = one.address;
    if (one.key) item.dataset.press = one.key;
    else if (one.unfold) folded.set(item, one.unfold);
    for (const part of ["title", "detail"]) {
      const words = document.createElement("span");
      words.className = `palette__${part}`;
      words.textContent = one[part] ?? "";
      item.append(words);
    }
    item.addEventListener("click", () => go(item));
    return item;
  };

  const mark = () => {
    const all = options();
    all.forEach((one, number) => one.setAttribute("aria-selected", String(number === at)));
    field.setAttribute("aria-activedescendant", all[at]?.id ?? "");
    all[at]?.scrollIntoView({ block: "nearest" });
  };

  const go = (item) => {
    if (!item) return;
    box.close();
    if (item.dataset.press) press(item.dataset.press);
    else if (folded.has(item)) act(folded.get(item));
    else location.assign(item.dataset.address);
  };

  const look = async () => {
    const mine = ++asked;
    const wanted = field.value.trim();
    const answer = await fetch(`${box.dataset.jump}?${new URLSearchParams({ q: wanted })}`, {
      headers: { Accept: "application/json" },
      redirect: "manual",
    }).catch(() => null);
    if (mine !== asked) return false; // somebody typed on
    if (answer?.type === "opaqueredirect") return location.reload(); // signed out
    const places = answer?.ok ? await answer.json() : [];
    const lower = wanted.toLowerCase();
    if (mine === asked) draw([...places.filter((one) => one.first), ...(wanted ? acts(lower) : []), ...places.filter((one) => !one.first)]);
    return true;
  };

  const later = () => {
    clearTimeout(timer);
    timer = setTimeout(() => {
      timer = 0;
      look();
    }, WAIT);
  };

  field.addEventListener("input", later);
  field.addEventListener("keydown", async (event) => {
    const last = options().length - 1;
    const to = { ArrowDown: at >= last ? 0 : at + 1, ArrowUp: at <= 0 ? last : at - 1 }[event.key];
    if (to !== undefined) {
      event.preventDefault();
      at = to;
      mark();
    } else if (event.key === "Enter" && !event.isComposing) {
      event.preventDefault();
      clearTimeout(timer);
      if (timer && (await look()) === false) return; // entered faster than it was looked up
      timer = 0;
      go(options()[at]);
    }
  });
  document.addEventListener("keydown", (event) => {
    if (event.key.toLowerCase() !== "k" || !(event.ctrlKey || event.metaKey) || event.altKey || event.shiftKey) return;
    event.preventDefault();
    if (box.open) box.close();
    else if (!document.querySelector("dialog[open]")) open();
  });
  for (const button of document.querySelectorAll("[data-palette-open]")) {
    button.hidden = false;
    button.addEventListener("click", open);
  }
  box.addEventListener("click", (event) => event.target === box && box.close());
}
