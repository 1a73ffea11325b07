"""Counter-notices on their way: what the form asks, what is missing, whom it reaches, and when it has arrived."""

from __future__ import annotations

from datetime import timedelta

import pytest
import time_machine

from tests.conftest import Cast
from tests.domain.appeals.story import (
    HELD,
    MONDAY,
    WHOLE,
    countered,
    fresh,
    in_force,
    paper,
    posted,
    removed,
    report_of,
    shanghai,
    tick,
)
from webapp.core.db import db, transaction
from webapp.core.errors import Conflict, NotFound, Refused
from webapp.domain.appeals import queries
from webapp.domain.appeals import service as appeals
from webapp.domain.decisions.models import Decision
from webapp.domain.policy.queries import book
from workers.jobs import counters as job
from workers.routes import ROUTES
from workers.schedule import TIMERS


def test_of_two_claimants_the_later_arrival_counts(clock: time_machine.Traveller, cast: Cast) -> None:
    """One reads on Monday, the other on Thursday; the second gives up, the first proves a complaint, then gives up."""
    decision = removed(cast, "a@example.org", "b@example.org")
    counter = countered(decision)
    first, second = report_of(decision.case_id, 0), report_of(decision.case_id, 1)
    with transaction():
        appeals.mark_read(counter.id, first.id)
    assert fresh(counter).state == "forwarded"
    clock.shift(timedelta(days=3))
    with transaction():
        appeals.mark_read(counter.id, second.id)
    assert fresh(counter).restore_by == shanghai(12, 4)
    complaint = paper("Receipt of the authority")
    with transaction():
        appeals.prove(fresh(counter), first, "complaint", complaint)
        appeals.withdraw_claim(fresh(counter), second)
        appeals.withdraw_claim(fresh(counter), second)
    assert fresh(counter).state == "held"
    with pytest.raises(Refused) as error, transaction():
        appeals.prove(fresh(counter), second, "suit", complaint)
    assert error.value.code == "claim_given_up"
    with transaction():
        appeals.withdraw_claim(fresh(counter), report_of(decision.case_id, 0))
    assert (fresh(counter).state, fresh(counter).end) == ("restored", "claim_withdrawn")
    assert in_force(decision.case_id) == []


def test_the_only_proof_goes_and_waiting_goes_on(clock: time_machine.Traveller, cast: Cast) -> None:
    """Who sued gives up before the other has the copy: the other still gets her fifteen days."""
    decision = removed(cast, "a@example.org", "b@example.org")
    counter, court = countered(decision), paper()
    with transaction():
        appeals.prove(counter, report_of(decision.case_id, 0), "suit", court)
    with transaction():
        appeals.withdraw_claim(fresh(counter), report_of(decision.case_id, 0))
    assert fresh(counter).state == "forwarded"
    with transaction():
        appeals.confirm_arrival(counter.id, report_of(decision.case_id, 1).id, cast.mei, "By registered post")
    assert (fresh(counter).state, fresh(counter).restore_by) == ("waiting", shanghai(12, 1))
    for note, code in (("", "arrival_unexplained"), ("Again", "arrived_already")):
        with pytest.raises(Refused) as error, transaction():
            appeals.confirm_arrival(counter.id, report_of(decision.case_id, 1).id, cast.mei, note)
        assert error.value.code == code


def test_it_is_returned_until_it_is_whole(clock: time_machine.Traveller, cast: Cast) -> None:
    """What is missing is named; the drawer's papers count; what was typed before is kept; nothing was forwarded yet."""
    decision = removed(cast, kind="LIKENESS", regimes=("CN_CIVIL",))
    counter = countered(decision, {"contact": "13800138000"})
    assert (counter.state, counter.missing) == ("returned", ["real_name", "evidence"])
    assert posted("counter.forwarded") == [] and queries.forwarded_to(report_of(decision.case_id).id) is None
    with pytest.raises(Conflict):
        countered(decision)
    consent = paper("A signed consent", source="respondent")
    clock.shift(timedelta(days=2))
    with transaction():
        appeals.add_proof(decision.case_id, consent, "CONSENT", "Signed in June")
        appeals.add_proof(decision.case_id, consent, "CONSENT", "Signed in June")
        assert len(queries.proofs(decision.case_id)) == 1
        appeals.complete_counter(fresh(counter), {"real_name": "Chen Mo", "contact": ""}, "", "CONSENT")
    counter = fresh(counter)
    assert counter.state == "forwarded" and counter.valid_at == MONDAY + timedelta(days=2)
    assert queries.fields(counter) == {"real_name": "Chen Mo", "contact": "13800138000"}
    with transaction():
        copy = queries.redacted(fresh(counter))
    assert copy.name == "Chen Mo" and copy.statement == "I drew it myself." and "138" not in repr(copy)
    assert copy.defence == book().defences["CONSENT"]
    with pytest.raises(Refused) as error, transaction():
        appeals.complete_counter(fresh(counter), WHOLE)
    assert error.value.code == "cannot_complete"


def test_whom_it_is_not_open_to(clock: time_machine.Traveller, cast: Cast) -> None:
    """A public interest, a frame without counter-notices, a regime that changed, a window that is over."""
    fraud = removed(cast, kind="ANTI_SCIENCE", regimes=("CN_LABEL", "HOUSE"))
    assert (queries.door(fraud).regime, queries.door(fraud).open) == ("", False)
    with pytest.raises(Refused) as error:
        countered(fraud)
    assert error.value.code == "counter_not_possible"


def test_its_window_ends(clock: time_machine.Traveller, cast: Cast) -> None:
    """The form is open for 180 days; the regime named must be the one that governs."""
    decision = removed(cast)
    with pytest.raises(Refused) as error, transaction():
        appeals.file_counter(decision.case_id, decision, "CN_CIVIL", WHOLE, "Mine.")
    assert error.value.code == "counter_regime"
    with pytest.raises(Refused) as error, transaction():
        appeals.file_counter(decision.case_id, decision, "CN_ECOM", WHOLE, "Mine.", "BECAUSE")
    assert error.value.code == "defence_unknown"
    clock.shift(timedelta(days=181))
    decision = db.session.get_one(Decision, decision.id)
    with pytest.raises(Refused) as error:
        countered(decision)
    assert error.value.code == "counter_too_late"


def test_the_account_takes_it_back(clock: time_machine.Traveller, cast: Cast) -> None:
    """Then what was decided stays, and nothing comes back by itself."""
    decision = removed(cast)
    counter = countered(decision)
    with transaction():
        appeals.mark_read(counter.id, report_of(decision.case_id).id)
        appeals.withdraw(fresh(counter))
    clock.shift(timedelta(days=60))
    tick()
    assert fresh(counter).state == "withdrawn" and in_force(decision.case_id) == HELD
    with pytest.raises(NotFound), transaction():
        queries.forward(counter.id, "nobody")


def test_the_timers_are_wired() -> None:
    """Each timer's topic leads to its handler."""
    topics = {timer.topic for timer in TIMERS}
    for topic, handler in {
        "counters.arriving": job.arrive,
        "counters.reminding": job.remind,
        "counters.elapsing": job.elapse,
    }.items():
        assert topic in topics
        assert [h.name for h in ROUTES[topic]] == [f"{handler.__module__}.{handler.__name__}"]
