"""The files of a report: the step with them, sending one at a time or as a plain form, and their previews.

A file is judged by its bytes before it is kept; a refusal is a sentence beside the field, and everything else stays.
"""

from __future__ import annotations

from typing import Any, cast

from flask import current_app, redirect, render_template, request, send_file, url_for
from werkzeug.datastructures import FileStorage
from werkzeug.exceptions import RequestEntityTooLarge
from werkzeug.wrappers import Response

from webapp.core.blobs import BlobWriter
from webapp.core.db import transaction
from webapp.core.errors import NotFound, Refused
from webapp.core.i18n import _, pick
from webapp.core.limits import limiter
from webapp.domain.claimants.service import CONSENT_TEXT
from webapp.domain.evidence import rules
from webapp.domain.evidence import service as evidence
from webapp.domain.evidence.models import Evidence
from webapp.domain.intake import service as intake
from webapp.domain.intake.models import Draft
from webapp.public import steps
from webapp.public.blueprint import bp
from webapp.public.errors import words
from webapp.public.forms import FilesForm
from webapp.public.show import ROLES, by_role, shown


def refusal_words(refusal: rules.Refusal) -> str:
    """Why a file is not taken, in the reader's language."""
    return str(_(rules.SENTENCES[refusal.code], **refusal.params))


def judge(upload: FileStorage) -> rules.Inspection | rules.Refusal:
    """What the streamed file truly is, or why it is refused."""
    writer = cast(BlobWriter, upload.stream)
    if writer.overflowed:
        return rules.too_large(writer.size, steps.limits())
    return rules.inspect(cast(Any, writer), upload.filename or "", steps.limits())


def _draft() -> Draft:
    found = steps.draft()
    if found is None:
        raise NotFound("draft_gone")
    return found


def take(upload: FileStorage, role: str) -> tuple[Evidence | None, str]:
    """Keep one upload as evidence of this browser's draft: (item, '') or (None, the sentence why not)."""
    found = judge(upload)
    if isinstance(found, rules.Refusal):
        return None, refusal_words(found)
    blob = cast(BlobWriter, upload.stream).keep()
    try:
        with transaction():
            item = intake.attach_file(
                _draft(),
                blob,
                role=role,
                name=upload.filename or "",
                media_type=found.media_type,
                width=found.width or None,
                height=found.height or None,
            )
    except Refused as error:
        return None, words(error)
    return item, ""


@bp.route("/report/files", methods=["GET", "POST"])
@limiter.limit(steps.allowed(30), methods=["POST"])
def files_step() -> Any:
    """Step 4. A script sends one file at a time and wants JSON; without it the form sends all and gets pages."""
    found = steps.draft()
    if found is None:
        return _answer_gone()
    if not steps.may_open(found, "files"):
        return redirect(steps.address_of(steps.reached(found)))
    form = FilesForm(kind=steps.kind_of(intake.filled(found)), data=vars(intake.filled(found)))
    if not form.is_submitted():
        return _page(found, form, {})
    if not form.validate():
        return _page(found, form, {}, 422) if not _wants_json() else ({"error": _expired()}, 422)
    if _wants_json():
        return _one_file()
    return _plain(form)


def _plain(form: FilesForm) -> Any:
    with transaction():
        intake.save_step(_draft(), form.answers())
        if request.form.get("remove"):
            intake.remove_file(_draft(), request.form["remove"])
    errors: dict[str, list[str]] = {role: [] for role in ROLES}
    for role in ROLES:
        for upload in request.files.getlist(role):
            if upload.filename:
                _item, error = take(upload, role)
                if error:
                    errors[role].append(_("%(name)s: %(why)s", name=upload.filename, why=error))
    if any(errors.values()):
        return _page(_draft(), form, errors, 422)
    if request.form.get("do") == "go":
        return redirect(steps.after(_draft(), "files"))
    return redirect(steps.address_of("files", then=request.args.get("then")))


