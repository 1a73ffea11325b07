"""Who may do what at the desk, how long a sign-in lasts, and what a password must be."""

from __future__ import annotations

from datetime import datetime, timedelta

from webapp.core.errors import NotAllowed, Refused

ROLES = ("reviewer", "lead", "admin")

# permission: the roles that carry it
PERMISSIONS = {
    "review": frozenset({"reviewer", "lead", "admin"}),
    # Shown only after a button that says why and leaves an audit entry (law.md §9.2, need to know).
    "see_reporter_identity": frozenset({"reviewer", "lead", "admin"}),
    # Deadlines at risk across the desk, and the statements for the authorities' database.
    "see_deadlines": frozenset({"lead", "admin"}),
    "export_statements": frozenset({"lead", "admin"}),
    # The bands of a detector, after a replay on all decided cases.
    "move_thresholds": frozenset({"lead", "admin"}),
    # Registered works and virtual humans: everybody sees them, these add and end them.
    "manage_registry": frozenset({"lead", "admin"}),
    # Let a new version of a detector look at everything again; pause and resume it.
    "look_again": frozenset({"lead", "admin"}),
    # Conflicts of interest of others: read, declare, end. One's own everybody declares.
    "see_interests": frozenset({"lead", "admin"}),
    # The desk in figures, and how well people agree with one another.
    "see_figures": frozenset({"lead", "admin"}),
    # Mark golden cases, and answer notes on rules that people read differently.
    "keep_quality": frozenset({"lead", "admin"}),
    "see_audit": frozenset({"lead", "admin"}),
    "retry_tasks": frozenset({"lead", "admin"}),
    "manage_staff": frozenset({"admin"}),
}

# OWASP session guidance for high-value applications: 15–30 min idle, an absolute end within a working day.
IDLE = timedelta(minutes=30)
LONGEST = timedelta(hours=12)
# NIST SP 800-63B: length counts, composition rules do not; long pass phrases must fit.
SHORTEST_PASSWORD = 12
LONGEST_PASSWORD = 256


def can(role: str, permission: str) -> bool:
    """Whether `role` carries `permission`. An unknown permission is nobody's."""
    return role in PERMISSIONS.get(permission, frozenset())


def require(role: str, permission: str) -> None:
    """Raise NotAllowed('not_your_role') unless the role carries the permission."""
    if not can(role, permission):
        raise NotAllowed("not_your_role", role=role, permission=permission)


def session_holds(seen_at: datetime, expires_at: datetime, revoked_at: datetime | None, moment: datetime) -> bool:
    """Whether a sign-in still opens the desk: not revoked, not idle for too long, not past its absolute end."""
    return revoked_at is None and moment < expires_at and moment - seen_at < IDLE


def check_password(password: str) -> None:
    """Raise Refused('password_short' or 'password_long')."""
    if len(password) < SHORTEST_PASSWORD:
        raise Refused("password_short", shortest=SHORTEST_PASSWORD)
    if len(password) > LONGEST_PASSWORD:
        raise Refused("password_long", longest=LONGEST_PASSWORD)


def check_role(role: str) -> None:
    """Raise Refused('role_unknown')."""
    if role not in ROLES:
        raise Refused("role_unknown", role=role)


def normal_email(email: str) -> str:
    """The form in which an address is kept and compared. Raises Refused('email_wrong') for what cannot be one."""
    email = email.strip().casefold()
    name, at, host = email.partition("@")
    if not (name and at and host) or len(email) > 254 or any(ch.isspace() for ch in email):
        raise Refused("email_wrong")
    return email
