"""Times in a recording as people type them, and the part a report asks us to look at."""

from __future__ import annotations

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from webapp.domain.reports import places

TYPED = [
    # What people type on phones and keyboards, Chinese ones among them; and what is no time at all.
    ("0:42", 42),
    ("1:02:03", 3723),
    ("12：05", 725),
    ("1分5秒", 65),
    ("1h02m03s", 3723),
    ("65", 65),
    (" 5.5 s", 5.5),
    ("1:75", None),
    ("1:70:00", None),
    ("the end", None),
    ("-3", None),
    ("9999999", None),
    ("", None),
]


@pytest.mark.parametrize(("text", "expected"), TYPED)
def test_positions_as_people_type_them(text: str, expected: float | None) -> None:
    assert places.seconds(text) == expected


@pytest.mark.parametrize(
    ("begins", "ends", "words"),
    [(12, 30, "0:12–0:30"), (None, 30, "0:00–0:30"), (3600, None, "1:00:00–"), (None, None, "")],
)
def test_a_part_in_words(begins: float | None, ends: float | None, words: str) -> None:
    assert places.part(begins, ends) == words


def test_a_time_without_zone_is_of_the_legal_one() -> None:
    shanghai = ZoneInfo("Asia/Shanghai")
    noon = datetime(2026, 9, 1, 4, tzinfo=UTC)
    assert places.moment("2026-09-01T12:00", shanghai) == noon
    assert places.moment("2026-09-01T04:00+00:00", shanghai) == noon
    for nothing in ("yesterday", "0001-01-01T00:00", "9999-12-31T23:59-12:00"):
        assert places.moment(nothing, shanghai) is None
