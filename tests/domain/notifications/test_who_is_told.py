"""Who is written to and who is not, what a letter sets going, and how one is stopped."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import timedelta

import pytest
import time_machine
from flask.testing import FlaskClient
from sqlalchemy import select

from tests.builders import file_report
from tests.conftest import Cast
from tests.domain.notifications import plays
from tests.domain.notifications.conftest import go, rui, staff
from tests.domain.notifications.mailbox import Mailbox
from tests.domain.notifications.stories import Story
from tests.domain.notifications.table import FRAUD, INTIMATE, NOON
from webapp.core import outbox
from webapp.core.audit import Actor
from webapp.core.db import db, transaction
from webapp.core.errors import NotFound
from webapp.domain.appeals import queries as appeals
from webapp.domain.appeals import service as appeal_verbs
from webapp.domain.cases import service as case_verbs
from webapp.domain.cases.models import NoticeReturn
from webapp.domain.clocks import queries as clocks
from webapp.domain.conduct.service import mark
from webapp.domain.decisions.rules import Choice
from webapp.domain.decisions.service import decide
from webapp.domain.notifications import service
from webapp.domain.notifications.models import Letter


@pytest.fixture
def story(mailbox: Mailbox, cast: Cast) -> Iterator[Story]:
    """A story told in English from Monday noon on."""
    with time_machine.travel(NOON, tick=False) as traveller:
        yield Story("en", traveller)


def letters(name: str) -> list[Letter]:
    """All letters of this name."""
    return list(db.session.scalars(select(Letter).where(Letter.name == name).order_by(Letter.created_at)))


def state(story: Story, code: str, on: str = "case") -> str:
    """How one of the story's clocks ended or stands."""
    clock = clocks.get(f"report:{story.report_id}" if on == "report" else f"case:{story.case.id}", code)
    return clock.state if clock else "none"


def test_letters_end_the_clocks_that_waited_for_them(story: Story) -> None:
    """The receipt is the acknowledgement; the answer to the reporter is what the law counts."""
    story.filed()
    assert state(story, "ACK", "report") == "met"
    story.decided()
    assert state(story, "REPORTER_DECISION") == "met"


def test_a_copy_the_mail_server_took_counts_as_arrived_a_day_later(story: Story) -> None:
    """Taken at noon; the waiting time begins the next day (law.md §4.2)."""
    counter = story.filed().decided().countered()
    (sent,) = counter.forwards
    assert sent.mailed_at == NOON
    story.clock.shift(25 * 3600)
    with transaction():
        assert appeal_verbs.arrive_due() == 1
    found = appeals.get(counter.id)
    assert (found.state, str(found.restore_by)[:10]) == ("waiting", "2026-12-09")


def test_a_letter_to_a_claimant_names_the_day_once_it_is_known(story: Story) -> None:
    """Before its arrival the day is counted from today, and the letter says so; the reminder knows it."""
    plays.restore_reminder(story)
    assert "counts from today" in letters("counter_forwarded")[0].text
    assert "after 8 December 2026" in letters("restore_reminder")[0].text


def test_no_letter_is_written_twice_whatever_is_posted_again(story: Story) -> None:
    """Every message once more: the same letters, no second mail."""
    counter = story.filed().interim().decided().countered()
    before = {letter.message_id for letter in db.session.scalars(select(Letter))}
    with transaction():
        for topic, ids in {
            "report.received": {"report_id": story.report_id},
            "decision.made": {"decision_id": story.decision.id},
            "counter.filed": {"counter_id": counter.id},
            "counter.forwarded": {"counter_id": counter.id},
        }.items():
            outbox.post(topic, **ids)
    go()
    assert {letter.message_id for letter in db.session.scalars(select(Letter))} == before


