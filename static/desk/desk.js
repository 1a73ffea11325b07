// What every page of the desk does better with script: keys, the sheet of them, menus that close, filters that apply at once.
//
// A key presses what carries it as `data-key`; what needs more than a press listens with onKey. Bare keys do nothing
// while somebody types, and can be switched off for good: voices press them by accident (WCAG 2.1.4).

const SWITCH = "redress.keys";

for (const select of document.querySelectorAll("[data-submit-on-change]")) {
  select.addEventListener("change", () => select.form.requestSubmit());
}
for (const plain of document.querySelectorAll("[data-plain-only]")) plain.hidden = true;

/** Whether a key press belongs to a field and not to us. */
export function typing(event) {
  const at = event.target;
  return at instanceof HTMLElement && (at.isContentEditable || at.matches("textarea, select, input:not([type=checkbox], [type=radio], [type=range])"));
}

/** The bare key of an event outside text fields, "" for any other: the same with caps lock as without. */
function bare(event) {
  if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing || event.defaultPrevented || typing(event)) return "";
  const open = document.querySelector("dialog[open]");
  if (open && !(open.id === "keys" && event.key === "?")) return "";
  if (localStorage.getItem(SWITCH) === "off") return "";
  return event.key.length === 1 && !event.shiftKey ? event.key.toLowerCase() : event.key;
}

/** Call `act` when a bare key is pressed outside text fields; what gives false was not done. */
export function onKey(key, act) {
  document.addEventListener("keydown", (event) => {
    if (bare(event) === key && act(event) !== false) event.preventDefault();
  });
}

/** Press what carries a key: a button or link is pressed, a field gets the focus, of a part its first field. */
export function press(key) {
  const row = document.activeElement?.closest("[data-row]");
  const all = [...(row ?? document).querySelectorAll(`[data-key="${CSS.escape(key)}"]`)];
  if (!all.length && row) all.push(...document.querySelectorAll(`[data-key="${CSS.escape(key)}"]`));
  const able = all.filter((one) => !one.disabled && !one.closest("[hidden]"));
  const target = able.find((one) => one.checkVisibility()) ?? able[0];
  return target ? act(target) : false;
}

/** Do what a press of this would do, wherever it is folded away. */
export function act(target) {
  if (!target.checkVisibility()) reveal(target);
  if (target.matches("button, a[href], summary")) {
    target.click();
    const folded = target.matches("summary") && target.parentElement;
    if (folded && folded.open) focusIn(folded.querySelector(":scope > :not(summary)"));
    if (folded && !folded.open) target.focus();
  } else focusIn(target);
  return true;
}

function reveal(target) {
  for (let folded = target.closest("details"); folded; folded = folded.parentElement.closest("details")) folded.open = true;
}

function focusIn(part) {
  if (!part) return;
  const fields = "input:not([type=hidden]), select, textarea, button, a[href], summary, [tabindex]";
  const able = (one) => !one.disabled && one.checkVisibility();
  const field = part.matches("input, select, textarea") ? part : ([...part.querySelectorAll(fields)].find(able) ?? part);
  field.focus();
  (part.matches("[data-key]") ? part : field).scrollIntoView({ block: "nearest" });
}

// On the window, so that what a page listens for itself comes first.
addEventListener("keydown", (event) => {
  const key = bare(event);
  if (key && key !== "Enter" && press(key)) event.preventDefault();
});

// Esc leaves a field, then closes what is open.
document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape" || event.defaultPrevented || event.isComposing || document.querySelector("dialog[open]")) return;
  const open = document.activeElement?.closest("details[data-popover][open]") ?? document.querySelector("details[data-popover][open]");
  if (open) {
    open.open = false;
    open.querySelector("summary").focus();
  } else if (typing(event)) event.target.blur();
});
document.addEventListener("pointerdown", (event) => {
  for (const open of document.querySelectorAll("details[data-popover][open]")) {
    if (!open.contains(event.target)) open.open = false;
  }
});

const sheet = document.querySelector("#keys");
if (sheet) {
  const on = sheet.querySelector("[data-keys-on]");
  on.checked = localStorage.getItem(SWITCH) !== "off";
  on.addEventListener("change", () => localStorage.setItem(SWITCH, on.checked ? "on" : "off"));
  for (const button of document.querySelectorAll("[data-keys-open]")) {
    button.hidden = false;
    button.addEventListener("click", () => sheet.showModal());
  }
  onKey("?", () => (sheet.open ? sheet.close() : sheet.showModal()));
}
onKey("t", () => {
  const row = document.activeElement?.closest("tr[data-row]");
  const button = (row ?? document).querySelector("[data-take]"); // a row that is not to be taken does not take another
  if (!button) return false;
  button.click();
});
