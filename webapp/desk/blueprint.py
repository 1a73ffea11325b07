"""The one blueprint of the desk; its modules hang their pages on it."""

from __future__ import annotations

from flask import Blueprint

bp = Blueprint("desk", __name__, url_prefix="/desk", template_folder="templates")
