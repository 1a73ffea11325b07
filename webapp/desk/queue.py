"""The queue: live cases by urgency, enough on each row to choose, refreshed while one looks at it."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from flask import Response, flash, redirect, render_template, request, url_for

from webapp.core.clock import now
from webapp.core.db import transaction
from webapp.core.errors import Conflict
from webapp.core.i18n import _, pick, time_of_day
from webapp.desk import words
from webapp.desk.access import me, need
from webapp.desk.blueprint import bp
from webapp.domain.cases import queries as cases
from webapp.domain.cases import service as case_verbs
from webapp.domain.cases.models import Case
from webapp.domain.policy.queries import book
from webapp.domain.staff.models import Staff


@dataclass(frozen=True)
class Row:
    """One case as the list shows it."""

    id: str
    reference: str
    priority: str
    priority_words: str
    kind: str
    title: str
    band: str
    band_tone: str
    reports: str
    clock: words.Clock
    state: str
    holder: str
    mine: bool
    free: bool
    thumb: str | None


@bp.get("/")
@need("review")
def queue() -> Any:
    """The list, filtered by kind, paged by key."""
    context = _page()
    numbers = cases.counts()
    return render_template(
        "desk/queue.html",
        section="queue",
        kinds=[(code, pick(entry.name)) for code, entry in book().ordered_kinds()],
        waiting=numbers.get("open", 0),
        asked=numbers.get("asked", 0),
        **context,
    )


@bp.get("/queue/rows")
@need("review")
def queue_rows() -> Response:
    """Only the rows, for the page's own refresh: 304 while nothing changed."""
    html = render_template("desk/_rows.html", **_page())
    response = Response(html, mimetype="text/html")
    response.set_etag(hashlib.sha256(html.encode()).hexdigest()[:24])
    return response.make_conditional(request)  # type: ignore[return-value]  # a Response gives a Response


@bp.post("/next")
@need("review")
def start() -> Any:
    """Start reviewing: take the most urgent free case and open it."""
    found = take_next(me())
    if found is None:
        flash(_("Nothing waits for you: every open case is held by a colleague or waits for an answer."), "info")
        return redirect(url_for("desk.queue"))
    return redirect(url_for("desk.case", reference=found))


def take_next(staff: Staff, skip: str = "") -> str | None:
    """Take the next case; gives its reference. Somebody faster only means looking once more."""
    for _try in range(5):
        try:
            with transaction():
                case = cases.next_for(staff, skip)
                if case is None:
                    return None
                case_verbs.take(case.id, staff)
                return case.reference
        except Conflict:
            continue
    return None


def _page() -> dict[str, Any]:
    kind = request.args.get("kind", "")
    if kind not in book().kinds:
        kind = ""
    found = cases.queue(_key(request.args.get("after", "")), kind)
    shown, more = found[: cases.PAGE], len(found) > cases.PAGE
    return {
        "rows": rows(shown, me(), now()),
        "kind": kind,
        "after": request.args.get("after", ""),
        "next_key": key_of(shown[-1]) if more else "",
    }


def key_of(case: Case) -> str:
    """The place of a case in the list, for the address of the next page."""
    return f"{case.rank}|{case.due_at.isoformat()}|{case.id}"


def _key(text: str) -> tuple[int, datetime, str] | None:
    parts = text.split("|")
    if len(parts) != 3 or parts[0] not in ("0", "1", "2"):
        return None
    try:
        moment = datetime.fromisoformat(parts[1]).astimezone(UTC)
    except (ValueError, OverflowError):  # no date, or one that does not exist in UTC
        return None
    return int(parts[0]), moment, parts[2]


def rows(found: Sequence[Case], staff: Staff, moment: datetime) -> list[Row]:
    """Cases as rows. Needs no query: subject, claim and holder came with them."""
    return [_row(case, staff, moment) for case in found]


def _row(case: Case, staff: Staff, moment: datetime) -> Row:
    claim = case.claim if case.claim and case.claim.expires_at >= moment else None
    band, tone = words.band(case.best_band)
    mine = claim is not None and claim.staff_id == staff.id
    holder = ""
    if claim is not None:
        until = time_of_day(claim.expires_at)
        name = _("You") if mine else claim.staff.name
        holder = _("%(name)s, until %(time)s", name=name, time=until)
    subject = case.subject
    return Row(
        id=case.id,
        reference=case.reference,
        priority=case.priority,
        priority_words=pick(book().priorities[case.priority].words),
        kind=words.kind(case.kind),
        title=subject.title or subject.content_ref or subject.address,
        band=band,
        band_tone=tone,
        reports=words.reports(case.report_count),
        clock=_clock(case, moment),
        state=case.state,
        holder=holder,
        mine=mine,
        free=claim is None,
        thumb=url_for("desk.media", evidence_id=case.thumb_evidence_id, kind="thumb")
        if case.thumb_evidence_id
        else None,
    )


def _clock(case: Case, moment: datetime) -> words.Clock:
    """How long until the strictest clock is due; while every clock stands still, that instead of a time."""
    if case.due_code:
        return words.clock(case.due_at, moment)
    title = _("The clocks go on when a party has done its part")
    return words.Clock(_("stands still"), case.due_at.isoformat(), "plain", title)
