"""The face of the reviewers: queue, case, decision, what became of it, who did what. Nothing without sign-in."""

from __future__ import annotations

from flask import Flask

from webapp.desk import (
    access,
    actions,
    audit,
    book,
    case,
    checking,
    cures,
    deadlines,
    decide,
    errors,
    interim,
    media,
    messages,
    notices,
    queue,
    sign_in,
    staff,
    tasks,
)
from webapp.desk.blueprint import bp

PAGES = (
    sign_in,
    queue,
    case,
    media,
    checking,
    notices,
    interim,
    cures,
    decide,
    actions,
    deadlines,
    messages,
    tasks,
    audit,
    book,
    staff,
)  # imported for what they hang on the blueprint


def init_app(app: Flask) -> None:
    """Add the desk: its pages, who may see them, and its refusals in words."""
    access.init_app(app)
    errors.hang_on(bp)
    app.register_blueprint(bp)
