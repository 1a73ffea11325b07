"""The ladder as a table: points with their modifiers, rungs with their days, and one sentence that says it all."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

import pytest

from webapp.core.errors import Refused
from webapp.domain.decisions.ladder import Record, StrikeFact, contains, forecast, sentence
from webapp.domain.decisions.rules import Choice, Forecast, covered, needs_second
from webapp.domain.policy.queries import FOLDER, load

BOOK = load(FOLDER)
NOW = datetime(2026, 3, 1, 4, 0, tzinfo=UTC)
REMOVE: Sequence[tuple[str, int | None]] = (("remove", None),)


def upheld(ground: str = "COPY_IMAGE", actions: Sequence[tuple[str, int | None]] = REMOVE, **more: object) -> Choice:
    """One report found right."""
    return Choice({"r": "supported"}, ground, actions, "Why.", **more)  # type: ignore[arg-type]  # by keyword


def strike(points: int, kind: str = "VOICE", rung: str = "L1", days: int | None = 30, ago: int = 10) -> StrikeFact:
    """A strike that still counts, and ends `days` from now."""
    return StrikeFact(kind, points, rung, NOW - timedelta(days=ago), NOW + timedelta(days=days) if days else None)


@pytest.mark.parametrize(
    ("ground", "record", "more", "earned", "why"),
    [
        ("COPY_IMAGE", Record(), {}, 2, ()),
        ("COPY_IMAGE", Record(), {"modifiers": ("commercial",)}, 4, ("commercial",)),
        # Law: "×2 commercial use or > 100 k views": both together are still ×2.
        ("COPY_IMAGE", Record(), {"modifiers": ("commercial", "reach")}, 4, ("commercial", "reach")),
        ("COPY_IMAGE", Record(), {"modifiers": ("removed_early",)}, 1, ("removed_early",)),
        ("COPY_IMAGE", Record([strike(2, "COPY_IMAGE")]), {}, 3, ("repeat",)),
        ("COPY_IMAGE", Record([strike(2, "COPY_IMAGE")]), {"modifiers": ("reach",)}, 6, ("reach", "repeat")),
        ("COPY_IMAGE", Record([strike(2, "VOICE")]), {}, 2, ()),  # another ground is no repeat
        ("VOICE", Record([strike(3, "VOICE")]), {}, 5, ("repeat",)),  # 4.5 is rounded up
        ("COPY_IMAGE", Record(), {"defence": "PARODY"}, 0, ("defence",)),
        ("COPY_IMAGE", Record(), {"defence": "PARODY", "modifiers": ("commercial",)}, 0, ("defence",)),
        ("AI_LABEL_MISSING", Record(), {}, 0, ("first_is_free",)),
        ("AI_LABEL_MISSING", Record(upheld=1), {}, 1, ()),
        ("AI_LABEL_MISSING", Record(upheld=1), {"modifiers": ("removed_early",)}, 0, ("removed_early",)),
        ("AI_LABEL_MISSING", Record([strike(1, "AI_LABEL_MISSING")], upheld=2), {}, 2, ("repeat",)),  # 1.5 → 2
        ("COPY_IMAGE", Record([strike(2, "COPY_IMAGE")], batch=2), {}, 0, ("batch",)),
        ("COPY_IMAGE", Record([strike(2, "COPY_IMAGE")], batch=2), {"modifiers": ("reach",)}, 2, ("reach", "batch")),
        ("COPY_IMAGE", Record(known=False), {}, 0, ("no_account",)),
        ("OTHER", Record(), {}, 0, ()),
    ],
)
def test_points_are_the_base_with_what_weighs(
    ground: str, record: Record, more: dict[str, object], earned: int, why: tuple[str, ...]
) -> None:
    """Base × heaviest ticked factor × repeat, rounded half up, −1 when removed early, never below 0, 0 by a defence."""
    found = forecast(upheld(ground, **more), record, NOW, BOOK)
    assert (found.earned, found.why) == (earned, why)
    assert found.after == found.before + earned


def warned(*strikes: StrikeFact) -> Record:
    """An account that was warned before."""
    return Record(strikes, warned=True)


@pytest.mark.parametrize(
    ("record", "ground", "more", "rung", "actions", "days"),
    [
        (Record(), "COPY_IMAGE", {}, "L1", (("warn", None),), 90),
        (warned(strike(2)), "COPY_IMAGE", {}, "L2", (("no_posting", 1),), 90),
        (warned(strike(3, rung="L2")), "COPY_IMAGE", {}, "L2", (("no_posting", 3),), 90),
        (warned(strike(1, rung="L2"), strike(1, rung="L2")), "COPY_IMAGE", {}, "L2", (("no_posting", 3),), 90),
        (warned(strike(4)), "COPY_IMAGE", {}, "L3", (("limit", 7),), 180),
        (warned(strike(7)), "COPY_IMAGE", {}, "L4", (("suspend", 14),), 365),
        (warned(strike(7, rung="L4")), "COPY_IMAGE", {}, "L4", (("suspend", 30),), 365),
        (warned(strike(10)), "COPY_IMAGE", {}, "L5", (("close", None),), None),
        # Suspension and closure need a warning before (DSA 23): without one the account stays on the rung below.
        (Record([strike(10)]), "COPY_IMAGE", {}, "L3", (("limit", 7),), 180),
        (Record(), "FRAUD", {}, "L5", (("close", None),), None),  # a kind of zero tolerance
        (Record(), "FRAUD", {"modifiers": ("intent",)}, "L5", (("close", None),), None),
        (Record(), "INTIMATE_DEEPFAKE", {"modifiers": ("intent", "removed_early")}, "L5", (("close", None),), None),
        (Record(), "COPY_IMAGE", {"modifiers": ("intent",)}, "L1", (("warn", None),), 90),  # intent alone is no rung
        (Record(), "AI_LABEL_MISSING", {}, "L0", (), None),  # the first label: a reminder
        (warned(strike(5)), "COPY_IMAGE", {"defence": "LICENCE"}, "L0", (), None),
    ],
)
def test_the_rung_follows_from_the_points_after(
    record: Record,
    ground: str,
    more: dict[str, object],
    rung: str,
    actions: tuple[tuple[str, int | None], ...],
    days: int | None,
) -> None:
    """Its measures with the days of the n-th time on it, and how long the new points count."""
    found = forecast(upheld(ground, **more), record, NOW, BOOK)
    assert (found.rung, found.ladder, found.actions) == (rung, actions, actions)
    assert found.expires_at == (NOW + timedelta(days=days) if days else None)


def test_why_it_stops_below_suspension_is_said() -> None:
    """The desk reads that a warning is missing, not just a lower rung."""
    found = forecast(upheld(), Record([strike(10)]), NOW, BOOK)
    assert found.why == ("no_warning_yet",)
    assert "no warning was recorded before" in sentence(found, "en", BOOK, lambda at, _code: at.date().isoformat())


@pytest.mark.parametrize(
    ("actions", "set_aside", "taken", "why"),
    [
        (REMOVE, "", (("no_posting", 1),), ()),
        ((*REMOVE, ("suspend", 14)), "", (("suspend", 14),), ()),  # heavier
        ((*REMOVE, ("no_posting", 3)), "", (("no_posting", 3),), ()),  # the same, longer
        ((*REMOVE, ("warn", None)), "A first-time author who apologised.", (("warn", None),), ("set_aside",)),
        (REMOVE, "A first-time author who apologised.", (), ("set_aside",)),
        ((*REMOVE, ("suspend", 14)), "Needed.", (("suspend", 14),), ()),  # nothing is set aside
    ],
)
def test_the_ladder_joins_unless_something_as_heavy_was_chosen(
    actions: Sequence[tuple[str, int | None]], set_aside: str, taken: object, why: tuple[str, ...]
) -> None:
    """Lighter is possible with a reason; the ladder's own answer stays on record."""
    found = forecast(upheld(actions=actions, set_aside=set_aside), warned(strike(2)), NOW, BOOK)
    assert (found.actions, found.why, found.ladder) == (taken, why, (("no_posting", 1),))
    assert found.set_aside == (set_aside if why else "")


