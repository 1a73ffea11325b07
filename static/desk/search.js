// Search: "/" goes to the line and not to this page again, j and k walk through what was found.
import { onKey } from "./desk.js";

document.querySelector(".site-nav [data-key='/']")?.removeAttribute("data-key");

function step(by) {
  const links = [...document.querySelectorAll("[data-row-link]")];
  if (!links.length) return false;
  const at = links.findIndex((link) => link.closest("[data-row]") === document.activeElement?.closest("[data-row]"));
  const next = links[at < 0 ? (by > 0 ? 0 : links.length - 1) : Math.min(links.length - 1, Math.max(0, at + by))];
  next.focus();
  next.scrollIntoView({ block: "nearest" });
}
onKey("j", () => step(1));
onKey("k", () => step(-1));
