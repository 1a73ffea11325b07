"""The verbs of the staff room against a real database."""

from __future__ import annotations

import time

import pytest
from apiflask import APIFlask
from sqlalchemy import select

from tests.conftest import PASSWORD, Cast
from webapp.core.audit import SYSTEM, AuditEntry
from webapp.core.db import db, transaction
from webapp.core.errors import NotFound, Refused
from webapp.domain.staff import queries, service
from webapp.domain.staff.models import StaffSession


def verbs(staff_id: str) -> list[str]:
    return list(db.session.scalars(select(AuditEntry.verb).where(AuditEntry.object_id == staff_id)))


def test_somebody_new_can_sign_in_and_the_password_is_kept_only_as_argon2(app: APIFlask) -> None:
    with transaction():
        bo = service.add(" Bo@Desk.Example", "Bo", "lead", "a long enough phrase", SYSTEM)
    assert bo.email == "bo@desk.example"
    assert bo.password_hash.startswith("$argon2id$v=19$m=19456,t=2,p=1$")
    assert service.recognise("bo@desk.example", "a long enough phrase").id == bo.id
    assert verbs(bo.id) == ["staff.add"]


@pytest.mark.parametrize(
    ("email", "name", "role", "code"),
    [
        ("rui@desk.example", "Rui", "reviewer", "email_taken"),
        ("RUI@desk.example", "Rui", "reviewer", "email_taken"),
        ("bo@desk.example", " ", "reviewer", "name_missing"),
        ("bo@desk.example", "Bo", "boss", "role_unknown"),
        ("bo", "Bo", "lead", "email_wrong"),
    ],
)
def test_who_cannot_be_added(cast: Cast, email: str, name: str, role: str, code: str) -> None:
    with pytest.raises(Refused, match=code), transaction():
        service.add(email, name, role, PASSWORD, SYSTEM)


def test_an_unknown_address_costs_about_the_time_of_a_wrong_password(cast: Cast) -> None:
    with transaction():
        service.set_password(cast.rui, PASSWORD, SYSTEM)  # kept as the product keeps it

    def seconds(email: str) -> float:
        tries = []
        for _try in range(5):
            start = time.process_time()
            with pytest.raises(Refused, match="wrong_sign_in"):
                service.recognise(email, "wrong horse battery")
            tries.append(time.process_time() - start)
        return min(tries)

    known, unknown = seconds("rui@desk.example"), seconds("nobody@desk.example")
    assert 0.4 < unknown / known < 2.5
    assert not service.HASHER.check_needs_rehash(service.NOBODY)


def test_a_session_is_found_by_its_token_only_and_ends_when_told(cast: Cast) -> None:
    with transaction():
        rui, token = service.sign_in("rui@desk.example", PASSWORD)
    found = queries.live_session(token)
    assert found is not None
    assert found.staff_id == rui.id
    assert queries.live_session(found.token_digest) is None
    assert queries.open_sessions() == {rui.id: 1}
    with transaction():
        service.sign_out(token)
        service.sign_out(token)
    assert queries.live_session(token) is None
    assert verbs(rui.id) == ["staff.sign_in", "staff.sign_out"]


def test_revoking_ends_all_of_a_persons_sessions_and_nobody_elses(cast: Cast) -> None:
    with transaction():
        tokens = [service.open_session(staff) for staff in (cast.rui, cast.rui, cast.mei)]
        service.revoke_all(cast.rui, service.actor(cast.ada))
    assert [queries.live_session(token) is None for token in tokens] == [True, True, False]


def test_a_new_password_ends_what_the_old_one_opened(cast: Cast) -> None:
    with transaction():
        token = service.open_session(cast.rui)
    with transaction():
        service.set_password(cast.rui, "another long phrase", service.actor(cast.ada))
    assert queries.live_session(token) is None
    with pytest.raises(Refused, match="wrong_sign_in"):
        service.recognise("rui@desk.example", PASSWORD)
    assert service.recognise("rui@desk.example", "another long phrase").id == cast.rui.id


def test_failed_sign_ins_of_known_people_are_written_down_and_strangers_addresses_are_not(cast: Cast) -> None:
    with transaction():
        for email in ("rui@desk.example", "stranger@desk.example", "no address"):
            service.note_failed_sign_in(email)
    entries = list(db.session.scalars(select(AuditEntry)))
    assert [(e.verb, e.object_id) for e in entries] == [("staff.sign_in_failed", cast.rui.id)]


def test_a_token_is_never_stored(cast: Cast) -> None:
    with transaction():
        token = service.open_session(cast.rui)
    row = db.session.scalars(select(StaffSession)).one()
    assert token not in str(vars(row))
    assert len(token) == 43  # 256 bits in base64url


def test_who_is_not_there_is_not_found(app: APIFlask) -> None:
    with pytest.raises(NotFound):
        queries.get("nobody")
