"""Statements for the EU database: the schema's names, lengths and codes, truthful, and without personal data."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any, get_args

import pytest
import time_machine
from apiflask import APIFlask
from pydantic import ValidationError

from tests.conftest import Cast
from tests.domain.decisions.story import choice, decided, dismissed, opened
from webapp.core.db import db, transaction
from webapp.core.errors import Refused
from webapp.domain.cases.models import Case
from webapp.domain.decisions import dsa, dsa_schema, queries
from webapp.domain.decisions.dsa import batches, statement_of
from webapp.domain.decisions.dsa_schema import DsaStatement
from webapp.domain.decisions.models import Decision
from webapp.domain.decisions.rules import ActionFact
from webapp.domain.decisions.service import agree, cured, decide, impose_interim, redecide, restore
from webapp.domain.policy.queries import FOLDER, book, load

START = datetime(2026, 3, 2, 1, 0, tzinfo=UTC)
WHOLE: dict[str, Any] = {
    "decision_visibility": ("DECISION_VISIBILITY_CONTENT_REMOVED",),
    "decision_ground": "DECISION_GROUND_INCOMPATIBLE_CONTENT",
    "incompatible_content_ground": "House rules: copies",
    "incompatible_content_explanation": "The same painting.",
    "content_type": ("CONTENT_TYPE_IMAGE", "CONTENT_TYPE_SYNTHETIC_MEDIA"),
    "category": "STATEMENT_CATEGORY_INTELLECTUAL_PROPERTY_INFRINGEMENTS",
    "content_date": date(2026, 3, 1),
    "application_date": date(2026, 3, 2),
    "decision_facts": "The same painting.",
    "source_type": "SOURCE_ARTICLE_16",
    "automated_detection": "No",
    "automated_decision": "AUTOMATED_DECISION_NOT_AUTOMATED",
    "puid": "0190-ab_C",
}


@pytest.mark.parametrize(
    "wrong",
    [
        {"decision_visibility": None},  # one of the four decision_* must be there
        {"decision_visibility": ("DECISION_VISIBILITY_OTHER",)},  # without its words
        {"decision_visibility_other": "x" * 501},
        {"decision_visibility": ("DECISION_VISIBILITY_CONTENT_HIDDEN",)},
        {"category": "STATEMENT_CATEGORY_PORNOGRAPHY_OR_SEXUALIZED_CONTENT"},  # deleted on 1 July 2025
        {"category": "STATEMENT_CATEGORY_NON_CONSENSUAL_BEHAVIOUR"},
        {"category": "STATEMENT_CATEGORY_SCOPE_OF_PLATFORM_SERVICE"},
        {"category": "STATEMENT_CATEGORY_UNSAFE_AND_ILLEGAL_PRODUCTS"},
        {"category_specification": ("KEYWORD_OTHER",)},
        {"content_type": ()},
        {"content_date": date(1999, 12, 31)},
        {"decision_facts": ""},
        {"decision_facts": "x" * 5001},
        {"incompatible_content_explanation": "x" * 2001},
        {"incompatible_content_ground": None},
        {"decision_ground": "DECISION_GROUND_ILLEGAL_CONTENT"},  # its own two fields are missing
        {"source_type": "SOURCE_ARTICLE_9"},
        {"automated_detection": "no"},
        {"puid": "with space"},
        {"puid": "x" * 501},
        {"territorial_scope": ("CN",)},
        {"platform_name": "Lumo"},  # no field of the schema
    ],
)
def test_the_schema_refuses_what_the_database_would(wrong: dict[str, Any]) -> None:
    """Names, lengths and code lists of law.md §6.2."""
    DsaStatement.model_validate(WHOLE)
    with pytest.raises(ValidationError):
        DsaStatement.model_validate(WHOLE | wrong)


def test_the_code_lists_are_those_of_the_law() -> None:
    """16 categories, 30 countries; every kind and measure of the book speaks in codes of the schema."""
    assert len(get_args(dsa_schema.Category)) == 16 and len(get_args(dsa_schema.Territory)) == 30
    shipped = load(FOLDER)
    for kind in shipped.kinds.values():
        assert kind.dsa.category in get_args(dsa_schema.Category)
        assert set(kind.dsa.keywords) <= set(get_args(dsa_schema.Keyword))
    lists = {
        "decision_visibility": dsa_schema.Visibility,
        "decision_monetary": dsa_schema.Monetary,
        "decision_provision": dsa_schema.Provision,
        "decision_account": dsa_schema.Account,
    }
    for action in shipped.actions.values():
        assert all(set(codes) <= set(get_args(lists[name])) for name, codes in action.dsa.items())


@pytest.fixture
def case(app: APIFlask, cast: Cast) -> Case:
    """A case held by Rui."""
    return opened(cast.rui)


def test_a_decision_as_the_database_takes_it(app: APIFlask, cast: Cast) -> None:
    """Every field of one statement, from what was decided."""
    with time_machine.travel(START, tick=False):
        case = opened(cast.rui)
        with transaction():
            made = decide(case.id, cast.rui, case.version, choice(case, ("remove", None), ("suspend", 14)))
            decision = agree(made.id, cast.mei)
        told = statement_of(decision).to_json()
    assert told.pop("territorial_scope") == list(get_args(dsa_schema.Territory))
    assert told.pop("decision_facts").startswith("The same painting, mirrored.\nCopyright infringement")
    assert told == {
        "decision_visibility": ["DECISION_VISIBILITY_CONTENT_REMOVED"],
        "decision_account": "DECISION_ACCOUNT_SUSPENDED",
        "end_date_account_restriction": "2026-03-16",
        "decision_ground": "DECISION_GROUND_INCOMPATIBLE_CONTENT",
        "incompatible_content_ground": f"{book().house.en}: {book().kinds['COPY_IMAGE'].name.en}",
        "incompatible_content_explanation": "The same painting, mirrored.",
        "content_type": ["CONTENT_TYPE_IMAGE", "CONTENT_TYPE_VIDEO", "CONTENT_TYPE_SYNTHETIC_MEDIA"],
        "category": "STATEMENT_CATEGORY_INTELLECTUAL_PROPERTY_INFRINGEMENTS",
        "category_specification": ["KEYWORD_COPYRIGHT_INFRINGEMENT"],
        "content_date": "2026-03-02",
        "application_date": "2026-03-02",
        "source_type": "SOURCE_ARTICLE_16",
        "automated_detection": "No",
        "automated_decision": "AUTOMATED_DECISION_NOT_AUTOMATED",
        "puid": decision.id,
    }


def test_restrictions_are_told_by_the_gravest_code_and_their_last_day(app: APIFlask) -> None:
    """Several measures of one sort: one code where the schema takes one, and no end where one has none."""
    ends = datetime(2026, 3, 9, 4, tzinfo=UTC)
    facts: Sequence[ActionFact] = [
        ActionFact("mute_audio", None, None),
        ActionFact("demote", 7, ends),
        ActionFact("limit", 7, ends),
        ActionFact("registration_revoked", None, None),
        ActionFact("warn", None, None),
    ]
    assert dsa._restrictions(facts, book()) == {
        "decision_visibility": ("DECISION_VISIBILITY_OTHER", "DECISION_VISIBILITY_CONTENT_DEMOTED"),
        "decision_visibility_other": "Mute the sound",
        "end_date_visibility_restriction": None,
        "decision_monetary": "DECISION_MONETARY_SUSPENSION",
        "end_date_monetary_restriction": date(2026, 3, 9),
        "decision_provision": "DECISION_PROVISION_PARTIAL_TERMINATION",
        "end_date_service_restriction": None,
    }


def test_a_wrong_label_is_not_called_synthetic_and_a_tip_is_no_notice(app: APIFlask, cast: Cast) -> None:
    """Truthful: whether it was made with AI is the question there; a signal is no article 16 notice."""
    case = opened(cast.rui, kind="AI_LABEL_WRONG")
    told = statement_of(decided(case, cast.rui, choice(case, ("unlabel", None))))
    assert "CONTENT_TYPE_SYNTHETIC_MEDIA" not in told.content_type
    assert told.category_specification_other == book().kinds["AI_LABEL_WRONG"].name.en
    signal = opened(cast.rui, kind="LIKENESS", basis="ANY", content_ref="p2")
    told = statement_of(decided(signal, cast.rui))
    assert told.source_type == "SOURCE_TYPE_OTHER_NOTIFICATION"
    assert "CONTENT_TYPE_SYNTHETIC_MEDIA" in told.content_type


def test_a_provisional_measure_has_its_own_statement(app: APIFlask, cast: Cast) -> None:
    """It restricts, so it is told, with its end."""
    with time_machine.travel(START, tick=False):
        case = opened(cast.rui)
        with transaction():
            interim = impose_interim(case.id, cast.rui, case.version, "disable", "It looks the same.")
        told = statement_of(interim)
    assert told.decision_visibility == ("DECISION_VISIBILITY_CONTENT_DISABLED",)
    assert told.end_date_visibility_restriction == date(2026, 3, 9)
    assert "nothing has been found yet" in told.decision_facts


@pytest.mark.parametrize(
    ("reason", "field", "what"),
    [
        ("Zhou Yun painted it in 2019.", "incompatible_content_explanation", "name"),
        ("Copy Cat mirrored it.", "incompatible_content_explanation", "name"),
        ("The account @copycat mirrored it.", "incompatible_content_explanation", "handle"),
        ("Ask zhou@example.org.", "incompatible_content_explanation", "e_mail"),
        ("Ask 13912345678.", "incompatible_content_explanation", "phone"),
        ("x" * 2001 + " Ask 13912345678.", "decision_facts", "phone"),
    ],
)
def test_personal_data_stops_a_statement(case: Case, cast: Cast, reason: str, field: str, what: str) -> None:
    """The error names the field and what was found; names of the case's people count as much as patterns."""
    with pytest.raises(Refused) as error:
        statement_of(decided(case, cast.rui, choice(case, reason=reason)))
    assert error.value.code == "personal_data"
    assert error.value.params == {"field": field, "what": what}


