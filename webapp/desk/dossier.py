"""All that the page of a case shows, gathered from the rooms in a fixed number of queries and put into words."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from itertools import groupby

from webapp.core.clock import now
from webapp.core.errors import NotAllowed
from webapp.core.i18n import _, lazy, pick, time_of_day, when
from webapp.desk import blindness, queries, rail, reports, trail, words
from webapp.desk import clocks as clock_words
from webapp.desk.bench import Bench, bench
from webapp.desk.contests import Contest, contests
from webapp.desk.declarations import Declarations, declarations
from webapp.desk.meanwhile import Meanwhile, meanwhile
from webapp.desk.reports import Line, ReportShown, Told
from webapp.desk.rulings import Ruling, database, letters, rulings
from webapp.desk.sentences import sentence
from webapp.desk.sightings import Sightings, sightings
from webapp.domain.cases import queries as cases
from webapp.domain.cases.families import family
from webapp.domain.cases.models import Case, CaseReport
from webapp.domain.cases.returns import returns_of
from webapp.domain.cases.rules import LIFE, LIVE
from webapp.domain.clocks.queries import readings
from webapp.domain.decisions.models import Decision
from webapp.domain.decisions.queries import active_points
from webapp.domain.partners import queries as partners
from webapp.domain.policy.queries import book
from webapp.domain.queues.service import may_take
from webapp.domain.staff import queries as staff_queries
from webapp.domain.staff.models import Staff

ONE_SOURCE = {
    "same_address": lazy("the same address"),
    "same_words": lazy("nearly the same words"),
}


@dataclass(frozen=True)
class Dossier:
    """The page of a case, ready to be drawn. `blind`: whoever looks could be the second person of an open appeal, or
    is deciding the case a second time, so nothing of the first decision is here. `barred`: why a free case is not
    theirs to take, '' when it is."""

    case: Case
    live: bool
    can: tuple[str, ...]
    holder: str
    barred: str
    held_until: str
    mine: bool
    blind: bool
    strip: list[tuple[str, str]]
    state: tuple[str, str]
    clocks: list[clock_words.Shown]
    band: tuple[str, str]
    subject: list[tuple[str, str]]
    account: str
    points: int
    bench: Bench
    declarations: Declarations | None
    reports: list[ReportShown]
    sightings: Sightings
    correlated: list[tuple[str, str]]
    meanwhile: Meanwhile
    proposal: rail.ProposalShown | None
    respondent_messages: list[Line]
    contests: list[Contest]
    rulings: list[Ruling]
    database: tuple[str, str] | None
    letters: list[tuple[str, str, str, str, str]]
    history: list[trail.Line]
    identities: Mapping[str, list[tuple[str, str]]] = field(default_factory=dict)

    @property
    def active(self) -> list[ReportShown]:
        """The reports that wait for a finding."""
        return [r for r in self.reports if r.active]

    @property
    def here(self) -> list[Ruling]:
        """What was decided in this case, newest first."""
        return [ruling for ruling in self.rulings if ruling.here]


def gather(case: Case, me: Staff, identities: Mapping[str, list[tuple[str, str]]] | None = None) -> Dossier:
    """Read everything once. `identities` are the reporters just asked for, by report id."""
    moment, entries = now(), queries.reports_of(case.id)
    on_bench = bench(case, entries, me.id, moment)
    hidden = blindness.hides(case.id, me)
    unseen = set(blindness.hidden_cases(me))  # also of another case about this content, whose appeal she could decide
    decisions = [d for d in queries.decisions_on(case.subject_id) if d.case_id not in unseen]
    # A desk has tens of people: one query for all is cheaper than knowing whom the page will name.
    names = {one.id: one.name for one in staff_queries.everyone()}
    told = _told(case, entries, on_bench, names, hidden)
    shown = [reports.shown(entry, told) for entry in entries]
    active = [e.report for e, r in zip(entries, shown, strict=True) if r.active]
    references = {e.report_id: e.report.reference for e in entries}
    respondent = case.subject.respondent
    claim = case.claim if case.claim and case.claim.expires_at >= moment else None
    return Dossier(
        case=case,
        live=case.state in LIVE,
        can=LIFE.can(case.state),
        holder=claim.staff.name if claim else "",
        barred=_barred(case, me) if claim is None and case.state in LIVE else "",
        held_until=time_of_day(claim.expires_at) if claim else "",
        mine=claim is not None and claim.staff_id == me.id,
        blind=hidden,
        strip=[
            (_("Kind"), words.kind(case.kind)),
            (_("Priority"), pick(book().priorities[case.priority].words)),
        ],
        state=_state(case),
        clocks=clock_words.shown(readings(case.id), case.due_code, moment, references if len(entries) > 1 else {}),
        band=words.band(case.best_band),
        subject=_subject(case),
        account=respondent.handle if respondent else "",
        points=active_points(case.subject.respondent_id),
        bench=on_bench,
        declarations=declarations(case, [look.item for look in on_bench.looks], hidden),
        sightings=sightings(case, me),
        reports=shown,
        correlated=_correlated(case.id),
        meanwhile=meanwhile(case, active, {} if hidden else names, moment),
        proposal=_proposal(case, me, names, references),
        respondent_messages=_other_side(case, names, hidden),
        contests=contests(case.id) if case.decided_at else [],
        rulings=rulings(decisions, case, queries.effects_of_case(case.id), names),
        database=database(decisions, case),
        letters=[] if hidden else letters(case.id),
        history=[] if hidden else _history(case, entries, [d for d in decisions if d.case_id == case.id]),
        identities=identities or {},
    )


def _barred(case: Case, me: Staff) -> str:
    try:
        may_take(case, me)
    except NotAllowed as error:
        return sentence(error)
    return ""


def _state(case: Case) -> tuple[str, str]:
    """The state in words, and how loud. A choice held for its minute is told by the page (desk/submitted.py)."""
    said, tone = words.STATES[case.state]
    return (_("Waiting for a second person") if case.state == "proposed" else str(said)), tone


def _told(case: Case, entries: Sequence[CaseReport], on_bench: Bench, names: Mapping[str, str], hidden: bool) -> Told:
    standing_ids = [e.report.standing_id for e in entries]
    steps, marks = queries.conduct_of(e.report.standing.reporter.email_index for e in entries)
    told_by_first = {e.report_id for e in entries} if hidden else set()  # a mark is part of the first decision
    return Told(
        moment=now(),
        items=on_bench.papers,
        names=names,
        codes=on_bench.codes,
        consents=queries.consents_of(standing_ids),
        messages=[m for m in cases.messages(case.id) if not hidden or m.sent_by == "party"],
        returns=returns_of(case.id),
        steps=[s for s in steps if s.report_id not in told_by_first],
        marks=[m for m in marks if m.report_id not in told_by_first],
    )


def _other_side(case: Case, names: Mapping[str, str], hidden: bool) -> list[Line]:
    found = cases.messages(case.id, side="respondent")
    return [reports.line(m, names, _("Respondent")) for m in found if not hidden or m.sent_by == "party"]


def _proposal(
    case: Case, me: Staff, names: Mapping[str, str], references: Mapping[str, str]
) -> rail.ProposalShown | None:
    """What waits for a second person, or what one sent back; None when neither is the last word."""
    last = queries.last_proposal(case.id) if case.state in LIVE else None
    if last is None or last.state != ("waiting" if case.state == "proposed" else "refused"):
        return None
    return rail.proposal(case, last, me.id, names, references, when(last.proposed_at))


def _correlated(case_id: str) -> list[tuple[str, str]]:
    """Reports that may come from one source, as (references, why)."""
    return [
        (
            _(", ").join(report.reference for report in group.reports),
            _(", ").join(str(ONE_SOURCE[why]) for why in group.why),
        )
        for group in cases.correlated(case_id)
    ]


CAPTURES = {
    "": lambda: _("The platform has not been asked for its own copy yet."),
    "found": lambda: _("The platform's own copy was captured."),
    "missing": lambda: _("The platform says that this content is not there (any more)."),
    "unreachable": lambda: _("The platform could not be reached for its own copy."),
    "unknown_platform": lambda: _(
        "The content is on a platform that is not connected, so there is only what was sent in."
    ),
}


def _subject(case: Case) -> list[tuple[str, str]]:
    subject = case.subject
    capture = CAPTURES.get(subject.capture)
    connected = partners.platform(subject.platform)
    platform = connected.name if connected else subject.platform
    return [
        (_("Title"), subject.title),
        (_("Address"), subject.address),
        (_("Platform"), " · ".join(p for p in (platform, subject.content_ref) if p)),
        (_("Platform's copy"), capture() if capture else subject.capture),
    ]


def _history(case: Case, entries: Sequence[CaseReport], decisions: Sequence[Decision]) -> list[trail.Line]:
    objects = [*(("case", one) for one in family(case.id)), ("subject", case.subject_id)]
    objects += [("report", e.report_id) for e in entries]
    objects += [("standing", e.report.standing_id) for e in entries]
    for decision in decisions:
        objects += [("decision", decision.id), *(("action", action.id) for action in decision.actions)]
    # A proposal is noted in two rooms with the same words: told once here, the audit log keeps both.
    alike = groupby(
        trail.lines(queries.history(objects)), key=lambda line: (line.when, line.who, line.what, line.detail)
    )
    return [next(same) for _key, same in alike]
