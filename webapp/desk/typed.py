"""What a reviewer typed into the decision form, kept whole however the page comes back."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from werkzeug.datastructures import MultiDict

from webapp.domain.decisions.rules import ANSWERS, Choice

# Which part of the form a refusal belongs to.
PLACE = {
    "finding_missing": "findings",
    "ground_missing": "ground",
    "measure_missing": "actions",
    "measure_without_finding": "actions",
    "measures_contradict": "actions",
    "measure_not_in_book": "actions",
    "days_missing": "actions",
    "reason_missing": "reason",
    "reason_too_long": "reason",
}
DIGITS = 9  # longer is no number of ours, and Python refuses to read one with thousands of digits


@dataclass(frozen=True)
class Typed:
    """The form's values; `version` is the case's as the reviewer saw it."""

    version: int = 0
    findings: Mapping[str, str] = field(default_factory=dict)
    ground: str = ""
    actions: tuple[str, ...] = ()
    days: Mapping[str, int] = field(default_factory=dict)
    reason: str = ""
    note: str = ""

    @classmethod
    def read(cls, form: MultiDict[str, str]) -> Typed:
        """Read a posted form; anything that is not one of its values is left out."""
        findings = {k[8:]: v for k, v in form.items() if k.startswith("finding-") and v in ANSWERS}
        days = {k[5:]: _number(v) for k, v in form.items() if k.startswith("days-") and _number(v)}
        return cls(
            version=_number(form.get("version", "")),
            findings=findings,
            ground=form.get("ground", ""),
            actions=tuple(form.getlist("action")),
            days=days,
            reason=_text(form.get("reason", "")),
            note=_text(form.get("note", "")),
        )

    @property
    def anything(self) -> bool:
        """Whether there is something that could be lost."""
        return bool(self.findings or self.actions or self.reason or self.note)

    def choice(self) -> Choice:
        """What the decisions room is asked to judge."""
        return Choice(
            findings=dict(self.findings),
            ground=self.ground,
            actions=tuple((a, self.days.get(a)) for a in self.actions),
            reason=self.reason,
            note=self.note,
        )


def _text(typed: str) -> str:
    """Browsers count a line end as one character and send two."""
    return typed.replace("\r\n", "\n").strip()


def _number(text: str) -> int:
    """The number typed, 0 when it is none."""
    return int(text) if text.isdecimal() and len(text) <= DIGITS else 0
