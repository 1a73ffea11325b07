"""Decisions: whole or refused, made once, never edited, and said in words both sides can read."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import pytest
from apiflask import APIFlask
from sqlalchemy.exc import DBAPIError

from tests.builders import file_report, picture
from tests.conftest import Cast
from webapp.core.db import db, transaction
from webapp.core.errors import Conflict, Refused
from webapp.core.i18n import day
from webapp.core.outbox import Task
from webapp.domain.cases import queries as cases
from webapp.domain.cases.models import Case
from webapp.domain.cases.service import take
from webapp.domain.decisions import queries
from webapp.domain.decisions.models import Decision, Strike
from webapp.domain.decisions.rules import Choice, check, points, statement_parts
from webapp.domain.decisions.service import decide, foresee
from webapp.domain.evidence.models import Evidence
from webapp.domain.policy.queries import book
from webapp.domain.reports.models import Respondent

ONE = {"a": "supported"}


@pytest.mark.parametrize(
    ("findings", "ground", "actions", "reason", "refused"),
    [
        ({"a": "supported"}, "COPY_IMAGE", [("remove", None)], "Same brush strokes.", ""),
        ({"a": "not_supported"}, "", [("no_violation", None)], "Different pictures.", ""),
        ({"a": "cannot_tell"}, "", [], "No original was sent.", ""),
        ({}, "COPY_IMAGE", [("remove", None)], "x", "finding_missing"),
        ({"a": "maybe"}, "COPY_IMAGE", [("remove", None)], "x", "finding_missing"),
        ({"a": "supported"}, "COPY_IMAGE", [("remove", None)], "  ", "reason_missing"),
        ({"a": "supported"}, "COPY_IMAGE", [("remove", None)], "x" * 4001, "reason_too_long"),
        ({"a": "supported"}, "", [("remove", None)], "x", "ground_missing"),
        ({"a": "supported"}, "COPY_IMAGE", [], "x", "measure_missing"),
        ({"a": "supported"}, "COPY_IMAGE", [("no_violation", None)], "x", "measure_missing"),
        ({"a": "supported"}, "COPY_IMAGE", [("remove", None), ("no_violation", None)], "x", "measures_contradict"),
        ({"a": "supported"}, "AI_LABEL_MISSING", [("suspend", 7)], "x", "measure_not_in_book"),
        ({"a": "supported"}, "FRAUD", [("suspend", None)], "x", "days_missing"),
        ({"a": "supported"}, "FRAUD", [("suspend", 4000)], "x", "days_missing"),
        ({"a": "not_supported"}, "", [("remove", None)], "x", "measure_without_finding"),
    ],
)
def test_a_choice_is_whole_or_refused(
    findings: Mapping[str, str], ground: str, actions: Sequence[tuple[str, int | None]], reason: str, refused: str
) -> None:
    """No measure without a supported allegation, none outside the book, none without a reason."""
    choice = Choice(findings, ground, actions, reason)
    if not refused:
        check(choice, {"a": "COPY_IMAGE"}, book())
        return
    with pytest.raises(Refused) as error:
        check(choice, {"a": "COPY_IMAGE"}, book())
    assert error.value.code == refused


@pytest.mark.parametrize(
    ("ground", "earlier", "expected"), [("COPY_IMAGE", 0, 2), ("AI_LABEL_MISSING", 0, 0), ("AI_LABEL_MISSING", 1, 1)]
)
def test_points_come_from_the_book(ground: str, earlier: int, expected: int) -> None:
    """A missing label is forgiven the first time."""
    assert points(Choice(ONE, ground, [], "x"), earlier, book()) == expected


@pytest.fixture
def case(app: APIFlask, cast: Cast) -> Case:
    """A case with one report and a known account behind it, held by Rui."""
    receipt = file_report([picture(1)], [picture(2)])
    with transaction():
        found = cases.case_of(receipt.report.id)
        found.subject.respondent = Respondent(
            id="acc", platform="demo", account_ref="a1", handle="@copycat", name="Copy Cat", email="cat@example.org"
        )
        take(found.id, cast.rui)
    return found


def choice(case: Case, **changes: object) -> Choice:
    """Upheld, remove and suspend for a week, unless changed."""
    values: dict[str, object] = {
        "findings": {r.id: "supported" for r in cases.active_reports(case.id)},
        "ground": "COPY_IMAGE",
        "actions": [("remove", None), ("suspend", 7)],
        "reason": "The same painting, mirrored.",
    }
    return Choice(**(values | changes))  # type: ignore[arg-type]  # built from keywords


def test_the_preview_is_what_is_decided(case: Case, cast: Cast) -> None:
    """What the reviewer saw before is word for word what is kept after; evidence is frozen, the strike counted."""
    before = foresee(case, choice(case))
    with transaction():
        decision = decide(case.id, cast.rui, case.version, choice(case))
    after = queries.outcome(decision)
    assert after.statements == before.statements and set(after.statements) == {"zh", "en"}
    assert [(a.kind, a.days) for a in after.actions] == [("remove", None), ("suspend", 7)]
    assert after.points == before.points == 2 and queries.active_points("acc") == 2
    assert case.state == "decided" and case.decided_at is not None
    assert all(e.frozen_at for e in db.session.query(Evidence))
    assert db.session.query(Task).filter_by(topic="decision.made").count() == 1


def test_of_two_who_decide_at_once_one_wins(case: Case, cast: Cast) -> None:
    """The other is told, and nothing of theirs is kept."""
    version = case.version
    with transaction():
        decide(case.id, cast.rui, version, choice(case))
    with pytest.raises(Conflict) as error, transaction():
        decide(case.id, cast.mei, version, choice(case, reason="Mine!"))
    assert error.value.code == "decided_already"
    assert db.session.query(Decision).count() == db.session.query(Strike).count() == 1


def test_who_does_not_hold_the_case_or_saw_another_one_cannot_decide(case: Case, cast: Cast) -> None:
    """A lost claim, and a case that changed under the reviewer's eyes, are conflicts, not decisions."""
    with pytest.raises(Conflict) as error, transaction():
        decide(case.id, cast.mei, case.version, choice(case))
    assert error.value.code == "claimed_by_other"
    old_choice, old_version = choice(case), case.version
    file_report()
    with pytest.raises(Conflict) as error, transaction():
        decide(case.id, cast.rui, old_version, old_choice)
    assert error.value.code == "case_changed"


