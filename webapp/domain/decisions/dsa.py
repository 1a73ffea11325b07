"""From a decision to its statement for the DSA Transparency Database, without personal data, in batches of up to 100.

The export is optional (small platforms are exempt, DSA art 19); the fields are the same with which the desk works.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time
from typing import Any, get_args
from zoneinfo import ZoneInfo

from sqlalchemy import select

from webapp.core.db import db, settings
from webapp.core.errors import Refused
from webapp.domain.cases import queries as cases
from webapp.domain.cases.models import Case, CaseReport
from webapp.domain.decisions import dsa_schema as schema
from webapp.domain.decisions import personal, queries
from webapp.domain.decisions.dsa_schema import DsaStatement
from webapp.domain.decisions.models import Decision
from webapp.domain.decisions.rules import ActionFact, Outcome
from webapp.domain.decisions.statements import law_of
from webapp.domain.policy.queries import book
from webapp.domain.policy.shape import Book

UNION = "EU_"  # regimes of Union law: "illegal" means illegal there (DSA art 3(h))
LONG_REF = 6  # characters from which on a platform's account number is looked for: a short one is any number
MEDIA = {"audio": "AUDIO", "image": "IMAGE", "text": "TEXT", "video": "VIDEO"}
SOURCES = {
    "trusted_flagger": "SOURCE_TRUSTED_FLAGGER",
    "notice": "SOURCE_ARTICLE_16",
    "tip": "SOURCE_TYPE_OTHER_NOTIFICATION",
}


@dataclass(frozen=True)
class Held:
    """A statement that is not exported: the case, the field and the sort of personal data found there."""

    case_reference: str
    decision_id: str
    field: str
    what: str


@dataclass(frozen=True)
class Export:
    """Batches as they are sent ({"statements": […]}), and what was held back."""

    batches: list[dict[str, Any]] = field(default_factory=list)
    held: list[Held] = field(default_factory=list)

    @property
    def count(self) -> int:
        """How many statements there are."""
        return sum(len(batch["statements"]) for batch in self.batches)


def batches(since: date | None = None) -> Export:
    """Every statement of decisions made on or after `since` (in the legal zone), oldest first. The same database gives
    the same batches again: nothing is noted, and each statement keeps its `puid`."""
    statement = select(Decision).where(Decision.verdict.in_(("upheld", "provisional")))
    if since is not None:
        start = datetime.combine(since, time(), ZoneInfo(settings().timezone)).astimezone(UTC)
        statement = statement.where(Decision.decided_at >= start)
    found: list[dict[str, Any]] = []
    held: list[Held] = []
    for decision in db.session.scalars(statement.order_by(Decision.decided_at, Decision.id)):
        try:
            found.append(statement_of(decision).to_json())
        except Refused as error:
            if error.code == "personal_data":
                held.append(Held(decision.case.reference, decision.id, error.params["field"], error.params["what"]))
    cut = [found[n : n + schema.MOST] for n in range(0, len(found), schema.MOST)]
    return Export([{"statements": part} for part in cut], held)


def statement_of(decision: Decision) -> DsaStatement:
    """The decision as a statement. Raises Refused: 'no_restriction' (it imposes nothing the database knows),
    'personal_data' with `field` and `what` (a code of personal.PATTERNS, or 'name')."""
    outcome = queries.outcome(decision)
    own = [queries.fact(a) for a in decision.actions if a.undoes_id is None]
    restrictions = _restrictions(own, book())
    if outcome.verdict not in ("upheld", "provisional") or not restrictions:
        raise Refused("no_restriction")
    case = decision.case
    kind = book().kinds[outcome.ground]
    made = DsaStatement.model_validate(
        restrictions
        | _ground(outcome, book())
        | {
            "content_type": _content_types(case, kind.dsa.synthetic, kind.media),
            "category": kind.dsa.category,
            "category_specification": kind.dsa.keywords or None,
            "category_specification_other": kind.name.en if "KEYWORD_OTHER" in kind.dsa.keywords else None,
            "territorial_scope": _territory(own),
            # The platform does not tell when it was published: the day we know it was there.
            "content_date": max(_day(case.subject.created_at), schema.EARLIEST),
            "application_date": _day(outcome.decided_at),
            "decision_facts": _facts(outcome, book()),
            "source_type": SOURCES[outcome.source],
            # Found by people's reports, never by our own scanning; comparisons support the person who decides.
            "automated_detection": "No",
            "automated_decision": "AUTOMATED_DECISION_PARTIALLY"
            if outcome.compared
            else "AUTOMATED_DECISION_NOT_AUTOMATED",
            "puid": decision.id,
        }
    )
    _refuse_personal_data(made, case)
    return made


def _restrictions(facts: Sequence[ActionFact], rules: Book) -> dict[str, Any]:
    """The four decision_* fields with their ends. Where the schema takes one code, the gravest is told."""
    told: dict[str, Any] = {}
    visible = [(code, f) for f in facts for code in rules.actions[f.kind].dsa.get("decision_visibility", ())]
    if visible:
        told["decision_visibility"] = tuple(dict.fromkeys(code for code, _fact in visible))
        other = [rules.actions[f.kind].words.en for code, f in visible if code == "DECISION_VISIBILITY_OTHER"]
        told["decision_visibility_other"] = _clip("; ".join(other), 500) or None
        told["end_date_visibility_restriction"] = _end(f for _code, f in visible)
    for name, codes, end in (
        ("decision_monetary", schema.Monetary, "monetary"),
        ("decision_provision", schema.Provision, "service"),
        ("decision_account", schema.Account, "account"),
    ):
        order = get_args(codes)
        found = [(code, f) for f in facts for code in rules.actions[f.kind].dsa.get(name, ())]
        if found:
            gravest = max((code for code, _fact in found), key=order.index)
            told[name] = gravest
            told[f"end_date_{end}_restriction"] = _end(f for code, f in found if code == gravest)
            if gravest.endswith("_OTHER"):
                other = [rules.actions[f.kind].words.en for code, f in found if code == gravest]
                told[f"{name}_other"] = _clip("; ".join(other), 500)
    return told


def _end(facts: Iterable[ActionFact]) -> date | None:
    """The last day; None when one of them has no end."""
    ends = [f.ends_at for f in facts]
    return None if None in ends else max(_day(at) for at in ends if at is not None)


def _ground(outcome: Outcome, rules: Book) -> dict[str, Any]:
    """Illegal where Union law is the ground, else against the house's rules."""
    kind = rules.kinds[outcome.ground]
    union = [b for b in law_of(outcome, rules) if b.regime.startswith(UNION)]
    if union:
        return {
            "decision_ground": "DECISION_GROUND_ILLEGAL_CONTENT",
            "illegal_content_legal_ground": _clip("; ".join(b.citation.en for b in union), 500),
            "illegal_content_explanation": _clip(outcome.reason, 2000),
        }
    return {
        "decision_ground": "DECISION_GROUND_INCOMPATIBLE_CONTENT",
        "incompatible_content_ground": _clip(f"{rules.house.en}: {kind.name.en}", 500),
        "incompatible_content_explanation": _clip(outcome.reason, 2000),
    }


