"""All that the page of a case shows, gathered from the rooms in a fixed number of queries and put into words."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from flask import url_for

from webapp.core.clock import now
from webapp.core.i18n import _, pick, time_of_day, when
from webapp.desk import queries, trail, words
from webapp.desk.looks import Item, Look, Pair, items, looks, pairs
from webapp.desk.rulings import Ruling, letters, ruling
from webapp.domain.cases import queries as cases
from webapp.domain.cases.models import Case, CaseReport, Message
from webapp.domain.cases.rules import LIFE, LIVE
from webapp.domain.claimants.models import Consent
from webapp.domain.decisions.models import Decision
from webapp.domain.decisions.queries import active_points
from webapp.domain.matching.queries import items_of, matches_of, scans_of
from webapp.domain.matching.rules import pairs as comparable
from webapp.domain.partners import queries as partners
from webapp.domain.policy.queries import book
from webapp.domain.staff import queries as staff_queries
from webapp.domain.staff.models import Staff


@dataclass(frozen=True)
class Line:
    """One message of a thread."""

    mine: bool
    who: str
    when: str
    text: str


@dataclass(frozen=True)
class ReportShown:
    """One report as the reviewer reads it. Who sent it is not in here: that needs a button and a reason."""

    id: str
    reference: str
    kind: str
    test: str
    when: str
    standing: str
    consents: list[tuple[str, str]]
    facts: list[tuple[str, str]]
    withdrawn: str
    messages: list[Line]
    language: str


@dataclass(frozen=True)
class Dossier:
    """The page of a case, ready to be drawn."""

    case: Case
    live: bool
    can: tuple[str, ...]
    holder: str
    held_until: str
    mine: bool
    strip: list[tuple[str, str]]
    state: tuple[str, str]
    clock: words.Clock
    band: tuple[str, str]
    subject: list[tuple[str, str]]
    account: str
    points: int
    pairs: list[Pair]
    others: list[Item]
    looks: list[Look]
    uncompared: str
    reports: list[ReportShown]
    respondent_messages: list[Line]
    rulings: list[Ruling]
    letters: list[tuple[str, str, str, str, str]]
    history: list[trail.Line]
    identities: Mapping[str, list[tuple[str, str]]] = field(default_factory=dict)

    @property
    def active(self) -> list[ReportShown]:
        """The reports that wait for a finding."""
        return [r for r in self.reports if not r.withdrawn]


def gather(case: Case, me: Staff, identities: Mapping[str, list[tuple[str, str]]] | None = None) -> Dossier:
    """Read everything once. `identities` are the reporters just asked for, by report id."""
    moment = now()
    entries = queries.reports_of(case.id)
    evidence = cases.evidence_of(case.id)
    claim = case.claim if case.claim and case.claim.expires_at >= moment else None
    by_id = items(evidence, _owners(entries, case.id))
    alleged = [e.id for e in evidence if e.role == "alleged"]
    matches = matches_of(alleged)
    paired = pairs(matches, by_id)
    in_pairs = {e for p in paired for e in (p.query.id, p.reference.id)}
    messages = cases.messages(case.id)
    other_side = cases.messages(case.id, side="respondent")
    names = staff_queries.names(m.staff_id for m in [*messages, *other_side] if m.staff_id)
    consents = queries.consents_of(e.report.standing_id for e in entries)
    respondent = case.subject.respondent
    decisions = queries.decisions_on(case.subject_id)
    return Dossier(
        case=case,
        live=case.state in LIVE,
        can=LIFE.can(case.state),
        holder=claim.staff.name if claim else "",
        held_until=time_of_day(claim.expires_at) if claim else "",
        mine=claim is not None and claim.staff_id == me.id,
        strip=[
            (_("Kind"), words.kind(case.kind)),
            (_("Priority"), pick(book().priorities[case.priority].words)),
        ],
        state=(str(words.STATES[case.state][0]), words.STATES[case.state][1]),
        clock=words.clock(case.due_at, moment),
        band=words.band(case.best_band),
        subject=_subject(case),
        account=respondent.handle if respondent else "",
        points=active_points(case.subject.respondent_id),
        pairs=paired,
        others=[item for item in by_id.values() if item.id not in in_pairs],
        looks=looks(by_id, scans_of([e.id for e in evidence])),
        uncompared=_uncompared(
            [e.report_id for e in entries if not e.withdrawn_at],
            {e.medium for e in evidence},
            {(m.query_id, m.reference_id) for m in matches},
        ),
        reports=[_report(e, consents.get(e.report.standing_id, []), messages, names) for e in entries],
        respondent_messages=[_line(m, names, _("Respondent")) for m in other_side],
        rulings=[ruling(d, case) for d in decisions],
        letters=letters(case.id),
        history=_history(case, entries, [d for d in decisions if d.case_id == case.id]),
        identities=identities or {},
    )


def _owners(entries: Sequence[CaseReport], case_id: str) -> dict[str, str]:
    """Of several reports the reference each file came with; with one report there is nothing to tell apart."""
    if len(entries) < 2:
        return {}
    references = {e.report_id: e.report.reference for e in entries}
    by_report = queries.items_by_report(case_id)
    return {item: references[report_id] for report_id, found in by_report.items() for item in found}


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


def _report(
    entry: CaseReport, consents: Sequence[Consent], messages: Sequence[Message], names: Mapping[str, str]
) -> ReportShown:
    report = entry.report
    kind = book().kinds[report.kind]
    asked = {"face": _("face comparison"), "voice": _("voice comparison")}
    given = {c.purpose for c in consents if c.withdrawn_at is None and c.report_id == report.id}
    badges = [(_("Consent to %(what)s", what=asked[p]), "ok") for p in sorted(given)]
    if kind.biometric and kind.biometric not in given:
        badges.append((_("No consent to %(what)s", what=asked[kind.biometric]), "warn"))
    return ReportShown(
        id=report.id,
        reference=report.reference,
        kind=pick(kind.name),
        test=pick(kind.test),
        when=when(report.received_at),
        standing=_("Says: “%(standing)s”", standing=pick(book().standing[report.standing.basis].words)),
        consents=badges,
        facts=[
            (_("What is wrong"), report.wrong),
            (_("Own work"), report.work_title),
            (_("Time position"), report.time_position),
            (_("What shows it"), report.source),
        ],
        withdrawn=when(entry.withdrawn_at),
        messages=[_line(m, names, _("Reporter")) for m in messages if m.report_id == report.id],
        language=report.language,
    )


def _line(message: Message, names: Mapping[str, str], party: str) -> Line:
    staff = message.sent_by == "staff"
    who = names.get(message.staff_id or "", _("Desk")) if staff else party
    return Line(mine=staff, who=who, when=when(message.sent_at), text=message.text)


def _uncompared(report_ids: Sequence[str], media: set[str], done: set[tuple[str, str]]) -> str:
    """In one sentence, what could have been compared and was not; '' when everything was."""
    by_report = items_of(report_ids).values()
    wanted = {pair for found in by_report for medium in media for pair in comparable(found, medium)}
    if not wanted:
        return _("Nothing could be compared: there is no pair of reported content and reference of the same medium.")
    missing = len(wanted - done)
    if missing:
        return _(
            "%(n)s of %(all)s pairs have not been compared; see below which file was not looked at and why.",
            n=missing,
            all=len(wanted),
        )
    return ""


def _history(case: Case, entries: Sequence[CaseReport], decisions: Sequence[Decision]) -> list[trail.Line]:
    objects = [("case", case.id), ("subject", case.subject_id)]
    objects += [("report", e.report_id) for e in entries]
    for decision in decisions:
        objects += [("decision", decision.id), *(("action", action.id) for action in decision.actions)]
    return trail.lines(queries.history(objects))


def address(case: Case) -> str:
    """The page of a case."""
    return url_for("desk.case", reference=case.reference)