def test_something_lighter_needs_a_reason() -> None:
    """Choosing a warning where the ladder says more is refused until somebody says why."""
    with pytest.raises(Refused, match="set_aside_reason_missing"):
        forecast(upheld(actions=(*REMOVE, ("warn", None))), warned(strike(2)), NOW, BOOK)


@pytest.mark.parametrize("heavy", [("suspend", 1), ("suspend", 14), ("close", None)])
def test_suspending_or_closing_without_a_warning_needs_a_reason(heavy: tuple[str, int | None]) -> None:
    """Also by hand: who skips the warning writes down why, and it is kept with the decision."""
    with pytest.raises(Refused, match="warning_first"):
        forecast(upheld(actions=(*REMOVE, heavy)), Record(), NOW, BOOK)
    found = forecast(upheld(actions=(*REMOVE, heavy), set_aside="A false lottery."), Record([strike(10)]), NOW, BOOK)
    assert found.actions == (heavy,) and found.why == ("no_warning_yet", "set_aside")
    assert found.to_json()["set_aside"] == "A false lottery."
    said = sentence(found, "en", BOOK, day)
    assert "no warning was recorded before, so the ladder stops short of suspension" in said
    assert "set aside for a reason given" in said


def test_what_needs_no_warning_needs_no_such_reason() -> None:
    """An account warned before, a kind of zero tolerance, and what is lighter than a suspension."""
    forecast(upheld(actions=(*REMOVE, ("suspend", 14))), warned(), NOW, BOOK)
    forecast(upheld("FRAUD", actions=(*REMOVE, ("close", None))), Record(), NOW, BOOK)
    forecast(upheld(actions=(*REMOVE, ("limit", 7))), Record(), NOW, BOOK)


