// The basket: a tick, or y on a row, counts at once; an act that runs shows how far it is.
import { onKey } from "./desk.js";

const form = document.querySelector("#basket-form");
const said = document.querySelector("[data-basket-status]");

/** Put one case in or take it out; a refusal takes the tick back and says why. */
async function tell(box) {
  const data = new FormData();
  data.set("csrf_token", form.elements.csrf_token.value);
  data.set("case", box.value);
  if (!box.checked) data.set("out", "1");
  const answer = await fetch(form.action, { method: "POST", body: data, headers: { Accept: "application/json" } });
  const told = await answer.json();
  if (answer.ok) count(told.count);
  else box.checked = !box.checked;
  said.textContent = told.message;
}

function count(number) {
  const shown = document.querySelector("[data-basket-count]");
  if (!shown) return;
  shown.textContent = number;
  shown.hidden = number === 0;
}

document.addEventListener("change", (event) => {
  if (event.target.matches("[data-basket]")) {
    tell(event.target).catch(() => {
      event.target.checked = !event.target.checked; // the connection is lost: the basket is as it was
    });
  }
});

onKey("y", () => {
  const row = document.activeElement?.closest("[data-row]");
  const box = row?.querySelector("[data-basket]");
  if (!box) return false;
  box.click();
});

/** Draw the running act anew every second: parsed by the browser, scripts in it never run. */
function look(frame) {
  const request = new XMLHttpRequest();
  request.open("GET", frame.dataset.bulkRunning);
  request.responseType = "document";
  request.onload = () => {
    const fresh = request.response?.querySelector("#bulk-act");
    if (request.status !== 200 || !fresh) return;
    for (const plain of fresh.querySelectorAll("[data-plain-only]")) plain.hidden = true;
    frame.replaceWith(document.adoptNode(fresh));
    follow();
  };
  request.onerror = () => follow();
  request.send();
}

function follow() {
  const frame = document.querySelector("[data-bulk-running]");
  if (frame) setTimeout(() => look(frame), 1000);
}
follow();
