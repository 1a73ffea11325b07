"""Stay-down: an upheld block lists and counts, ends by time or reversal, and never does more than inform."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from apiflask import APIFlask
from sqlalchemy import select

from tests.builders import picture
from tests.conftest import Cast
from tests.domain.decisions.story import choice, decided, dismissed, opened
from webapp.core.audit import AuditEntry
from webapp.core.db import db, transaction
from webapp.core.outbox import Task
from webapp.domain.cases.models import Case
from webapp.domain.decisions import queries as decisions
from webapp.domain.decisions.models import Decision
from webapp.domain.decisions.service import impose_interim, redecide, restore
from webapp.domain.index import queries as index
from webapp.domain.staydown import queries, service
from webapp.domain.staydown.models import Block, Sighting

START = datetime(2026, 3, 2, 1, 0, tzinfo=UTC)
BLOCKED = (("remove", None), ("block_hash", 90))


def case_about(staff: object, ref: str, seed: int = 1) -> Case:
    """A case about one picture on one post."""
    return opened(
        staff,  # type: ignore[arg-type]  # Staff or None
        alleged=[picture(seed)],
        content_ref=ref,
        address=f"http://127.0.0.1:8001/posts/{ref}",
    )


def followed(case: Case) -> None:
    with transaction():
        service.follow(case.id)


def blocked(cast: Cast, ref: str = "p1", *measures: tuple[str, int | None]) -> tuple[Case, Decision]:
    """A case decided with a block of 90 days, unless said otherwise, and everything that follows from it."""
    case = case_about(cast.rui, ref)
    made = decided(case, cast.rui, choice(case, *(measures or BLOCKED)))
    followed(case)
    return case, made


def file_of(case: Case) -> str:
    return queries.alleged(case.id)[0]


def origins(case: Case) -> list[str]:
    return [entry.origin for entry in index.listed(file_of(case))]


def see(query: Case, found: Case, how: str = "match") -> list[Sighting]:
    with transaction():
        return service.see(file_of(query), file_of(found), how)


def test_an_upheld_block_opens_for_its_days_and_lists_the_content(app: APIFlask, cast: Cast) -> None:
    with time_machine.travel(START, tick=False):
        case, made = blocked(cast)
        (block,) = queries.blocks_of(case.id)
        assert (block.starts_at, block.ends_at) == (START, START + timedelta(days=90))
        assert block.decision_id == made.id
        (entry,) = index.listed(file_of(case))
        assert (entry.origin, entry.until) == ("decided", START + timedelta(days=730))
        followed(case)
        assert len(queries.blocks_of(case.id)) == 1
    task = db.session.scalars(select(Task).where(Task.topic == "block.over")).one()
    assert task.due_at == block.ends_at


def test_without_a_length_the_book_says_how_long(app: APIFlask, cast: Cast) -> None:
    with time_machine.travel(START, tick=False):
        case, _ = blocked(cast, "p1", ("remove", None), ("block_hash", None))
        assert queries.blocks_of(case.id)[0].ends_at == START + timedelta(days=365)


def test_upheld_without_a_block_is_listed_and_counts_nothing(app: APIFlask, cast: Cast) -> None:
    case, _ = blocked(cast, "p1", ("remove", None))
    other = case_about(None, "p2")
    assert (origins(case), queries.blocks_of(case.id)) == (["decided"], [])
    assert see(other, case) == []


def test_dismissed_content_is_not_listed(app: APIFlask, cast: Cast) -> None:
    case = case_about(cast.rui, "p1")
    decided(case, cast.rui, dismissed(case))
    followed(case)
    assert (origins(case), queries.blocks_of(case.id)) == ([], [])


def test_a_provisional_measure_lists_nothing(app: APIFlask, cast: Cast) -> None:
    case = case_about(cast.rui, "p1")
    with transaction():
        impose_interim(case.id, cast.rui, case.version, "disable", "It looks like the painting.")
    followed(case)
    assert origins(case) == []


def test_new_sightings_join_the_old_case_with_a_counter(app: APIFlask, cast: Cast) -> None:
    """Each reported file counts once; both cases' histories say it, and nothing else changes."""
    old, _ = blocked(cast)
    second, third = case_about(None, "p2"), case_about(None, "p3")
    states = [(c.state, c.priority, c.version) for c in (second, third)]
    assert [s.number for s in see(second, old, "identical")] == [1]
    assert see(second, old) == []
    assert [s.number for s in see(third, old)] == [2]
    assert [(s.number, s.case_id, s.how) for s in queries.sightings_of(old.id)] == [
        (1, second.id, "identical"),
        (2, third.id, "match"),
    ]
    (seen,) = queries.seen_in(third.id)
    assert (seen.block.case.reference, seen.number) == (old.reference, 2)
    verbs = {
        c.id: [e.verb for e in db.session.scalars(select(AuditEntry).where(AuditEntry.object_id == c.id))]
        for c in (old, third)
    }
    assert verbs[old.id].count("block.sighting") == 2
    assert verbs[third.id].count("block.seen") == 1
    assert [(c.state, c.priority, c.version) for c in (second, third)] == states


