"""What machines send and get, as typed models: OpenAPI is made from these."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date, datetime
from typing import Any, Literal

from pydantic import AwareDatetime, BaseModel, ConfigDict, EmailStr, Field, field_validator

from webapp.core.forms import strip
from webapp.domain.policy.shape import Book


class ReportIn(BaseModel):
    """A report that came in on the platform and is handed on. `wrong` is what is wrong, in the reporter's words.

    What a valid notice needs besides depends on kind, standing and regimes: what is missing is named in the answer,
    and asked of the reporter by letter. Papers are sent by the reporter on the tracking page.
    """

    model_config = ConfigDict(extra="forbid")

    kind: str = Field(max_length=60)
    basis: str = Field(max_length=20, description="Standing: SELF, GUARD, AGENT, NR1, NR2, HEIR, RH, VHOWN, TF, ANY")
    content_id: str = Field(min_length=1, max_length=200)
    address: str = Field(default="", max_length=2000)
    wrong: str = Field(default="", max_length=5000)
    claimant_name: str = Field(default="", max_length=200)
    matters: str = Field(default="", max_length=1000, description="What an agent's authority covers")
    scope: list[str] = Field(default=[], max_length=60, description="Codes of the kinds it reaches; empty: every kind")
    valid_from: date | None = None
    valid_to: date | None = Field(default=None, description="The last day of an agent's authority")
    prior_arrangement: Literal["", "yes", "no", "unknown"] = ""
    registry_ref: str = Field(default="", max_length=200)
    work_title: str = Field(default="", max_length=300)
    time_position: str = Field(default="", max_length=100)
    live: Literal["", "now", "was", "no"] = Field(default="", description="Whether it was a live stream")
    seen_at: AwareDatetime | None = Field(default=None, description="When it was seen live")
    part_from: float | None = Field(default=None, ge=0, lt=360_000, description="The part to look at, in seconds")
    part_to: float | None = Field(default=None, ge=0, lt=360_000)
    source: str = Field(default="", max_length=2000)
    loss: str = Field(default="", max_length=2000)
    circumstances: list[str] = Field(default=[], max_length=20)
    elected: list[str] = Field(default=[], max_length=20, description="Regimes the claimant elects: US_DMCA, US_TIDA")
    statements: list[str] = Field(
        default=[], max_length=20, description="Statements given: NOCONS, PERJURY, NO_SPOUSE …"
    )
    signature: str = Field(default="", max_length=200)
    name: str = Field(default="", max_length=200)
    email: EmailStr | None = Field(default=None, description="May be left out where `anonymous` is allowed.")
    anonymous: bool = False
    postal_address: str = Field(default="", max_length=500)
    language: Literal["zh", "en"] = "zh"
    good_faith: bool = Field(default=False, description="Demanded wherever the law asks for the declaration.")
    idempotency_key: str = Field(min_length=16, max_length=200, description="The same key gives the same report.")

    def answers(self) -> dict[str, Any]:
        """The fields as the form keeps them: days as text, no e-mail as ''."""
        values = self.model_dump(exclude={"content_id", "idempotency_key"})
        days = {n: values[n].isoformat() if values[n] else "" for n in ("valid_from", "valid_to")}
        times = {n: "" if values[n] is None else f"{values[n]:g}" for n in ("part_from", "part_to")}
        seen = self.seen_at.isoformat() if self.seen_at else ""
        return values | days | times | {"seen_at": seen, "email": self.email or ""}

    def unknown(self, book: Book) -> dict[str, str]:
        """{field: code} for codes the rule book does not know, or does not offer for this kind: a machine's typo."""
        kind = book.kinds.get(self.kind)
        known: dict[str, Collection[str]] = {
            "scope": book.kinds,
            "statements": [c for c, entry in book.evidence.items() if entry.form == "statement"],
            "circumstances": kind.raises if kind else self.circumstances,
            "elected": [r for r in kind.regimes if book.regimes[r].elected] if kind else self.elected,
        }
        return {name: "code_unknown" for name, codes in known.items() if not set(getattr(self, name)) <= set(codes)}

    @field_validator("email")
    @classmethod
    def _reachable(cls, value: str | None) -> str | None:
        if value and not value.rpartition("@")[0].isascii():
            raise ValueError("no letter of ours reaches an address with other letters before the @")
        return value

    @field_validator("content_id")
    @classmethod
    def _names_something(cls, value: str) -> str:
        if not value.strip() or not value.isprintable():
            raise ValueError("must name a content item")
        return value

    @field_validator("address")
    @classmethod
    def _web_address(cls, value: str) -> str:
        if value and not value.lower().startswith(("https://", "http://")):
            raise ValueError("must be an http:// or https:// address")
        return value

    @field_validator(
        "wrong",
        "claimant_name",
        "matters",
        "registry_ref",
        "work_title",
        "time_position",
        "source",
        "loss",
        "signature",
        "name",
        "postal_address",
    )
    @classmethod
    def _typed(cls, value: str) -> str:
        return str(strip(value))


class ReportOut(BaseModel):
    """The receipt; the platform passes it on to the reporter and does not keep the secret."""

    reference: str
    secret: str
    tracking_url: str
    due_at: datetime
    mode: str = Field(description="notice, or tip: a signal of somebody without standing")
    missing: list[str] = Field(description="Codes a valid notice still lacks; the reporter is asked for them.")


class CaseOut(BaseModel):
    """Where things stand about one content item."""

    reference: str
    state: str = Field(description="open, asked, proposed, decided or closed")
    reports: int
    due_at: datetime
    verdict: str | None
    decided_at: datetime | None


class CasesOut(BaseModel):
    """All cases about one content item, newest first."""

    content_id: str
    cases: list[CaseOut]


class ActionOut(BaseModel):
    """One measure asked of the platform, and whether it holds there."""

    action_id: str
    kind: str
    content_id: str
    days: int | None
    ends_at: datetime | None
    state: str = Field(description="pending, sent, confirmed, drifted, failed, ending, ended, stuck or undone")
    confirmed_at: datetime | None


class ActionsOut(BaseModel):
    """The newest measures first; `next` is passed as `after` for the following page."""

    actions: list[ActionOut]
    next: str | None


class ConfirmOut(BaseModel):
    """The confirmation was taken; the state is read back before it counts."""

    action_id: str
    state: str


class AfterIn(BaseModel):
    """Where to go on."""

    after: str = ""


class LookupIn(BaseModel):
    """A file a platform is about to publish, by the SHA-256 of its bytes. The file itself is not sent."""

    model_config = ConfigDict(extra="forbid")

    sha256: str = Field(pattern="^[0-9a-f]{64}$", description="Lower-case hex")


class BlockOut(BaseModel):
    """A decision that keeps exactly these bytes out, and until when (null: until it is taken back)."""

    case: str
    since: datetime
    until: datetime | None


class LookupOut(BaseModel):
    """Whether exactly these bytes are kept out. Altered copies are found by people, on a report."""

    blocked: bool
    blocks: list[BlockOut]
