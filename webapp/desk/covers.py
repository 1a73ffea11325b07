"""The three rights an AI cover may touch, and the test of a voice: what detectors say beside what people answer.

A detector's answer is no finding: it says what to listen for.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from webapp.core.i18n import _, pick
from webapp.desk import seen, words
from webapp.desk.answers import Answer
from webapp.desk.blueprint import bp
from webapp.desk.dossier import Dossier
from webapp.desk.listened import Note
from webapp.desk.looks import short
from webapp.domain.policy.queries import book
from webapp.domain.policy.shape.hearing import Right

ORDER = ("supports", "cannot_tell", "does_not_support", "")  # of several pairs the one that says most


@dataclass(frozen=True)
class Heard:
    """What one detector says that bears on a right, in words."""

    detector: str
    verdict: str
    verdict_words: str
    said: str


@dataclass(frozen=True)
class RightShown:
    """One right: in words, with its source; what bears on it; the reports about it as (words, anchor); the note that
    none is; and as what kind it is reported."""

    code: str
    words: str
    text: str
    source: str
    heard: list[Heard]
    reports: list[tuple[str, str]]
    noted: Note | None
    kind: str


@dataclass(frozen=True)
class Cover:
    """The panel."""

    title: str
    text: str
    rights: list[RightShown]


@dataclass(frozen=True)
class Question:
    """One question of the test of a voice, with the answer of whoever looks, "" before."""

    code: str
    words: str
    decides: bool
    given: str


@dataclass(frozen=True)
class Test:
    """The test of a voice: its questions, and what people of the desk answered (newest of each)."""

    title: str
    text: str
    source: str
    questions: list[Question]
    answers: list[tuple[str, str]]
    told: list[Note]
    done: bool


def cover(d: Dossier) -> Cover | None:
    """The panel of an AI cover; None where nothing in the case is about music."""
    chapter = book().hearing.cover
    answers = [answer for pair in d.bench.pairs for answer in pair.answers]
    musical = {name for right in chapter.rights for name in right.detectors} - {"voice"}
    sings = any(a.name in musical and a.verdict == "supports" for a in answers)
    reported = {report.kind_code for report in d.active}
    # A voice that sings brings it up too; a film that was put up again as it is does not.
    voiced = reported & {kind for right in chapter.rights for kind in right.kinds}
    timed = any(look.item.timed for look in d.bench.looks)
    if not timed or not (reported & set(chapter.kinds) or (sings and voiced)):
        return None
    return Cover(pick(chapter.words), pick(chapter.text), [_right(right, d, answers) for right in chapter.rights])


def _right(right: Right, d: Dossier, answers: Sequence[Answer]) -> RightShown:
    return RightShown(
        code=right.code,
        words=pick(right.words),
        text=pick(right.text),
        source=sources(right.bases),
        heard=[_heard(name, answers) for name in right.detectors],
        reports=[(r.reference, f"report-{r.id}") for r in d.active if r.kind_code in right.kinds],
        noted=d.bench.notes.rights.get(right.code),
        kind=words.kind(right.kinds[0]),
    )


def _heard(name: str, answers: Sequence[Answer]) -> Heard:
    mine = sorted((a for a in answers if a.name == name), key=lambda a: ORDER.index(a.verdict))
    if not mine:
        return Heard(short(name), "", _("Did not look"), seen.full(str(seen.NOT_ASKED["nothing_to_compare"])))
    best = mine[0]
    return Heard(short(name), best.verdict, best.verdict_words, " ".join(best.said[:2]))


def sources(bases: Sequence[str]) -> str:
    """Where a test or a right comes from."""
    return _("; ").join(pick(book().bases[code].citation) for code in bases)


def voice_test(d: Dossier) -> Test | None:
    """The test of a voice; None where no report is about one, or there is nothing to listen to."""
    test, notes = book().hearing.test, d.bench.notes
    timed = any(look.item.timed for look in d.bench.looks)
    if not timed or not {r.kind_code for r in d.active} & set(test.kinds):
        return None
    return Test(
        title=pick(test.words),
        text=pick(test.text),
        source=sources(test.bases),
        questions=[Question(q.code, pick(q.words), q.decides, notes.given.get(q.code, "")) for q in test.questions],
        answers=[(code, pick(text)) for code, text in test.answers.items()],
        told=notes.tests,
        done=bool(notes.given),
    )


@bp.context_processor
def _for_case() -> dict[str, Any]:
    """For the page of a case; asked only where they are drawn."""
    return {"cover_of": cover, "voice_test_of": voice_test}
