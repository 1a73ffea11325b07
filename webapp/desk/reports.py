"""One report as the reviewer reads it: what it says, on what standing, what it still lacks, how its reporter has used
the form. Who sent it is not in here: that needs a button and a reason.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from webapp.core.i18n import _, lazy, n_, pick, when, when_zoned
from webapp.desk import standings
from webapp.desk.looks import Item
from webapp.domain.cases.models import CaseReport, Message, NoticeReturn
from webapp.domain.cases.rules import priority_of, reminder
from webapp.domain.claimants.models import Consent
from webapp.domain.conduct import rules as conduct
from webapp.domain.conduct.models import ConductMark, ConductStep
from webapp.domain.intake.asking import asks
from webapp.domain.intake.receiving import papers_of, rests
from webapp.domain.intake.rows import filled_from, today
from webapp.domain.intake.rules import missing
from webapp.domain.policy.queries import book
from webapp.domain.reports.models import Report
from webapp.domain.reports.streams import stream_facts

MODES = {"notice": lazy("Notice"), "tip": lazy("Tip")}
# Asked of everybody at once, or impossible to lack in a report that was sent.
NEVER_RETURNED_FOR = ("CONTACT", "URL")


@dataclass(frozen=True)
class Line:
    """One message of a thread."""

    mine: bool
    who: str
    when: str
    text: str


@dataclass(frozen=True)
class Told:
    """What the page read once for all reports of the case."""

    moment: datetime
    items: Mapping[str, Item]
    names: Mapping[str, str]
    codes: Mapping[str, Sequence[tuple[str, str]]]
    consents: Mapping[str, Sequence[Consent]]
    messages: Sequence[Message]
    returns: Sequence[NoticeReturn]
    steps: Sequence[ConductStep]
    marks: Sequence[ConductMark]


@dataclass(frozen=True)
class ReportShown:
    """One report in words, with what its forms need."""

    id: str
    reference: str
    kind_code: str
    kind: str
    test: str
    when: str
    mode: str
    tip: bool
    regimes: str
    standing: standings.StandingShown
    chips: list[tuple[str, str]]
    facts: list[tuple[str, str]]
    notice: list[tuple[str, str]]
    asks: list[tuple[str, str, bool]]
    lacking: list[str]
    forwarded: str
    conduct: list[str]
    grades: list[tuple[str, str]]
    withdrawn: str
    lapsed: bool
    messages: list[Line]
    language: str
    can_return: bool
    can_forward: bool

    @property
    def active(self) -> bool:
        """Whether the case is about it: neither withdrawn nor lapsed."""
        return not self.withdrawn and not self.lapsed


def shown(entry: CaseReport, told: Told) -> ReportShown:
    """One report of the case. Needs its standing, reporter, claimant, subject and proofs loaded."""
    report = entry.report
    kind = book().kinds[report.kind]
    lacks = set(_lacking(report, told.codes.get(report.id, ())))
    gone = entry.withdrawn_at is not None or entry.notice == "lapsed"
    notice = report.mode == "notice"
    return ReportShown(
        id=report.id,
        reference=report.reference,
        kind_code=report.kind,
        kind=pick(kind.name),
        test=pick(kind.test),
        when=when(report.received_at),
        mode=str(MODES[report.mode]),
        tip=not notice,
        regimes=_(", ").join(pick(book().regimes[r].words) for r in report.regimes if r in book().regimes),
        standing=standings.shown(report, told.items, told.names, told.moment),
        chips=_chips(entry, told),
        facts=_facts(report),
        notice=_notice(entry, told),
        asks=_asks(report, lacks),
        lacking=[pick(book().evidence[code].words) for code in book().evidence if code in lacks],
        forwarded=when(entry.forwarded_at),
        conduct=_conduct(report, told),
        grades=_grades(report),
        withdrawn=when(entry.withdrawn_at),
        lapsed=entry.notice == "lapsed",
        messages=[line(m, told.names, _("Reporter")) for m in told.messages if m.report_id == report.id],
        language=report.language,
        can_return=notice and entry.notice == "complete" and not gone,
        can_forward=notice and entry.notice == "complete" and not gone and entry.forwarded_at is None,
    )


def _chips(entry: CaseReport, told: Told) -> list[tuple[str, str]]:
    report, kind = entry.report, book().kinds[entry.report.kind]
    found = list(_badges_of_circumstances(report))
    asked = {"face": _("face comparison"), "voice": _("voice comparison")}
    mine = told.consents.get(report.standing_id, ())
    given = {c.purpose for c in mine if c.withdrawn_at is None and c.report_id == report.id}
    found += [(_("Consent to %(what)s", what=asked[p]), "ok") for p in sorted(given)]
    if kind.biometric and kind.biometric not in given:
        found.append((_("No consent to %(what)s", what=asked[kind.biometric]), "warn"))
    if entry.notice == "returned":
        found.append((_("waits to be completed"), "warn"))
    if entry.notice == "lapsed":
        found.append((_("lapsed: nobody completed it"), "plain"))
    if entry.forwarded_at:
        found.append((_("forwarded %(when)s", when=when(entry.forwarded_at)), "ok"))
    if entry.withdrawn_at:
        found.append((_("withdrawn %(when)s", when=when(entry.withdrawn_at)), "plain"))
    return found


def _badges_of_circumstances(report: Report) -> list[tuple[str, str]]:
    raises = book().kinds[report.kind].raises
    found = [(pick(raises[c].words), "danger") for c in report.circumstances if c in raises]
    if report.live == "now" and "live" not in report.circumstances:
        found.append((_("Live when it was reported"), "danger"))
    return found


def _facts(report: Report) -> list[tuple[str, str]]:
    known = book().evidence
    given = _("; ").join(pick(known[c].words) for c in report.statements if c in known)
    return [
        (_("What is wrong"), report.wrong),
        (_("Own work"), report.work_title),
        (_("Time position"), report.time_position),
        *stream_facts(report),
        (_("What shows it"), report.source),
        (_("What was lost"), report.loss),
        (_("Register number"), report.registry_ref),
        (_("Statements given"), given),
        (_("Signed"), _("yes") if report.signature else ""),
    ]


def _lacking(report: Report, codes: Sequence[tuple[str, str]]) -> list[str]:
    """Codes a valid notice still lacks, by the book; papers of a standing that was refused do not count."""
    papers = papers_of(report.standing.basis)
    proofs = set() if report.standing.state == "refused" else {p.code for p in report.standing.proofs}
    carried = ({code for _id, code in codes} - papers) | proofs
    covered = rests(report.standing, report.kind)
    return missing(filled_from(report), carried, book(), today=today(), covered=covered)


def _asks(report: Report, lacks: Collection[str]) -> list[tuple[str, str, bool]]:
    """(code, words, whether it is missing) of all that can be asked for once more, what is missing first."""
    if report.mode != "notice":
        return []
    form = filled_from(report)
    found = {a.code: a for a in asks(form.kind, form.basis, form.elected, book(), form.circumstances)}
    rows = [(c, pick(a.words), c in lacks) for c, a in found.items() if c not in NEVER_RETURNED_FOR]
    return sorted(rows, key=lambda row: not row[2])


def _notice(entry: CaseReport, told: Told) -> list[tuple[str, str]]:
    """What became of the notice: sent back when, for what, how often reminded, until when it may be completed."""
    mine = [r for r in told.returns if r.report_id == entry.report_id]
    facts = []
    for found in mine:
        items = _("; ").join(_item(code) for code in found.missing)
        facts.append((_("Sent back"), f"{when(found.returned_at)}{_(': ')}{items}"))
        if found.text:
            facts.append((_("In the desk's words"), found.text))
        if found.completed_at:
            facts.append((_("Completed"), when(found.completed_at)))
        elif found.lapsed_at:
            facts.append((_("Lapsed"), when(found.lapsed_at)))
        else:
            facts += [(_("Waits until"), when_zoned(found.due_at)), (_("Reminders"), _reminders(found, told.moment))]
    return facts


def _item(code: str) -> str:
    known = book().evidence.get(code)
    return pick(known.words) if known else pick(book().fields[code]) if code in book().fields else code


def _reminders(found: NoticeReturn, moment: datetime) -> str:
    days = book().numbers.return_reminder_days
    sent = reminder(days, found.returned_at, moment)
    said = n_("%(num)s sent", "%(num)s sent", sent)
    if sent < len(days):
        said = _("%(sent)s, the next on %(when)s", sent=said, when=when(found.returned_at + timedelta(days=days[sent])))
    return str(said)


def _conduct(report: Report, told: Told) -> list[str]:
    """How this reporter has used the form, without a name: the step in force, and what was marked as misuse."""
    index = report.standing.reporter.email_index
    if not index:
        return []
    found = []
    known: dict[str, str] = {step.code: pick(step.words) for step in book().conduct.steps}
    mine = [s for s in told.steps if s.reporter_index == index and s.lifted_at is None]
    held = [s for s in mine if conduct.holds(s, told.moment)]
    if held:
        until = when(held[-1].until_at)
        found.append(_("%(step)s, until %(when)s", step=known[held[-1].step], when=until))
    elif mine:
        found.append(_("Last step: %(step)s, on %(when)s", step=known[mine[-1].step], when=when(mine[-1].from_at)))
    grades = book().conduct.grades
    since = told.moment - timedelta(days=book().conduct.window_days)
    marks = [m for m in told.marks if m.reporter_index == index and m.marked_at > since]
    for mark in marks:
        if mark.report_id == report.id:
            found.append(
                _("This report was marked: %(grade)s. %(why)s", grade=pick(grades[mark.grade]), why=mark.reason)
            )
    others = sum(m.report_id != report.id for m in marks)
    if others:
        found.append(
            n_(
                "%(num)s other report of this sender was marked as misuse in the last %(days)s days.",
                "%(num)s other reports of this sender were marked as misuse in the last %(days)s days.",
                others,
                days=book().conduct.window_days,
            )
        )
    return found


def _grades(report: Report) -> list[tuple[str, str]]:
    """The grades of misuse a reviewer may choose for this report: none for exempt kinds (law.md §5.5)."""
    if report.kind in book().conduct.exempt:
        return []
    priority = priority_of(report, book())
    grades = book().conduct.grades.items()
    return [(code, pick(text)) for code, text in grades if conduct.counts(report.kind, priority, code, book())]


def line(message: Message, names: Mapping[str, str], party: str) -> Line:
    """A message; what the desk wrote carries the writer's name."""
    staff = message.sent_by == "staff"
    who = names.get(message.staff_id or "", _("Desk")) if staff else party
    return Line(mine=staff, who=who, when=when(message.sent_at), text=message.text)
