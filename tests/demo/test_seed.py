"""The demo platform is painted once; a film comes later where what films came later, and nothing else changes."""

from __future__ import annotations

from pathlib import Path

from demo.platform.seed import ensure_seeded
from demo.platform.store import Store

FILM = "lumo-1023"


def test_a_film_comes_when_films_can_be_made(tmp_path: Path) -> None:
    store = Store(tmp_path)
    assert ensure_seeded(store)
    # As it is where PyAV was missing at the first start; a post was removed since.
    with store.write() as db:
        db.execute("DELETE FROM media WHERE post_id = ?", (FILM,))
        db.execute("DELETE FROM post WHERE id = ?", (FILM,))
        db.execute("UPDATE post SET removed_at = created_at WHERE id = 'lumo-1001'")
    for path in (store.media_file(f"{FILM}-1"), store.originals / "ridges-and-koi.mp4"):
        path.unlink()
    assert not ensure_seeded(store)
    assert store.media_file(f"{FILM}-1").read_bytes()[4:8] == b"ftyp"
    assert (store.originals / "ridges-and-koi.mp4").exists()
    with store.read() as db:
        kinds = db.execute("SELECT media_type FROM media WHERE post_id = ?", (FILM,)).fetchall()
        removed = db.execute("SELECT count(*) FROM post WHERE removed_at IS NOT NULL").fetchone()
    assert [tuple(row) for row in kinds] == [("video/mp4",)]
    assert tuple(removed) == (1,)
