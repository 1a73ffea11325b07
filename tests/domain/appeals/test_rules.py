"""Which regime governs a counter-notice, what it lacks, what its claimant sees, and when the waiting is over."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta

import pytest

from webapp.core.errors import Refused
from webapp.domain.appeals import redaction, rules
from webapp.domain.appeals.rules import COUNTER, Claim, Forward
from webapp.domain.policy.queries import book
from webapp.domain.policy.shape import Book

ZONE = "Asia/Shanghai"
NOON = datetime(2026, 11, 16, 4, 0, tzinfo=UTC)  # a Monday, noon in Shanghai


def claim(*regimes: str, mode: str = "notice") -> Claim:
    return Claim("r", mode, regimes)


def at_once() -> Book:
    """The book of an operator who restores works at once (RTCI art 17)."""
    return book().model_copy(
        update={"numbers": book().numbers.model_copy(update={"cn_copyright_restore": "immediate"})}
    )


@pytest.mark.parametrize(
    ("ground", "claims", "expected"),
    [
        # A face: the Civil Code, whatever house rules run beside it.
        ("LIKENESS", [claim("CN_CIVIL", "HOUSE")], "CN_CIVIL"),
        # A work: ECOM's 15 days are the law's own, RTCI's are ours by analogy.
        ("COPY_IMAGE", [claim("CN_RTCI", "CN_ECOM", "HOUSE")], "CN_ECOM"),
        ("RMI_REMOVED", [claim("CN_RTCI", "HOUSE")], "CN_RTCI"),
        # The DMCA only where the claimant elected it; 14 US business days are longer than 15 days.
        ("COPY_IMAGE", [claim("CN_RTCI", "CN_ECOM", "US_DMCA", "HOUSE")], "US_DMCA"),
        ("COPY_IMAGE", [claim("CN_ECOM"), claim("CN_ECOM", "US_DMCA")], "US_DMCA"),
        # One claimant asked for the 48 hours of 47 USC 223a, which knows no counter-notice.
        ("LIKENESS", [claim("CN_CIVIL"), claim("US_TIDA")], ""),
        # A public interest: nobody could sue, so the way is the appeal.
        ("FRAUD", [claim("CN_LABEL", "HOUSE")], ""),
        ("AI_LABEL_MISSING", [claim("CN_LABEL", "HOUSE")], ""),
        # Only a tip: nobody stands behind it.
        ("LIKENESS", [claim("CN_CIVIL", mode="tip")], ""),
        ("LIKENESS", [], ""),
        ("", [claim("CN_CIVIL")], ""),
    ],
)
def test_the_strictest_waiting_governs(ground: str, claims: Sequence[Claim], expected: str) -> None:
    """No claimant loses the time her regime gives; without a claimant who could sue there is no counter-notice."""
    assert rules.governing(claims, ground, book(), NOON, ZONE) == expected


def test_an_operator_may_restore_works_at_once() -> None:
    """The switch makes RTCI govern where every notice runs under it, and nowhere else."""
    both = [claim("CN_RTCI", "CN_ECOM"), claim("CN_RTCI", "CN_ECOM")]
    assert rules.governing(both, "COPY_IMAGE", at_once(), NOON, ZONE) == "CN_RTCI"
    assert rules.governing([*both, claim("CN_ECOM")], "COPY_IMAGE", at_once(), NOON, ZONE) == "CN_ECOM"
    assert rules.immediate(book().regimes["CN_RTCI"], at_once())
    assert not rules.immediate(book().regimes["CN_RTCI"], book())
    assert not rules.immediate(book().regimes["CN_ECOM"], at_once())


@pytest.mark.parametrize(
    ("regime", "fields", "proofs", "expected"),
    [
        ("CN_CIVIL", {}, 0, ["real_name", "evidence"]),
        ("CN_CIVIL", {"real_name": "Chen Mo"}, 1, []),  # a paper in the drawer is first evidence
        ("CN_ECOM", {"evidence": "I drew it in 2019."}, 0, []),  # ECOM leaves identity out
        (
            "CN_RTCI",
            {"real_name": "Chen Mo", "evidence": "x", "truth": "yes"},
            0,
            ["contact", "postal_address", "item"],
        ),
        (
            "US_DMCA",
            {"signature": "Chen Mo", "item": "p1", "mistake": "yes", "real_name": "Chen Mo", "contact": "1"},
            1,
            ["postal_address", "jurisdiction", "service"],
        ),
        ("CN_CIVIL", {"real_name": "  ", "evidence": "x"}, 0, ["real_name"]),
    ],
)
def test_what_a_counter_notice_lacks(
    regime: str, fields: Mapping[str, str], proofs: int, expected: Sequence[str]
) -> None:
    """Exactly what the regime demands, by the codes of the book; what must not be demanded is not even kept."""
    shape = book().regimes[regime]
    assert rules.missing(shape, fields, "It is mine.", proofs) == list(expected)
    assert rules.missing(shape, fields, " ", proofs)[0] == "statement"
    assert "postal_address" not in rules.kept(book().regimes["CN_ECOM"], {"postal_address": "Home 1", "evidence": "x"})


@pytest.mark.parametrize(
    ("typed", "shown"),
    [
        ("Write to chen.mo@example.org now.", "Write to ••• now."),
        ("Call 138 0013 8000 or +1 (212) 555-0100.", "Call ••• or •••."),
        ("My number is 11010519491231002X.", "My number is •••."),
        ("我是陈默，住在幸福路1号。", "我是•••，住在•••。"),
        ("First shown on 2019-03-04 12:00 for 1200 yuan.", "First shown on 2019-03-04 12:00 for 1200 yuan."),
        ("See https://example.org/p/13800138000?x=1 there.", "See https://example.org/p/13800138000?x=1 there."),
    ],
)
def test_a_statement_gives_nobody_away(typed: str, shown: str) -> None:
    """What the respondent typed without thinking of the reader is masked; dates, sums and links stay."""
    assert redaction.scrubbed(typed, ["陈默", "幸福路1号"]) == shown


def test_the_claimant_sees_what_her_regime_needs_and_no_more() -> None:
    """The name where the regime forwards it; never contact or home, even where the regime asks for them."""
    fields = {
        "real_name": "Chen Mo",
        "contact": "13800138000",
        "postal_address": "1 Happy Road",
        "signature": "Chen Mo",
    }
    words = "I, Chen Mo of 1 Happy Road, drew this. 13800138000"
    copy = redaction.redacted("US_DMCA", fields, words, "LICENCE", ("Dusk", "https://x.example/p1"), book())
    assert (copy.name, copy.address, copy.content_title) == ("Chen Mo", "•••", "Dusk")
    assert copy.statement == "I, Chen Mo of •••, drew this. •••"
    assert copy.defence == book().defences["LICENCE"]
    silent = book().model_copy(
        update={"regimes": {"X": book().regimes["CN_CIVIL"].model_copy(update={"forwards_name": False})}}
    )
    hidden = redaction.redacted("X", fields, words, "", ("Dusk", ""), silent)
    assert hidden.name == "" and "Chen Mo" not in hidden.statement and "13800138000" not in hidden.statement


def test_waiting_runs_from_the_last_arrival() -> None:
    """Of two claimants the later one counts; one who gave up counts no more; one without arrival stops everything."""
    first, second = Forward("a", NOON), Forward("b", NOON + timedelta(days=2))
    assert rules.arrival([first, second]) == NOON + timedelta(days=2)
    assert rules.arrival([first, Forward("b")]) is None
    assert rules.arrival([first, Forward("b", withdrawn_at=NOON)]) == NOON
    assert rules.arrival([]) is None


@pytest.mark.parametrize(
    ("state", "forwards", "waited", "step"),
    [
        ("waiting", [Forward("a", withdrawn_at=NOON)], True, "restore"),
        ("waiting", [Forward("a", withdrawn_at=NOON), Forward("b")], True, ""),
        ("held", [Forward("a", proof_kind="suit", withdrawn_at=NOON), Forward("b")], True, "resume"),
        ("held", [Forward("a", proof_kind="suit", withdrawn_at=NOON), Forward("b")], False, "resume_forwarded"),
        ("held", [Forward("a", withdrawn_at=NOON), Forward("b", proof_kind="complaint")], True, ""),
        ("held", [Forward("a", proof_kind="suit", withdrawn_at=NOON)], True, "restore"),
    ],
)
def test_giving_up_a_claim(state: str, forwards: Sequence[Forward], waited: bool, step: str) -> None:
    """The last one out lets the content back; a proof that goes leaves the others their waiting time."""
    assert rules.after_withdrawal(state, forwards, waited) == step


@pytest.mark.parametrize(
    ("days_left", "sent", "expected"),
    [(4, [], 0), (3, [], 3), (2.5, [], 3), (2.5, [3], 0), (1, [3], 1), (0.5, [], 1), (0.5, [1], 0), (0, [], 0)],
)
def test_reminders_before_restoring(days_left: float, sent: Sequence[int], expected: int) -> None:
    """Three days and one day before, each once; late starts skip what is past, and nothing comes afterwards."""
    end = NOON + timedelta(days=15)
    assert rules.reminder(end, end - timedelta(days=days_left), (3, 1), sent, NOON) == expected
    assert rules.reminder(end, end - timedelta(days=days_left), (3, 1), sent, end) == 0


def test_appeal_windows() -> None:
    """180 days in the house, 184 where the EU regime is on; the last day counts to its end in the legal zone."""
    house = rules.window(book(), {"CN_CIVIL", "HOUSE"}, NOON, ZONE, "appealed")
    assert house == datetime(2027, 5, 15, 15, 59, 59, 999999, UTC)
    assert rules.window(book(), {"EU_DSA"}, NOON, ZONE, "appealed") == house + timedelta(days=4)
    assert rules.window(book(), {"CN_CIVIL"}, NOON, ZONE, "counter_valid") == house


def test_the_counter_notice_knows_its_steps() -> None:
    """After the content is back nothing more can happen to it."""
    assert COUNTER.can("restored") == COUNTER.can("refused") == COUNTER.can("withdrawn") == ()
    with pytest.raises(Refused):
        COUNTER.step("restored", "hold")
