"""Who works at the desk, for administrators: add, role, training, end sign-ins, close and open.

Passwords: `flask staff`.
"""

from __future__ import annotations

from typing import Any

from flask import flash, redirect, render_template, request, url_for

from webapp.core.db import transaction
from webapp.core.errors import Refused
from webapp.core.i18n import LANGUAGES, NATIVE, _, pick, when
from webapp.desk import words
from webapp.desk.access import me, my_actor, need
from webapp.desk.blueprint import bp
from webapp.desk.sentences import sentence
from webapp.domain.policy.queries import book
from webapp.domain.queues import people
from webapp.domain.queues.queries import enterable
from webapp.domain.staff import queries, service
from webapp.domain.staff.rules import ROLES, SHORTEST_PASSWORD


def _page(problem: str = "", status: int = 200) -> Any:
    live = queries.open_sessions()
    rows = [
        {
            "id": s.id,
            "name": s.name,
            "email": s.email,
            "role": s.role,
            "active": s.active,
            "since": when(s.created_at),
            "sessions": live.get(s.id, 0),
            "me": s.id == me().id,
            "skills": s.skills,
            "reads": s.reads,
            "queues": len(enterable(s)),
        }
        for s in queries.everyone()
    ]
    html = render_template(
        "desk/staff.html",
        section="staff",
        rows=rows,
        roles=[(r, words.ROLES[r]) for r in ROLES],
        skills=[(code, pick(text)) for code, text in book().queues.skills.items()],
        languages=[(code, NATIVE[code]) for code in LANGUAGES],
        queues=len(book().queues.queue),
        shortest=SHORTEST_PASSWORD,
        typed=request.form if problem else {},
        problem=problem,
    )
    return html, status


@bp.get("/staff")
@need("manage_staff")
def staff() -> Any:
    """Everybody, the active ones first."""
    return _page()


@bp.post("/staff")
@need("manage_staff")
def add_staff() -> Any:
    """Let somebody in."""
    form = request.form
    try:
        with transaction():
            service.add(
                form.get("email", ""),
                form.get("name", ""),
                form.get("role", ""),
                form.get("password", ""),
                my_actor(),
                "en" if form.get("language") == "en" else "zh",
            )
    except Refused as error:
        return _page(sentence(error), 422)
    flash(_("%(name)s can sign in now.", name=form.get("name", "").strip()), "success")
    return redirect(url_for("desk.staff"))


@bp.post("/staff/<staff_id>/role")
@need("manage_staff")
def change_role(staff_id: str) -> Any:
    """Give another role."""
    with transaction():
        service.set_role(queries.get(staff_id), request.form.get("role", ""), my_actor())
    return _done()


@bp.post("/staff/<staff_id>/training")
@need("manage_staff")
def train(staff_id: str) -> Any:
    """Note what a person is trained for and which languages they read."""
    try:
        with transaction():
            person = queries.get(staff_id)
            people.train(person, request.form.getlist("skill"), request.form.getlist("reads"), my_actor())
    except Refused as error:
        return _page(sentence(error), 422)
    return _done()


@bp.post("/staff/<staff_id>/revoke")
@need("manage_staff")
def revoke(staff_id: str) -> Any:
    """End every sign-in of a person."""
    with transaction():
        service.revoke_all(queries.get(staff_id), my_actor())
    return _done()


@bp.post("/staff/<staff_id>/deactivate")
@need("manage_staff")
def deactivate(staff_id: str) -> Any:
    """Close the desk to a person."""
    with transaction():
        service.deactivate(queries.get(staff_id), my_actor())
    return _done()


@bp.post("/staff/<staff_id>/activate")
@need("manage_staff")
def activate(staff_id: str) -> Any:
    """Let a person back in."""
    with transaction():
        service.activate(queries.get(staff_id), my_actor())
    return _done()


def _done() -> Any:
    flash(_("Done."), "success")
    return redirect(url_for("desk.staff"))
