"""What was decided before, kept so that a later case finds those like it by one look into an index."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from webapp.core.db import Base


class Precedent(Base):
    """One decided case with what makes others like it, and with the verdict that stands now. One a case.

    Where an appeal decided anew, verdict and measures are those of the appeal; `appeal` says what became of the first.
    Holds nothing of any person but the case.
    """

    __tablename__ = "precedent"
    __table_args__ = (
        CheckConstraint("verdict IN ('upheld', 'rejected')", name="verdict_known"),
        CheckConstraint("appeal IN ('', 'upheld', 'varied', 'reversed', 'restored')", name="appeal_known"),
        CheckConstraint("history BETWEEN 0 AND 3", name="history_known"),
        Index("ix_precedent_alike", "about", "band", "history", "decided_at"),
    )

    case_id: Mapped[str] = mapped_column(ForeignKey("case.id"), primary_key=True)
    # The decision whose verdict stands.
    decision_id: Mapped[str] = mapped_column(ForeignKey("decision.id"))
    # The kind it was about: the rule found broken, else the kind it was reported as.
    about: Mapped[str]
    # The best match as it was then, and how much the account had against it (rules.history).
    band: Mapped[str]
    history: Mapped[int]
    verdict: Mapped[str]
    # [[kind, days or None], …]: every measure, and the heaviest one for the account ('' and None: none).
    measures: Mapped[list[Any]]
    account_kind: Mapped[str] = mapped_column(default="")
    account_days: Mapped[int | None]
    # 'upheld' (an appeal left it), 'varied', 'reversed', 'restored' (put back after a counter-notice); '' for none.
    appeal: Mapped[str] = mapped_column(default="")
    decided_at: Mapped[datetime]
