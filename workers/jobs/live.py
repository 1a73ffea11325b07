"""Shows a live stream the phrase its person must say, through its platform."""

from __future__ import annotations

from webapp.core.db import db
from webapp.core.errors import NotFound
from webapp.domain.cures.models import LiveChallenge
from webapp.domain.partners.service import ask_live
from workers.run import Work


def challenge(work: Work, challenge_id: str) -> None:
    """`live.challenged`: the platform shows the phrase until it is due; the desk notes what happened."""
    with work.finish():
        asked = db.session.get(LiveChallenge, challenge_id)
        if asked is None:
            raise NotFound("no_such_challenge")
        if asked.state == "asked":
            ask_live(asked.case.subject, asked.phrase, asked.due_at, f"live:{challenge_id}")