def test_the_database_refuses_to_edit_a_decision(case: Case, cast: Cast) -> None:
    """Not even by hand."""
    with transaction():
        decision = decide(case.id, cast.rui, case.version, choice(case))
    with pytest.raises(DBAPIError), transaction():
        decision.reason = "Something else."
    with pytest.raises(DBAPIError), transaction():
        db.session.delete(db.session.get_one(Decision, decision.id).actions[0])


def test_a_rejection_has_no_statement_no_strike_and_no_measure(case: Case, cast: Cast) -> None:
    """No restriction, hence nothing to state reasons for."""
    none = choice(case, findings={r.id: "not_supported" for r in cases.active_reports(case.id)}, ground="", actions=[])
    with transaction():
        decision = decide(case.id, cast.rui, case.version, none)
    assert decision.verdict == "rejected" and not decision.statements and not decision.actions
    assert db.session.query(Strike).count() == 0


def test_the_statement_has_its_parts_in_both_languages(case: Case) -> None:
    """The five parts of DSA art 17(3), no placeholder left, the reviewer's reason word for word."""
    outcome = foresee(case, choice(case))
    for code, first in (("zh", "采取的措施"), ("en", "What was done")):
        parts = statement_parts(outcome, code, book(), day)
        assert parts[0]["title"] == first and len(parts) == 5
        assert all(p["text"] and "{" not in p["text"] for p in parts)
        assert parts[1]["text"] == "The same painting, mirrored."
