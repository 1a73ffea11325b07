"""The left zone of the case page: the queue the open case waits in, so that the next case is one key away."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from flask import Response, render_template, request

from webapp.core.clock import now
from webapp.core.i18n import _, pick
from webapp.desk.access import me, need
from webapp.desk.blueprint import bp
from webapp.desk.queue import Row, current, key_of, rows
from webapp.domain.cases import queries as cases
from webapp.domain.cases.models import Case
from webapp.domain.cases.rules import LIVE
from webapp.domain.policy.queries import book
from webapp.domain.queues import queries
from webapp.domain.staff.models import Staff

SHOWN = 20  # rows: more than a screen of them, few enough to cost nothing


@dataclass(frozen=True)
class Beside:
    """A stretch of a queue. `code` and `name` say which, '' for all of them; `here` is the id of the open case, `after`
    the key to go on from in the whole list, or ''."""

    code: str
    name: str
    rows: Sequence[Row]
    here: str
    after: str


def beside(case: Case, staff: Staff, most: int = SHOWN) -> Beside:
    """What this person works through, from its front; where the open case waits further down, from that case on."""
    code = current(staff)
    if code and case.queue != code:
        code = case.queue
    found = list(queries.page(staff, code, limit=most))
    if case.state in LIVE and case.id not in {one.id for one in found[:most]}:
        found = [case, *queries.page(staff, code, after=(case.rank, case.order_at, case.id), limit=most - 1)]
    shown, more = found[:most], len(found) > most
    name = pick(book().queues.of(code).words) if code else _("All my queues")
    return Beside(code, name, rows(shown, staff, now()), case.id, key_of(shown[-1]) if more else "")


@bp.get("/case/<reference>/beside")
@need("review")
def beside_rows(reference: str) -> Any:
    """Only the zone, for the page's own refresh: 304 while nothing changed."""
    found = cases.by_reference(reference)
    html = render_template("desk/case/_queue.html", beside=beside(found, me()))
    response = Response(html, mimetype="text/html")
    response.set_etag(hashlib.sha256(html.encode()).hexdigest()[:24])
    return response.make_conditional(request)
