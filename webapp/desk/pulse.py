"""The pulse of the desk: what changed since a page was drawn, asked for every five seconds; it reads and writes no row.

Who else is here lives in the queue server only (core.presence). 304 for who knows the answer already.
"""

from __future__ import annotations

from collections.abc import Mapping
from time import monotonic
from typing import Any

from flask import current_app, jsonify, request, url_for
from werkzeug.http import generate_etag

from webapp.core.clock import now
from webapp.core.i18n import _, time_of_day
from webapp.core.presence import TYPING, VIEWING, presence
from webapp.desk import blindness, lists, queries, trail
from webapp.desk import clocks as clock_words
from webapp.desk.access import me, need
from webapp.desk.blueprint import bp
from webapp.desk.drafts import CAME_BACK
from webapp.desk.typed import number
from webapp.domain.cases import handing
from webapp.domain.cases import queries as cases
from webapp.domain.cases.models import Case, Claim
from webapp.domain.cases.rules import LIVE
from webapp.domain.clocks.queries import readings
from webapp.domain.decisions import drafts, held
from webapp.domain.queues import queries as queues
from webapp.domain.staff import queries as staff_queries

# Seconds for which a process keeps the numbers of the navigation: they may lag a little, a page asks every five.
COUNTED = 15


@bp.get("/pulse")
@need("review")
def pulse() -> Any:
    """JSON: `wishes` (colleagues who ask for my cases), `handed`, `back` (choices that came back), `held` (ids of those
    that still wait), `counts`, and of the case named by `case` (its `version` as drawn) what changed. `idle` asks
    whether a case waits. `doing` is 'typing' or 'viewing'.
    """
    told: dict[str, Any] = {
        "wishes": _wishes(),
        "handed": _handed(),
        "back": _back(),
        "held": [one.id for one in held.mine(me().id)],
        "counts": _counts(),
    }
    reference = request.args.get("case", "")
    if reference:
        told["case"] = _case(cases.by_reference(reference))
    if "idle" in request.args:
        told["next"] = queues.next_for(me()) is not None
    answer = jsonify(told)
    answer.set_etag(generate_etag(answer.get_data()))
    answer.headers["Cache-Control"] = "private, no-cache"
    return answer.make_conditional(request)


def _wishes() -> list[dict[str, str]]:
    return [
        {
            "key": f"{claim.case_id}:{claim.wanted_by_id}",
            "reference": claim.case.reference,
            "says": _("%(name)s asks for %(reference)s.", name=_name(claim), reference=claim.case.reference),
            "why": claim.wanted_why or "",
            "give": url_for("desk.hand_over", reference=claim.case.reference),
            "keep": url_for("desk.keep", reference=claim.case.reference),
        }
        for claim in handing.wishes(me().id)
    ]


def _name(claim: Claim) -> str:
    return claim.wanted_by.name if claim.wanted_by else ""


def _handed() -> list[dict[str, str]]:
    return [
        {
            "key": given.id,
            "says": _("%(name)s handed %(reference)s to you.", name=given.giver.name, reference=given.case.reference),
            "why": given.note,
            "open": url_for("desk.case", reference=given.case.reference),
        }
        for given in handing.handed_to(me().id)
    ]


def _back() -> list[dict[str, str]]:
    return [
        {
            "key": f"{case.id}:{draft.saved_at.isoformat()}",
            "says": _("%(reference)s is yours again.", reference=case.reference),
            "why": str(CAME_BACK[draft.came_back]),
            "open": url_for("desk.case", reference=case.reference),
        }
        for draft, case in drafts.returned(me().id)
    ]


def _counts() -> Mapping[str, int]:
    """The numbers of the navigation, by their names in `lists.Waiting`; counted again once in a while."""
    kept: dict[str, tuple[float, Mapping[str, int]]] = current_app.extensions.setdefault("pulse_counts", {})
    before = kept.get(me().id)
    if before is None or before[0] < monotonic() - COUNTED:
        before = kept[me().id] = (monotonic(), dict(vars(lists.counts(me()))))
    return before[1]


def _case(case: Case) -> dict[str, Any]:
    """What the strip of this case says now. Who holds it and who looks is told by name, nothing else of them."""
    moment = now()
    claim = case.claim if case.claim and case.claim.expires_at >= moment else None
    told = {
        "version": case.version,
        "live": case.state in LIVE,
        "mine": claim is not None and claim.staff_id == me().id,
        "free": claim is None and case.state in LIVE,
        "holder": _holder(claim, case),
        "asked": claim is not None and claim.wanted_by_id == me().id,
        "here": _here(case),
        "clocks": {
            one.clock.iso: one.clock.text for one in clock_words.shown(readings(case.id), "", moment, {}) if one.live
        },
    }
    seen = number(request.args.get("version", ""))
    if seen and seen != case.version:
        told["changed"] = _changed(case)
    return told


def _holder(claim: Claim | None, case: Case) -> str:
    if claim is None:
        return _("Nobody holds this case") if case.state in LIVE else ""
    until = time_of_day(claim.expires_at)
    if claim.staff_id == me().id:
        return _("Yours until %(until)s", until=until)
    return _("%(name)s is working on it until %(until)s", name=claim.staff.name, until=until)


def _here(case: Case) -> list[dict[str, Any]]:
    doing = TYPING if request.args.get("doing") == TYPING else VIEWING
    found = presence().seen(case.id, me().id, doing)
    names = staff_queries.names(found) if found else {}
    return [
        {"name": name, "typing": found[staff_id] == TYPING, "says": _says(name, found[staff_id])}
        for staff_id, name in sorted(names.items(), key=lambda one: one[1])
    ]


def _says(name: str, doing: str) -> str:
    return _("%(name)s is typing", name=name) if doing == TYPING else _("%(name)s is looking, too", name=name)


def _changed(case: Case) -> str:
    """Why the page is no longer up to date, in a sentence: the latest act on the case, and not what its clocks did."""
    acts = [] if blindness.hides(case.id, me()) else queries.history([("case", case.id)])
    latest = trail.lines(trail.acts(acts)[:1])
    if not latest:
        return _("The case has changed since you opened it.")
    return _("The case has changed since you opened it: %(what)s, %(when)s.", what=latest[0].what, when=latest[0].when)
