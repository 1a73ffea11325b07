"""Standing as a thing of its own: claimed, checked by a person, scoped, expiring, and used again."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import time_machine
from apiflask import APIFlask
from sqlalchemy import text

from tests.builders import file_report, picture
from tests.conftest import Cast
from webapp.core.audit import Actor, AuditEntry
from webapp.core.clock import now
from webapp.core.db import db, transaction
from webapp.core.errors import NotFound, Refused
from webapp.domain.claimants import queries, service
from webapp.domain.claimants.models import Consent, Standing
from webapp.domain.claimants.rules import covers, meets, state

NOON = datetime(2026, 11, 23, 4, tzinfo=UTC)
DAY = timedelta(days=1)


@dataclass(frozen=True)
class Held:
    """A standing as the rules see it."""

    state: str = "verified"
    valid_from: datetime | None = None
    valid_to: datetime | None = None
    scope: list[str] = field(default_factory=list)


@pytest.mark.parametrize(
    ("held", "stands", "reaches"),
    [
        (Held("claimed"), "claimed", True),
        (Held(), "verified", True),
        (Held("refused"), "refused", False),
        (Held("refused", valid_to=NOON - DAY), "refused", False),
        # The last instant is the one before `valid_to`.
        (Held(valid_to=NOON), "expired", False),
        (Held(valid_to=NOON + timedelta(seconds=1)), "verified", True),
        (Held("claimed", valid_to=NOON - DAY), "expired", False),
        (Held(valid_from=NOON + DAY), "verified", False),
        (Held(valid_from=NOON), "verified", True),
        # Within its scope only; no scope is every kind.
        (Held(scope=["VOICE"]), "verified", False),
        (Held(scope=["VOICE", "LIKENESS"]), "verified", True),
    ],
)
def test_what_a_standing_counts_for(held: Held, stands: str, reaches: bool) -> None:
    """The row as stored → its state at noon, and whether a report about a face may rest on it then."""
    assert state(held, NOON) == stands
    assert covers(held, "LIKENESS", NOON) is reaches


@pytest.mark.parametrize(("level", "wanted", "enough"), [("V2", "V1", True), ("V1", "V2", False), ("V0", "", True)])
def test_levels_are_in_order(level: str, wanted: str, enough: bool) -> None:
    """V3 is the surest."""
    assert meets(level, wanted) is enough


def check(standing: Standing, cast: Cast, level: str = "V2", **more: Any) -> None:
    """Somebody at the desk checks the papers."""
    with transaction():
        service.verify(standing, Actor("staff", cast.rui.id), level, **more)


def test_a_person_checks_it_once_and_it_holds_as_long_as_the_paper_says(app: APIFlask, cast: Cast) -> None:
    """At most as long as claimed, and as the book lets a standing of this basis hold."""
    with time_machine.travel(NOON, tick=False):
        agent = file_report(kind="LIKENESS", basis="AGENT", valid_to="2026-12-31", scope=["LIKENESS"]).report.standing
        check(agent, cast, "V3")
        assert (agent.state, agent.level, agent.scope) == ("verified", "V3", ["LIKENESS"])
        assert agent.valid_to == datetime(2026, 12, 31, 16, tzinfo=UTC)  # midnight in Shanghai: the day counts whole
        assert agent.checked_by_id == cast.rui.id and agent.checked_at == NOON
        check(agent, cast, "V2", scope=["LIKENESS", "VOICE"], valid_to=NOON + DAY)
        assert agent.valid_to == NOON + DAY and covers(agent, "VOICE", NOON)
        father = file_report(kind="DECEASED", basis="NR1", content_ref="p2").report.standing
        check(father, cast)
        assert father.valid_to == NOON + timedelta(days=365)
        assert [state(s, NOON) for s in (agent, father)] == ["verified", "verified"]
    with time_machine.travel(NOON + DAY, tick=False):
        assert [state(s, NOON + DAY) for s in (agent, father)] == ["expired", "verified"]


@pytest.mark.parametrize(
    ("level", "more", "code"),
    [
        ("V9", {}, "level_unknown"),
        ("V2", {"scope": ["NOPE"]}, "scope_unknown"),
        ("V2", {"valid_to": NOON}, "term_over"),
    ],
)
def test_what_cannot_be_checked_off(app: APIFlask, cast: Cast, level: str, more: dict[str, Any], code: str) -> None:
    """A level or kind the book does not know, a time that is over."""
    with time_machine.travel(NOON, tick=False):
        standing = file_report(kind="LIKENESS", basis="AGENT").report.standing
        with pytest.raises(Refused, match=code):
            check(standing, cast, level, **more)
        assert standing.state == "claimed" and standing.checked_at is None


def test_an_authority_without_a_term_is_not_checked_off(app: APIFlask, cast: Cast) -> None:
    """Civil Code art 165: the term is part of it."""
    standing = file_report(kind="LIKENESS", basis="AGENT", valid_to="").report.standing
    with pytest.raises(Refused, match="term_missing"):
        check(standing, cast)
    check(standing, cast, valid_to=now() + 30 * DAY)
    assert state(standing, now()) == "verified"


def test_papers_that_do_not_show_it_are_refused_with_a_reason(app: APIFlask, cast: Cast) -> None:
    """And may be found good later after all."""
    standing = file_report(kind="LIKENESS", basis="GUARD").report.standing
    actor = Actor("staff", cast.rui.id)
    with pytest.raises(Refused, match="refusal_missing"), transaction():
        service.refuse(standing, actor, " ")
    with transaction():
        service.refuse(standing, actor, "Another child.")
    assert standing.state == "refused" and standing.refusal == "Another child."
    check(standing, cast)
    assert standing.state == "verified" and standing.refusal == ""
    verbs = {e.verb for e in db.session.query(AuditEntry).filter_by(object_kind="standing")}
    assert verbs == {"standing.prove", "standing.refuse", "standing.verify"}


def test_what_a_person_checked_is_never_changed_by_a_claim(app: APIFlask, cast: Cast) -> None:
    """A new claim is a new row for the same people; an unchecked one is amended."""
    standing = file_report(kind="LIKENESS", basis="AGENT").report.standing
    actor = Actor("reporter", standing.reporter_id)
    with transaction():
        assert service.amend(standing, actor, matters="The voice too") is standing
    check(standing, cast)
    with transaction():
        later = service.amend(standing, actor, valid_to=NOON + 900 * DAY)
    assert later is not standing and later.state == "claimed" and later.matters == "The voice too"
    assert later.claimant_id == standing.claimant_id and later.proofs == []
    assert standing.state == "verified"


def test_papers_matters_and_addresses_lie_sealed(app: APIFlask) -> None:
    """What an authority is about, or what was lost, can tell as much as a name."""
    report = file_report(kind="LIKENESS", basis="AGENT", matters="CANARY-M", claimant_name="CANARY-C").report
    file_report(postal_address="CANARY-P", wrong="CANARY-W and more of it.", elected=["US_DMCA"], content_ref="p2")
    file_report(kind="FRAUD", basis="ANY", loss="CANARY-L", content_ref="p3")
    assert report.standing.matters == "CANARY-M"
    stored = [
        bytes(value)
        for table in ("report", "standing", "claimant", "reporter")
        for row in db.session.execute(text(f"SELECT * FROM {table}"))
        for value in row
        if isinstance(value, bytes | memoryview)
    ]
    assert len(stored) > 12 and not any(b"CANARY" in value for value in stored)
    plain = str([tuple(row) for row in db.session.execute(text("SELECT * FROM report"))])
    assert "CANARY" not in plain and "COPY_IMAGE" in plain


def test_a_consent_is_for_one_report(app: APIFlask, cast: Cast) -> None:
    """The standing serves two reports; the comparison was allowed for one of them, and taken back for it alone."""
    first = file_report([picture(1)], [picture(2)], kind="LIKENESS", consent=True).report
    check(first.standing, cast)
    again: dict[str, Any] = {"kind": "LIKENESS", "standing_id": first.standing_id, "statements": ["NOCONS"]}
    second = file_report(content_ref="p2", **again).report
    assert second.standing_id == first.standing_id
    assert queries.has_consent(first.id) and not queries.has_consent(second.id)
    third = file_report(content_ref="p3", consent=True, **again).report
    with transaction():
        assert service.withdraw_consents(first.standing, Actor("reporter", "x"), first.id) == 1
    assert not queries.has_consent(first.id) and queries.has_consent(third.id)
    assert db.session.query(Consent).count() == 2


def test_a_standing_that_is_not_there(app: APIFlask) -> None:
    """NotFound."""
    with pytest.raises(NotFound, match="no_such_standing"):
        queries.get("nope")
