"""Putting it right before anyone punishes: a cure offered, taken with one tap or lapsed; a live stream challenged.

The cure is a decision of its own ('cure': no strike, the case closes); a lapse or a failed challenge decides nothing,
it only brings the case back to the desk with the book's measure ticked (`queries.suggested`).
"""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy.exc import IntegrityError

from webapp.core import outbox
from webapp.core.audit import SYSTEM, Actor, record
from webapp.core.clock import now
from webapp.core.db import db, require_transaction, settings
from webapp.core.errors import Conflict, Refused
from webapp.core.ids import new_id
from webapp.domain.cases import queries as cases
from webapp.domain.cases.claims import require_claim
from webapp.domain.cases.life import as_actor, changed, tell_case, touch
from webapp.domain.cases.models import Case
from webapp.domain.cases.rules import LIVE
from webapp.domain.cases.weighing import weigh
from webapp.domain.clocks import service as clocks
from webapp.domain.clocks.rules import due
from webapp.domain.cures import queries, rechecks, rules
from webapp.domain.cures.models import CureOffer, LiveChallenge
from webapp.domain.cures.rules import CHALLENGE, OFFER
from webapp.domain.decisions import service as decisions
from webapp.domain.decisions.models import Decision
from webapp.domain.policy.queries import book
from webapp.domain.staff.models import Staff


def offer(case_id: str, staff: Staff) -> CureOffer:
    """Let the account put it right by itself within the book's days. Posts `cure.offered`.

    Meanwhile clocks that may pause stand still; a penalty proposed before no longer fits. Once per case. Raises
    Refused: 'no_cure', 'case_not_open', 'no_account' (nobody to offer it to), Conflict: 'cure_offered_already',
    'claim_lost', 'claimed_by_other'.
    """
    require_transaction("cures.offer")
    case = _open_case(case_id, staff)
    cure = rules.cure_of(case.kind, book())
    if cure is None:
        raise Refused("no_cure")
    if case.subject.respondent_id is None:
        raise Refused("no_account")
    if queries.offer_of(case_id) is not None:
        raise Conflict("cure_offered_already")
    moment = now()
    code = rules.clock_of(case.kind, "cure_offered", book())
    span = book().clocks[code].span if code else None
    made = CureOffer(
        id=new_id(),
        case_id=case_id,
        kind=case.kind,
        action=cure.action,
        staff_id=staff.id,
        state=OFFER.start,
        offered_at=moment,
        due_at=due(moment, span, settings().timezone) if span else moment + timedelta(days=cure.days),
    )
    db.session.add(made)
    try:
        db.session.flush()  # one open offer a case: the index speaks
    except IntegrityError:
        raise Conflict("cure_offered_already") from None
    touch(case_id, staff.id)
    changed(case, as_actor(staff))  # nobody is promised a way out while a second person agrees to a penalty
    record(as_actor(staff), "cure.offer", "case", case_id, offer=made.id, action=made.action)
    tell_case(case, "cure_offered")
    for on_id in _clocks_on(case):
        clocks.pause(on_id, "cure")
    weigh(case)
    outbox.post("cure.offered", offer_id=made.id)
    return made


def cure(offer_id: str) -> Decision:
    """The account's one tap: the platform is asked for the measure, the case closes, nobody is punished.

    What follows (platform, letters) comes with `decision.made`. Raises Refused: 'cannot_cure' (done, lapsed, taken
    back), 'cure_too_late', 'case_not_open'.
    """
    require_transaction("cures.cure")
    found = queries.get(offer_id)
    state = OFFER.step(found.state, "cure")
    if now() > found.due_at:
        raise Refused("cure_too_late")
    case = cases.get(found.case_id)
    if case.state not in LIVE:
        raise Refused("case_not_open", state=case.state)
    found.state, found.ended_at = state, now()
    record(Actor("respondent", case.subject.respondent_id or ""), "cure.take", "case", case.id, offer=found.id)
    _go_on(case)
    made = decisions.cured(case.id, found.action, found.staff_id)
    rechecks.ask(found)
    return made


def withdraw_offer(offer_id: str, staff: Staff) -> CureOffer:
    """The desk takes an offer back (new reports show it is worse). Raises Refused('cannot_withdraw')."""
    require_transaction("cures.withdraw_offer")
    found = queries.get(offer_id)
    found.state, found.ended_at = OFFER.step(found.state, "withdraw"), now()
    case = cases.get(found.case_id)
    touch(case.id, staff.id)
    record(as_actor(staff), "cure.withdraw", "case", case.id, offer=found.id)
    _go_on(case)
    weigh(case)
    return found


