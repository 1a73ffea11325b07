"""The desk's words: every code the rooms can produce has a sentence, and lengths of time read well."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from apiflask import APIFlask

from webapp.core.errors import Conflict
from webapp.core.i18n import speaking
from webapp.desk import seen, trail, words
from webapp.desk.sentences import SENTENCES, sentence
from webapp.domain.cases.rules import BANDS
from webapp.domain.matching.book import chapter
from webapp.domain.matching.detector import CANNOT_LOOK_CODES
from webapp.domain.partners.rules import LIFE as EFFECT_LIFE

ROOT = Path(__file__).parents[2] / "webapp"
MOMENT = datetime(2026, 11, 22, 9, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("minutes", "text", "tone"),
    [
        (5, "due in 5 min", "warn"),
        (125, "due in 2 h 5 min", "warn"),
        (7 * 60, "due in 7 h", "plain"),
        (51 * 60, "due in 2 d 3 h", "plain"),
        (48 * 60, "due in 2 d", "plain"),
        (-90, "overdue by 1 h 30 min", "danger"),
    ],
)
def test_time_limits(app: APIFlask, minutes: int, text: str, tone: str) -> None:
    with app.test_request_context("/?lang=en"), speaking("en"):
        clock = words.clock(MOMENT + timedelta(minutes=minutes), MOMENT)
    assert (clock.text, clock.tone) == (text, tone)


def test_every_reason_a_detector_may_give_has_words() -> None:
    assert set(seen.NOT_LOOKED) == CANNOT_LOOK_CODES


def test_every_state_and_band_has_words() -> None:
    assert set(words.EFFECTS) == set(EFFECT_LIFE.states)
    assert set(words.BAND_TONES) == set(BANDS)
    assert set(chapter()["bands"]) == set(BANDS) - {""}


def _codes(pattern: str, *folders: str) -> set[str]:
    files = [f for folder in folders for f in (ROOT / folder).rglob("*.py")]
    return {code for f in files for code in re.findall(pattern, f.read_text(encoding="utf-8"))}


def test_every_act_in_the_log_has_words() -> None:
    written = _codes(r'record\(\s*[^"()]*(?:\([^()]*\))?[^"()]*"([a-z_]+\.[a-z_]+)"', "domain", "desk", "api")
    assert len(written) > 20
    assert written <= set(trail.VERBS)


def test_every_refusal_the_desk_can_meet_has_words() -> None:
    rooms = ("domain/cases", "domain/decisions", "domain/staff", "desk")
    raised = _codes(r'(?:Refused|Conflict|NotFound|NotAllowed)\("([a-z_]+)"', *rooms)
    assert len(raised) > 20
    elsewhere = {
        "no_such_claim",
        "no_such_decision",
        "cannot_answer",
        "cannot_complete",
        "reopen_too_late",
    }  # told to a reporter or to nobody
    assert raised - elsewhere <= set(SENTENCES)


def test_a_sentence_that_misses_a_name_falls_back_to_the_general_one(app: APIFlask) -> None:
    with app.test_request_context("/?lang=en"), speaking("en"):
        assert sentence(Conflict("claimed_by_other", name="Mei")) == "Mei is working on this case right now."
        assert sentence(Conflict("claimed_by_other")).startswith("That is not possible")
        assert sentence(Conflict("never_heard_of")).startswith("That is not possible")
