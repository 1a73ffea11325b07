"""Making what may be shown and played: pictures of a picture; poster, strip and wave of a recording and what a player
plays of it; the frames of a film that a match names. Always new files; the original is only ever downloaded.

What cannot be made is noted with the reason, not tried for ever. Sound and film wait in a queue of their own.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, closing, contextmanager, suppress
from pathlib import Path
from typing import Literal, TypeVar

from sqlalchemy import or_, select

from webapp.core import outbox
from webapp.core.audit import wait_for_turn
from webapp.core.blobs import BlobWriter
from webapp.core.db import db
from webapp.core.outbox import Task
from webapp.domain.evidence import showing
from webapp.domain.evidence.models import Evidence
from webapp.domain.evidence.service import add_preview, discard, note, store
from webapp.domain.matching.detector import CannotLook
from webapp.domain.matching.models import Match
from webapp.domain.matching.moments import moments_of
from workers import films, media, players, previews, waves
from workers.jobs.looking import LONG, MEDIA, WORKSHOP, Item, hand_over, item_of, weigh_cases_of
from workers.previews import Rendition
from workers.run import Work

HERE = "workers.jobs.showing."
MOST_MOMENTS = 60  # frames kept of one film: five of each of its nearest dozen matches
BATCH = 100  # recordings without anything to play that are taken up in one round

Beat = Callable[[], None]
Made = TypeVar("Made")


def preview(work: Work, evidence_id: str) -> None:
    """`evidence.kept`: the pictures in which an item may be shown; of a recording, what can be played too."""
    item = item_of(evidence_id)
    if item.gone or item.medium not in ("image", *LONG):
        with work.finish():
            return
    if item.medium in LONG and work.queue != MEDIA:
        hand_over(work, [HERE + "preview", HERE + "play"], evidence_id)
        return
    if "large" in showing.kinds_of(evidence_id):
        with work.finish():
            return
    _make(work, evidence_id, showing.PICTURES, lambda: _pictures(item, work.renew))


def play(work: Work, evidence_id: str) -> None:
    """What a player plays of a recording. It can take minutes; the pictures of it were made before."""
    item = item_of(evidence_id)
    if item.gone or item.medium not in LONG or showing.PLAY in showing.kinds_of(evidence_id):
        with work.finish():
            return
    _make(work, evidence_id, showing.PLAY, lambda: [_with_media(players.make, item, work.renew)])


def moments(work: Work, query_id: str, reference_id: str) -> None:
    """`match.recorded`: of the films among the two, the frames their matches name; what none names any more goes."""
    for evidence_id in (query_id, reference_id):
        item = item_of(evidence_id)
        if item.gone or item.medium != "video":
            continue
        wanted, known = _wanted(evidence_id), showing.kinds_of(evidence_id)
        db.session.rollback()  # let go of the connection while the slow part runs
        missing = [at for kind, at in wanted.items() if kind not in known]
        made: list[Rendition] = []
        if missing and media.here():
            try:
                made = films.at_moments(item.path, item.media_type, missing, work.renew)
            except CannotLook:
                made = []  # the page names the moment without its picture, and the player goes there
        with _stored(made) as kept, work.step():
            _attach(evidence_id, kept)
            discard(showing.forget_moments(evidence_id, wanted.keys()))
    with work.finish():
        pass  # each film was kept by itself


def missing(work: Work) -> None:
    """`previews.missing`: recordings that came before this workshop could play them. Each is taken up once."""
    ids = _to_take_up() if media.here() else []
    with work.finish():
        for evidence_id in ids:
            outbox.post("evidence.kept", handler=HERE + "preview", queue=MEDIA, evidence_id=evidence_id)
            key = f"{showing.PLAY}:{evidence_id}"
            outbox.post("evidence.kept", handler=HERE + "play", queue=MEDIA, key=key, evidence_id=evidence_id)


def _to_take_up() -> list[str]:
    """Those that were not taken up yet; one whose task failed for good is left to whoever looks at failed tasks."""
    found: list[str] = []
    after = ""
    while len(found) < BATCH and (ids := showing.unplayed(BATCH, after)):
        known = set(db.session.scalars(select(Task.key).where(Task.key.in_(f"{showing.PLAY}:{i}" for i in ids))))
        found += [one for one in ids if f"{showing.PLAY}:{one}" not in known]
        after = ids[-1]
    return found


def _pictures(item: Item, beat: Beat) -> list[Rendition]:
    """Poster and strip of a film with the wave of its sound; the wave of a sound; a picture's own."""
    if item.medium == "image":
        return previews.make(item.path, item.media_type, beat)
    if item.medium == "video":
        try:
            found = _with_media(films.make, item, beat)
        except CannotLook as why:
            if why.code != "no_pictures":
                raise  # else: sound in the dress of a film, as phones record it
        else:
            with suppress(CannotLook):  # a silent film has no wave
                found.append(waves.of_film(item.path, item.media_type, beat))
            return found
    return waves.make(item.path, item.media_type, beat)


