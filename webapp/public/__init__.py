"""The face of the reporter and the respondent: public pages, no account, every one of them works without script."""

from __future__ import annotations

from flask import Flask

from webapp.public import errors, files, home, how, letters, report, respond, track
from webapp.public.blueprint import bp

PAGES = (home, how, report, files, track, respond, letters)  # imported for the pages they hang on the blueprint


def init_app(app: Flask) -> None:
    """Add the public pages, and the error pages in both languages."""
    app.register_blueprint(bp)
    errors.init_app(app)
