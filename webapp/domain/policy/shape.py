"""The shape of the rule book: a typo stops the start with the file, the place and one sentence."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field, model_validator

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


class Basis(Part):
    """A legal or house basis with how sure we are of it."""

    citation: Words
    mark: Mark
    regime: str = "HOUSE"
    # 'in_force' or 'draft' (a draft is shown as such and never cited as law), and from when.
    status: Literal["in_force", "draft"] = "in_force"
    since: str = ""
    # Background, or procedure, that explains a kind but forbids nothing: never cited as the ground of a decision.
    cited: bool = True


class Span(Part):
    """A length of time. Exactly one of the three; days may run in a calendar of working days."""

    minutes: int | None = Field(None, gt=0)
    hours: int | None = Field(None, gt=0)
    days: int | None = Field(None, gt=0)
    calendar: Calendar = "CAL"
    # Calendar days whose last one is a day off end on the next working day of this calendar ('' = they do not):
    # Civil Code art 203(1) for the periods of Chinese civil law, the waiting periods after a counter-notice.
    rolls: Literal["", "CN_WORKDAYS", "US_BUSINESS_DAYS"] = ""

    @model_validator(mode="after")
    def _one(self) -> Span:
        if sum(v is not None for v in (self.minutes, self.hours, self.days)) != 1:
            raise ValueError("give exactly one of minutes, hours, days")
        if self.calendar != "CAL" and self.days is None:
            raise ValueError("only days run in a calendar of working days")
        if self.rolls and (self.days is None or self.calendar != "CAL"):
            raise ValueError("only calendar days can end on a day off and roll to a working day")
        return self


class Regime(Part):
    """A legal frame: what its notices and counter-notices must carry (field → need), and what it grants."""

    words: Words
    bases: tuple[str, ...]
    enabled: bool
    # The claimant chooses it on the form (DMCA, TIDA); others follow from the kind and the operator's markets.
    elected: bool = False
    # Anyone's notice is a full notice (DSA art 16): no tips where this regime is on.
    open_to_all: bool = False
    notice: dict[str, Need] = {}
    counter: dict[str, Need] = {}
    counter_allowed: bool = False
    # The waiting clock after a counter-notice, and what its proof of suit stops; '' = no waiting.
    wait: str = ""
    # RTCI art 17: after restoring, the same claimant cannot notify the same item again under this regime.
    bars_repeat: bool = False
    # The claimant's name is forwarded (contact never is); elsewhere only with statutory need (law.md §0 item 10).
    forwards_name: bool = False
    warning: Words | None = None  # what the reporter is told of wrong notices before sending


class ClockKind(Part):
    """One kind of deadline (law.md §4.7). `duty`: who must act; the strictest desk clock leads the case."""

    words: Words
    regime: str
    also: tuple[str, ...] = ()  # other regimes the same clock serves
    bases: tuple[str, ...] = ()
    mark: Mark
    hard: bool = False  # a number of the law, not a default
    duty: Literal["desk", "software", "party"]
    on: Literal["report", "case", "counter", "appeal", "measure"]
    starts: Event
    ends: tuple[Event, ...]
    span: Span | None = None
    by_priority: dict[str, Span] = {}
    earliest: Span | None = None  # not before (DMCA: restore in [10, 14] business days)
    pauses: bool = False  # may stand still while the desk waits for missing items; never for urgent kinds
    kinds: tuple[str, ...] = ()  # empty: every kind of the regime
    enabled: bool = True
    published: bool = True

    @model_validator(mode="after")
    def _length(self) -> ClockKind:
        if (self.span is None) == (not self.by_priority):
            raise ValueError("give either span or by_priority")
        return self

    def serves(self, regimes: Iterable[str]) -> bool:
        """Whether this clock runs under one of the regimes; the house's own run always."""
        return self.regime == "HOUSE" or not {self.regime, *self.also}.isdisjoint(regimes)


class StandingBasis(Part):
    """A basis on which a reporter speaks for the claimant, and what proves it (codes of evidence.toml)."""

    words: Words
    hint: Words
    requires: tuple[str, ...] = ()
    optional: tuple[str, ...] = ()
    # Verified standing holds so many days at most; None: as long as its own paper says, or without end.
    days: int | None = None
    expires: bool = False  # the reporter states until when the authority runs (POA: Civil Code art 165)


class EvidenceKind(Part):
    """Something a report can carry: how the form asks for it, and why."""

    words: Words
    why: Words
    form: Literal["field", "statement", "file", "choice"]
    # Name of the form field (FilledReport) or of the file's role ('alleged', 'reference', 'proof').
    name: str
    level: Literal["", "V0", "V1", "V2", "V3"] = ""


