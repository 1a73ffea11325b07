"""The rule book: complete in both languages, and a typo in any file says file, line and one sentence."""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from pydantic import BaseModel

from webapp.domain.policy.queries import FOLDER, BookError, book, kept, load
from webapp.domain.policy.shape import Words


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    """An operator's own copy of the shipped book."""
    return Path(shutil.copytree(FOLDER, tmp_path / "own"))


def _edit(folder: Path, file: str, before: str, after: str) -> int:
    """Change the first place that says `before`; gives its line."""
    text = (folder / file).read_text(encoding="utf-8")
    assert before in text
    (folder / file).write_text(text.replace(before, after, 1), encoding="utf-8")
    return text[: text.index(before)].count("\n") + 1


def _words(part: object, place: str) -> Iterator[tuple[str, Words]]:
    if isinstance(part, Words):
        yield place, part
    elif isinstance(part, dict):
        for name, inner in part.items():
            yield from _words(inner, f"{place}.{name}")
    elif isinstance(part, tuple):
        for number, inner in enumerate(part):
            yield from _words(inner, f"{place}.{number}")
    elif isinstance(part, BaseModel):
        for name in type(part).model_fields:
            yield from _words(getattr(part, name), f"{place}.{name}")


def test_every_wording_is_there_in_both_languages() -> None:
    """Chinese that is Chinese, English that is English, neither padded nor ending in a stray space."""
    seen = list(_words(book(), "book"))
    assert len(seen) > 400
    for place, words in seen:
        joins = place.endswith((".and", ".comma", ".semicolon"))
        assert joins or (words.zh.strip() == words.zh and words.en.strip() == words.en), place
        assert not re.search("[\u4e00-\u9fff]", words.en), place
        assert re.search("[\u4e00-\u9fff]", words.zh) or not re.sub(r"{\w+}|\W", "", words.zh), place


def test_the_last_versions_can_be_named() -> None:
    """A case that was decided under an older version can say which one that was, and what it held."""
    assert book().version == "2026.11-2"
    assert book().edition("2026.11-1") is not None
    assert book().edition("2026.11-2") is not None
    assert book().edition("1999.1") is None


