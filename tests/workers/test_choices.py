"""A decision waits its minute in a database, not in a process: whatever is killed meanwhile, it is made once."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import func, select

from tests.builders import file_report
from tests.domain.decisions.story import choice
from tests.workers.yard import Yard, until
from webapp.core.clock import now
from webapp.core.db import db, transaction
from webapp.core.ids import new_id
from webapp.core.outbox import Task
from webapp.domain.cases import queries as cases
from webapp.domain.cases.service import take
from webapp.domain.decisions.models import Decision, HeldChoice
from webapp.domain.decisions.service import decide
from webapp.domain.staff.models import Staff

WINDOW = 3  # seconds in which everything is killed


@pytest.fixture
def yard(tmp_path: Path) -> Iterator[Yard]:
    """Real processes, and an installation where decisions wait a moment."""
    made = Yard(tmp_path)
    made.environment["REDRESS_UNDO_SECONDS"] = str(WINDOW)
    made.app.config["SETTINGS"] = made.app.config["SETTINGS"].model_copy(update={"undo_seconds": WINDOW})
    yield made
    made.close()


def submit() -> str:
    """A case decided by somebody; gives its id while the decision waits."""
    receipt = file_report()
    with transaction():
        staff = Staff(
            id=new_id(),
            email="rui@desk.example",
            name="Rui",
            role="reviewer",
            language="en",
            password_hash="-",
            created_at=now(),
        )
        db.session.add(staff)
        db.session.flush()
        case_id = cases.case_of(receipt.report.id).id
        take(case_id, staff)
    with transaction():
        case = cases.get(case_id)
        assert isinstance(decide(case_id, staff, case.version, choice(case)), HeldChoice)
    return case_id


def decisions() -> int:
    db.session.rollback()
    return db.session.scalar(select(func.count()).select_from(Decision)) or 0


def test_every_process_killed_in_the_window_and_the_decision_is_made_once(yard: Yard) -> None:
    yard.start("queue")
    yard.start("work")
    with yard.app.app_context():
        case_id = submit()
        yard.kill("work")
        yard.kill("queue")
        assert decisions() == 0
        for part in ("queue", "sweeper", "work"):
            yard.start(part)
        until(lambda: decisions() == 1, 60)
        until(lambda: db.session.scalars(select(Task.state).where(Task.topic == "choice.due")).all() == ["done"], 5)
        assert cases.get(case_id).state == "decided"
        assert db.session.scalars(select(HeldChoice.state)).all() == ["made"]
        db.session.remove()
