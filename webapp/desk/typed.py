"""What a reviewer typed into the decision form, kept whole however the page comes back."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from werkzeug.datastructures import MultiDict

from webapp.core.errors import Refused
from webapp.domain.decisions.rules import ANSWERS, Choice, of_ladder
from webapp.domain.policy.queries import book

# Which part of the form a refusal belongs to.
PLACE = {
    "finding_missing": "findings",
    "standing_refused": "findings",
    "mark_unknown": "marks",
    "mark_without_dismissal": "marks",
    "mark_reason_missing": "marks",
    "mark_exempt": "marks",
    "ground_missing": "ground",
    "measure_missing": "actions",
    "measure_without_finding": "actions",
    "measures_contradict": "actions",
    "measure_not_in_book": "actions",
    "days_missing": "actions",
    "set_aside_reason_missing": "account",
    "measure_hidden": "actions",
    "apart_missing": "apart",
    "warning_first": "account",
    "appeal_too_heavy": "account",
    "modifier_unknown": "weight",
    "defence_unknown": "weight",
    "reason_missing": "reason",
    "reason_too_long": "reason",
    "reason_has_gaps": "reason",
}
DIGITS = 9  # longer is no number of ours, and Python refuses to read one with thousands of digits
LADDER, NOTHING = "", "none"  # the account measure: what the ladder says, or none at all (which wants a reason)
UNSAID = "–"  # stands for a reason not written yet where only the points are asked for


@dataclass(frozen=True)
class Typed:
    """The form's values; `version` is the case's as the reviewer saw it. `account` is LADDER, NOTHING, or a measure of
    the ladder as 'kind' or 'kind:days'."""

    version: int = 0
    findings: Mapping[str, str] = field(default_factory=dict)
    ground: str = ""
    actions: tuple[str, ...] = ()
    days: Mapping[str, int] = field(default_factory=dict)
    account: str = LADDER
    modifiers: tuple[str, ...] = ()
    defence: str = ""
    set_aside: str = ""
    marks: Mapping[str, str] = field(default_factory=dict)
    mark_reason: str = ""
    reason: str = ""
    apart: str = ""
    note: str = ""

    @classmethod
    def read(cls, form: MultiDict[str, str]) -> Typed:
        """Read a posted form; anything that is not one of its values is left out."""
        findings = {k[8:]: v for k, v in form.items() if k.startswith("finding-") and v in ANSWERS}
        days = {k[5:]: number(v) for k, v in form.items() if k.startswith("days-") and number(v)}
        return cls(
            version=number(form.get("version", "")),
            findings=findings,
            ground=form.get("ground", ""),
            actions=tuple(form.getlist("action")),
            days=days,
            account=form.get("account", LADDER),
            modifiers=tuple(form.getlist("modifier")),
            defence=form.get("defence", ""),
            set_aside=_text(form.get("set_aside", "")),
            marks={k[5:]: v for k, v in form.items() if k.startswith("mark-") and v},
            mark_reason=_text(form.get("mark_reason", "")),
            reason=_text(form.get("reason", "")),
            apart=_text(form.get("apart", "")),
            note=_text(form.get("note", "")),
        )

    @classmethod
    def of(cls, choice: Choice, version: int) -> Typed:
        """The form as it must have been for this choice: what a second person sent back is not typed twice."""
        ladder = of_ladder(book())
        taken = next(((kind, days) for kind, days in choice.actions if kind in ladder), None)
        account = LADDER if not choice.set_aside else NOTHING
        if taken is not None:
            account = f"{taken[0]}:{taken[1]}" if taken[1] else taken[0]
        own = [(kind, days) for kind, days in choice.actions if (kind, days) != taken]
        return cls(
            version=version,
            findings=dict(choice.findings),
            ground=choice.ground,
            actions=tuple(kind for kind, _days in own),
            days={kind: days for kind, days in own if days},
            account=account,
            modifiers=tuple(choice.modifiers),
            defence=choice.defence,
            set_aside=choice.set_aside,
            marks=dict(choice.marks),
            mark_reason=choice.mark_reason,
            reason=choice.reason,
            apart=choice.apart,
            note=choice.note,
        )

    @property
    def anything(self) -> bool:
        """Whether there is something that could be lost."""
        texts = self.reason or self.note or self.set_aside or self.apart
        return bool(self.findings or self.actions or self.marks or texts)

    @property
    def hidden(self) -> Iterator[tuple[str, str]]:
        """Every (name, value) of the form, to carry along through a preview."""
        yield "version", str(self.version)
        for name in ("ground", "account", "defence", "set_aside", "mark_reason", "reason", "apart", "note"):
            yield name, getattr(self, name)
        yield from ((f"finding-{key}", value) for key, value in self.findings.items())
        yield from ((f"mark-{key}", value) for key, value in self.marks.items())
        yield from (("action", code) for code in self.actions)
        yield from (("modifier", code) for code in self.modifiers)
        yield from ((f"days-{code}", str(number)) for code, number in self.days.items())

    def choice(self, *, unsaid: bool = False) -> Choice:
        """What the decisions room is asked to judge; `unsaid` puts up with a reason not written yet.

        Raises Refused('set_aside_reason_missing') where the account is to get nothing and nobody says why.
        """
        if self.account == NOTHING and not self.set_aside and "supported" in self.findings.values():
            raise Refused("set_aside_reason_missing")
        return Choice(
            findings=dict(self.findings),
            ground=self.ground,
            actions=tuple(self._chosen()),
            reason=self.reason or (UNSAID if unsaid else ""),
            note=self.note,
            modifiers=self.modifiers,
            defence=self.defence,
            marks=dict(self.marks),
            mark_reason=self.mark_reason or (UNSAID if unsaid else ""),
            set_aside=self.set_aside if self.account != LADDER else "",
            apart=self.apart,
        )

    def _chosen(self) -> Iterator[tuple[str, int | None]]:
        yield from ((code, self.days.get(code)) for code in self.actions)
        if "supported" in self.findings.values() and self.account not in (LADDER, NOTHING):
            kind, _colon, days = self.account.partition(":")
            if kind not in self.actions:
                yield kind, number(days) or None


def _text(typed: str) -> str:
    """Browsers count a line end as one character and send two."""
    return typed.replace("\r\n", "\n").strip()


def number(text: str) -> int:
    """The number typed, 0 when it is none."""
    return int(text) if text.isdecimal() and len(text) <= DIGITS else 0
