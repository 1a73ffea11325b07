"""What a platform tells of an item, checked before anything of it is believed: sizes bounded, unknown keys ignored."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

Short = Annotated[str, StringConstraints(max_length=200)]
Address = Annotated[str, StringConstraints(max_length=2000)]
Sha256 = Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{64}$")]


class Told(BaseModel):
    """Platforms may say more than we ask; they may not say it in another form."""

    model_config = ConfigDict(extra="ignore", frozen=True)


class Media(Told):
    """One file of an item. `sha256` is what the platform says it is; we compare it with what arrives."""

    url: Address
    media_type: Short = ""
    sha256: Sha256 | None = None


class Account(Told):
    """The account behind an item."""

    id: Short
    handle: Short = ""
    name: Short = ""
    state: Literal["active", "suspended", "closed"]
    suspended_until: datetime | None = None
    warnings: int = Field(0, ge=0)
    # Words for what is limited (`no_posting`, `live_off`, …; `shows` in the book), and the virtual human's register:
    # '' (none), 'registered', 'suspended', 'revoked'.
    limits: list[Short] = Field(default_factory=list, max_length=50)
    registration: Short = ""
    live: Short = ""
    email: Annotated[str, StringConstraints(max_length=320)] | None = None
    language: Short = ""


class Content(Told):
    """An item's state."""

    id: Short
    url: Address = ""
    state: Literal["live", "disabled", "removed"]
    labels: list[Short] = Field(default_factory=list, max_length=50)
    limits: list[Short] = Field(default_factory=list, max_length=50)
    title: Annotated[str, StringConstraints(max_length=500)] = ""
    created_at: datetime | None = None
    media: list[Media] = Field(default_factory=list, max_length=50)
    account: Account
