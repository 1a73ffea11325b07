"""After sending: one more file, and what a returned notice lacked, until it is whole."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields, replace
from typing import Any

from sqlalchemy import select

from webapp.core.audit import Actor
from webapp.core.blobs import Blob
from webapp.core.db import db, require_transaction, settings
from webapp.core.errors import Refused
from webapp.domain.cases import returns
from webapp.domain.cases import service as cases
from webapp.domain.cases.models import NoticeReturn
from webapp.domain.cases.queries import case_of
from webapp.domain.cases.rules import LIVE
from webapp.domain.claimants.service import amend, prove
from webapp.domain.evidence import service as evidence
from webapp.domain.evidence.models import Evidence
from webapp.domain.intake.form import FilledReport
from webapp.domain.intake.receiving import papers_of, rests, words_of
from webapp.domain.intake.rows import filled_from, standing_columns, today
from webapp.domain.intake.rules import given, missing
from webapp.domain.policy.queries import book
from webapp.domain.reports.models import Report, ReportEvidence
from webapp.domain.reports.queries import items_of
from webapp.domain.reports.service import attach, stand_on
from webapp.domain.reports.service import supply as keep_words

# What can still be said after sending. The kind, the content and what is wrong stay as they were sent.
OF_REPORT = ("work_title", "time_position", "source", "loss", "registry_ref", "signature", "statements", "good_faith")
OF_STANDING = ("matters", "scope", "valid_from", "valid_to", "prior_arrangement", "registry_ref", "statements")
OF_REPORTER = ("name", "postal_address")


def takes(kind: str, role: str, code: str) -> None:
    """Raise Refused unless a report of this kind may carry a file in this role: 'media_not_taken' for the content or
    references of a sealed kind (nobody is asked to send such media around), 'proof_unknown' for an unknown code."""
    entry = book().kinds.get(kind)
    if entry is not None and entry.sealed and role != "proof":
        raise Refused("media_not_taken")
    proof = book().evidence.get(code)
    if code and (role != "proof" or proof is None or proof.form != "file"):
        raise Refused("proof_unknown")


def add_late(
    report: Report,
    blob: Blob,
    *,
    role: str,
    name: str,
    media_type: str,
    width: int | None,
    height: int | None,
    code: str = "",
) -> Evidence:
    """Keep one more item of a report that waits for its decision; `code` says what a proof is to show.

    A paper for a standing that was refused, or has run out, starts a new claim. Raises Refused: 'case_not_open',
    'too_many_files' (limit), 'file_gone', 'media_not_taken', 'proof_unknown'.
    """
    require_transaction("intake.add_late")
    takes(report.kind, role, code)
    case = case_of(report.id)
    if case.state not in LIVE:
        raise Refused("case_not_open", state=case.state)
    if sum(i.source == "reporter" for i in items_of(report.id)) >= settings().max_files:
        raise Refused("too_many_files", limit=settings().max_files)
    actor = Actor("reporter", report.standing.reporter_id)
    item = evidence.keep(
        blob,
        role=role,
        source="reporter",
        name=name,
        media_type=media_type,
        width=width,
        height=height,
        actor=actor,
    )
    attach(report, item, code)
    if code in papers_of(report.standing.basis) and not rests(report.standing, report.kind):
        standing = amend(report.standing, actor)
        stand_on(report, standing, actor)
        prove(standing, item, code)
    return item


def supply(report: Report, answers: Mapping[str, Any], actor: Actor) -> list[str]:
    """The reporter says what a returned notice lacked (fields of FilledReport); gives the codes still missing.

    When none is, the notice is complete and its clocks run. Other fields than those a notice can lack are ignored.
    Raises Refused: 'nothing_to_supply' (it was not returned, or has lapsed: cases.reopen first), 'day_unreadable'.
    """
    require_transaction("intake.supply")
    if returns.open_return(report.id) is None:
        raise Refused("nothing_to_supply")
    names = {*OF_REPORT, *OF_STANDING, *OF_REPORTER} & set(answers)
    told = FilledReport.from_dict({n: answers[n] for n in names})
    if told.unreadable:
        raise Refused("day_unreadable")
    before = filled_from(report)
    changed = {f.name: getattr(told, f.name) for f in fields(told) if f.name in names and getattr(told, f.name)}
    after = replace(before, **changed | {"statements": (*before.statements, *told.statements)})
    _keep_standing(report, before, after, actor)
    reporter = report.standing.reporter
    for name in OF_REPORTER:
        setattr(reporter, name, getattr(reporter, name) or getattr(after, name))  # said once, it stays
    keep_words(report, words_of(after), actor)
    left = still_missing(report)
    if not left:
        cases.complete(report, actor)
    return left


def extend_standing(report: Report, valid_to: str, actor: Actor) -> None:
    """A new paper says until when the standing holds ('YYYY-MM-DD'; '' leaves the term as it was): a new claim, to be
    checked anew. Raises Refused('day_unreadable')."""
    require_transaction("intake.extend_standing")
    before = filled_from(report)
    after = replace(before, valid_to=valid_to or before.valid_to)
    if after.unreadable:
        raise Refused("day_unreadable")
    _keep_standing(report, before, after, actor)


def _keep_standing(report: Report, before: FilledReport, after: FilledReport, actor: Actor) -> None:
    changes = standing_columns(after)
    if changes != standing_columns(before) and not rests(report.standing, report.kind):
        stand_on(report, amend(report.standing, actor, **changes), actor)


def still_missing(report: Report) -> list[str]:
    """Codes the returned notice still lacks: what it was returned for and did not come, and what the book asks for.
    Empty when it waits for nothing."""
    db.session.flush()  # files and words of this transaction count
    waiting = returns.open_return(report.id)
    if waiting is None:
        return []
    form, carried = filled_from(report), _carried(report)
    asked = [code for code in waiting.missing if not _came(report, waiting, form, carried, code)]
    by_book = missing(form, carried, book(), today=today(), covered=rests(report.standing, report.kind))
    return list(dict.fromkeys([*asked, *by_book]))


def _came(report: Report, waiting: NoticeReturn, form: FilledReport, carried: set[str], code: str) -> bool:
    """Whether an item asked for is there. A file a person asked for came after the question: the one she had seen
    was not enough."""
    entry = book().evidence.get(code)
    if entry is None:
        return True  # a question in the desk's own words; the answer is a message
    if entry.form != "file" or waiting.staff_id is None:
        return given(form, carried, code, book())
    rows = db.session.scalars(
        select(ReportEvidence).where(
            ReportEvidence.report_id == report.id, ReportEvidence.added_at >= waiting.returned_at
        )
    )
    return any((row.code or row.evidence.role) in (code, entry.name if entry.name != "proof" else code) for row in rows)


def _carried(report: Report) -> set[str]:
    """Codes and roles of the report's files; of the standing's papers only those the standing in force rests on."""
    papers = papers_of(report.standing.basis)
    db.session.refresh(report, ["items"])
    own = {row.code or row.evidence.role for row in report.items if row.evidence.dropped_at is None}
    proofs = {} if report.standing.state == "refused" else {proof.code for proof in report.standing.proofs}
    return (own - papers) | set(proofs)
