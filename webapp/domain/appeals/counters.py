"""A counter-notice sets out: proof drawer, filed, completed, forwarded. `waiting` counts, `restoring` ends it."""

from __future__ import annotations

import json
from collections.abc import Mapping

from sqlalchemy.exc import IntegrityError

from webapp.core import outbox
from webapp.core.audit import SYSTEM, Actor, record
from webapp.core.clock import now
from webapp.core.db import db, require_transaction
from webapp.core.errors import Conflict, Refused
from webapp.core.ids import new_id
from webapp.domain.appeals import queries, restoring, rules, waiting
from webapp.domain.appeals.models import CounterForward, CounterNotice, ProofItem
from webapp.domain.appeals.rules import COUNTER, LONGEST
from webapp.domain.decisions.models import Decision
from webapp.domain.evidence.models import Evidence
from webapp.domain.evidence.service import freeze
from webapp.domain.policy.queries import book


def add_proof(case_id: str, evidence: Evidence, defence: str = "", note: str = "") -> ProofItem:
    """Put something into the proof drawer (a consent, a licence); no reporter ever sees the file.

    Again changes nothing. `defence` is a code of book().defences or ''. Raises Refused: 'defence_unknown',
    'text_too_long' (limit).
    """
    require_transaction("appeals.add_proof")
    _fits(defence, note)
    found = db.session.get(ProofItem, (case_id, evidence.id))
    if found is None:
        found = ProofItem(case_id=case_id, evidence_id=evidence.id, defence=defence, note=note, added_at=now())
        db.session.add(found)
        record(Actor("respondent", ""), "proof.add", "case", case_id, evidence=evidence.id, defence=defence)
    return found


def file_counter(
    case_id: str, decision: Decision, regime: str, fields: Mapping[str, str], statement: str, defence: str = ""
) -> CounterNotice:
    """The respondent's counter-notice against a decision: returned with what is missing, or valid and forwarded.

    `regime` is the one the form was shown for (`queries.door`), `fields` what was typed: field of the book → text, any
    text standing for a ticked box. Posts `counter.filed`. Raises Conflict('counter_filed_already'), Refused:
    'counter_not_possible' (only the appeal is open), 'counter_regime' (the reports changed meanwhile: show the form
    again), 'counter_too_late', 'defence_unknown', 'text_too_long'.
    """
    require_transaction("appeals.file_counter")
    door = queries.door(decision)
    if door.sent is not None:
        raise Conflict("counter_filed_already")
    if decision.case_id != case_id or not door.regime:
        raise Refused("counter_not_possible")
    if regime != door.regime:
        raise Refused("counter_regime")
    if not door.open:
        raise Refused("counter_too_late")
    _fits(defence, statement)
    counter = CounterNotice(
        id=new_id(),
        case_id=case_id,
        decision_id=decision.id,
        regime=regime,
        fields=json.dumps(rules.kept(book().regimes[regime], fields), ensure_ascii=False),
        statement=statement.strip(),
        defence=defence,
        state=COUNTER.start,
        filed_at=now(),
    )
    db.session.add(counter)
    try:
        db.session.flush()  # the unique key speaks: of two sent at once one is the counter-notice
    except IntegrityError:
        raise Conflict("counter_filed_already") from None
    record(_respondent(counter), "counter.file", "counter", counter.id, case=case_id, regime=regime)
    _check(counter)
    outbox.post("counter.filed", counter_id=counter.id)
    return counter


def complete_counter(
    counter: CounterNotice, fields: Mapping[str, str], statement: str = "", defence: str = ""
) -> CounterNotice:
    """Add what was missing; '' keeps what was typed before. Valid and forwarded as soon as nothing is missing.

    Posts `counter.filed` again (a new receipt). Raises Refused: 'cannot_complete' (it was not returned),
    'defence_unknown', 'text_too_long'.
    """
    require_transaction("appeals.complete_counter")
    counter = queries.locked(counter.id)
    if counter.state != COUNTER.start:
        raise Refused("cannot_complete", state=counter.state)
    _fits(defence, statement)
    typed = {code: text for code, text in fields.items() if text.strip()}
    merged = rules.kept(book().regimes[counter.regime], queries.fields(counter) | typed)
    counter.fields = json.dumps(merged, ensure_ascii=False)
    counter.statement = statement.strip() or counter.statement
    counter.defence = defence or counter.defence
    record(_respondent(counter), "counter.complete", "counter", counter.id, case=counter.case_id)
    _check(counter)
    outbox.post("counter.filed", counter_id=counter.id)
    return counter


def _check(counter: CounterNotice) -> None:
    """Note what is missing; a whole one is valid from this moment, and forwarded."""
    papers = queries.proofs(counter.case_id)
    regime = book().regimes[counter.regime]
    counter.missing = list(rules.missing(regime, queries.fields(counter), counter.statement, len(papers)))
    if counter.missing:
        return
    counter.state = COUNTER.step(counter.state, "complete")
    counter.valid_at = now()
    freeze([paper.evidence_id for paper in papers], _respondent(counter))
    waiting.tell_clocks(counter, "counter_valid")
    forward(counter)


def forward(counter: CounterNotice) -> None:
    """Send the redacted copy to each claimant who could sue, and start waiting where waiting runs from the receipt
    (DMCA) rather than from arrival. Restores at once where the operator chose so (RTCI art 17).

    Posts `counter.forwarded`: a letter to each. Raises Refused('cannot_forward') in any other state than valid.
    """
    require_transaction("appeals.forward")
    counter.state = COUNTER.step(counter.state, "forward")
    counter.forwarded_at = now()
    whom = rules.claimants(queries.claims(counter.decision), book())
    for claim in whom:
        db.session.add(CounterForward(counter_id=counter.id, report_id=claim.report_id))
    record(SYSTEM, "counter.forward", "counter", counter.id, reports=[claim.report_id for claim in whom])
    waiting.tell_clocks(counter, "counter_forwarded")
    outbox.post("counter.forwarded", counter_id=counter.id)
    regime = book().regimes[counter.regime]
    if rules.immediate(regime, book()) or not regime.wait:
        restoring.restore(counter, "immediate")
    elif not whom:
        restoring.restore(counter, "claim_withdrawn")  # the last one left between the form and its sending
    elif book().clocks[regime.wait].starts != "arrived":
        waiting.start_waiting(counter, counter.valid_at or counter.forwarded_at)


def _fits(defence: str, text: str) -> None:
    if defence and defence not in book().defences:
        raise Refused("defence_unknown")
    if len(text) > LONGEST:
        raise Refused("text_too_long", limit=LONGEST)


def _respondent(counter: CounterNotice) -> Actor:
    return Actor("respondent", counter.case.subject.respondent_id or "")
