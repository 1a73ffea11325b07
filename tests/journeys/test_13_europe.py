"""The same house where it serves the European Union: its own copy of the rule book, with that regime switched on.

There anybody's notice is a full notice, so a stranger who recognises a singer's stolen face is no longer a tipster. The
statement of reasons is there with the restriction, and goes to the EU's database as JSON in a batch, without personal
data: a reason in which somebody's telephone number stands is held back, and the desk says so.
"""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable, Iterator
from datetime import datetime
from pathlib import Path

import pytest
from apiflask import APIFlask

from tests.journeys import acts
from tests.journeys.stage import Person, Stage, at, text_of
from webapp.domain.policy.queries import FOLDER

POST, TITLE = "lumo-1003", "苏晚亲测"
OTHER, OTHER_TITLE = "lumo-1020", "I am Nova"
STRANGER = "jan.kowalski@mail.example.org"
WRONG = "That is the singer Su Wan's face, put beside an investment she surely never heard of."
REASON = "The singer is recognisable in a generated portrait that promotes an investment; no consent was shown."
NAMED = "The source of the claim can be reached at +49 30 901820 and withdrew it."


@pytest.fixture
def europe(app: APIFlask, tmp_path: Path, stage_at: Callable[[datetime], Stage]) -> Iterator[Stage]:
    """A stage whose house has a rule book of its own."""
    own = Path(shutil.copytree(FOLDER, tmp_path / "own"))
    regimes = own / "regimes.toml"
    head, found, tail = regimes.read_text(encoding="utf-8").partition("[EU_DSA]")
    assert found and "enabled = false" in tail
    regimes.write_text(head + found + tail.replace("enabled = false", "enabled = true", 1), encoding="utf-8")
    stage = stage_at(at("2026-11-16 10:00"))
    before = app.config["SETTINGS"]
    app.config["SETTINGS"] = before.model_copy(update={"book_folder": own})
    yield stage
    app.config["SETTINGS"] = before


def test_a_strangers_notice_and_the_eu_s_database(europe: Stage, tmp_path: Path) -> None:
    """From the stranger's form to the file for the database."""
    stage = europe
    filed = acts.report(stage.person(), POST, "LIKENESS", "ANY", name="Jan Kowalski", email=STRANGER, wrong=WRONG)
    assert "as a tip" not in filed.receipt
    acts.report(stage.person(), OTHER, "FABRICATION_RUMOUR", "ANY", email=STRANGER, name="Jan Kowalski", wrong=WRONG)
    stage.settle()
    rui = stage.desk("rui")
    _a_full_notice(stage, rui)
    _told_at_once(stage)
    (other,) = acts.cases_of(rui, OTHER_TITLE)
    acts.take(rui, other)
    acts.decide(rui, other, "FABRICATION_RUMOUR", ["label_disputed"], reason=NAMED)
    stage.settle()
    _exported(stage, other, tmp_path / "batches")


def _a_full_notice(stage: Stage, rui: Person) -> None:
    (case,) = acts.cases_of(rui, TITLE)
    page = acts.take(rui, case)
    assert "Notice" in page and "Digital Services Act" in page and "Jan Kowalski" not in page
    acts.decide(rui, case, "LIKENESS", ["remove"], reason=REASON)
    stage.settle()
    assert stage.content(POST)["state"] == "removed"
    page = rui.sees(f"/desk/case/{case}")
    assert "Statement of reasons, at the latest with the restriction" in page and "done late" not in page


def _told_at_once(stage: Stage) -> None:
    (letter,) = stage.letters(stage.content(POST)["account"]["email"])
    assert REASON in text_of(letter) and "Kowalski" not in text_of(letter) and STRANGER not in text_of(letter)
    mine = stage.letters(STRANGER)[-1]
    assert REASON in text_of(mine)


def _exported(stage: Stage, held: str, folder: Path) -> None:
    said = stage.app.test_cli_runner().invoke(args=["statements", "export", str(folder)]).output
    assert "1 statements in 1 files" in said and f"Left out: case {held}" in said
    (batch,) = folder.glob("*.json")
    (statement,) = json.loads(batch.read_text(encoding="utf-8"))["statements"]
    assert statement["category"] == "STATEMENT_CATEGORY_CYBER_VIOLENCE"
    assert statement["decision_visibility"] == ["DECISION_VISIBILITY_CONTENT_REMOVED"]
    assert statement["source_type"] == "SOURCE_ARTICLE_16" and statement["automated_decision"].endswith("NOT_AUTOMATED")
    assert statement["content_date"] <= statement["application_date"] == "2026-11-16"
    assert "KEYWORD_NON_CONSENSUAL_MATERIAL_DEEPFAKE" in statement["category_specification"]
    assert REASON in statement["decision_facts"] and "Kowalski" not in json.dumps(statement)
    lan = stage.desk("lan")
    page = lan.sees("/desk/statements")
    line = page[page.index(held) :][:300]
    assert "held back: a telephone number in it" in line and "+49" not in page
    taken = lan.post("/desk/statements/batches/1", data={})
    assert json.loads(taken.text)["statements"] == [statement]
