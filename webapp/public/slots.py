"""The places for files on the form: one for the content, one to compare with, one for each paper that is asked."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from webapp.core.i18n import _, pick
from webapp.domain.intake.rules import Ask
from webapp.domain.policy.shape import Kind


@dataclass(frozen=True)
class Slot:
    """A place for files: its name in the form, what its files are kept as, and what it says. `mark` as `mark_of`."""

    name: str
    role: str
    code: str
    label: str
    why: str
    mark: str | bool


def mark_of(ask: Ask | None, follows: bool) -> str | bool:
    """What stands behind a label: nothing (False) where it is needed now, "can follow", or True for optional."""
    if ask is None or not ask.required:
        return True
    return _("(can follow)") if follows and not ask.blocks else False


def slots_for(kind: Kind, asked: Sequence[Ask], *, tip: bool, follows: bool) -> list[Slot]:
    """The places for the files asked. None but papers for a kind whose media nobody should send."""
    papers = [
        Slot(ask.code, "proof", ask.code, pick(ask.words), pick(ask.why), mark_of(ask, follows))
        for ask in asked
        if ask.name == "proof"
    ]
    if kind.sealed:
        return papers
    seen = [
        Slot("alleged", "alleged", "", pick(ask.words), pick(ask.why), mark_of(ask, follows))
        for ask in asked
        if ask.name == "alleged"
    ]
    compared = _reference(kind, [ask for ask in asked if ask.name == "reference"], tip, follows)
    if not (seen or compared or papers):
        return []
    example = _("For example a chat, a receipt, an official statement, or the original.")
    more = Slot("proof", "proof", "", _("Anything else that proves your point"), example, True)
    return [*seen, *compared, *papers, more]


def _reference(kind: Kind, asked: Sequence[Ask], tip: bool, follows: bool) -> list[Slot]:
    """What to compare with: one place, though the book may name a face and a voice. An onlooker has none."""
    if not asked and (kind.reference is None or tip):
        return []
    label = pick(kind.reference) if kind.reference else pick(asked[0].words)
    why = " ".join(dict.fromkeys(pick(ask.why) for ask in asked)) or _("To compare with the reported content.")
    needed = next((ask for ask in asked if ask.required), None)
    return [Slot("reference", "reference", "", label, why, mark_of(needed, follows))]
