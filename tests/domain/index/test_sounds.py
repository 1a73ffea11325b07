"""Sounds in the index: what shares landmarks equally far apart in time is found, what only shares names is not."""

from __future__ import annotations

import random

import pytest
from apiflask import APIFlask

from tests.domain.index.hashes import item
from webapp.core.db import db, transaction
from webapp.domain.index import service, sounds
from webapp.domain.index.looking import look_up
from webapp.domain.index.models import Sounding, SoundMark


def song(seed: int, seconds: int = 60) -> list[tuple[int, int]]:
    """Landmarks as a song has them: some twenty a second."""
    chance = random.Random(seed)
    return [(chance.randrange(4_000_000), chance.randrange(seconds * 1000)) for _ in range(seconds * 20)]


def heard(marks: list[tuple[int, int]], begin: int, end: int, every: int = 1, slack: int = 0) -> list[tuple[int, int]]:
    """A part of it, every so many marks left standing, each moved a little."""
    chance = random.Random(3)
    part = [(name, at) for name, at in marks if begin <= at < end][::every]
    return [(name, at - begin + chance.randint(-slack, slack)) for name, at in part]


@pytest.fixture
def listed(app: APIFlask) -> list[str]:
    """Three registered songs."""
    found = []
    with transaction():
        for seed in (1, 2, 3):
            one = item(bytes([seed]) * 9)
            service.enter(one.id, "registered")
            assert sounds.put(one.id, song(seed), "1")
            found.append(one.id)
    return found


def query() -> str:
    with transaction():
        return item(role="alleged").id


def test_ten_seconds_of_a_song_with_most_marks_lost_find_it(listed: list[str]) -> None:
    part = heard(song(2), 20_000, 30_000, every=6, slack=25)
    assert [found for found, _votes in sounds.near(part)] == [listed[1]]
    answer = look_up(query(), [], part)
    assert [(c.found_id, c.origin, c.distance) for c in answer.candidates] == [(listed[1], "registered", None)]
    assert (answer.state, answer.among) == ("done", 3)


def test_the_same_marks_in_another_order_are_another_song(listed: list[str]) -> None:
    names = [name for name, _at in song(1)][:200]
    chance = random.Random(9)
    assert sounds.near([(name, chance.randrange(60_000)) for name in names]) == []
    assert sounds.near(song(8)) == []
    assert sounds.near([]) == []


def test_what_was_taken_out_is_not_found_and_is_tidied_away(listed: list[str]) -> None:
    with transaction():
        service.leave([listed[0]], "registered")
    assert look_up(query(), [], heard(song(1), 0, 20_000)).candidates == []
    with transaction():
        service.tidy()
    assert db.session.query(Sounding).count() == 2
    assert db.session.query(SoundMark).count() <= 2 * 1200
    assert sounds.count() == 2


def test_a_sound_goes_in_once_and_only_while_it_is_listed(listed: list[str]) -> None:
    before = db.session.query(SoundMark).count()
    db.session.rollback()
    with transaction():
        assert sounds.put(listed[0], song(1), "1")
        assert not sounds.put(item(b"nobody listed it").id, song(4), "1")
    assert db.session.query(SoundMark).count() == before


def test_a_beat_that_never_changes_costs_no_more_than_a_song(listed: list[str]) -> None:
    """Half an hour of one and the same beat, looked up among another such: their product would be 10⁸ places."""
    beat = [(7, at * 180) for at in range(10_000)]
    with transaction():
        one = item(b"a metronome")
        service.enter(one.id, "registered")
        sounds.put(one.id, beat, "1")
    assert db.session.query(SoundMark).where(SoundMark.name == 7).count() == sounds.ALIKE
    assert sounds.near(beat) == [(one.id, sounds.ALIKE)]
