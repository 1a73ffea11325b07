// The decision rail: the rule is found by anything it stands on, measures lie in a basket and follow the rule.
import "./reasons.js";
import "./compare_choices.js";
import { Picks } from "./picks.js";

const form = document.querySelector("form:has([data-ground])");
const ground = form?.querySelector("[data-ground]");
if (ground) {
  find(ground.closest("[data-picker]"));
  ground.addEventListener("change", follow);
  ground.addEventListener("change", similar);
  for (const answer of form.querySelectorAll("[data-finding]")) answer.addEventListener("change", follow);
  for (const days of form.querySelectorAll(".measure select")) {
    days.addEventListener("change", () => {
      if (days.value) days.closest(".measure").querySelector("input").checked = true;
      basket();
    });
  }
  for (const box of form.querySelectorAll("[data-measure] input")) box.addEventListener("change", basket);
  form.querySelector("[data-basket-part]").hidden = false;
  form.querySelector("[data-usual-all]").addEventListener("click", usual);
  form.querySelector("[data-add]").open = !form.querySelector("[data-measure] input:checked");
  follow();
}

/** Lay a field over the select in which one types a name, a law or a code; the select keeps the value. */
function find(picker) {
  const field = document.createElement("input");
  field.type = "text";
  field.id = "ground-find";
  field.autocomplete = "off";
  field.placeholder = picker.dataset.sayFind;
  for (const [name, value] of Object.entries({ role: "combobox", "aria-expanded": "false" })) field.setAttribute(name, value);
  const list = document.createElement("ul");
  list.id = "ground-picks";
  list.className = "picks";
  list.hidden = true;
  list.setAttribute("role", "listbox");
  const label = form.querySelector("[data-ground-label]");
  list.setAttribute("aria-label", picker.dataset.sayFind);
  label.htmlFor = field.id;
  ground.classList.add("visually-hidden");
  ground.tabIndex = -1;
  ground.setAttribute("aria-hidden", "true");
  picker.prepend(field, list);

  const all = [...ground.options].filter((one) => one.value).map((one) => ({
    words: one.textContent,
    group: one.closest("optgroup").label,
    hint: form.querySelector(`[data-stands-on="${one.value}"] .stands-on__codes`).textContent,
    haystack: plain(`${one.textContent} ${one.value} ${form.querySelector(`[data-stands-on="${one.value}"]`).textContent}`),
    value: one.value,
  }));
  const picks = new Picks(field, list, (code) => {
    ground.value = code;
    ground.dispatchEvent(new Event("change", { bubbles: true }));
    field.select();
  });
  const offer = () => {
    const wanted = plain(field.value).split(" ");
    const found = all.filter((one) => wanted.every((word) => one.haystack.includes(word)));
    picks.show(found, picker.dataset.sayNone);
  };
  const name = () => (field.value = ground.selectedOptions[0]?.textContent ?? "");
  const openAll = () => picks.show(all, "", all.findIndex((one) => one.value === ground.value));
  field.addEventListener("input", (event) => {
    event.stopPropagation(); // what is looked for is no part of the form
    offer();
  });
  field.addEventListener("change", (event) => event.stopPropagation());
  field.addEventListener("focus", () => field.select());
  field.addEventListener("click", openAll);
  field.addEventListener("keydown", (event) => {
    if (!picks.open && (event.key === "ArrowDown" || event.key === "ArrowUp")) {
      event.preventDefault();
      openAll();
    } else if (event.key === "Enter" && !event.ctrlKey && !event.metaKey) event.preventDefault(); // sends nothing
  });
  field.addEventListener("blur", name);
  ground.addEventListener("change", name);
  name();
}

