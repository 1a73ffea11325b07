"""Keeping templates of faces and voices and deleting them: at once, on time, and with a receipt."""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Iterable, Sequence

from sqlalchemy import LargeBinary, delete, select, type_coerce

from webapp.core.audit import Actor, record
from webapp.core.clock import now
from webapp.core.db import db, require_transaction
from webapp.core.errors import Refused
from webapp.core.ids import new_id, new_reference
from webapp.domain.biometrics.models import Template, TemplateDeletion
from webapp.domain.biometrics.rules import LETTERS, expiry
from webapp.domain.claimants.models import Consent
from webapp.domain.policy.queries import book

HOUSE = Actor("system", "biometrics", "Redress")


def keep(consent: Consent, evidence_id: str, detector: str, version: str, data: bytes) -> Template:
    """Keep what was measured of the claimant in one reference; a repeat gives the first row.

    `data` is the detector's own form, of that one face or voice. Raises Refused('consent_withdrawn') when it was taken
    back, is too old, or was given for something else: a detector is called as the purpose its consent names.
    """
    require_transaction("biometrics.keep")
    moment, ends = now(), expiry(consent.given_at, book().biometrics)
    if consent.withdrawn_at is not None or consent.purpose != detector or ends <= moment:
        raise Refused("consent_withdrawn")
    found = db.session.scalar(
        select(Template).where(
            Template.consent_id == consent.id,
            Template.evidence_id == evidence_id,
            Template.detector == detector,
            Template.version == version,
        )
    )
    if found is None:
        found = Template(
            id=new_id(),
            consent_id=consent.id,
            evidence_id=evidence_id,
            detector=detector,
            version=version,
            purpose=consent.purpose,
            data=data,
            made_at=moment,
            expires_at=ends,
        )
        db.session.add(found)
        record(HOUSE, "template.make", "consent", consent.id, evidence=evidence_id, detector=f"{detector} {version}")
    return found


def end(report_ids: Collection[str], why: str, actor: Actor) -> list[TemplateDeletion]:
    """Delete every template that rests on a consent for these reports; gives the receipts."""
    return _delete(_ids(Consent.report_id.in_(report_ids)), why, actor)


def forget(evidence_ids: Collection[str], actor: Actor) -> list[TemplateDeletion]:
    """Delete the templates made from items that are erased; gives the receipts."""
    return _delete(_ids(Template.evidence_id.in_(evidence_ids)), "erased", actor)


def expire() -> list[TemplateDeletion]:
    """Delete the templates whose time is over; gives the receipts."""
    return _delete(_ids(Template.expires_at <= now()), "expired", HOUSE)


def _ids(condition: object) -> list[str]:
    db.session.flush()
    rows = select(Template.id).join(Consent, Consent.id == Template.consent_id)
    return list(db.session.scalars(rows.where(condition)))  # type: ignore[arg-type]  # any column condition


def _delete(ids: Sequence[str], why: str, actor: Actor) -> list[TemplateDeletion]:
    """The rows go, the receipts come; one number for what goes together under one consent."""
    require_transaction("biometrics deletion")
    if not ids:
        return []
    sealed = type_coerce(Template.data, LargeBinary)  # as it lies there: nothing is opened to be deleted
    columns = (
        Template.id,
        Template.consent_id,
        Template.evidence_id,
        Template.detector,
        Template.version,
        Template.purpose,
        Template.made_at,
    )
    rows = db.session.execute(
        select(*columns, sealed.label("sealed")).where(Template.id.in_(ids)).order_by(Template.made_at)
    ).all()
    moment, numbers = now(), {row.consent_id: new_reference(LETTERS[row.purpose]) for row in rows}
    receipts = [
        TemplateDeletion(
            number=numbers[row.consent_id],
            deleted_at=moment,
            why=why,
            sha256=hashlib.sha256(bytes(row.sealed)).hexdigest(),
            **{column.key: getattr(row, column.key) for column in columns},
        )
        for row in rows
    ]
    db.session.execute(delete(Template).where(Template.id.in_([row.id for row in rows])))
    db.session.add_all(receipts)
    db.session.flush()
    _tell(receipts, why, actor)
    return receipts


def _tell(receipts: Iterable[TemplateDeletion], why: str, actor: Actor) -> None:
    counted: dict[tuple[str, str], int] = {}
    for receipt in receipts:
        key = (receipt.consent_id, receipt.number)
        counted[key] = counted.get(key, 0) + 1
    for (consent_id, number), count in counted.items():
        record(actor, "template.delete", "consent", consent_id, why=why, receipt=number, count=count)
