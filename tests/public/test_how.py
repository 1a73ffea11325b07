"""/how: what is published is what the clocks keep, in both languages, from the same data."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

import pytest
from apiflask import APIFlask

from tests.public.conftest import Visitor, said
from webapp.core.config import Settings
from webapp.domain.policy.loading import FOLDER
from webapp.domain.policy.queries import book


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_every_entry_of_the_contents_leads_to_a_section(app: APIFlask, lang: str) -> None:
    page = Visitor(app.test_client(), lang).get("/how").text
    wanted = re.findall(r'<li><a href="#([a-z]+)"', page)
    assert len(wanted) == 11
    for name in wanted:
        assert page.count(f'<section id="{name}"') == 1, name
    ids = re.findall(r' id="([^"]+)"', page)
    assert len(ids) == len(set(ids))


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_every_rule_a_person_meets_is_published(app: APIFlask, lang: str) -> None:
    """Standing, kinds, measures, rungs, modifiers, defences, steps against misuse: all by their words in the book."""
    page = said(Visitor(app.test_client(), lang).get("/how"))
    rules = book()
    words = [
        *(e.words for e in rules.standing.values()),
        *(k.words for k in rules.kinds.values()),
        *(a.words for a in rules.actions.values() if a.effect and not a.undoes),
        *(r.words for r in rules.ladder.rungs),
        *(m.words for m in rules.ladder.modifiers.values() if not m.intent),
        *rules.defences.values(),
        *(s.words for s in rules.conduct.steps),
        *(s.text for s in rules.published.steps),
        *(r.words for r in rules.regimes.values() if r.enabled),
        *(k.support for k in rules.kinds.values() if k.support),
    ]
    for one in words:
        assert getattr(one, lang) in page
    assert "{" not in page


def test_the_clocks_served_here_are_published_and_no_other(visitor: Visitor) -> None:
    """What is off in this installation is not promised to anyone."""
    page = said(visitor.get("/how"))
    rules = book()
    for code, clock in rules.clocks.items():
        on = clock.enabled and any(rules.regimes[regime].enabled for regime in (clock.regime, *clock.also))
        if clock.published:
            assert (clock.words.en in page) == on, code


@pytest.mark.parametrize(
    ("clock", "figure", "origin"),
    [
        ("WAIT_ECOM", "15 days; a last day off moves to the next working day", "Set by law"),
        ("WAIT_DMCA", "not before 10 US business days, at most 14 US business days", "Set by law"),
        ("WAIT_EXT_IP", "20 working days in China", "Set by law"),
        ("TIDA_48", "48 hours", "Set by law"),
        ("WAIT_CIVIL", "15 days; a last day off moves to the next working day", "The law gives no number; our figure"),
        ("FORWARD_UPLOADER", "24 hours", "The law gives no number; our figure"),
        ("CURE_NOTICE", "10 days", "Our default"),
        ("DECISION", "24 hours to 168 hours, by urgency", "The law gives no number; our figure"),
    ],
)
def test_a_limit_says_where_its_number_comes_from(visitor: Visitor, clock: str, figure: str, origin: str) -> None:
    page = said(visitor.get("/how"))
    assert f"{book().clocks[clock].words.en} {figure} {origin}" in page


def test_an_operators_own_book_is_what_is_published(app: APIFlask, tmp_path: Path) -> None:
    """REDRESS_BOOK: other figures, another version, the same page."""
    own = Path(shutil.copytree(FOLDER, tmp_path / "own"))
    for file, before, after in (
        ("book.toml", f'version = "{book().version}"', 'version = "ours-7"'),
        ("priorities.toml", "decision_hours = 168", "decision_hours = 99"),
        ("clocks/notice.toml", "P4 = { hours = 168 }", "P4 = { hours = 99 }"),
        ("book.toml", 'cn_copyright_restore = "wait"', 'cn_copyright_restore = "immediate"'),
    ):
        text = (own / file).read_text(encoding="utf-8")
        assert before in text
        (own / file).write_text(text.replace(before, after, 1), encoding="utf-8")
    with (own / "editions.toml").open("a", encoding="utf-8") as editions:
        editions.write('["ours-7"]\nsince = "2026-12-01"\nchanges = { zh = "自定", en = "Our own" }\n')
    ours: Settings = app.config["SETTINGS"]
    app.config["SETTINGS"] = ours.model_copy(update={"book_folder": own})
    try:
        page = said(Visitor(app.test_client(), "en").get("/how"))
    finally:
        app.config["SETTINGS"] = ours
    assert "version ours-7" in page
    assert "Cheap AI content in bulk 99 hours" in page
    assert "PRC notice on works online (RTCI) at once" in page
