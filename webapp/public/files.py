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
from webapp.core.config import MEGABYTE
from webapp.core.db import transaction
from webapp.core.errors import NotFound, Refused
from webapp.core.i18n import _
from webapp.core.limits import limiter
from webapp.core.parts import WholeFile
from webapp.domain.evidence import arriving, rules
from webapp.domain.evidence import service as evidence
from webapp.domain.evidence.models import Evidence
from webapp.domain.intake import service as intake
from webapp.domain.intake.models import Draft
from webapp.public import consenting, steps
from webapp.public.blueprint import bp
from webapp.public.errors import words
from webapp.public.filing import Filing, look
from webapp.public.forms import FilesForm
from webapp.public.show import Group, Shown, shown
from webapp.public.slots import Slot
from webapp.public.uploads import came, coming, forget, judge, refusal_words


def _draft() -> Draft:
    found = steps.draft()
    if found is None:
        raise NotFound("draft_gone")
    return found


def take(upload: FileStorage, role: str, code: str = "") -> tuple[Evidence | None, str]:
    """Keep one upload as evidence of this browser's draft, `code` saying what a proof is to show: (item, '') or
    (None, the sentence why not)."""
    found = judge(upload)
    if isinstance(found, rules.Refusal):
        forget(upload)
        return None, refusal_words(found)
    blob = cast(BlobWriter | WholeFile, upload.stream).keep()
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
                code=code,
            )
    except Refused as error:
        return None, words(error)
    return item, ""


@bp.route("/report/files", methods=["GET", "POST"])
@limiter.limit(steps.allowed(30), methods=["POST"])
def files_step() -> Any:
    """Step 4. A script sends one file at a time and wants JSON; without it the form sends all and gets pages."""
    found = steps.filing()
    if found is None:
        return _answer_gone()
    if not steps.may_open(found, "files"):
        where = steps.address_of("contact" if found.reached == "review" else found.reached)
        return redirect(where) if not _wants_json() else ({"error": words(Refused("media_not_taken"))}, 422)
    form = FilesForm(found, data=vars(found.filled))
    if not form.is_submitted():
        return _page(found, form, {})
    if not form.validate():
        return _page(found, form, {}, 422) if not _wants_json() else ({"error": _expired()}, 422)
    slots = {slot.name: slot for slot in found.slots}
    return _one_file(slots) if _wants_json() else _plain(form, slots)


def _plain(form: FilesForm, slots: dict[str, Slot]) -> Any:
    with transaction():
        intake.save_step(_draft(), form.answers())
        if request.form.get("remove"):
            intake.remove_file(_draft(), request.form["remove"])
        if request.form.get("stop"):
            arriving.drop(arriving.find(intake.owner(_draft()), request.form["stop"]))
    errors: dict[str, list[str]] = {}
    for slot in slots.values():
        for upload in request.files.getlist(slot.name):
            if upload.filename:
                _item, error = take(upload, slot.role, slot.code)
                if error:
                    errors.setdefault(slot.name, []).append(_("%(name)s: %(why)s", name=upload.filename, why=error))
    found = look(_draft())
    if wrong := form.part_wrong():
        form.part_from.errors = [wrong]
    if errors or wrong:
        return _page(found, form, errors, 422)
    if request.form.get("do") == "go":
        return redirect(steps.after(found, "files"))
    return redirect(steps.address_of("files", then=request.args.get("then")))


def _one_file(slots: dict[str, Slot]) -> Any:
    if request.form.get("remove"):
        with transaction():
            intake.remove_file(_draft(), request.form["remove"])
        return {"removed": request.form["remove"]}
    slot, arrived = slots.get(request.form.get("role", "")), request.form.get("arrived", "")
    if arrived and (kept := intake.arrived_as(_draft(), arrived)):
        return _line(kept)
    try:
        upload = came(intake.owner(_draft()), arrived) if arrived else request.files.get("file")
    except Refused as refused:
        return {"error": words(refused)}, 422
    if upload is None or slot is None:
        return {"error": _("No file arrived. Please choose it again.")}, 422
    item, error = take(upload, slot.role, slot.code)
    if item is None:
        return {"error": error}, 422
    return _line(item)


def _line(item: Evidence) -> Any:
    line = shown(item, preview_address)
    return {"id": line.id, "name": line.name, "size": line.size, "kind": line.kind, "preview": line.preview}, 201


def preview_address(evidence_id: str) -> str:
    """Where the small picture of a draft's file is."""
    return url_for("public.preview", evidence_id=evidence_id)


def in_slots(found: Filing) -> list[Group]:
    """The draft's files by the place they were sent to; what has no place any more comes last."""
    codes = found.codes()
    sorted_files: dict[str, list[Shown]] = {slot.name: [] for slot in found.slots}
    for item in intake.files(found.draft):
        name = codes.get(item.id) or item.role
        sorted_files.setdefault(name if name in sorted_files else "", []).append(shown(item, preview_address))
    titles = {slot.name: slot.label for slot in found.slots} | {"": _("Other files")}
    return [Group(titles[name], rows) for name, rows in sorted_files.items()]


def _page(found: Filing, form: FilesForm, errors: dict[str, list[str]], status: int = 200) -> tuple[str, int]:
    settings = current_app.config["SETTINGS"]
    groups = in_slots(found)
    waiting = coming(intake.owner(found.draft), "draft")
    places = [
        (slot, group.rows, errors.get(slot.name, []), waiting.get(slot.name, []))
        for slot, group in zip(found.slots, groups, strict=False)
    ]
    return (
        render_template(
            "public/step_files.html",
            **steps.frame("files", form, found),
            places=places,
            other_files=groups[len(found.slots) :],
            other_errors=[(name, sentence) for name, found_errors in errors.items() for sentence in found_errors],
            send_to=url_for("public.files_step"),
            consent_hint=consenting.hint(found.kind.biometric),
            without_consent=consenting.without(found.kind.biometric),
            max_files=settings.max_files,
            max_bytes=settings.max_bytes,
            max_mb=settings.max_file_bytes // MEGABYTE,
            recording_mb=settings.max_recording_bytes // MEGABYTE,
            recording_minutes=settings.max_recording_minutes,
            request_mb=settings.max_request_bytes // MEGABYTE,
            pieces_to=url_for("public.announce", door="draft"),
            looks_at=url_for("public.looks"),
            streamed=found.filled.live in ("now", "was"),
        ),
        status,
    )


@bp.errorhandler(RequestEntityTooLarge)
def _too_large(error: RequestEntityTooLarge) -> Any:
    """A request beyond all limits was not read; what was typed is in the draft, so the step is shown again."""
    sentence = _("All files together were too large to send at once. Please send them one by one, or smaller copies.")
    if _wants_json():
        return {"error": sentence}, 413
    found = steps.filing()
    if found is None or request.endpoint != "public.files_step" or not found.slots:
        return error
    form = FilesForm(found, formdata=None, data=vars(found.filled))
    return _page(found, form, {found.slots[0].name: [sentence]}, 413)


@bp.get("/report/files/looks")
def looks() -> Any:
    """What the workshop has made of this draft's files by now: {id: address of the small picture}."""
    found = steps.draft()
    items = intake.files(found) if found else []
    lines = [shown(item, preview_address) for item in items]
    return {line.id: line.preview for line in lines if line.preview}


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