class Priority(Part):
    """How soon a case is decided (calendar hours) and what that weighs in the queue."""

    words: Words
    decision_hours: int = Field(gt=0)
    weight: int = Field(ge=0)
    urgent: bool = False  # no pauses, no demand for identity, a second person on the decision, neutral mail subjects


class ActionKind(Part):
    """A measure: whom it touches, what undoes it, and what the platform shows when it holds."""

    words: Words
    effect: Words | None = None
    target: Literal["content", "account", "live", "none"]
    inverse: str = ""  # the measure that takes this one back; '' = nothing to take back
    undoes: bool = False  # this is such a taking back: never chosen at the desk, never counted as a restriction
    reads: str = ""
    shows: str = ""
    days: tuple[int, ...] = ()
    rung: Literal["", "warn", "limit", "suspend", "close"] = ""  # the four statutory rungs (law.md §0 item 13)
    local: bool = False  # holds in some places only
    label: bool = False  # a label only: told by N10 rather than as a penalty
    second_person_days: int | None = None  # from so many days on a second person agrees; 0 = always
    # DSA fields: {"decision_visibility": ["DECISION_VISIBILITY_CONTENT_REMOVED"]} and the like (law.md §5.3, §6.2).
    dsa: dict[str, list[str]] = {}


class Raise(Part):
    """A circumstance the form asks about that changes the priority ("It is live now")."""

    words: Words
    priority: str


class Cure(Part):
    """How the account can put it right by itself: one tap, no strike; or lapse into the measure after `days`."""

    words: Words
    action: str
    days: int = Field(gt=0)
    lapse: str = ""


class Again(Part):
    """What the desk finds ticked when the same account does this kind again within `within_days` (law.md §5.4)."""

    within_days: int = Field(gt=0)
    action: str
    days: int = Field(gt=0)


class Dsa(Part):
    """The kind in the terms of the DSA Transparency Database (schema of 1 July 2025)."""

    category: str
    keywords: tuple[str, ...] = ()
    synthetic: bool = True  # False: the very question is whether it is (a wrong AI label)


class Kind(Part):
    """A kind of report: who may file it, what is asked, how urgent, what follows by default (law.md §1)."""

    order: int
    group: str  # a row of the standing matrix
    section: Literal["person", "work", "label", "virtual", "public"]  # how the form groups the choice
    # What the violation is called to everyone but the reporter; `words` speak to her ("My face").
    name: Words
    words: Words
    help: Words
    test: Words
    bases: tuple[str, ...]
    regimes: tuple[str, ...]
    priority: str
    raises: dict[str, Raise] = {}
    points: int = Field(ge=0)
    # The first time of this kind costs no points (law.md §1: "0 first, then 1").
    first_is_free: bool = False
    zero_tolerance: bool = False  # straight to closure where intent is shown (law.md §5.2 L5)
    biometric: Literal["", "face", "voice"] = ""
    required: tuple[str, ...] = ()
    optional: tuple[str, ...] = ()
    level: Literal["V0", "V1", "V2", "V3"] = "V0"  # verification wanted before a permanent measure
    anonymous: bool = False
    sealed: bool = False  # media is never asked for, mailed, or shown by default
    public_interest: bool = False
    reference: Words | None = None
    actions: tuple[str, ...]
    default_actions: tuple[str, ...]
    interim: tuple[str, ...] = ()
    media: tuple[Medium, ...]
    cure: Cure | None = None
    again: Again | None = None
    support: Words | None = None  # where to find help at once (police, hotlines)
    dsa: Dsa
    follow_up_days: int | None = None  # N28

    @property
    def needs_name(self) -> bool:
        """Whether a real identity is part of what this kind cannot do without."""
        return "ID" in self.required

    @property
    def needs_work_title(self) -> bool:
        """Whether the work has to be named."""
        return bool({"WORK", "TITLE"} & set(self.required))

    @property
    def asks_time(self) -> bool:
        """Whether the place in sound or video is asked."""
        return "TS" in (*self.required, *self.optional)

    @property
    def asks_source(self) -> bool:
        """Whether a source that shows the truth is asked."""
        return "SRC" in (*self.required, *self.optional)


class Rung(Part):
    """One rung of the ladder: from so many active points on, what happens to the account (law.md §5.2)."""

    code: str
    words: Words
    points: int = Field(ge=0)
    actions: tuple[str, ...] = ()
    days: tuple[int, ...] = ()  # the first time, the second time, …; the last one repeats
    points_days: int | None = None  # how long points earned on this rung count; None = for good


