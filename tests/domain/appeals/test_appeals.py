"""Appeals: once a party, within the window, by somebody new to the case, found blind, then kept, varied or reversed."""

from __future__ import annotations

from datetime import timedelta

import pytest
import time_machine
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from tests.conftest import Cast
from tests.domain.appeals.story import (
    choice,
    countered,
    decided,
    fresh,
    in_force,
    paper,
    posted,
    rejected,
    removed,
    report_of,
    reports,
    tick,
)
from webapp.core.audit import Actor
from webapp.core.clock import now
from webapp.core.db import db, transaction
from webapp.core.errors import Conflict, NotFound, Refused
from webapp.domain.appeals import blind
from webapp.domain.appeals import service as appeals
from webapp.domain.appeals.blind import RESPONDENT, reporter
from webapp.domain.appeals.models import Appeal
from webapp.domain.cases import queries as cases
from webapp.domain.cases.service import answer_respondent, touch
from webapp.domain.clocks.queries import get as clock_of
from webapp.domain.decisions import queries as decisions
from webapp.domain.decisions.models import Decision
from webapp.domain.staff.models import Staff

ACCOUNT = "I drew both pictures; the older one is mine, too."


def filed(case_id: str, party: str = RESPONDENT) -> Appeal:
    """An appeal of this party."""
    with transaction():
        return appeals.file(case_id, party, ACCOUNT)


def found(appeal: Appeal, staff: Staff, finding: str) -> None:
    """Somebody takes it and answers every report alike, blind."""
    with transaction():
        appeals.take(appeal.id, staff)
        appeals.find(appeal.id, staff, {r.id: finding for r in cases.active_reports(appeal.case_id)})


def again(appeal: Appeal) -> Appeal:
    """The appeal as it is now."""
    return db.session.get_one(Appeal, appeal.id, populate_existing=True)


def refusal(code: str) -> pytest.RaisesExc[Refused]:
    """Whatever is done inside is refused with this code."""
    return pytest.raises(Refused, check=lambda error: error.code == code)


def test_overturned_by_a_second_person(clock: time_machine.Traveller, cast: Cast) -> None:
    """The account appeals; Mei, new to the case, finds nothing: the content comes back, the points go."""
    decision = removed(cast)
    appeal = filed(decision.case_id)
    assert appeal.reference.startswith("A-") and posted("appeal.filed") == [{"appeal_id": appeal.id}]
    running = clock_of(f"appeal:{appeal.id}", "APPEAL_DECIDE")
    assert running is not None and running.due_at > now() + timedelta(days=7)
    assert cases.get(decision.case_id).due_code == "APPEAL_DECIDE"
    clock.shift(timedelta(days=2))
    found(appeal, cast.mei, "not_supported")
    with transaction():
        appeals.decide(appeal.id, cast.mei, rejected(cases.get(decision.case_id)))
    appeal = again(appeal)
    assert (appeal.state, appeal.outcome) == ("decided", "reversed")
    assert appeal.outcome_decision_id == decisions.latest(decision.case_id).id  # type: ignore[union-attr]  # just made
    assert in_force(decision.case_id) == [] and decisions.active_points("acc") == 0
    assert posted("appeal.decided") == [{"appeal_id": appeal.id}]
    ended = clock_of(f"appeal:{appeal.id}", "APPEAL_DECIDE")
    assert ended is not None and ended.state == "met"
    with pytest.raises(Conflict):
        filed(decision.case_id)
    with refusal("cannot_take"), transaction():
        appeals.take(appeal.id, cast.ada)


def test_varied_and_upheld(clock: time_machine.Traveller, cast: Cast) -> None:
    """The account gets less than first; the reporter's own appeal, by a third person, leaves it at that."""
    decision = removed(cast)
    appeal = filed(decision.case_id)
    found(appeal, cast.mei, "supported")
    milder = choice(cases.get(decision.case_id), actions=[("geo_block", None)], reason="Only a few strokes are alike.")
    with transaction():
        appeals.decide(appeal.id, cast.mei, milder)
    assert again(appeal).outcome == "varied" and "remove" not in in_force(decision.case_id)
    second = filed(decision.case_id, reporter(report_of(decision.case_id).id))
    assert second.decision_id != decision.id
    with refusal("you_touched_it"), transaction():
        appeals.take(second.id, cast.mei)
    found(second, cast.lan, "supported")
    with transaction():
        appeals.decide(second.id, cast.lan, None, "Two strokes in forty: less reach is enough.")
    assert (again(second).outcome, again(second).outcome_decision_id) == ("upheld", None)
    assert again(second).reason.startswith("Two strokes")
    assert "geo_block" in in_force(decision.case_id)


