"""Where one can go at the desk: one list of pages, for the bar, the menus and the palette alike.

A page is told only to those who may open it.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from flask import url_for
from flask_babel import LazyString

from webapp.core.i18n import lazy
from webapp.desk import words
from webapp.desk.access import me
from webapp.desk.blueprint import bp
from webapp.domain.staff.rules import can

BAR, MORE, MINE = "bar", "more", "mine"
FRAME = "frame"  # drawn by the frame itself, beside the menus


@dataclass(frozen=True)
class Page:
    """One page of the desk. `section` is what its template calls itself; `key` leads there; `count` names the number
    of `lists.Waiting` shown beside it and `counted` says of what."""

    endpoint: str
    section: str
    words: LazyString
    place: str = MORE
    permission: str = "review"
    key: str = ""
    count: str = ""
    counted: LazyString | str = ""

    @property
    def address(self) -> str:
        """Where it is."""
        return url_for(f"desk.{self.endpoint}")


PAGES = (
    Page("queue", "queue", lazy("Queue"), BAR),
    Page("queues", "queues", lazy("Queues"), BAR),
    Page("second", "second", lazy("Second look"), BAR, count="second", counted=lazy("waiting for a second person")),
    Page("asked_of_me", "eyes", lazy("Asked of me"), BAR, count="eyes", counted=lazy("asked of you, or answered")),
    Page("counters", "counters", lazy("Counter-notices"), BAR, count="counters", counted=lazy("held until a judgment")),
    Page("messages", "messages", lazy("Messages"), BAR, count="messages", counted=lazy("not dealt with")),
    Page(
        "deadlines",
        "deadlines",
        lazy("Deadlines"),
        BAR,
        permission="see_deadlines",
        count="deadlines",
        counted=lazy("late or at risk"),
    ),
    Page("search", "search", lazy("Search"), key="/"),
    Page("basket", "basket", lazy("Basket"), FRAME),
    Page("actions", "actions", lazy("Measures")),
    Page("registry", "registry", lazy("Registry")),
    Page("rule_book", "book", lazy("Rule book")),
    Page("detectors", "detectors", lazy("Detectors")),
    Page("figures", "figures", lazy("Figures"), permission="see_figures"),
    Page("quality", "quality", lazy("Quality")),
    Page("exports", "exports", lazy("Statements"), permission="export_statements"),
    Page("audit", "audit", lazy("Who did what"), permission="see_audit"),
    Page("tasks", "tasks", lazy("Parked tasks"), permission="retry_tasks"),
    Page("staff", "staff", lazy("Staff"), permission="manage_staff"),
    Page("settings", "settings", lazy("Settings"), MINE),
    Page("interests", "interests", lazy("My conflicts of interest"), MINE),
)


def pages(place: str = "") -> Iterator[Page]:
    """The pages whoever asks may open, in order; of one place when it is named."""
    for page in PAGES:
        if place in ("", page.place) and can(me().role, page.permission):
            yield page


@bp.context_processor
def _for_frame() -> dict[str, Any]:
    """For the frame of the desk. Asked only where the frame is drawn."""
    return {"pages": lambda place: list(pages(place)), "role_words": lambda: words.ROLES[me().role]}