def lapse(offer_id: str) -> bool:
    """The time is over and nothing was put right: the case is the desk's again. False when something came first.

    Posts `cure.lapsed`, unless the case was decided meanwhile: then the offer just fell away.
    """
    require_transaction("cures.lapse")
    found = queries.get(offer_id)
    if found.state != OFFER.start or found.due_at >= now():
        return False
    case = cases.get(found.case_id)
    open_still = case.state in LIVE
    found.state, found.ended_at = OFFER.step(found.state, "lapse" if open_still else "withdraw"), now()
    record(SYSTEM, f"cure.{'lapse' if open_still else 'withdraw'}", "case", case.id, offer=found.id)
    if open_still:
        changed(case, SYSTEM)  # whoever has the form open decides on what is true now
        _go_on(case)
        weigh(case)
        outbox.post("cure.lapsed", offer_id=found.id)
    return open_still


def lapse_due() -> int:
    """Let offers lapse whose time is over; gives how many."""
    require_transaction("cures.lapse_due")
    return sum(lapse(offer_id) for offer_id in queries.lapsing())


def challenge(case_id: str, staff: Staff) -> LiveChallenge:
    """Ask the person behind a live stream to say a random phrase within minutes. Posts `live.challenged`.

    Raises Refused: 'case_not_open', 'no_tries_left', Conflict: 'challenge_running', 'claim_lost', 'claimed_by_other'.
    """
    require_transaction("cures.challenge")
    case = _open_case(case_id, staff)
    before = queries.challenges_of(case_id)
    if any(one.state == CHALLENGE.start for one in before):
        raise Conflict("challenge_running")
    if not rules.tries_left([one.state for one in before], book()):
        raise Refused("no_tries_left")
    moment = now()
    code = rules.clock_of(case.kind, "live_challenged", book())
    if not code or book().clocks[code].span is None:
        raise Refused("no_challenge")
    on_id = f"case:{case_id}"
    clock = clocks.restart(code, on_id, case_id=case_id, priority=case.priority, at=moment)
    if clock is None:
        raise Refused("no_challenge")
    made = LiveChallenge(
        id=new_id(),
        case_id=case_id,
        number=len(before) + 1,
        phrase=rules.phrase(),
        staff_id=staff.id,
        state=CHALLENGE.start,
        asked_at=moment,
        due_at=clock.due_at,
    )
    db.session.add(made)
    try:
        db.session.flush()  # one open challenge a case: the index speaks
    except IntegrityError:
        raise Conflict("challenge_running") from None
    touch(case_id, staff.id)
    record(as_actor(staff), "live.challenge", "case", case_id, challenge=made.id, number=made.number)
    outbox.post("live.challenged", challenge_id=made.id)
    return made


def answer_challenge(challenge_id: str, staff: Staff, passed: bool) -> LiveChallenge:
    """A reviewer watched: the phrase was said, or it was not. Raises Refused: 'cannot_pass' or 'cannot_fail' once the
    time is over and the challenge counted as failed.
    """
    require_transaction("cures.answer_challenge")
    found = queries.challenge(challenge_id)
    verb = "pass" if passed else "fail"
    found.state, found.answered_at = CHALLENGE.step(found.state, verb), now()
    touch(found.case_id, staff.id)
    _answered(found, as_actor(staff), verb)
    return found


def fail(challenge_id: str) -> bool:
    """Nobody noted an answer in time: it counts as failed. False when somebody did."""
    require_transaction("cures.fail")
    found = queries.challenge(challenge_id)
    if found.state != CHALLENGE.start or found.due_at >= now():
        return False
    found.state, found.answered_at = CHALLENGE.step(found.state, "fail"), now()
    _answered(found, SYSTEM, "fail")
    return True


def fail_due() -> int:
    """Let challenges fail whose time is over; gives how many."""
    require_transaction("cures.fail_due")
    return sum(fail(challenge_id) for challenge_id in queries.unanswered())


def _answered(found: LiveChallenge, actor: Actor, verb: str) -> None:
    case = cases.get(found.case_id)
    record(actor, f"live.{verb}", "case", case.id, challenge=found.id, number=found.number)
    tell_case(case, "challenge_answered")
    changed(case, actor)  # whoever has the form open decides on what is true now
    weigh(case)


def _open_case(case_id: str, staff: Staff) -> Case:
    case = cases.get(case_id)
    if case.state not in LIVE:
        raise Refused("case_not_open", state=case.state)
    require_claim(case_id, staff)
    return case


def _clocks_on(case: Case) -> list[str]:
    return [f"case:{case.id}", *(f"report:{report.id}" for report in cases.active_reports(case.id))]


def _go_on(case: Case) -> None:
    """What stood still for the cure goes on, unless something else holds it (a notice waits for missing items)."""
    for on_id in _clocks_on(case):
        clocks.resume(on_id, "cure")
