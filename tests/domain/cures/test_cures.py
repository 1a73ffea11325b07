"""Putting it right: offered, taken with one tap, lapsed; and the live stream that must show a person."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from apiflask import APIFlask
from sqlalchemy.exc import IntegrityError

from tests.conftest import Cast
from tests.domain.appeals.story import MONDAY, choice, decided, in_force, posted, reports
from webapp.core.clock import now
from webapp.core.db import db, transaction
from webapp.core.errors import Conflict, NotFound, Refused
from webapp.core.ids import new_id
from webapp.domain.appeals import blind
from webapp.domain.appeals import service as appeals
from webapp.domain.cases import queries as cases
from webapp.domain.cases.models import Case
from webapp.domain.cases.service import take
from webapp.domain.clocks.queries import get as clock_of
from webapp.domain.cures import queries
from webapp.domain.cures import service as cures
from webapp.domain.cures.models import CureOffer, LiveChallenge
from webapp.domain.decisions import queries as decisions
from webapp.domain.decisions import service as decision_verbs
from webapp.domain.decisions.models import Proposal
from workers.jobs import cures as job
from workers.routes import ROUTES
from workers.schedule import TIMERS

LIVE = "VH_LIVE_NO_HUMAN"


@pytest.fixture
def clock(app: APIFlask) -> Iterator[time_machine.Traveller]:
    """Monday noon in Shanghai, standing still until it is moved."""
    with time_machine.travel(MONDAY, tick=False) as moving:
        yield moving


def case_of(cast: Cast, kind: str = "AI_LABEL_MISSING") -> Case:
    """A case of this kind, in Rui's hands."""
    case = reports("zhou.yun@example.org", kind=kind, regimes=("CN_LABEL", "HOUSE"))
    with transaction():
        take(case.id, cast.rui)
    return case


def offered(case: Case, cast: Cast) -> CureOffer:
    """Rui offers the cure."""
    with transaction():
        return cures.offer(case.id, cast.rui)


def test_a_missing_label_is_put_right_with_one_tap(clock: time_machine.Traveller, cast: Cast) -> None:
    """The platform is asked for the label, the case closes, nobody is punished; a second tap changes nothing."""
    case = case_of(cast)
    offer = offered(case, cast)
    assert (offer.action, offer.due_at) == ("label_ai", datetime(2026, 11, 19, 15, 59, 59, 999999, UTC))
    assert posted("cure.offered") == [{"offer_id": offer.id}]
    clock.shift(timedelta(days=2))
    with transaction():
        decision = cures.cure(offer.id)
    assert (decision.stage, decision.verdict, [a.kind for a in decision.actions]) == ("cure", "cured", ["label_ai"])
    assert cases.get(case.id).state == "closed" and in_force(case.id) == ["label_ai"]
    assert decisions.active_points("acc") == 0 and posted("decision.made") == [{"decision_id": decision.id}]
    cured = clock_of(f"case:{case.id}", "LABEL_CURE")
    assert cured is not None and cured.state == "met"
    with pytest.raises(Refused) as error, transaction():
        cures.cure(offer.id)
    assert error.value.code == "cannot_cure"
    clock.shift(timedelta(days=9))
    with transaction():
        assert cures.lapse_due() == 0


def test_the_house_stands_still_while_the_account_may_act(clock: time_machine.Traveller, cast: Cast) -> None:
    """The desk's clocks pause with the offer and go on when it lapses; they lose nothing."""
    case = case_of(cast)
    report = cases.active_reports(case.id)[0]
    before = clock_of(f"report:{report.id}", "DECISION")
    assert before is not None and before.state == "running"
    due = before.due_at
    offer = offered(case, cast)
    paused = clock_of(f"report:{report.id}", "DECISION")
    assert paused is not None and paused.state == "paused"
    clock.move_to(offer.due_at + timedelta(minutes=1))
    with transaction():
        assert cures.lapse_due() == 1
    resumed = clock_of(f"report:{report.id}", "DECISION")
    assert resumed is not None and resumed.state == "running" and resumed.due_at > due


