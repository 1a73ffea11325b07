// Reload the list when the mailbox changed, but never under somebody's hands in a form.
const seen = document.getElementById("fresh").dataset.stamp;
async function look() {
  try {
    const answer = await fetch("/api/stamp");
    const now = (await answer.json()).stamp;
    const busy = document.activeElement && document.activeElement.matches("input, button");
    if (now !== seen && !busy) location.reload();
  } catch { /* the inbox is being restarted: ask again */ }
}
setInterval(look, 2000);
