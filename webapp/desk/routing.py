"""A case that is not for me: passed over with a reason, put into another queue, or passed on to who knows better."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from flask import flash, redirect, request, url_for

from webapp.core.db import transaction
from webapp.core.errors import Conflict, NotFound, Refused
from webapp.core.i18n import _, pick, when
from webapp.desk import undoing
from webapp.desk.access import me, need
from webapp.desk.blueprint import bp
from webapp.desk.exposure import pause_first
from webapp.desk.queue import take_next
from webapp.desk.steps import again, text_of
from webapp.domain.cases import queries as cases
from webapp.domain.cases.models import Case
from webapp.domain.policy.queries import book
from webapp.domain.queues import queries, rules
from webapp.domain.queues import service as queues
from webapp.domain.staff.models import Staff


@bp.post("/case/<reference>/skip")
@need("review")
def skip(reference: str) -> Any:
    """Pass the case over for this shift and open the next one."""

    def work(case: Case) -> tuple[str, dict[str, str]]:
        why = request.form.get("why", "")
        queues.skip(case.id, me(), why, text_of("note", rules.LONGEST_NOTE))
        done = _("%(reference)s comes back to you after this shift; colleagues get it now.", reference=case.reference)
        if why == "interest":
            done += " " + _("Declare it under “My conflicts of interest”, and no such case is offered to you again.")
        return done, {"case": case.id}

    return _away(reference, "skip", work)


@bp.post("/case/<reference>/escalate")
@need("review")
def escalate(reference: str) -> Any:
    """Pass the case on to the queue for hard ones and open the next one."""

    def work(case: Case) -> tuple[str, dict[str, str]]:
        moved = queues.escalate(case.id, me(), text_of("why", rules.LONGEST_NOTE))
        return _moved(case), {"rerouting": moved.id}

    return _away(reference, "escalate", work)


@bp.post("/case/<reference>/move")
@need("review")
def move(reference: str) -> Any:
    """Put the case into another queue, or give it back to the one the rule book wants."""

    def work(case: Case) -> tuple[str, dict[str, str]]:
        wanted = request.form.get("queue", "")
        moved = queues.move(case.id, "" if wanted == "book" else wanted or case.queue, me(),
                            text_of("why", rules.LONGEST_NOTE))  # fmt: skip
        return _moved(case), {"rerouting": moved.id}

    return _away(reference, "move", work)


def _moved(case: Case) -> str:
    queue = pick(book().queues.of(case.queue).words)
    return _("%(reference)s waits in %(queue)s now.", reference=case.reference, queue=queue)


def _away(reference: str, form: str, work: Callable[[Case], tuple[str, dict[str, str]]]) -> Any:
    """Do `work` on the case, offer to take it back, and open the next case: or the same where one still holds it."""
    try:
        with transaction():
            case = cases.by_reference(reference)
            said, ids = work(case)
            holder = cases.holder(case.id)
            kept = holder is not None and holder.id == me().id
    except (Refused, Conflict, NotFound) as error:
        return again(reference, form, error)
    undoing.offer("skip" if form == "skip" else "move", ids, said=said)
    if not kept and (pause := pause_first()):
        return pause
    following = reference if kept else take_next(me(), skip=case.id)
    if following is None:
        flash(_("Nothing else waits for you."), "info")
        return redirect(url_for("desk.queue"))
    return redirect(url_for("desk.case", reference=following))


@undoing.inverse("skip")
def _unskip(ids: Mapping[str, str], staff: Staff) -> tuple[str, str]:
    case = cases.get(ids["case"])
    queues.unskip(case.id, staff)
    queues.take(case.id, staff)
    return _("%(reference)s is yours again.", reference=case.reference), case.reference


@undoing.inverse("move")
def _unmove(ids: Mapping[str, str], staff: Staff) -> tuple[str, str]:
    case = queues.unmove(ids["rerouting"], staff)
    return _moved(case), case.reference


def reasons() -> Sequence[tuple[str, str]]:
    """Why one may pass a case over, as (code, words)."""
    return [(code, pick(text)) for code, text in book().queues.skip_reasons.items()]


def goals(case: Case) -> Sequence[tuple[str, str]]:
    """Where the case can be put, as (code, words); 'book' lets the rule book choose again."""
    found = [(code, pick(queue.words)) for code, queue in book().queues.queue.items() if code != case.queue]
    return [("book", _("Where the rule book wants it")), *found] if case.queue_fixed else found


def route(case: Case) -> dict[str, Any]:
    """What the case page says of the case's queue: its name, where hard cases go, who put it here and why."""
    queue = book().queues.of(case.queue)
    last = queries.last_rerouting(case.id)
    shown = last if last is not None and last.after == case.queue and last.verb != "return" else None
    return {
        "code": case.queue,
        "name": pick(queue.words),
        "on": pick(book().queues.of(queue.escalate_to).words) if queue.escalate_to else "",
        "by": shown.staff.name if shown else "",
        "why": shown.why if shown else "",
        "when": when(shown.moved_at) if shown else "",
    }


@bp.context_processor
def _for_templates() -> dict[str, Any]:
    """Asked only where they are drawn."""
    return {"skip_reasons": reasons, "route_goals": goals, "route_of": route}
