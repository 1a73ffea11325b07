"""The real app with two bare routes: the least a Flask page costs, and the least a kept upload costs."""

from __future__ import annotations

from flask import request
from sqlalchemy import text

from webapp.core.config import Settings
from webapp.core.db import db, transaction
from webapp.core.ids import new_id
from webapp.domain.evidence.service import store
from webapp.factory import create_app

app = create_app(Settings.from_env())
app.before_request_funcs = {}
app.config["WTF_CSRF_ENABLED"] = True

with app.app_context():
    with transaction():
        db.session.execute(text("CREATE TABLE IF NOT EXISTS bare (id TEXT PRIMARY KEY, sha256 TEXT)"))
    db.session.remove()


@app.get("/bare")
def bare() -> str:
    """A bare Flask page."""
    return "<!doctype html><title>bare</title><p>bare"


@app.post("/bare-insert")
def bare_insert() -> str:
    """A bare insert and file write: the body is stored durably, one row committed."""
    blob = store().put(request.get_data())
    with transaction():
        db.session.execute(text("INSERT INTO bare VALUES (:id, :sha)"), {"id": new_id(), "sha": blob.sha256})
    return "ok"
