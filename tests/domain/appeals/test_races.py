"""Two who act at the same instant, each with a connection of their own: one decides, the other is told."""

from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import timedelta

import time_machine
from apiflask import APIFlask

from tests.conftest import Cast
from tests.domain.appeals.story import WHOLE, countered, paper, removed, report_of, shanghai
from webapp.core.db import db, transaction
from webapp.core.errors import DomainError
from webapp.domain.appeals import blind, queries
from webapp.domain.appeals import service as appeals
from webapp.domain.decisions import queries as decisions
from webapp.domain.evidence.models import Evidence
from webapp.domain.reports.models import Report
from webapp.domain.staff.models import Staff


def at_once(app: APIFlask, *acts: Callable[[], object]) -> list[object]:
    """Run all in threads that start together; what each gave back, or the code it was refused with."""
    results: list[object] = [None] * len(acts)
    gate = threading.Barrier(len(acts))

    def run(number: int) -> None:
        with app.app_context():
            gate.wait()
            try:
                with transaction():
                    results[number] = acts[number]()
            except DomainError as error:
                results[number] = error.code
            finally:
                db.session.remove()

    threads = [threading.Thread(target=run, args=(n,)) for n in range(len(acts))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    db.session.rollback()
    return results


def test_a_proof_meets_the_restoring_job(clock: time_machine.Traveller, app: APIFlask, cast: Cast) -> None:
    """Two jobs and a claimant in the same instant: held and not restored, or restored once and the proof refused."""
    decision = removed(cast)
    counter, report, court = countered(decision).id, report_of(decision.case_id).id, paper().id
    with transaction():
        appeals.mark_read(counter, report)
    clock.move_to(shanghai(12, 1) + timedelta(minutes=1))

    def prove() -> str:
        evidence, whose = db.session.get_one(Evidence, court), db.session.get_one(Report, report)
        return appeals.prove(queries.get(counter), whose, "suit", evidence).state

    elapsed = [lambda: appeals.elapse(counter)] * 2
    results = at_once(app, *elapsed, prove)
    state = queries.get(counter).state
    assert (state, sorted(map(str, results))) in (
        ("held", ["False", "False", "held"]),
        ("restored", ["False", "True", "restored_already"]),
    )


def test_two_reach_for_one_appeal(clock: time_machine.Traveller, app: APIFlask, cast: Cast) -> None:
    """One has it, the other is told whose it is."""
    decision = removed(cast)
    with transaction():
        appeal = appeals.file(decision.case_id, blind.RESPONDENT, "Please look again.").id
    people = (cast.mei.id, cast.lan.id)
    results = at_once(app, *((lambda i=i: appeals.take(appeal, db.session.get_one(Staff, i)).state) for i in people))
    assert sorted(map(str, results)) == ["claimed_by_other", "taken"]
    assert blind.get(appeal).reviewer_id in people


def test_two_counter_notices_at_once(clock: time_machine.Traveller, app: APIFlask, cast: Cast) -> None:
    """A double click is one counter-notice."""
    decision = removed(cast)
    against = decision.id
    results = at_once(app, *[lambda: countered_now(against)] * 2)
    assert sorted(map(str, results)) == ["counter_filed_already", "forwarded"]


def countered_now(decision_id: str) -> str:
    """The counter-notice inside the open transaction."""
    decision = decisions.get(decision_id)
    made = appeals.file_counter(decision.case_id, decision, "CN_ECOM", WHOLE, "I drew it myself.")
    return made.state
