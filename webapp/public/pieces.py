"""Large files sent in pieces that go on where they stopped: the core of tus 1.0 with creation, expiration, termination.

A browser announces a file for its draft, its report or its case, then sends the bytes; what broke off is continued, on
the same page or after coming back to it. Nothing here is evidence: the form that names a whole upload makes it so.
"""

from __future__ import annotations

import base64
from datetime import timedelta
from email.utils import format_datetime

from flask import Response, current_app, request, url_for
from flask_wtf.csrf import generate_csrf
from werkzeug.datastructures import MultiDict
from werkzeug.exceptions import ClientDisconnected

from webapp.core.clock import now
from webapp.core.db import transaction
from webapp.core.errors import NotFound, Refused
from webapp.core.i18n import _
from webapp.core.limits import limiter
from webapp.core.parts import Misplaced, Overfull
from webapp.domain.evidence import arriving
from webapp.domain.evidence.models import Arriving
from webapp.domain.intake import service as intake
from webapp.public import steps
from webapp.public.blueprint import bp
from webapp.public.doors import mine, opened
from webapp.public.errors import words
from webapp.public.forms import PlainForm
from webapp.public.steps import allowed

VERSION = "1.0.0"
EXTENSIONS = "creation,expiration,termination"
METHODS = ("HEAD", "PATCH", "DELETE", "POST")
# Announcing is counted as the files are; the pieces of a large file on a poor line are many (at least 256 KB each).
ANNOUNCED, PIECES = 30, 1000
DIGITS = 15


def owner_of(door: str, reference: str) -> str:
    """Whose uploads these are: this browser's draft, or the report or case it has opened. Raises NotFound."""
    if door == "report":
        return f"report:{mine(reference).id}"
    if door == "case":
        return f"case:{opened(reference).id}"
    draft = steps.draft()
    if draft is None:
        raise NotFound("draft_gone")
    return intake.owner(draft)


@bp.route("/report/pieces", methods=["POST", "OPTIONS"], defaults={"door": "draft", "reference": ""})
@bp.route("/track/<reference>/pieces", methods=["POST", "OPTIONS"], defaults={"door": "report"})
@bp.route("/respond/<reference>/pieces", methods=["POST", "OPTIONS"], defaults={"door": "case"})
@limiter.limit(allowed(ANNOUNCED), methods=["POST"])
def announce(door: str, reference: str) -> Response:
    """Announce a file (tus: creation): its length and name, its place on the page, what its browser knows it by."""
    if request.method == "OPTIONS":
        most = {"Tus-Max-Size": str(current_app.config["SETTINGS"].max_bytes)}
        return _answer(204, {"Tus-Version": VERSION, "Tus-Extension": EXTENSIONS} | most)
    if request.headers.get("Tus-Resumable") != VERSION:
        return _answer(412, {"Tus-Version": VERSION})
    # A page of another site cannot set this header; the token says besides that our own form was open.
    if not PlainForm(formdata=MultiDict({"csrf_token": request.headers.get("X-CSRFToken", "")})).validate():
        return _refused(_("This page was open too long. Please reload it; your answers are kept."), 403)
    owner = owner_of(door, reference)
    said = _metadata(request.headers.get("Upload-Metadata", ""))
    length = _bytes("Upload-Length")
    if length is None or not said.get("filename") or not said.get("field", "").isprintable():
        return _refused(_("No file arrived. Please choose it again."), 400)
    if door == "draft" and not _place(said.get("field", "")):
        return _refused(words(Refused("media_not_taken")), 422)
    try:
        with transaction():
            row = arriving.begin(
                owner, said.get("field", ""), name=said["filename"], size=length, sign=said.get("sign", "")
            )
            upload_id = row.id
    except Refused as error:
        return _refused(words(error), 413 if error.code == "upload_too_large" else 422)
    where = url_for("public.piece", door=door, reference=reference or None, upload_id=upload_id)
    return _answer(201, {"Location": where} | _state(arriving.find(owner, upload_id)))


