"""What a blind look shows: files and the parties' own words before the answer, both answers side by side after it.

Nothing of the first decision, of who worked on the case or of its reference is gathered before.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from webapp.core.clock import now
from webapp.core.i18n import _, language, pick, when
from webapp.desk import queries, words
from webapp.desk.bench import Bench, bench
from webapp.domain.cases import queries as cases
from webapp.domain.cases.models import CaseReport
from webapp.domain.decisions.statements import reason_words
from webapp.domain.policy.queries import book
from webapp.domain.quality.models import BlindLook
from webapp.domain.reports.streams import stream_facts
from webapp.domain.staff.models import Staff


@dataclass(frozen=True)
class Allegation:
    """One report to answer, by its number on this page."""

    id: str
    name: str
    kind: str
    test: str
    standing: str
    facts: list[tuple[str, str]]


@dataclass(frozen=True)
class Blind:
    """The page before the answer. `case` is only for opening files of a sealed kind; it is not shown."""

    reference: str
    case: str
    state: str
    kind: str
    title: str
    since: str
    reports: list[Allegation]
    bench: Bench
    messages: list[tuple[str, str, str]]


@dataclass(frozen=True)
class Side:
    """One answer: whose, what to each report, which ground, and why."""

    who: str
    when: str
    findings: list[tuple[str, str]]
    ground: str
    why: str


@dataclass(frozen=True)
class Sides:
    """Both answers. `golden`: the first is the one that was agreed on."""

    golden: bool
    agrees: bool
    first: Side
    second: Side
    case: str


def gather(look: BlindLook, me: Staff) -> Blind:
    """What the person may see while they look, in a fixed number of queries."""
    case = look.case
    entries = [entry for entry in queries.reports_of(case.id) if entry.report_id in look.first_findings]
    written = cases.messages(case.id, side="reporter") + cases.messages(case.id, side="respondent")
    return Blind(
        reference=look.reference,
        case=case.reference,
        state=look.state,
        kind=words.kind(case.kind),
        title=case.subject.title or case.subject.address,
        since=when(look.taken_at),
        reports=[_allegation(entry, number) for number, entry in enumerate(entries, start=1)],
        bench=bench(case, entries, me.id, now()),
        messages=[
            (_("Respondent") if m.side == "respondent" else _("Reporter"), when(m.sent_at), m.text)
            for m in sorted(written, key=lambda m: m.sent_at)
            if m.sent_by == "party"
        ],
    )


def sides(look: BlindLook) -> Sides:
    """Both answers, once the second is made."""
    order = list(look.first_findings)
    if look.golden is not None:
        who = _("Agreed answer, marked by %(name)s", name=look.golden.staff.name)
        first = Side(who, when(look.golden.marked_at), [], "", look.golden.why)
    else:
        made = look.decision
        first = Side(
            made.staff.name if made.staff else "", when(made.decided_at), [], "", reason_words(made, language(), book())
        )
    return Sides(
        golden=look.golden is not None,
        agrees=bool(look.agrees),
        first=_filled(first, look.first_findings, look.first_ground, order),
        second=_filled(
            Side(look.reviewer.name if look.reviewer else "", when(look.found_at), [], "", look.note),
            look.findings,
            look.ground,
            order,
        ),
        case=look.case.reference,
    )


def _filled(side: Side, findings: Mapping[str, str], ground: str, order: list[str]) -> Side:
    answers = [
        (_("Report %(n)s", n=number), str(words.ANSWERS[findings[report]]))
        for number, report in enumerate(order, start=1)
        if report in findings
    ]
    return Side(side.who, side.when, answers, words.kind(ground) if ground else _("No violation found"), side.why)


def _allegation(entry: CaseReport, number: int) -> Allegation:
    report, kind = entry.report, book().kinds[entry.report.kind]
    return Allegation(
        id=report.id,
        name=_("Report %(n)s", n=number),
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
