"""`flask staff …` as an operator types it."""

from __future__ import annotations

from apiflask import APIFlask

from tests.conftest import Cast
from webapp.core.db import db
from webapp.domain.staff import queries
from webapp.domain.staff.service import recognise


def test_add_list_passwd_and_deactivate(app: APIFlask) -> None:
    run = app.test_cli_runner().invoke
    added = run(
        args=["staff", "add", "bo@desk.example", "--name", "Bo", "--role", "lead", "--password-stdin"],
        input="a long enough phrase\n",
    )
    assert added.exit_code == 0, added.output
    assert "Bo can sign in at /desk as lead." in added.output
    assert recognise("bo@desk.example", "a long enough phrase").role == "lead"
    assert "bo@desk.example" in run(args=["staff", "list"]).output
    changed = run(args=["staff", "passwd", "bo@desk.example", "--password-stdin"], input="quite another phrase\n")
    assert changed.exit_code == 0, changed.output
    db.session.rollback()
    assert recognise("bo@desk.example", "quite another phrase").name == "Bo"
    assert run(args=["staff", "deactivate", "bo@desk.example"]).exit_code == 0
    db.session.rollback()
    bo = queries.by_email("bo@desk.example")
    assert bo is not None
    assert not bo.active
    assert "inactive" in run(args=["staff", "list"]).output


def test_what_somebody_is_trained_for_opens_queues(app: APIFlask, cast: Cast) -> None:
    run = app.test_cli_runner().invoke
    trained = run(args=["staff", "train", "rui@desk.example", "--skill", "minors", "--reads", "zh"])
    assert trained.exit_code == 0, trained.output
    assert "may enter: minors, urgent" in trained.output and "intimate" not in trained.output
    db.session.rollback()
    assert (cast.rui.skills, cast.rui.reads) == (["minors"], ["zh"])
    unknown = run(args=["staff", "train", "rui@desk.example", "--skill", "flying"])
    assert unknown.exit_code == 1 and "does not know one of these skills" in unknown.output


def test_a_password_can_be_typed_twice_at_a_prompt(app: APIFlask) -> None:
    run = app.test_cli_runner().invoke
    typed = "a long enough phrase\na long enough phrase\n"
    assert run(args=["staff", "add", "bo@desk.example", "--name", "Bo"], input=typed).exit_code == 0


def test_mistakes_get_one_sentence(app: APIFlask, cast: Cast) -> None:
    run = app.test_cli_runner().invoke
    short = run(args=["staff", "add", "bo@desk.example", "--name", "Bo", "--password-stdin"], input="short\n")
    assert short.exit_code == 1
    assert "at least 12 characters" in short.output
    taken = run(
        args=["staff", "add", "rui@desk.example", "--name", "Rui", "--password-stdin"], input="a long enough phrase\n"
    )
    assert "already there" in taken.output
    nobody = run(args=["staff", "passwd", "nobody@desk.example", "--password-stdin"], input="a long enough phrase\n")
    assert "Nobody has the address" in nobody.output
