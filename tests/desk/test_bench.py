"""The bench in words: one block a pair, the strongest first, and no look that was not had reads as nothing found."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta

import pytest
from apiflask import APIFlask
from sqlalchemy import select

from tests.builders import file_report
from tests.desk.conftest import Browser
from tests.desk.drawn import Finding, case_of_files, copied_text, image, mirrored_third, said
from webapp.core.clock import now
from webapp.core.db import db, transaction
from webapp.core.i18n import speaking
from webapp.desk import passages, seen
from webapp.desk.drawing import after, applied, clipped, drawing, inverse, transform_of
from webapp.domain.cases.models import Case
from webapp.domain.cases.queries import evidence_of
from webapp.domain.evidence.models import Custody
from webapp.domain.matching import service as matching


def text_of(page: str) -> str:
    """What a page says."""
    return " ".join(re.sub(r"<[^>]+>", " ", page).split())


@pytest.fixture
def look(at_desk: Callable[[str], Browser]) -> Callable[[Case], str]:
    """The page of a case in words, as Rui sees it."""

    def open_it(case: Case) -> str:
        return text_of(at_desk("rui").get(f"/desk/case/{case.reference}").text)

    return open_it


def test_a_pair_is_one_block_that_begins_with_the_strongest_answer(look: Callable[[Case], str]) -> None:
    copy, findings = mirrored_third(image(5))
    answers = {
        "phash": said("none", "no_agreement", [{"kind": "bits", "differing": 112, "of": 256}]),
        "dct256": said("weak", "weak_agreement"),
        "features": said("strong", "part_of_the_reference", findings),
    }
    page = look(case_of_files(copy, image(5), answers))
    assert page.count("alleged-0.jpeg beside reference-1.jpeg") == 1
    assert "Strong match The same picture, mirrored and cropped to a third; 212 points agree." in page
    assert page.index("Supports The reported picture is a part") < page.index("Does not support")
    assert "Cannot tell Some structure agrees, too little to tell." in page
    assert "112 of 256 bits differ." in page


def test_why_nobody_looked_is_told_in_words(look: Callable[[Case], str]) -> None:
    page = look(
        case_of_files(
            image(1),
            image(2),
            {"phash": said("none", "no_agreement")},
            unlooked={
                "dct256": ("failed", "decoder_memory"),
                "features": ("not_applicable", "not_needed"),
                "face": ("not_applicable", "no_consent"),
                "picture_text": ("failed", "no_text"),
            },
        )
    )
    assert "Did not look At the reported file: unpacking needed too much memory." in page
    assert "Did not look Not needed: a cheaper detector already decides." in page
    assert "Did not look No consent." in page
    assert "Nothing to compare In the reported file: no text was found." in page
    assert "Weak, cannot tell No face was compared by machine. Please compare by eye." in page
    assert "Compare by eye: no face is measured here. The case waits in the queue like any other." in page


def test_what_could_not_be_compared_leaves_the_pair_open(look: Callable[[Case], str]) -> None:
    """A face that cannot be assessed is no "no match", whatever the pictures as pictures say."""
    unable = said("none", "cannot_assess")
    object.__setattr__(unable, "verdict", "cannot_tell")
    page = look(case_of_files(image(1), image(2), {"phash": said("none", "no_agreement"), "face": unable}))
    assert "Weak, cannot tell Could not be compared: too small, covered, drawn or turned away to tell." in page


def test_a_text_is_shown_escaped_and_reading_it_is_written_down(look: Callable[[Case], str]) -> None:
    query, reference, findings = copied_text()
    case = case_of_files(query, reference, {"text": said("strong", "copied_text", findings)})
    ids = {e.id for e in evidence_of(case.id) if e.role in ("alleged", "reference")}
    page = look(case)
    look(case)
    assert "&lt;b&gt;not bold&lt;/b&gt;" in page
    assert "66% of the reported text is in the reference too." in page
    db.session.rollback()
    shown = db.session.scalars(select(Custody.evidence_id).where(Custody.act == "shown")).all()
    assert sorted(shown) == sorted(ids)


def test_a_sealed_text_stays_closed(look: Callable[[Case], str]) -> None:
    query, reference, findings = copied_text()
    text = {"text": said("strong", "copied_text", findings)}
    case = case_of_files(query, reference, text)
    file_report(kind="INTIMATE_DEEPFAKE", content_ref="p1", email="li@example.org", proofs={})
    page = look(case)
    assert "The river keeps" not in page
    assert "this kind of content is opened one file at a time" in page


def test_who_asks_for_news_gets_little_and_often_nothing(at_desk: Callable[[str], Browser]) -> None:
    case = case_of_files(image(1), image(2), {}, unlooked={"phash": ("queued", "")})
    rui, address = at_desk("rui"), f"/desk/case/{case.reference}/looks"
    first = rui.get(address)
    assert first.json is not None and first.json["waiting"] is True
    same = rui.get(address, headers={"If-None-Match": first.headers["ETag"]})
    assert (same.status_code, same.data) == (304, b"")
    with transaction():
        for item in evidence_of(case.id):
            matching.record_scan(item.id, "phash", "1", state="failed", reason="truncated")
    then = rui.get(address, headers={"If-None-Match": first.headers["ETag"]})
    assert then.json is not None and then.json["stamp"] != first.json["stamp"] and then.json["waiting"] is False


@pytest.mark.parametrize(
    ("placement", "words"),
    [
        ({"changes": ["mirrored", "cropped"], "share": 0.34}, "mirrored and cropped to a third"),
        ({"changes": ["cropped"], "share": 0.95}, "cropped a little"),
        (
            {"changes": ["placed_inside", "tilted"], "share": 0.21, "angle": -6.7},
            "tilted by 7° and placed inside another picture, of which it covers a fifth",
        ),
        (
            {"changes": ["cropped", "placed_inside"], "share": 0.42},
            "cut so that 42% of it is left, beside other things",
        ),
    ],
)
def test_what_was_done_to_a_picture_in_words(app: APIFlask, placement: Finding, words: str) -> None:
    with app.test_request_context("/"), speaking("en"):
        said = seen.headline([("same_picture", [{"kind": "placement", **placement}])])
    assert said == f"The same picture, {words}."


def test_affine_maps_undo_each_other_and_regions_end_at_the_rim() -> None:
    turn = (0.5, 0.2, 0.1, -0.3, 0.6, 0.4)
    back = inverse(turn)
    assert back is not None
    assert after(turn, back) == pytest.approx((1, 0, 0, 0, 1, 0))
    assert applied(back, applied(turn, (0.3, 0.9))) == pytest.approx((0.3, 0.9))
    assert inverse((1, 2, 0, 2, 4, 0)) is None
    assert sorted(clipped([(-1, -1), (0.5, -1), (0.5, 0.5), (-1, 0.5)])) == [(0, 0), (0, 0.5), (0.5, 0), (0.5, 0.5)]


def test_nothing_is_drawn_where_no_place_was_found() -> None:
    sizes = ((800, 600), (640, 480))
    assert drawing([{"kind": "bits", "differing": 3, "of": 256}], *sizes) is None
    assert transform_of([{"kind": "transform", "matrix": [1, 0, 0, 1, 0, 0]}], *sizes) is None  # it flattens everything
    assert transform_of([{"kind": "placement", "inside": "query", "relation": "reference_inside"}], *sizes) is None


def test_texts_of_any_age_are_read_and_a_cut_splits_no_character() -> None:
    assert passages.decoded("\ufeff黄昏".encode()) == ("黄昏", False)
    assert passages.decoded("黄昏".encode("gb18030")) == ("黄昏", False)
    assert passages.decoded("黄昏".encode()[:5], cut=True) == ("黄", True)
    assert passages.decoded(b"\xff\xff") == ("\ufffd\ufffd", False)


def test_overlapping_passages_are_told_once_and_numbered_as_they_come() -> None:
    spans: Finding = {"kind": "spans", "query": [[4, 9, 3], [0, 6, 8]], "reference": [[0, 4, 3]], "share": 0.5}
    found = passages.panes([spans], ("0123456789", False), ("abcdefgh", False))
    assert found is not None
    assert [(run.text, run.link) for run in found.query.runs] == [("012345", 1), ("678", 2), ("9", 0)]
    assert [(run.text, run.link) for run in found.reference.runs] == [("abcd", 2), ("efgh", 0)]


def test_nobody_is_waited_for_for_ever(at_desk: Callable[[str], Browser]) -> None:
    case = case_of_files(image(1), image(2), {})
    address = f"/desk/case/{case.reference}/looks"
    assert at_desk("rui").get(address).json["waiting"] is True  # type: ignore[index]  # it answers JSON
    with transaction():
        for item in evidence_of(case.id):
            item.received_at = now() - timedelta(hours=1)
    assert at_desk("rui").get(address).json["waiting"] is False  # type: ignore[index]  # it answers JSON