def test_who_took_the_report_back_hears_no_more_of_it(story: Story) -> None:
    """No reminder, no lapse, no follow-up after a withdrawal: only its confirmation."""
    story.filed().returned()
    found = db.session.scalars(select(NoticeReturn)).one()
    return_id = found.id
    with transaction():
        case_verbs.withdraw(story.report, Actor("reporter", "r"))
    with transaction():
        outbox.post("notice.reminder", return_id=return_id, number=3)
        outbox.post("follow_up.due", report_id=story.report_id)
    go()
    names = [letter.name for letter in db.session.scalars(select(Letter).order_by(Letter.created_at))]
    assert sorted(names) == ["notice_returned", "report_received", "report_withdrawn"]


def test_nobody_learns_that_a_stranger_gave_a_hint(story: Story) -> None:
    """A tip is never forwarded, whatever is posted (law.md §8 N05)."""
    story.filed(kind="LIKENESS", basis="ANY", name="CANARY-R-NAME")
    assert story.report.mode == "tip"
    with transaction():
        outbox.post("notice.forwarded", report_id=story.report_id)
    go()
    assert letters("notice_to_respondent") == letters("notice_forwarded") == []


def test_an_anonymous_reporter_is_written_to_by_nobody(story: Story) -> None:
    """The letters are there for the desk to see, and go nowhere."""
    story.filed(kind="MINOR_SEXUAL", basis="ANY", email="", name="", anonymous=True)
    story.decided("supported", ("remove", None))
    mine = [x for x in db.session.scalars(select(Letter)) if x.recipient == f"reporter:{story.report_id}"]
    assert {x.name: x.state for x in mine} == {"report_received": "no_address", "decision_to_reporter": "no_address"}


def test_a_link_stops_the_letter_that_would_come_later(story: Story, client: FlaskClient) -> None:
    """Opening the link only asks; after the button nothing is written; a forged link is no page."""
    story.filed(**INTIMATE).decided("supported", ("remove", None))
    link = re.search(r"http://localhost(/letters/stop\?token=\S+)", letters("decision_to_reporter")[0].text)
    assert link is not None
    assert client.get(link[1]).status_code == 200
    assert not service.stopped("follow_up", f"reporter:{story.report_id}")
    for _ in range(2):
        assert client.post(link[1]).status_code == 200
    assert client.get(link[1].replace("token=", "token=x")).status_code == 404
    assert client.get("/letters/stop").status_code == 404
    story.later(days=15)
    assert letters("follow_up") == []
    with pytest.raises(NotFound), transaction():
        service.stop("forged")


def test_a_follow_up_comes_once_and_only_where_something_was_found(story: Story) -> None:
    """Two weeks later, a single letter; none for other kinds, none where the report was not upheld."""
    story.filed(**INTIMATE).decided("supported", ("remove", None))
    story.later(days=13)
    assert letters("follow_up") == []
    story.later(days=2)
    story.later(days=30)
    assert len(letters("follow_up")) == 1


def test_nothing_is_promised_or_sent_later_where_nothing_was_found(story: Story) -> None:
    """Not upheld: no link in the decision, no message left for later."""
    story.filed(**INTIMATE).decided("not_supported")
    assert "/letters/stop" not in letters("decision_to_reporter")[0].text
    assert not db.session.scalars(select(outbox.Task).where(outbox.Task.topic == "follow_up.due")).all()


def test_leads_hear_of_an_urgent_case_once(story: Story) -> None:
    """By its number alone; a second report of the same content wakes nobody again."""
    story.filed(**FRAUD)
    file_report(email="second@example.org", **FRAUD)
    go()
    (letter,) = letters("urgent_arrived")
    assert letter.recipient == f"staff:{staff('lan').id}"
    assert letter.text.startswith(f"An urgent case has arrived: {story.case.reference}")


def test_without_a_lead_the_administrator_hears_of_it(story: Story) -> None:
    """Somebody has to."""
    with transaction():
        staff("lan").active = False
    story.filed(**FRAUD)
    assert letters("urgent_arrived")[0].recipient == f"staff:{staff('ada').id}"