def test_a_cure_that_lapsed_comes_back_with_its_measure(clock: time_machine.Traveller, cast: Cast) -> None:
    """Seven days to register the virtual human; nothing happened: the desk finds the book's measure ticked."""
    case = case_of(cast, "VH_UNREGISTERED")
    version = case.version
    offer = offered(case, cast)
    assert offer.due_at == datetime(2026, 11, 23, 15, 59, 59, 999999, UTC)
    assert queries.suggested(case.id) == ()
    with transaction():
        assert cures.lapse_due() == 0
    clock.move_to(offer.due_at + timedelta(minutes=1))
    with pytest.raises(Refused) as error, transaction():
        cures.cure(offer.id)
    assert error.value.code == "cure_too_late"
    with transaction():
        assert cures.lapse_due() == 1 and cures.lapse_due() == 0
    assert posted("cure.lapsed") == [{"offer_id": offer.id}]
    assert queries.suggested(case.id) == ("live_off",) and cases.get(case.id).version > version
    assert cases.get(case.id).state == "open"
    with transaction():
        take(case.id, cast.rui)
    with pytest.raises(Conflict), transaction():
        cures.offer(case.id, cast.rui)


def test_what_can_be_offered(clock: time_machine.Traveller, cast: Cast) -> None:
    """Only what the book cures, to a known account, by who holds the case, once; taken back it can be taken no more."""
    case = reports("zhou.yun@example.org")
    with pytest.raises(Conflict) as lost, transaction():
        cures.offer(case.id, cast.rui)
    assert lost.value.code == "claim_lost"
    with transaction():
        take(case.id, cast.rui)
    with pytest.raises(Refused) as error, transaction():
        cures.offer(case.id, cast.rui)
    assert error.value.code == "no_cure"
    label = reports("li.na@example.org", kind="AI_LABEL_MISSING", content_ref="p2", regimes=("HOUSE",))
    with transaction():
        take(label.id, cast.rui)
        cases.get(label.id).subject.respondent = None
    with pytest.raises(Refused) as error, transaction():
        cures.offer(label.id, cast.rui)
    assert error.value.code == "no_account"
    other = reports("li.na@example.org", kind="AI_LABEL_MISSING", content_ref="p3", regimes=("HOUSE",))
    with transaction():
        take(other.id, cast.rui)
        offer = cures.offer(other.id, cast.rui)
    with transaction():
        cures.withdraw_offer(offer.id, cast.rui)
    with pytest.raises(Refused), transaction():
        cures.cure(offer.id)
    with pytest.raises(NotFound), transaction():
        cures.cure("nothing")


def test_a_decision_overtakes_the_offer(clock: time_machine.Traveller, cast: Cast) -> None:
    """Decided meanwhile: the tap comes too late, and the offer just falls away."""
    case = case_of(cast)
    offer = offered(case, cast)
    decided(case, cast.rui, choice(cases.get(case.id), actions=[("label_ai", None)]))
    with pytest.raises(Refused) as error, transaction():
        cures.cure(offer.id)
    assert error.value.code == "case_not_open"
    clock.move_to(offer.due_at + timedelta(minutes=1))
    with transaction():
        assert cures.lapse_due() == 0
    with transaction():
        assert queries.get(offer.id).state == "withdrawn"
    assert posted("cure.lapsed") == [] and queries.suggested(case.id) == ()


def test_a_reporter_may_appeal_against_a_cure(clock: time_machine.Traveller, cast: Cast) -> None:
    """She wanted more than a label; whoever offered the cure does not judge her appeal."""
    case = case_of(cast)
    offer = offered(case, cast)
    with transaction():
        cures.cure(offer.id)
    report = cases.active_reports(case.id)[0]
    with transaction():
        appeal = appeals.file(case.id, blind.reporter(report.id), "The label is hardly visible.")
    with pytest.raises(Refused) as error, transaction():
        appeals.take(appeal.id, cast.rui)
    assert error.value.code == "you_touched_it"
    with transaction():
        appeals.take(appeal.id, cast.mei)
        appeals.find(appeal.id, cast.mei, {report.id: "supported"})
    made = choice(cases.get(case.id), actions=[("label_ai", None), ("warn", None)])
    with transaction():
        appeals.decide(appeal.id, cast.mei, made)
    assert "warn" in in_force(case.id) and blind.get(appeal.id).outcome == "varied"