# File, what to change, into what, and the sentence that names it; {line} is the line that was changed.
TYPOS = [
    ("book.toml", "claim_minutes = 10", "claim_minutes = = 10", r"book.toml: Invalid value \(at line {line}, .*\)"),
    ("book.toml", "claim_minutes = 10", "claim_minutes = 0", "book.toml, line {line}: numbers.claim_minutes: .*"),
    ("book.toml", "appeal_days = 180", "appeal_days = 90", "book.toml, line {line}: numbers.appeal_days must be .*"),
    ("book.toml", "alert_percent = 75", "alert_precent = 75", "book.toml, line [0-9]+: numbers.alert_percent: .*"),
    (
        "queues.toml",
        'takes = { groups = ["minor"] }',
        'takes = { groups = ["minors"] }',
        "queues.toml, line {line}: queue.minors.takes names 'minors', which is not in matrix.toml",
    ),
    (
        "desk.toml",
        'kinds = ["INTIMATE_DEEPFAKE", "MINOR_SEXUAL", "MINOR_HARM"]',
        'kinds = ["INTIMATE_DEEPFAKES", "MINOR_SEXUAL", "MINOR_HARM"]',
        "desk.toml, line {line}: harms.heavy.kinds names 'INTIMATE_DEEPFAKES', which is not in kinds",
    ),
    ("desk.toml", 'least = "blur"', 'least = "gray"', "desk.toml, line {line}: harms.heavy.least: .*"),
    (
        "desk.toml",
        'kinds = ["LIKENESS", ',
        'kinds = ["MINOR_HARM", "LIKENESS", ',
        "desk.toml: MINOR_HARM is in two classes of harms",
    ),
    ("editions.toml", "since", "sense", r"editions.toml, line 3: 2026.11-1.since: Field required"),
    ("bases/house.toml", 'mark = "V"', 'mrak = "V"', "bases/house.toml, line 3: S2.mark: Field required"),
    ("bases/china.toml", 'mark = "V2"', 'mark = "V3"', "bases/china.toml, line {line}: .*.mark: .*'V2'.*"),
    (
        "bases/abroad.toml",
        'regime = "EU_DSA"',
        'regime = "EU_DAS"',
        "bases/abroad.toml, line {line}: DSA-9.regime names 'EU_DAS', which is not in regimes.toml",
    ),
    (
        "regimes.toml",
        'wait = "WAIT_ECOM"',
        'wait = "WAIT_EOCM"',
        "regimes.toml, line {line}: CN_ECOM.wait names 'WAIT_EOCM', which is not in clocks",
    ),
    (
        "clocks/reply.toml",
        'starts = "arrived"',
        'starts = "arived"',
        "clocks/reply.toml, line {line}: WAIT_ECOM.starts: .*",
    ),
    (
        "clocks/notice.toml",
        "P0 = { hours = 24 }",
        "P0 = { hours = 30 }",
        r"clocks/notice.toml, line {line}: DECISION.by_priority.P0 must be 24 hours, as in priorities.toml",
    ),
    (
        "evidence.toml",
        'form = "statement"',
        'form = "tick"',
        "evidence.toml, line {line}: NO_SPOUSE.form: .*",
    ),
    (
        "standing.toml",
        'requires = ["POA"]',
        'requires = ["PAO"]',
        "standing.toml, line {line}: AGENT.requires names 'PAO', which is not in evidence.toml",
    ),
    (
        "matrix.toml",
        'VHOWN = "notice"',
        'VHOWNER = "notice"',
        "matrix.toml, line {line}: figure.VHOWNER names 'VHOWNER', which is not in standing.toml",
    ),
    ("priorities.toml", "hours = 72", 'hours = "soon"', "priorities.toml, line {line}: P2.decision_hours: .*"),
    (
        "actions/content.toml",
        'inverse = "unlabel_ai"',
        'inverse = "label_possible"',
        "actions/content.toml, line {line}: label_ai.inverse names 'label_possible', which is not marked undoes",
    ),
    (
        "actions/account.toml",
        "second_person_days = 0",
        "second_person_days = 3",
        "actions/account.toml, line [0-9]+: close closes for good and so needs second_person_days = 0",
    ),
    (
        "actions/live.toml",
        "days = [7, 30]",
        "days = [30, 7]",
        "actions/live.toml, line {line}: live_off.days must rise",
    ),
    ("actions/undoing.toml", "undoes = true", "undose = true", "actions/undoing.toml, line {line}: .*.undose: .*"),
    (
        "kinds/person.toml",
        'interim = ["disable"]',
        'interim = ["hide"]',
        "kinds/person.toml, line {line}: LIKENESS.interim names 'hide', which is not in actions",
    ),
    ("kinds/work.toml", "points = 2", "points = -2", "kinds/work.toml, line {line}: COPY_IMAGE.points: .*"),
    (
        "kinds/label.toml",
        'group = "public"',
        'group = "pubic"',
        "kinds/label.toml, line {line}: AI_LABEL_MISSING.group names 'pubic', which is not in matrix.toml",
    ),
    (
        "kinds/virtual.toml",
        'action = "registered_since"',
        'action = "register"',
        "kinds/virtual.toml, line {line}: VH_UNREGISTERED.cure names 'register', which is not in actions",
    ),
    (
        "kinds/public.toml",
        'priority = "P0" }',
        'priority = "P7" }',
        "kinds/public.toml, line {line}: .*raises.disaster names 'P7', which is not in priorities.toml",
    ),
    ("ladder.toml", "points = 6", "points = 2", "ladder.toml, line {line}: L3: rungs must rise in points"),
    (
        "ladder.toml",
        "days = [14, 30]",
        "days = [14, 31]",
        "ladder.toml, line {line}: L4.days has 31, which suspend does not offer",
    ),
    (
        "conduct.toml",
        '"MINOR_SEXUAL"',
        '"MINOR"',
        "conduct.toml, line {line}: exempt names 'MINOR', which is not in kinds",
    ),
    (
        "conduct.toml",
        '{ bad_faith = "warning" }',
        '{ bad_faith = "warn" }',
        "conduct.toml, line {line}: at_once names 'warn', which is not in the steps of conduct.toml",
    ),
    ("defences.toml", 'zh = "内容真实', 'cn = "内容真实', "defences.toml, line {line}: TRUTH.zh: Field required"),
    ("fields.toml", 'en = "How to reach you"', 'en = ""', "fields.toml, line {line}: contact.en: .*"),
    (
        "published.toml",
        'clocks = ["ACK"]',
        'clocks = ["ACKN"]',
        "published.toml, line {line}: steps.0.clocks names 'ACKN', which is not in clocks",
    ),
    ("biometrics.toml", "file_percent = 80", "file_percent = 100", "biometrics.toml, line {line}: file_percent: .*"),
    (
        "labels.toml",
        'measure = "label_possible"',
        'measure = "label_maybe"',
        "labels.toml, line {line}: duties.1.measure names 'label_maybe', which is not in actions",
    ),
    (
        "reasons/person.toml",
        'kinds = ["VOICE"]',
        'kinds = ["VOICES"]',
        "reasons/person.toml, line {line}: VOICE_CLONED.kinds names 'VOICES', which is not in kinds",
    ),
    (
        "reasons/work.toml",
        "The content is the same as the work “{{work}}”",
        "The content is the same as the work",
        r"reasons/work.toml, line [0-9]+: COPY_SAME: only one language has the gap \{\{work\}\}",
    ),
    ("reasons/label.toml", 'verdict = "upheld"', 'verdict = "yes"', "reasons/label.toml, line {line}: .*verdict: .*"),
    ("reasons/virtual.toml", "text.zh =", "text.cn =", "reasons/virtual.toml, line [0-9]+: FIGURE_COPIED.text.*"),
    (
        "reasons/public.toml",
        'kinds = ["OTHER"]',
        'kinds = ["FRAUD"]',
        "reasons.toml: OTHER has no reason for the verdict 'upheld'",
    ),
    (
        "gaps.toml",
        "registered =",
        "registration =",
        r"reasons/virtual.toml, line [0-9]+: FIGURE_COPIED has the gap \{\{registered\}\}, which is not in gaps.toml",
    ),
    ("hearing.toml", "decides = true", "decides = false", "hearing.toml, line [0-9]+: test: exactly one .* decides"),
    ("precedents.toml", "history = [1, 6]", "history = [6, 1]", "precedents.toml, line {line}: history must rise .*"),
    ("quality.toml", "rate = 0.05", "rate = 5", "quality.toml, line {line}: sample.rate: .*"),
    ("quality.toml", "low = 0.667", "low = 0.9", "quality.toml, line [0-9]+: agreement: low lies above good"),
    (
        "quality.toml",
        "minors = 0",
        "miners = 0",
        "quality.toml, line [0-9]+: sample.rates names 'miners', which is not in queues",
    ),
    ("statement.toml", "[points]", "[points", r"statement.toml: Expected .* \(at line {line}, .*\)"),
]


