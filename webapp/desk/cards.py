"""A detector's card: what it can and cannot tell, measured and as upheld here; and moving its bands after a replay."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from flask import flash, redirect, render_template, request, url_for

from webapp.core.db import transaction
from webapp.core.errors import NotFound, Refused
from webapp.core.i18n import _, lazy, pick, when
from webapp.desk import seen, words, worth
from webapp.desk.access import me, my_actor, need
from webapp.desk.blueprint import bp
from webapp.desk.sentences import sentence
from webapp.domain.calibration import queries as calibration
from webapp.domain.calibration.queries import VERDICTS, Replay
from webapp.domain.matching import thresholds
from webapp.domain.matching.book import chapter
from webapp.domain.matching.detector import Thresholds
from webapp.domain.staff.queries import names

BANDS = ("strong", "possible", "weak", "none")
ANSWERS = {
    "supported": lazy("found right"),
    "not_supported": lazy("not found right"),
    "cannot_tell": lazy("could not be told"),
}


@dataclass(frozen=True)
class Band:
    """One band of the card: up to which distance, how often different files fall into it, how often upheld here."""

    words: str
    tone: str
    upto: str
    rate: str
    upheld: str


@bp.get("/detectors/<name>")
@need("review")
def detector_card(name: str) -> Any:
    """What a detector is worth, in words; a lead also finds the bands to move here."""
    return _page(name)


@bp.get("/detectors/<name>/bands")
@need("move_thresholds")
def replay_bands(name: str) -> Any:
    """Other bands laid over every decided report, before anything takes effect."""
    try:
        wished = _wished(name, request.args)
    except Refused as error:
        return _page(name, problem=sentence(error), typed=request.args, status=422)
    return _page(name, replay=calibration.replay(name, wished), wished=wished, typed=request.args)


@bp.post("/detectors/<name>/bands")
@need("move_thresholds")
def move_bands(name: str) -> Any:
    """Put them in force. The replay is made again and kept with the change: what was confirmed is what was seen."""
    try:
        with transaction():
            wished = _wished(name, request.form)
            shown = calibration.replay(name, wished).summary()
            thresholds.move(name, wished, request.form.get("why", ""), shown, me().id, my_actor())
    except Refused as error:
        return _again(name, error)
    flash(_("The bands are in force. Open cases are brought under them now."), "success")
    return redirect(url_for("desk.detector_card", name=name))


def _again(name: str, error: Refused) -> Any:
    try:
        wished = _wished(name, request.form)
    except Refused:
        return _page(name, problem=sentence(error), typed=request.form, status=422)
    shown = calibration.replay(name, wished)
    return _page(name, problem=sentence(error), replay=shown, wished=wished, typed=request.form, status=422)


def _wished(name: str, given: Any) -> Thresholds:
    """The bands as typed. Raises Refused('thresholds_wrong', 'threshold_unknown')."""
    try:
        strong, possible, weak = (float(given.get(band, "")) for band in BANDS[:3])
    except ValueError:
        raise Refused("thresholds_wrong") from None
    return thresholds.asked(name, strong, possible, weak)


def _page(
    name: str,
    *,
    problem: str = "",
    replay: Replay | None = None,
    wished: Thresholds | None = None,
    typed: Any = None,
    status: int = 200,
) -> Any:
    entry = chapter()["detectors"].get(name)
    if entry is None:
        raise NotFound("no_such_detector")
    current = thresholds.in_force(name)
    card = entry.get("card", {})
    history = thresholds.history(name)
    people = names(change.staff_id for change in history)
    html = render_template(
        "desk/detectors/card.html",
        section="detectors",
        name=name,
        title=seen.detector(name),
        version=str(entry["version"]),
        measured=str(card.get("measured", "")),
        calibrated=pick(card["set"]) if "set" in card else "",
        weak_spots=[pick(spot) for spot in card.get("weak_spots", ())],
        bands=_bands(name, entry, current),
        unit=pick(entry["unit"]) if "unit" in entry else "",
        current=current,
        typed=typed or {},
        problem=problem,
        replay=_replayed(replay) if replay else None,
        wished=wished,
        history=[
            (when(c.made_at), people.get(c.staff_id, ""), f"{c.strong:g} · {c.possible:g} · {c.weak:g}", c.why)
            for c in history
        ],
    )
    return html, status


def _bands(name: str, entry: dict[str, Any], current: Thresholds | None) -> list[Band]:
    counted = calibration.upheld()
    found = []
    for band in BANDS:
        text, tone = words.band(band)
        upto = getattr(current, band, None)
        found.append(
            Band(
                words=text,
                tone=tone,
                upto=_("up to %(n)s", n=f"{upto:g}") if upto is not None else _("beyond"),
                rate=worth.meaning(name, band),
                upheld=worth.upheld(counted.get((name, str(entry["version"]), band))),
            )
        )
    return found


def _replayed(replay: Replay) -> dict[str, Any]:
    """A replay in words: per answer and verdict before and after, and the latest cases that would move."""
    return {
        "total": replay.total,
        "moved": replay.moved,
        "verdicts": [str(seen.VERDICTS[v][0]) for v in VERDICTS],
        "rows": [(str(ANSWERS[a]), [replay.counts[a][v] for v in VERDICTS]) for a in ANSWERS],
        "changed": [
            {
                "case": c.case,
                "report": c.report,
                "distance": f"{c.distance:.3g}",
                "before": seen.VERDICTS[c.before],
                "after": seen.VERDICTS[c.after],
                "answer": str(ANSWERS[c.answer]),
                "when": when(c.judged_at),
            }
            for c in replay.changed
        ],
    }
