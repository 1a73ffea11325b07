"""The one blueprint of the public face; its modules hang their pages on it."""

from __future__ import annotations

from flask import Blueprint

bp = Blueprint("public", __name__, template_folder="templates")
