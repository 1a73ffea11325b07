"""The statement of reasons says all it must, in order, in both languages, and nothing of any reporter."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from apiflask import APIFlask

from tests.conftest import Cast
from tests.domain.decisions.story import choice, decided, dismissed, opened
from webapp.core.clock import now
from webapp.core.i18n import day
from webapp.domain.cases.models import Case
from webapp.domain.decisions import queries
from webapp.domain.decisions.rules import ActionFact, Outcome
from webapp.domain.decisions.service import foresee
from webapp.domain.decisions.statements import law_of, reason_words, statement_parts, terms_of
from webapp.domain.policy.queries import book

START = datetime(2026, 3, 2, 1, 0, tzinfo=UTC)
TITLES = {
    "en": [
        "What was done", "Facts and reasons", "Source and automation", "Ground: the law",
        "Ground: the platform's rules", "How to contest", "What you can do now",
    ],
    "zh": [
        "采取的措施", "事实与理由", "线索来源与自动化", "依据：法律", "依据：平台规则", "救济途径",
        "您现在可以做什么",
    ],
}  # fmt: skip


@pytest.fixture
def case(app: APIFlask, cast: Cast) -> Case:
    """A case held by Rui."""
    return opened(cast.rui)


def told(outcome: Outcome, code: str = "en") -> dict[str, str]:
    """Title → text."""
    return {p["title"]: p["text"] for p in statement_parts(outcome, code, book(), day)}


def test_it_has_its_parts_in_order_in_both_languages(case: Case) -> None:
    """DSA art 17(3): restriction, facts, automation, law, rules, redress; then what can be done now."""
    outcome = foresee(case, choice(case))
    for code, titles in TITLES.items():
        parts = outcome.statements[code]
        assert [p["title"] for p in parts] == titles
        assert all(p["text"] and "{" not in p["text"] for p in parts)


def test_each_restriction_has_its_start_and_end(app: APIFlask, cast: Cast) -> None:
    """Per measure: from when, until when or without an end, and where."""
    with time_machine.travel(START, tick=False):
        case = opened(cast.rui)
        text = told(foresee(case, choice(case, ("remove", None), ("suspend", 7))))["What was done"]
    lines = text.split("\n")
    assert lines[0].startswith(f"Case {case.reference}, about: number p1")
    assert lines[1].startswith("Remove the content, from 2 March 2026, without an end date.")
    assert lines[2].startswith("Suspend the account for 7 days, from 2 March 2026 until 9 March 2026.")
    assert lines[3] == "Unless it says otherwise above, this applies everywhere the platform can be reached."
    assert lines[4] == "The account gets 2 points, which end on 31 May 2026; 2 points count now."
    assert lines[5].startswith("What weighed: no warning was recorded before")
    assert lines[6].startswith("Further violations lead to heavier measures")


def test_facts_and_what_matched_without_the_reporters_material(app: APIFlask, cast: Cast) -> None:
    """The reviewer's reason word for word, and the class of what matched; nothing the reporter sent or is."""
    case = opened(cast.rui, kind="VOICE")
    outcome = foresee(case, choice(case, reason="The timbre is that of the person."))
    assert told(outcome)["Facts and reasons"].split("\n") == [
        "The timbre is that of the person.",
        "What was found to match: a recognisable voice.",
    ]
    whole = " ".join(p["text"] for parts in outcome.statements.values() for p in parts)
    for secret in ("Zhou", "zhou.yun", "This is my painting", "Evening on the river", "Hangzhou"):
        assert secret not in whole


@pytest.mark.parametrize(
    ("source", "compared", "expected"),
    [
        ("notice", False, "Source: a notice sent under the law.\nNo automated means were used"),
        ("trusted_flagger", True, "Source: a notice of a trusted flagger.\nThe content was not found by automated"),
        ("tip", False, "Source: information from another person.\nNo automated"),
    ],
)
def test_source_and_automation_are_told_truthfully(case: Case, source: str, compared: bool, expected: str) -> None:
    """Where it came from, and what software did."""
    outcome = replace(foresee(case, choice(case)), source=source, compared=compared)
    assert told(outcome)["Source and automation"].startswith(expected)


