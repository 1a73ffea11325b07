"""Where a case waits: the first queue that fits, the points in the book's terms, an order that time cannot change."""

from __future__ import annotations

import shutil
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from webapp.domain.cases.placing import Known, lead, longest, order_at, points, route
from webapp.domain.policy.queries import FOLDER, BookError, book, load
from webapp.domain.queues.rules import barred, overlaps

NOON = datetime(2026, 11, 23, 4, tzinfo=UTC)
PICTURE = Known(kind="COPY_IMAGE", priority="P2", rank=1, band="strong", languages=frozenset({"zh"}))


@pytest.mark.parametrize(
    ("changes", "queue"),
    [
        ({}, "works"),
        # What concerns a child, or is intimate, goes to those trained for it, urgent or not.
        ({"kind": "MINOR_SEXUAL", "priority": "P0", "rank": 0}, "minors"),
        ({"kind": "MINOR_HARM", "priority": "P1"}, "minors"),
        ({"kind": "INTIMATE_DEEPFAKE", "priority": "P0", "rank": 0}, "intimate"),
        ({"kind": "FRAUD", "priority": "P0", "rank": 0}, "urgent"),
        # A circumstance raised it: the kind alone would wait elsewhere.
        ({"kind": "FABRICATION_RUMOUR", "priority": "P0", "rank": 0}, "urgent"),
        ({"kind": "FABRICATION_RUMOUR"}, "general"),
        ({"rank": 2}, "slowed"),
        # One Chinese report among them needs somebody who reads Chinese.
        ({"kind": "LIKENESS", "priority": "P1"}, "person"),
        ({"kind": "LIKENESS", "priority": "P1", "languages": frozenset({"en"})}, "english"),
        ({"kind": "LIKENESS", "priority": "P1", "languages": frozenset({"en", "zh"})}, "person"),
        ({"kind": "VH_IMAGE_COPY"}, "works"),
        ({"kind": "AI_LABEL_MISSING", "priority": "P3"}, "labels"),
        # Whatever nobody thought of waits somewhere, too.
        ({"kind": "OF_AN_OLDER_BOOK"}, "general"),
    ],
)
def test_the_first_queue_that_fits_takes_the_case(changes: dict[str, object], queue: str) -> None:
    """Kind, urgency, rank and language → queue."""
    assert route(replace(PICTURE, **changes), book()) == queue  # type: ignore[arg-type]  # the table is mixed


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({}, {"harm": 12, "match": 8}),
        ({"band": ""}, {"harm": 12}),
        ({"band": "none"}, {"harm": 12, "match": -4}),
        ({"reporters": 3}, {"harm": 12, "match": 8, "reporters": 4}),
        ({"reporters": 500}, {"harm": 12, "match": 8, "reporters": 12}),
        ({"verified": True}, {"harm": 12, "match": 8, "verified": 6}),
        ({"misused": True}, {"harm": 12, "match": 8, "misuse": -12}),
        ({"kind": "MINOR_HARM", "priority": "P1"}, {"harm": 24, "match": 8, "minors": 12}),
    ],
)
def test_points_are_what_the_book_says(changes: dict[str, object], expected: dict[str, int]) -> None:
    """What is known of a case → the points that count; what counts nothing is not said."""
    assert dict(points(replace(PICTURE, **changes), book())) == expected  # type: ignore[arg-type]  # the table is mixed


def test_points_move_a_case_by_hours_and_never_further_than_the_book_lets_them() -> None:
    """A point is an hour; together they stop at `most`, forward and back."""
    assert lead([["harm", 12], ["match", 8]], book()) == 20
    assert lead([["harm", 36], ["minors", 36]], book()) == book().queues.points.most
    assert lead([["misuse", -500]], book()) == -book().queues.points.most


