"""What is compared with what, and when a dear look is wanted: pure rules, told with a handful of items."""

from __future__ import annotations

from webapp.domain.matching.rules import Item, Kind, meetings, open_now, wanted

HASH = Kind("hash", "1", "image")
FINE = Kind("fine", "1", "image", turn=1)
WORDS = Kind("words", "1", "image", frozenset({"text"}), turn=1)
Q, P, R, S, T = (
    Item("q", "alleged", "image"),
    Item("p", "alleged", "image"),
    Item("r", "reference", "image"),
    Item("s", "reference", "image"),
    Item("t", "reference", "text"),
)


def done(*names: str, kind: str = "hash") -> dict[tuple[str, str], str]:
    return {(name, kind): "done" for name in names}


def test_pairs_are_reported_items_beside_references_of_the_same_report() -> None:
    found = meetings([Q, P, R, T, Item("paper", "proof", "image")], "report")
    assert [(p.query, p.reference, p.media) for p in found] == [
        ("q", "r", ("image", "image")),
        ("q", "t", ("image", "text")),
        ("p", "r", ("image", "image")),
        ("p", "t", ("image", "text")),
    ]


def test_a_detector_of_two_media_needs_its_own_among_them() -> None:
    assert HASH.fits("image", "image") and not HASH.fits("image", "text")
    assert WORDS.fits("image", "text") and WORDS.fits("text", "image") and not WORDS.fits("text", "text")


def test_what_can_be_compared_now_comes_once_and_cheap_first() -> None:
    """The same pair in two reports is one comparison; what was compared, or not looked at, is none."""
    pairs = meetings([Q, R, S], "one") + meetings([Q, R], "two")
    states = done("q", "r", kind="fine") | done("q", "r", "s")
    found = open_now(pairs, [FINE, HASH], states, {("q", "s", "hash"): "none"})
    assert [(p.reference, k.name) for p, k in found] == [("r", "hash"), ("r", "fine")]


def test_a_dear_look_waits_for_the_cheap_ones_and_for_nothing_else() -> None:
    pairs, items = meetings([Q, R, S], "one"), [Q, R, S]
    none = {("q", "r", "hash"): "none", ("q", "s", "hash"): "none"}
    assert wanted(items, pairs, [HASH, FINE], done("q", "r"), {}) == {}, "one has not been looked at"
    assert wanted(items, pairs, [HASH, FINE], done("q", "r", "s"), {}) == {}, "not compared yet"
    assert set(wanted(items, pairs, [HASH, FINE], done("q", "r", "s"), none).values()) == {"queued"}
    failed = done("q", "r") | {("s", "hash"): "failed"}
    found = wanted(items, pairs, [HASH, FINE], failed, {("q", "r", "hash"): "weak"})
    assert set(found.values()) == {"queued"}, "a cheap look that failed is through too"


def test_the_dearest_look_waits_for_the_dear_ones_too() -> None:
    read = Kind("read", "1", "image", turn=2)
    pairs, items, kinds = meetings([Q, R], "one"), [Q, R], [HASH, FINE, read]
    none = {("q", "r", "hash"): "none"}
    first = wanted(items, pairs, kinds, done("q", "r"), none)
    assert first == {("q", "fine"): "queued", ("r", "fine"): "queued"}, "nobody reads yet"
    looked = done("q", "r") | done("q", "r", kind="fine")
    found = wanted(items, pairs, kinds, looked, none | {("q", "r", "fine"): "strong"})
    assert {found["q", "read"], found["r", "read"]} == {"not_needed"}
    found = wanted(items, pairs, kinds, looked, none | {("q", "r", "fine"): "weak"})
    assert {found["q", "read"], found["r", "read"]} == {"queued"}


def test_a_strong_answer_in_one_report_is_none_in_another() -> None:
    """Each report asks for itself: found in one, the same item is still open in the other."""
    strong = {("q", "r", "hash"): "strong", ("q", "s", "hash"): "none"}
    states = done("q", "r", "s")
    together = wanted([Q, R, S], meetings([Q, R, S], "one"), [HASH, FINE], states, strong)
    assert together == {(i, "fine"): "not_needed" for i in "qrs"}
    apart = wanted([Q, R, S], meetings([Q, R], "one") + meetings([Q, S], "two"), [HASH, FINE], states, strong)
    assert apart == {("q", "fine"): "queued", ("r", "fine"): "not_needed", ("s", "fine"): "queued"}


def test_with_nothing_beside_it_there_is_nothing_to_compare() -> None:
    assert wanted([Q, T], meetings([Q, T], "one"), [HASH, FINE, WORDS], done("q"), {}) == {
        ("q", "fine"): "nothing_to_compare",
        ("q", "words"): "queued",
        ("t", "words"): "queued",
    }


def test_what_is_heard_answers_nothing_about_what_is_seen() -> None:
    """A film with my music over other pictures: the strong match of the sound leaves the pictures open."""
    tune = Kind("tune", "1", "audio", within=frozenset({"video"}))
    frames = Kind("frames", "1", "video", frozenset({"image"}), turn=1)
    voice = Kind("voice", "1", "audio", turn=1, within=frozenset({"video"}))
    assert tune.fits("video", "video") and tune.fits("audio", "video") and not tune.fits("image", "video")
    assert frames.fits("video", "image") and not frames.fits("audio", "video")
    film, song = Item("film", "alleged", "video"), Item("mine", "reference", "video")
    states = done("film", "mine", kind="tune")
    found = wanted(
        [film, song], meetings([film, song], "one"), [tune, frames, voice], states, {("film", "mine", "tune"): "strong"}
    )
    assert found == {
        ("film", "frames"): "queued",
        ("mine", "frames"): "queued",
        ("film", "voice"): "not_needed",
        ("mine", "voice"): "not_needed",
    }
