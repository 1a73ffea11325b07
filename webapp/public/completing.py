"""A notice that was sent back, as its page tells it: what it lacks and why, until when; a standing that ran out."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from webapp.core.clock import now
from webapp.core.forms import Form
from webapp.core.i18n import _, day, language, n_, pick, when, when_zoned
from webapp.domain.cases import returns
from webapp.domain.cases.models import CaseReport
from webapp.domain.claimants.rules import state as standing_state
from webapp.domain.clocks import queries as clocks
from webapp.domain.intake import completing as intake
from webapp.domain.intake.rules import Ask, asks_for, names_term
from webapp.domain.policy.queries import book
from webapp.domain.reports.models import Report
from webapp.public.replies import completion_form
from webapp.public.uploads import Upload

# Answers that are kept as a message to the desk: what was sent is not rewritten.
AS_MESSAGE = ("wrong", "address", "email")
TERM = ("matters", "valid_from", "valid_to")


@dataclass(frozen=True)
class Item:
    """One missing thing. `name` is its field, '' for a file; `upload` the file's field, '' for a field."""

    code: str
    words: str
    why: str
    form: str
    name: str
    role: str = ""

    @property
    def upload(self) -> str:
        """The name of the file's field."""
        return f"file_{self.code}" if self.form == "file" else ""


@dataclass(frozen=True)
class Waiting:
    """A returned notice as its page tells it."""

    items: tuple[Item, ...]
    term: tuple[Item, ...]
    text: str
    until: str
    days: int
    stands_still: bool

    @property
    def form(self) -> type[Form]:
        """The form that asks for exactly these."""
        return completion_form((i.name, i.form, i.words) for i in (*self.items, *self.term) if not i.upload)


def waiting(report: Report) -> Waiting | None:
    """What the notice waits for; None when it waits for nothing."""
    found = returns.open_return(report.id)
    if found is None:
        return None
    missing = intake.still_missing(report)
    basis = report.standing.basis
    asked = asks_for([*missing, *(c for c in found.missing if c not in missing)], report.kind, basis, book())
    items = [_item(ask) for ask in asked if ask.code in missing or ask.name in AS_MESSAGE]
    items += [_question(code) for code in found.missing if code not in book().evidence]
    left = found.due_at - now()
    return Waiting(
        items=tuple(items),
        term=_term(asked, basis),
        text=found.text,
        until=when_zoned(found.due_at),
        days=max(0, left.days),
        stands_still=any(c.on_id == f"report:{report.id}" and c.state == "paused" for c in _clocks(report)),
    )


def _clocks(report: Report) -> Sequence[Any]:
    found = clocks.get(f"report:{report.id}", "DECISION")
    return [found] if found is not None else []


def _item(ask: Ask) -> Item:
    prefix = "say_" if ask.form == "statement" else "text_" if ask.name in AS_MESSAGE else ""
    name = f"{prefix}{ask.code}" if prefix else ask.name
    return Item(ask.code, pick(ask.words), pick(ask.why), ask.form, name, ask.name)


def _question(code: str) -> Item:
    return Item(code, pick(book().fields[code]), "", "field", f"text_{code}")


def _term(asked: Sequence[Ask], basis: str) -> tuple[Item, ...]:
    """An authority that expires names its matters and its term (Civil Code art 165)."""
    if not names_term(asked, basis, book()):
        return ()
    why = _("Year-month-day, for example 2026-12-31.")
    return (
        Item("", _("What the authority is for"), "", "field", "matters"),
        Item("", _("From which day"), why, "field", "valid_from"),
        Item("", _("Until which day"), why, "field", "valid_to"),
    )


def keep(report: Report, upload: Upload, role: str, code: str) -> None:
    """Keep one late file of a report; `code` says what a proof is to show. Raises as intake.add_late."""
    intake.add_late(
        report,
        upload.store(),
        role=role,
        name=upload.name,
        media_type=upload.media_type,
        width=upload.width,
        height=upload.height,
        code=code if role == "proof" else "",
    )


@dataclass(frozen=True)
class Lapsed:
    """A notice that lapsed: since when, and until when the same page takes it up again ('' = no more)."""

    since: str
    until: str


def lapsed(report: Report, entry: CaseReport) -> Lapsed | None:
    """How a lapsed notice stands; None when it has not lapsed."""
    last = returns.last_return(report.id)
    if entry.notice != "lapsed" or last is None or last.lapsed_at is None:
        return None
    until = last.lapsed_at + timedelta(days=book().numbers.reopen_days)
    return Lapsed(when(last.lapsed_at), when(until) if now() < until else "")


def days_left(days: int) -> str:
    """A number of days in words."""
    return str(n_("%(num)s day left", "%(num)s days left", days)) if days else _("Less than a day left")


@dataclass(frozen=True)
class Held:
    """The reporter's standing on her page: state in words and tone, until when; `renew`: a new paper can be sent."""

    words: str
    tone: str
    basis: str
    until: str
    why: str
    papers: tuple[tuple[str, str], ...]


def standing(report: Report, live: bool) -> Held | None:
    """What was shown for the right to speak; None for somebody who claims none, and where nothing needs proof."""
    held = report.standing
    entry = book().standing[held.basis]
    state = standing_state(held, now())
    if report.mode != "notice" or not (entry.requires or held.valid_to or state != "claimed"):
        return None
    said = {
        "claimed": (_("Not checked yet"), "plain"),
        "verified": (_("Checked"), "ok"),
        "refused": (_("The papers were not enough"), "warn"),
        "expired": (_("Run out"), "warn"),
    }[state]
    papers = {code: book().evidence[code] for code in entry.requires if book().evidence[code].form == "file"}
    renew = live and state in ("refused", "expired")
    asked = tuple((code, pick(paper.words)) for code, paper in papers.items()) if renew else ()
    last = day(held.valid_to - timedelta(seconds=1), language()) if held.valid_to else ""  # the last day counts whole
    return Held(said[0], said[1], pick(entry.words), last, held.refusal, asked)
