"""What happens next: for every message, the functions that handle it and the queue each runs in.

This page is also the allow-list: a task may only run a function named here, whatever its row or a hint says.
To add a step: write the handler in `workers/jobs/`, name it here, and post its topic where the cause is.
"""

from __future__ import annotations

import importlib
from collections.abc import Callable
from dataclasses import dataclass

from webapp.core.outbox import Permanent


@dataclass(frozen=True)
class Handler:
    """`name` is module and function; `queue` one of workers.queues."""

    name: str
    queue: str = "work"


JOBS = "workers.jobs."
LETTERS = JOBS + "letters_"

ROUTES: dict[str, tuple[Handler, ...]] = {
    # An item was kept: somebody must be able to see it, and the detectors look at it.
    "evidence.kept": (
        Handler(JOBS + "looking.scan", "scan"),
        Handler(JOBS + "showing.preview", "later"),
        Handler(JOBS + "labels.read", "later"),
    ),
    # Sound and film are handed on to a queue of their own; what came before it could be played is taken up.
    "recording.kept": (Handler(JOBS + "showing.play", "media"),),
    "previews.missing": (Handler(JOBS + "showing.missing", "later"),),
    # It was looked at, or it became part of a report: whichever is later finds both sides of a pair.
    "item.scanned": (Handler(JOBS + "comparing.compare"), Handler(JOBS + "index.put"), Handler(JOBS + "index.look")),
    "item.attached": (
        Handler(JOBS + "comparing.compare"),
        Handler(JOBS + "consented.compare"),
        Handler(JOBS + "index.look"),
        Handler(JOBS + "labels.look_for_marks", "later"),
    ),
    # Every reported item is looked up among registered works and content decided before; what is found is compared.
    "registry.changed": (Handler(JOBS + "index.registered"),),
    "index.entered": (Handler(JOBS + "index.put"),),
    "index.found": (Handler(JOBS + "comparing.compare"),),
    "index.again": (Handler(JOBS + "index.look"),),
    "index.behind": (Handler(JOBS + "index.catch_up"),),
    "index.renew": (Handler(JOBS + "index.renew"),),
    # Content that an upheld decision keeps out was reported again; or its time is over.
    "content.seen": (Handler(JOBS + "staydown.seen"),),
    "block.over": (Handler(JOBS + "staydown.over"),),
    # A face or a voice is measured only where its owner allowed it, one look at a file for all references of a report.
    "consented.due": (Handler(JOBS + "consented.look", "scan"),),
    "faces.due": (Handler(JOBS + "consented.look", "scan"),),  # left by a version that knew faces only
    # The cheap detectors leave a question open: the dear ones look, and then it is compared again.
    "item.deepen": (Handler(JOBS + "looking.deepen", "scan"),),
    # A comparison named moments of a film: their frames are made.
    "match.recorded": (Handler(JOBS + "showing.moments", "media"),),
    # The workshop says who looks here; what somebody missed who was not is looked at, behind all else.
    "detectors.here": (Handler(JOBS + "roster.tell"),),
    "detector.back": (Handler(JOBS + "roster.catch_up", "later"),),
    "item.missed": (Handler(JOBS + "looking.scan", "later"), Handler(JOBS + "labels.read", "later")),
    # A detector's new version looks at everything again, behind all else.
    "rescan.next": (Handler(JOBS + "rescans.step", "later"),),
    # People are written to: first the letter is frozen, then it is handed to the mail server.
    "report.received": (Handler(LETTERS + "reports.receipt"), Handler(JOBS + "searching.catch_up", "later")),
    "message.sent": (
        Handler(LETTERS + "reports.message"),
        Handler(JOBS + "telling.asked"),
        Handler(JOBS + "searching.catch_up", "later"),
    ),
    "report.withdrawn": (Handler(LETTERS + "reports.withdrawal"),),
    "notice.returned": (Handler(LETTERS + "reports.returned"),),
    "notice.reminder": (Handler(LETTERS + "reports.reminder"),),
    "notice.lapsed": (Handler(LETTERS + "reports.lapsed"),),
    "notice.completed": (),  # her page says so; the receipt told what follows
    "consent.withdrawn": (Handler(LETTERS + "reports.consent_withdrawn"), Handler(JOBS + "biometrics.withdrawn")),
    "conduct.stepped": (Handler(LETTERS + "reports.conduct"),),
    "follow_up.due": (Handler(LETTERS + "reports.follow_up"),),
    "cure.lapsed": (Handler(LETTERS + "rulings.cure_lapsed"),),
    "counter.filed": (Handler(LETTERS + "rulings.counter_filed"),),
    "counter.forwarded": (Handler(LETTERS + "rulings.counter_forwarded"),),
    "counter.reminder": (Handler(LETTERS + "rulings.counter_reminder"),),
    "counter.held": (Handler(LETTERS + "rulings.counter_held"),),
    "counter.restored": (Handler(LETTERS + "rulings.counter_restored"),),
    "counter.extended": (),  # both pages show the new date; a reminder follows before it
    "counter.upheld": (),  # the desk ended the hold on what the parties themselves showed it
    "appeal.filed": (Handler(LETTERS + "rulings.appeal_filed"),),
    "appeal.decided": (Handler(LETTERS + "rulings.appeal_decided"), Handler(JOBS + "precedents.heard", "later")),
    "clock.alert": (Handler(LETTERS + "rulings.clock_alert"),),
    "letter.written": (Handler(JOBS + "letters.send", "mail"),),
    # The account put its label: the platform's copy is taken and read once more.
    "label.recheck": (Handler(JOBS + "rechecks.recheck", "scan"),),
    # A report is about something: what does its platform say of it, before it can change?
    "subject.opened": (Handler(JOBS + "capture.subject", "capture"),),
    # The time in which a reviewer can take a choice back is over.
    "choice.due": (Handler(JOBS + "choices.due"),),
    # A person decided: both sides are written to, the platform is told, and what it says it did is read back.
    # Content found to violate is listed for later lookups, and blocks follow what is in force.
    "decision.made": (
        Handler(LETTERS + "rulings.decision"),
        Handler(JOBS + "hooks.fan_out"),
        Handler(JOBS + "staydown.decided"),
        Handler(JOBS + "judging.judge"),
        Handler(JOBS + "precedents.keep", "later"),
        Handler(JOBS + "quality.draw", "later"),
        Handler(JOBS + "searching.catch_up", "later"),
    ),
    # Somebody decided a decided case once more, blind: do people still read its rule alike?
    "look.found": (Handler(JOBS + "quality.weigh", "later"),),
    # A lead moved a detector's bands: cases that are still open come under them.
    "thresholds.moved": (Handler(JOBS + "judging.reband"),),
    "event.created": (Handler(JOBS + "hooks.deliver", "hooks"),),
    "event.delivered": (Handler(JOBS + "hooks.read_back", "hooks"),),
    "effect.read": (Handler(JOBS + "hooks.read_back", "hooks"),),
    # A measure's time has come: it is lifted and read back. The account hears of it (letters) a day before and after.
    "effect.end": (Handler(JOBS + "hooks.end"),),
    "effect.ending": (Handler(LETTERS + "rulings.ending"),),
    "effect.ended": (Handler(LETTERS + "rulings.ended"),),
    # The desk shows it; nobody is written to.
    "effect.drifted": (),
    # The platform tells its account what the letter tells, and shows a live stream its phrase.
    "notice.forwarded": (Handler(LETTERS + "reports.forwarded"), Handler(JOBS + "telling.forwarded")),
    "cure.offered": (Handler(LETTERS + "rulings.cure_offered"), Handler(JOBS + "telling.cure_offered")),
    "live.challenged": (Handler(JOBS + "live.challenge"),),
    # A case whose windows are over closes once its letters are written; one that ends undecided holds nothing back.
    "case.closing": (Handler(JOBS + "notices.close"),),
    "case.ended": (Handler(JOBS + "notices.ended"),),
    # Cases became one, or two: their reports were answered to before, and nobody has to be told.
    "case.merged": (),
    "case.split": (),
    # Somebody confirmed an act on many cases.
    "bulk.started": (Handler(JOBS + "bulk.carry_out"),),
    # By the clock (workers/schedule.py).
    "notices.due": (Handler(JOBS + "notices.due"),),
    "clocks.due": (Handler(JOBS + "clocks.watch"),),
    "counters.arriving": (Handler(JOBS + "counters.arrive"),),
    "counters.reminding": (Handler(JOBS + "counters.remind"),),
    "counters.elapsing": (Handler(JOBS + "counters.elapse"),),
    "cures.lapsing": (Handler(JOBS + "cures.lapse"),),
    "challenges.failing": (Handler(JOBS + "cures.fail"),),
    "consented.waiting": (Handler(JOBS + "consented.resume"),),
    "faces.waiting": (Handler(JOBS + "consented.resume"),),  # left by a version that knew faces only
    "templates.due": (Handler(JOBS + "biometrics.sweep"),),
    "search.due": (Handler(JOBS + "searching.catch_up", "later"),),
    "index.tidying": (Handler(JOBS + "index.tidy"),),
    "drafts.stale": (Handler(JOBS + "sweeping.drafts"),),
    "files.dropped": (Handler(JOBS + "sweeping.files"),),
    "figures.due": (Handler(JOBS + "figures.count", "later"),),
    "queues.counting": (Handler(JOBS + "queues.count"),),
    # A queue was renamed, or the desk was upgraded: cases that wait nowhere find their queue.
    "queues.sorting": (Handler(JOBS + "queues.sort", "later"),),
    "tasks.old": (Handler(JOBS + "sweeping.tasks"),),
}

# Tasks that an older version left under a handler's former name.
RENAMED = {JOBS + f"faces.{name}": JOBS + f"consented.{name}" for name in ("compare", "look", "resume")} | {
    JOBS + "looking.preview": JOBS + "showing.preview"
}


def handlers_of(topic: str) -> tuple[Handler, ...]:
    """Who handles a topic; an empty tuple means: noted, nothing follows. Raises Permanent for an unknown topic."""
    try:
        return ROUTES[topic]
    except KeyError:
        raise Permanent(f"nobody knows the topic {topic!r}") from None


def function(name: str) -> Callable[..., None]:
    """The function of a handler on this page, or by its former name. Raises Permanent for any other name."""
    name = RENAMED.get(name, name)
    if not any(handler.name == name for handlers in ROUTES.values() for handler in handlers):
        raise Permanent(f"{name!r} is not a handler")
    module, _, attribute = name.rpartition(".")
    found: Callable[..., None] = getattr(importlib.import_module(module), attribute)
    return found


def load() -> None:
    """Import every handler now, so that a forked worker finds the libraries already there."""
    for handlers in ROUTES.values():
        for handler in handlers:
            function(handler.name)
