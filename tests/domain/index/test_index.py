"""The index over its rows: what is listed is found, what ended is not, and the file is never believed over the rows."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest
from apiflask import APIFlask
from sqlalchemy import text

from tests.domain.index.hashes import apart, bits, item, listed, many
from webapp.core.clock import now
from webapp.core.db import db, transaction
from webapp.domain.index import keeping, queries, searchfile, service
from webapp.domain.index.looking import Answer, look_up
from webapp.domain.index.models import Fingerprint, Lookup


@pytest.fixture(autouse=True)
def empty(app: APIFlask) -> None:
    """No search file yet: the data folder is shared by the tests."""
    for path in keeping.path().parent.glob("*.idx"):
        path.unlink()


@pytest.fixture(params=["file", "postgresql"])
def place(request: pytest.FixtureRequest, app: APIFlask) -> object:
    """Both places to search in; PostgreSQL's own only where the tests run on it."""
    before = app.config["SETTINGS"]
    if request.param == "postgresql" and db.engine.dialect.name != "postgresql":
        assert not before.database_url
        return (yield "file")  # the same test once more: here there is only the file
    app.config["SETTINGS"] = before.model_copy(update={"index": request.param})
    yield request.param
    app.config["SETTINGS"] = before
    return None


def query() -> str:
    """A reported file nobody listed."""
    with transaction():
        return item(role="alleged").id


def found(answer: Answer) -> list[tuple[str, int | None]]:
    return [(c.found_id, c.distance) for c in answer.candidates]


@pytest.mark.usefixtures("place")
def test_what_is_listed_is_found_nearest_first_in_any_orientation() -> None:
    near, exact, _far = listed(apart(bits(1), 40), bits(1), apart(bits(1), 120))
    answer = look_up(query(), [bits(5), bits(1)])
    assert found(answer) == [(exact, 0), (near, 40)]
    assert (answer.state, answer.among, answer.lacking, answer.cut) == ("done", 3, 0, False)


@pytest.mark.usefixtures("place")
def test_what_was_taken_out_or_is_over_is_not_found() -> None:
    first, second, third = listed(bits(1), bits(1), bits(1))
    with transaction():
        service.leave([first], "registered")
        service.enter(second, "registered", until=now() - timedelta(seconds=1))
    assert found(look_up(query(), [bits(1)])) == [(third, 0)]
    with transaction():
        service.enter(first, "decided")
    assert {(c.found_id, c.origin) for c in look_up(query(), [bits(1)]).candidates} == {
        (third, "registered"),
        (first, "decided"),
    }


def test_the_same_bytes_are_found_without_any_bits() -> None:
    with transaction():
        sound = item(b"a song")
        service.enter(sound.id, "decided")
        asked = item(b"a song", role="alleged")
    (hit,) = look_up(asked.id, []).candidates
    assert (hit.found_id, hit.distance, hit.identical) == (sound.id, None, True)


@pytest.mark.usefixtures("place")
def test_only_the_nearest_are_kept_and_it_is_said() -> None:
    listed(*(apart(bits(1), n) for n in range(25)))
    answer = look_up(query(), [bits(1)])
    assert ([d for _i, d in found(answer)], answer.cut) == (list(range(20)), True)


def test_lookups_and_hits_are_kept_and_a_repeat_gives_only_what_is_new() -> None:
    asked = query()
    (first,) = listed(bits(1))
    answer = look_up(asked, [bits(1)])
    with transaction():
        fresh = service.record_lookup(asked, answer)
        assert [h.found_id for h in fresh] == [first]
    (second,) = listed(apart(bits(1), 3), origin="decided")
    answer = look_up(asked, [bits(1)])
    with transaction():
        fresh = service.record_lookup(asked, answer)
        assert [(h.found_id, h.distance) for h in fresh] == [(second, 3)]
    assert queries.candidates(asked) == sorted([(asked, first, "registered"), (asked, second, "decided")])
    assert queries.candidates(second) == [(asked, second, "decided")]
    row = queries.lookup_of([asked])[asked]
    assert (row.state, row.hits, row.among) == ("done", 2, 2)
    with transaction():
        service.leave([second], "decided")
    assert [h.found_id for h in queries.hits_of([asked])] == [first]