/** As one compares: width, case, quotes and blanks forgiven. */
function plain(text) {
  return text.normalize("NFKC").toLowerCase().replace(/[_\s]+/g, " ").trim();
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
    measure.querySelector("[data-usual-mark]").hidden = !usual.includes(code);
    for (const field of measure.querySelectorAll("input, select")) field.disabled = measure.hidden;
  }
  form.querySelector("[data-no-measure]").hidden = !rejected;
  form.querySelector("[data-basket-part]").hidden = rejected;
  form.querySelector("[data-add]").hidden = rejected;
  for (const part of form.querySelectorAll("[data-account]")) {
    part.hidden = rejected;
    for (const field of part.querySelectorAll("input, select, textarea")) field.disabled = rejected;
  }
  // Shown intent weighs only where the rule book has no tolerance.
  for (const intent of form.querySelectorAll("[data-intent]")) {
    intent.hidden = !("severe" in chosen);
    intent.querySelector("input").disabled = intent.hidden || rejected;
  }
  for (const facts of form.querySelectorAll("[data-stands-on]")) facts.hidden = facts.dataset.standsOn !== ground.value;
  form.dataset.verdict = rejected ? "rejected" : answered.some((one) => one.value === "supported") ? "upheld" : "";
  basket();
}

/** What is ticked lies on top, each with a way out. */
function basket() {
  const list = form.querySelector("[data-basket]");
  const chosen = [...form.querySelectorAll("[data-measure]")].filter((one) => one.querySelector("input:checked:enabled"));
  list.replaceChildren(...chosen.map(inBasket));
  form.querySelector("[data-basket-none]").hidden = chosen.length > 0;
  const usual = ground.selectedOptions[0].dataset.usual.split(" ").filter(Boolean);
  const has = chosen.map((one) => one.dataset.measure);
  const offered = usual.filter((code) => form.querySelector(`[data-measure="${code}"]`));
  form.querySelector("[data-usual-all]").hidden = offered.every((code) => has.includes(code));
}

function inBasket(measure) {
  const words = measure.querySelector("[data-name]").textContent;
  const days = measure.querySelector("select");
  const { sayOut, sayDays } = form.querySelector("[data-basket]").dataset;
  const one = document.createElement("li");
  one.className = days && !days.value ? "chosen__one chosen__one--open" : "chosen__one";
  const length = days ? ` · ${days.value ? days.selectedOptions[0].textContent : sayDays}` : "";
  const out = document.createElement("button");
  out.type = "button";
  out.className = "chosen__out";
  out.textContent = "✕";
  out.setAttribute("aria-label", sayOut.replace("{measure}", words));
  out.addEventListener("click", () => {
    const box = measure.querySelector("input");
    box.checked = false;
    box.dispatchEvent(new Event("change", { bubbles: true }));
    (form.querySelector(".chosen__out") ?? form.querySelector("[data-add] > summary")).focus();
  });
  one.append(words, length, out);
  return one;
}

function usual() {
  for (const code of ground.selectedOptions[0].dataset.usual.split(" ")) {
    const box = form.querySelector(`[data-measure="${code}"] input`);
    if (box) box.checked = true;
  }
  form.querySelector("[data-measure] input").dispatchEvent(new Event("change", { bubbles: true }));
  form.querySelector(".chosen__out")?.focus();
}

/** How cases went under the rule just chosen. */
async function similar() {
  const part = form.querySelector("[data-similar]");
  if (!part) return;
  const answer = await fetch(`${part.dataset.similar}?ground=${encodeURIComponent(ground.value)}`, { redirect: "manual" }).catch(() => null);
  if (!answer?.ok) return;
  const told = await answer.json();
  part.querySelector("[data-similar-says]").textContent = told.says.join(" ");
  part.querySelector("details").hidden = !told.lines.length;
  part.querySelector("[data-similar-list]").replaceChildren(...told.lines.map(decided));
}

function decided(line) {
  const one = document.createElement("li");
  const link = document.createElement("a");
  link.className = "mono";
  link.href = `/desk/case/${line.reference}`;
  link.textContent = line.reference;
  const verdict = document.createElement("strong");
  verdict.textContent = line.verdict;
  one.append(link, ` ${line.when}`, document.createElement("br"), verdict, line.measures ? ` · ${line.measures}` : "");
  if (line.appeal) {
    const chip = document.createElement("span");
    chip.className = "chip chip--warn";
    chip.textContent = line.appeal;
    one.append(" ", chip);
  }
  const like = document.createElement("span");
  like.className = "soft small";
  like.textContent = line.like;
  one.append(document.createElement("br"), like);
  return one;
}
