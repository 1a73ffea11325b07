"""Coming in: who gets a session, how long it lasts, what a stolen or old cookie opens."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from apiflask import APIFlask

from tests.conftest import Cast
from tests.desk.conftest import Browser
from webapp.core.db import db, transaction
from webapp.domain.staff import service
from webapp.domain.staff.models import StaffSession

START = datetime(2026, 11, 22, 9, 0, tzinfo=UTC)


def test_a_stranger_is_sent_to_the_door_and_comes_back_where_he_wanted_to_go(stranger: Browser, cast: Cast) -> None:
    answer = stranger.get("/desk/actions?state=drifted")
    assert answer.status_code == 302
    assert answer.location == "/desk/sign-in?next=/desk/actions?state%3Ddrifted"
    answer = stranger.sign_in("rui", next="/desk/actions?state=drifted")
    assert answer.location == "/desk/actions?state=drifted"
    assert stranger.get("/desk/").status_code == 200


@pytest.mark.parametrize(
    "target", ["https://evil.example/desk", "//evil.example", "/desk\\@evil.example", "/track", ""]
)
def test_signing_in_never_leads_to_another_place(stranger: Browser, cast: Cast, target: str) -> None:
    assert stranger.sign_in("rui", next=target).location == "/desk/"


@pytest.mark.parametrize(
    ("name", "password"), [("rui", "wrong horse battery"), ("nobody", "correct horse battery"), ("", "")]
)
def test_every_mistake_gets_the_same_sentence_and_keeps_the_address(
    stranger: Browser, cast: Cast, name: str, password: str
) -> None:
    answer = stranger.sign_in(name, password)
    assert answer.status_code == 401
    assert "Address and password do not match." in answer.text
    assert f'value="{name}@desk.example"' in answer.text
    assert stranger.get("/desk/").status_code == 302


def test_after_ten_failures_an_hour_the_door_stays_shut_even_for_the_right_password(
    app: APIFlask, stranger: Browser, cast: Cast
) -> None:
    settings = app.config["SETTINGS"]
    app.config["SETTINGS"] = settings.model_copy(update={"sign_ins_per_hour": "10 per hour"})
    try:
        stranger.environ_base["REMOTE_ADDR"] = "203.0.113.7"
        for _number in range(10):
            assert stranger.sign_in("rui", "wrong horse battery").status_code == 401
        answer = stranger.sign_in("rui")
        assert answer.status_code == 429
        assert answer.headers["Retry-After"] == "3600"
        assert "Too many attempts" in answer.text
    finally:
        app.config["SETTINGS"] = settings


def test_signing_in_rightly_is_not_counted(app: APIFlask, stranger: Browser, cast: Cast) -> None:
    settings = app.config["SETTINGS"]
    app.config["SETTINGS"] = settings.model_copy(update={"sign_ins_per_hour": "2 per hour"})
    try:
        stranger.environ_base["REMOTE_ADDR"] = "203.0.113.8"
        assert [stranger.sign_in("rui").status_code for _number in range(4)] == [302] * 4
    finally:
        app.config["SETTINGS"] = settings


def test_half_an_hour_without_activity_ends_a_session_but_activity_puts_it_off(stranger: Browser, cast: Cast) -> None:
    with time_machine.travel(START, tick=False) as clock:
        stranger.sign_in("rui")
        clock.shift(timedelta(minutes=29))
        assert stranger.get("/desk/").status_code == 200
        clock.shift(timedelta(minutes=29))
        assert stranger.get("/desk/").status_code == 200
        clock.shift(timedelta(minutes=31))
        assert stranger.get("/desk/").status_code == 302


def test_a_screen_that_only_refreshes_itself_is_not_activity(stranger: Browser, cast: Cast) -> None:
    with time_machine.travel(START, tick=False) as clock:
        stranger.sign_in("rui")
        for _minute in range(30):
            assert stranger.get("/desk/queue/rows").status_code == 200
            clock.shift(timedelta(minutes=1))
        assert stranger.get("/desk/queue/rows").status_code == 302


def test_after_twelve_hours_even_the_busiest_signs_in_again(stranger: Browser, cast: Cast) -> None:
    with time_machine.travel(START, tick=False) as clock:
        stranger.sign_in("rui")
        for _step in range(35):
            clock.shift(timedelta(minutes=20))
            assert stranger.get("/desk/").status_code == 200
        clock.shift(timedelta(minutes=20))
        assert stranger.get("/desk/").status_code == 302


def test_each_sign_in_has_its_own_token_and_only_its_digest_is_kept(
    app: APIFlask, stranger: Browser, cast: Cast
) -> None:
    tokens = []
    for _time in range(2):
        stranger.sign_in("rui")
        with stranger.session_transaction() as cookie:
            tokens.append(cookie["_user_id"])
    kept = {row.token_digest for row in db.session.query(StaffSession)}
    assert tokens[0] != tokens[1]
    assert len(kept) == 2
    assert not kept & set(tokens)


def test_signing_out_ends_the_session_on_the_server_so_a_copied_cookie_is_worth_nothing(
    app: APIFlask, stranger: Browser, cast: Cast
) -> None:
    stranger.sign_in("rui")
    copied = stranger.get_cookie("redress")
    assert copied is not None
    assert stranger.post("/desk/sign-out").status_code == 302
    thief = Browser(app, app.response_class)
    thief.set_cookie("redress", copied.value)
    assert thief.get("/desk/").status_code == 302


def test_a_deactivated_person_is_out_with_the_next_click(stranger: Browser, cast: Cast) -> None:
    stranger.sign_in("rui")
    with transaction():
        service.deactivate(cast.rui, service.actor(cast.ada))
    assert stranger.get("/desk/").status_code == 302
    assert stranger.sign_in("rui").status_code == 401


def test_a_form_without_the_token_of_its_page_is_refused(app: APIFlask, stranger: Browser, cast: Cast) -> None:
    stranger.sign_in("rui")
    app.config["WTF_CSRF_ENABLED"] = True
    try:
        answer = stranger.post("/desk/next")
        assert answer.status_code == 409
        assert "open too long" in answer.text
    finally:
        app.config["WTF_CSRF_ENABLED"] = False