def test_deciding_the_same_again_is_upholding(clock: time_machine.Traveller, cast: Cast) -> None:
    """A choice that leads to what holds writes no new decision, whatever its wording."""
    case, other = reports("zhou.yun@example.org"), reports("li.na@example.org", content_ref="p2")
    appeal = filed(decided(case, cast.rui, rejected(case)).case_id, reporter(report_of(case.id).id))
    found(appeal, cast.mei, "not_supported")
    with transaction():
        appeals.decide(appeal.id, cast.mei, rejected(cases.get(case.id)))
    assert again(appeal).outcome == "upheld" and len(decisions.all_of(case.id)) == 1
    appeal = filed(decided(other, cast.rui).case_id)
    found(appeal, cast.mei, "supported")
    with transaction():
        appeals.decide(appeal.id, cast.mei, choice(cases.get(other.id), reason="I see the same."))
    assert again(appeal).outcome == "upheld" and len(decisions.all_of(other.id)) == 1


def test_a_rejected_reporter_wins(clock: time_machine.Traveller, cast: Cast) -> None:
    """Her report was rejected; the second person supports it, and the measures begin now."""
    case = reports("zhou.yun@example.org")
    decision = decided(case, cast.rui, rejected(case))
    assert blind.door(case.id, RESPONDENT).decision is None, "nothing was decided against the account"
    appeal = filed(decision.case_id, reporter(report_of(case.id).id))
    found(appeal, cast.mei, "supported")
    with transaction():
        appeals.decide(appeal.id, cast.mei, choice(cases.get(case.id)))
    assert again(appeal).outcome == "reversed" and "remove" in in_force(case.id)


def test_nothing_of_the_first_decision_before_her_findings(clock: time_machine.Traveller, cast: Cast) -> None:
    """She sees reports, evidence, the drawer and the parties' words; who, what and why only after she has found."""
    decision = removed(cast)
    licence = paper("A licence", source="respondent")
    with transaction():
        appeals.add_proof(decision.case_id, licence, "LICENCE")
        answer_respondent(cases.get(decision.case_id), "Please look at the date.", Actor("respondent", "acc"))
    countered(decision)
    appeal = filed(decision.case_id)
    with transaction():
        appeals.take(appeal.id, cast.mei)
        appeals.take(appeal.id, cast.mei)
    look = blind.look(again(appeal))
    assert look.decision is None and look.findings == {}
    hidden = {staff.name: blind.hides(decision.case_id, staff.id) for staff in (cast.rui, cast.mei, cast.lan)}
    assert hidden == {"Rui": False, "Mei": True, "Lan": True}, "whoever decided it knows it"
    assert [r.id for r in look.reports] == [report_of(decision.case_id).id] and len(look.proofs) == 1
    assert [m.text for m in look.messages] == ["Please look at the date."]
    assert look.counter_statement == "I drew it myself."
    with refusal("find_first"), transaction():
        appeals.decide(appeal.id, cast.mei, None)
    with refusal("finding_missing"), transaction():
        appeals.find(appeal.id, cast.mei, {})
    with refusal("not_yours"), transaction():
        appeals.find(appeal.id, cast.lan, {r.id: "supported" for r in look.reports})
    with transaction():
        appeals.find(appeal.id, cast.mei, {r.id: "supported" for r in cases.active_reports(decision.case_id)})
    shown = blind.look(again(appeal)).decision
    assert shown is not None and (shown.id, shown.staff_id) == (decision.id, cast.rui.id)
    assert not blind.hides(decision.case_id, cast.mei.id) and blind.hides(decision.case_id, cast.lan.id)
    with transaction():
        appeals.release(appeal.id, cast.mei)
    assert again(appeal).findings == {} and blind.look(again(appeal)).decision is None


