"""The sum behind a case's place in the queue, in words: what moved it forward, what back, and the clock's own part."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from webapp.core.clock import now
from webapp.core.i18n import _, pick
from webapp.desk import words
from webapp.desk.blueprint import bp
from webapp.domain.cases import placing
from webapp.domain.cases.models import Case
from webapp.domain.cases.rules import SLOWED, URGENT
from webapp.domain.policy.queries import book


def parts(case: Case, moment: datetime) -> list[tuple[str, int]]:
    """Words and points of everything that adds up to the place of a case, the rank first and the clock last.

    A point is an hour. Within one queue the case with more points is the one worked on first; only queues that go by
    the clock, or by age, alone leave the points out.
    """
    chapter = book().queues
    queue = chapter.of(case.queue)
    found = []
    if case.rank == URGENT:
        found.append((_("Urgent cases come before all others"), chapter.points.urgent))
    if case.rank == SLOWED:
        found.append((_("Reports of people slowed down come last"), -chapter.points.urgent))
    if queue.order == "priority" and case.state != "asked":
        found += _points(case)
    return [*found, _time(case, queue.order, moment)]


def total(case: Case, moment: datetime) -> int:
    """The sum as a number."""
    return sum(number for _words, number in parts(case, moment))


def _points(case: Case) -> list[tuple[str, int]]:
    """The points as far as the book lets them count: what is cut off is a line of its own."""
    table = book().queues.points
    found = [(_named(case, str(code)), int(number)) for code, number in case.points or []]
    cut = placing.lead(case.points or [], book()) - sum(number for _words, number in found)
    return [*found, (_("No more than %(n)s points count", n=table.most), cut)] if cut else found


def _named(case: Case, code: str) -> str:
    """One kind of points in words, with what it was counted from where that says more."""
    text = book().queues.points.words.get(code)  # a code of an older book has no words
    says = pick(text) if text else code
    if code == "harm":
        return f"{says}{_(': ')}{pick(book().priorities[case.priority].words)}"
    kind = book().kinds.get(case.kind)
    if code == "match" and not (kind and kind.biometric):  # what was found by consent is shown, and counts no points
        return f"{says}{_(': ')}{words.band(case.best_band)[0]}"
    return says


def _time(case: Case, order: str, moment: datetime) -> tuple[str, int]:
    """The clock's part: hours that are gone of the longest time there is. It grows by a point an hour."""
    longest = placing.longest(book())
    if order == "oldest" and case.state != "asked":
        waited = moment - case.opened_at
        return _("Waiting for %(time)s", time=words.span(waited)), int(waited / placing.HOUR)
    gone = int((longest - (case.due_at - moment)) / placing.HOUR)
    if not case.due_code:
        return _("Its clocks stand still"), gone
    return _("Time gone: %(clock)s", clock=words.clock(case.due_at, moment).text), gone


@bp.context_processor
def _for_templates() -> dict[str, Any]:
    return {"priority_parts": lambda case: parts(case, now())}
