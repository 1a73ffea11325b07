"""Search: cases, accounts and registered works by any word in them, filtered, newest first, and one's saved filters."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any
from urllib.parse import urlencode

from flask import flash, redirect, render_template, request, url_for
from sqlalchemy import select

from webapp.core.audit import record
from webapp.core.db import db, transaction
from webapp.core.errors import Refused
from webapp.core.i18n import _, pick
from webapp.core.sealed import blind_index
from webapp.desk import finding, words
from webapp.desk.access import me, my_actor, need
from webapp.desk.blueprint import bp
from webapp.desk.sentences import sentence
from webapp.desk.typed import number
from webapp.domain.matching.book import band_words
from webapp.domain.partners.models import Platform
from webapp.domain.policy.queries import book
from webapp.domain.search import queries, service
from webapp.domain.search.queries import Question

FILTERS = ("kind", "queue", "state", "band", "language", "platform", "account")
DATES = ("since", "until")
BESIDE = 4  # accounts and registered works shown over the cases
LONGEST = 200  # characters of a query; nobody types more, and a pasted text would ask for hundreds of words


@dataclass(frozen=True)
class Asked:
    """What the page was asked for, as typed and as the index understands it."""

    typed: dict[str, str]
    question: Question
    after: int | None

    @property
    def filtered(self) -> bool:
        """Whether anything beside the words was asked for."""
        return any(value for name, value in self.typed.items() if name != "q")

    @property
    def query(self) -> dict[str, str]:
        """What an address or a saved filter carries."""
        return {name: value for name, value in self.typed.items() if value}


def read(values: Any) -> Asked:
    """The parameters of an address or of a saved filter; what is no date or no number is left out."""
    typed = {name: str(values.get(name, "")).replace("\0", "").strip()[:LONGEST] for name in ("q", *FILTERS, *DATES)}
    since, until = (_day(typed[name]) for name in DATES)
    chosen = queries.filters_of({name: typed[name] for name in FILTERS})
    return Asked(typed, Question(typed["q"], chosen, since, until), number(str(values.get("after", ""))) or None)


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


@bp.get("/search")
@need("review")
def search() -> Any:
    """The page; a whole reference leads to its case at once."""
    asked = read(request.args)
    if asked.typed["q"] and not asked.filtered and asked.after is None:
        case = queries.named(asked.typed["q"])
        if case is not None:
            return redirect(url_for("desk.case", reference=case.reference))
    return _page(asked)


def _page(asked: Asked, **more: Any) -> Any:
    hits = queries.find(asked.question, after=asked.after) if asked.question.anything else []
    shown, further = hits[: queries.PAGE], len(hits) > queries.PAGE
    words_only = Question(asked.typed["q"])
    beside = bool(asked.question.words) and not asked.filtered and asked.after is None
    context = {
        "asked": asked,
        "rows": finding.rows(shown, asked.question, me()),
        "next_after": shown[-1].number if further else None,
        "accounts": finding.accounts(queries.find(words_only, "account", limit=BESIDE)) if beside else [],
        "works": finding.registrations(queries.find(words_only, "registration", limit=BESIDE)) if beside else [],
        "account": finding.account(asked.typed["account"]),
        "choices": choices(),
        "saved": queries.saved(me()),
        "is_address": "@" in asked.typed["q"].strip("@") and "." in asked.typed["q"],
    }
    return render_template("desk/search.html", section="search", **context | more)


def choices() -> list[tuple[str, str, list[tuple[str, str]]]]:
    """The filters: (parameter, its name, [(value, words)])."""
    platforms = db.session.execute(select(Platform.slug, Platform.name).order_by(Platform.name)).all()
    states = [(code, str(text)) for code, (text, _tone) in words.STATES.items()]
    bands = [(code, pick(band_words(code))) for code in ("strong", "possible", "weak", "none")]
    return [
        ("kind", _("Kind"), [(code, pick(kind.name)) for code, kind in book().ordered_kinds()]),
        ("queue", _("Queue"), [(code, pick(queue.words)) for code, queue in book().queues.queue.items()]),
        ("state", _("State"), [("live", _("Everything that waits")), *states]),
        ("band", _("Best match"), [*bands, ("nothing", _("Nothing compared"))]),
        ("language", _("Language"), [("zh", _("Chinese")), ("en", _("English"))]),
        ("platform", _("Platform"), [(slug, name) for slug, name in platforms]),
    ]


@bp.post("/search/saved")
@need("review")
def save_search() -> Any:
    """Keep the present search under a name."""
    asked = read(request.form)
    try:
        with transaction():
            kept = service.save(me(), request.form.get("name", ""), asked.query, shared="shared" in request.form)
            name = kept.name
    except Refused as error:
        flash(sentence(error), "error")
    else:
        flash(_("Kept as “%(name)s”.", name=name), "success")
    return redirect(f"{url_for('desk.search')}?{urlencode(asked.query)}")


@bp.post("/search/saved/<saved_id>/forget")
@need("review")
def forget_search(saved_id: str) -> Any:
    """Delete one's own saved search."""
    with transaction():
        service.forget(saved_id, me())
    return redirect(url_for("desk.search"))


@bp.post("/search/reporter")
@need("see_reporter_identity")
def search_reporter() -> Any:
    """Cases of whoever has exactly this address. Looking is written down; the address itself is not, nor is it ever
    part of an address of a page.
    """
    email = request.form.get("email", "").replace("\0", "").strip()[:254]
    cases = queries.cases_of_reporter(email) if email else []
    with transaction():
        index = blind_index(email) if email else ""
        record(my_actor(), "reporter.search", "reporter", index, cases=[case.reference for case in cases])
    cases = queries.cases_of_reporter(email) if email else []
    return _page(read({}), rows=[finding.row(case) for case in cases], reporter=True)
