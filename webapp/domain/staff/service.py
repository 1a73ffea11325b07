"""The verbs of the staff room: add, prove who one is, sign in and out, revoke, change role, deactivate."""

from __future__ import annotations

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from sqlalchemy import update

from webapp.core.audit import Actor, record
from webapp.core.clock import now
from webapp.core.db import db, require_transaction
from webapp.core.errors import Refused
from webapp.core.ids import digest, new_id, new_token
from webapp.domain.staff import queries
from webapp.domain.staff.models import Staff, StaffSession
from webapp.domain.staff.rules import LONGEST, LONGEST_PASSWORD, check_password, check_role, normal_email

# OWASP's argon2id figures for servers with little memory: 19 MiB, two passes, one lane.
HASHER = PasswordHasher(time_cost=2, memory_cost=19456, parallelism=1)
# Hash of a password nobody knows: an unknown address costs the same time as a wrong password.
NOBODY = "$argon2id$v=19$m=19456,t=2,p=1$nt4G6xzYcRZz5zu7A5VQDg$drd6ewKx2pVgjUWYPP/dabSlfnKptMWyUWe/kui43TI"


def actor(staff: Staff) -> Actor:
    """The person as the audit log names them."""
    return Actor("staff", staff.id, staff.name)


def add(email: str, name: str, role: str, password: str, by: Actor, language: str = "zh") -> Staff:
    """A new person at the desk. Raises Refused: email_wrong, email_taken, name_missing, role_unknown, password_…"""
    require_transaction("staff.add")
    email = normal_email(email)
    check_role(role)
    check_password(password)
    if not name.strip():
        raise Refused("name_missing")
    if queries.by_email(email) is not None:
        raise Refused("email_taken", email=email)
    staff = Staff(
        id=new_id(),
        email=email,
        name=name.strip()[:80],
        role=role,
        language=language,
        password_hash=HASHER.hash(password),
        active=True,
        created_at=now(),
    )
    db.session.add(staff)
    db.session.flush()  # sessions and claims point at it
    record(by, "staff.add", "staff", staff.id, role=role)
    return staff


def recognise(email: str, password: str) -> Staff:
    """The active person behind address and password. Reads only, so that no writer waits while it hashes.

    Raises Refused('wrong_sign_in') for every mistake alike and after about the same time.
    """
    try:
        staff = queries.by_email(normal_email(email))
    except Refused:
        staff = None
    fits = _fits(staff.password_hash if staff else NOBODY, password[: LONGEST_PASSWORD + 1])
    if staff is None or not fits or not staff.active:
        raise Refused("wrong_sign_in")
    return staff


def _fits(password_hash: str, password: str) -> bool:
    try:
        return HASHER.verify(password_hash, password)
    except (VerificationError, InvalidHashError):
        return False


def open_session(staff: Staff) -> str:
    """A new sign-in; gives the 256-bit token for the cookie, of which only the digest is kept."""
    require_transaction("staff.open_session")
    token, moment = new_token(), now()
    db.session.add(
        StaffSession(
            token_digest=digest(token),
            staff_id=staff.id,
            created_at=moment,
            seen_at=moment,
            expires_at=moment + LONGEST,
        )
    )
    record(actor(staff), "staff.sign_in", "staff", staff.id)
    return token


def sign_in(email: str, password: str) -> tuple[Staff, str]:
    """Recognise and open a session in one go. Raises Refused('wrong_sign_in')."""
    staff = recognise(email, password)
    return staff, open_session(staff)


def note_failed_sign_in(email: str) -> None:
    """Write down that somebody failed to sign in as a person we know; strangers' addresses are not kept."""
    require_transaction("staff.note_failed_sign_in")
    try:
        staff = queries.by_email(normal_email(email))
    except Refused:
        return
    if staff is not None:
        record(Actor("system", "sign-in"), "staff.sign_in_failed", "staff", staff.id)


def touch(token: str) -> None:
    """Note activity, which puts the idle end off; the absolute end stays."""
    require_transaction("staff.touch")
    db.session.execute(update(StaffSession).where(StaffSession.token_digest == digest(token)).values(seen_at=now()))


def sign_out(token: str) -> None:
    """End this sign-in."""
    require_transaction("staff.sign_out")
    session = db.session.get(StaffSession, digest(token))
    if session is not None and session.revoked_at is None:
        session.revoked_at = now()
        record(actor(session.staff), "staff.sign_out", "staff", session.staff_id)


def revoke_all(staff: Staff, by: Actor) -> None:
    """End every sign-in of a person at once."""
    require_transaction("staff.revoke_all")
    _end_sessions(staff)
    record(by, "staff.revoke", "staff", staff.id)


def set_password(staff: Staff, password: str, by: Actor) -> None:
    """A new password; whoever is signed in with the old one has to sign in again. Raises Refused('password_…')."""
    require_transaction("staff.set_password")
    check_password(password)
    staff.password_hash = HASHER.hash(password)
    _end_sessions(staff)
    record(by, "staff.passwd", "staff", staff.id)


def set_role(staff: Staff, role: str, by: Actor) -> None:
    """Another role, from the next request on. Nobody changes their own, so that one admin always remains."""
    require_transaction("staff.set_role")
    check_role(role)
    if by.id == staff.id:
        raise Refused("not_yourself")
    before, staff.role = staff.role, role
    record(by, "staff.role", "staff", staff.id, before=before, after=role)


def deactivate(staff: Staff, by: Actor) -> None:
    """Close the desk to a person, now. Their decisions keep their name. Nobody deactivates themselves."""
    require_transaction("staff.deactivate")
    if by.id == staff.id:
        raise Refused("not_yourself")
    staff.active = False
    _end_sessions(staff)
    record(by, "staff.deactivate", "staff", staff.id)


def activate(staff: Staff, by: Actor) -> None:
    """Let a person back in."""
    require_transaction("staff.activate")
    staff.active = True
    record(by, "staff.activate", "staff", staff.id)


def _end_sessions(staff: Staff) -> None:
    db.session.execute(
        update(StaffSession)
        .where(StaffSession.staff_id == staff.id, StaffSession.revoked_at.is_(None))
        .values(revoked_at=now())
    )
