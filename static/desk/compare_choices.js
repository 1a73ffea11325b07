// What if: one sentence beside the button, and several choices side by side in a dialog from which one can be taken.

const whatIf = document.querySelector("[data-what-if]");
const form = whatIf?.form;
const dialog = document.querySelector("[data-compare]");

whatIf?.addEventListener("click", async (event) => {
  event.preventDefault();
  if (!(await ask())) form.requestSubmit(whatIf); // the page itself answers: signed out, for instance
});

async function ask() {
  const answer = await fetch(whatIf.formAction, {
    method: "POST",
    headers: { Accept: "application/json" },
    body: new URLSearchParams(new FormData(form)), // as the form itself is sent: many reports are many fields
    redirect: "manual",
  }).catch(() => null);
  if (!answer?.ok) return false;
  const told = await answer.json().catch(() => ({}));
  const says = form.querySelector("[data-says]");
  says.textContent = told.says || told.message || "";
  differs(told.apart ?? []);
  if (told.columns?.length > 1) show(told);
  else says.scrollIntoView({ block: "center" }); // asked by key from anywhere, the answer has to be in sight
  return true;
}

/** The field for the one sentence stands open where the choice is far from similar ones. */
function differs(sentences) {
  const part = form.querySelector("[data-apart]");
  part.querySelector("[data-apart-says]").textContent = sentences.join(" ");
  part.hidden = !sentences.length && !part.querySelector("textarea").value;
}

function show(told) {
  const table = document.createElement("table");
  table.className = "whatif-table";
  const head = table.createTHead().insertRow();
  head.insertCell();
  for (const column of told.columns) head.append(cell("th", [column.name], "col"));
  const body = table.createTBody();
  told.rows.forEach((name, number) => {
    const row = body.insertRow();
    row.append(cell("th", [name], "row"), ...told.columns.map((column) => cell("td", column.cells[number])));
  });
  const last = body.insertRow();
  last.insertCell();
  for (const column of told.columns) last.insertCell().append(taker(column));
  dialog.querySelector(".compare-choices__table").replaceChildren(table);
  if (!dialog.open) dialog.showModal();
}

function cell(tag, lines, scope) {
  const one = document.createElement(tag);
  if (scope) one.scope = scope;
  one.textContent = lines.length ? lines.join("\n") : "–";
  return one;
}

function taker(column) {
  const button = document.createElement("button");
  button.type = "button";
  button.className = "button button--small";
  button.textContent = column.mine ? dialog.dataset.sayMine : dialog.dataset.sayTake;
  button.disabled = column.mine;
  button.addEventListener("click", () => take(column.sets));
  return button;
}

function take({ actions, days, account }) {
  for (const box of form.querySelectorAll("[data-measure] input")) box.checked = actions.includes(box.value);
  for (const [code, number] of Object.entries(days)) {
    const field = form.querySelector(`#days-${CSS.escape(code)}`);
    if (field) field.value = String(number);
  }
  form.querySelector("#account").value = account;
  dialog.close();
  form.querySelector("[data-measure] input").dispatchEvent(new Event("change", { bubbles: true }));
  if (account) {
    const why = form.querySelector("#set-aside");
    why.closest("details").open = true;
    why.focus();
  } else whatIf.focus();
}
