"""The left zone of the case page: the queue the open case waits in, so that the next case is one key away."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from flask import Response, render_template, request

from webapp.core.clock import now
from webapp.desk.access import me, need
from webapp.desk.blueprint import bp
from webapp.desk.queue import Row, key_of, rows
from webapp.domain.cases import queries as cases
from webapp.domain.cases.models import Case
from webapp.domain.cases.rules import LIVE
from webapp.domain.staff.models import Staff

SHOWN = 20  # rows: more than a screen of them, few enough to cost nothing


@dataclass(frozen=True)
class Beside:
    """A stretch of a queue. `here`: the id of the open case; `after`: the key to go on from in the whole list, or ''."""

    rows: Sequence[Row]
    here: str
    after: str


def beside(case: Case, staff: Staff) -> Beside:
    """The most urgent cases; where the open one waits further down, that one and what follows it instead."""
    found = list(cases.queue(limit=SHOWN))
    if case.state in LIVE and case.id not in {one.id for one in found}:
        found = [case, *cases.queue((case.rank, case.due_at, case.id), limit=SHOWN - 1)]
    shown, more = found[:SHOWN], len(found) > SHOWN
    return Beside(rows(shown, staff, now()), case.id, key_of(shown[-1]) if more else "")


@bp.get("/case/<reference>/beside")
@need("review")
def beside_rows(reference: str) -> Any:
    """Only the zone, for the page's own refresh: 304 while nothing changed."""
    html = render_template("desk/case/_queue.html", beside=beside(cases.by_reference(reference), me()))
    response = Response(html, mimetype="text/html")
    response.set_etag(hashlib.sha256(html.encode()).hexdigest()[:24])
    return response.make_conditional(request)
