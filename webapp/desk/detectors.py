"""The detectors: which version looks, what an older one looked at last, and looking at everything again."""

from __future__ import annotations

from typing import Any

from flask import flash, redirect, render_template, url_for

from webapp.core.db import transaction
from webapp.core.errors import Refused
from webapp.core.i18n import _, lazy, n_, pick, when
from webapp.desk import seen
from webapp.desk.absent import missing
from webapp.desk.access import me, my_actor, need
from webapp.desk.blueprint import bp
from webapp.desk.sentences import sentence
from webapp.domain.matching import rescans
from webapp.domain.matching.book import chapter
from webapp.domain.matching.models import Rescan
from webapp.domain.policy.queries import book

STATES = {
    "running": (lazy("Looking again"), "accent"),
    "paused": (lazy("Paused"), "warn"),
    "done": (lazy("Everything looked at again"), "ok"),
}


@bp.get("/detectors")
@need("review")
def detectors() -> Any:
    """Every detector with what is behind; a lead begins, pauses and resumes here."""
    return render_template(
        "desk/detectors/list.html", section="detectors", rows=_rows(), besides=_besides(), missing=missing()
    )


@bp.get("/detectors/progress")
@need("review")
def detectors_progress() -> Any:
    """The table alone, for the page that keeps itself fresh."""
    return render_template("desk/detectors/_progress.html", rows=_rows())


@bp.post("/detectors/<name>/again")
@need("look_again")
def look_again(name: str) -> Any:
    """Begin to look at everything again."""
    return _told(lambda: rescans.start(name, my_actor(), me().id), _("It begins within seconds, behind fresh reports."))


@bp.post("/detectors/<name>/pause")
@need("look_again")
def pause_rescan(name: str) -> Any:
    """Stop after the items that are being looked at."""
    return _told(lambda: rescans.pause(rescans.of(name), my_actor()), _("Paused. It goes on where it stopped."))


@bp.post("/detectors/<name>/resume")
@need("look_again")
def resume_rescan(name: str) -> Any:
    """Go on where it stopped."""
    return _told(lambda: rescans.resume(rescans.of(name), my_actor()), _("It goes on within seconds."))


def _told(verb: Any, text: str) -> Any:
    try:
        with transaction():
            verb()
    except Refused as error:
        flash(sentence(error), "danger")
    else:
        flash(text, "success")
    return redirect(url_for("desk.detectors"))


def _besides() -> list[tuple[str, str, str, bool]]:
    """Who looks without being listed above: detectors that keep nothing, and readers."""
    keepless = _("keeps nothing of reported files, so there is nothing to look at again")
    reads = _("reads what a file says of its own making; compares nothing")
    found = [
        (name, seen.detector(name), keepless, True)
        for name, entry in chapter()["detectors"].items()
        if entry.get("consent")
    ]
    return found + [(name, pick(words), reads, False) for name, words in book().labels.readers.items()]


def _rows() -> list[dict[str, Any]]:
    return [
        {
            "name": one.detector,
            "words": seen.detector(one.detector),
            "version": one.version,
            "behind": _behind(one),
            "can_begin": one.count > 0 and (one.rescan is None or one.rescan.state == "done"),
            "rescan": _rescan(one.rescan) if one.rescan else None,
        }
        for one in rescans.behind()
    ]


def _behind(one: rescans.Behind) -> list[str]:
    """'12,000 items were last looked at by version 1', a sentence for each older version."""
    return [
        n_(
            "%(num)s item was last looked at by version %(version)s.",
            "%(num)s items were last looked at by version %(version)s.",
            number,
            version=version,
        )
        for version, number in sorted(one.older.items())
    ]


def _rescan(rescan: Rescan) -> dict[str, Any]:
    text, tone = STATES[rescan.state]
    return {
        "state": rescan.state,
        "words": str(text),
        "tone": tone,
        "done": rescan.done,
        "total": max(rescan.total, rescan.done),
        "since": when(rescan.started_at),
        "ended": when(rescan.ended_at) if rescan.ended_at else "",
    }