def _with_media(make: Callable[[Path, str, Beat], Made], item: Item, beat: Beat) -> Made:
    if not media.here():
        raise CannotLook(showing.ABSENT, "the group “media” is not installed")
    return make(item.path, item.media_type, beat)


def _make(work: Work, evidence_id: str, of: str, make: Callable[[], list[Rendition]]) -> None:
    """Make, keep and note it; what cannot be made is noted once with the reason."""
    db.session.rollback()
    try:
        made = make()
    except CannotLook as why:
        with work.finish():
            if not _dropped(evidence_id) and showing.why_not([evidence_id]).get((evidence_id, of)) != why.code:
                note(evidence_id, WORKSHOP, showing.FAILED, of=of, reason=why.code)
        return
    with _stored(made) as kept, work.finish():
        if _attach(evidence_id, kept):
            note(evidence_id, WORKSHOP, "previewed", kinds=[rendition.kind for rendition in made])
            weigh_cases_of([evidence_id])


@contextmanager
def _stored(made: Sequence[Rendition]) -> Iterator[list[tuple[Rendition, BlobWriter]]]:
    """The bytes on the disk, not yet in the store: what the transaction inside does not keep is gone after it."""
    with ExitStack() as opened:
        kept = []
        for rendition in made:
            writer = opened.enter_context(closing(store().writer()))
            writer.write(rendition.data)
            kept.append((rendition, writer))
        yield kept


def _attach(evidence_id: str, kept: Sequence[tuple[Rendition, BlobWriter]]) -> bool:
    """Inside a transaction. An item that was taken back while it was looked at gets nothing, and False is given."""
    wait_for_turn()
    if _dropped(evidence_id):
        return False
    for r, writer in kept:
        add_preview(evidence_id, r.kind, writer.keep(), r.media_type, r.width, r.height, r.seconds)
    return True


def _dropped(evidence_id: str) -> bool:
    row = db.session.get_one(Evidence, evidence_id, populate_existing=True)
    return row.dropped_at is not None or row.erased_at is not None


def _wanted(evidence_id: str) -> dict[str, float]:
    """The moments of a film that its matches name, nearest matches first, at most MOST_MOMENTS: {kind: seconds}."""
    sides = or_(Match.query_id == evidence_id, Match.reference_id == evidence_id)
    rows = select(Match).where(sides, Match.superseded_at.is_(None)).order_by(Match.distance, Match.id)
    found: dict[str, float] = {}
    for match in db.session.scalars(rows):
        side: Literal["query", "reference"] = "query" if match.query_id == evidence_id else "reference"
        found |= {films.kind_at(at): at for at in moments_of(match.findings, side)}
        if len(found) >= MOST_MOMENTS:
            break
    return dict(list(found.items())[:MOST_MOMENTS])