def _one_file() -> Any:
    if request.form.get("remove"):
        with transaction():
            intake.remove_file(_draft(), request.form["remove"])
        return {"removed": request.form["remove"]}
    upload, role = request.files.get("file"), request.form.get("role", "")
    if upload is None or role not in ROLES:
        return {"error": _("No file arrived. Please choose it again.")}, 422
    item, error = take(upload, role)
    if item is None:
        return {"error": error}, 422
    line = shown(item, lambda item_id: url_for("public.preview", evidence_id=item_id))
    return {"id": line.id, "name": line.name, "size": line.size, "kind": line.kind, "preview": line.preview}, 201


def _page(found: Draft, form: FilesForm, errors: dict[str, list[str]], status: int = 200) -> tuple[str, int]:
    settings = current_app.config["SETTINGS"]
    kind = steps.kind_of(intake.filled(found))
    sorted_files = by_role(intake.files(found), lambda item: url_for("public.preview", evidence_id=item))
    return (
        render_template(
            "public/step_files.html",
            **steps.frame("files", form),
            files=sorted_files,
            other_errors=[(role, sentence) for role, found_errors in errors.items() for sentence in found_errors],
            file_errors={role: errors.get(role, []) for role in ROLES},
            send_to=url_for("public.files_step"),
            reference_hint=pick(kind.reference) if kind.reference else "",
            consent_hint=_consent_words(kind.biometric),
            max_files=settings.max_files,
            max_bytes=settings.max_file_bytes,
            max_mb=settings.max_file_bytes // (1024 * 1024),
        ),
        status,
    )


def _consent_words(purpose: str) -> str:
    """The text of the separate consent (PIPL art 29). A change of meaning raises claimants' CONSENT_TEXT."""
    if not purpose:
        return ""
    measured = _("features of the face") if purpose == "face" else _("features of the voice")
    return str(
        _(
            "For this a program measures %(measured)s in your reference and in the reported content. It is used for "
            "this report only, given to nobody else, and you can take it back on your tracking page at any time. "
            "(Text %(version)s)",
            measured=measured,
            version=CONSENT_TEXT,
        )
    )


@bp.errorhandler(RequestEntityTooLarge)
def _too_large(error: RequestEntityTooLarge) -> Any:
    """A request beyond all limits was not read; what was typed is in the draft, so the step is shown again."""
    sentence = _("All files together were too large to send at once. Please send them one by one, or smaller copies.")
    found = steps.draft()
    if _wants_json():
        return {"error": sentence}, 413
    if found is None or request.endpoint != "public.files_step":
        return error
    form = FilesForm(kind=steps.kind_of(intake.filled(found)), formdata=None, data=vars(intake.filled(found)))
    return _page(found, form, {"alleged": [sentence]}, 413)


@bp.get("/report/preview/<evidence_id>")
def preview(evidence_id: str) -> Response:
    """A small re-encoded picture of a file in this browser's draft."""
    found = steps.draft()
    item = next((i for i in intake.files(found) if i.id == evidence_id), None) if found else None
    if item is None:
        raise NotFound("no_such_file")
    return send_preview(item, "thumb")


def send_preview(item: Evidence, kind: str) -> Response:
    """The preview's bytes under a policy in which they could do nothing even if they were no picture."""
    made = next((p for p in item.previews if p.kind == kind), None)
    if made is None:
        raise NotFound("no_preview")
    response = send_file(evidence.store().path(made.sha256), mimetype=made.media_type, max_age=300)
    response.headers["Content-Security-Policy"] = "default-src 'none'; sandbox"
    response.headers["Cache-Control"] = "private, max-age=300"
    return response


def _wants_json() -> bool:
    return request.accept_mimetypes.best == "application/json"


def _expired() -> str:
    return str(_("This page was open too long. Please reload it; your answers are kept."))


def _answer_gone() -> Any:
    if _wants_json():
        return {"error": words(NotFound("draft_gone"))}, 410
    return redirect(url_for("public.start"))
