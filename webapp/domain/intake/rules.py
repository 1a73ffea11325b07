"""Whether a report can be sent, and whether the notice is whole: the same for form, API, completion and tests."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import date

from webapp.domain.intake.asking import (
    STEPS,
    Ask,
    asks,
    asks_for,
    mode,
    names_term,
    papers_from,
    regimes_of,
    runs_under,
    step_of,
)
from webapp.domain.intake.form import GOOD_FAITH, FilledReport, day
from webapp.domain.policy.shape import Book, Kind
from webapp.domain.reports.rules import priority

__all__ = [
    "STATEMENT_MIN",
    "STEPS",
    "Ask",
    "FilledReport",
    "asks",
    "asks_for",
    "blocking",
    "gaps",
    "given",
    "in_force",
    "missing",
    "mode",
    "names_term",
    "papers_from",
    "regimes_of",
    "runs_under",
    "step_of",
]

STATEMENT_MIN = 10  # characters from which a person can understand what is meant
# Bases on which there is nobody else to name: the reporter is the claimant, or there is none.
NOBODY_ELSE = ("", "SELF", "ANY", "TF", "VHOWN")


def given(form: FilledReport, files: Collection[str], code: str, book: Book) -> bool:
    """Whether the report carries this code. `files`: the code of each proof, the role of each other file."""
    entry = book.evidence[code]
    if entry.form == "statement":
        return code in form.stated
    if entry.form == "file":
        return (code if entry.name == "proof" else entry.name) in files
    if entry.name == "time_position":
        return bool(form.time_position or form.seen_at)  # a stream that runs has no minutes, only a time of day
    if entry.name == "address":
        return bool(form.address or form.content_ref)
    return bool(getattr(form, entry.name, ""))


def in_force(form: FilledReport, book: Book, today: date) -> bool:
    """Whether a claimed authority names matters and term, runs today, and reaches the kind (Civil Code art 165)."""
    standing = book.standing.get(form.basis)
    if standing is None or not standing.expires:
        return True
    begins, ends = day(form.valid_from), day(form.valid_to)
    runs = ends is not None and ends >= today and (begins is None or begins <= today)
    return bool(form.matters) and runs and (not form.scope or form.kind in form.scope)


def blocking(
    form: FilledReport, book: Book, *, suspended: bool = False, barred: bool = False, foreign: bool = False
) -> dict[str, str]:
    """Why the report cannot be sent: {field: code}; empty when it can.

    `suspended`: its address is under suspension for this kind. `barred`: the same claimant was answered by a
    restoration (RTCI art 17). `foreign`: it rests on a standing of another address.
    """
    kind = book.kinds.get(form.kind)
    if kind is None:
        return {"kind": "choose_kind"}
    if form.basis not in book.leaves(form.kind):
        return {"basis": "choose_standing"} | _open(form, kind, asks(form.kind, "ANY", (), book))
    found = _open(form, kind, asks(form.kind, form.basis, form.elected, book, form.circumstances))
    urgent = book.urgent(priority(form.kind, form.circumstances, book))
    if form.basis not in NOBODY_ELSE and not form.claimant_name and not urgent:
        found["claimant_name"] = "claimant_name_missing"
    found |= dict.fromkeys(form.unreadable, "day_unreadable")
    if suspended:
        found["email"] = "reporter_suspended"
    if foreign:
        found["email"] = "standing_of_another"
    if barred:
        found["address"] = "notice_barred"
    return found


def _open(form: FilledReport, kind: Kind, asked: Iterable[Ask]) -> dict[str, str]:
    found: dict[str, str] = {}
    blocks = {ask.code: ask for ask in asked if ask.blocks}
    if not (form.address or form.content_ref):
        found["address"] = "address_missing"
    if any(ask.name == "wrong" for ask in blocks.values()) and len(form.wrong) < STATEMENT_MIN:
        found["wrong"] = "wrong_too_short"
    if not form.email and not (kind.anonymous and form.anonymous):
        found["email"] = "email_missing"
    for code, ask in blocks.items():
        if ask.form == "statement" and code not in form.stated:
            found[ask.name] = "good_faith_missing" if code == GOOD_FAITH else "declaration_missing"
    return found


def missing(form: FilledReport, files: Collection[str], book: Book, *, today: date, covered: bool = False) -> list[str]:
    """Codes a valid notice still lacks, in the form's order. The report is received all the same and returned for
    completion; never an urgent kind, a tip, or where the law takes incomplete notices (law.md §3).

    `covered`: a standing that a person checked covers it, so its papers need not come again.
    """
    regimes = runs_under(form.kind, form.basis, form.elected, book)
    if mode(form.kind, form.basis, regimes, book) == "tip" or any(book.regimes[r].open_to_all for r in regimes):
        return []
    if book.urgent(priority(form.kind, form.circumstances, book)):
        return []
    found = []
    standing = papers_from(form.kind, form.basis, book)
    papers = set(standing.requires) if standing else set()
    for ask in asks(form.kind, form.basis, form.elected, book, form.circumstances):
        paper = ask.code in papers
        if not ask.required or (paper and covered) or ask.code == "CONTACT":
            continue  # without an address a report is sent only where it may be anonymous
        stale = paper and ask.form == "file" and not in_force(form, book, today)
        if stale or not given(form, files, ask.code, book):
            found.append(ask.code)
    return found


def gaps(form: FilledReport, files: Collection[str], book: Book) -> dict[str, str]:
    """What the step-by-step form demands before it goes on: {field: code}. What cannot be sent, and the plain fields
    a valid notice needs; papers and statements may follow."""
    found = blocking(form, book)
    if "kind" in found or "basis" in found:
        return found
    typed = ("name", "work_title")
    lacking = {book.evidence[code].name for code in missing(form, files, book, today=date.min)}
    return found | {name: f"{name}_missing" for name in typed if name in lacking}
