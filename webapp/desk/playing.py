"""Whether a recording can be played on the desk, and in a sentence why not, or why not to its end."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from webapp.core.i18n import _, lazy
from webapp.desk import heard, seen
from webapp.desk.exhibits import PLAYED
from webapp.domain.evidence import showing
from webapp.domain.evidence.models import Evidence

WHY = {
    "unsupported": lazy("files of this kind cannot be opened here"),
    "detector_absent": lazy("the optional group for sound and film is not installed here"),
    "failed": lazy("something went wrong while it was opened"),
    "truncated": lazy("the file is cut short or damaged"),
}
SHORTER = 2.0  # seconds by which what is played may be shorter than the file: encoders round


@dataclass(frozen=True)
class Shown:
    """What can be done with one file on the desk. `seconds`: how long it is; `note`: what people should know, or ""."""

    plays: bool = False
    seconds: float | None = None
    note: str = ""


def told(evidence: Sequence[Evidence]) -> dict[str, Shown]:
    """Of each file that plays, should play, or has no preview; two queries at most."""
    plays = showing.playing(evidence)
    bare = {e.id for e in evidence if e.medium in ("image", "video", "audio") and not e.previews}
    reasons = showing.why_not(bare)
    found: dict[str, Shown] = {}
    for one in evidence:
        why = reasons.get((one.id, showing.PICTURES), "")
        note = _("No preview could be made: %(why)s.", why=_why(why)) if why else ""
        if one.id in plays:
            found[one.id] = _recording(one, plays[one.id], note)
        elif note:
            found[one.id] = Shown(note=note)
    return found


def _recording(evidence: Evidence, playing: showing.Playing, note: str) -> Shown:
    lengths = {p.kind: p.seconds for p in evidence.previews if p.seconds}
    whole = max((length for kind, length in lengths.items() if kind != showing.PLAY), default=playing.seconds)
    if playing.original and evidence.media_type in PLAYED:
        return Shown(True, whole, note)
    if playing.original:
        return Shown(False, whole, _("It cannot be played here: %(why)s.", why=_why(showing.ABSENT)))
    if playing.why:
        return Shown(False, whole, _("It cannot be played here: %(why)s.", why=_why(playing.why)))
    if not playing.can:
        return Shown(False, whole, _("It is being prepared to be played; meanwhile it can be downloaded."))
    cut = playing.seconds is not None and whole is not None and whole - playing.seconds > SHORTER
    if playing.seconds is not None and (cut or playing.seconds >= showing.LONGEST):
        longest = heard.length(playing.seconds)
        note = _("Only the first %(length)s can be played here; the original can be downloaded.", length=longest)
    return Shown(True, whole, note)


def _why(code: str) -> str:
    return str(WHY.get(code) or seen.NOT_LOOKED.get(code) or WHY["failed"])
