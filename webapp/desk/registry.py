"""Registered works and virtual humans: the list with its pictures, adding one, ending one, and how the index stands."""

from __future__ import annotations

from typing import Any, cast

from flask import flash, redirect, render_template, request, url_for

from webapp.core.blobs import BlobWriter
from webapp.core.db import transaction
from webapp.core.errors import DomainError, Refused
from webapp.core.i18n import _, n_, when
from webapp.core.sizes import size_words
from webapp.desk.access import my_actor, need
from webapp.desk.blueprint import bp
from webapp.desk.paging import key_of, read_key
from webapp.desk.sentences import sentence
from webapp.desk.sightings import KINDS
from webapp.domain.evidence import rules
from webapp.domain.evidence import service as evidence
from webapp.domain.index import queries as index
from webapp.domain.registry import queries, service
from webapp.domain.registry.models import Registration
from webapp.domain.registry.rules import LONGEST, Entry

SHOWN = 4  # thumbnails a row
FIELDS = ("number", "kind", "title", "holder", "registered_on")


@bp.get("/registry")
@need("review")
def registry() -> Any:
    """What is registered, newest first, paged by key."""
    return _page()


def _page(problem: str = "", status: int = 200) -> Any:
    search = request.args.get("search", "").strip()
    found = queries.page(read_key(request.args.get("after", "")), search)
    shown, more = found[: queries.PAGE], len(found) > queries.PAGE
    html = render_template(
        "desk/registry.html",
        section="registry",
        rows=[_row(one) for one in shown],
        search=search,
        next_key=key_of(shown[-1].added_at, shown[-1].id) if more else "",
        kinds=list(KINDS.items()),
        typed={name: request.form.get(name, "") for name in FIELDS},
        problem=problem,
        longest=LONGEST,
        index=_index(),
    )
    return html, status


def _row(one: Registration) -> dict[str, Any]:
    items = [item.evidence for item in one.items]
    thumbs = [e.id for e in items if any(p.kind == "thumb" for p in e.previews)]
    return {
        "id": one.id,
        "number": one.number,
        "kind": KINDS[one.kind],
        "title": one.title,
        "holder": one.holder,
        "since": when(one.registered_at),
        "active": one.state == "active",
        "ended": when(one.ended_at) if one.ended_at else "",
        "files": len(items),
        "thumbs": [url_for("desk.media", evidence_id=i, kind="thumb") for i in thumbs[:SHOWN]],
        "more": max(0, len(items) - SHOWN),
    }


def _index() -> tuple[list[str], str]:
    """How the index stands, in words, and a tone."""
    sizes, state = index.sizes(), index.state()
    registered, decided = sizes.get("registered", 0), sizes.get("decided", 0)
    lines = [
        n_("%(num)s registered file", "%(num)s registered files", registered),
        n_("%(num)s file decided before", "%(num)s files decided before", decided),
    ]
    if state.kind == "database":
        return [*lines, _("searched in the database itself")], "ok"
    if state.kind == "none":
        text = _("there is no search file yet; the next lookup makes it") if state.lacking else _("nothing to search")
        return [*lines, text], "warn" if state.lacking else "plain"
    lines.append(_("search file of %(size)s", size=size_words(state.size)))
    if state.stale:
        lacking = n_("stale: it lacks %(num)s fingerprint", "stale: it lacks %(num)s fingerprints", state.lacking)
        return [*lines, lacking], "warn"
    return [*lines, _("up to date")], "ok"


@bp.post("/registry")
@need("manage_registry")
def add_registration() -> Any:
    """Register something with one file, or add a file to what has the number already."""
    form = request.form
    try:
        upload = request.files.get("file")
        if upload is None or not upload.filename:
            raise Refused("registration_file_missing")
        stream, allowed = cast(BlobWriter, upload.stream), evidence.limits()
        found = (
            rules.too_large(stream.size, allowed)
            if stream.overflowed
            else rules.inspect(cast(Any, stream), upload.filename, allowed)
        )
        if isinstance(found, rules.Refusal):
            return _page(str(_(rules.SENTENCES[found.code], **found.params)), 422)
        blob = stream.keep()
        with transaction():
            one, new = service.register(Entry(*(form.get(name, "") for name in FIELDS)), my_actor())
            service.add_item(one, blob, found, upload.filename, my_actor())
            number = one.number
    except DomainError as error:
        return _page(sentence(error), 422)
    flash(
        _("%(number)s is registered.", number=number) if new else _("The file was added to %(number)s.", number=number),
        "success",
    )
    return redirect(url_for("desk.registry"))


@bp.post("/registry/<registration_id>/end")
@need("manage_registry")
def end_registration(registration_id: str) -> Any:
    """End a registration: nothing is looked up against it any more."""
    with transaction():
        found = queries.get(registration_id)
        service.end(found, my_actor())
        number = found.number
    flash(_("The registration %(number)s has ended.", number=number), "success")
    return redirect(url_for("desk.registry"))