class Modifier(Part):
    """What makes points weigh more or less; a reviewer ticks it and the statement of reasons names it."""

    words: Words
    factor: float = 1.0
    plus: int = 0
    zero: bool = False
    # 'repeat' is found by the software, the others are ticked.
    automatic: bool = False
    # Shown intent: a kind of zero tolerance then leads to the last rung at once (law.md §5.2 L5).
    intent: bool = False


class Ladder(Part):
    """Points and rungs. D: defaults of this project; no platform publishes better-founded numbers."""

    rungs: tuple[Rung, ...]
    modifiers: dict[str, Modifier]
    mark: Mark = "D"


class ConductStep(Part):
    """A step against misuse of reporting (DSA 23(2), law.md §5.5)."""

    code: Literal["education", "warning", "slower", "suspended"]
    words: Words
    days: tuple[int, ...] = ()


class Conduct(Part):
    """Misuse of reporting: what counts, from how much on, and what follows step by step."""

    window_days: int = Field(gt=0)
    floor: int = Field(gt=0)  # fewer reports than this are never weighed
    share: float = Field(gt=0, le=1)  # unfounded ÷ total from which a step is taken
    grades: dict[str, Words]  # 'unfounded', 'bad_faith'
    steps: tuple[ConductStep, ...]
    # grade → the furthest step it leads to without floor and share; the steps before it are still taken first.
    at_once: dict[str, str] = {}
    exempt: tuple[str, ...]  # kinds whose good-faith reports never count
    mark: Mark = "D"


class House(Part):
    """Numbers of the house that are no clocks."""

    claim_minutes: int = Field(gt=0)
    appeal_days: int = Field(gt=0)
    tracking_days: int = Field(gt=0)
    last_call_hours: int = Field(gt=0)  # an asked case is offered again this long before it is due
    reopen_days: int = Field(gt=0)  # a lapsed notice is reopened by the same link for so long
    return_reminder_days: tuple[int, ...]  # after so many days of waiting for missing items
    restore_reminder_days: tuple[int, ...]  # before content is restored after a counter-notice
    arrival_hours: int = Field(gt=0)  # a letter the mail server took counts as arrived after so long (law.md §4.2)
    alert_percent: int = Field(gt=0, lt=100)  # a lead is told at this share of a clock
    delivery_hours: tuple[float, ...]  # waits between tries of a webhook
    cn_copyright_restore: Literal["wait", "immediate"]  # law.md §0 item 5


class Step(Part):
    """One step of the published flow, with the time limits shown beside it."""

    words: Words
    text: Words
    clocks: tuple[str, ...] = ()


class Published(Part):
    """What /how says beside the figures: the flow step by step, and the sentences between the tables."""

    steps: tuple[Step, ...]
    texts: dict[str, Words]


class Edition(Part):
    """A version of the book: since when it applied, and what it changed."""

    since: str
    changes: Words


class Book(Part):
    """The whole rule book; cross references are checked in policy.references."""

    version: str
    editions: dict[str, Edition]
    house: Words
    numbers: House
    bases: dict[str, Basis]
    regimes: dict[str, Regime]
    clocks: dict[str, ClockKind]
    evidence: dict[str, EvidenceKind]
    standing: dict[str, StandingBasis]
    matrix: dict[str, dict[str, Leave]]  # group → basis → leave; a basis left out may not file
    priorities: dict[str, Priority]
    actions: dict[str, ActionKind]
    kinds: dict[str, Kind]
    ladder: Ladder
    conduct: Conduct
    defences: dict[str, Words]  # fair-use and consent defences a respondent may name (law.md §A.2)
    fields: dict[str, Words]  # what regimes call a notice's and a counter-notice's fields
    statement: dict[str, Words]
    published: Published

    def ordered_kinds(self) -> list[tuple[str, Kind]]:
        """Kinds in the order the form shows them."""
        return sorted(self.kinds.items(), key=lambda item: item[1].order)

    def leaves(self, kind: str) -> dict[str, Leave]:
        """Who may file this kind, and how: basis → leave, in the order of standing.toml."""
        row = self.matrix[self.kinds[kind].group]
        return {basis: row[basis] for basis in self.standing if basis in row}

    def enabled_regimes(self, kind: str) -> tuple[str, ...]:
        """The regimes of the kind that this installation serves."""
        return tuple(code for code in self.kinds[kind].regimes if self.regimes[code].enabled)

    def edition(self, version: str) -> Edition | None:
        """The version a case was decided under, by name; None when this book never had it."""
        return self.editions.get(version)

    def urgent(self, priority: str) -> bool:
        """Whether this priority is one of the urgent ones."""
        return self.priorities[priority].urgent
