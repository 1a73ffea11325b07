"""What search found as rows: enough of each case to choose, and the place where the words stand, marked.

Shows nobody the text of a decision they must not know yet, and of sealed kinds no text at all.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import joinedload

from webapp.core.db import db
from webapp.core.i18n import lazy, pick, when
from webapp.desk import blindness, words
from webapp.domain.cases.models import Case, CaseReport
from webapp.domain.policy.queries import book
from webapp.domain.registry.models import Registration
from webapp.domain.reports.models import Report, Respondent, Subject
from webapp.domain.search import queries
from webapp.domain.search.documents import TELLING, Document, of_cases
from webapp.domain.search.queries import Hit, Question
from webapp.domain.search.words import places
from webapp.domain.staff.models import Staff

AROUND = 60  # characters shown on either side of the first place
LONGEST = 240
_SIGNS_ONLY = re.compile(r"[-/:.?&=#%@_~'’]{0,3}")
WHERE = {
    "content": lazy("content"),
    "account": lazy("account"),
    "report": lazy("report"),
    "message": lazy("message"),
    "desk": lazy("message"),
    "decision": lazy("decision"),
}


@dataclass(frozen=True)
class Snippet:
    """A stretch of text in pieces: (text, whether it was looked for). `where` in words."""

    where: str
    pieces: tuple[tuple[str, bool], ...]


@dataclass(frozen=True)
class Found:
    """One case as the list shows it."""

    id: str
    reference: str
    kind: str
    title: str
    account: str
    state: str
    state_tone: str
    band: str
    band_tone: str
    queue: str
    reports: str
    opened: str
    live: bool
    sealed: bool
    snippet: Snippet | None


@dataclass(frozen=True)
class Beside:
    """An account or a registered work: its name, what it is besides, and the address of its page."""

    id: str
    name: str
    more: str


def rows(hits: Sequence[Hit], question: Question, staff: Staff) -> list[Found]:
    """Cases found, in their order, without those that only a decision hidden from this person would have found."""
    ids = [hit.object_id for hit in hits]
    if not ids:
        return []
    documents = of_cases(ids)
    hidden = set(blindness.hidden_cases(staff)) & set(ids)
    shown = [i for i in ids if i in documents and not (i in hidden and _only_decided(question, documents[i]))]
    cases = db.session.scalars(
        select(Case).where(Case.id.in_(shown)).options(joinedload(Case.subject).joinedload(Subject.respondent))
    )
    by_id, sealed = {case.id: case for case in cases}, _sealed(shown)
    return [
        row(by_id[i], None if i in sealed else _snippet(documents[i], question.words, blind=i in hidden)) for i in shown
    ]


def _sealed(ids: Sequence[str]) -> set[str]:
    """Cases with a report of a sealed kind, also where another kind leads the case."""
    kinds = [code for code, kind in book().kinds.items() if kind.sealed]
    statement = select(CaseReport.case_id).join(Report, Report.id == CaseReport.report_id)
    return set(db.session.scalars(statement.where(CaseReport.case_id.in_(ids), Report.kind.in_(kinds))))


def _only_decided(question: Question, document: Document) -> bool:
    return queries.told_only_by_decisions(question.words, document)


def row(case: Case, snippet: Snippet | None = None) -> Found:
    """A case as a row; `snippet` is left out where its kind is sealed."""
    state, tone = words.STATES[case.state]
    band, band_tone = words.band(case.best_band)
    subject, entry = case.subject, book().kinds.get(case.kind)
    sealed = entry is not None and entry.sealed
    queue = book().queues.queue.get(case.queue)
    return Found(
        id=case.id,
        reference=case.reference,
        kind=words.kind(case.kind),
        title=subject.title or subject.content_ref or subject.address,
        account=subject.respondent.handle if subject.respondent else "",
        state=str(state),
        state_tone=tone,
        band=band,
        band_tone=band_tone,
        queue=pick(queue.words) if queue else "",
        reports=words.reports(case.report_count),
        opened=when(case.opened_at),
        live=case.state not in ("decided", "closed"),
        sealed=sealed,
        snippet=None if sealed else snippet,
    )


def _snippet(document: Document, asked: str, *, blind: bool) -> Snippet | None:
    """The text in which most of the words stand; the parties' own texts before the names that the row shows anyway."""
    best: tuple[int, str, str, list[tuple[int, int]]] | None = None
    for one in document.texts:
        if blind and one.where in TELLING:
            continue
        found = places(one.text, asked) if asked else []
        weight = len({one.text[start:end].casefold() for start, end in found}) * 2 + (one.where not in ("content",))
        if found and (best is None or weight > best[0]):
            best = (weight, one.where, one.text, found)
    if best is None:
        return None
    _weight, where, text, found = best
    return Snippet(str(WHERE[where]), _cut(text, found))


def _cut(text: str, found: Sequence[tuple[int, int]]) -> tuple[tuple[str, bool], ...]:
    """A window around the first place, with every place in it marked."""
    begin = max(0, found[0][0] - AROUND)
    stop = min(len(text), begin + LONGEST)
    pieces: list[tuple[str, bool]] = [("…", False)] if begin else []
    at = begin
    for start, end in _together(text, found):
        if end > stop:
            break
        pieces += [(text[at:start], False), (text[start:end], True)]
        at = end
    pieces.append((text[at:stop] + ("…" if stop < len(text) else ""), False))
    return tuple((piece, marked) for piece, marked in pieces if piece)


def _together(text: str, found: Sequence[tuple[int, int]]) -> list[tuple[int, int]]:
    """Places with nothing but a few signs between them as one: an address is marked whole, not in ten pieces."""
    joined: list[tuple[int, int]] = []
    for start, end in found:
        if joined and _SIGNS_ONLY.fullmatch(text, joined[-1][1], start):
            joined[-1] = (joined[-1][0], end)
        else:
            joined.append((start, end))
    return joined


def accounts(hits: Sequence[Hit]) -> list[Beside]:
    """Accounts found, in their order."""
    rows = db.session.scalars(select(Respondent).where(Respondent.id.in_([h.object_id for h in hits])))
    by_id = {one.id: Beside(one.id, one.handle, " · ".join(p for p in (one.name, one.platform) if p)) for one in rows}
    return [by_id[h.object_id] for h in hits if h.object_id in by_id]


def registrations(hits: Sequence[Hit]) -> list[Beside]:
    """Registered works and virtual humans found, in their order."""
    rows = db.session.scalars(select(Registration).where(Registration.id.in_([h.object_id for h in hits])))
    by_id = {one.id: Beside(one.id, one.title, one.number) for one in rows}
    return [by_id[h.object_id] for h in hits if h.object_id in by_id]


def account(account_id: str) -> Beside | None:
    """The account a filter names, None when there is none."""
    found = db.session.get(Respondent, account_id) if account_id else None
    return Beside(found.id, found.handle, found.platform) if found else None
