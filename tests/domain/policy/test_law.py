"""The rule book says what the law and the house rules say: tables copied by hand from the reference, row by row."""

from __future__ import annotations

import pytest

from webapp.domain.policy.queries import book
from webapp.domain.policy.shape import Span

# law.md §1: code → priority, points, what is required. 12 points stand for "terminate review".
KINDS = {
    "AI_LABEL_MISSING": ("P3", 1, "URL REASON"),
    "AI_LABEL_OBSCURED": ("P2", 2, "URL REASON SCREEN"),
    "AI_LABEL_WRONG": ("P3", 0, "URL REASON ORIGINAL"),
    "LIKENESS": ("P1", 3, "URL REASON ID NOCONS GF"),
    "VOICE": ("P1", 3, "URL REASON TS ID NOCONS GF"),
    "DECEASED": ("P2", 3, "URL REASON ID DEATH KIN"),
    "NAME_IMPERSONATION": ("P1", 4, "URL REASON ID"),
    "REPUTATION": ("P2", 3, "URL REASON ID"),
    "PRIVACY_PI": ("P1", 4, "URL REASON ID"),
    "INTIMATE_DEEPFAKE": ("P0", 12, "URL SIGNATURE NOCONS CONTACT"),
    "MINOR_SEXUAL": ("P0", 12, "URL"),
    "MINOR_HARM": ("P1", 6, "URL REASON"),
    "COPY_IMAGE": ("P2", 2, "URL REASON WORK TITLE ID GF"),
    "COPY_VIDEO": ("P2", 2, "URL REASON TS WORK TITLE ID GF"),
    "COPY_MUSIC": ("P2", 2, "URL REASON TS WORK TITLE ID GF"),
    "NEIGHBOUR_PERF": ("P2", 2, "URL REASON TS WORK TITLE ID"),
    "COPY_TEXT": ("P2", 2, "URL REASON WORK TITLE ID"),
    "RMI_REMOVED": ("P2", 2, "URL REASON WORK ORIGINAL"),
    "TRAINING_USE": ("P3", 2, "URL REASON WORK"),
    "OTHER_IP": ("P2", 2, "URL REASON WORK TITLE ID"),
    "VH_IMAGE_COPY": ("P2", 3, "URL REGISTRY"),
    "VH_UNREGISTERED": ("P3", 1, "URL"),
    "VH_OPERATOR_UNVERIFIED": ("P3", 1, "URL"),
    "VH_LIVE_NO_HUMAN": ("P3", 3, "URL TS"),
    "VH_LABEL_MISSING": ("P3", 1, "URL TS"),
    "FABRICATION_RUMOUR": ("P2", 3, "URL REASON"),
    "ANTI_SCIENCE": ("P3", 2, "URL REASON"),
    "FRAUD": ("P0", 12, "URL REASON"),
    "FAKE_ENDORSEMENT": ("P1", 6, "URL"),
    "LOW_QUALITY_MASS": ("P4", 1, "URL"),
    "OTHER": ("P3", 0, "URL REASON"),
}
# law.md §1: what makes a kind more urgent.
RAISED = {
    ("VH_LIVE_NO_HUMAN", "live"): "P1",
    ("VH_LABEL_MISSING", "commerce"): "P2",
    ("FABRICATION_RUMOUR", "disaster"): "P0",
    ("ANTI_SCIENCE", "health"): "P2",
}
# law.md §2, the rows as written there. n = ✓, c = ◐, t = tip, . = may not file.
BASES = ("SELF", "AGENT", "GUARD", "NR1", "NR2", "HEIR", "RH", "VHOWN", "TF", "ANY")
MATRIX = {
    "LIKENESS VOICE PRIVACY_PI": "n n c . . . . . n t",
    "REPUTATION NAME_IMPERSONATION": "n n c . . . c . n t",
    "DECEASED": ". n c n c . . . n t",
    "INTIMATE_DEEPFAKE": "n n n n c . . . n t",
    "MINOR_SEXUAL MINOR_HARM": "n n n n n . n . n n",
    "COPY_IMAGE COPY_VIDEO COPY_MUSIC COPY_TEXT NEIGHBOUR_PERF RMI_REMOVED OTHER_IP TRAINING_USE": (
        "n n n . . n n . n t"
    ),
    "VH_IMAGE_COPY": ". n . . . . . n . t",
    "AI_LABEL_MISSING AI_LABEL_OBSCURED AI_LABEL_WRONG VH_UNREGISTERED VH_OPERATOR_UNVERIFIED VH_LIVE_NO_HUMAN"
    " VH_LABEL_MISSING FABRICATION_RUMOUR ANTI_SCIENCE FRAUD FAKE_ENDORSEMENT LOW_QUALITY_MASS OTHER": (
        "n n n n n n n n n n"
    ),
}
# law.md §3: rows × CN_CIVIL CN_ECOM CN_RTCI EU_DSA US_DMCA US_TIDA HOUSE.
REGIMES = ("CN_CIVIL", "CN_ECOM", "CN_RTCI", "EU_DSA", "US_DMCA", "US_TIDA", "HOUSE")
COMPLETE = {
    "ID": "M R M M R - -",
    "IDDOC": "R R R - - - -",
    "CONTACT": "R R M M M M R",
    "ADDRESS": "- - M - M - -",
    "URL": "R R M M M M M",
    "TS": "R R R R R R R",
    "WORK": "R R M - M - -",
    "PROOF": "M M M M - - R",
    "REASON": "R R R M R M R",
    "AUTHORITY": "R R R - M R -",
    "GF": "R R R M M M -",
    "PERJURY": "- - - - M - -",
    "SIGNATURE": "- - - - M M -",
}
H, D, MIN = "hours", "days", "minutes"
# law.md §4.7: id → length, hard number of the law?, mark.
CLOCKS: dict[str, tuple[dict[str, object], bool, str]] = {
    "ACK": ({H: 24}, False, "D"),
    "FORWARD_UPLOADER": ({H: 24}, False, "D"),
    "TAKE_MEASURE_RTCI": ({H: 24}, False, "D"),
    "TAKE_MEASURE_DMCA": ({H: 48}, False, "D"),
    "TIDA_48": ({H: 48}, True, "V2"),
    "IN_2H": ({H: 2}, True, "V2"),
    "IN_3H": ({H: 3}, True, "V2"),
    "IN_7D": ({D: 7}, True, "V2"),
    "REPORTER_DECISION": ({H: 24}, False, "D"),
    "COUNTER_WINDOW": ({D: 180}, False, "D"),
    "FORWARD_CLAIMANT": ({H: 24}, False, "D"),
    "WAIT_ECOM": ({D: 15}, True, "V"),
    "WAIT_CIVIL": ({D: 15}, False, "D"),
    "WAIT_RTCI": ({D: 15}, False, "D"),
    "WAIT_EXT_IP": ({D: 20, "calendar": "CN_WORKDAYS"}, True, "V"),
    "WAIT_DMCA": ({D: 14, "calendar": "US_BUSINESS_DAYS"}, True, "V"),
    "RESTORE_EXEC": ({H: 24}, False, "D"),
    "APPEAL_OPEN": ({D: 184}, True, "V2"),
    "APPEAL_OPEN_HOUSE": ({D: 180}, False, "D"),
    "UPLOADER_FIRST_RESPONSE": ({H: 48}, False, "D"),
    "VH_CURE": ({D: 7}, False, "D"),
    "LIVENESS": ({MIN: 5}, False, "D"),
    "INTERIM_MAX": ({D: 7}, False, "D"),
    "CURE_NOTICE": ({D: 10}, False, "D"),
}
# law.md §1: hours by priority.
BY_PRIORITY = {
    "TRIAGE": {"P0": 1, "P1": 4, "P2": 24, "P3": 48, "P4": 72},
    "INTERIM": {"P0": 2, "P1": 12, "P2": 24},
    "DECISION": {"P0": 24, "P1": 48, "P2": 72, "P3": 120, "P4": 168},
}


