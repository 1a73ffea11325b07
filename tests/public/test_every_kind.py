"""All kinds on every allowed basis go through the form: it asks what intake asks, and takes no more than it needs."""

from __future__ import annotations

import re

import pytest
from apiflask import APIFlask

from tests.public.conftest import Visitor, receipt, said
from webapp.core.db import db
from webapp.domain.cases.returns import open_return
from webapp.domain.intake.rules import asks
from webapp.domain.policy.queries import book
from webapp.domain.reports import queries as reports

KINDS = [code for code, _kind in book().ordered_kinds()]
ELECTIVE = [k for k in KINDS if any(book().regimes[r].elected for r in book().enabled_regimes(k))]
FIELDS = re.compile(r'<(?:input|textarea|select)[^>]* name="(\w+)"')
# What pages carry besides questions.
NOT_ASKED = {"csrf_token", "platform", "content_ref", "same_as", "form_key", "circumstances", "elected", "language"}
# What follows from an ask without being one: whom, and the parts of a written authority.
OF_STANDING = {"basis", "claimant_name", "matters", "reach", "valid_from", "valid_to"}


def fields(kind: str, basis: str, elected: tuple[str, ...] = ()) -> set[str]:
    """What the form asks, by code for papers and by name for the rest. A place in time brings whether it was live and
    when, and with a file of it the part that counts."""
    asked = {a.code if a.name == "proof" else a.name for a in asks(kind, basis, elected, book())}
    if "time_position" in asked:
        asked |= {"live", "seen_at"} | ({"part_from", "part_to"} if "alleged" in asked else set())
    return asked - {"reference"}


def file(app: APIFlask, kind: str, basis: str, elected: tuple[str, ...] = ()) -> tuple[str, set[str]]:
    """File a whole report: its reference, and the names of all fields the pages had."""
    visitor, names = Visitor(app.test_client()), set[str]()
    pages = visitor.fill(kind={"kind": kind}, who={"basis": basis, "elected": list(elected)})
    for path in pages:
        names |= set(FIELDS.findall(visitor.get(path).text))
    assert visitor.send().location == "/report/receipt"
    return receipt(visitor.get("/report/receipt"))[0], names - NOT_ASKED - OF_STANDING - {"kind"}


@pytest.mark.parametrize("kind", KINDS)
def test_a_kind_can_be_filed_on_every_allowed_basis(app: APIFlask, kind: str) -> None:
    for basis in book().leaves(kind):
        reference, names = file(app, kind, basis)
        report = reports.by_reference(reference)
        assert (report.kind, report.standing.basis) == (kind, basis)
        assert report.mode == ("tip" if book().leaves(kind)[basis] == "tip" else "notice")
        assert open_return(report.id) is None, (basis, open_return(report.id).missing)  # type: ignore[union-attr]  # it is one here
        assert names - {"proof", "reference", "consent"} == fields(kind, basis), basis
        db.session.rollback()


@pytest.mark.parametrize(
    "kind", [k for k in KINDS if any(book().regimes[r].elected for r in book().enabled_regimes(k))]
)
def test_a_procedure_of_choice_brings_its_own_statements(app: APIFlask, kind: str) -> None:
    elected = tuple(r for r in book().enabled_regimes(kind) if book().regimes[r].elected)
    reference, names = file(app, kind, "SELF", elected)
    assert set(elected) <= set(reports.by_reference(reference).regimes)
    assert names - {"proof", "reference", "consent"} == fields(kind, "SELF", elected)
    assert "signature" in names


@pytest.mark.parametrize("kind", KINDS)
def test_each_field_says_why_it_is_asked(app: APIFlask, kind: str) -> None:
    visitor = Visitor(app.test_client())
    basis = next(iter(book().leaves(kind)))
    pages = visitor.fill(kind={"kind": kind}, who={"basis": basis})
    words = " ".join(said(visitor.get(path)) for path in pages)
    anonymous = book().kinds[kind].anonymous
    for ask in asks(kind, basis, (), book()):
        if ask.code != "CONTACT" or not anonymous:
            assert ask.why.en in words, ask.code


@pytest.mark.parametrize("kind", [k for k in KINDS if book().urgent(book().kinds[k].priority)])
def test_before_an_urgent_kind_nobody_is_asked_who_they_are(app: APIFlask, kind: str) -> None:
    for basis in book().leaves(kind):
        _reference, names = file(app, kind, basis)
        assert not names & {"name", "claimant_name", "postal_address", "reference", "POA", "KIN", "DEATH", "IDDOC"}


@pytest.mark.parametrize("kind", [k for k in KINDS if book().kinds[k].sealed])
def test_of_a_sealed_kind_no_file_is_asked_or_taken(visitor: Visitor, photo: bytes, kind: str) -> None:
    pages = visitor.fill(kind={"kind": kind})
    assert "/report/files" not in pages
    assert "Do not send us the picture" in said(visitor.get("/report/content"))
    assert visitor.get("/report/files").location == "/report/contact"
    answer = visitor.send_file(photo)
    assert answer.status_code == 422
    assert "The address of the content is enough" in answer.json["error"]