def test_its_own_case_is_no_sighting(app: APIFlask, cast: Cast) -> None:
    old, _ = blocked(cast)
    assert see(old, old) == []


def test_after_its_time_nothing_is_counted_any_more(app: APIFlask, cast: Cast) -> None:
    with time_machine.travel(START, tick=False) as clock:
        old, _ = blocked(cast)
        first, later = case_about(None, "p2"), case_about(None, "p3")
        assert len(see(first, old)) == 1
        clock.shift(timedelta(days=90, seconds=1))
        assert see(later, old) == []
        block = queries.blocks_of(old.id)[0]
        with transaction():
            service.over(block.id)
            service.over(block.id)
        ended = db.session.get_one(Block, block.id, populate_existing=True)
        assert (ended.ended_why, ended.sightings) == ("time", 1)
        assert [s.number for s in queries.sightings_of(old.id)] == [1]
        assert origins(old) == ["decided"]


def test_a_block_that_is_not_over_yet_stays(app: APIFlask, cast: Cast) -> None:
    old, _ = blocked(cast)
    with transaction():
        service.over(queries.blocks_of(old.id)[0].id)
    assert queries.blocks_of(old.id)[0].ended_at is None


@pytest.mark.parametrize("how", ["appeal", "restoration"])
def test_what_is_reversed_is_taken_out_and_its_block_ends(app: APIFlask, cast: Cast, how: str) -> None:
    old, first = blocked(cast)
    with transaction():
        if how == "appeal":
            redecide(old.id, cast.lan, dismissed(old), first)
        else:
            restore(old.id, first, "claim_withdrawn", cast.lan)
    followed(old)
    assert origins(old) == []
    assert queries.blocks_of(old.id)[0].ended_why == "taken_back"
    assert decisions.in_force(old.id) == []
    assert see(case_about(None, "p2"), old) == []


def test_upheld_on_appeal_the_same_block_goes_on(app: APIFlask, cast: Cast) -> None:
    old, first = blocked(cast)
    with transaction():
        redecide(old.id, cast.lan, choice(old, *BLOCKED), first)
    followed(old)
    blocks = queries.blocks_of(old.id)
    assert [(b.ended_at, b.decision_id) for b in blocks] == [(None, first.id)]
    assert origins(old) == ["decided"]


def test_two_blocks_on_the_same_content_each_count(app: APIFlask, cast: Cast) -> None:
    one, _ = blocked(cast, "p1")
    two, _ = blocked(cast, "p2")
    new = case_about(None, "p3")
    assert len(see(new, one)) == 1
    assert len(see(new, two)) == 1
    assert {s.block.case_id for s in queries.seen_in(new.id)} == {one.id, two.id}


def test_the_same_bytes_are_known_to_be_blocked(app: APIFlask, cast: Cast) -> None:
    from webapp.domain.evidence.models import Evidence

    old, _ = blocked(cast)
    sha256 = db.session.get_one(Evidence, file_of(old)).sha256
    assert [b.case.reference for b in queries.blocked_as(sha256)] == [old.reference]
    assert queries.blocked_as("0" * 64) == []
