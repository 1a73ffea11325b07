"""The face of machines: connected platforms read cases about their content and confirm measures, with a bearer token."""

from __future__ import annotations

from apiflask import APIFlask

from webapp.api import health, views


def init_app(app: APIFlask) -> None:
    """Register /api/v1 and the operations' addresses."""
    app.register_blueprint(views.bp)
    app.register_blueprint(health.bp)
