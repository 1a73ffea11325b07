"""First start: paint the pictures, play the song, film the walk; write the invented accounts and posts."""

from __future__ import annotations

import hashlib
import multiprocessing
import os
import shutil
import sqlite3
from collections.abc import Iterable
from concurrent.futures import ProcessPoolExecutor
from datetime import UTC, datetime, timedelta
from importlib.resources import files
from pathlib import Path

from demo.platform.catalogue import ACCOUNTS, ORIGINALS, POSTS, Post
from demo.platform.measures import LABEL
from demo.platform.store import Store

FILMED = ("dawn_ridges", "koi_pond", "tea_terraces")
THUMB_WIDTH = 640  # two gallery columns of a phone at twice the density
VERSION = 4  # of schema.sql and the catalogue; older data is made anew
# Sounds and films: file name → media type. Those in the folder `recordings` lie there, the others are made.
RECORDINGS = {
    "su-wan-speaks.mp3": "audio/mpeg",
    "su-wan-advert.mp3": "audio/mpeg",
    "news-reader.mp3": "audio/mpeg",
    "night-ferry.wav": "audio/wav",
    "night-ferry-cover.wav": "audio/wav",
    "ridges-and-koi.mp4": "video/mp4",
    "ridges-and-koi-reposted.mp4": "video/mp4",
}
TABLES = (
    "notice",
    "warning",
    "label",
    "limited",
    "blocked",
    "challenge",
    "media",
    "post",
    "account",
    "answered",
    "delivery",
    "trouble",
)


def ensure_seeded(store: Store) -> bool:
    """Paint and write once; says whether this was the first start.

    The database appears last, so a half-made seed is made again.
    """
    if _is_current(store):
        _film_later(store)
        return False
    for suffix in ("", "-wal", "-shm"):
        Path(f"{store.database}{suffix}").unlink(missing_ok=True)
    fresh = store.folder / "seeding"
    shutil.rmtree(fresh, ignore_errors=True)
    shutil.rmtree(store.folder / "media", ignore_errors=True)
    shutil.rmtree(store.originals, ignore_errors=True)
    (fresh / "media").mkdir(parents=True)
    (fresh / "originals").mkdir()
    _paint_all(fresh)
    _record_all(fresh)
    (fresh / "media").rename(store.folder / "media")
    (fresh / "originals").rename(store.originals)
    draft = Store(fresh)
    schema = files("demo.platform").joinpath("schema.sql").read_text(encoding="utf-8")
    with draft.read() as db:
        db.executescript(schema)
        db.execute(f"PRAGMA user_version={VERSION}")
    with draft.write() as db:
        write_rows(db, store)
    os.replace(draft.database, store.database)
    with store.read() as db:
        db.execute("PRAGMA journal_mode=WAL")
    shutil.rmtree(fresh)
    return True


def _is_current(store: Store) -> bool:
    if not store.database.exists():
        return False
    with store.read() as db:
        return bool(db.execute("PRAGMA user_version").fetchone()[0] == VERSION)


def reset(store: Store) -> None:
    """Put accounts and posts back as on the first day and empty the log; pictures stay."""
    with store.write() as db:
        for table in TABLES:
            db.execute(f"DELETE FROM {table}")
        write_rows(db, store)


def write_rows(db: sqlite3.Connection, store: Store) -> None:
    """Accounts, posts, media and the one label its author declared."""
    start = datetime.now(UTC).replace(microsecond=0)
    for account in ACCOUNTS:
        db.execute(
            "INSERT INTO account (id, handle, name_zh, name_en, bio_zh, bio_en, email, language, hue,"
            " registration, registration_no, real_name) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            (
                account.id,
                account.handle,
                *account.name,
                *account.bio,
                f"{account.handle}@lumo.example",
                account.language,
                account.hue,
                "registered" if account.register else "",
                account.register,
                account.real_name,
            ),
        )
    for post in posted(store):
        _write_post(db, store, post, start)


def _write_post(db: sqlite3.Connection, store: Store, post: Post, start: datetime) -> None:
    """One post with its media and the label its author declared; its age counts back from `start`."""
    from PIL import Image  # only when seeding: a later start need not load it

    created = (start - timedelta(hours=post.hours_ago)).isoformat()
    db.execute(
        "INSERT INTO post (id, account_id, title_zh, title_en, body_zh, body_en, likes, created_at, form)"
        " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
        (post.id, post.account, *post.title, *post.body, post.likes, created, post.form),
    )
    if post.declared_ai:
        db.execute("INSERT INTO label VALUES (?, ?, 'author', 0)", (post.id, LABEL))
    if post.picture:
        media_id = f"{post.id}-1"
        path = store.media_file(media_id)
        with Image.open(path) as image:
            width, height = image.size
        db.execute(
            "INSERT INTO media VALUES (?, ?, 'image/jpeg', ?, ?, ?, ?, ?)",
            (media_id, post.id, hashlib.sha256(path.read_bytes()).hexdigest(), width, height, *post.alt),
        )
    if post.recording:
        path = store.media_file(f"{post.id}-1")
        digest = hashlib.sha256(path.read_bytes()).hexdigest()
        db.execute(
            "INSERT INTO media VALUES (?, ?, ?, ?, 0, 0, ?, ?)",
            (f"{post.id}-1", post.id, RECORDINGS[post.recording], digest, *post.title),
        )


