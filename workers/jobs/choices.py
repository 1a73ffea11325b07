"""Turns what a reviewer submitted into the decision once it can no longer be taken back."""

from __future__ import annotations

from webapp.domain.decisions import held
from workers.run import Work


def due(work: Work, held_id: str) -> None:
    """`choice.due`: the choice becomes the decision, or lies before its reviewer again where it no longer fits."""
    with work.finish():
        held.come_due(held_id)
