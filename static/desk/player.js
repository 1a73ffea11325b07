// Recordings play only while they are held, or between two clicks where the person prefers that; never by themselves.
const wired = new WeakSet();
let turn = null; // what plays after what: cancelled by whatever stops the players

/** Bring the players within `root` to life; those that live already are left alone. */
export function players(root) {
  for (const player of root.querySelectorAll("[data-player]")) {
    if (!wired.has(player)) wire(player);
  }
}

/** Play a recording as long as somebody holds. Gives whether it is one that plays. */
export function playHeld(player) {
  if (!wired.has(player)) return false;
  play(player);
  return true;
}

/** Play stretches one after the other, [{player, from, to, told}], with their sound: whoever holds wants to hear it.
 *  `told(on)` says which one plays. Stopped by `stopAll`, like all that plays. */
export function playStretches(stretches) {
  stopAll();
  const mine = (turn = { stop: () => {} });
  next(stretches.filter((one) => one.player), mine);
}

function next(stretches, mine) {
  const [one, ...rest] = stretches;
  if (!one) return stopAll();
  const media = medium(one.player);
  const over = () => {
    cancelAnimationFrame(watch);
    media.muted = !one.player.querySelector("[data-sound]").checked;
    one.told?.(false);
  };
  let watch = 0;
  const look = () => {
    if (turn !== mine) return;
    if (media.ended || (!media.seeking && media.currentTime >= one.to)) {
      over();
      stop(one.player);
      next(rest, mine);
    } else watch = requestAnimationFrame(look);
  };
  seek(one.player, one.from);
  media.muted = false;
  one.told?.(true);
  mine.stop = over;
  play(one.player);
  watch = requestAnimationFrame(look);
}

/** Go to a place, in seconds. What was never played is fetched for it: that is written down as being played. */
export function seek(player, seconds) {
  const media = medium(player);
  if (!media.src) media.src = player.dataset.src;
  const go = () => (media.currentTime = Math.min(seconds, media.duration || seconds));
  if (media.readyState >= HTMLMediaElement.HAVE_METADATA) return go();
  media.preload = "auto";
  media.addEventListener("loadedmetadata", go, { once: true });
}

/** Where a player is, in seconds. */
export function placeOf(player) {
  return medium(player).currentTime;
}

/** Hear of every step a player makes along its recording. */
export function onStep(player, listener) {
  const media = medium(player);
  for (const sign of ["timeupdate", "seeked", "loadedmetadata"]) media.addEventListener(sign, () => listener(media.currentTime));
}

/** Stop everything that plays; gives whether anything did. */
export function stopAll() {
  const waiting = turn;
  turn = null;
  waiting?.stop();
  const playing = sounding();
  for (const player of playing) stop(player);
  return playing.length > 0;
}

/** The players that play now. */
export function sounding() {
  return [...document.querySelectorAll("[data-player].is-playing")];
}

function wire(player) {
  wired.add(player);
  const media = medium(player);
  const button = player.querySelector("[data-hold]");
  player.querySelector("[data-bar]").hidden = false;
  media.muted = "muted" in player.dataset;
  media.volume = Number(player.dataset.volume) / 100;
  media.defaultPlaybackRate = media.playbackRate = Number(player.dataset.speed) / 100;
  if (player.dataset.reveal === "hold") whileHeld(button, () => play(player), () => stop(player));
  else button.addEventListener("click", () => (player.classList.contains("is-playing") ? stop(player) : play(player)));
  player.querySelector("[data-sound]").addEventListener("change", (event) => (media.muted = !event.target.checked));
  player.querySelector("[data-loud]").addEventListener("input", (event) => (media.volume = Number(event.target.value) / 100));
  player.querySelector("[data-pace]").addEventListener("change", (event) => {
    media.defaultPlaybackRate = media.playbackRate = Number(event.target.value) / 100;
  });
  player.querySelector("[data-at]").addEventListener("input", (event) => (media.currentTime = Number(event.target.value)));
  for (const sign of ["loadedmetadata", "durationchange", "timeupdate", "seeked"]) media.addEventListener(sign, () => tell(player));
  media.addEventListener("ended", () => stop(player));
  media.addEventListener("error", () => {
    stop(player);
    player.querySelector("[data-broken]").hidden = false;
  });
}

/** A button that does something only while it is held: by pointer, by Space or by Enter. */
export function whileHeld(button, start, end) {
  button.addEventListener("pointerdown", (event) => {
    if (event.button !== 0) return;
    button.setPointerCapture(event.pointerId);
    start();
  });
  for (const sign of ["pointerup", "pointercancel", "lostpointercapture", "blur"]) button.addEventListener(sign, end);
  button.addEventListener("keydown", (event) => {
    if (event.key !== " " && event.key !== "Enter") return;
    event.preventDefault();
    if (!event.repeat) start();
  });
  button.addEventListener("keyup", (event) => {
    if (event.key === " " || event.key === "Enter") end();
  });
}

function play(player) {
  const media = medium(player);
  if (!media.src) media.src = player.dataset.src; // fetched only now: being fetched is written down as being played
  for (const other of sounding()) if (other !== player) stop(other);
  player.classList.add("is-playing");
  says(player, true);
  media.play().catch(() => stop(player)); // let go of before it began, or it cannot be played: the error says so
}

function stop(player) {
  medium(player).pause();
  player.classList.remove("is-playing");
  says(player, false);
}

function says(player, on) {
  const button = player.querySelector("[data-hold]");
  button.setAttribute("aria-pressed", String(on));
  button.querySelector("[data-says]").textContent = on ? button.dataset.sayStop : button.dataset.sayPlay;
}

function tell(player) {
  const media = medium(player);
  const at = player.querySelector("[data-at]");
  if (!Number.isFinite(media.duration)) return;
  at.max = media.duration;
  at.value = media.currentTime;
  player.querySelector("[data-time]").textContent = `${clock(media.currentTime)} / ${clock(media.duration)}`;
}

function clock(seconds) {
  return `${Math.floor(seconds / 60)}:${String(Math.floor(seconds % 60)).padStart(2, "0")}`;
}

function medium(player) {
  return player.querySelector(":scope > audio, :scope > .player__screen > video");
}
