"""A counter-notice in words: its state, how it stands with each claimant, until when content stays down."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from webapp.core.i18n import _, lazy, pick, when, when_zoned
from webapp.desk import queries as desk_queries
from webapp.desk import words
from webapp.domain.appeals import queries, rules
from webapp.domain.appeals.models import CounterForward, CounterNotice
from webapp.domain.appeals.redaction import NAMES, PRIVATE
from webapp.domain.appeals.restoring import EXTENSION
from webapp.domain.policy.queries import book

STATES = {
    "returned": (lazy("Waits to be completed"), "warn"),
    "valid": (lazy("About to be forwarded"), "accent"),
    "forwarded": (lazy("Waits for arrival"), "accent"),
    "waiting": (lazy("Waiting time runs"), "accent"),
    "held": (lazy("Held until a judgment"), "warn"),
    "restored": (lazy("The content is back"), "ok"),
    "refused": (lazy("The content stays down"), "plain"),
    "withdrawn": (lazy("Taken back"), "plain"),
}
ENDS = {
    "elapsed": lazy("the waiting time ran out"),
    "immediate": lazy("put back at once"),
    "claim_withdrawn": lazy("the claim was given up"),
    "court": lazy("a court, an authority or a settlement said so"),
    "upheld": lazy("a court or an authority upheld the claim"),
    "appeal": lazy("an appeal decided it"),
    "withdrawn": lazy("the account took it back"),
}
PROOFS = {"suit": lazy("proof of a suit"), "complaint": lazy("proof of a complaint to an authority")}
IDENTITY = (*NAMES, *PRIVATE)  # fields shown only after a reason


@dataclass(frozen=True)
class Claimant:
    """How one claimant stands towards it. Who it is stays with the report."""

    report_id: str
    reference: str
    steps: list[tuple[str, str]]
    arrived: bool
    proof: str
    proof_id: str
    gone: bool


@dataclass(frozen=True)
class Row:
    """One line of the list."""

    id: str
    case: str
    regime: str
    state: str
    tone: str
    filed: str
    copies: str
    until: words.Clock | None
    proofs: str
    end: str


@dataclass(frozen=True)
class Shown:
    """The page of one."""

    row: Row
    facts: list[tuple[str, str]]
    statement: str
    defence: str
    fields: list[tuple[str, str]]
    closed: list[str]
    claimants: list[Claimant]
    missing: list[str]
    can_confirm: bool
    can_extend: bool
    held: bool


def row(counter: CounterNotice, moment: datetime) -> Row:
    """One as the list shows it. Needs case and forwards loaded."""
    said, tone = STATES[counter.state]
    forwards = counter.forwards
    arrived = sum(f.arrived_at is not None for f in forwards)
    end = rules.restore_at(counter.restore_from, counter.restore_by) if counter.restore_by else None
    proofs = dict.fromkeys(str(PROOFS[f.proof_kind]) for f in forwards if f.proof_kind)
    why = ENDS.get(counter.end)
    return Row(
        id=counter.id,
        case=counter.case.reference,
        regime=_regime(counter.regime),
        state=str(said),
        tone=tone,
        filed=when(counter.filed_at),
        copies=_("%(n)s of %(all)s", n=arrived, all=len(forwards)) if forwards else "",
        until=words.Clock(when(end), end.isoformat(), "plain", words.clock(end, moment).text)
        if end and counter.state == "waiting"
        else None,
        proofs=_(", ").join(proofs),
        end=_("%(why)s, %(when)s", why=str(why), when=when(counter.ended_at)) if why else "",
    )


def _regime(code: str) -> str:
    entry = book().regimes.get(code)
    return pick(entry.words) if entry else code


def gather(counter: CounterNotice, moment: datetime) -> Shown:
    """One in full, without what names or finds whoever sent it."""
    typed = queries.fields(counter)
    references = {e.report_id: e.report.reference for e in desk_queries.reports_of(counter.case_id)}
    known, defence = book().fields, book().defences.get(counter.defence)
    claimants = [_claimant(f, references) for f in sorted(counter.forwards, key=lambda f: f.report_id)]
    return Shown(
        row=row(counter, moment),
        facts=_facts(counter),
        statement=counter.statement,
        defence=pick(defence) if defence else "",
        fields=[(pick(known[c]), _yes(v)) for c, v in typed.items() if c in known and c not in IDENTITY],
        closed=[pick(known[c]) for c in IDENTITY if typed.get(c)],
        claimants=claimants,
        missing=[_missing(code) for code in counter.missing],
        can_confirm=counter.state in ("forwarded", "waiting"),
        can_extend=_can_extend(counter),
        held=counter.state == "held",
    )


def _yes(typed: str) -> str:
    return _("yes") if typed == "yes" else typed


def _missing(code: str) -> str:
    if code == "statement":
        return _("the statement itself")
    return pick(book().fields[code]) if code in book().fields else code


def _facts(counter: CounterNotice) -> list[tuple[str, str]]:
    clock = book().clocks.get(book().regimes[counter.regime].wait)
    rule = pick(clock.words) if clock else ""
    return [
        (_("Rule"), rule),
        (_("Received"), when(counter.filed_at)),
        (_("Complete"), when(counter.valid_at)),
        (_("Forwarded"), when(counter.forwarded_at)),
        (_("Arrived at the last claimant"), when(counter.arrived_at)),
        (_("Content comes back from"), when_zoned(counter.restore_from) if counter.restore_from else ""),
        (_("Content comes back at the latest"), when_zoned(counter.restore_by) if counter.restore_by else ""),
        (_("Waiting time extended"), when(counter.extended_at)),
        (_("Ended"), when(counter.ended_at)),
        (_("Why"), str(ENDS.get(counter.end, ""))),
    ]


def _claimant(sent: CounterForward, references: dict[str, str]) -> Claimant:
    return Claimant(
        report_id=sent.report_id,
        reference=references.get(sent.report_id, ""),
        steps=[
            (_("Mail server took it"), when(sent.mailed_at)),
            (_("Read on the tracking page"), when(sent.read_at)),
            (_("Counts as arrived"), when(sent.arrived_at)),
            (_("Proof came"), when(sent.proved_at)),
            (_("Gave the claim up"), when(sent.withdrawn_at)),
        ],
        arrived=sent.arrived_at is not None,
        proof=str(PROOFS[sent.proof_kind]) if sent.proof_kind else "",
        proof_id=sent.proof_evidence_id or "",
        gone=sent.withdrawn_at is not None,
    )


def _can_extend(counter: CounterNotice) -> bool:
    entry = book().clocks.get(EXTENSION)
    served = entry is not None and entry.enabled and entry.serves((counter.regime,))
    return served and counter.state == "waiting" and counter.extended_at is None
