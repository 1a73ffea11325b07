"""The queue: live cases in the order they are worked on, enough on each row to choose, refreshed while one looks."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from flask import Response, flash, redirect, render_template, request, session, url_for

from webapp.core.clock import now
from webapp.core.db import transaction
from webapp.core.i18n import _, pick, time_of_day
from webapp.desk import priority, words
from webapp.desk.access import me, need
from webapp.desk.blueprint import bp
from webapp.desk.places import places
from webapp.domain.cases.models import Case
from webapp.domain.cases.queries import PAGE
from webapp.domain.policy.queries import book
from webapp.domain.queues import interests, queries, rules
from webapp.domain.queues import service as queues
from webapp.domain.queues.queries import Key
from webapp.domain.staff.models import Staff


@dataclass(frozen=True)
class Row:
    """One case as the list shows it. `points` is its place as a number, `sum` what adds up to it.

    `apart`: the person has an interest in it.
    """

    id: str
    reference: str
    priority: str
    priority_words: str
    kind: str
    queue: str
    title: str
    band: str
    band_tone: str
    place: str
    reports: str
    clock: words.Clock
    state: str
    holder: str
    mine: bool
    free: bool
    apart: bool
    thumb: str | None
    harm: str
    points: int
    sum: Sequence[tuple[str, int]]


@bp.get("/")
@need("review")
def queue() -> Any:
    """The list, of one queue or of all one may enter, of one kind or of all, paged by key."""
    return render_template(
        "desk/queue.html",
        section="queue",
        kinds=[(code, pick(entry.name)) for code, entry in book().ordered_kinds()],
        choices=[(entry.code, pick(entry.queue.words)) for entry in queries.entries(me()) if not entry.barred],
        **_page(),
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
    """Start reviewing, in one queue or in all: open the next free case; those after it come from there, too."""
    wanted = request.form.get("queue", "")
    if wanted:
        rules.require(book().queues.of(wanted), me().role, me().skills, me().reads)
    session["queue"] = wanted if wanted in book().queues.queue else ""
    found = take_next(me())
    if found is None:
        flash(_nothing(current(me())), "info")
        return redirect(url_for("desk.queue", queue=current(me()) or None))
    return redirect(url_for("desk.case", reference=found))


def _nothing(code: str) -> str:
    if not code:
        return _("Nothing waits for you: every open case is held by a colleague or waits for an answer.")
    name = pick(book().queues.of(code).words)
    return _("Nothing waits for you in %(queue)s. Other queues may have something.", queue=name)


def current(staff: Staff) -> str:
    """The queue whoever asks works through, '' for all of them: what they began with, while it is open to them."""
    code = str(session.get("queue", ""))
    return code if code in queries.enterable(staff) else ""


def take_next(staff: Staff, skip: str = "") -> str | None:
    """Take what a colleague handed to them, else the next case of the queue they work through; gives its reference.
    Somebody faster only means the one after.
    """
    with transaction():
        found = queues.take_next(staff, current(staff), [skip] if skip else [])
        return found.reference if found else None


def _page() -> dict[str, Any]:
    kind, code = request.args.get("kind", ""), request.args.get("queue", "")
    kind = kind if kind in book().kinds else ""
    code = code if code in queries.enterable(me()) else ""
    found = queries.page(me(), code, kind, _key(request.args.get("after", "")))
    shown, more = found[:PAGE], len(found) > PAGE
    return {
        "rows": rows(shown, me(), now()),
        "kind": kind,
        "code": code,
        "after": request.args.get("after", ""),
        "next_key": key_of(shown[-1]) if more else "",
    }


def key_of(case: Case) -> str:
    """The place of a case in the list, for the address of the next page."""
    return f"{case.rank}|{case.order_at.isoformat()}|{case.id}"


def _key(text: str) -> Key | None:
    parts = text.split("|")
    if len(parts) != 3 or parts[0] not in ("0", "1", "2"):
        return None
    try:
        moment = datetime.fromisoformat(parts[1]).astimezone(UTC)
    except (ValueError, OverflowError):  # no date, or one that does not exist in UTC
        return None
    return int(parts[0]), moment, parts[2]


def rows(found: Sequence[Case], staff: Staff, moment: datetime) -> list[Row]:
    """Cases as rows. Subject, claim and holder came with them; what the person has an interest in is one query, where
    their matches of sound and film lie another."""
    apart = interests.of_interest(staff.id, [case.id for case in found])
    matched = places([case.id for case in found if case.best_band in ("strong", "possible")])
    return [_row(case, staff, moment, case.id in apart, matched.get(case.id, "")) for case in found]


def _row(case: Case, staff: Staff, moment: datetime, apart: bool, place: str) -> Row:
    claim = case.claim if case.claim and case.claim.expires_at >= moment else None
    band, tone = words.band(case.best_band)
    mine = claim is not None and claim.staff_id == staff.id
    holder = ""
    if claim is not None:
        until = time_of_day(claim.expires_at)
        name = _("You") if mine else claim.staff.name
        holder = _("%(name)s, until %(time)s", name=name, time=until)
    subject, parts = case.subject, priority.parts(case, moment)
    return Row(
        id=case.id,
        reference=case.reference,
        priority=case.priority,
        priority_words=pick(book().priorities[case.priority].words),
        kind=words.kind(case.kind),
        queue=pick(book().queues.of(case.queue).words),
        title=subject.title or subject.content_ref or subject.address,
        band=band,
        band_tone=tone,
        place=place,
        reports=words.reports(case.report_count),
        clock=_clock(case, moment),
        state=case.state,
        holder=holder,
        mine=mine,
        free=claim is None,
        apart=apart,
        thumb=url_for("desk.media", evidence_id=case.thumb_evidence_id, kind="thumb")
        if case.thumb_evidence_id
        else None,
        harm=book().desk.harm_of(case.kind),
        points=sum(number for _words, number in parts),
        sum=parts,
    )


def _clock(case: Case, moment: datetime) -> words.Clock:
    """How long until the strictest clock is due; while every clock stands still, that instead of a time."""
    if case.due_code:
        return words.clock(case.due_at, moment)
    title = _("The clocks go on when a party has done its part")
    return words.Clock(_("stands still"), case.due_at.isoformat(), "plain", title)
