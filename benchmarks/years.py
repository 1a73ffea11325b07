"""Years of work at a desk, made in a process of their own: `python -m benchmarks.years OPEN CLOSED`."""

from __future__ import annotations

import sys

from benchmarks.crowd import Template, copy, rows_now, template
from tests.builders import evidence_of, file_report, picture
from webapp.core.audit import SYSTEM
from webapp.core.clock import now
from webapp.core.config import Settings
from webapp.core.db import db, transaction
from webapp.core.ids import new_id
from webapp.domain.cases import queries as cases
from webapp.domain.cases import service as case_verbs
from webapp.domain.decisions import service as decisions
from webapp.domain.decisions.models import Proposal
from webapp.domain.decisions.rules import Choice
from webapp.domain.evidence.service import add_preview, store
from webapp.domain.matching import service as matching
from webapp.domain.matching.detector import Comparison
from webapp.domain.staff.models import Staff
from webapp.domain.staff.service import HASHER
from webapp.factory import create_app

KINDS = ("COPY_IMAGE", "LIKENESS", "AI_LABEL_MISSING", "FABRICATION_RUMOUR", "FRAUD")
EMAIL = "bench@desk.example"
PASSWORD = "benchmark of the desk"  # of a desk that lives as long as this process


def fill(opened: int, closed: int) -> None:
    """A reviewer, and so many open and closed cases of every kind of KINDS. Settings come from the environment."""
    settings = Settings()
    app = create_app(settings)
    with app.app_context():
        app.extensions.pop("hint", None)
        staff, second = _person(EMAIL), _person("second@desk.example")
        made: list[tuple[Template, str, int]] = []
        for kind in KINDS:
            for state, wanted in (("open", opened), ("closed", closed)):
                before = rows_now()
                _case(kind, state, staff, second)
                made.append((template(before), state, max(1, wanted // len(KINDS) - 1)))
        path = str(settings.data / "redress.db")
        db.session.remove()
        db.engine.dispose()
    copy(path, made, "c")


def _person(email: str) -> Staff:
    with transaction():
        staff = Staff(
            id=new_id(),
            email=email,
            name="Bench",
            role="reviewer",
            language="en",
            password_hash=HASHER.hash(PASSWORD),
            created_at=now(),
        )
        db.session.add(staff)
    return staff


def _case(kind: str, state: str, staff: Staff, second: Staff) -> None:
    """A matched case, as the workers would leave it; decided and closed when asked."""
    receipt = file_report([picture(1)], [picture(2)], kind=kind, content_ref=f"{kind}-{state}")
    alleged, *_more = evidence_of(receipt, "alleged")
    with transaction():
        blob = store().put(picture(3, (96, 72)))
        for item in receipt.report.items:
            for preview in ("thumb", "large"):
                add_preview(item.evidence.id, preview, blob, "image/jpeg", 96, 72)
            matching.record_scan(item.evidence.id, "phash", "2", state="done", data=b"signal")
        for reference in evidence_of(receipt, "reference"):
            comparison = Comparison(
                distance=31.0, verdict="supports", band="strong", threshold=70.0, reason="same_picture",
                findings=[{"kind": "placement", "changes": ["mirrored"], "share": 1.0, "inside": "reference"}],
            )  # fmt: skip
            matching.record_match(alleged.id, reference.id, "phash", "2", comparison)
        case = cases.case_of(receipt.report.id)
        case_verbs.weigh(case)
        case_id, reports = case.id, [r.id for r in cases.active_reports(case.id)]
    if state == "open":
        return
    with transaction():
        case_verbs.take(case_id, staff)
        choice = Choice(
            findings=dict.fromkeys(reports, "not_supported"), ground=kind, actions=(), reason="Not the same."
        )
        made = decisions.decide(case_id, staff, cases.get(case_id).version, choice)
        if isinstance(made, Proposal):
            decisions.agree(made.id, second)
    with transaction():
        case_verbs.release(case_id, staff)
        case_verbs.move(cases.get(case_id), "close", SYSTEM)


if __name__ == "__main__":
    fill(int(sys.argv[1]), int(sys.argv[2]))
