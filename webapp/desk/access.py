"""Who is at the desk: Flask-Login over server-side sessions, one gate before every page, permissions by role.

The gate is closed by default: a page is open to strangers only when it is named in OPEN.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from functools import wraps
from typing import Any, ParamSpec, TypeVar, cast

from flask import Flask, current_app, g, redirect, request, session, url_for
from flask_login import LoginManager, current_user, login_user, logout_user
from flask_wtf.csrf import generate_csrf, validate_csrf
from werkzeug.wrappers import Response
from wtforms.validators import ValidationError

from webapp.core.audit import Actor
from webapp.core.clock import now
from webapp.core.db import transaction
from webapp.core.errors import Refused
from webapp.desk.blueprint import bp
from webapp.domain.staff import queries, service
from webapp.domain.staff.models import Staff
from webapp.domain.staff.rules import can, require

P = ParamSpec("P")
R = TypeVar("R")

OPEN = frozenset({"desk.sign_in"})
# Pages that ask by themselves every few seconds; they must not keep a forgotten screen signed in.
UNATTENDED = frozenset(
    {"desk.detectors_progress", "desk.exposure", "desk.pulse", "desk.queue_rows", "desk.beside_rows"}
)
# Activity is written down at most this often: a row written at every click would make every page a writer.
NOTED_EVERY = timedelta(minutes=1)

manager = LoginManager()


class Member:
    """The signed-in person as Flask-Login carries them; the id in the cookie is the session's token."""

    is_authenticated = True
    is_active = True
    is_anonymous = False

    def __init__(self, staff: Staff, token: str, seen_at: Any) -> None:
        self.staff = staff
        self.token = token
        self.seen_at = seen_at

    def get_id(self) -> str:
        """What Flask-Login keeps in the signed cookie."""
        return self.token

    def can(self, permission: str) -> bool:
        """For templates: whether to draw what needs `permission`."""
        return can(self.staff.role, permission)


@manager.user_loader
def _load(token: str) -> Member | None:
    live = queries.live_session(token)
    return Member(live.staff, token, live.seen_at) if live else None


def me() -> Staff:
    """The person who asks. Only behind the gate."""
    return cast(Staff, current_user.staff)


def my_actor() -> Actor:
    """The person who asks, as the audit log names them."""
    return service.actor(me())


def need(permission: str) -> Callable[[Callable[P, R]], Callable[P, R]]:
    """Let only roles with `permission` in. Raises NotAllowed, which the face answers with 403."""

    def around(view: Callable[P, R]) -> Callable[P, R]:
        @wraps(view)
        def guarded(*args: P.args, **kwargs: P.kwargs) -> R:
            require(me().role, permission)
            return view(*args, **kwargs)

        return guarded

    return around


def begin(staff: Staff, token: str) -> None:
    """Put a fresh token into the cookie; nothing of an older sign-in or form survives it."""
    for key in ("csrf_token", "_user_id", "_fresh", "_id"):
        session.pop(key, None)
    g.pop("csrf_token", None)
    login_user(Member(staff, token, now()))


def end() -> None:
    """Take the token out of the cookie."""
    logout_user()
    session.pop("csrf_token", None)


def safe_next(target: str | None) -> str:
    """Where to go after signing in: a path of the desk, else the queue. Never another site."""
    if target and target.startswith("/desk") and not any(ch in target for ch in "\\\r\n\t"):
        return target
    return url_for("desk.queue")


@bp.before_request
def _gate() -> Response | None:
    """Nobody passes without a live session; no form is taken without the page's own token."""
    if request.endpoint not in OPEN and not current_user.is_authenticated:
        wanted = request.full_path.rstrip("?") if request.method == "GET" else ""
        return redirect(url_for("desk.sign_in", next=wanted or None))
    if request.method == "POST":
        _check_form()
    if current_user.is_authenticated and request.endpoint not in UNATTENDED:
        _note_activity()
    return None


def _check_form() -> None:
    if not current_app.config.get("WTF_CSRF_ENABLED", True):
        return
    try:
        validate_csrf(request.headers.get("X-CSRFToken") or request.form.get("csrf_token"))
    except ValidationError:
        raise Refused("page_too_old") from None


def _note_activity() -> None:
    if now() - current_user.seen_at < NOTED_EVERY:
        return
    with transaction():
        service.touch(current_user.token)
    current_user.seen_at = now()


def init_app(app: Flask) -> None:
    """Set up Flask-Login without its own cookies: our session row says how long a sign-in lasts."""
    app.config["SESSION_PROTECTION"] = None
    manager.init_app(app, add_context_processor=False)

    @bp.context_processor
    def _for_templates() -> dict[str, Any]:
        return {"member": current_user if current_user.is_authenticated else None, "csrf_token": generate_csrf}
