"""What has come since a case was opened: a small answer the page asks for while somebody still looks."""

from __future__ import annotations

from typing import Any

from flask import jsonify, request

from webapp.core.clock import now
from webapp.desk.access import need
from webapp.desk.bench import progress
from webapp.desk.blueprint import bp
from webapp.domain.cases import queries as cases


@bp.get("/case/<reference>/looks")
@need("review")
def looks(reference: str) -> Any:
    """The stamp of the bench (it changes when somebody looked or answered) and whether more is to be expected.

    304 for who knows this stamp already. Says nothing of what was seen.
    """
    stamp, waiting = progress(cases.by_reference(reference), now())
    answer = jsonify(stamp=stamp, waiting=waiting)
    answer.set_etag(f"{stamp}-{int(waiting)}")
    answer.headers["Cache-Control"] = "private, no-cache"
    return answer.make_conditional(request)
