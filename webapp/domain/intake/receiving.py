"""A report becomes a case in one transaction: standing, consent, report, evidence; what it lacks is asked for."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import select

from webapp.core.audit import Actor
from webapp.core.clock import now
from webapp.core.db import db, require_transaction
from webapp.core.errors import Refused
from webapp.core.ids import digest
from webapp.core.sealed import blind_index
from webapp.domain.cases import returns
from webapp.domain.cases import service as cases
from webapp.domain.claimants import queries as claimants
from webapp.domain.claimants import rules as standings
from webapp.domain.claimants.models import Standing
from webapp.domain.claimants.service import amend, consent, identify, prove, stand
from webapp.domain.conduct.queries import standing_of
from webapp.domain.conduct.rules import refuses
from webapp.domain.evidence import service as evidence
from webapp.domain.evidence.models import Evidence
from webapp.domain.intake.form import FilledReport
from webapp.domain.intake.rows import claim_of, standing_columns, stream_columns, today
from webapp.domain.intake.rules import asks, blocking, missing, mode, names_term, runs_under
from webapp.domain.policy.queries import book
from webapp.domain.reports.models import Report
from webapp.domain.reports.queries import barred, captured_of, subject_named
from webapp.domain.reports.rules import priority
from webapp.domain.reports.service import Words, attach, record_report, subject_for, tracking_secret


@dataclass(frozen=True)
class Receipt:
    """What the person gets: the reference, the secret that is shown once, and the codes a valid notice still lacks."""

    report: Report
    reference: str
    secret: str
    due_at: datetime
    missing: tuple[str, ...] = ()


def receipt_of(report: Report) -> Receipt:
    """The receipt of a report that was received."""
    hours = book().priorities[priority(report.kind, report.circumstances, book())].decision_hours
    due = report.received_at + timedelta(hours=hours)
    waits = returns.open_return(report.id)
    lacking = tuple(waits.missing) if waits else ()
    return Receipt(report, report.reference, tracking_secret(report), due, lacking)


def receive_once(form: FilledReport, key: str) -> Receipt:
    """Receive a report that came with all its answers at once; the same key gives the same report."""
    require_transaction("intake.receive_once")
    sent = db.session.scalar(select(Report).where(Report.form_key == digest(key)))
    return receipt_of(sent if sent is not None else receive(form, [], form_key=digest(key)))


def receive(
    form: FilledReport, items: Sequence[Evidence], *, form_key: str, codes: Mapping[str, str] | None = None
) -> Report:
    """Take a report in; `codes` says of proofs what they are to show (evidence id → code).

    A notice that lacks something the law asks for is received and returned for completion in the same transaction.
    Raises Refused('incomplete', fields={field: code}) for what makes it impossible to handle (rules.blocking).
    """
    require_transaction("intake.receive")
    codes = codes or {}
    form, held = resting(form)
    if obstacles := hindrances(form, held):
        raise Refused("incomplete", fields=obstacles)
    regimes = runs_under(form.kind, form.basis, form.elected, book())
    moded = mode(form.kind, form.basis, regimes, book())
    kept = _only_asked(form)
    covered = held is not None and rests(held, form.kind)
    papers = papers_of(form.basis)
    reporter = held.reporter if held else identify(kept.name, kept.email, kept.language, kept.postal_address)
    actor = Actor("reporter", reporter.id)
    standing = held or stand(reporter, form.basis, form.claimant_name, **standing_columns(kept))
    if held is not None and not covered and (kept.valid_to or papers & set(codes.values())):
        standing = amend(held, actor, **standing_columns(kept))
    db.session.flush()  # the report points at the standing
    report = record_report(
        form_key=form_key,
        kind=form.kind,
        standing=standing,
        subject=subject_for(form.platform, form.content_ref, form.address),
        words=words_of(kept),
        language=form.language,
        book_version=book().version,
        actor=actor,
        mode=moded,
        regimes=regimes,
    )
    biometric = book().kinds[form.kind].biometric
    if form.consent and biometric and moded == "notice":
        consent(standing, biometric, actor, report.id)
    mine = _usable(form.kind, items, actor)
    for item in [*mine, *captured_of(report.subject_id)]:
        attach(report, item, codes.get(item.id, ""))
        if codes.get(item.id) in papers and not covered:
            prove(standing, item, codes[item.id])
    carried = {codes.get(item.id) or item.role for item in mine}
    if held is not None and held.state == "claimed":
        carried |= {proof.code for proof in held.proofs}  # sent with an earlier report, and waiting to be checked
    lacking = missing(form, carried, book(), today=today(), covered=covered)
    cases.open_or_join(report, actor, complete=not lacking)
    if lacking:
        cases.return_for_completion(report, lacking, "", None)
    return report


def hindrances(form: FilledReport, held: Standing | None = None) -> dict[str, str]:
    """Why this report cannot be sent, {field: code}: what it lacks, and what its sender or content stands under."""
    index = held.reporter.email_index if held else blind_index(form.email) if form.email else ""
    suspended = barred_now = False
    if form.kind in book().kinds and index:
        urgency = priority(form.kind, form.circumstances, book())
        suspended = refuses(standing_of(index), form.kind, urgency, book())
        subject = subject_named(form.platform, form.content_ref, form.address)
        if subject is not None and form.basis in book().leaves(form.kind):
            regimes = runs_under(form.kind, form.basis, form.elected, book())
            barred_now = bool(barred(subject.id, index, regimes))
    foreign = held is not None and bool(form.email) and blind_index(form.email) != held.reporter.email_index
    return blocking(form, book(), suspended=suspended, barred=barred_now, foreign=foreign)


def rests(standing: Standing, kind: str) -> bool:
    """Whether a report of this kind needs no papers, because a person checked the standing and it covers the kind."""
    moment = now()
    return standings.state(standing, moment) == "verified" and standings.covers(standing, kind, moment)


def words_of(form: FilledReport) -> Words:
    """What the report row keeps of the form."""
    standing = book().standing.get(form.basis)
    declared = set(standing.requires) if standing else set()
    known = {code for code, entry in book().evidence.items() if entry.form == "statement"}
    return Words(
        wrong=form.wrong,
        work_title=form.work_title,
        time_position=form.time_position,
        **stream_columns(form),
        source=form.source,
        loss=form.loss,
        registry_ref=form.registry_ref,
        signature=form.signature,
        statements=sorted(c for c in form.stated - declared if c in known),
        circumstances=[c for c in form.circumstances if c in book().kinds[form.kind].raises],
    )


def resting(form: FilledReport) -> tuple[FilledReport, Standing | None]:
    """The form with what an earlier standing already says; that standing, or None. A term that was claimed and not yet
    checked is not asked again. Raises NotFound."""
    if not form.standing_id:
        return (replace(form, email="", name="") if _nameless(form) else form), None
    held = claimants.get(form.standing_id)
    known = held.reporter
    if held.state == "claimed" and not form.valid_to:
        claimed = claim_of(held)
        form = replace(form, **{name: getattr(form, name) or claimed[name] for name in claimed})
    return (
        replace(
            form,
            basis=held.basis,
            claimant_name=held.claimant.name if held.claimant else "",
            name=form.name or known.name,
            email=form.email or known.email,
            postal_address=form.postal_address or known.postal_address,
            registry_ref=form.registry_ref or held.registry_ref,
            statements=(*form.statements, *held.declarations),
            anonymous=False,
        ),
        held,
    )


def _nameless(form: FilledReport) -> bool:
    kind = book().kinds.get(form.kind)
    return kind is not None and kind.anonymous and form.anonymous


def _only_asked(form: FilledReport) -> FilledReport:
    """The form without what this report must not carry: data minimisation, whatever an old draft still holds."""
    asked = asks(form.kind, form.basis, form.elected, book(), form.circumstances)
    names = {ask.name for ask in asked}
    spare = {"postal_address", "signature", "registry_ref", "loss", "prior_arrangement", "work_title", "source"}
    if not names_term(asked, form.basis, book()):
        spare |= {"matters", "valid_from", "valid_to"}
        form = replace(form, scope=())
    gone: dict[str, Any] = dict.fromkeys(spare - names, "")
    if "time_position" not in names:
        gone |= dict.fromkeys(("live", "seen_at", "part_from", "part_to"), "")
    return replace(form, **gone)


def papers_of(basis: str) -> set[str]:
    """Codes of what proves a basis; a proof of anything else belongs to the report alone."""
    standing = book().standing[basis]
    return {*standing.requires, *standing.optional}


def _usable(kind: str, items: Sequence[Evidence], actor: Actor) -> list[Evidence]:
    """The items the report may carry; of a sealed kind no media, should a draft for another kind have left some."""
    if not book().kinds[kind].sealed:
        return list(items)
    for item in items:
        if item.role != "proof":
            evidence.drop(item, actor)
    return [item for item in items if item.role == "proof"]
