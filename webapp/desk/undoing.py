"""Taking back what one just did: an offer on every page for a minute, and behind it the inverse of each kind of act.

`offer("skip", {"case": id}, said=…)` after the act; `@inverse("skip")` names the function that takes it back. The offer
is signed, is only good for who got it, and the inverse decides by what is true when it comes.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from flask import flash, redirect, request, session, url_for

from webapp.core.clock import now
from webapp.core.db import transaction
from webapp.core.errors import Conflict, DomainError, NotFound, Refused
from webapp.core.links import sign, unsign
from webapp.desk.access import me, need
from webapp.desk.blueprint import bp
from webapp.desk.sentences import sentence
from webapp.domain.staff.models import Staff

SECONDS = 60  # how long an act that is real already can be taken back with one key
LONGEST = 660  # seconds a token is read at all: the longest time to undo a decision, and a slow page
KEPT = 3  # offers carried in the cookie, and shown: the newest

Inverse = Callable[[Mapping[str, str], Staff], tuple[str, str]]


@dataclass(frozen=True)
class Offer:
    """One thing that can be taken back, as a page shows it; `until` is an instant (ISO), `left` seconds. `said` may
    hold {left}: there the seconds are counted down. `key` names the row it rests on; `lapsed`: it will not happen.
    """

    said: str
    token: str
    until: str
    left: int
    key: str = ""
    lapsed: bool = False


_inverses: dict[str, Inverse] = {}
_sources: list[Callable[[], list[Offer]]] = []


def inverse(kind: str) -> Callable[[Inverse], Inverse]:
    """Register what takes back acts of `kind`. The function runs inside the undo's own transaction and gives a sentence
    about what it did and the reference of the case to show ('' = the queue); it raises Refused, Conflict or NotFound.
    """

    def keep(function: Inverse) -> Inverse:
        _inverses[kind] = function
        return function

    return keep


def source(function: Callable[[], list[Offer]]) -> Callable[[], list[Offer]]:
    """Register what else can be taken back by who asks, read from rows at every page of the desk (one cheap query)."""
    _sources.append(function)
    return function


def offer(kind: str, ids: Mapping[str, str], seconds: int = SECONDS, *, said: str = "") -> None:
    """Let whoever acted take it back from any page for `seconds`. `ids` name rows only; `said` tells what was done."""
    offers = [kept for kept in session.get("undo", []) if _left(kept["until"]) > 0]
    session["undo"] = [*offers, _made(kind, ids, now() + timedelta(seconds=seconds), said)][-KEPT:]


def offered(kind: str, ids: Mapping[str, str], until: datetime, said: str, key: str, *, lapsed: bool = False) -> Offer:
    """An offer that rests on a row instead of the cookie (a decision that waits to become real)."""
    kept = _made(kind, ids, until, said)
    return Offer(said, kept["token"], kept["until"], max(0, _left(kept["until"])), key, lapsed)


def offers() -> list[Offer]:
    """What who asks can still take back, the latest act first: the key undoes that one. Drawn by the frame of the
    desk, a few of them; each act's own page offers it, too.
    """
    fresh = [kept for kept in session.get("undo", []) if _left(kept["until"]) > 0]
    shown = [Offer(kept["said"], kept["token"], kept["until"], _left(kept["until"])) for kept in fresh]
    found = [one for read in _sources for one in read()] + shown
    return sorted(found, key=lambda one: one.until, reverse=True)[:KEPT]


def _made(kind: str, ids: Mapping[str, str], until: datetime, said: str) -> dict[str, str]:
    if kind not in _inverses:
        raise RuntimeError(f"nothing takes back {kind!r}")
    token = sign("undo", {"kind": kind, "ids": dict(ids), "staff": me().id, "until": until.isoformat()})
    return {"said": said, "token": token, "until": until.isoformat()}


def _left(until: str) -> int:
    return int((datetime.fromisoformat(until) - now()).total_seconds())


@bp.post("/undo")
@need("review")
def undo() -> Any:
    """Take one act back; the sentence says what became of it."""
    token = request.form.get("token", "")
    _forget(token)
    try:
        with transaction():
            said, reference = _take_back(token)
    except (Refused, Conflict, NotFound) as error:
        return _refused(error)
    flash(said, "success")
    return redirect(url_for("desk.case", reference=reference) if reference else url_for("desk.queue"))


def _take_back(token: str) -> tuple[str, str]:
    told = unsign("undo", token, LONGEST)
    if told is None or told["staff"] != me().id or told["kind"] not in _inverses:
        raise Refused("undo_over")
    return _inverses[told["kind"]](told["ids"], me())


def _refused(error: DomainError) -> Any:
    flash(sentence(error), "error")
    reference = error.params.get("reference", "")
    return redirect(url_for("desk.case", reference=reference) if reference else url_for("desk.queue"))


def _forget(token: str) -> None:
    session["undo"] = [kept for kept in session.get("undo", []) if kept["token"] != token]


@bp.context_processor
def _for_the_frame() -> dict[str, Any]:
    return {"undo_offers": offers}