def posted(store: Store) -> list[Post]:
    """The posts of this platform: a film is there only where it could be made."""
    return [post for post in POSTS if not post.recording or store.media_file(f"{post.id}-1").exists()]


def _film_later(store: Store) -> None:
    """The film and its post, where what films came after the first start; what happened meanwhile stays as it is."""
    from demo.platform import films

    late = [post for post in POSTS if post not in posted(store)]
    if late and films.possible():
        _record_all(store.folder, [name for name, media_type in RECORDINGS.items() if media_type == "video/mp4"])
        with store.write() as db:
            for post in late:
                _write_post(db, store, post, datetime.now(UTC).replace(microsecond=0))


def _record_all(folder: Path, names: Iterable[str] = RECORDINGS) -> None:
    """Lay out the voices, play the song and its cover, film the walk over pictures that are painted."""
    from demo.platform import films, songs

    made = {"night-ferry.wav": songs.song, "night-ferry-cover.wav": songs.cover}
    views = [folder / "media" / f"{post.id}-1.jpg" for post in POSTS if post.picture in FILMED]
    for name in names:
        media_type = RECORDINGS[name]
        target = folder / "originals" / name
        if name in made:
            songs.write(made[name](), target)
        elif media_type == "video/mp4" and films.possible():
            (films.reposted if "reposted" in name else films.made)(views, target)
        elif media_type == "audio/mpeg":
            target.write_bytes(files("demo.platform").joinpath(f"recordings/{name}").read_bytes())
        post = next((post for post in POSTS if post.recording == name), None)
        if post is not None and target.exists():
            target.rename(folder / "media" / f"{post.id}-1.jpg")


def _paint_all(folder: Path) -> None:
    """Two processes, dearest picture first. Spawned before any thread exists, so fork is safe and quick."""
    pictures = {post.picture: f"{post.id}-1" for post in POSTS if post.picture}
    from demo.platform.pictures import (
        city,
        nature,
        things,
        works,
    )  # before the fork, so that the children need not load them again

    del city, nature, things, works
    jobs = [
        "lotus",
        "persimmon",
        "dawn_ridges",
        "singer",
        "neon_city",
        "dunes",
        "tea_terraces",
        "koi_pond",
        "aurora",
        "flooded_avenue",
        "film",
        "gilded_peak",
        "studio_host",
        "cup",
        "memorial",
        "veil",
    ]
    with ProcessPoolExecutor(2, mp_context=multiprocessing.get_context("fork")) as pool:
        for done in [pool.submit(_paint, job, pictures, folder) for job in jobs]:
            done.result()


def _paint(job: str, pictures: dict[str, str], folder: Path) -> None:
    """Paint one work with its copies and save them: posts with a small version, originals in full."""
    from PIL import Image

    from demo.platform.pictures import city, nature, things, works

    def keep(name: str, image: Image.Image) -> None:
        target = folder / "media" / f"{pictures[name]}.jpg"
        image.save(target, quality=86)
        small = image.resize(
            (THUMB_WIDTH, round(image.height * THUMB_WIDTH / image.width)), Image.Resampling.BICUBIC, reducing_gap=2
        )
        small.save(target.with_name(f"{target.stem}-small.jpg"), quality=80)

    def original(name: str, image: Image.Image) -> None:
        file = next(item.file for item in ORIGINALS if item.picture == name)
        image.save(folder / "originals" / file, quality=93)

    if job == "lotus":
        work = works.lotus_painting()
        original("lotus", work)
        keep("lotus_copy", works.lotus_copy(work))
        keep("lotus_mirrored", works.lotus_mirrored(work))
        keep("mood_board", works.mood_board(work))
    elif job == "singer":
        work = works.singer_portrait()
        original("singer", work)
        keep("singer_fake", works.singer_fake(work))
    elif job == "persimmon":
        original("persimmon", works.persimmon_painting())
    elif job == "cup":
        work = things.celadon_cup()
        original("cup", work)
        keep("cup_listing", things.cup_listing(work))
    elif job == "film":
        keep("film_camera", city.film_photograph("camera", ("#1d1712", "#efe6d4")))
        keep("film_ascent", city.film_photograph("ascent", ("#12171d", "#e8ebe6")))
    else:
        place = next(place for place in (city, nature, things) if hasattr(place, job))
        keep(job, getattr(place, job)())
