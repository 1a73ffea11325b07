"""Taking a report in: kept while it is written, whole or not at all, and once however often it is sent."""

from __future__ import annotations

from datetime import timedelta

import pytest
import time_machine
from apiflask import APIFlask

from tests.builders import ANSWERS, evidence_of, file_report, picture
from webapp.core.clock import now
from webapp.core.db import db, transaction
from webapp.core.errors import NotFound, Refused
from webapp.domain.claimants.models import Consent, Reporter
from webapp.domain.evidence.models import Custody, Evidence
from webapp.domain.evidence.service import store
from webapp.domain.intake import service
from webapp.domain.intake.models import Draft
from webapp.domain.intake.rules import FilledReport, gaps
from webapp.domain.policy.queries import book
from webapp.domain.reports.models import Report
from webapp.domain.reports.service import open_by_secret


@pytest.mark.parametrize(
    ("change", "missing"),
    [
        ({}, {}),
        ({"kind": ""}, {"kind": "choose_kind"}),
        ({"basis": "VHOWN"}, {"basis": "choose_standing"}),
        ({"basis": "AGENT"}, {"claimant_name": "claimant_name_missing"}),
        ({"address": "", "content_ref": ""}, {"address": "address_missing"}),
        ({"wrong": "bad"}, {"wrong": "wrong_too_short"}),
        ({"work_title": ""}, {"work_title": "work_title_missing"}),
        ({"name": "", "email": ""}, {"name": "name_missing", "email": "email_missing"}),
        ({"good_faith": False}, {"good_faith": "good_faith_missing"}),
        ({"kind": "FRAUD", "basis": "ANY", "name": "", "work_title": ""}, {}),
    ],
)
def test_a_report_asks_only_for_what_its_kind_needs(change: dict[str, object], missing: dict[str, str]) -> None:
    """Changes to a complete copyright report → what the form still asks for."""
    assert gaps(FilledReport.from_dict(ANSWERS | change), (), book()) == missing


def test_the_same_send_twice_is_one_report_with_one_receipt(app: APIFlask) -> None:
    """A double click, or a phone that sends again after a dead line."""
    with transaction():
        _draft, token = service.create_draft(ANSWERS)
    receipts = []
    for _ in range(3):
        with transaction():
            receipts.append(service.submit(token))
    assert len({(r.reference, r.secret) for r in receipts}) == 1
    assert db.session.query(Report).count() == db.session.query(Reporter).count() == 1
    assert db.session.query(Draft).count() == 0
    assert open_by_secret(receipts[0].reference.lower(), receipts[0].secret.lower()).id == receipts[0].report.id


def test_an_incomplete_draft_is_refused_and_kept(app: APIFlask) -> None:
    """Nothing half-saved: no reporter, no case, and the draft is still there with what was typed."""
    with transaction():
        _draft, token = service.create_draft(ANSWERS | {"email": ""})
    with pytest.raises(Refused) as error, transaction():
        service.submit(token)
    assert error.value.params["fields"] == {"email": "email_missing"}
    assert db.session.query(Reporter).count() == 0
    kept = service.load_draft(token)
    assert kept is not None and service.filled(kept).wrong == ANSWERS["wrong"]


@pytest.mark.parametrize(("reference", "secret"), [("R-0000-0000", None), (None, "AAAA-BBBB-CCCC-DDDD")])
def test_a_wrong_secret_and_a_wrong_reference_look_the_same(
    app: APIFlask, reference: str | None, secret: str | None
) -> None:
    """Nobody learns which reports exist."""
    receipt = file_report()
    with pytest.raises(NotFound, match="no_such_report"):
        open_by_secret(reference or receipt.reference, secret or receipt.secret)


def test_personal_data_lies_in_the_database_file_sealed_only(app: APIFlask) -> None:
    """Neither name nor address of the reporter can be read in the file, not even while it is a draft."""
    if db.engine.dialect.name != "sqlite":
        pytest.skip("the file is PostgreSQL's own")
    with transaction():
        service.create_draft(ANSWERS)
    file_report()
    data = b"".join(p.read_bytes() for p in app.config["SETTINGS"].data.glob("redress.db*") if p.is_file())
    assert b"zhou.yun@example.org" not in data and b"Zhou Yun" not in data


def test_consent_is_separate_and_only_where_the_kind_has_a_comparison(app: APIFlask) -> None:
    """A face may be compared only with its own yes; a picture needs none, whatever was ticked."""
    file_report(consent=True)
    assert db.session.query(Consent).count() == 0
    file_report(kind="LIKENESS", consent=True)
    assert [c.purpose for c in db.session.query(Consent)] == ["face"]


def test_files_have_a_trail_and_the_same_file_twice_is_one(app: APIFlask) -> None:
    """Custody starts with the first byte kept; a file taken back is marked, not sent."""
    receipt = file_report([picture(1), picture(1)], [picture(2)])
    assert len(evidence_of(receipt, "alleged")) == 1
    assert {c.act for c in db.session.query(Custody)} == {"received"}


def test_too_many_files_are_refused(app: APIFlask) -> None:
    """The limit is the operator's; one more is a clear refusal."""
    limit = app.config["SETTINGS"].max_files
    with pytest.raises(Refused) as error:
        file_report([picture(n, size=(60, 60)) for n in range(limit + 1)])
    assert error.value.code == "too_many_files" and error.value.params["limit"] == limit


def test_drafts_are_erased_after_a_day(app: APIFlask) -> None:
    """What was typed and never sent is not kept."""
    with transaction():
        draft, token = service.create_draft(ANSWERS)
        service.attach_file(
            draft, store().put(picture(3)), role="alleged", name="x.jpg", media_type="image/jpeg", width=1, height=1
        )
    with time_machine.travel(now() + timedelta(hours=25), tick=False):
        assert service.load_draft(token) is None
        with transaction():
            assert service.sweep_drafts() == 1
    assert db.session.query(Draft).count() == 0
    assert db.session.query(Evidence).one().dropped_at is not None