def _facts(outcome: Outcome, rules: Book) -> str:
    said = [
        rules.kinds[outcome.ground].name.en + ".",
        rules.statement[f"source_{outcome.source}"].en,
        rules.statement["automation_compared" if outcome.compared else "automation_none"].en,
    ]
    if outcome.verdict == "provisional":
        said.append(rules.statement["claimed"].en)
    head = " ".join(said)
    return f"{_clip(outcome.reason, 5000 - len(head) - 1)}\n{head}"


def _content_types(case: Case, synthetic: bool, media: Sequence[str]) -> tuple[str, ...]:
    """What was reported, by its files, else by what the kind is about; and that it is made with AI, where that is not
    the very question."""
    seen = {e.medium for e in cases.evidence_of(case.id) if e.role == "alleged"} & MEDIA.keys()
    kinds = [f"CONTENT_TYPE_{MEDIA[m]}" for m in MEDIA if m in (seen or media)]
    return (*kinds, "CONTENT_TYPE_SYNTHETIC_MEDIA") if synthetic else tuple(kinds)


def _territory(facts: Sequence[ActionFact]) -> tuple[str, ...] | None:
    """Everywhere in the EEA; left out where a measure holds in some places only, which the platform knows."""
    kinds = book().actions
    return None if any(kinds[f.kind].local for f in facts) else get_args(schema.Territory)


def _day(moment: datetime) -> date:
    return moment.astimezone(ZoneInfo(settings().timezone)).date()


def _clip(text: str, most: int) -> str:
    text = text.strip()
    return text if len(text) <= most else text[: most - 1].rstrip() + "…"


def personal_data_in(text: str, case: Case) -> str:
    """What of the case's people stands in a text both sides will read: a code of personal.PATTERNS, 'name', or ''."""
    return personal.found(text, _names(case))


def _refuse_personal_data(made: DsaStatement, case: Case) -> None:
    """Patterns and names of the case's people in what a reviewer wrote; patterns in all that stands beside it, where
    the book's own words are and a person called Art or May would be found without being meant."""
    names = _names(case)
    for name, text in made.free_texts().items():
        written = text if name.endswith("_explanation") else ""
        if name == "decision_facts":
            written = text.rpartition("\n")[0]
        what = personal.found(written, names) or personal.found(text)
        if what:
            raise Refused("personal_data", field=name, what=what)


def _names(case: Case) -> list[str]:
    """The account, and every reporter and claimant the case ever had."""
    people = []
    entries = db.session.scalars(select(CaseReport).where(CaseReport.case_id == case.id))
    for standing in (entry.report.standing for entry in entries):
        people += [standing.reporter.name, standing.claimant.name if standing.claimant else ""]
    respondent = case.subject.respondent
    if respondent is not None:
        people += [respondent.handle, respondent.name]
        people += [respondent.account_ref] if len(respondent.account_ref) >= LONG_REF else []
    return [name for name in dict.fromkeys(people) if name]
