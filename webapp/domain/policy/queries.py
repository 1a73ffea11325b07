"""Reading the rule book: the same for web, desk, letters and workers."""

from __future__ import annotations

from flask import has_app_context

from webapp.core.db import settings
from webapp.domain.policy.loading import FOLDER, BookError, kept, load
from webapp.domain.policy.shape import Book

__all__ = ["FOLDER", "BookError", "book", "kept", "load"]


def book() -> Book:
    """The rule book in force: the operator's own copy (REDRESS_BOOK) where the app has one, else the shipped one."""
    return kept(settings().book_folder if has_app_context() else None)