@pytest.mark.parametrize(
    ("had", "wanted", "expected"),
    [
        (("suspend", 14), ("suspend", 7), True),
        (("suspend", 7), ("suspend", 14), False),
        (("close", None), ("suspend", 30), True),
        (("suspend", 30), ("close", None), False),
        (("live_off", 30), ("live_off", 7), True),
        (("registration_suspended", 30), ("live_off", 7), False),  # another thing
        (("registration_revoked", None), ("registration_revoked", None), True),
    ],
)
def test_what_a_heavier_measure_contains(had: tuple[str, int], wanted: tuple[str, int | None], expected: bool) -> None:
    """On the account the rung and then the days; elsewhere the same measure for as long."""
    assert contains(had, wanted, BOOK) is expected


def day(at: datetime, code: str) -> str:
    """A date as these tests read it."""
    return f"{at.month}月{at.day}日" if code == "zh" else f"{at.day} {at:%B}"


@pytest.mark.parametrize(
    ("choice", "record", "en", "zh"),
    [
        (
            upheld(),
            warned(strike(3, days=2)),
            "3 points active, +2 makes 5: no posting for 1 day; 3 points end on 3 March; 2 points end on 30 May.",
            "现有 3 分有效，本次 +2，共 5 分：限制发布 1 天；其中 3 分到3月3日失效；其中 2 分到5月30日失效。",
        ),
        (
            upheld(),
            Record(),
            "0 points active, +2 makes 2: warn the account; 2 points end on 30 May.",
            "现有 0 分有效，本次 +2，共 2 分：警告账号；其中 2 分到5月30日失效。",
        ),
        (
            upheld("AI_LABEL_MISSING", (("label_ai", None),)),
            Record([strike(1, days=2)]),
            "1 point active, none added: nothing for the account; 1 point ends on 3 March; what weighed: the first "
            "time costs no points.",
            "现有 1 分有效，本次不记分：账号没有措施；其中 1 分到3月3日失效；考虑了：首次不记分。",
        ),
        (
            upheld("FRAUD", modifiers=("intent",)),
            Record(),
            "0 points active, +12 makes 12: close the account; 12 points do not end; what weighed: intent was shown, "
            "zero tolerance with intent shown: the last rung at once.",
            "现有 0 分有效，本次 +12，共 12 分：关闭账号；其中 12 分长期有效；考虑了：已证明为故意、"
            "零容忍且已证明故意，直接适用最重一级。",
        ),
        (
            upheld(),
            Record(known=False),
            "The account behind the content is not known, so no points are counted.",
            "不知道内容属于哪个账号，因此不记分。",
        ),
    ],
)
def test_the_desk_says_it_in_one_sentence(choice: Choice, record: Record, en: str, zh: str) -> None:
    """What is active, what comes, what the account gets, when points end, and what weighed, in both languages."""
    found = forecast(choice, record, NOW, BOOK)
    assert sentence(found, "en", BOOK, day) == en
    assert sentence(found, "zh", BOOK, day) == zh


def test_a_forecast_is_kept_whole() -> None:
    """What a decision keeps in its JSON is what the reviewer saw."""
    found = forecast(upheld(modifiers=("reach",), set_aside="Because."), warned(strike(3)), NOW, BOOK)
    assert Forecast.from_json(found.to_json()) == found
    chosen = upheld(actions=(*REMOVE, ("suspend", 7)), marks={"r": "unfounded"}, mark_reason="x", defence="PARODY")
    assert Choice.from_json(chosen.to_json()) == chosen


@pytest.mark.parametrize(
    ("actions", "priority", "why"),
    [
        ([("remove", None)], "P2", []),
        ([("suspend", 3)], "P2", []),
        ([("suspend", 7)], "P2", ["suspend"]),
        ([("no_posting", 3)], "P2", []),
        ([("limit", 7)], "P2", ["limit"]),
        ([("close", None)], "P2", ["close"]),
        ([("remove", None)], "P0", ["urgent"]),
        ([("remove", None), ("close", None)], "P0", ["close", "urgent"]),
        ([], "P0", ["urgent"]),
    ],
)
def test_who_needs_a_second_person(actions: list[tuple[str, int | None]], priority: str, why: list[str]) -> None:
    """Seven days and more, closures, urgent kinds."""
    assert needs_second(actions, priority, BOOK) == why


@pytest.mark.parametrize(
    ("provisional", "final", "expected"),
    [
        ("disable", ["remove"], True),  # the content stays away: nothing to give back
        ("disable", ["label_ai"], False),
        ("label_disputed", ["label_disputed", "demote"], True),
        ("demote", ["remove"], False),
    ],
)
def test_what_covers_a_provisional_measure(provisional: str, final: list[str], expected: bool) -> None:
    """The same measure, or one that the same inverse takes back."""
    assert covered(provisional, final, BOOK) is expected
