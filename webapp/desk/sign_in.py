"""Coming to the desk and leaving it."""

from __future__ import annotations

from typing import Any

from flask import current_app, flash, make_response, redirect, render_template, request, url_for
from flask_limiter.errors import RateLimitExceeded
from flask_login import current_user

from webapp.core.db import settings, transaction
from webapp.core.errors import Refused
from webapp.core.i18n import _
from webapp.core.limits import limiter
from webapp.desk import access
from webapp.desk.blueprint import bp
from webapp.desk.sentences import SENTENCES, sentence
from webapp.domain.staff import service


def _page(status: int = 200, message: str = "") -> Any:
    return (
        render_template(
            "desk/sign_in.html",
            email=request.form.get("email", ""),
            next=request.values.get("next", ""),
            message=message,
        ),
        status,
    )


@bp.route("/sign-in", methods=["GET", "POST"])
@limiter.limit(
    lambda: settings().sign_ins_per_hour,
    methods=["POST"],
    deduct_when=lambda response: response.status_code == 401,  # only what failed counts
)
def sign_in() -> Any:
    """Ask for address and password; a new session each time, so an older cookie opens nothing."""
    if request.method == "GET":
        if current_user.is_authenticated:
            return redirect(access.safe_next(request.args.get("next")))
        return _page()
    email, password = request.form.get("email", ""), request.form.get("password", "")
    try:
        staff = service.recognise(email, password)
    except Refused as error:
        with transaction():
            service.note_failed_sign_in(email)
        return _page(401, sentence(error))
    with transaction():
        token = service.open_session(staff)
    access.begin(staff, token)
    response = make_response(redirect(access.safe_next(request.form.get("next"))))
    if "lang" not in request.cookies:
        response.set_cookie(
            "lang", staff.language, max_age=31536000, samesite="Lax", httponly=True, secure=request.is_secure
        )
    return response


@bp.post("/sign-out")
def sign_out() -> Any:
    """End this session on the server, then forget it in the browser."""
    with transaction():
        service.sign_out(current_user.token)
    access.end()
    flash(_("You are signed out."), "success")
    return redirect(url_for("desk.sign_in"))


@bp.errorhandler(RateLimitExceeded)
def _too_many(error: RateLimitExceeded) -> Any:
    response = current_app.make_response(_page(429, str(SENTENCES["too_many_sign_ins"])))
    response.headers["Retry-After"] = "3600"
    return response
