"""Registering works: once under a number, file by file, from a folder in which some rows are wrong; and ending."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest
from sqlalchemy import func, select

from tests.builders import picture
from webapp.core.audit import SYSTEM, AuditEntry
from webapp.core.db import db, transaction
from webapp.core.errors import Refused
from webapp.domain.evidence.models import Evidence
from webapp.domain.registry import queries, service
from webapp.domain.registry.importing import Done, import_folder
from webapp.domain.registry.models import Registration
from webapp.domain.registry.rules import Entry

pytestmark = pytest.mark.usefixtures("app")

LOTUS = Entry("W-2026-1", "work", "Lotus at Dusk", "Zhou Yun", "2026-03-01")


def folder(place: Path, *rows: tuple[str, ...]) -> Path:
    """A folder with two pictures, a text that claims to be one, and a manifest of these rows."""
    place.mkdir(exist_ok=True)
    (place / "lotus.jpg").write_bytes(picture(1))
    (place / "detail.jpg").write_bytes(picture(2))
    (place / "page.jpg").write_bytes(b"<html><script>alert(1)</script></html>")
    with (place / "manifest.csv").open("w", encoding="utf-8-sig", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(("number", "kind", "title", "holder", "file", "registered"))
        writer.writerows(rows)
    return place


def outcomes(done: list[Done]) -> list[tuple[int, str, str]]:
    return [(d.line, d.outcome, d.code) for d in done]


def test_a_number_is_one_registration() -> None:
    with transaction():
        first, new = service.register(LOTUS, SYSTEM)
        again, second = service.register(LOTUS, SYSTEM)
        assert (new, second, again.id) == (True, False, first.id)
    assert first.registered_at.isoformat().startswith("2026-03-01")
    with pytest.raises(Refused, match="registration_number_taken"), transaction():
        service.register(Entry("W-2026-1", "work", "Another", "Somebody else"), SYSTEM)
    assert db.session.scalars(select(AuditEntry.verb)).all() == ["registration.add"]


@pytest.mark.parametrize(
    ("entry", "code"),
    [
        (Entry(" ", "work", "t", "h"), "registration_number_missing"),
        (Entry("1", "work", "", "h"), "registration_title_missing"),
        (Entry("1", "work", "t", " "), "registration_holder_missing"),
        (Entry("1", "song", "t", "h"), "registration_kind_unknown"),
        (Entry("1", "work", "t" * 201, "h"), "registration_too_long"),
        (Entry("1", "work", "t", "h", "yesterday"), "registration_date_wrong"),
        (Entry("1", "work", "t", "h", "2999-01-01"), "registration_date_wrong"),
    ],
)
def test_what_a_registration_must_say(entry: Entry, code: str) -> None:
    with pytest.raises(Refused, match=code), transaction():
        service.register(entry, SYSTEM)


def test_a_folder_is_taken_row_by_row_and_a_repeat_changes_nothing(tmp_path: Path) -> None:
    place = folder(
        tmp_path / "works",
        ("W-1", "work", "Lotus", "Zhou Yun", "lotus.jpg", "2026-03-01"),
        ("W-1", "work", "Lotus", "Zhou Yun", "detail.jpg", "2026-03-01"),
        ("W-2", "work", "Missing", "Zhou Yun", "nowhere.jpg", ""),
        ("W-3", "work", "Outside", "Zhou Yun", "../secret.jpg", ""),
        ("W-4", "work", "A page", "Zhou Yun", "page.jpg", ""),
        ("W-1", "work", "Not the lotus", "Somebody", "lotus.jpg", ""),
        ("VH-1", "virtual_human", "Ling", "Studio Nine", "detail.jpg", ""),
    )
    (tmp_path / "secret.jpg").write_bytes(picture(3))
    assert outcomes(list(import_folder(place, SYSTEM))) == [
        (2, "registered", ""),
        (3, "added", ""),
        (4, "refused", "file_missing"),
        (5, "refused", "file_missing"),
        (6, "refused", "file_refused"),
        (7, "refused", "registration_number_taken"),
        (8, "registered", ""),
    ]
    items = db.session.scalar(select(func.count()).select_from(Evidence))
    assert [o for _l, o, _c in outcomes(list(import_folder(place, SYSTEM)))].count("known") == 3
    assert db.session.scalar(select(func.count()).select_from(Evidence)) == items == 3
    assert {(e.role, e.source) for e in db.session.scalars(select(Evidence))} == {("reference", "registry")}


def test_a_folder_without_a_manifest_or_its_columns_is_refused(tmp_path: Path) -> None:
    with pytest.raises(Refused, match="manifest_missing"):
        list(import_folder(tmp_path, SYSTEM))
    (tmp_path / "manifest.csv").write_text("number,title\n1,x\n", encoding="utf-8")
    with pytest.raises(Refused, match="manifest_columns"):
        list(import_folder(tmp_path, SYSTEM))


def test_the_list_is_paged_by_key_and_searched() -> None:
    with transaction():
        for n in range(7):
            service.register(Entry(f"W-{n}", "work", f"Work 100%{n}", "Zhou Yun"), SYSTEM)
    first = queries.page(limit=3)
    assert len(first) == 4
    last = first[2]
    second = queries.page((last.added_at, last.id), limit=3)
    assert {r.number for r in first[:3]} & {r.number for r in second} == set()
    assert [r.number for r in queries.page(search="100%5")] == ["W-5"]
    assert queries.page(search="_-5") == []


def test_what_ended_takes_no_more_files_and_does_not_end_twice(tmp_path: Path) -> None:
    place = folder(tmp_path / "works", ("W-1", "work", "Lotus", "Zhou Yun", "lotus.jpg", ""))
    list(import_folder(place, SYSTEM))
    with transaction():
        service.end(db.session.scalars(select(Registration)).one(), SYSTEM)
    with pytest.raises(Refused, match="registration_ended"), transaction():
        service.end(db.session.scalars(select(Registration)).one(), SYSTEM)
    folder(place, ("W-1", "work", "Lotus", "Zhou Yun", "detail.jpg", ""))
    assert outcomes(list(import_folder(place, SYSTEM))) == [(2, "refused", "registration_ended")]
    assert queries.counts() == {"ended": 1}