def test_there_are_the_31_kinds_and_no_other() -> None:
    assert set(book().kinds) == set(KINDS)
    assert len(KINDS) == 31


@pytest.mark.parametrize("code", KINDS)
def test_a_kind_is_as_urgent_as_dear_and_as_demanding_as_written(code: str) -> None:
    priority, points, required = KINDS[code]
    kind = book().kinds[code]
    assert (kind.priority, kind.points, " ".join(kind.required)) == (priority, points, required)


def test_what_raises_a_priority() -> None:
    found = {(code, name): r.priority for code, kind in book().kinds.items() for name, r in kind.raises.items()}
    assert found == RAISED


@pytest.mark.parametrize("codes", MATRIX)
def test_who_may_file(codes: str) -> None:
    """The standing matrix, row by row."""
    letters = {"n": "notice", "c": "conditional", "t": "tip"}
    row = {basis: letters[cell] for basis, cell in zip(BASES, MATRIX[codes].split(), strict=True) if cell != "."}
    for code in codes.split():
        assert book().leaves(code) == row, code


def test_every_kind_is_in_the_matrix_once() -> None:
    written = [code for codes in MATRIX for code in codes.split()]
    assert sorted(written) == sorted(book().kinds)


@pytest.mark.parametrize("item", COMPLETE)
def test_what_a_notice_must_carry(item: str) -> None:
    """The completeness table, row by row; what a regime does not name is not asked for it."""
    for regime, need in zip(REGIMES, COMPLETE[item].split(), strict=True):
        assert book().regimes[regime].notice.get(item, "-") == need, regime


