"""A report as the room of cases meets it: written down by the rooms below, before any form (intake is above)."""

from __future__ import annotations

from collections.abc import Sequence

from webapp.core.audit import Actor
from webapp.core.clock import now
from webapp.core.db import db, transaction
from webapp.core.ids import new_id, new_reference
from webapp.core.sealed import blind_index
from webapp.domain.cases import service
from webapp.domain.claimants.models import Reporter, Standing
from webapp.domain.policy.queries import book
from webapp.domain.reports.models import Report
from webapp.domain.reports.service import subject_for

REPORTER = Actor("reporter", "r")


def send(
    kind: str = "COPY_IMAGE",
    *,
    email: str = "zhou.yun@example.org",
    content_ref: str = "p1",
    platform: str = "demo",
    address: str = "",
    wrong: str = "This is my painting, mirrored and recoloured.",
    mode: str = "notice",
    regimes: Sequence[str] = ("CN_ECOM",),
    circumstances: Sequence[str] = (),
    missing: Sequence[str] = (),
) -> Report:
    """Receive a report, open or join its case, and return it at once where something is missing."""
    with transaction():
        moment = now()
        reporter = Reporter(
            id=new_id(),
            name="Zhou Yun",
            email=email,
            email_index=blind_index(email) if email else "",
            language="en",
            created_at=moment,
        )
        standing = Standing(id=new_id(), reporter=reporter, basis="SELF", created_at=moment)
        report = Report(
            id=new_id(),
            reference=new_reference("R"),
            secret_digest="",
            form_key=new_id(),
            kind=kind,
            standing=standing,
            subject=subject_for(platform, content_ref, address or f"https://demo.example/{content_ref}"),
            wrong=wrong,
            mode=mode,
            regimes=list(regimes),
            circumstances=list(circumstances),
            statements=[],
            language="en",
            book_version=book().version,
            good_faith_at=moment,
            received_at=moment,
        )
        db.session.add_all((reporter, standing, report))
        db.session.flush()
        service.open_or_join(report, REPORTER, complete=not missing)
        if missing:
            service.return_for_completion(report, missing, "", None)
    return report
