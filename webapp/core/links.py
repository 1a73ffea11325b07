"""Addresses people click outside a request: in letters and in webhooks."""

from __future__ import annotations

from typing import Any

from flask import current_app
from itsdangerous import BadData, URLSafeTimedSerializer

from webapp.core.db import settings


def public(path: str) -> str:
    """The full address of a path of this installation."""
    return f"{settings().public_url}{path}"


def sign(purpose: str, value: Any) -> str:
    """A tamper-proof token for one purpose."""
    return str(URLSafeTimedSerializer(current_app.config["SECRET_KEY"], salt=purpose).dumps(value))


def unsign(purpose: str, token: str, max_age: int) -> Any | None:
    """What the token carries, or None when it is forged, of another purpose, or older than `max_age` seconds."""
    try:
        return URLSafeTimedSerializer(current_app.config["SECRET_KEY"], salt=purpose).loads(token, max_age=max_age)
    except BadData:
        return None
