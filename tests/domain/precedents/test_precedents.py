"""Decided cases become precedents, appeals change them, and a choice far from them wants one sentence."""

from __future__ import annotations

from typing import Any

import pytest
from apiflask import APIFlask
from sqlalchemy import event, select

from tests.conftest import Cast
from tests.domain.decisions.story import choice, decided, dismissed, opened
from tests.processing import process_all
from webapp.core.db import db, transaction
from webapp.core.errors import Refused
from webapp.domain.cases import queries as cases
from webapp.domain.decisions.models import Decision
from webapp.domain.decisions.service import foresee, redecide
from webapp.domain.precedents import queries, service
from webapp.domain.precedents.models import Precedent
from webapp.domain.precedents.rules import Features


def kept(case_id: str) -> Precedent:
    """The precedent of a case as it is now."""
    db.session.expire_all()
    return db.session.get_one(Precedent, case_id)


def remember() -> None:
    """Keep every decision, as the worker would."""
    with transaction():
        for decision in db.session.scalars(select(Decision).order_by(Decision.decided_at)):
            service.keep(decision)


def dismissed_before(cast: Cast, times: int) -> list[str]:
    """So many cases like each other, all dismissed; their ids."""
    found = []
    for number in range(times):
        case = opened(cast.rui, content_ref=f"old{number}")
        decided(case, cast.rui, dismissed(case))
        found.append(case.id)
    remember()
    return found


def test_a_decision_is_found_by_the_next_case_like_it(cast: Cast) -> None:
    """With its verdict, its measures and where it stands; a case of another kind does not find it."""
    first = opened(cast.rui, content_ref="p1")
    decided(first, cast.rui, choice(first, ("remove", None), ("warn", None)))
    first_id = first.id
    process_all("work", "later")
    alike = opened(content_ref="p2")
    (found,) = queries.alike(queries.features(alike), besides=alike.id)
    assert (found.case_id, found.verdict, found.account) == (first_id, "upheld", ("warn", None))
    assert ("remove", None) in found.measures
    assert found.steps == 1  # the account has points now, it had none then
    assert queries.alike(Features("COPY_TEXT", "", 1)) == []
    assert queries.alike(queries.features(alike), hidden=[first_id]) == []


def test_an_appeal_that_turns_it_turns_the_precedent(cast: Cast) -> None:
    """Later cases compare themselves with what stands now; that it was turned is said. A repeat changes nothing."""
    case = opened(cast.rui)
    first = decided(case, cast.rui)
    first_id, case_id = first.id, case.id
    remember()
    with transaction():
        again = cases.get(case_id)
        redecide(case_id, cast.mei, dismissed(again), db.session.get_one(Decision, first_id))
    remember()
    assert (kept(case_id).verdict, kept(case_id).appeal, kept(case_id).measures) == ("rejected", "reversed", [])
    with transaction():
        service.keep(db.session.get_one(Decision, first_id))
    assert kept(case_id).verdict == "rejected"
    with transaction():
        service.left(case_id)
    assert kept(case_id).appeal == "reversed"


def test_an_appeal_that_leaves_it_is_noted(cast: Cast) -> None:
    """As a mark beside it."""
    case = opened(cast.rui)
    decided(case, cast.rui)
    case_id = case.id
    remember()
    with transaction():
        service.left(case_id)
    assert (kept(case_id).verdict, kept(case_id).appeal) == ("upheld", "upheld")


def test_a_choice_far_from_all_before_wants_one_sentence(cast: Cast) -> None:
    """Refused without it; with it, it is kept with the decision."""
    dismissed_before(cast, 5)
    case = opened(cast.rui, content_ref="new")
    outcome = foresee(case, choice(case))
    with pytest.raises(Refused, match="apart_missing") as refused:
        service.ask(case, outcome, choice(case))
    assert refused.value.params["far"] == ("verdict",)
    why = choice(case, apart="The first with the original file before us.")
    service.ask(case, outcome, why)
    assert decided(case, cast.rui, why).apart == "The first with the original file before us."


def test_those_a_person_must_not_see_do_not_count(cast: Cast) -> None:
    """Whoever could hear an appeal of them is asked nothing that would give their outcome away."""
    hidden = dismissed_before(cast, 5)
    case = opened(cast.rui, content_ref="new")
    service.ask(case, foresee(case, choice(case)), choice(case), hidden=hidden[:1])


def test_old_decisions_are_kept_by_a_command(cast: Cast, app: APIFlask) -> None:
    """After an update; a second run changes nothing."""
    case_id = dismissed_before(cast, 1)[0]
    with transaction():
        db.session.delete(kept(case_id))
    for _run in range(2):
        told = app.test_cli_runner().invoke(args=["precedents", "rebuild"])
        assert told.output == "1 decisions looked at.\n"
        assert kept(case_id).verdict == "rejected"


def test_looking_walks_an_index_and_no_table(cast: Cast) -> None:
    """However many were decided: a seek for each cell, never a scan of precedents or cases."""
    case = opened(cast.rui)
    sent: list[tuple[str, Any]] = []

    def note(_connection: Any, _cursor: Any, statement: str, parameters: Any, *_rest: Any) -> None:
        if "precedent" in statement:
            sent.append((statement, parameters))

    event.listen(db.engine, "before_cursor_execute", note)
    queries.alike(queries.features(case), besides=case.id)
    event.remove(db.engine, "before_cursor_execute", note)
    assert len(sent) == 1
    if db.engine.dialect.name == "sqlite":
        plan = db.session.connection().exec_driver_sql(f"EXPLAIN QUERY PLAN {sent[0][0]}", sent[0][1]).all()
        said = [row[-1] for row in plan]
        assert not [line for line in said if line.startswith("SCAN") and ("precedent" in line or "case" in line)], said
        assert any("ix_precedent_alike" in line for line in said)
