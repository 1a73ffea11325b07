"""The app a workshop process works with: the bare one, with hints, made once per process and kept over forks."""

from __future__ import annotations

from functools import lru_cache

from flask import Flask

from webapp.core import hints
from webapp.core.base_app import create_base_app
from webapp.core.config import Settings
from webapp.core.db import db
from webapp.domain.policy import loading


@lru_cache(maxsize=1)
def workshop_app() -> Flask:
    """The process's app, from the environment. Raises SettingsError."""
    settings = Settings.from_env()
    loading.kept(settings.book_folder)
    app = create_base_app(settings)
    hints.install(app)
    return app


def after_fork() -> None:
    """Forget the parent's database connections: two processes on one connection corrupt both."""
    app = workshop_app()
    with app.app_context():
        for engine in db.engines.values():
            engine.dispose(close=False)