def test_what_a_counter_notice_must_carry() -> None:
    """law.md §3, the paragraph under the table. TIDA knows none."""
    must = {
        code: {field for field, need in regime.counter.items() if need == "M"}
        for code, regime in book().regimes.items()
        if regime.counter_allowed
    }
    assert must == {
        "CN_CIVIL": {"real_name", "evidence"},
        "CN_ECOM": {"evidence"},
        "CN_RTCI": {"real_name", "contact", "postal_address", "item", "evidence", "truth"},
        "US_DMCA": {
            "signature", "item", "mistake", "real_name", "postal_address", "contact", "jurisdiction", "service",
        },
    }  # fmt: skip
    assert [code for code, regime in book().regimes.items() if regime.bars_repeat] == ["CN_RTCI"]


@pytest.mark.parametrize("code", CLOCKS)
def test_a_clock_runs_as_long_as_written(code: str) -> None:
    length, hard, mark = CLOCKS[code]
    clock = book().clocks[code]
    assert clock.span is not None
    found = clock.span.model_dump(exclude_defaults=True)
    found.pop("rolls", None)
    assert (found, clock.hard, clock.mark) == (length, hard, mark)


@pytest.mark.parametrize("code", BY_PRIORITY)
def test_hours_by_priority(code: str) -> None:
    assert {p: span.hours for p, span in book().clocks[code].by_priority.items()} == BY_PRIORITY[code]


def test_an_appeal_of_an_urgent_case_takes_48_hours_others_seven_days() -> None:
    spans = book().clocks["APPEAL_DECIDE"].by_priority
    assert {p: s.model_dump(exclude_defaults=True) for p, s in spans.items()} == {
        "P0": {H: 48}, "P1": {H: 48}, "P2": {D: 7}, "P3": {D: 7}, "P4": {D: 7},
    }  # fmt: skip


def test_dmca_restores_no_earlier_than_the_tenth_business_day() -> None:
    assert book().clocks["WAIT_DMCA"].earliest == Span.model_validate({D: 10, "calendar": "US_BUSINESS_DAYS"})


def test_every_clock_of_the_law_is_covered_above() -> None:
    """A clock added to the book gets its line in a table here."""
    elsewhere = {"APPEAL_DECIDE", "TAKE_MEASURE", "SOR", "LABEL_CURE"}
    assert set(book().clocks) == set(CLOCKS) | set(BY_PRIORITY) | elsewhere
    assert book().clocks["TAKE_MEASURE"].by_priority == book().clocks["DECISION"].by_priority
    assert book().clocks["SOR"].mark == "V2"


