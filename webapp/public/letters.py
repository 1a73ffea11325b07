"""A link in a letter stops the later one: asked once, so that a mail program that follows links stops nothing."""

from __future__ import annotations

from typing import Any

from flask import render_template, request

from webapp.core.db import transaction
from webapp.core.errors import NotFound
from webapp.core.limits import limiter
from webapp.domain.notifications import service as letters
from webapp.public.blueprint import bp
from webapp.public.forms import PlainForm
from webapp.public.steps import allowed


@bp.route("/letters/stop", methods=["GET", "POST"])
@limiter.limit(allowed(6), methods=["POST"])
def stop_letters() -> Any:
    """Ask, then note that this person does not want the letter. A forged or old link is no page."""
    token = request.args.get("token", "")
    if not letters.readable(token):
        raise NotFound("no_such_link")
    form = PlainForm()
    done = form.is_submitted() and form.validate()
    if done:
        with transaction():
            letters.stop(token)
    return render_template("public/stop_letters.html", section="", form=form, done=done)
