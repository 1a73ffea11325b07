"""A whole day at the desk in Chinese: queues, hands, search, basket, second eyes, quality, figures, settings."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from apiflask import APIFlask

from tests.builders import file_report
from tests.conftest import Cast
from tests.desk.conftest import Browser, choice, fresh, known_account, matched_case
from tests.desk.recordings import case_of_recording, tone
from tests.desk.test_basket import case_with, confirm, tick, work
from tests.desk.test_chinese_around import OWN, reader
from tests.desk.test_composing import dismissed_before, taken
from tests.desk.test_figures import worked  # noqa: F401  # a fixture
from tests.desk.test_quality import drawn, form  # noqa: F401  # `drawn` is a fixture
from tests.desk.test_search import case_with as written
from tests.desk.test_search import read_again
from tests.desk.test_together import the_question, two_cases
from tests.reading import english
from webapp.core.clock import now
from webapp.core.db import db, transaction
from webapp.desk.figures import FIGURES
from webapp.domain.cases import queries as cases
from webapp.domain.cases import service as case_verbs
from webapp.domain.policy.queries import book
from webapp.domain.quality.models import BlindLook, RuleNote
from webapp.domain.queues import counting

AtDesk = Callable[[str], Browser]
TYPED = (
    "Rui says: her picture, put up mirrored.",
    *OWN,
    "A painting",
    "painting",
    "song.wav",
    "image/jpeg",
    "demo",
    "My watercolour paintings",
    "mirror.example",
    "chenmo",
    "@copycat",
)
# What an answer for a script holds beside words.
CODES = {"address", "give", "keep", "key", "id", "reference", "token", "until"}


@pytest.fixture
def minute(app: APIFlask) -> Iterator[None]:
    """An installation where decisions wait a minute."""
    before = app.config["SETTINGS"]
    app.config["SETTINGS"] = before.model_copy(update={"undo_seconds": 60})
    yield
    app.config["SETTINGS"] = before


def said(browser: Browser, address: str, **data: object) -> list[str]:
    """What is English on a page, or on the page a form leads to."""
    if not data:
        answer = browser.get(address, follow_redirects=True)
    else:
        answer = browser.post(address, data=data, follow_redirects=True)
    assert answer.status_code < 500, address
    assert "<html" in answer.text[:200], address
    return english(answer.text, *TYPED)


def spoken(told: object) -> list[str]:
    """The words in an answer for a script: addresses, moments and codes are for the script alone."""
    if isinstance(told, dict):
        return [word for name, one in told.items() for word in spoken(one) if name not in CODES]
    if isinstance(told, list):
        return [word for one in told for word in spoken(one)]
    return [told] if isinstance(told, str) else []


def test_queues_and_the_ways_to_give_a_case_away_are_chinese(at_desk: AtDesk, cast: Cast) -> None:
    case = known_account(matched_case())
    file_report(kind="FRAUD", basis="ANY", content_ref="u1")
    matched_case(2)
    rui, lan = reader(at_desk, "rui"), reader(at_desk, "lan")
    assert said(rui, "/desk/queues") == []
    with transaction():
        counting.keep(counting.look())
    for browser in (rui, lan, reader(at_desk, "ada")):
        for address in ("/desk/queues", "/desk/", "/desk/?queue=works", "/desk/staff", "/desk/interests"):
            assert said(browser, address) == [], address
    assert said(rui, "/desk/next", queue="seniors") == []
    place = f"/desk/case/{case.reference}"
    rui.post(f"{place}/take")
    assert said(rui, place) == []
    assert said(rui, f"{place}/skip", why="") == []
    assert said(rui, f"{place}/skip", why="interest") == []
    assert said(rui, f"{place}/escalate", why="") == []
    assert said(rui, f"{place}/move", queue="labels", why="标识问题") == []
    assert said(rui, f"{place}/move", queue="labels", why="标识问题") == []
    assert said(rui, f"{place}/escalate", why="哪一个在先？") == []
    assert said(rui, place) == []
    declared = {"kind": "account", "what": case.reference, "reason": "亲属"}
    assert said(rui, "/desk/interests", **declared | {"what": "@nobody"}) == []
    assert said(rui, "/desk/interests", **declared) == []
    assert said(rui, place) == []
    assert said(lan, "/desk/interests", **declared, staff=cast.mei.id) == []
    assert said(reader(at_desk, "mei"), "/desk/interests") == []


def test_asking_for_a_case_handing_it_over_and_undoing_are_chinese(minute: None, at_desk: AtDesk, cast: Cast) -> None:
    case = known_account(matched_case())
    place, other = f"/desk/case/{case.reference}", cast.mei.id
    rui, mei = reader(at_desk, "rui"), reader(at_desk, "mei")
    rui.post(f"{place}/take")
    assert said(rui, f"{place}/draft", **choice(fresh(case), reason="草稿")) == []
    assert said(rui, place) == []
    assert said(mei, place) == []
    assert said(mei, f"{place}/want", why="我了解这个账号") == []
    assert said(rui, place) == []
    told = rui.get(f"/desk/pulse?case={case.reference}").json
    assert told is not None and english(" <br> ".join(spoken(told)), *TYPED) == []
    assert said(rui, f"{place}/hand-over", to="") == []
    assert said(rui, f"{place}/hand-over", to=other, note="请看一下") == []
    assert said(mei, "/desk/") == []
    assert said(mei, place) == []
    assert said(mei, f"{place}/decide", **choice(fresh(case), reason="画面相同。")) == []
    assert said(mei, place) == []
    assert said(rui, place) == []
    assert said(rui, f"{place}/decide", **choice(fresh(case), reason="画面相同。")) == []
    token = re.search(r'name="token" value="([^"]+)"', mei.get("/desk/").text)
    assert token
    assert said(mei, "/desk/undo", token=token[1]) == []
    assert said(mei, "/desk/undo", token=token[1]) == []


def test_composing_is_chinese(at_desk: AtDesk, cast: Cast) -> None:
    dismissed_before(cast)
    rui = reader(at_desk, "rui")
    case, place = taken(rui)
    assert said(rui, place) == []
    whole = choice(case, reason="画面相同。")
    told = rui.post(f"{place}/what-if", data=whole, headers={"Accept": "application/json"}).json
    assert told is not None
    words = [*told["rows"], *(cell for one in told["columns"] for part in one["cells"] for cell in part)]
    assert english(" <br> ".join([*words, *told["apart"], *(one["name"] for one in told["columns"])])) == []
    assert said(rui, f"{place}/what-if", **whole) == []
    assert said(rui, f"{place}/preview", **whole) == []  # asks why it differs
    assert said(rui, f"{place}/preview", **whole, apart="原件在案。", note="请梅看一下。") == []
    assert (
        said(rui, f"{place}/decide", **choice(fresh(case), reason="位置在{{出现的位置}}。", apart="原件在案。")) == []
    )
    for code in book().reasons:
        ready = rui.get(f"/desk/reasons/{code}?in=zh").json
        assert ready is None or english(str(ready.get("text", ""))) == [], code
    assert said(rui, f"{place}/decide", **whole, apart="原件在案。") == []
    assert said(rui, place) == []


def test_second_eyes_and_questions_are_chinese(at_desk: AtDesk, cast: Cast) -> None:
    case = known_account(matched_case())
    place, other = f"/desk/case/{case.reference}", cast.mei.id
    rui, mei = reader(at_desk, "rui"), reader(at_desk, "mei")
    rui.post(f"{place}/take")
    assert said(rui, f"{place}/eyes", question="") == []
    assert said(rui, f"{place}/eyes", question="是同一条河吗？", of=other) == []
    asked = the_question().id
    for browser in (rui, mei):
        assert said(browser, "/desk/eyes") == []
        assert said(browser, place) == []
    assert said(rui, f"/desk/eyes/{asked}", finding="supported") == []
    assert said(mei, f"/desk/eyes/{asked}", note="像") == []
    assert said(mei, f"/desk/eyes/{asked}", finding="supported", note="像") == []
    assert said(rui, "/desk/eyes") == []
    assert said(rui, place) == []
    assert said(rui, f"/desk/eyes/{asked}", do="read") == []
    assert said(rui, f"{place}/ask-account", text="", do="send") == []
    assert said(rui, f"{place}/ask-account", text="画是谁画的？", do="send") == []
    assert said(rui, "/desk/?queue=works") == []


def test_merging_and_splitting_are_chinese(at_desk: AtDesk, cast: Cast) -> None:
    kept, gone = two_cases()
    place, away = f"/desk/case/{kept.reference}", f"/desk/case/{gone.reference}"
    second = file_report(email="li.na@example.org", kind="FRAUD", basis="ANY").report.id
    rui = reader(at_desk, "rui")
    rui.post(f"{place}/take")
    assert said(rui, place) == []
    typed = {"other": gone.reference, "why": "同一张图片"}
    assert said(rui, f"{place}/merge", **typed) == []
    assert said(rui, f"{place}/merge", **typed, do="merge") == []
    assert said(rui, f"{place}/merge", other="C-0000-0000") == []
    assert said(rui, f"{place}/merge", **typed, do="merge", across="yes") == []
    assert said(rui, f"{away}/decide", **choice(gone, reason="合并之前填写")) == []
    assert said(rui, f"{place}/split", why="另一件事") == []
    assert said(rui, f"{place}/split", reports=second, why="另一件事") == []
    assert said(rui, f"/desk/case/{cases.case_of(second).reference}") == []


def test_search_and_filters_are_chinese(at_desk: AtDesk) -> None:
    case = known_account(matched_case())
    for n in range(26):
        written("A painting", f"s{n}")
    written("sealed", "p1", kind="INTIMATE_DEEPFAKE", proofs={})
    read_again()
    rui, ada = reader(at_desk, "rui"), reader(at_desk, "ada")
    for q in ("", "?q=painting", "?q=无此内容", "?q=chenmo", "?q=li@example.org", "?since=2001-01-01&until=never"):
        assert said(rui, f"/desk/search{q}") == [], q
    assert said(rui, "/desk/search/saved", q="画", kind="FRAUD", name="画作", shared="1") == []
    assert said(rui, "/desk/search/saved", q="画", name=" ") == []
    for browser in (rui, ada, reader(at_desk, "mei")):
        assert said(browser, "/desk/search") == []
    assert said(rui, "/desk/search/reporter", email="zhou.yun@example.org") == []
    assert said(rui, "/desk/search/reporter", email="zhou@example.org") == []
    for q in ("", case.reference, "队列", "chenmo", "质量"):
        found = ada.get("/desk/jump", query_string={"q": q}).json
        assert found is not None
        words = spoken(found)
        assert english(" <br> ".join(words), *TYPED) == [], q


def test_the_basket_is_chinese(at_desk: AtDesk, cast: Cast) -> None:
    found = [case_with(f"p{n}") for n in range(4)]
    urgent = case_with("p9", kind="INTIMATE_DEEPFAKE", proofs={}, email="li@example.org")
    with transaction():
        case_verbs.take(found[1].id, cast.mei)
    rui, other = reader(at_desk, "rui"), cast.lan.id
    assert said(rui, "/desk/basket") == []
    tick(rui, *found, urgent)
    assert said(rui, "/desk/basket") == []
    ready = next(code for code, one in book().reasons.items() if one.verdict == "rejected" and "{{" in one.text.en)
    forms: list[dict[str, str]] = [
        {"verb": "move", "queue": "", "why": ""},
        {"verb": "move", "queue": "labels", "why": "归类有误"},
        {"verb": "assign", "colleague": other, "note": "请看"},
        {"verb": "reject", "template": ready, "reason": ""},
        {"verb": "reject", "reason": "两幅作品不同。"},
        {"verb": "merge", "into": found[0].reference, "why": "同一张图片"},
        {"verb": "skip", "skip": next(iter(book().queues.skip_reasons)), "note": ""},
        {"verb": "take"},
        {"verb": "release"},
        {"verb": "rescan"},
    ]
    for one in forms:
        assert said(rui, "/desk/basket/look", **one) == [], one["verb"]
    tick(rui, *found, urgent)
    act = confirm(rui, rui.post("/desk/basket/look", data=forms[1]).text)
    assert said(rui, act) == []
    work()
    assert said(rui, act) == []
    assert said(rui, "/desk/basket") == []
    assert english(rui.post(f"{act}/look").text, *TYPED) == []
    assert english(rui.post(f"{act}/undo", follow_redirects=True).text, *TYPED) == []
    work()
    for address in ("/desk/basket", act):
        assert said(rui, address) == [], address
    assert english(rui.post(f"{act}/undo", follow_redirects=True).text, *TYPED) == []


def test_blind_looks_golden_cases_and_notes_are_chinese(at_desk: AtDesk, drawn: BlindLook) -> None:  # noqa: F811
    case, whole = drawn.case, form(drawn.case, "not_supported", reason="树不一样。")
    mei, lan = reader(at_desk, "mei"), reader(at_desk, "lan")
    place = "/desk/quality/looks/Q-2222-3333"
    for address in ("/desk/quality", "/desk/quality/agreement", "/desk/quality/golden", "/desk/quality/notes"):
        assert said(lan, address) == [], address
    assert english(mei.post("/desk/quality/begin", follow_redirects=True).text, *TYPED, "Q-2222-3333") == []
    assert [s for s in said(mei, f"{place}/find", reason="") if "Q-2222" not in s] == []
    assert [s for s in said(mei, f"{place}/find", **whole) if "Q-2222" not in s] == []
    assert [s for s in said(mei, "/desk/quality") if "Q-2222" not in s] == []
    assert [s for s in said(lan, "/desk/quality/agreement") if "Q-2222" not in s] == []
    assert said(lan, f"/desk/quality/golden/new?case={case.reference}") == []
    with transaction():
        closed = cases.get(case.id)
        closed.state, closed.closed_at = "closed", now()
        db.session.add(RuleNote(id="n1", kind="COPY_IMAGE", alpha=0.41, answers=25, looks=20, opened_at=now()))
    agreed = form(fresh(case), "supported", reason="三月商定。") | {"case": case.reference}
    assert said(lan, f"/desk/quality/golden/new?case={case.reference}") == []
    assert said(lan, "/desk/quality/golden", **agreed | {"reason": ""}) == []
    assert said(lan, "/desk/quality/golden", **agreed) == []
    assert said(lan, "/desk/quality/notes") == []
    assert said(lan, "/desk/quality/notes/n1/answer", answer=" ") == []
    assert said(lan, "/desk/quality/notes/n1/answer", answer="审核要点已写清楚。") == []
    assert [s for s in said(lan, "/desk/audit") if "Q-2222" not in s] == []


@pytest.mark.usefixtures("worked")
def test_figures_are_chinese(at_desk: AtDesk) -> None:
    lan = reader(at_desk, "lan")
    for days in ("", "?days=7", "?from=2026-01-01&to=2026-01-03", "?from=never"):
        assert said(lan, f"/desk/figures{days}") == [], days
    for code in FIGURES:
        table = lan.get(f"/desk/figures/{code}.csv").text
        assert english(table.replace(",", " "), *TYPED) == [], code
        picture = lan.get(f"/desk/figures/{code}.svg").text
        words = re.findall(r"<(?:text|title|desc)[^>]*>([^<]*)<", picture)
        assert english(" <br> ".join(words), *TYPED) == [], code


def test_settings_pauses_and_recordings_are_chinese(at_desk: AtDesk, tmp_path: Path) -> None:
    recording = case_of_recording(tone(), "audio/wav", "song.wav", content_ref="r1").reference
    rui = reader(at_desk, "rui")
    assert said(rui, "/desk/settings") == []
    assert said(rui, "/desk/settings", blur="wrong") == []
    assert said(rui, "/desk/pause") == []
    rui.post("/desk/exposure", data={"looked": "heavy 60 600"})
    assert said(rui, "/desk/pause") == []
    assert said(rui, "/desk/pause", choice="never") == []
    for choice_made in ("pause", "light", "on"):
        assert said(rui, "/desk/pause", choice=choice_made) == []
    assert [s for s in said(rui, f"/desk/case/{recording}") if "song.wav" not in s] == []
