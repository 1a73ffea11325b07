"""The roof: base app plus faces. No routes, no rules, no work at import."""

from __future__ import annotations

from apiflask import APIFlask

from webapp import api, cli, desk, public
from webapp.core import headers, hints, limits, requests
from webapp.core.base_app import create_base_app
from webapp.core.config import Settings
from webapp.domain.policy import loading


def create_app(settings: Settings) -> APIFlask:
    """The complete application for the web server and the command line. Raises SettingsError for a bad rule book."""
    loading.kept(settings.book_folder)
    app = create_base_app(settings)
    hints.install(app)
    headers.init_app(app)
    requests.init_app(app)
    limits.init_app(app)
    public.init_app(app)
    desk.init_app(app)
    api.init_app(app)
    cli.init_app(app)
    return app
