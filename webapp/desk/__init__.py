"""The face of the reviewers: queue, case, decision, what became of it, who did what. Nothing without sign-in."""

from __future__ import annotations

from flask import Flask

from webapp.desk import (
    access,
    actions,
    appeals,
    audit,
    book,
    cards,
    case,
    checking,
    counters,
    cures,
    deadlines,
    decide,
    detectors,
    errors,
    exports,
    interim,
    media,
    messages,
    news,
    notices,
    papers,
    proposals,
    queue,
    registry,
    setting_aside,
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
    news,
    checking,
    notices,
    interim,
    cures,
    decide,
    proposals,
    appeals,
    counters,
    papers,
    actions,
    exports,
    deadlines,
    messages,
    tasks,
    audit,
    book,
    detectors,
    cards,
    setting_aside,
    registry,
    staff,
)  # imported for what they hang on the blueprint


def init_app(app: Flask) -> None:
    """Add the desk: its pages, who may see them, and its refusals in words."""
    access.init_app(app)
    errors.hang_on(bp)
    app.register_blueprint(bp)