def test_the_ladder_is_the_one_written() -> None:
    """law.md §5.2: rung, points from, measure, days, how long the points count."""
    found = [(r.code, r.points, r.actions, r.days, r.points_days) for r in book().ladder.rungs]
    assert found == [
        ("L0", 0, (), (), 90),
        ("L1", 1, ("warn",), (), 90),
        ("L2", 3, ("no_posting",), (1, 3), 90),
        ("L3", 6, ("limit",), (7,), 180),
        ("L4", 9, ("suspend",), (14, 30), 365),
        ("L5", 12, ("close",), (), None),
    ]
    assert {c: (m.factor, m.plus, m.zero, m.automatic) for c, m in book().ladder.modifiers.items() if not m.intent} == {
        "commercial": (2, 0, False, False),
        "reach": (2, 0, False, False),
        "repeat": (1.5, 0, False, True),
        "removed_early": (1, -1, False, False),
        "defence": (1, 0, True, False),
    }


def test_misuse_of_reporting_is_weighed_as_written() -> None:
    """law.md §5.5; a warning always comes before a suspension."""
    conduct = book().conduct
    assert (conduct.window_days, conduct.floor) == (90, 5)
    assert [(s.code, s.days) for s in conduct.steps] == [
        ("education", ()), ("warning", ()), ("slower", (90,)), ("suspended", (30, 90, 180)),
    ]  # fmt: skip
    assert set(conduct.exempt) == {"MINOR_SEXUAL", "INTIMATE_DEEPFAKE"}


def test_urgent_kinds_never_wait_for_identity_and_sealed_ones_never_for_a_file() -> None:
    for code, kind in book().kinds.items():
        files = {item for item in (*kind.required, *kind.optional) if book().evidence[item].form == "file"}
        if book().urgent(kind.priority):
            assert not {"ID", "IDDOC"} & {*kind.required, *kind.optional}, code
        if kind.sealed:
            assert not files and kind.reference is None, code
    assert {code for code, kind in book().kinds.items() if kind.sealed} == {"INTIMATE_DEEPFAKE", "MINOR_SEXUAL"}


def test_restoring_by_lapse_of_time_never_reaches_intimate_imagery_or_children() -> None:
    """No regime with a waiting time is on these kinds: only a person may put such content back."""
    for code in ("INTIMATE_DEEPFAKE", "MINOR_SEXUAL", "MINOR_HARM"):
        assert not [r for r in book().kinds[code].regimes if book().regimes[r].wait], code


def test_cheap_mass_content_is_shown_less_never_removed() -> None:
    """House rule Q3: discouraged, not forbidden."""
    kind = book().kinds["LOW_QUALITY_MASS"]
    assert kind.default_actions == ("demote",)
    assert not {"remove", "disable", "block_hash", "suspend", "close"} & {*kind.actions, *kind.interim}


def test_a_draft_is_marked_as_one_and_is_never_a_kinds_only_ground() -> None:
    drafts = {code for code, basis in book().bases.items() if basis.status == "draft"}
    assert {"CN-VH", "NO-FAKES"} <= drafts
    for code, kind in book().kinds.items():
        assert set(kind.bases) - drafts, code


def test_support_is_offered_where_people_need_it_at_once() -> None:
    fraud = book().kinds["FRAUD"].support
    assert fraud is not None
    assert "110" in fraud.zh and "96110" in fraud.zh and "96110" in fraud.en
    for code in ("INTIMATE_DEEPFAKE", "MINOR_SEXUAL", "MINOR_HARM", "PRIVACY_PI"):
        assert book().kinds[code].support, code
    assert {code for code, kind in book().kinds.items() if kind.follow_up_days} == {"DECEASED", "INTIMATE_DEEPFAKE"}


def test_what_an_account_can_put_right_by_itself() -> None:
    cures = {c: (k.cure.action, k.cure.days, k.cure.lapse) for c, k in book().kinds.items() if k.cure}
    assert cures == {
        "AI_LABEL_MISSING": ("label_ai", 3, "label_ai"),
        "VH_LABEL_MISSING": ("label_digital_human", 3, "label_digital_human"),
        "VH_UNREGISTERED": ("registered_since", 7, "live_off"),
        "VH_OPERATOR_UNVERIFIED": ("verified_since", 7, "live_off"),
    }


