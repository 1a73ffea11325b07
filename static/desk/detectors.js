// Looking again shows how far it has come, every five seconds, without losing focus.
const EVERY = 5000;
const frame = document.querySelector("[data-progress]");

/** The table as a document: parsed by the browser, scripts in it never run, no markup string is ever assigned. */
function read() {
  return new Promise((resolve, reject) => {
    const request = new XMLHttpRequest();
    request.open("GET", frame.dataset.progress);
    request.responseType = "document";
    request.timeout = EVERY;
    request.onload = () => resolve(request.status === 200 ? request.response?.querySelector("#detector-rows") : null);
    request.onerror = request.ontimeout = reject;
    request.send();
  });
}

async function refresh() {
  const old = frame.querySelector("#detector-rows");
  if (document.hidden || !old.hasAttribute("data-running")) return;
  const fresh = await read();
  if (!fresh) return;
  const row = old.contains(document.activeElement) && document.activeElement.closest("[data-row]");
  const kind = document.activeElement?.tagName;
  old.replaceWith(document.adoptNode(fresh));
  if (row) frame.querySelector(`[data-row="${CSS.escape(row.dataset.row)}"] ${kind}`)?.focus({ preventScroll: true });
}

setInterval(() => refresh().catch(() => {}), EVERY); // a lost connection shows nothing; the next try may succeed
