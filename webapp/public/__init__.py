"""The face of the reporter and the respondent: public pages, no account, every one of them works without script."""

from __future__ import annotations

from flask import Flask

from webapp.public import (
    appeal,
    counter,
    cure,
    errors,
    files,
    home,
    how,
    letters,
    pieces,
    proofs,
    receipt,
    report,
    respond,
    suing,
    supplying,
    track,
)
from webapp.public.blueprint import bp

# Imported for the pages they hang on the blueprint: what a reporter opens, and what an account does.
REPORTER = (home, how, report, files, pieces, receipt, track, supplying, suing, letters)
ACCOUNT = (respond, cure, counter, proofs, appeal)


def init_app(app: Flask) -> None:
    """Add the public pages, and the error pages in both languages."""
    app.register_blueprint(bp)
    errors.init_app(app)
