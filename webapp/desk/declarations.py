"""What the files of a case say of their own making, in words, and which label the rules put beside the content.

A suggestion stays one: the measure is found ticked, a person decides. Nothing here ever says that a person made it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

from webapp.core.i18n import _, lazy, pick, when
from webapp.desk import words
from webapp.desk.looks import Item
from webapp.domain.cases import queries as cases
from webapp.domain.cases.models import Case
from webapp.domain.cures import queries as cures
from webapp.domain.evidence.models import Evidence
from webapp.domain.labels import queries as labels
from webapp.domain.labels import rules
from webapp.domain.policy.queries import book
from webapp.domain.policy.shape import Words

File = TypeVar("File", Item, Evidence)
TONES = {"declared": "accent", "suspected": "warn", "no_evidence": "plain"}
# What came of reading the platform's copy again after the account put its label.
CHECKS = {
    "waiting": (lazy("The account put its label. The platform's copy will be read again."), "info"),
    "found": (lazy("The account put its label. The platform's copy, read again, now says that it is AI-made."), "ok"),
    "trace": (
        lazy("The account put its label. The platform's copy, read again, shows traces but says nothing plainly."),
        "warn",
    ),
    "not_found": (
        lazy(
            "The account put its label. The platform's copy, read again, says nothing of it: "
            "the label may be shown beside the content only. Look for yourself."
        ),
        "warn",
    ),
    "unread": (
        lazy("The account put its label. The platform's copy could not be read again; look for yourself."),
        "warn",
    ),
    "missing": (lazy("The account put its label. The platform says that the content is not there any more."), "warn"),
    "unreachable": (
        lazy("The account put its label. The platform could not be reached for its copy; it is tried again."),
        "warn",
    ),
}


@dataclass(frozen=True)
class Said:
    """One claim in words; `issues` what is wrong with it."""

    source: str
    text: str
    trust: str
    answer: str
    tone: str
    issues: list[str]


@dataclass(frozen=True)
class FileSays:
    """One file: its answer over all readers, its claims, and whether they contradict each other."""

    item: Item
    answer: str
    tone: str
    claims: list[Said]
    contradicts: bool


@dataclass(frozen=True)
class Declarations:
    """The panel. `why` is the row of the decision table in a sentence, `measure` the label it asks for ('' for none);
    `checks` (sentence, tone, when) what came of reading the platform's copy again."""

    files: list[FileSays]
    why: str
    measure: str
    checks: list[tuple[str, str, str]]


def declarations(case: Case, items: Sequence[Item], hidden: bool) -> Declarations | None:
    """The panel for the files on the bench, papers left out; None where there is nothing to tell.

    `hidden`: whoever looks must not learn of the first decision, and a cure is one.
    """
    asked = _asks(case)
    shown = [item for item in items if item.role != "proof"]
    told = labels.summaries([item.id for item in shown])
    files = [_file(item, told[item.id]) for item in shown if asked or told[item.id].claims]
    checks = [] if hidden else [_check(c.state, c.checked_at or c.due_at) for c in cures.label_checks_of(case.id)]
    if not files and not checks:
        return None
    reported = [told[item.id] for item in _weighing([item for item in shown if item.role == "alleged"])]
    if not asked or not any(summary.answer for summary in reported):
        return Declarations(files, "", "", checks)
    duty = book().labels.duty(_found(case, reported, hidden))
    measure = duty.measure if duty.measure in book().kinds[case.kind].actions else ""
    return Declarations(files, pick(duty.why), words.action(measure) if measure else "", checks)


def suggested(case: Case) -> tuple[str, ...]:
    """The label that the rules ask for, where the kind is about labels and knows it; () for none."""
    if not _asks(case):
        return ()
    reported = [item.id for item in _weighing([e for e in cases.evidence_of(case.id) if e.role == "alleged"])]
    measure = book().labels.duty(_found(case, list(labels.summaries(reported).values()), False)).measure
    return (measure,) if measure and measure in book().kinds[case.kind].actions else ()


def _weighing(reported: Sequence[File]) -> Sequence[File]:
    """Whose words ask for a label: the platform's own copies where there are any. What a reporter sends in as the
    content is her word, and anybody can write metadata."""
    return [item for item in reported if item.source == "platform"] or reported


def _asks(case: Case) -> bool:
    kind = book().kinds.get(case.kind)
    return bool(kind and kind.reads_labels)


def _found(case: Case, reported: Sequence[labels.Summary], hidden: bool) -> rules.Found:
    offer = None if hidden else cures.offer_of(case.id)
    admitted = offer is not None and offer.state == "cured"
    return rules.found([claim for summary in reported for claim in summary.claims], admitted)


def _file(item: Item, summary: labels.Summary) -> FileSays:
    if summary.answer is None:
        return FileSays(item, _("Not read yet, or it could not be read"), "plain", [], False)
    answer = pick(book().labels.answers[summary.answer])
    return FileSays(
        item, answer, TONES[summary.answer], [_said(claim) for claim in summary.claims], summary.contradicts
    )


def _said(claim: Mapping[str, Any]) -> Said:
    known = book().labels
    return Said(
        source=_word(known.sources, claim["source"]),
        text=_text(claim),
        trust=_word(known.trusts, claim["trust"]),
        answer=_word(known.answers, claim["answer"]),
        tone=TONES.get(claim["answer"], "plain"),
        issues=[_word(known.issues, code) for code in claim["issues"]],
    )


def _word(known: Mapping[str, Words], code: str) -> str:
    """A code in words; one the book does not know (any more) keeps its own name."""
    return pick(known[code]) if code in known else code


def _text(claim: Mapping[str, Any]) -> str:
    """What the claim says: source types, programs and signers in words; the fields of the standard by their names."""
    kind = rules.source_type(claim)
    if claim["source"] == "xmp_source_type":
        return _word(book().labels.source_types, kind)
    return " · ".join(_part(part, kind) for part in str(claim["text"]).split(" · "))


def _part(part: str, kind: str) -> str:
    name, _equals, value = part.partition("=")
    if name == "DigitalSourceType":
        return _word(book().labels.source_types, kind)
    if name == "Generator":
        return _("program: %(name)s", name=value)
    return _("signer: %(name)s", name=value) if name == "Signer" else part


def _check(state: str, moment: Any) -> tuple[str, str, str]:
    text, tone = CHECKS[state]
    return str(text), tone, when(moment)
