"""The bare Flask application: settings, database, keys and languages, but no pages.

Web and workers stand on the same one; only the roof (`webapp.factory`) adds the faces.
"""

from __future__ import annotations

from pathlib import Path

from apiflask import APIFlask

from webapp.core import i18n
from webapp.core.config import Settings
from webapp.core.db import db, engine_options, migrate

ROOT = Path(__file__).resolve().parents[2]


def create_base_app(settings: Settings) -> APIFlask:
    """An app with an open database and no routes. Reads nothing from the environment itself."""
    app = APIFlask(
        "webapp",
        title="Redress API",
        version="1",
        json_errors=False,
        spec_path="/api/v1/openapi.json",
        docs_path=None,
        static_folder="../static",
        static_url_path="/static",
    )
    app.config.update(
        SETTINGS=settings,
        SECRET_KEY=settings.key(),
        SQLALCHEMY_DATABASE_URI=settings.database,
        SQLALCHEMY_ENGINE_OPTIONS=engine_options(settings),
    )
    settings.blobs.mkdir(parents=True, exist_ok=True)
    db.init_app(app)
    migrate.init_app(app, db, directory=str(ROOT / "migrations"))
    i18n.init_app(app)
    return app
