"""The face of the reviewers: queue, case, decision, what became of it, who did what. Nothing without sign-in."""

from __future__ import annotations

from flask import Flask

from webapp.desk import (
    access,
    actions,
    appeals,
    audit,
    beside,
    book,
    calm,
    cards,
    case,
    checking,
    claims,
    counters,
    cures,
    deadlines,
    decide,
    detectors,
    drafts,
    errors,
    exports,
    exposure,
    interim,
    jump,
    keys,
    media,
    messages,
    navigation,
    news,
    notices,
    papers,
    proposals,
    pulse,
    queue,
    registry,
    setting_aside,
    settings,
    sign_in,
    staff,
    submitted,
    tasks,
    undoing,
)
from webapp.desk.blueprint import bp

PAGES = (
    sign_in,
    navigation,
    keys,
    jump,
    queue,
    case,
    beside,
    media,
    news,
    checking,
    claims,
    notices,
    interim,
    cures,
    decide,
    proposals,
    pulse,
    appeals,
    counters,
    papers,
    actions,
    exports,
    deadlines,
    messages,
    tasks,
    undoing,
    audit,
    book,
    detectors,
    drafts,
    cards,
    setting_aside,
    registry,
    staff,
    submitted,
    calm,
    exposure,
    settings,
)  # imported for what they hang on the blueprint


def init_app(app: Flask) -> None:
    """Add the desk: its pages, who may see them, and its refusals in words."""
    access.init_app(app)
    errors.hang_on(bp)
    app.register_blueprint(bp)