def test_law_is_cited_where_it_is_in_force_and_served(case: Case) -> None:
    """No draft, no background, no law of a place not served here, none that was not elected."""
    outcome = foresee(case, choice(case, ground="VOICE"))
    law = [b.citation.en for b in law_of(outcome, book())]
    assert any("1023" in c for c in law) and not any("ELVIS" in c or "DSA" in c for c in law)
    assert not any("Reported cases" in b.citation.en for b in terms_of(outcome, book()))
    early = replace(outcome, decided_at=datetime(2026, 3, 1, tzinfo=UTC))
    assert not any("(2026) no 10" in b.citation.en for b in law_of(early, book()))
    registered = foresee(case, choice(case, ("live_off", 7), ground="VH_UNREGISTERED"))
    assert not any("draft" in b.citation.en for b in (*law_of(registered, book()), *terms_of(registered, book())))
    copied = foresee(case, choice(case))
    assert not any("512" in b.citation.en for b in law_of(copied, book()))
    elected = replace(copied, regimes=("CN_RTCI", "US_DMCA"))
    assert any("512" in b.citation.en for b in law_of(elected, book()))


def test_the_ways_to_contest_follow_the_regimes(case: Case) -> None:
    """An appeal until a day, the counter-notice where the law gives one, the authority and the court of the place."""
    outcome = foresee(case, choice(case))
    text = told(outcome)["How to contest"]
    assert day(outcome.appeal_until, "en") in text and "counter-notice" in text and "12377" in text
    assert timedelta(days=179) < outcome.appeal_until - now() < timedelta(days=182)
    tip = told(replace(outcome, regimes=()))["How to contest"]
    assert "counter-notice" not in tip
    public = told(replace(outcome, ground="AI_LABEL_MISSING"))["How to contest"]
    assert "counter-notice" not in public, "nobody could sue over a missing label, whatever else was reported"
    elected = told(replace(outcome, regimes=("CN_RTCI", "US_TIDA")))["How to contest"]
    assert "counter-notice" not in elected, "47 USC 223a knows none"


def test_a_label_costs_nothing_the_first_time_and_says_why(app: APIFlask, cast: Cast) -> None:
    """No points, the circumstance named, no warning where the account gets no measure."""
    case = opened(cast.rui, kind="AI_LABEL_MISSING")
    text = told(foresee(case, choice(case, ("label_ai", None))))["What was done"]
    assert "The account gets no points.\nWhat weighed: the first time costs no points." in text
    assert "Further violations" not in text


def test_an_accepted_defence_is_named(case: Case) -> None:
    """The account reads that its defence was heard."""
    outcome = foresee(case, choice(case, defence="PARODY"))
    assert "This defence was accepted as made in good faith: Quotation" in told(outcome)["Facts and reasons"]
    assert "good-faith defence" in told(outcome)["What was done"]


def test_where_nothing_is_found_there_is_no_statement(case: Case, cast: Cast) -> None:
    """No restriction, nothing to explain."""
    assert foresee(case, dismissed(case)).statements == {}
    assert queries.outcome(decided(case, cast.rui, dismissed(case))).statements == {}


def test_codes_of_later_stages_have_words(case: Case) -> None:
    """Why it was put back, in both languages; a person's own reason stays as it is."""
    outcome = replace(foresee(case, choice(case)), verdict="restored", reason="elapsed")
    assert "waiting time is over" in reason_words(outcome, "en", book())
    assert "等待期" in reason_words(outcome, "zh", book())
    assert reason_words(foresee(case, choice(case)), "en", book()) == "The same painting, mirrored."


@pytest.mark.parametrize("code", ["zh", "en"])
def test_every_kind_and_measure_can_be_said(case: Case, code: str) -> None:
    """No kind and no measure of the book leaves a gap or a placeholder."""
    outcome = foresee(case, choice(case))
    for kind in book().kinds:
        facts = tuple(
            ActionFact(a, d, outcome.decided_at + timedelta(days=d) if d else None)
            for a, entry in book().actions.items()
            if entry.target != "none" and not entry.undoes
            for d in (entry.days or (None,))
        )
        text = "\n".join(told(replace(outcome, ground=kind, actions=facts), code).values())
        assert "{" not in text and "None" not in text and ".." not in text
