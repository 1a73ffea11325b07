"""Every letter in both languages, as it was mailed: what must stand in it, and what must never (law.md §8)."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
import time_machine
from sqlalchemy import select

from tests.conftest import Cast
from tests.domain.notifications.letters import ALL, LANGUAGES
from tests.domain.notifications.mailbox import Mailbox
from tests.domain.notifications.stories import Story
from tests.domain.notifications.table import FRAUD, INTIMATE, NOON, TABLE, Told
from webapp.core.db import db, transaction
from webapp.domain.notifications.models import Letter
from webapp.domain.staff.models import Staff


@pytest.fixture
def clock(mailbox: Mailbox) -> Iterator[time_machine.Traveller]:
    """Time stands still at Monday noon until a story moves it."""
    with time_machine.travel(NOON, tick=False) as traveller:
        yield traveller


def test_every_letter_has_its_line() -> None:
    """A letter nobody triggers here would be one nobody has read."""
    assert {told.name for told in TABLE} == set(ALL)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("told", [pytest.param(t, id=f"{t.name} {t.about}".strip()) for t in TABLE])
def test_a_letter_says_what_it_must_and_never_what_it_must_not(
    told: Told, language: str, mailbox: Mailbox, cast: Cast, clock: time_machine.Traveller
) -> None:
    """The letter as it was mailed: the words of its language, none of the other side's, no name from the desk."""
    with transaction():
        for person in db.session.scalars(select(Staff)):
            person.language = language
    told.play(Story(language, clock))
    letters = list(db.session.scalars(select(Letter).where(Letter.name == told.name)))
    assert len(letters) == 1, [x.name for x in db.session.scalars(select(Letter))]
    letter = letters[0]
    assert (letter.state, letter.language) == ("sent", language)
    mailed = next(m for m in mailbox.letters if m["Message-ID"] == letter.message_id)
    parts = [mailed.get_body((kind,)) for kind in ("plain", "html")]
    for body in (letter.text, *(str(p.get_content()) for p in parts if p is not None)):
        for must in told.zh if language == "zh" else told.en:
            assert must.casefold() in body.casefold()
        _clean(body, told, letter)
    _clean(letter.subject, told, letter)
    assert mailed["Auto-Submitted"] == "auto-generated"
    assert [p.get_content_type() for p in mailed.walk()] == ["multipart/alternative", "text/plain", "text/html"]


def _clean(body: str, told: Told, letter: Letter) -> None:
    for never in told.never:
        assert never not in body
    for name in ("Rui", "Mei", "Lan", "Ada", "desk.example"):
        assert not re.search(rf"\b{name}\b", body)
    other = {"reporter": "CANARY-A", "respondent": "CANARY-R", "staff": "CANARY"}[letter.recipient.partition(":")[0]]
    for allowed in told.allowed:
        body = body.replace(allowed, "")
    assert other.casefold() not in body.casefold()
    assert "CANARY-R-FILE" not in body


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("answers", [FRAUD, INTIMATE], ids=["fraud", "intimate"])
def test_nobody_reads_an_urgent_matter_in_a_subject_line(
    answers: dict[str, object], language: str, cast: Cast, clock: time_machine.Traveller
) -> None:
    """From the receipt to the follow-up and on the account's side: only that there is a letter, and its number."""
    story = Story(language, clock)
    story.filed(**answers).interim().decided("supported", ("remove", None))
    story.later(days=15)
    quiet = r"给您的一封信：[RC]-\S+" if language == "zh" else r"A message for you: [RC]-\S+"
    letters = [x for x in db.session.scalars(select(Letter)) if not x.recipient.startswith("staff:")]
    assert {x.name for x in letters} >= {"report_received", "interim_to_respondent", "decision_to_reporter"}
    for letter in letters:
        assert re.fullmatch(quiet, letter.subject)
