"""Reports as they were sent: how urgent, under which regimes, and who cannot send the same again."""

from __future__ import annotations

import pytest
from apiflask import APIFlask

from tests.builders import file_report
from webapp.core.db import db, transaction
from webapp.core.errors import Refused
from webapp.core.sealed import blind_index
from webapp.domain.policy.queries import book
from webapp.domain.reports import queries, service
from webapp.domain.reports.models import NoticeBar
from webapp.domain.reports.rules import priority

INDEX = blind_index


@pytest.mark.parametrize(
    ("kind", "circumstances", "expected"),
    [
        ("FABRICATION_RUMOUR", [], "P2"),
        ("FABRICATION_RUMOUR", ["disaster"], "P0"),
        ("FABRICATION_RUMOUR", ["nonsense"], "P2"),
        ("ANTI_SCIENCE", ["health"], "P2"),
        ("FRAUD", [], "P0"),
    ],
)
def test_circumstances_raise_the_priority_and_never_lower_it(
    kind: str, circumstances: list[str], expected: str
) -> None:
    """Only those the book names for the kind."""
    assert priority(kind, circumstances, book()) == expected


def test_what_was_sent_is_kept_as_sent(app: APIFlask) -> None:
    """Mode, regimes, statements, circumstances; a tip runs under no regime."""
    dmca = file_report(elected=["US_DMCA"]).report
    assert dmca.mode == "notice" and dmca.regimes == ["CN_RTCI", "CN_ECOM", "US_DMCA", "HOUSE"]
    assert dmca.statements == ["AUTHORITY", "GF", "PERJURY"] and dmca.signature == "Zhou Yun"
    tip = file_report(basis="ANY", content_ref="p2").report
    assert (tip.mode, tip.regimes) == ("tip", [])
    flood = file_report(
        kind="FABRICATION_RUMOUR", basis="ANY", circumstances=["disaster", "x"], content_ref="p3"
    ).report
    assert flood.circumstances == ["disaster"]


def test_after_a_restoration_the_same_claimant_cannot_notify_the_same_item_again(app: APIFlask) -> None:
    """RTCI art 17: her, this item, this regime; another item, another person, a tip are taken."""
    report = file_report().report
    index = INDEX("zhou.yun@example.org")
    with transaction():
        service.bar(report.subject, index, "CN_RTCI")
        service.bar(report.subject, index, "CN_RTCI")
        service.bar(report.subject, "", "CN_RTCI")
    assert db.session.query(NoticeBar).count() == 1
    assert queries.barred(report.subject_id, index, report.regimes) == ["CN_RTCI"]
    assert (
        queries.barred(report.subject_id, index, ["CN_ECOM"])
        == queries.barred(report.subject_id, "", ["CN_RTCI"])
        == []
    )
    with pytest.raises(Refused) as error:
        file_report(address="http://127.0.0.1:8001/posts/p1?share=1")
    assert error.value.params["fields"] == {"address": "notice_barred"}
    file_report(content_ref="p2")
    file_report(email="somebody.else@example.org")
    file_report(basis="ANY")
    assert file_report(kind="LIKENESS").report.subject_id == report.subject_id  # another right, another law