def test_each_order_is_an_instant_that_time_leaves_alone() -> None:
    """By points: the due time moved; by the clock, or while an answer is awaited: the due time; by age: the opening."""
    due, opened = NOON + timedelta(hours=48), NOON

    def at(code: str, *, asked: bool = False) -> datetime:
        queue = book().queues.of(code)
        return order_at(queue, due_at=due, opened_at=opened, hours=20, asked=asked, book=book())

    assert at("works") == due - timedelta(hours=20)
    assert at("works", asked=True) == due
    assert at("urgent") == due
    assert at("slowed") == opened + longest(book()) == opened + timedelta(hours=168)


@pytest.mark.parametrize(
    ("code", "role", "skills", "reads", "why"),
    [
        ("works", "reviewer", [], ["zh"], ""),
        ("minors", "reviewer", ["minors"], ["zh"], ""),
        ("minors", "reviewer", ["intimate"], ["zh"], "skill"),
        ("minors", "admin", [], ["zh"], "skill"),  # a role is no training
        ("english", "reviewer", [], ["zh"], "language"),
        ("seniors", "reviewer", ["minors", "intimate"], ["zh", "en"], "role"),
        ("seniors", "lead", [], ["zh"], ""),
    ],
)
def test_who_may_enter(code: str, role: str, skills: list[str], reads: list[str], why: str) -> None:
    """Role, training and languages → open, or what is missing."""
    assert barred(book().queues.of(code), role, skills, reads) == why


def test_two_queues_that_name_the_same_kinds_are_shown() -> None:
    """The English one narrows the other, so the other still gets what is Chinese."""
    found = overlaps(book())
    assert [(one.first, one.second, one.never) for one in found] == [("english", "person", ())]
    assert "LIKENESS" in found[0].kinds and "COPY_IMAGE" not in found[0].kinds


@pytest.fixture
def own(tmp_path: Path) -> Path:
    """An operator's own copy of the book."""
    return Path(shutil.copytree(FOLDER, tmp_path / "own"))


def _change(folder: Path, before: str, after: str) -> None:
    path = folder / "queues.toml"
    text = path.read_text(encoding="utf-8")
    assert before in text
    path.write_text(text.replace(before, after, 1), encoding="utf-8")


def test_a_queue_that_takes_everything_of_another_is_said_to(own: Path) -> None:
    """Without its language the first of the two leaves nothing to the second."""
    _change(own, ', languages = ["en"] }', " }")
    (found,) = overlaps(load(own))
    assert found.never == found.kinds


@pytest.mark.parametrize(
    ("before", "after", "says"),
    [
        ('groups = ["intimate"]', 'groups = ["intimte"]', "'intimte', which is not in matrix.toml"),
        ('"AI_LABEL_WRONG"', '"AI_LABEL_WORNG"', "'AI_LABEL_WORNG', which is not in kinds"),
        ('skills = ["minors"]', 'skills = ["childen"]', "'childen', which is not in skills"),
        ('escalate_to = "seniors"', 'escalate_to = "nobody"', "'nobody', which is not in queues.toml"),
        ('hidden_actions = ["label_ai"', 'hidden_actions = ["label_ia"', "'label_ia', which is not in actions"),
        (
            'hidden_actions = ["label_ai"',
            'hidden_actions = ["remove"',
            "hides 'remove', which INTIMATE_DEEPFAKE suggests",
        ),
        ("takes = { ranks = [0] }\n", "", "and no other, must take everything that is left"),
        ("by_hand = true", "by_hand = true\ntakes = { ranks = [0] }", "can have no criteria"),
        (", P4 = 0 }", " }", "points.harm says nothing of P4"),
        ("strong = 8, ", "", "match must be exactly"),
    ],
)
def test_a_slip_in_the_book_stops_the_start_with_one_sentence(own: Path, before: str, after: str, says: str) -> None:
    """The file is named, and what is wrong in it."""
    _change(own, before, after)
    with pytest.raises(BookError, match=r"queues\.toml") as error:
        load(own)
    assert says in str(error.value)
