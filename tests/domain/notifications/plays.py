"""What happens before a letter, where a chain of steps does not say it: each plays to the end and lets letters go."""

from __future__ import annotations

from tests.domain.notifications.conftest import go, rui
from tests.domain.notifications.stories import Story
from webapp.core import outbox
from webapp.core.audit import Actor
from webapp.core.clock import now
from webapp.core.db import db, transaction
from webapp.domain.appeals import service as appeals
from webapp.domain.cases import service as cases
from webapp.domain.clocks import queries as clocks
from webapp.domain.cures import service as cures
from webapp.domain.partners.models import Effect

LABEL = {"kind": "AI_LABEL_MISSING", "basis": "ANY"}


def message(story: Story) -> None:
    story.filed().taken()
    with transaction():
        cases.ask(story.case, story.report, rui(), "Do you have the layered file?")
    go()


def asked(story: Story) -> None:
    story.filed().taken()
    with transaction():
        cases.ask_respondent(story.case, rui(), "Who painted what is in the picture?")
    go()


def withdrawn(story: Story) -> None:
    story.filed()
    with transaction():
        cases.withdraw(story.report, Actor("reporter", "r"))
    go()


def reminded(story: Story) -> None:
    story.filed().returned().clock.shift(3 * 86400 + 60)
    with transaction():
        assert cases.remind_returns() == 1
    go()


def lapsed(story: Story) -> None:
    story.filed().returned().clock.shift(11 * 86400)
    with transaction():
        assert cases.lapse_returns() == 1
    go()


def restore_reminder(story: Story) -> None:
    counter = story.filed().decided().countered()
    with transaction():
        appeals.mark_read(counter.id, story.report_id)
    story.clock.shift(13 * 86400)
    with transaction():
        assert appeals.remind_due() == 1
    go()


def elapsed(story: Story) -> None:
    counter = story.filed().decided().countered()
    with transaction():
        appeals.mark_read(counter.id, story.report_id)
    story.clock.shift(17 * 86400)
    with transaction():
        assert appeals.elapse_due() == 1
    go()


def held(story: Story) -> None:
    story.proved(story.filed().decided().countered(), "suit")


def cure_lapsed(story: Story) -> None:
    story.filed(**LABEL).offered()
    story.clock.shift(4 * 86400)
    with transaction():
        assert cures.lapse_due() == 1
    go()


def ending(story: Story) -> None:
    aside = "It could not wait for a warning."
    story.filed().decided("supported", ("remove", None), ("suspend", 7), set_aside=aside).later(days=6, minutes=1)


def ended(story: Story) -> None:
    ending(story)
    story.later(days=1)
    action_id = next(a.id for a in story.decision.actions if a.kind == "suspend")
    with transaction():
        effect = db.session.get_one(Effect, action_id)
        effect.state, effect.reason, effect.ended_at = "ended", "", now()  # as if the platform had lifted it
        outbox.post("effect.ended", action_id=action_id)
    go()


def alerted(story: Story) -> None:
    story.filed().clock.shift(54 * 3600)
    with transaction():
        clock = clocks.get(f"report:{story.report_id}", "DECISION")
        assert clock is not None
        outbox.post("clock.alert", clock_id=clock.id, stage="alert")
    go()
