"""What all parts of the rule book are made of: closed, frozen, worded in both languages, marked for certainty."""

from __future__ import annotations

from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

# How sure a value is: read in the primary text (V), second-hand (V2), tested (T), from knowledge (K), our default (D),
# unverified (U). Carried along so that desk and /how can show it (law.md, verification marks).
Mark = Literal["V", "V2", "T", "K", "D", "U"]
Medium = Literal["image", "video", "audio", "text"]
# May this basis file this group of kinds? A tip is a signal without notice clocks (law.md §2).
Leave = Literal["notice", "conditional", "tip"]
# M = without it the notice is not valid; R = wanted; - = must not be demanded (law.md §3).
Need = Literal["M", "R", "-"]
Calendar = Literal["CAL", "CN_WORKDAYS", "US_BUSINESS_DAYS"]
# What starts or ends a clock. The rooms name these when something happens (`clocks.service.happen`).
Event = Literal[
    "submitted", "acknowledged", "triaged", "valid", "forwarded", "measured", "restricted", "decided", "reporter_told",
    "returned", "completed", "interim", "interim_over", "counter_valid", "counter_forwarded", "arrived", "wait_over",
    "restored", "appealed", "appeal_decided", "cure_offered", "cured", "live_challenged", "challenge_answered",
    "extended", "ordered", "respondent_told",
]  # fmt: skip


class Part(BaseModel):
    """Every part is closed and frozen: an unknown key is a typo."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class Words(Part):
    """One wording in both languages; neither may be empty."""

    zh: str = Field(min_length=1)
    en: str = Field(min_length=1)
