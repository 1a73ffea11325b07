"""What people read when something does not work: one sentence and a way on, in their language, never a stack trace."""

from __future__ import annotations

import logging
from typing import Any

from flask import Flask, render_template, request
from werkzeug.exceptions import HTTPException

from webapp.core.errors import Conflict, DomainError, NotFound
from webapp.core.i18n import _, lazy

log = logging.getLogger(__name__)

PAGES = {
    400: (
        lazy("This page was open too long"),
        lazy(
            "For your safety a form can be sent for a limited time only. Go back, reload the page, and send it again."
        ),
    ),
    403: (lazy("You may not see this"), lazy("This page is not open to you. Perhaps you need to sign in.")),
    404: (
        lazy("There is no such page"),
        lazy("The address may be mistyped, or what was here is gone. A report opens with its reference and secret."),
    ),
    405: (lazy("This address cannot be opened like that"), lazy("Please go to the start page.")),
    409: (lazy("That is not possible any more"), lazy("Something changed in the meantime. Please look at it again.")),
    413: (
        lazy("That was too much at once"),
        lazy("The files are larger than we can take. Go back and send fewer or smaller ones; what you typed is kept."),
    ),
    429: (lazy("Too many tries"), lazy("Please wait a while and try again. Nothing you sent before is lost.")),
    500: (
        lazy("Something broke on our side"),
        lazy("We are sorry. It was written down for us to repair. Please try again in a few minutes."),
    ),
}

# Refusals of the domain a person can meet on public pages, by their code.
REFUSALS = {
    "no_such_report": lazy("Reference and secret do not match. Please check both."),
    "case_not_open": lazy("The case is already closed, so this cannot be changed any more."),
    "too_many_files": lazy("That is more files than one report can hold."),
    "upload_empty": lazy("This file is empty. Please choose it again."),
    "upload_too_large": lazy("This file is larger than the limit. Please send a shorter or smaller copy."),
    "too_many_uploads": lazy("That is more files at once than one report can hold. Remove one that is not finished."),
    "uploads_full": lazy("Together that is more than we can take at once. Finish or remove what is on its way first."),
    "no_room": lazy("There is no room for a file of this size at the moment. Please try again in an hour."),
    "upload_not_whole": lazy("This file has not arrived completely. Choose it again: it goes on where it stopped."),
    "file_gone": lazy("No file arrived. Please choose it again."),
    "draft_gone": lazy("What you typed was kept for a day and then erased. Please start again."),
    "evidence_frozen": lazy("This file was already used for a decision and cannot be taken back."),
    "media_not_taken": lazy("Please send no such pictures or recordings. The address of the content is enough."),
    "proof_unknown": lazy("We do not know what this paper is to show. Please choose it from the list."),
    "nothing_to_supply": lazy("Nothing is missing from this report, or the time to add it is over."),
    "day_unreadable": lazy("Please write the day as year-month-day, for example 2026-12-31."),
    "no_such_standing": lazy("What was checked for you before is not here any more. Please say again who you are."),
    "cannot_answer": lazy("This case takes no more messages."),
    "cannot_reopen": lazy("This report has not lapsed, so there is nothing to take up again."),
    "reopen_too_late": lazy("This report lapsed too long ago to be taken up again. Please send a new one."),
    "cannot_withdraw": lazy("This report cannot be withdrawn any more."),
    # Answering a decision
    "counter_filed_already": lazy("Your counter-notice is here already. This page shows how it stands."),
    "counter_not_possible": lazy("A counter-notice is not possible here. You can appeal instead."),
    "counter_regime": lazy("Something changed in the meantime. Please look at the form again."),
    "counter_too_late": lazy("The time for a counter-notice is over."),
    "cannot_complete": lazy("Nothing is missing any more."),
    "defence_unknown": lazy("Please choose one of the reasons in the list."),
    "text_missing": lazy("Please write something."),
    "text_too_long": lazy("That is too long for one text. Please shorten it."),
    "restored_already": lazy(
        "The content is back already. Send us what you have as a message; a court can still order its removal."
    ),
    "claim_given_up": lazy("You gave this claim up before."),
    "proof_kind": lazy("Please say whether you went to court or complained to an authority."),
    "cannot_hold": lazy("This counter-notice is over already."),
    "cannot_restore": lazy("This counter-notice is over already."),
    "appeal_filed_already": lazy("You have appealed already. Each side can do so once."),
    "appeal_nothing": lazy("There is nothing here you could appeal against."),
    "appeal_too_late": lazy("The time to appeal is over."),
    "cannot_cure": lazy("This offer is over already. The page shows how things stand."),
    "cure_too_late": lazy("The time to put it right by yourself is over."),
}


def words(error: DomainError) -> str:
    """The sentence for a refusal; a code without words of its own gets the general one."""
    sentence = REFUSALS.get(error.code)
    return str(sentence) if sentence is not None else str(PAGES[409][1])


def page(code: int, message: str | None = None) -> tuple[str, int]:
    """The error page for an HTTP status."""
    title, text = PAGES.get(code, PAGES[500] if code >= 500 else PAGES[404])
    return render_template("error.html", code=code, title=title, message=message or text), code


def init_app(app: Flask) -> None:
    """Answer every failure of a page with the error page; machines under /api/ get their own answers."""

    @app.errorhandler(DomainError)
    def _refused(error: DomainError) -> Any:
        code = 404 if isinstance(error, NotFound) else 409
        if not isinstance(error, NotFound | Conflict):
            log.info("refused: %s", error.code)
        return page(code, words(error) if error.code in REFUSALS else None)

    @app.errorhandler(HTTPException)
    def _http(error: HTTPException) -> Any:
        code = error.code or 500
        if code < 400:
            return error
        headers = [(k, v) for k, v in error.get_headers() if k.lower() in ("retry-after", "allow")]
        if request.path.startswith("/api/"):
            return {"error": "not_readable" if code == 400 else "not_possible", "message": error.name}, code, headers
        if request.accept_mimetypes.best == "application/json":
            return {"error": str(PAGES.get(code, PAGES[500])[1])}, code
        body, status = page(code)
        return body, status, headers

    @app.errorhandler(Exception)
    def _broken(error: Exception) -> Any:
        log.error("a page broke: %s %s", request.method, request.path, exc_info=error)
        if request.path.startswith("/api/"):
            return {"message": _("Something broke on our side")}, 500
        return page(500)
