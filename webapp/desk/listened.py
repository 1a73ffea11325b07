"""Listening for who comes next: notes on recordings, so that they can be read instead, and the test of a voice.

Whoever must not see the first decision sees only what they wrote themselves.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from webapp.core.i18n import LANGUAGES, pick, when
from webapp.desk import blindness
from webapp.domain.cases import hearing
from webapp.domain.cases.families import family
from webapp.domain.cases.models import Case
from webapp.domain.cases.records import ListeningNote
from webapp.domain.policy.queries import book


@dataclass(frozen=True)
class Note:
    """What somebody wrote, in words. `answers`: (question, answer) of the test of a voice."""

    id: str
    who: str
    when: str
    text: str
    mine: bool
    answers: list[tuple[str, str]] = field(default_factory=list)


@dataclass(frozen=True)
class Notes:
    """All notes of a case: by file, the newest test of each person, and by right what no report is about. `given` are
    the answers of whoever looks."""

    files: Mapping[str, list[Note]]
    tests: list[Note]
    rights: Mapping[str, Note]
    given: Mapping[str, str]


NONE = Notes({}, [], {}, {})


def notes(case_id: str, staff_id: str) -> Notes:
    """What was written in the case and those merged into it, as far as this person may see it. Three queries."""
    rows = hearing.notes_of(family(case_id))
    if rows and blindness.hides_from(case_id, staff_id):
        rows = [row for row in rows if row.staff_id == staff_id]
    tests = {row.staff_id: row for row in rows if row.about == "test"}  # of each person the newest
    files: dict[str, list[Note]] = {}
    for row in rows:
        if row.evidence_id:
            files.setdefault(row.evidence_id, []).append(_shown(row, staff_id))
    return Notes(
        files=files,
        tests=[_shown(row, staff_id) for row in tests.values()],
        rights={row.answers["right"]: _shown(row, staff_id) for row in rows if row.about == "right"},
        given=tests[staff_id].answers if staff_id in tests else {},
    )


def _shown(row: ListeningNote, staff_id: str) -> Note:
    test = book().hearing.test
    named = {one.code: pick(one.words) for one in test.questions}
    answers = row.answers if row.about == "test" else {}
    return Note(
        id=row.id,
        who=row.staff.name,
        when=when(row.written_at),
        text=row.text,
        mine=row.staff_id == staff_id,
        answers=[(named[q], pick(test.answers[a])) for q, a in answers.items() if q in named and a in test.answers],
    )


def gaps_of(case: Case, staff_id: str) -> dict[str, dict[str, str]]:
    """What this person's answers to the test say in a ready reason: gap → language → words. Nothing before they
    answered, and nothing that the answers do not carry."""
    test = book().hearing.test
    if case.kind not in test.kinds:
        return {}
    given = notes(case.id, staff_id).given
    decides = next(one.code for one in test.questions if one.decides)
    verdict = given.get(decides, "")
    codes = [one for one in test.questions if one.by is not None and given.get(one.code) == verdict]
    if verdict not in ("yes", "no") or not codes:
        return {}
    if verdict == "yes":
        gap, words = "how", test.how if len(codes) > 1 else test.how_one
    else:
        gap, words = "difference", test.difference if len(codes) > 1 else test.difference_one
    by = {code: _listed([pick(one.by, code) for one in codes], code) for code in LANGUAGES}
    return {gap: {code: pick(words, code).format(by=by[code]) for code in LANGUAGES}}


def _listed(parts: Sequence[str], code: str) -> str:
    """Words in a row, in a language that need not be the page's."""
    comma, last = ("、", "和") if code == "zh" else (", ", " and ")
    return last.join([comma.join(parts[:-1]), parts[-1]]) if len(parts) > 1 else parts[0]