def test_what_restricts_nothing_is_not_exported(case: Case, cast: Cast) -> None:
    """Rejections, cures, restorations and appeals that only take back are no restrictions."""
    first = decided(case, cast.rui)
    with transaction():
        second = redecide(case.id, cast.lan, dismissed(case), first)
        third = restore(case.id, second, "court", None)
    other = opened(cast.rui, kind="AI_LABEL_MISSING", content_ref="p2")
    with transaction():
        fourth = cured(other.id, "label_ai", None)
    for decision in (second, third, fourth):
        with pytest.raises(Refused, match="no_restriction"):
            statement_of(decision)
    assert batches().count == 1


def test_law_of_the_union_makes_it_illegal_content(case: Case, cast: Cast) -> None:
    """Where the operator serves the EU: the substantive law as ground, not the articles about procedure."""
    served = {
        code: regime.model_copy(update={"enabled": regime.enabled or code.startswith("EU_")})
        for code, regime in book().regimes.items()
    }
    rules = book().model_copy(update={"regimes": served})
    outcome = queries.outcome(decided(case, cast.rui))
    told = dsa._ground(outcome, rules)
    assert told["decision_ground"] == "DECISION_GROUND_ILLEGAL_CONTENT"
    assert told["illegal_content_legal_ground"] == "EU Directive 2019/790 art 17"
    minor = dsa._ground(replace(outcome, ground="MINOR_SEXUAL", reason="x" * 4000), rules)
    assert "DSA art" not in minor["illegal_content_legal_ground"] and "child sexual" in str(minor)
    assert len(minor["illegal_content_explanation"]) == 2000
    face = dsa._ground(replace(outcome, ground="LIKENESS"), rules)
    assert face["decision_ground"] == "DECISION_GROUND_INCOMPATIBLE_CONTENT"


