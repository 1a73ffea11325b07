"""What one step's page shows besides its form: kinds by section, bases with their hints, whose standing is used."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from flask import request

from webapp.core.clock import now
from webapp.core.i18n import _, day, language, lazy, pick
from webapp.domain.claimants import rules as standings
from webapp.domain.claimants.models import Standing
from webapp.domain.intake.rules import STATEMENT_MIN
from webapp.domain.policy.queries import book
from webapp.domain.policy.shape import Kind
from webapp.public import steps
from webapp.public.filing import Filing
from webapp.public.forms import KindForm

# The first level of the choice, in the order of the page; which kinds belong to it is in the book.
SECTIONS = {
    "person": (
        lazy("A person"),
        lazy("Face, voice, name, private life, intimate pictures, children, someone who died"),
    ),
    "work": (lazy("A work or another right"), lazy("Picture, film, music, text, trade mark, training of AI")),
    "label": (lazy("AI labels"), lazy("Missing, hidden or wrong")),
    "virtual": (lazy("Virtual humans"), lazy("A copied figure, not registered, no human behind it")),
    "public": (lazy("Something that harms everyone"), lazy("Scams, rumours, false medicine, cheap mass content")),
}


@dataclass(frozen=True)
class Choice:
    """One kind as a card: `more` are its circumstances (value, words, ticked)."""

    code: str
    words: str
    help: str
    support: str
    more: list[tuple[str, str, bool]]


@dataclass(frozen=True)
class Section:
    """Kinds that belong together. `open` when the choice lies in it, or a link asked for it."""

    code: str
    title: str
    hint: str
    choices: list[Choice]
    open: bool


def of(name: str, form: Any, found: Filing | None) -> dict[str, Any]:
    """The further context of a step's template."""
    if name == "kind":
        return _kind(form)
    shows: dict[str, Callable[[Any, Filing], dict[str, Any]]] = {
        "who": _who,
        "standing": _standing,
        "content": _content,
        "contact": _contact,
    }
    return shows[name](form, found) if found and name in shows else {}


def _kind(form: KindForm) -> dict[str, Any]:
    chosen, ticked = form.kind.data, set(form.circumstances.data or [])
    offered = {code for code, _words in form.kind.choices}
    kinds = [(code, kind) for code, kind in book().ordered_kinds() if code in offered]
    unsure_code = book().ordered_kinds()[-1][0]  # the book's last kind is for everything else
    wanted = request.args.get("section", "")
    sections = [
        Section(
            code,
            str(title),
            str(hint),
            [_choice(c, kind, ticked) for c, kind in kinds if kind.section == code and c != unsure_code],
            code == wanted or any(c == chosen and kind.section == code for c, kind in kinds),
        )
        for code, (title, hint) in SECTIONS.items()
    ]
    return {
        "sections": [section for section in sections if section.choices],
        "unsure": next((_choice(c, kind, ticked) for c, kind in kinds if c == unsure_code), None),
        "platform_name": steps.platform_name(form.platform.data or ""),
        "standing_words": words_of(form.held) if form.held else None,
    }


def _choice(code: str, kind: Kind, ticked: set[str]) -> Choice:
    more = [(f"{code}:{name}", pick(entry.words), f"{code}:{name}" in ticked) for name, entry in kind.raises.items()]
    return Choice(code, pick(kind.words), pick(kind.help), pick(kind.support) if kind.support else "", more)


def _who(form: Any, found: Filing) -> dict[str, Any]:
    tip = _(
        "We look at it as a tip: a person checks it and you get the outcome, but the time limits of a notice do not "
        "run. The person harmed can still report it too."
    )
    leaves = book().leaves(found.filled.kind)
    hints = {
        code: f"{pick(book().standing[code].hint)} {tip if leave == 'tip' else ''}".strip()
        for code, leave in leaves.items()
    }
    anyone = leaves.get("ANY") == "notice"
    first = [code for code in ("ANY", "SELF") if code in leaves] if anyone else list(leaves)
    offered = [code for code, *_rest in form.elected.choices] if "elected" in form else []
    return {
        "hints": hints,
        "first": first,
        "others": [code for code in leaves if code not in first],
        "elected": [(code, pick(book().regimes[code].words), _extras(code)) for code in offered],
        "support": pick(found.kind.support) if found.kind.support else "",
    }


def _extras(regime: str) -> str:
    """What a notice under an elected regime needs, in the book's words."""
    codes = [code for code, need in book().regimes[regime].notice.items() if need == "M"]
    return _("It needs: %(what)s.", what=joined(pick(book().evidence[code].words) for code in codes))


def joined(parts: Iterable[str]) -> str:
    """Several wordings as one line, with the reader's own semicolon."""
    return ("；" if language() == "zh" else "; ").join(parts)


def _standing(form: Any, found: Filing) -> dict[str, Any]:
    return {"boxes": [(form[ask.name], ask) for ask in found.statements("standing")]}


def _content(form: Any, found: Filing) -> dict[str, Any]:
    hint = _(
        "In your own words: what do you see or hear, and why is it not right? At least %(min)d characters.",
        min=STATEMENT_MIN,
    )
    return {"statement_hint": hint, "platform_name": steps.platform_name(found.filled.platform)}


def _contact(form: Any, found: Filing) -> dict[str, Any]:
    boxes = [(form[ask.name], ask) for ask in found.statements("contact")]
    held = words_of(found.held, found.filled.kind) if found.held else None
    return {"boxes": boxes, "warnings": warnings(found), "standing_words": held}


def warnings(found: Filing) -> list[str]:
    """What the law says of wrong notices, regime by regime; the house's own sentence only where there is none."""
    said = {code: book().regimes[code].warning for code in found.regimes}
    law = [pick(words) for code, words in said.items() if words and code != "HOUSE"]
    return list(dict.fromkeys(law or [pick(words) for words in said.values() if words]))


def words_of(held: Standing, kind: str = "") -> tuple[str, str, str]:
    """A standing used again, for a report of `kind` if that is known: (whose, how it stands, tone)."""
    for_whom = held.claimant.name if held.claimant else ""
    whose = " · ".join(part for part in (for_whom, pick(book().standing[held.basis].words)) if part)
    until = day(held.valid_to - timedelta(seconds=1), language()) if held.valid_to else ""  # the last day counts whole
    if kind and not standings.reaches(held, kind):
        return whose, _("It does not cover this kind of report. Please add a paper that does."), "warn"
    said = {
        "verified": (_("Checked. Valid until %(day)s.", day=until) if until else _("Checked."), "ok"),
        "claimed": (_("We are still checking it. You can report all the same."), "info"),
        "refused": (_("What you sent did not show it. Please add a better paper for this report."), "warn"),
        "expired": (_("It ran out on %(day)s. Please add a new paper for this report.", day=until), "warn"),
    }
    return whose, *said[standings.state(held, now())]