def test_a_live_stream_without_a_person(clock: time_machine.Traveller, cast: Cast) -> None:
    """Two tries of five minutes; nobody answers: the desk finds the stream's end ticked, and decides it itself."""
    case = case_of(cast, LIVE)
    with transaction():
        first = cures.challenge(case.id, cast.rui)
    assert first.due_at == MONDAY + timedelta(minutes=5) and posted("live.challenged") == [{"challenge_id": first.id}]
    with pytest.raises(Conflict) as running, transaction():
        cures.challenge(case.id, cast.rui)
    assert running.value.code == "challenge_running"
    clock.shift(timedelta(minutes=5, seconds=1))
    with transaction():
        assert cures.fail_due() == 1 and cures.fail_due() == 0
    assert queries.tries_left(case.id) == 1 and queries.suggested(case.id) == ()
    with transaction():
        second = cures.challenge(case.id, cast.rui)
    assert (second.number, second.due_at) == (2, now() + timedelta(minutes=5)) and second.phrase != first.phrase
    with transaction():
        cures.answer_challenge(second.id, cast.rui, passed=False)
    assert queries.suggested(case.id) == ("stream_cut",) and queries.tries_left(case.id) == 0
    with pytest.raises(Refused) as error, transaction():
        cures.challenge(case.id, cast.rui)
    assert error.value.code == "no_tries_left"
    ended = clock_of(f"case:{case.id}", "LIVENESS")
    assert ended is not None and ended.state == "met"


def test_the_second_time_within_90_days_the_desk_finds_live_streams_off(
    clock: time_machine.Traveller, cast: Cast
) -> None:
    """The book's `again`: another stream of the same account; after 90 days it counts no more."""
    first = reports("zhou.yun@example.org", kind=LIVE, regimes=("CN_LABEL", "HOUSE"))
    decided(first, cast.rui, choice(first, actions=[("stream_cut", None)]))
    assert queries.suggested(first.id) == ()
    clock.shift(timedelta(days=80))
    second = reports("zhou.yun@example.org", kind=LIVE, regimes=("CN_LABEL", "HOUSE"), content_ref="p2")
    assert queries.suggested(second.id) == ("live_off",)
    clock.shift(timedelta(days=11))
    assert queries.suggested(second.id) == ()


def test_a_person_answers(clock: time_machine.Traveller, cast: Cast) -> None:
    """The phrase was said: nothing is suggested; noted after its time it counts as failed."""
    case = case_of(cast, LIVE)
    with transaction():
        asked = cures.challenge(case.id, cast.rui)
    clock.shift(timedelta(minutes=2))
    with transaction():
        assert cures.answer_challenge(asked.id, cast.rui, passed=True).state == "passed"
    with pytest.raises(Refused), transaction():
        cures.answer_challenge(asked.id, cast.rui, passed=False)
    with transaction():
        late = cures.challenge(case.id, cast.rui)
    clock.shift(timedelta(minutes=6))
    with transaction():
        cures.fail_due()
    with pytest.raises(Refused) as error, transaction():
        cures.answer_challenge(late.id, cast.rui, passed=True)
    assert error.value.code == "cannot_pass" and queries.suggested(case.id) == ()


def test_the_database_keeps_one_of_each_open(clock: time_machine.Traveller, cast: Cast) -> None:
    """Two offers or two challenges at once are refused below the verbs, too."""
    case = case_of(cast, LIVE)
    with transaction():
        asked = cures.challenge(case.id, cast.rui)
    twin = {c.key: getattr(asked, c.key) for c in LiveChallenge.__mapper__.column_attrs} | {"id": new_id(), "number": 9}
    with pytest.raises(IntegrityError), transaction():
        db.session.add(LiveChallenge(**twin))


def test_the_timers_are_wired() -> None:
    """Each timer's topic leads to its handler."""
    topics = {timer.topic for timer in TIMERS}
    for topic, handler in {"cures.lapsing": job.lapse, "challenges.failing": job.fail}.items():
        assert topic in topics
        assert [h.name for h in ROUTES[topic]] == [f"{handler.__module__}.{handler.__name__}"]


def test_an_offer_takes_a_waiting_proposal_back(clock: time_machine.Traveller, cast: Cast) -> None:
    """Nobody is told "put it right and nothing happens" while a second person can still agree to a penalty."""
    case = case_of(cast)
    with transaction():
        proposal = decision_verbs.decide(
            case.id, cast.rui, case.version, choice(case, actions=[("label_ai", None), ("suspend", 14)])
        )
    assert isinstance(proposal, Proposal)
    with transaction():
        take(case.id, cast.rui)
    offered(case, cast)
    with pytest.raises(Conflict), transaction():
        decision_verbs.agree(proposal.id, cast.mei)
    assert cases.get(case.id).state == "open" and decisions.latest(case.id) is None
