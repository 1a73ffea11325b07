"""The rule book at the desk: everyone can read all of it, with marks and citations, and find a word in it."""

from __future__ import annotations

import html
import re
from collections.abc import Callable

import pytest

from tests.desk.conftest import Browser
from webapp.domain.policy.queries import book

AtDesk = Callable[[str], Browser]


@pytest.mark.parametrize("name", ["rui", "lan", "ada"])
def test_every_role_finds_it_in_the_navigation(at_desk: AtDesk, name: str) -> None:
    browser = at_desk(name)
    assert 'href="/desk/book"' in browser.get("/desk/").text
    assert browser.get("/desk/book").status_code == 200


def test_strangers_do_not(stranger: Browser) -> None:
    assert stranger.get("/desk/book").status_code == 302


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_the_whole_book_is_there(at_desk: AtDesk, lang: str) -> None:
    page = html.unescape(at_desk("lan").get(f"/desk/book?lang={lang}").text)
    rules = book()
    for part, entries in (("kinds", rules.kinds), ("clocks", rules.clocks), ("bases", rules.bases)):
        for code in entries:
            assert f'id="{part}-{code}"' in page, code
    for words in (
        *(k.name for k in rules.kinds.values()),
        *(k.test for k in rules.kinds.values()),
        *(c.words for c in rules.clocks.values()),
        *(b.citation for b in rules.bases.values()),
        *(a.words for a in rules.actions.values()),
        *(r.words for r in rules.ladder.rungs),
        *(e.why for e in rules.evidence.values()),
    ):
        assert getattr(words, lang) in page


def test_every_anchor_leads_somewhere(at_desk: AtDesk) -> None:
    page = at_desk("rui").get("/desk/book").text
    ids = re.findall(r' id="([^"]+)"', page)
    assert len(ids) == len(set(ids))
    assert set(re.findall(r'href="#([^"]+)"', page)) <= set(ids)


@pytest.mark.parametrize(
    ("find", "kept", "gone"),
    [
        ("voice", "kinds-VOICE", "kinds-COPY_TEXT"),
        ("克隆声音", "kinds-VOICE", "kinds-FRAUD"),
        ("wait_", "clocks-WAIT_DMCA", "clocks-ACK"),
        ("512(g)", "bases-DMCA-512g", "bases-S2"),
    ],
)
def test_a_word_narrows_it(at_desk: AtDesk, find: str, kept: str, gone: str) -> None:
    page = at_desk("rui").get("/desk/book", query_string={"find": find}).text
    assert f'id="{kept}"' in page
    assert f'id="{gone}"' not in page
    ids = set(re.findall(r' id="([^"]+)"', page))
    assert set(re.findall(r'href="#([^"]+)"', page)) <= ids  # what is not on this page is linked in the whole book


def test_a_word_nobody_wrote_is_said_so(at_desk: AtDesk) -> None:
    assert "Nothing in the book says “<b>”." in html.unescape(
        at_desk("rui").get("/desk/book", query_string={"find": "<b>"}).text
    )