def export(app: APIFlask, folder: Path, *more: str) -> str:
    """Run the command as an operator does."""
    result = app.test_cli_runner().invoke(args=["statements", "export", str(folder), *more])
    assert result.exit_code == 0, result.output
    return result.output


def test_the_export_writes_files_of_a_hundred_again_and_again(app: APIFlask, cast: Cast, tmp_path: Path) -> None:
    """The same files each time, stable ids, the refused named, older files gone; `--since` takes what came later."""
    with time_machine.travel(START, tick=False) as clock:
        for number in range(4):
            case = opened(cast.rui, content_ref=f"p{number}")
            reason = "Zhou Yun's painting." if number == 1 else f"The same painting, number {number}."
            decided(case, cast.rui, choice(case, reason=reason, set_aside="Content alone."))
            clock.shift(timedelta(days=1))
        named = db.session.query(Decision).order_by(Decision.decided_at).all()[1].case.reference
        folder = tmp_path / "out"
        folder.mkdir()
        (folder / "batch-0009.json").write_text("{}")
        (folder / "notes.txt").write_text("mine")
        said = export(app, folder)
        assert "3 statements in 1 files" in said
        assert f"Left out: case {named}, field incompatible_content_explanation holds personal data (name)." in said
        first = (folder / "batch-0001.json").read_bytes()
        assert [p.name for p in sorted(folder.iterdir())] == ["batch-0001.json", "notes.txt"]
        export(app, folder)
        assert (folder / "batch-0001.json").read_bytes() == first
        statements = json.loads(first)["statements"]
        assert len({s["puid"] for s in statements}) == 3
        assert all(DsaStatement.model_validate_json(json.dumps(s)) for s in statements)
        assert "2 statements" in export(app, folder, "--since", "2026-03-04")


def test_a_hundred_a_file() -> None:
    """What the database takes at once."""
    assert dsa_schema.MOST == 100
