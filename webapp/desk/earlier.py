"""What was decided before: about this content, about its account, and on reports of the same claimants."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from sqlalchemy import ColumnElement, select, union
from sqlalchemy.orm import contains_eager

from webapp.core.db import db
from webapp.core.i18n import when
from webapp.desk import blindness, words
from webapp.desk.access import me
from webapp.desk.blueprint import bp
from webapp.domain.cases.models import Case, CaseReport
from webapp.domain.claimants.models import Reporter, Standing
from webapp.domain.decisions.models import Decision, Finding
from webapp.domain.reports.models import Report, Subject
from webapp.domain.staff.models import Staff

SHOWN = 5  # of each sort, the newest; the rest is in the search
LATEST = 200  # reports of one sender that are looked through
VERDICTS = ("first", "appeal")  # stages that answer reports


@dataclass(frozen=True)
class Line:
    """One earlier decision."""

    reference: str
    kind: str
    verdict: str
    tone: str
    when: str


@dataclass(frozen=True)
class Earlier:
    """Newest first; what hides a case's decision from this person leaves it out of every list."""

    content: list[Line]
    account: list[Line]
    claimants: list[Line]

    @property
    def any(self) -> bool:
        """Whether there is anything to show."""
        return bool(self.content or self.account or self.claimants)


def earlier(case: Case, staff: Staff) -> Earlier:
    """Four queries through indexes; each list has at most SHOWN rows."""
    hidden = [case.id, *blindness.hidden_cases(staff)]
    account = case.subject.respondent_id
    return Earlier(
        content=_lines(Subject.id == case.subject_id, hidden),
        account=_lines(Subject.respondent_id == account, hidden) if account else [],
        claimants=_of_claimants(case.id, hidden),
    )


def _lines(where: ColumnElement[bool], hidden: Collection[str]) -> list[Line]:
    rows = db.session.scalars(
        select(Decision)
        .join(Decision.case)
        .join(Subject, Subject.id == Case.subject_id)
        .where(where, Decision.stage.in_(VERDICTS), Decision.case_id.not_in(hidden))
        .options(contains_eager(Decision.case))
        .order_by(Decision.decided_at.desc(), Decision.id)
        .limit(SHOWN)
    )
    return [_line(decision, "upheld" if decision.verdict == "upheld" else "rejected") for decision in rows]


def _of_claimants(case_id: str, hidden: Collection[str]) -> list[Line]:
    """What was found on other reports of the people this case's reports speak for, or of who sent them."""
    theirs = db.session.execute(
        select(Standing.claimant_id, Reporter.email_index)
        .join(Report, Report.standing_id == Standing.id)
        .join(Reporter, Reporter.id == Standing.reporter_id)
        .join(CaseReport, CaseReport.report_id == Report.id)
        .where(CaseReport.case_id == case_id, CaseReport.withdrawn_at.is_(None))
    ).all()
    claimants = {claimant for claimant, _index in theirs if claimant}
    senders = {index for _claimant, index in theirs if index}
    if not claimants and not senders:
        return []
    # A trusted flagger sends thousands; what was found on the latest of them is enough to know them by.
    spoken = select(Standing.id).where(Standing.claimant_id.in_(claimants))
    latest = select(Reporter.id).where(Reporter.email_index.in_(senders)).order_by(Reporter.created_at.desc())
    sent = select(Standing.id).where(Standing.reporter_id.in_(latest.limit(LATEST)))
    rows = db.session.execute(
        select(Decision, Finding.answer)
        .join(Finding, Finding.decision_id == Decision.id)
        .join(Report, Report.id == Finding.report_id)
        .join(Decision.case)
        # Each half by its own index; an OR over two tables would read all findings.
        .where(
            Report.standing_id.in_(union(spoken, sent)), Decision.stage.in_(VERDICTS), Decision.case_id.not_in(hidden)
        )
        .options(contains_eager(Decision.case))
        .order_by(Decision.decided_at.desc(), Decision.id)
        .limit(SHOWN)
    )
    return [_line(decision, answer) for decision, answer in rows]


SAID = words.VERDICTS | words.ANSWERS
TONES = {"upheld": "danger", "supported": "danger", "cannot_tell": "warn"}


def _line(decision: Decision, said: str) -> Line:
    case = decision.case
    return Line(
        reference=case.reference,
        kind=words.kind(decision.ground or case.kind),
        verdict=str(SAID[said]),
        tone=TONES.get(said, "plain"),
        when=when(decision.decided_at),
    )


def groups(found: Earlier) -> Sequence[tuple[str, list[Line]]]:
    """The lists that hold something, by code: 'content', 'account', 'claimants'."""
    every = (("content", found.content), ("account", found.account), ("claimants", found.claimants))
    return [(name, lines) for name, lines in every if lines]


@bp.context_processor
def _for_templates() -> dict[str, object]:
    """Asked only where it is drawn."""
    return {"earlier_of": lambda case: groups(earlier(case, me()))}
