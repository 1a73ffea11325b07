// The reason: `::` offers ready texts while one types, a text is fetched in its language, and no gap is sent empty.
import { Picks } from "./picks.js";

const GAP = /[{｛]{2}[^{}｛｝]*[}｝]{2}/g;
const CALL = /[:：]{2}([^\s:：]*)$/;
const text = document.querySelector("[data-completes]");
const form = text?.form;
const template = form?.querySelector("[data-template]");
const language = form?.querySelector("[data-template-in]");

if (text) {
  for (const one of form.querySelectorAll("[data-with-script]")) one.hidden = false;
  const list = document.getElementById("reason-picks");
  const picks = new Picks(text, list, (code) => insert(code, true));
  text.addEventListener("input", () => {
    const call = called();
    if (call === null) picks.close();
    else picks.show(fitting(call), "–");
    count();
  });
  text.addEventListener("keydown", (event) => {
    if (event.key === "Tab" && !event.shiftKey && !picks.open && nextGap(text.selectionEnd)) event.preventDefault();
  });
  template.addEventListener("change", () => {
    if (template.value) insert(template.value, false);
    template.value = "";
  });
  // What is still open is gone to; the desk would refuse it in any case.
  form.addEventListener(
    "submit",
    (event) => {
      const button = event.submitter;
      const sends = !button || button.matches("[data-submit], [data-preview]");
      if (!sends || !nextGap(0)) return;
      event.preventDefault();
      event.stopImmediatePropagation();
    },
    { capture: true },
  );
  count();
}

/** What follows `::` before the caret; null where nothing was called. */
function called() {
  if (text.selectionStart !== text.selectionEnd) return null;
  return CALL.exec(text.value.slice(0, text.selectionStart))?.[1] ?? null;
}

/** The ready texts for the verdict and rule in the form, those written for the rule first. */
function fitting(call) {
  const rule = form.querySelector("[data-ground]").value;
  const verdict = form.dataset.verdict;
  const wanted = call.toLowerCase();
  const all = [...template.options].filter((one) => one.value && one.textContent.toLowerCase().includes(wanted));
  const fits = all.filter((one) => !one.dataset.kinds || one.dataset.kinds.split(" ").includes(rule));
  const right = fits.filter((one) => !verdict || one.closest("optgroup").dataset.verdict === verdict);
  const order = (one) => (one.dataset.kinds ? 0 : 1);
  return (right.length ? right : wanted ? all : fits)
    .sort((a, b) => order(a) - order(b))
    .map((one) => ({ words: one.textContent, group: one.closest("optgroup").label, value: one.value }));
}

async function insert(code, inPlace) {
  const address = new URL(template.dataset.template.replace("CODE", code), location.href);
  address.searchParams.set("in", language.value);
  const answer = await fetch(address, { redirect: "manual" }).catch(() => null);
  if (!answer?.ok) return;
  const words = (await answer.json()).text;
  const call = inPlace ? CALL.exec(text.value.slice(0, text.selectionStart)) : null;
  const start = call ? call.index : text.value.length;
  const before = start && !inPlace && text.value.trim() ? "\n\n" : "";
  text.setRangeText(before + words, start, call ? text.selectionStart : start, "end");
  text.focus();
  text.dispatchEvent(new Event("input", { bubbles: true }));
  nextGap(start);
}

/** Mark the first gap at or after `from` (else the first of all); false where none is left after it. */
function nextGap(from) {
  const gaps = [...text.value.matchAll(GAP)];
  const gap = gaps.find((one) => one.index >= from) ?? (from ? null : gaps[0]);
  if (!gap) return false;
  text.focus();
  text.setSelectionRange(gap.index, gap.index + gap[0].length);
  return true;
}

function count() {
  const told = form.querySelector("[data-gaps]");
  const number = (text.value.match(GAP) ?? []).length;
  const words = number === 1 ? told.dataset.sayOne : told.dataset.sayMore.replace("{n}", number);
  told.textContent = number ? words : "";
}