def test_a_stream_without_a_human_twice_in_90_days_goes_off_for_30() -> None:
    """law.md §5.4."""
    found = {c: (k.again.within_days, k.again.action, k.again.days) for c, k in book().kinds.items() if k.again}
    assert found == {"VH_LIVE_NO_HUMAN": (90, "live_off", 30)}


# law.md §6.2: the list of 1 July 2025, and the keywords used here.
CATEGORIES = (
    "ANIMAL_WELFARE CONSUMER_INFORMATION CYBER_VIOLENCE CYBER_VIOLENCE_AGAINST_WOMEN "
    "DATA_PROTECTION_AND_PRIVACY_VIOLATIONS ILLEGAL_OR_HARMFUL_SPEECH INTELLECTUAL_PROPERTY_INFRINGEMENTS "
    "NEGATIVE_EFFECTS_ON_CIVIC_DISCOURSE_OR_ELECTIONS NOT_SPECIFIED_NOTICE OTHER_VIOLATION_TC PROTECTION_OF_MINORS "
    "RISK_FOR_PUBLIC_SECURITY SCAMS_AND_FRAUD SELF_HARM UNSAFE_AND_PROHIBITED_PRODUCTS VIOLENCE"
)
KEYWORDS = (
    "COPYRIGHT_INFRINGEMENT DESIGN_INFRINGEMENT TRADEMARK_INFRINGEMENT DEFAMATION IMPERSONATION_ACCOUNT_HIJACKING "
    "INAUTHENTIC_ACCOUNTS MISINFORMATION_DISINFORMATION NON_CONSENSUAL_IMAGE_SHARING "
    "NON_CONSENSUAL_IMAGE_SHARING_AGAINST_WOMEN NON_CONSENSUAL_MATERIAL_DEEPFAKE "
    "NON_CONSENSUAL_MATERIAL_DEEPFAKE_AGAINST_WOMEN CHILD_SEXUAL_ABUSE_MATERIAL_DEEPFAKE BIOMETRIC_DATA_BREACH "
    "DATA_FALSIFICATION MISSING_PROCESSING_GROUND PHISHING HIDDEN_ADVERTISEMENT MISLEADING_INFO_GOODS_SERVICES "
    "OTHER"
)
DECISIONS = {
    "decision_visibility": {
        f"DECISION_VISIBILITY_{end}"
        for end in (
            "CONTENT_REMOVED", "CONTENT_DISABLED", "CONTENT_DEMOTED", "CONTENT_AGE_RESTRICTED",
            "CONTENT_INTERACTION_RESTRICTED", "CONTENT_LABELLED", "OTHER",
        )
    },
    "decision_monetary": {f"DECISION_MONETARY_{end}" for end in ("SUSPENSION", "TERMINATION", "OTHER")},
    "decision_provision": {
        f"DECISION_PROVISION_{end}"
        for end in ("PARTIAL_SUSPENSION", "TOTAL_SUSPENSION", "PARTIAL_TERMINATION", "TOTAL_TERMINATION")
    },
    "decision_account": {"DECISION_ACCOUNT_SUSPENDED", "DECISION_ACCOUNT_TERMINATED"},
}  # fmt: skip


def test_only_codes_of_the_eu_database_are_used() -> None:
    for code, kind in book().kinds.items():
        assert kind.dsa.category.removeprefix("STATEMENT_CATEGORY_") in CATEGORIES.split(), code
        assert {k.removeprefix("KEYWORD_") for k in kind.dsa.keywords} <= set(KEYWORDS.split()), code
    for code, action in book().actions.items():
        for field, values in action.dsa.items():
            assert set(values) <= DECISIONS[field], code


def test_every_restriction_has_its_code() -> None:
    """A label, a demotion, a suspension each need a statement of reasons (law.md §0 item 7); a warning alone none."""
    silent = {c for c, a in book().actions.items() if a.target != "none" and not a.undoes and not a.dsa}
    assert silent == {"warn", "notice_to_register", "realname_required"}
