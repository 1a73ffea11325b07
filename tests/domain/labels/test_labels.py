"""What files say of themselves, kept and weighed: three answers, contradictions, the row of art 6, and forgetting."""

from __future__ import annotations

from typing import Any

import pytest
from apiflask import APIFlask
from sqlalchemy import func, select

from tests.builders import evidence_of, file_report, picture
from webapp.core.db import db, transaction
from webapp.domain.labels import queries, rules, service
from webapp.domain.labels.models import Reading
from webapp.domain.policy.queries import book


def claim(
    answer: str, source: str = "xmp_aigc", trust: str = "editable", text: str = "", *issues: str
) -> dict[str, Any]:
    return {"source": source, "answer": answer, "trust": trust, "text": text, "issues": list(issues), "box": []}


AI = claim("declared")
TRACE = claim("suspected", "generator")
SEEN = claim("declared", "visible_mark", "visible")
CAMERA = claim("no_evidence", "c2pa", "signed", "DigitalSourceType=digitalCapture · Signer=Lumo Camera")
DRAWN = claim("no_evidence", "xmp_source_type", "editable", "digitalCreation")


@pytest.mark.parametrize(
    ("claims", "answer", "contradicts", "found"),
    [
        ([], "no_evidence", False, "none"),
        ([CAMERA], "no_evidence", False, "none"),
        ([TRACE], "suspected", False, "suspected"),
        ([TRACE, AI], "declared", False, "declared"),
        ([SEEN], "declared", False, "suspected"),  # a visible label is what the platform detects, no metadata
        ([AI, CAMERA], "declared", True, "declared"),
        ([TRACE, DRAWN], "suspected", True, "suspected"),
        ([claim("declared", "png_aigc", "editable", "", "FIELDS_DISAGREE")], "declared", True, "declared"),
    ],
)
def test_declared_beats_suspected_beats_nothing(claims, answer, contradicts, found) -> None:
    assert (rules.combined(claims), rules.contradicts(claims), rules.found(claims)) == (answer, contradicts, found)


def test_an_admission_counts_where_the_metadata_says_nothing() -> None:
    assert rules.found([], admitted=True) == rules.found([SEEN], admitted=True) == "admitted"
    assert rules.found([AI], admitted=True) == "declared"


def test_every_row_of_article_six_is_in_the_book() -> None:
    measures = [(row.found, row.measure) for row in book().labels.duties]
    assert measures == [
        ("declared", "label_ai"), ("admitted", "label_possible"), ("suspected", "label_suspected"), ("none", ""),
    ]  # fmt: skip


def test_no_answer_says_that_a_person_made_it() -> None:
    words = " ".join(text for words in book().labels.answers.values() for text in (words.zh, words.en)).lower()
    assert "human" not in words and "人工" not in words and "真实" not in words


def test_a_reading_is_kept_once_newest_version_first_and_forgotten_with_its_item(app: APIFlask) -> None:
    item = evidence_of(file_report([picture(1)], [picture(2)]), "alleged")[0].id
    assert queries.summaries([item])[item].answer is None
    with transaction():
        first = service.record(item, "metadata", "1", [AI])
        assert service.record(item, "metadata", "1", []) is first
        service.record(item, "c2pa", "1", [CAMERA])
    told = queries.summaries([item])[item]
    assert (told.answer, len(told.claims), told.contradicts) == ("declared", 2, True)
    with transaction():
        service.record(item, "metadata", "2", [])
    assert [r.version for r in queries.readings_of([item])[item] if r.reader == "metadata"] == ["2"]
    assert queries.summaries([item])[item].answer == "no_evidence"
    with transaction():
        service.forget([item])
    assert db.session.scalar(select(func.count()).select_from(Reading)) == 0
