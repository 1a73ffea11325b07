"""A decided case to answer: one or more claimants, an account, a reviewer, and the measures she took."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime

from tests.conftest import Cast
from tests.domain.cases.notice import send
from webapp.core.audit import Actor
from webapp.core.db import db, transaction
from webapp.core.outbox import Task
from webapp.domain.appeals import queries
from webapp.domain.appeals import service as appeals
from webapp.domain.appeals.models import CounterNotice
from webapp.domain.cases import queries as cases
from webapp.domain.cases.models import Case
from webapp.domain.cases.service import take
from webapp.domain.decisions import queries as decisions
from webapp.domain.decisions import service as decision_verbs
from webapp.domain.decisions.models import Decision
from webapp.domain.decisions.rules import Choice
from webapp.domain.evidence.models import Evidence
from webapp.domain.evidence.service import keep, store
from webapp.domain.reports.models import Report, Respondent
from webapp.domain.staff.models import Staff

MONDAY = datetime(2026, 11, 16, 4, 0, tzinfo=UTC)  # noon in Shanghai, ten days before Thanksgiving

# Taken down, and the account warned: two points are the first rung.
HELD = ["remove", "warn"]

WHOLE = {
    "real_name": "Chen Mo",
    "contact": "13800138000",
    "postal_address": "1 Happy Road, Hangzhou",
    "item": "Dusk, https://demo.example/p1",
    "evidence": "My layered source file of 2019.",
    "truth": "yes",
    "mistake": "yes",
    "jurisdiction": "yes",
    "service": "yes",
    "signature": "Chen Mo",
}


def reports(*emails: str, kind: str = "COPY_IMAGE", regimes: Sequence[str] = ("CN_ECOM",), **more: object) -> Case:
    """A case of these claimants' reports about one item of a known account."""
    sent = [send(kind, email=email, regimes=regimes, **more) for email in emails]  # type: ignore[arg-type]  # keywords
    case = cases.case_of(sent[0].id)
    with transaction():
        case.subject.respondent = db.session.get(Respondent, "acc") or Respondent(
            id="acc", platform="demo", account_ref="a1", handle="@chenmo", name="Chen Mo", email="chen.mo@example.org"
        )
    return cases.get(case.id)


def choice(case: Case, **changes: object) -> Choice:
    """Upheld and removed, for every report, unless changed."""
    values: dict[str, object] = {
        "findings": {report.id: "supported" for report in cases.active_reports(case.id)},
        "ground": case.kind,
        "actions": [("remove", None)],
        "reason": "Her picture, put up mirrored.",
    }
    if {"suspend", "close"} & {kind for kind, _days in changes.get("actions", [])}:  # type: ignore[attr-defined]  # a list of measures
        values["set_aside"] = "A false lottery; it cannot wait for a warning."
    return Choice(**(values | changes))  # type: ignore[arg-type]  # built from keywords


def rejected(case: Case) -> Choice:
    """Nothing found in any report."""
    findings = {report.id: "not_supported" for report in cases.active_reports(case.id)}
    return choice(case, findings=findings, ground="", actions=[], reason="Two different pictures.")


def decided(case: Case, staff: Staff, made: Choice | None = None) -> Decision:
    """The first decision, by `staff`."""
    with transaction():
        take(case.id, staff)
    with transaction():
        decision = decision_verbs.decide(case.id, staff, cases.get(case.id).version, made or choice(case))
    assert isinstance(decision, Decision)
    return decision


def removed(cast: Cast, *emails: str, **more: object) -> Decision:
    """Content taken down by Rui on these claimants' notices."""
    return decided(reports(*(emails or ("zhou.yun@example.org",)), **more), cast.rui)  # type: ignore[arg-type]  # keywords


def countered(decision: Decision, fields: Mapping[str, str] | None = None) -> CounterNotice:
    """The account's counter-notice, whole unless said otherwise."""
    with transaction():
        regime = queries.door(decision).regime
        return appeals.file_counter(
            decision.case_id, decision, regime, WHOLE if fields is None else fields, "I drew it myself.", "LICENCE"
        )


def report_of(case_id: str, number: int = 0) -> Report:
    """The case's report with this number."""
    return cases.active_reports(case_id)[number]


def paper(text: str = "Acceptance notice of the court", source: str = "reporter") -> Evidence:
    """A file somebody hands in as proof."""
    with transaction():
        return keep(
            store().put(text.encode()),
            role="proof",
            source=source,
            name="paper.pdf",
            media_type="application/pdf",
            width=None,
            height=None,
            actor=Actor(source, "x"),
        )


def mailed(counter: CounterNotice) -> None:
    """The mail server took every copy."""
    with transaction():
        for forward in queries.get(counter.id).forwards:
            appeals.mark_mailed(counter.id, forward.report_id)


def tick() -> None:
    """What the timers do."""
    for verb in (appeals.arrive_due, appeals.remind_due, appeals.elapse_due):
        with transaction():
            verb()


def fresh(counter: CounterNotice) -> CounterNotice:
    """The counter-notice as it is now."""
    return db.session.get_one(CounterNotice, counter.id, populate_existing=True)


def in_force(case_id: str) -> list[str]:
    """The measures that hold now."""
    return [action.kind for action in decisions.in_force(case_id)]


def posted(topic: str) -> list[dict[str, object]]:
    """The messages left under a topic, oldest first."""
    tasks = db.session.query(Task).filter_by(topic=topic).order_by(Task.created_at, Task.id)
    return [dict(task.payload) for task in tasks]


def shanghai(month: int, day: int) -> datetime:
    """The end of a day in Shanghai."""
    return datetime(2026, month, day, 15, 59, 59, 999999, UTC)