def test_nobody_is_alarmed_about_a_clock_that_was_met_meanwhile(story: Story) -> None:
    """The alert was posted, then somebody decided."""
    story.filed()
    clock = clocks.get(f"report:{story.report_id}", "DECISION")
    assert clock is not None
    clock_id = clock.id
    story.decided()
    with transaction():
        outbox.post("clock.alert", clock_id=clock_id, stage="breach")
    go()
    assert letters("clock_alert") == []


def test_what_was_held_is_told_to_be_free_when_the_case_ends_undecided(story: Story) -> None:
    """Hidden for the time being, then the only report is taken back."""
    story.filed().interim()
    with transaction():
        case_verbs.withdraw(story.report, Actor("reporter", "r"))
    go()
    (letter,) = letters("restored_to_respondent")
    assert "The content is back" in letter.text
    assert "counter-notice" not in letter.text


def test_a_claimant_who_is_barred_reads_that_and_under_which_law(story: Story) -> None:
    """RTCI art 17: the same notice cannot be given again; the way is the court."""
    story.filed()
    with transaction():
        story.report.regimes = ["CN_RTCI"]
    counter = story.decided().countered()
    assert counter.regime == "CN_RTCI"
    with transaction():
        appeal_verbs.mark_read(counter.id, story.report_id)
    story.clock.shift(17 * 86400)
    with transaction():
        assert appeal_verbs.elapse_due() == 1
    go()
    text = letters("restored_to_reporter")[0].text
    assert "NO SECOND NOTICE" in text and "RTCI" in text


def test_an_account_first_hears_of_a_decision_when_an_appeal_turns_it(story: Story) -> None:
    """Rejected, so nobody told it; upheld on the reporter's appeal: it gets its whole statement of reasons."""
    story.filed().decided("not_supported").appealed(f"reporter:{story.report_id}", "supported")
    assert letters("appeal_to_other") == []
    assert "Remove the content" in letters("decision_to_respondent")[0].text
    assert "You were right" in letters("appeal_to_party")[0].text


def test_an_appeal_that_changes_nothing_is_told_to_whoever_appealed(story: Story) -> None:
    """The other side, whom nothing touches, hears nothing."""
    story.filed().decided().appealed("respondent", "")
    assert [x.recipient.partition(":")[0] for x in letters("appeal_to_party")] == ["respondent"]
    assert letters("appeal_to_other") == []


def test_of_several_reporters_each_hears_of_an_appeal_only_what_touches_her(story: Story) -> None:
    """One was right, one was not; the account's appeal turns the first: only she is told."""
    other = file_report(email="second@example.org", content_ref="p1").report.id
    story.filed()
    story.taken()
    choice = Choice({story.report_id: "supported", other: "not_supported"}, "COPY_IMAGE", [("remove", None)], "Seen.")
    with transaction():
        decide(story.case.id, rui(), story.case.version, choice)
    go()
    with transaction():
        appeal_id = appeal_verbs.file(story.case.id, "respondent", "Look again.").id
        appeal_verbs.take(appeal_id, staff("mei"))
        findings = {story.report_id: "not_supported", other: "not_supported"}
        appeal_verbs.find(appeal_id, staff("mei"), findings)
        appeal_verbs.decide(
            appeal_id, staff("mei"), Choice(findings, "", [("no_violation", None)], "Another painting."), ""
        )
    go()
    assert [x.recipient for x in letters("appeal_to_other")] == [f"reporter:{story.report_id}"]


def test_a_step_against_misuse_tells_only_the_marks_it_was_counted_by(story: Story, cast: Cast) -> None:
    """DSA art 23(3): its numbers are those of the window, not of years ago."""
    story.filed()
    with time_machine.travel(NOON - timedelta(days=100), tick=False):
        old = file_report(kind="AI_LABEL_MISSING", basis="ANY", content_ref="p9").report
        with transaction():
            old.standing.reporter.email_index = story.report.standing.reporter.email_index
            mark(old, "bad_faith", "Made up.", rui().id)
    story.stepped("suspended", 30)
    letter = letters("conduct_step")[-1]
    assert "Manifestly unfounded: 1" in letter.text and "In bad faith" not in letter.text
