"""What matching tells the desk is Chinese throughout: answers, declarations, cards, registry, blocks."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from PIL import Image

from tests.builders import picture
from tests.conftest import Cast
from tests.desk.conftest import Browser, known_account, matched_case
from tests.desk.drawn import case_of_files, copied_text, face_found, image, mirrored_third, said
from tests.desk.test_chinese import TYPED
from tests.desk.test_chinese_around import reader
from tests.desk.test_declarations import case_of
from tests.desk.test_registry import case_about, file_of, register
from tests.domain.decisions.story import choice, decided
from tests.domain.labels.test_labels import CAMERA, SEEN, TRACE, claim
from tests.reading import english
from webapp.core.db import db, transaction
from webapp.desk import seen
from webapp.domain.cases.models import Case
from webapp.domain.index import service as index
from webapp.domain.index.looking import Answer, Candidate
from webapp.domain.matching.book import chapter
from webapp.domain.matching.models import Match
from webapp.domain.registry import queries as registry
from webapp.domain.staydown import service as staydown

Enter = Callable[[str], Browser]
# Names of tools, standards and data sets, versions, and what a text of the test says.
NAMES = ("ImageHash", "SSCD", "LFW", "CASIA-FaceV5", "C2PA", "AIGC", "EXIF", "XMP", "IPTC", "RapidOCR", "Lumo Camera")
CODES = (*sorted(chapter()["detectors"], key=len, reverse=True), "Label=1 · ContentProducer=x")  # the longest first
FILES = ("alleged", "reference", "flask registry import")
HERS = (
    "Zhou Yun",
    "Lotus at Dusk",
    "VH-2",
    "W-1",
    "Contract of May.",
    "p2",
    "@copycat",
    "The same painting, mirrored.",
    *TYPED,
)


def _english(page: str) -> list[str]:
    return english(page, *HERS, *FILES, *NAMES, *CODES)


def _case_page(at_desk: Enter, case: Case) -> str:
    return reader(at_desk, "rui").get(f"/desk/case/{case.reference}").text


def test_a_pair_with_everything_that_can_be_drawn_is_chinese(at_desk: Enter) -> None:
    portrait = Image.new("RGB", (600, 560), "#e8e2d0")
    people, faces = face_found(portrait)
    _copy, places = mirrored_third(image(5))
    query, original, spans = copied_text()
    words = [{"kind": "text", "of": "query", "text": query.decode()}]
    words += [{"kind": "text", "of": "reference", "text": original.decode("gb18030")}]
    answers = {
        "features": said(findings=places),
        "face": said("possible", "similar_face", faces, 0.47),
        "picture_text": said("possible", "copied_text", spans + words),
        "phash": said("none", "no_agreement"),
    }
    case = case_of_files(people, portrait, answers, unlooked={"dct256": ("failed", "decoder_memory")})
    page = _case_page(at_desk, case)
    own = query.decode() + original.decode("gb18030")
    assert [line for line in _english(page) if line.split()[-1] not in own] == []


@pytest.mark.parametrize("reason", ["queued", "no_consent", "no_text", "truncated"])
def test_why_nobody_looked_is_chinese(at_desk: Enter, reason: str) -> None:
    state = "queued" if reason == "queued" else "not_applicable" if reason in seen.NOT_ASKED else "failed"
    unlooked = {"features": (state, reason), "face": (state, reason)}
    case = case_of_files(image(1), image(2), {"phash": said("weak", "weak_agreement")}, unlooked=unlooked)
    assert _english(_case_page(at_desk, case)) == []


def test_what_files_say_of_themselves_is_chinese(at_desk: Enter, cast: Cast) -> None:
    plain = claim("declared", "png_aigc", "editable", "Label=1 · ContentProducer=x", "FIELD_MISSING", "CRC_MISMATCH")
    assert _english(_case_page(at_desk, case_of(cast.rui, "AI_LABEL_MISSING", plain, CAMERA, SEEN, TRACE))) == []


def test_cards_replays_and_looking_again_are_chinese(at_desk: Enter, cast: Cast) -> None:
    lan = reader(at_desk, "lan")
    pages = ["/desk/detectors", *(f"/desk/detectors/{name}" for name in chapter()["detectors"])]
    pages += ["/desk/detectors/phash/bands?strong=10&possible=20&weak=64", "/desk/detectors/phash/bands?strong=a"]
    assert [english for page in pages for english in _english(lan.get(page).text)] == []


def test_setting_a_match_aside_is_chinese(at_desk: Enter, cast: Cast) -> None:
    rui, case = reader(at_desk, "rui"), known_account(matched_case())
    match = db.session.query(Match).one().id
    address = f"/desk/case/{case.reference}"
    rui.post(f"{address}/take")
    assert _english(rui.post(f"{address}/matches/{match}/aside", data={"why": ""}).text) == []
    rui.post(f"{address}/matches/{match}/aside", data={"why": "licensed", "note": "Contract of May."})
    page = rui.get(address).text
    assert "对该权利人排除" in page and _english(page) == []


def test_registry_sightings_and_blocks_are_chinese(at_desk: Enter, cast: Cast) -> None:
    lan = reader(at_desk, "lan")
    assert _english(register(lan, title=" ").text) == []  # type: ignore[attr-defined]  # a response
    register(lan)
    register(lan, "VH-2", "河灯", picture(2), kind="virtual_human")
    assert _english(lan.get("/desk/registry").text) == []
    db.session.rollback()
    item = registry.page()[0].items[0].evidence_id
    old = case_about(cast.rui, "p1")
    decided(old, cast.rui, choice(old, ("remove", None), ("block_hash", 90)))
    new = case_about(None, "p2")
    with transaction():
        index.enter(item, "registered")
        staydown.follow(old.id)
        found = [Candidate(file_of(old), "decided", None, identical=True), Candidate(item, "registered", 9)]
        index.record_lookup(file_of(new), Answer("done", 12431, 3.2, 0, found))
        staydown.see(file_of(new), file_of(old), "identical")
    for case in (old, new):
        assert _english(lan.get(f"/desk/case/{case.reference}").text) == []