def test_who_may_take_it(clock: time_machine.Traveller, cast: Cast) -> None:
    """Not who decided it, not who ever held it; of two who reach for it one is told whose it is."""
    decision = removed(cast)
    appeal = filed(decision.case_id)
    with transaction():
        touch(decision.case_id, cast.lan.id)
    for staff in (cast.rui, cast.lan):
        with refusal("you_touched_it"), transaction():
            appeals.take(appeal.id, staff)
        assert blind.waiting(staff) == []
    assert [(a.id, due is not None) for a, due in blind.waiting(cast.mei)] == [(appeal.id, True)]
    with transaction():
        appeals.take(appeal.id, cast.mei)
    with pytest.raises(Conflict) as error, transaction():
        appeals.take(appeal.id, cast.ada)
    assert (error.value.code, error.value.params) == ("claimed_by_other", {"name": "Mei"})
    assert [a.id for a, _due in blind.waiting(cast.mei)] == [appeal.id] and blind.waiting(cast.ada) == []


def test_the_queue_shows_what_is_due_first(clock: time_machine.Traveller, cast: Cast) -> None:
    """The oldest due first, whenever it came."""
    first, second = removed(cast, content_ref="p1"), removed(cast, content_ref="p2")
    filed(second.case_id)
    clock.shift(timedelta(days=1))
    filed(first.case_id)
    assert [a.case_id for a, _due in blind.waiting(cast.mei)] == [second.case_id, first.case_id]


@pytest.mark.parametrize("verb", ["insert", "update", "later"])
def test_the_database_itself_refuses(clock: time_machine.Traveller, cast: Cast, verb: str) -> None:
    """Whoever goes past the verbs meets the trigger: on a new row, on a changed reviewer, on the next step."""
    decision = removed(cast)
    appeal = filed(decision.case_id)
    statements = {
        "insert": "INSERT INTO appeal (id, reference, case_id, decision_id, party, text, state, filed_at, reviewer_id, "
        "findings, outcome, reason) SELECT 'x', 'A-X', case_id, decision_id, 'reporter:x', text, 'taken', filed_at, "
        ":who, findings, '', '' FROM appeal",
        "update": "UPDATE appeal SET reviewer_id = :who, state = 'taken'",
        "later": "UPDATE appeal SET state = 'found', found_at = filed_at",
    }
    if verb == "later":
        with transaction():
            appeals.take(appeal.id, cast.mei)
            touch(decision.case_id, cast.mei.id)
    with pytest.raises(DBAPIError, match="must not have touched"), transaction():
        db.session.execute(text(statements[verb]), {"who": cast.rui.id} if verb != "later" else {})
    assert db.session.query(Appeal).filter_by(reviewer_id=cast.rui.id).count() == 0


def test_one_person_does_not_decide_both_appeals(clock: time_machine.Traveller, cast: Cast) -> None:
    """Both sides appeal and Mei takes both: after the first she has touched the case, so the other needs a third."""
    decision = removed(cast)
    account, hers = filed(decision.case_id), filed(decision.case_id, reporter(report_of(decision.case_id).id))
    found(account, cast.mei, "supported")
    found(hers, cast.mei, "supported")
    with transaction():
        appeals.decide(account.id, cast.mei, None)
    with refusal("you_touched_it"), transaction():
        appeals.decide(hers.id, cast.mei, None)
    with transaction():
        appeals.release(hers.id, cast.mei)
    found(hers, cast.lan, "supported")
    with transaction():
        appeals.decide(hers.id, cast.lan, None)
    assert again(hers).outcome == "upheld" and not blind.open_in(decision.case_id)


def test_what_cannot_be_appealed(clock: time_machine.Traveller, cast: Cast) -> None:
    """No empty appeal, nobody else's report, nothing undecided, nothing after the window."""
    case = reports("zhou.yun@example.org")
    with refusal("appeal_nothing"):
        filed(case.id)
    decision = decided(case, cast.rui)
    with refusal("text_missing"), transaction():
        appeals.file(case.id, RESPONDENT, "  ")
    with refusal("appeal_nothing"):
        filed(case.id, reporter("somebody-elses"))
    assert blind.door(case.id, RESPONDENT).open
    clock.shift(timedelta(days=180))
    assert blind.door(case.id, RESPONDENT).open, "the last day counts"
    clock.shift(timedelta(days=1))
    assert not blind.door(case.id, RESPONDENT).open
    with refusal("appeal_too_late"):
        filed(decision.case_id)
    with pytest.raises(NotFound):
        blind.by_reference("A-0000-0000")


