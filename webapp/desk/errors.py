"""The desk's one handler of refusals: 403 for the role, 404 for what is not there, 409 for everything else."""

from __future__ import annotations

import logging
from typing import Any

from flask import Blueprint, render_template, request

from webapp.core.errors import Conflict, DomainError, NotAllowed, NotFound, Refused
from webapp.core.i18n import _
from webapp.desk.sentences import known, sentence

log = logging.getLogger(__name__)


def status_of(error: DomainError) -> int:
    """The HTTP status of a refusal."""
    if isinstance(error, NotAllowed):
        return 403
    return 404 if isinstance(error, NotFound) else 409


def _answer(error: DomainError) -> Any:
    status = status_of(error)
    if not known(error):
        log.warning("a refusal without words: %s", error.code)
    if request.accept_mimetypes.best == "application/json":
        return {"message": sentence(error)}, status
    titles = {403: _("Not your role"), 404: _("Not found"), 409: _("That is not possible now")}
    return render_template("desk/error.html", title=titles[status], message=sentence(error)), status


def hang_on(bp: Blueprint) -> None:
    """Answer the refusals of every page of the face."""
    for kind in (Refused, Conflict, NotFound, NotAllowed):
        bp.register_error_handler(kind, _answer)
