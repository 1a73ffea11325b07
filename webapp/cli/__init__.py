"""The command line: `flask --app app …`; one module a group, each registered here."""

from __future__ import annotations

from importlib import import_module

from flask import Flask

GROUPS = (
    "biometrics",
    "book",
    "compare",
    "demo",
    "detectors",
    "figures",
    "index",
    "partners",
    "queues",
    "precedents",
    "registry",
    "search",
    "staff",
    "statements",
)


def init_app(app: Flask) -> None:
    """Register every group of commands."""
    for name in GROUPS:
        app.cli.add_command(import_module(f"webapp.cli.{name}").group)
