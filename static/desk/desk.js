// What every page of the desk does better with script: filters that apply at once, the sheet of keys.

for (const select of document.querySelectorAll("[data-submit-on-change]")) {
  select.addEventListener("change", () => select.form.requestSubmit());
}
for (const plain of document.querySelectorAll("[data-plain-only]")) plain.hidden = true;

/** Whether a key press belongs to a field and not to us. */
export function typing(event) {
  const at = event.target;
  return at instanceof HTMLElement && (at.isContentEditable || at.matches("textarea, select, input:not([type=checkbox], [type=radio])"));
}

/** Call `act` when a bare key is pressed outside text fields. */
export function onKey(key, act) {
  document.addEventListener("keydown", (event) => {
    if (event.key !== key || event.ctrlKey || event.metaKey || event.altKey || event.isComposing || typing(event)) return;
    if (document.querySelector("dialog[open]") && key !== "?") return;
    if (act(event) !== false) event.preventDefault();
  });
}

const sheet = document.querySelector("#keys");
onKey("?", () => (sheet.open ? sheet.close() : sheet.showModal()));
onKey("t", () => {
  const row = document.activeElement?.closest("[data-row]");
  const button = (row ?? document).querySelector("[data-take]");
  if (!button) return false;
  button.click();
});
onKey("b", () => {
  const veils = [...document.querySelectorAll(".veil__toggle")];
  const show = veils.some((veil) => !veil.checked);
  for (const veil of veils) veil.checked = show;
  return veils.length > 0;
});