def test_an_appeal_overtakes_the_counter_notice(clock: time_machine.Traveller, cast: Cast) -> None:
    """The second person puts the content back: the waiting time has nothing left to wait for."""
    decision = removed(cast)
    counter = countered(decision)
    with transaction():
        appeals.mark_read(counter.id, report_of(decision.case_id).id)
    appeal = filed(decision.case_id)
    found(appeal, cast.mei, "not_supported")
    with transaction():
        appeals.decide(appeal.id, cast.mei, rejected(cases.get(decision.case_id)))
    assert (fresh(counter).state, fresh(counter).end) == ("restored", "appeal")
    made = db.session.query(Decision).filter_by(case_id=decision.case_id).count()
    clock.shift(timedelta(days=30))
    tick()
    assert db.session.query(Decision).filter_by(case_id=decision.case_id).count() == made


def test_after_the_content_is_back_the_way_is_the_court(clock: time_machine.Traveller, cast: Cast) -> None:
    """Neither side appeals against a restoration."""
    decision = removed(cast)
    counter = countered(decision)
    with transaction():
        appeals.mark_read(counter.id, report_of(decision.case_id).id)
    clock.shift(timedelta(days=20))
    tick()
    assert fresh(counter).state == "restored"
    for party in (RESPONDENT, reporter(report_of(decision.case_id).id)):
        assert blind.door(decision.case_id, party).decision is None


def test_the_preview_says_what_one_person_cannot_decide(cast: Cast) -> None:
    """A closure on appeal is refused where it is looked at, as where it is decided; something lighter is possible."""
    decision = removed(cast)
    appeal = filed(decision.case_id, reporter(report_of(decision.case_id).id))
    found(appeal, cast.mei, "supported")
    case = cases.get(decision.case_id)
    closure = choice(case, actions=[("remove", None), ("close", None)])
    with refusal("appeal_too_heavy"):
        appeals.foresee(again(appeal), closure)
    with refusal("appeal_too_heavy"), transaction():
        appeals.decide(appeal.id, cast.mei, closure)
    lighter = choice(case, actions=[("remove", None), ("suspend", 3)])
    assert appeals.foresee(again(appeal), lighter)[0] == "varied"
    with transaction():
        appeals.decide(appeal.id, cast.mei, lighter)
    assert in_force(case.id) == ["remove", "suspend"]


def test_who_has_found_and_gives_it_back_cannot_find_again(clock: time_machine.Traveller, cast: Cast) -> None:
    """Giving back before finding costs nothing; afterwards she was shown the first decision, so another must come."""
    appeal = filed(removed(cast).case_id)
    with transaction():
        appeals.take(appeal.id, cast.mei)
        appeals.release(appeal.id, cast.mei)
    found(appeal, cast.mei, "supported")
    with transaction():
        appeals.release(appeal.id, cast.mei)
    with refusal("you_touched_it"), transaction():
        appeals.take(appeal.id, cast.mei)
    found(appeal, cast.lan, "supported")


def test_what_came_back_by_law_is_not_taken_down_again_by_appeal(clock: time_machine.Traveller, cast: Cast) -> None:
    """The claimant appealed for more, then her waiting time ran out: an appeal is no way round the court. Another's
    report that nobody answered can still be found right."""
    case = reports("zhou.yun@example.org", "li.na@example.org")
    mine, other = (r.id for r in cases.active_reports(case.id))
    split = choice(case, findings={mine: "supported", other: "not_supported"})
    decision = decided(case, cast.rui, split)
    appeal = filed(case.id, reporter(mine))
    counter = countered(decision)
    with transaction():
        appeals.mark_read(counter.id, mine)
    clock.shift(timedelta(days=20))
    tick()
    assert fresh(counter).state == "restored" and in_force(case.id) == []
    with transaction():
        appeals.take(appeal.id, cast.mei)
        appeals.find(appeal.id, cast.mei, split.findings)
    with refusal("appeal_nothing"):
        appeals.foresee(again(appeal), split)
    with refusal("appeal_nothing"), transaction():
        appeals.decide(appeal.id, cast.mei, split)
    assert in_force(case.id) == [] and again(appeal).state == "found"
    with transaction():
        appeals.decide(appeal.id, cast.mei, choice(cases.get(case.id)))
    assert "remove" in in_force(case.id)
