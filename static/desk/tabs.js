// Tabs by medium over the bench: one group of pairs at a time. Without script the groups stand one under the other.
import { onKey } from "./desk.js";

let chosen = "";

/** Make tabs of the groups within `root`; again after results were put in anew. A single group needs none. */
export function wireTabs(root) {
  const list = root.querySelector("[data-tabs]");
  const groups = [...root.querySelectorAll("[data-medium]")];
  if (!list || groups.length < 2) return;
  list.replaceChildren(...groups.map(tab));
  list.hidden = false;
  list.addEventListener("keydown", (event) => {
    const by = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
    if (!by) return;
    event.preventDefault();
    step(by);
    list.querySelector("[aria-selected=true]").focus();
  });
  choose((groups.find((one) => one.id === chosen) ?? groups[0]).id);
}

/** Bring the group to the front in which `element` stands. */
export function showMedium(element) {
  const group = element.closest("[role=tabpanel]");
  if (group?.hidden) choose(group.id);
}

function tab(group) {
  const button = document.createElement("button");
  button.type = "button";
  button.className = "tabs__tab";
  button.id = `tab-${group.id}`;
  button.textContent = group.dataset.medium;
  button.setAttribute("role", "tab");
  button.setAttribute("aria-controls", group.id);
  button.addEventListener("click", () => choose(group.id));
  group.setAttribute("role", "tabpanel");
  group.setAttribute("aria-labelledby", button.id);
  return button;
}

function choose(id) {
  chosen = id;
  for (const one of document.querySelectorAll("[data-tabs] [role=tab]")) {
    const here = one.getAttribute("aria-controls") === id;
    one.setAttribute("aria-selected", String(here));
    one.tabIndex = here ? 0 : -1;
    document.getElementById(one.getAttribute("aria-controls")).hidden = !here;
  }
}

function step(by) {
  const all = [...document.querySelectorAll("[data-tabs] [role=tab]")];
  if (!all.length) return false;
  const at = all.findIndex((one) => one.getAttribute("aria-selected") === "true");
  choose(all[(at + by + all.length) % all.length].getAttribute("aria-controls"));
}

onKey("[", () => step(-1));
onKey("]", () => step(1));
addEventListener("hashchange", () => {
  const target = location.hash && document.getElementById(location.hash.slice(1));
  if (!target) return;
  showMedium(target);
  target.scrollIntoView();
});
wireTabs(document);
