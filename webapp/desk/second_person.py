"""What a second person has before them on an appeal, in words: files side by side, the parties' own words, and nothing
of the first decision until their findings are made."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from webapp.core.clock import now
from webapp.core.i18n import _, pick, when
from webapp.core.sizes import size_words
from webapp.desk import queries, words
from webapp.desk.bench import Bench, bench
from webapp.desk.proposals import party, title
from webapp.desk.rulings import Ruling, rulings
from webapp.domain.appeals import blind
from webapp.domain.appeals.models import Appeal, ProofItem
from webapp.domain.cases.models import CaseReport
from webapp.domain.clocks.queries import get as clock_of
from webapp.domain.decisions.models import Decision
from webapp.domain.decisions.queries import get as decision_of
from webapp.domain.policy.queries import book
from webapp.domain.reports.streams import stream_facts
from webapp.domain.staff import queries as staff_queries
from webapp.domain.staff.models import Staff

OUTCOMES = {
    "upheld": lambda: _("Left as it was"),
    "varied": lambda: _("Changed"),
    "reversed": lambda: _("Reversed"),
}
CLOCK = "APPEAL_DECIDE"


@dataclass(frozen=True)
class Allegation:
    """One report to answer, without who sent it and without what anybody at the desk made of it."""

    id: str
    reference: str
    kind: str
    test: str
    standing: str
    facts: list[tuple[str, str]]


@dataclass(frozen=True)
class Paper:
    """One item of the proof drawer."""

    id: str
    name: str
    size: str
    about: str
    note: str
    when: str


@dataclass(frozen=True)
class Hearing:
    """The page of an appeal. `first` and `made` stay None until the second person has found."""

    appeal: Appeal
    case: str
    title: str
    kind: str
    party: str
    filed: str
    clock: words.Clock | None
    holder: str
    mine: bool
    touched: bool
    text: str
    counter_statement: str
    reports: list[Allegation]
    bench: Bench
    papers: list[Paper]
    messages: list[tuple[str, str, str]]
    findings: list[tuple[str, str]]
    first: Ruling | None
    first_findings: list[tuple[str, str]]
    made: Ruling | None
    outcome: str


def gather(appeal: Appeal, me: Staff) -> Hearing:
    """Read everything once, in a fixed number of queries. `blind.look` says what may be shown."""
    look, moment = blind.look(appeal), now()
    case = look.case
    entries = queries.reports_of(case.id)
    active = {report.id for report in look.reports}
    references = {e.report_id: e.report.reference for e in entries}
    mine, touched = appeal.reviewer_id == me.id, blind.touched(case.id, me.id)
    # Whoever decided it, and whoever worked on the case, may look back; nobody else sees what another one found.
    told = (mine and appeal.found_at is not None) or appeal.state == "decided" or touched
    first = decision_of(appeal.decision_id) if told else None
    made = decision_of(appeal.outcome_decision_id) if told and appeal.outcome_decision_id else None
    clock = clock_of(f"appeal:{appeal.id}", CLOCK) if appeal.state != "decided" else None
    return Hearing(
        appeal=appeal,
        case=case.reference,
        title=title(case),
        kind=words.kind(case.kind),
        party=party(appeal),
        filed=when(appeal.filed_at),
        clock=words.clock(clock.due_at, moment) if clock else None,
        holder=blind.reviewer_name(appeal),
        mine=mine,
        touched=touched,
        text=appeal.text,
        counter_statement=look.counter_statement,
        reports=[_allegation(e) for e in entries if e.report_id in active],
        bench=bench(case, entries, me.id, moment),
        papers=[_paper(p) for p in look.proofs],
        messages=[(_side(m.side), when(m.sent_at), m.text) for m in look.messages],
        findings=_answers(look.findings, references) if mine or appeal.state == "decided" else [],
        first=_ruling(first, appeal) if first else None,
        first_findings=_answers({f.report_id: f.answer for f in first.findings}, references) if first else [],
        made=_ruling(made, appeal) if made else None,
        outcome=OUTCOMES[appeal.outcome]() if appeal.outcome else "",
    )


def _answers(findings: object, references: dict[str, str]) -> list[tuple[str, str]]:
    known = dict(findings)  # type: ignore[call-overload]  # a mapping of report ids to answers
    return [(references.get(r, ""), str(words.ANSWERS[a])) for r, a in known.items()]


def _allegation(entry: CaseReport) -> Allegation:
    report, kind = entry.report, book().kinds[entry.report.kind]
    return Allegation(
        id=report.id,
        reference=report.reference,
        kind=pick(kind.name),
        test=pick(kind.test),
        standing=_("Says: “%(standing)s”", standing=pick(book().standing[report.standing.basis].words)),
        facts=[
            (_("What is wrong"), report.wrong),
            (_("Own work"), report.work_title),
            (_("Time position"), report.time_position),
            *stream_facts(report),
            (_("What shows it"), report.source),
        ],
    )


def _paper(item: ProofItem) -> Paper:
    about = book().defences.get(item.defence)
    return Paper(
        id=item.evidence_id,
        name=item.evidence.name,
        size=size_words(item.evidence.size),
        about=pick(about) if about else "",
        note=item.note,
        when=when(item.added_at),
    )


def _side(side: str) -> str:
    return _("Respondent") if side == "respondent" else _("Reporter")


def _ruling(decision: Decision, appeal: Appeal) -> Ruling:
    people: Sequence[str] = [decision.second_id] if decision.second_id else []
    effects = queries.effects_of_case(appeal.case_id)
    return rulings([decision], appeal.case, effects, staff_queries.names(people))[0]
