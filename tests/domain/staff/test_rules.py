"""Who may do what, how long a sign-in holds, and what a password must be."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from webapp.core.errors import NotAllowed, Refused
from webapp.domain.staff.rules import PERMISSIONS, ROLES, can, check_password, normal_email, require, session_holds

MOMENT = datetime(2026, 11, 22, 9, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("permission", "roles"),
    [
        ("review", ["reviewer", "lead", "admin"]),
        ("see_reporter_identity", ["reviewer", "lead", "admin"]),
        ("see_audit", ["lead", "admin"]),
        ("retry_tasks", ["lead", "admin"]),
        ("manage_staff", ["admin"]),
        ("no_such_permission", []),
    ],
)
def test_each_permission_belongs_to_these_roles(permission: str, roles: list[str]) -> None:
    assert [role for role in ROLES if can(role, permission)] == roles


def test_every_permission_names_known_roles_only() -> None:
    assert all(roles <= set(ROLES) for roles in PERMISSIONS.values())
    with pytest.raises(NotAllowed):
        require("reviewer", "manage_staff")


@pytest.mark.parametrize(
    ("idle", "left", "revoked", "holds"),
    [
        (timedelta(minutes=29), timedelta(hours=1), False, True),
        (timedelta(minutes=30), timedelta(hours=1), False, False),
        (timedelta(0), timedelta(0), False, False),
        (timedelta(0), timedelta(hours=1), True, False),
    ],
)
def test_when_a_sign_in_still_opens_the_desk(idle: timedelta, left: timedelta, revoked: bool, holds: bool) -> None:
    assert session_holds(MOMENT - idle, MOMENT + left, MOMENT if revoked else None, MOMENT) is holds


@pytest.mark.parametrize(
    ("typed", "kept"), [("Rui@Desk.Example ", "rui@desk.example"), ("a@b", "a@b"), ("王@例子.中国", "王@例子.中国")]
)
def test_addresses_meet_in_one_form(typed: str, kept: str) -> None:
    assert normal_email(typed) == kept


@pytest.mark.parametrize("typed", ["", "rui", "@desk.example", "rui@", "r ui@desk.example", f"{'a' * 250}@b.cn"])
def test_what_is_no_address_is_refused(typed: str) -> None:
    with pytest.raises(Refused, match="email_wrong"):
        normal_email(typed)


def test_length_is_what_a_password_is_judged_by() -> None:
    check_password("twelve chars")
    check_password("密码可以是中文句子也行的吧")
    with pytest.raises(Refused, match="password_short"):
        check_password("eleven char")
    with pytest.raises(Refused, match="password_long"):
        check_password("x" * 257)
