"""What people are trained for, which languages they read, and which queues they keep at the top of their page."""

from __future__ import annotations

from collections.abc import Collection

from webapp.core.audit import Actor, record
from webapp.core.db import require_transaction
from webapp.core.errors import Refused
from webapp.core.i18n import LANGUAGES
from webapp.domain.policy.queries import book
from webapp.domain.queues.queries import enterable
from webapp.domain.staff.models import Staff

PINNED = "pinned_queues"  # the key in Staff.settings


def train(staff: Staff, skills: Collection[str], reads: Collection[str], by: Actor) -> None:
    """Note what somebody is trained for and reads; from the next case on, queues open and close to them by it.

    Raises Refused('skill_unknown', 'reads_nothing').
    """
    require_transaction("queues.train")
    known = book().queues.skills
    if set(skills) - set(known):
        raise Refused("skill_unknown")
    if not set(reads) & set(LANGUAGES):
        raise Refused("reads_nothing")
    wanted = [code for code in known if code in skills], [code for code in LANGUAGES if code in reads]
    if wanted != (staff.skills, staff.reads):
        staff.skills, staff.reads = wanted
        record(by, "staff.train", "staff", staff.id, skills=wanted[0], reads=wanted[1])


def pinned(staff: Staff) -> list[str]:
    """The queues this person keeps at the top, as far as they may enter them, in the book's order."""
    kept = staff.settings.get(PINNED, [])
    return [code for code in enterable(staff) if code in kept]


def pin(staff: Staff, queue: str, on: bool) -> None:
    """Keep a queue at the top of one's page, or no longer. Raises Refused('no_such_queue')."""
    require_transaction("queues.pin")
    if queue not in book().queues.queue:
        raise Refused("no_such_queue")
    kept = [code for code in staff.settings.get(PINNED, []) if code != queue]
    staff.settings = staff.settings | {PINNED: [*kept, queue] if on else kept}