@pytest.mark.parametrize(("file", "before", "after", "sentence"), TYPOS)
def test_a_typo_names_file_line_and_reason(copy: Path, file: str, before: str, after: str, sentence: str) -> None:
    """An operator who edits the book is told what to mend, and where."""
    line = _edit(copy, file, before, after)
    with pytest.raises(BookError) as error:
        load(copy)
    pattern = sentence.replace("{line}", str(line))
    assert re.fullmatch(pattern + r"\.", str(error.value)), str(error.value)


def test_nobody_is_suspended_without_a_warning_before(copy: Path) -> None:
    """DSA art 23: the written warning comes first, whatever an operator writes."""
    for code in ("warning", "suspended"):
        _edit(copy, "conduct.toml", f'code = "{code}"', f'code = "-{code}"')
    _edit(copy, "conduct.toml", 'code = "-suspended"', 'code = "warning"')
    line = _edit(copy, "conduct.toml", 'code = "-warning"', 'code = "suspended"')
    with pytest.raises(BookError, match=rf"line {line - 1}: steps: a written warning comes before any suspension"):
        load(copy)


def test_every_file_of_the_book_is_tried_with_a_typo() -> None:
    """A file added to the book gets a case above. The matching chapter has tests of its own."""
    tried = {typo[0] for typo in TYPOS}
    files = {str(path.relative_to(FOLDER)) for path in FOLDER.rglob("*.toml")}
    assert {file for file in files if not file.startswith("matching/")} == tried


@pytest.mark.parametrize(
    ("file", "before", "after", "sentence"),
    [
        (
            "statement.toml",
            "{points} 分",
            "{score} 分",
            "statement.toml, line [0-9]+: .*: only one language has the gap",
        ),
        (
            "statement.toml",
            "{points} 分",
            "{points 分",
            "statement.toml, line [0-9]+: .* has a brace that does not close",
        ),
        ("published.toml", "{days}", "{day}", "published.toml, line [0-9]+: .* only one language has the gap {day}"),
        ("defences.toml", "PARODY", "SATIRE", "defences.toml: PARODY is missing; older cases or the software name it"),
        ("fields.toml", "[jurisdiction]", "[venue]", "regimes.toml, line [0-9]+: US_DMCA.counter names 'jurisdiction'"),
        ("editions.toml", '"2026.11-1"', '"2026.10-9"', "editions.toml: 2026.11-1 is missing; cases decided under it"),
    ],
)
def test_what_older_cases_and_the_software_name_stays(
    copy: Path, file: str, before: str, after: str, sentence: str
) -> None:
    """Codes and gaps are added, never taken out: an older case could not be read, a letter not be filled."""
    _edit(copy, file, before, after)
    with pytest.raises(BookError) as error:
        load(copy)
    assert re.match(sentence, str(error.value)), str(error.value)


def test_a_gap_nothing_fills_is_refused(copy: Path) -> None:
    """In both languages alike, so only the software's own sentences can tell."""
    text = (copy / "statement.toml").read_text(encoding="utf-8")
    (copy / "statement.toml").write_text(text.replace("{points}", "{score}"), encoding="utf-8")
    with pytest.raises(BookError, match=r"points has the gap \{score\}, which nothing fills\.$"):
        load(copy)


def test_a_code_in_two_files_is_refused(copy: Path) -> None:
    """Parts in several files are one part: the second entry would silently win."""
    with (copy / "kinds" / "work.toml").open("a", encoding="utf-8") as file:
        file.write("[VOICE]\norder = 1\n")
    with pytest.raises(BookError, match=r"kinds/work.toml, line \d+: VOICE is in kinds/person.toml too"):
        load(copy)


def test_a_missing_file_is_told_by_name(copy: Path) -> None:
    (copy / "ladder.toml").unlink()
    with pytest.raises(BookError, match=r"^ladder.toml cannot be read: "):
        load(copy)


def test_a_book_is_read_once_per_folder(copy: Path) -> None:
    """What a process started with stays what it works with, whatever is edited meanwhile."""
    first = kept(copy)
    _edit(copy, "book.toml", "claim_minutes = 10", "claim_minutes = 11")
    assert kept(copy) is first
    assert load(copy).numbers.claim_minutes == 11