@bp.route("/report/pieces/<upload_id>", methods=METHODS, defaults={"door": "draft", "reference": ""})
@bp.route("/track/<reference>/pieces/<upload_id>", methods=METHODS, defaults={"door": "report"})
@bp.route("/respond/<reference>/pieces/<upload_id>", methods=METHODS, defaults={"door": "case"})
@limiter.limit(allowed(PIECES), methods=["PATCH", "POST"])
def piece(door: str, reference: str, upload_id: str) -> Response:
    """Ask how far an upload came (HEAD), go on with it (PATCH), or drop it (DELETE)."""
    method = request.headers.get("X-HTTP-Method-Override", request.method).upper()  # for proxies without PATCH
    if request.headers.get("Tus-Resumable") != VERSION:
        return _answer(412, {"Tus-Version": VERSION})
    try:
        row = arriving.find(owner_of(door, reference), upload_id)
    except NotFound:
        return _answer(404)
    if method == "PATCH":
        return _go_on(row)
    if method == "DELETE":
        with transaction():
            arriving.drop(arriving.find(row.owner, upload_id))
        return _answer(204)
    if method == "HEAD":
        return _answer(200, {"Upload-Length": str(row.size)} | _state(row))
    return _answer(405, {"Allow": "HEAD, PATCH, DELETE"})


def _go_on(row: Arriving) -> Response:
    """Append this request's bytes. What arrived before the line broke is kept; the next request asks and goes on."""
    part, offset = arriving.part(row), _bytes("Upload-Offset")
    if request.mimetype != "application/offset+octet-stream":
        return _answer(415)
    if offset is None:
        return _answer(400)
    if offset != part.size:
        return _answer(409, _state(row))
    if not arriving.fits():
        return _answer(507)
    # One byte more than is missing: a server that ends the stream itself refuses what reaches the limit exactly.
    request.max_content_length = row.size - offset + 1
    try:
        part.append(offset, request.stream, row.size)
    except Misplaced:
        return _answer(409, _state(row))
    except Overfull:
        return _answer(413, _state(row))
    except FileNotFoundError:
        return _answer(404)  # dropped by another page meanwhile
    except ClientDisconnected:
        return _answer(400)  # nobody reads it any more
    except OSError:
        return _answer(507)  # the disk is full, perhaps: the sender waits, asks how much is there, and goes on
    # A page stays open as long as its upload takes; its forms must not run out meanwhile.
    fresh = {"X-CSRF-Token": generate_csrf()} if current_app.config.get("WTF_CSRF_ENABLED", True) else {}
    return _answer(204, _state(row) | fresh)


def _state(row: Arriving) -> dict[str, str]:
    until = now() + arriving.LIFE
    return {
        "Upload-Offset": str(arriving.part(row).size),
        "Upload-Expires": format_datetime(until.replace(microsecond=0) - timedelta(0), usegmt=True),
    }


def _answer(status: int, headers: dict[str, str] | None = None) -> Response:
    return Response(status=status, headers={"Tus-Resumable": VERSION, "Cache-Control": "no-store"} | (headers or {}))


def _refused(sentence: str, status: int) -> Response:
    answer = current_app.make_response(({"error": str(sentence)}, status))
    answer.headers["Tus-Resumable"] = VERSION
    return answer


def _bytes(header: str) -> int | None:
    """A number of bytes as tus says it; None for anything else, and for more digits than any file has."""
    said = request.headers.get(header, "")
    return int(said) if said.isascii() and said.isdigit() and len(said) <= DIGITS else None


def _metadata(header: str) -> dict[str, str]:
    """tus' comma-separated pairs of a key and its value in base 64; what cannot be read is left out."""
    found = {}
    for pair in header.split(","):
        key, _blank, value = pair.strip().partition(" ")
        try:
            found[key] = base64.b64decode(value, validate=True).decode()
        except ValueError:  # no base 64, no UTF-8, or not even ASCII
            continue
    return found


def _place(field: str) -> bool:
    """Whether the draft asks for files there: of a sealed kind no such media is taken in at all."""
    found = steps.filing()
    return found is not None and any(slot.name == field for slot in found.slots)
