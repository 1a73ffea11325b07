"""The queues as cards: what each takes, in which order, who may work in it, how it stood when last counted."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from flask import redirect, render_template, request, url_for

from webapp.core.clock import now
from webapp.core.db import transaction
from webapp.core.i18n import NATIVE, _, lazy, pick, time_of_day
from webapp.desk import words
from webapp.desk.access import me, need
from webapp.desk.blueprint import bp
from webapp.domain.policy.queries import book
from webapp.domain.policy.shape import Queue
from webapp.domain.queues import people, queries
from webapp.domain.queues.models import QueueCount
from webapp.domain.queues.queries import Entry

# A count this old says that the background work stands still.
STALE = timedelta(minutes=2)
ORDERS = {
    "priority": lazy("Most points first"),
    "due": lazy("The one due first"),
    "oldest": lazy("The longest waiting first"),
}
BARRED = {
    "role": lazy("not open to your role"),
    "skill": lazy("asks for a training that is not noted for you"),
    "language": lazy("asks for a language that is not noted for you"),
}


@dataclass(frozen=True)
class Card:
    """One queue as a card. Numbers are as last counted, '' before the first count; `closed` is '' or why, in words."""

    code: str
    name: str
    about: str
    facts: list[tuple[str, str]]
    heavy: bool
    closed: str
    pinned: bool
    here: bool
    waiting: str
    others: str
    late: int
    oldest: str


@bp.get("/queues")
@need("review")
def queues() -> Any:
    """All queues, one's own first."""
    counts, moment = queries.counts(), now()
    pinned, here = people.pinned(me()), request.args.get("here", "")
    found = [(entry, counts.get(entry.code), entry.code in pinned) for entry in queries.entries(me())]
    cards = [_card(entry, count, kept, entry.code == here, moment) for entry, count, kept in found]
    counted = min((row.counted_at for row in counts.values()), default=None)
    return render_template(
        "desk/queues.html",
        section="queues",
        cards=sorted(cards, key=lambda card: (bool(card.closed), not card.pinned)),
        counted=time_of_day(counted) if counted else "",
        stale=counted is None or moment - counted > STALE,
        overlaps=[_overlap(one.first, one.second, one.kinds, one.never) for one in queries.overlaps()],
    )


@bp.post("/queues/<code>/pin")
@need("review")
def pin(code: str) -> Any:
    """Keep a queue at the top of one's page, or no longer."""
    with transaction():
        people.pin(me(), code, request.form.get("on") == "1")
    return redirect(url_for("desk.queues", here=code, _anchor=f"queue-{code}"))


def _card(entry: Entry, count: QueueCount | None, pinned: bool, here: bool, moment: datetime) -> Card:
    oldest = count.oldest_at if count else None
    return Card(
        code=entry.code,
        name=pick(entry.queue.words),
        about=pick(entry.queue.about),
        facts=_facts(entry.queue),
        heavy=entry.queue.exposure == "heavy",
        closed=str(BARRED[entry.barred]) if entry.barred else "",
        pinned=pinned,
        here=here,
        waiting=f"{count.waiting:,}" if count else "",
        others=f"{count.asked:,}" if count else "",
        late=count.late if count else 0,
        oldest=words.span(moment - oldest) if oldest else "",
    )


def _facts(queue: Queue) -> list[tuple[str, str]]:
    """What there is to know of a queue, as (name, value); an empty value is left out on the page."""
    chapter, comma = book().queues, str(_(", "))
    everybody = set(queue.roles) == set(words.ROLES)
    return [
        (_("Order"), str(ORDERS[queue.order])),
        (_("Open to"), "" if everybody else comma.join(str(words.ROLES[role]) for role in queue.roles)),
        (_("Training"), comma.join(pick(chapter.skills[code]) for code in queue.skills)),
        (_("Reads"), comma.join(NATIVE[code] for code in queue.reads)),
        (_("Hard cases go to"), pick(chapter.of(queue.escalate_to).words) if queue.escalate_to else ""),
        (_("Not offered here"), comma.join(words.action(code) for code in queue.hidden_actions)),
    ]


def _overlap(first: str, second: str, kinds: tuple[str, ...], never: tuple[str, ...]) -> dict[str, Any]:
    chapter, comma = book().queues, str(_(", "))
    return {
        "first": pick(chapter.of(first).words),
        "second": pick(chapter.of(second).words),
        "kinds": comma.join(words.kind(code) for code in kinds),
        "never": comma.join(words.kind(code) for code in never),
    }