def test_the_file_grows_with_the_rows_and_says_what_it_lacks() -> None:
    listed(bits(1))
    assert keeping.state().kind == "none"
    look_up(query(), [bits(1)])
    assert (keeping.state().kind, keeping.state().count, keeping.state().lacking) == ("file", 1, 0)
    listed(bits(2), bits(3))
    state = keeping.state()
    assert (state.count, state.lacking, state.stale) == (1, 2, True)
    look_up(query(), [bits(1)])
    assert (keeping.state().count, keeping.state().stale) == (3, False)


def test_an_index_that_cannot_be_brought_level_says_so() -> None:
    (first,) = listed(bits(1))
    look_up(query(), [bits(1)])
    (second,) = listed(apart(bits(1), 1))
    with searchfile.writing(keeping.path(), 0.0):
        _, lacking = keeping.level(patience=0.01, at_most=None)
        assert lacking == 1
        assert keeping.opened().search([bits(1)], 5)[0] == [(1, 0)]
    assert keeping.level(patience=1.0, at_most=0)[1] == 1
    assert found(look_up(query(), [bits(1)])) == [(first, 0), (second, 1)]


@pytest.mark.parametrize("damage", ["missing", "row", "short", "another"])
def test_a_file_that_is_damaged_or_of_another_database_is_made_anew(damage: str) -> None:
    (first,) = listed(bits(1))
    look_up(query(), [bits(1)])
    path = keeping.path()
    hurt(path, damage)
    assert keeping.state().kind == "none"
    assert found(look_up(query(), [bits(1)])) == [(first, 0)]
    assert keeping.state().kind == "file"


def hurt(path: Path, damage: str) -> None:
    data = bytearray(path.read_bytes())
    path.unlink()
    if damage == "row":
        data[searchfile.PAGE] ^= 1
    if damage == "short":
        del data[searchfile.PAGE + 10 :]
    if damage == "another":
        searchfile.create(path, "dct256 1")
        searchfile.SearchFile(path, "dct256 1").append([1], [bits(99)])
    elif damage != "missing":
        path.write_bytes(data)


def test_bits_of_what_is_no_longer_listed_are_deleted() -> None:
    first, second, third = listed(bits(1), bits(2), bits(3))
    look_up(query(), [bits(1)])
    with transaction():
        service.leave([first], "registered")
        service.enter(third, "registered", until=now() - timedelta(days=1))
        assert service.tidy() == 2
    assert db.session.scalars(db.select(Fingerprint.evidence_id)).all() == [second]
    assert keeping.rebuild() == 1
    assert found(look_up(query(), [bits(2)])) == [(second, 0)]


def test_a_larger_index_gives_the_same_answers_in_both_places(app: APIFlask) -> None:
    many(5000)
    wanted = [row.bits for row in db.session.scalars(db.select(Fingerprint).where(Fingerprint.id % 1000 == 3))]
    assert len(wanted) == 5
    in_file = [found(look_up(query(), [apart(w, 9), bits(4)])) for w in wanted]
    assert [[d for _i, d in f] for f in in_file] == [[9]] * 5
    if db.engine.dialect.name == "postgresql":
        before = app.config["SETTINGS"]
        app.config["SETTINGS"] = before.model_copy(update={"index": "postgresql"})
        assert [found(look_up(query(), [apart(w, 9), bits(4)])) for w in wanted] == in_file
        app.config["SETTINGS"] = before


def test_nothing_is_put_for_what_is_not_listed() -> None:
    with transaction():
        assert not service.put(item().id, bits(1), "1")
    assert db.session.execute(text("SELECT count(*) FROM fingerprint")).scalar() == 0
    assert db.session.scalars(db.select(Lookup)).all() == []
