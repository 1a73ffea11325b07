"""What the palette finds: a reference, an address, an account or a page leads straight there. Looks up by key only."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from flask import jsonify, request, url_for
from sqlalchemy import ColumnElement, or_, select
from sqlalchemy.orm import joinedload

from webapp.core.db import db
from webapp.core.i18n import _
from webapp.core.ids import ALPHABET, read_reference
from webapp.desk import navigation, words
from webapp.desk.access import need
from webapp.desk.blueprint import bp
from webapp.domain.appeals.models import Appeal
from webapp.domain.cases.models import Case, CaseReport
from webapp.domain.reports.models import Report, Respondent, Subject
from webapp.domain.reports.rules import normal_address, subject_key
from webapp.domain.search import queries as search
from webapp.domain.staff import queries as staff

MOST = 6  # of one sort: the palette is for going, not for reading
SHORTEST = 3  # characters of a reference after its letter before it is looked up
LONGEST = 500  # characters: the longest address anybody pastes
REFERENCE = re.compile(rf"^[CRA]-[{ALPHABET}]{{{SHORTEST},4}}(-[{ALPHABET}]{{0,4}})?$")
AFTER_ALL = "z"  # behind every character of a reference, in every order databases sort by


@dataclass(frozen=True)
class Place:
    """One line of the palette. `first`: it is what was named, so it stands above the acts of the page."""

    title: str
    detail: str
    address: str
    first: bool = True


@bp.get("/jump")
@need("review")
def jump() -> Any:
    """Where what was typed leads, the surest first. Nothing typed: the pages. Tells no more than the lists do."""
    wanted = request.args.get("q", "").replace("\0", "").strip()[:LONGEST]
    found = [*_references(wanted), *_addresses(wanted), *_accounts(wanted), *_pages(wanted), *_people(wanted)]
    found += _search(wanted)
    answer = jsonify([one.__dict__ for one in found])
    answer.headers["Cache-Control"] = "no-store"
    return answer


def _references(wanted: str) -> Iterator[Place]:
    """Cases, reports and appeals whose reference begins like this; a report leads to its place in its case."""
    start = read_reference(wanted)
    if not REFERENCE.match(start):
        return
    if start[0] == "C":
        yield from _cases(_begins(Case.reference, start))
    elif start[0] == "R":
        rows = db.session.execute(
            select(Report.reference, Report.id, Case.reference)
            .join(CaseReport, CaseReport.report_id == Report.id)
            .join(Case, Case.id == CaseReport.case_id)
            .where(_begins(Report.reference, start))
            .limit(MOST)
        )
        for reference, report_id, case in rows:
            address = url_for("desk.case", reference=case, _anchor=f"report-{report_id}")
            yield Place(reference, _("Report in %(case)s", case=case), address)
    else:
        for reference in db.session.scalars(
            select(Appeal.reference).where(_begins(Appeal.reference, start)).limit(MOST)
        ):
            yield Place(reference, _("Appeal"), url_for("desk.appeal", reference=reference))


def _begins(column: Any, start: str) -> ColumnElement[bool]:
    """A stretch of the column's own index; LIKE would read the whole of it on some databases."""
    between: ColumnElement[bool] = column.between(start, start + AFTER_ALL)
    return between


def _cases(condition: ColumnElement[bool]) -> Iterator[Place]:
    rows = db.session.scalars(
        select(Case)
        .join(Subject, Subject.id == Case.subject_id)
        .where(condition)
        .options(joinedload(Case.subject))
        .order_by(Case.opened_at.desc())
        .limit(MOST)
    )
    for case in rows:
        detail = " · ".join((words.kind(case.kind), str(words.STATES[case.state][0])))
        yield Place(case.reference, detail, url_for("desk.case", reference=case.reference))


def _addresses(wanted: str) -> Iterator[Place]:
    """Cases about the content at this address, written any way that means the same."""
    if "/" not in wanted and "." not in wanted:
        return
    found = list(_cases(Subject.key == subject_key("", "", wanted)))
    yield from found or _named_by_platform(wanted)


def _named_by_platform(address: str) -> Iterator[Place]:
    """Where a platform told the content's number, the number is its key; its address is found by its words."""
    hits = search.find(search.Question(address), limit=MOST)
    subjects = select(Case.subject_id).where(Case.id.in_([hit.object_id for hit in hits]))
    there = db.session.execute(select(Subject.id, Subject.address).where(Subject.id.in_(subjects)))
    same = [number for number, written in there if normal_address(written) == normal_address(address)]
    if same:
        yield from _cases(Subject.id.in_(same))


def _accounts(wanted: str) -> Iterator[Place]:
    """The newest cases about an account called just so, with or without its sign."""
    if not wanted:
        return
    bare = wanted.lstrip("@")
    accounts = select(Respondent.id).where(or_(Respondent.handle == wanted, Respondent.handle.in_((bare, f"@{bare}"))))
    yield from _cases(Subject.respondent_id.in_(accounts))


def _pages(wanted: str) -> Iterator[Place]:
    for page in navigation.pages():
        if wanted.casefold() in str(page.words).casefold():
            yield Place(str(page.words), _("Page"), page.address, first=False)


def _people(wanted: str) -> Iterator[Place]:
    """Colleagues by name, for those who may look after them."""
    keeper = next((page for page in navigation.pages() if page.section == "staff"), None)
    if keeper is None or not wanted:
        return
    for one in staff.everyone():
        if wanted.casefold() in one.name.casefold():
            yield Place(one.name, str(words.ROLES[one.role]), keeper.address, first=False)


def _search(wanted: str) -> Iterator[Place]:
    """The way to everything else that was ever written."""
    page = next((page for page in navigation.pages() if page.section == "search"), None)
    if page and wanted:
        address = url_for(f"desk.{page.endpoint}", q=wanted)
        yield Place(_("Search for “%(words)s”", words=wanted), str(page.words), address, first=False)
