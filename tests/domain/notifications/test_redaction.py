"""What of a notice its other side is told, and what the desk reads of letters before they exist."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
import time_machine
from sqlalchemy import select

from tests.builders import file_report
from tests.conftest import Cast
from tests.domain.notifications.mailbox import Mailbox
from tests.domain.notifications.stories import Story
from tests.domain.notifications.table import NOON, PERSON
from webapp.core.db import db, transaction
from webapp.domain.cases.models import NoticeReturn
from webapp.domain.decisions.rules import Choice
from webapp.domain.decisions.service import foresee
from webapp.domain.notifications import notices, previews, redaction
from webapp.domain.notifications.models import Letter
from webapp.domain.reports.models import Report


@pytest.fixture
def story(mailbox: Mailbox, cast: Cast) -> Iterator[Story]:
    """A story told in English from Monday noon on."""
    with time_machine.travel(NOON, tick=False) as traveller:
        yield Story("en", traveller)


@pytest.mark.parametrize(
    ("answers", "named"),
    [
        ({"basis": "SELF", "claimant_name": "Zhou Yun", "name": "Zhou Yun"}, "Zhou Yun"),
        ({"basis": "AGENT", "claimant_name": "Zhou Ming"}, "Zhou Ming"),
        ({"basis": "GUARD", "claimant_name": "Zhou Xiao"}, ""),
        ({"kind": "LIKENESS", "basis": "AGENT", "claimant_name": "Zhou Ming"}, ""),
    ],
)
def test_whom_a_notice_names(story: Story, answers: dict[str, object], named: str) -> None:
    """The right holder of a work, for whom the agent speaks; never a child, never a person whose face it is."""
    report = file_report(**answers).report
    assert redaction.notice(db.session.get_one(Report, report.id)).right_holder == named


@pytest.mark.parametrize(
    ("title", "place", "told"),
    [
        ("Evening on the river", "0:12–0:40", ("Evening on the river", "0:12–0:40")),
        ("Call me: zhou@example.org", "ask Zhou Yun", ("", "")),
        ("Evening, by Zhou Yun", "1:02:03", ("", "1:02:03")),
        ("see www.zhou.example", "约 3 分钟处", ("", "")),
        ("My work 138 0013 8000", "", ("", "")),
    ],
)
def test_what_a_notice_tells_of_a_work(story: Story, title: str, place: str, told: tuple[str, str]) -> None:
    """Its title and the place, unless they carry a way to find the reporter."""
    report_id = file_report(work_title=title, time_position=place, name="Zhou Yun").report.id
    found = redaction.notice(db.session.get_one(Report, report_id))
    assert (found.work, found.position) == told


@pytest.mark.parametrize("language", ["zh", "en"])
def test_the_desk_reads_letters_before_they_exist(story: Story, language: str) -> None:
    """Return, forwarding and provisional measure; nothing is written, and no link in a preview opens anything."""
    story.filed()
    before = len(list(db.session.scalars(select(Letter))))
    returned = previews.preview_return(story.report, ["WORK"], "Please add it.", language)
    assert ("作品名称" if language == "zh" else "Name of the work") in returned.text
    assert "Please add it." in returned.text
    both = previews.preview_forwarding(story.report, language)
    assert both.respondent is not None
    for text in (returned.text, both.reporters[0].letter.text, both.respondent.text):
        assert not re.search(r"token=(?!…)", text)
    assert "canary-r@" not in both.respondent.text
    db.session.commit()
    assert len(list(db.session.scalars(select(Letter)))) == before
    assert not db.session.scalars(select(NoticeReturn)).all()


def test_a_rejected_choice_previews_nothing_for_the_account(story: Story) -> None:
    """Only the reporter's letter."""
    story.filed().taken()
    choice = Choice({story.report_id: "not_supported"}, "", [("no_violation", None)], "Two paintings.")
    preview = previews.preview(foresee(story.case, choice), "en")
    assert preview.respondent is None
    assert "Two paintings." in preview.reporters[0].letter.text


def test_the_consent_letter_needs_a_consent(story: Story) -> None:
    """A message without a withdrawal behind it writes nothing."""
    story.filed(**PERSON)
    with transaction():
        assert notices.confirm_consent_withdrawn(story.report) is None
