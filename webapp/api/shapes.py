"""What machines send and get, as typed models: OpenAPI is made from these."""

from __future__ import annotations

from datetime import datetime
from typing import Literal

from pydantic import BaseModel, ConfigDict, EmailStr, Field, field_validator

from webapp.core.forms import strip


class ReportIn(BaseModel):
    """A report that came in on the platform and is handed on. `wrong` is what is wrong, in the reporter's words."""

    model_config = ConfigDict(extra="forbid")

    kind: str
    basis: str
    content_id: str = Field(min_length=1, max_length=200)
    address: str = Field(default="", max_length=2000)
    wrong: str = Field(min_length=10, max_length=5000)
    claimant_name: str = Field(default="", max_length=200)
    work_title: str = Field(default="", max_length=300)
    time_position: str = Field(default="", max_length=100)
    source: str = Field(default="", max_length=2000)
    name: str = Field(default="", max_length=200)
    email: EmailStr
    language: Literal["zh", "en"] = "zh"
    good_faith: Literal[True]
    idempotency_key: str = Field(min_length=16, max_length=200, description="The same key gives the same report.")

    @field_validator("email")
    @classmethod
    def _reachable(cls, value: str) -> str:
        if not value.rpartition("@")[0].isascii():
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

    @field_validator("wrong", "claimant_name", "work_title", "time_position", "source", "name")
    @classmethod
    def _typed(cls, value: str) -> str:
        return str(strip(value))


class ReportOut(BaseModel):
    """The receipt; the platform passes it on to the reporter and does not keep the secret."""

    reference: str
    secret: str
    tracking_url: str
    due_at: datetime


class CaseOut(BaseModel):
    """Where things stand about one content item."""

    reference: str
    state: str = Field(description="open, asked, decided or closed")
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
