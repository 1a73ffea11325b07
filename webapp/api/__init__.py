"""The face of machines: connected platforms read what was decided about their content, with a bearer token."""

from __future__ import annotations

from apiflask import APIBlueprint, APIFlask

from webapp.api import health, views


def init_app(app: APIFlask) -> None:
    """Register /api/v1 and the operations' addresses."""
    app.register_blueprint(views.bp)
    app.register_blueprint(health.bp)
    for blueprint in app.blueprints.values():
        if not isinstance(blueprint, APIBlueprint):  # pages for people; APIFlask asks every blueprint all the same
            blueprint.enable_openapi = False  # type: ignore[attr-defined]  # its own attribute on its own class only
