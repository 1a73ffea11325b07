"""Where a draft stands: what is asked of it and why, which pages that takes, and what it still lacks.

Everything follows from intake's asks; the pages only draw it.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property

from webapp.core.clock import now
from webapp.core.i18n import pick
from webapp.domain.claimants import rules as standings
from webapp.domain.claimants.models import Standing
from webapp.domain.intake import service as intake
from webapp.domain.intake.models import Draft
from webapp.domain.intake.rows import today
from webapp.domain.intake.rules import NOBODY_ELSE, Ask, FilledReport, asks, gaps, missing, mode, names_term, runs_under
from webapp.domain.policy.queries import book
from webapp.domain.policy.shape import Kind
from webapp.domain.reports.rules import priority
from webapp.public.slots import Slot, mark_of, slots_for

# The pages in their order. 'standing' is the second half of 'who': whom somebody speaks for, and until when.
WAY = ("kind", "who", "standing", "content", "files", "contact", "review")
TERM = ("matters", "reach", "valid_from", "valid_to")
# What else of the second step's answers belongs to which page; statements are found by their ask.
ON_PAGE = dict.fromkeys(("claimant_name", "prior_arrangement", *TERM), "standing") | {"registry_ref": "content"}
DEMANDED = ("name", "work_title")  # the form itself wants these before it goes on (intake.rules.gaps)


@dataclass(frozen=True)
class Filing:
    """A draft seen as a whole. `filled` holds what an earlier standing (`held`) already says."""

    draft: Draft
    filled: FilledReport
    held: Standing | None

    @cached_property
    def kind(self) -> Kind:
        """The rule book's entry for what is reported."""
        return book().kinds[self.filled.kind]

    @cached_property
    def covered(self) -> bool:
        """Whether a person checked the standing it rests on, so that its papers need not come again."""
        return self.held is not None and intake.rests(self.held, self.filled.kind)

    @cached_property
    def waits(self) -> bool:
        """Whether the standing it rests on was claimed with its papers and still waits to be checked."""
        return (
            self.held is not None
            and self.held.state == "claimed"
            and standings.covers(self.held, self.filled.kind, now())
        )

    @cached_property
    def urgent(self) -> bool:
        """Whether it is one of the urgent kinds, or became so by its circumstances."""
        return book().urgent(priority(self.filled.kind, self.filled.circumstances, book()))

    @cached_property
    def regimes(self) -> tuple[str, ...]:
        """What the report will run under."""
        return runs_under(self.filled.kind, self.filled.basis, self.filled.elected, book())

    @cached_property
    def tip(self) -> bool:
        """Whether it is a signal of somebody without standing."""
        return mode(self.filled.kind, self.filled.basis, self.regimes, book()) == "tip"

    @cached_property
    def asked(self) -> list[Ask]:
        """What the form asks, less what an earlier standing already answered."""
        form = self.filled
        found = asks(form.kind, form.basis, form.elected, book(), form.circumstances)
        if self.held is None:
            return found
        said = intake.papers_of(form.basis) if self.covered or self.waits else set()
        said |= {ask.code for ask in found if ask.name in ("name", "email", "postal_address") and self._known(ask.name)}
        return [ask for ask in found if ask.code not in said]

    def _known(self, name: str) -> bool:
        return bool(getattr(self.filled, name))

    def ask(self, name: str) -> Ask | None:
        """What is asked under this name, None when nothing is."""
        return next((ask for ask in self.asked if ask.name == name and ask.form != "file"), None)

    def asks_for(self, name: str) -> bool:
        """Whether the form has this field."""
        return self.ask(name) is not None

    def why(self, name: str) -> str:
        """Why it is asked, in the book's words; '' for what is not asked."""
        ask = self.ask(name)
        return pick(ask.why) if ask else ""

    def words(self, name: str) -> str:
        """What the book calls it."""
        ask = self.ask(name)
        return pick(ask.words) if ask else ""

    def mark(self, name: str) -> str | bool:
        """What stands behind a label: nothing (False), "can follow", or True for optional."""
        return False if self.demands(name) else mark_of(self.ask(name), self.follows)

    def demands(self, name: str) -> bool:
        """Whether the form wants this before it goes on, though a report without it could be sent."""
        ask = self.ask(name)
        return name in DEMANDED and self.follows and ask is not None and ask.required

    @property
    def follows(self) -> bool:
        """Whether what is required may follow after sending: it is a notice that can be returned for completion."""
        return not (self.tip or self.urgent or any(book().regimes[r].open_to_all for r in self.regimes))

    def may_follow(self, page: str) -> bool:
        """Whether something on this page is marked "can follow"."""
        if page == "standing" and self.names_term:
            return True
        if page == "files":
            return any(isinstance(slot.mark, str) for slot in self.slots)
        asked = [ask for ask in self.asked if ask.form != "file" and self._page_of(ask) == page]
        return any(isinstance(self.mark(ask.name), str) for ask in asked)

    def statements(self, page: str) -> list[Ask]:
        """The boxes to tick on a page; good faith is the last one."""
        found = [ask for ask in self.asked if ask.form == "statement" and self._page_of(ask) == page]
        return sorted(found, key=lambda ask: ask.name == "good_faith")

    def _page_of(self, ask: Ask) -> str:
        return ON_PAGE.get(ask.name, "standing" if ask.step == "who" else ask.step)

    def page_of(self, field: str) -> str:
        """The page on which a field is asked, whether or not this draft needs it."""
        ask = self.ask(field)
        if ask is not None:
            return self._page_of(ask)
        return {"kind": "kind", "basis": "who", "email": "contact", "address": "content"}.get(
            field, ON_PAGE.get(field, "contact")
        )

    @property
    def names_claimant(self) -> bool:
        """Whether the person or rights holder spoken for has to be named: never before an urgent kind."""
        return self.held is None and self.filled.basis not in NOBODY_ELSE and not self.urgent

    @property
    def names_term(self) -> bool:
        """Whether matters and term of an authority are asked."""
        return not (self.covered or self.waits) and names_term(self.asked, self.filled.basis, book())

    @cached_property
    def slots(self) -> list[Slot]:
        """The places for files, in the order the page shows them."""
        asked = [ask for ask in self.asked if ask.form == "file"]
        return slots_for(self.kind, asked, tip=self.tip, follows=self.follows)

    @cached_property
    def pages(self) -> tuple[str, ...]:
        """The pages this report takes."""
        spare = set()
        if self.held is not None:
            spare |= {"who"} | (set() if self.statements("contact") or self._contact_fields() else {"contact"})
        if not (self.names_claimant or self.names_term or self._standing_asks()):
            spare.add("standing")
        if not self.slots:
            spare.add("files")
        return tuple(page for page in WAY if page not in spare)

    def _standing_asks(self) -> list[Ask]:
        return [ask for ask in self.asked if ask.form != "file" and self._page_of(ask) == "standing"]

    def _contact_fields(self) -> list[Ask]:
        return [ask for ask in self.asked if ask.form == "field" and self._page_of(ask) == "contact"]

    @cached_property
    def reached(self) -> str:
        """The first page that still lacks something; 'review' when nothing does."""
        pages = [self.page_of(field) for field in gaps(self.filled, self.carried, book())]
        return min((page for page in pages if page in self.pages), key=WAY.index, default="review")

    @cached_property
    def carried(self) -> set[str]:
        """What the files are, those of an earlier standing among them."""
        own = intake.carried(self.draft)
        return own | ({proof.code for proof in self.held.proofs} if self.held and self.waits else set())

    @cached_property
    def lacking(self) -> list[Ask]:
        """What a valid notice still needs and may follow after sending."""
        codes = missing(self.filled, self.carried, book(), today=today(), covered=self.covered)
        form = self.filled
        every = asks(form.kind, form.basis, form.elected, book(), form.circumstances)
        return [ask for ask in every if ask.code in codes]

    def codes(self) -> dict[str, str]:
        """Evidence id → the code it was attached under, '' for the content, a reference and other proof."""
        return {file.evidence_id: file.code for file in self.draft.files}


def cure_days() -> int:
    """Days to send what a returned notice lacks, as the book's clock has it."""
    spans: Iterable[int | None] = (
        clock.span.days for clock in book().clocks.values() if clock.starts == "returned" and clock.span
    )
    return next((days for days in spans if days), 0)


def look(draft: Draft) -> Filing:
    """The draft as a whole. Raises NotFound when the standing it rests on is gone."""
    filled, held = intake.resting(intake.filled(draft))
    return Filing(draft, filled, held)
