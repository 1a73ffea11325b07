"""Short stories that end in a letter, told through the verbs the faces use. Everything either side says is a canary."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

import time_machine

from tests.builders import file_report, picture
from tests.domain.notifications.conftest import go, known_account, rui, staff
from webapp.core import outbox
from webapp.core.audit import Actor
from webapp.core.clock import now
from webapp.core.db import db, transaction
from webapp.core.ids import new_id
from webapp.domain.appeals import queries as appeals
from webapp.domain.appeals import service as appeal_verbs
from webapp.domain.appeals.models import Appeal, CounterNotice
from webapp.domain.cases import queries as cases
from webapp.domain.cases import service as case_verbs
from webapp.domain.cases.models import Case
from webapp.domain.claimants.service import consent, withdraw_consents
from webapp.domain.conduct.models import ConductMark, ConductStep
from webapp.domain.cures import service as cure_verbs
from webapp.domain.cures.models import CureOffer
from webapp.domain.decisions import queries as decisions
from webapp.domain.decisions import service as decision_verbs
from webapp.domain.decisions.models import Decision
from webapp.domain.decisions.rules import Choice
from webapp.domain.evidence.models import Evidence
from webapp.domain.policy.queries import book
from webapp.domain.reports.models import Report

# What a reporter types; none of it may reach the account, but for what N05 names.
REPORTER = {
    "name": "CANARY-R-NAME",
    "email": "canary-r@example.org",
    "postal_address": "CANARY-R-HOME 8",
    "claimant_name": "CANARY-R-NAME",
    "wrong": "CANARY-R-WRONG is the whole story, call 139 1234 5678",
    "work_title": "CANARY-R-WORK",
    "source": "CANARY-R-SOURCE",
    "loss": "CANARY-R-LOSS",
    "matters": "CANARY-R-MATTERS",
    "signature": "CANARY-R-SIGNATURE",
    "address": "http://127.0.0.1:8001/posts/p1?shared_by=CANARY-R-ADDRESS",
}
# What the account types into a counter-notice.
RESPONDENT = {
    "real_name": "CANARY-A-NAME",
    "contact": "canary-a@little.example",
    "postal_address": "CANARY-A-HOME 9",
    "item": "my picture",
    "evidence": "my layers",
    "truth": "on",
}
REASON = "The same brush strokes."


@dataclass
class Story:
    """One case, told in one language, by a clock that stands still until it is moved."""

    language: str
    clock: time_machine.Traveller
    report_id: str = ""

    def later(self, **span: float) -> None:
        """Some time passes, and what is due happens."""
        self.clock.shift(timedelta(**span))
        go()

    @property
    def report(self) -> Report:
        """The report, freshly read."""
        return db.session.get_one(Report, self.report_id)

    @property
    def case(self) -> Case:
        """Its case, freshly read."""
        return cases.get(cases.case_of(self.report_id).id)

    @property
    def decision(self) -> Decision:
        """The decision in force."""
        found = decisions.latest(self.case.id)
        assert found is not None
        return found

    def filed(self, **answers: object) -> Story:
        """A report about somebody's content, whose account is known."""
        whole = REPORTER | {"language": self.language} | answers
        pictures = [] if book().kinds[str(whole.get("kind", "COPY_IMAGE"))].sealed else [picture(1)]
        self.report_id = file_report(pictures, None, **whole).report.id
        with transaction():
            for item in db.session.query(Evidence):
                item.name = "CANARY-R-FILE.jpg"
        known_account(self.report_id, email="canary-a@little.example", language=self.language)
        with transaction():
            account = self.case.subject.respondent
            assert account is not None
            account.handle, account.name = "@CANARY-A-HANDLE", "CANARY-A-NAME"
        go()
        return self

    def taken(self) -> Story:
        """Rui holds the case."""
        with transaction():
            case_verbs.take(self.case.id, rui())
        return self

    def returned(self) -> Story:
        """Two things are missing."""
        self.taken()
        with transaction():
            case_verbs.return_for_completion(self.report, ["WORK", "ADDRESS"], "Please add the title.", rui())
        go()
        return self

    def forwarded(self) -> Story:
        """The notice was passed on."""
        self.taken()
        with transaction():
            case_verbs.forward(self.case, self.report, rui())
        go()
        return self

    def interim(self) -> Story:
        """The content is hidden for the time being."""
        self.taken()
        with transaction():
            decision_verbs.impose_interim(self.case.id, rui(), self.case.version, "disable", REASON)
        go()
        return self

    def decided(self, answer: str = "supported", *actions: tuple[str, int | None], **more: object) -> Story:
        """Rui decides; where two must agree, Mei agrees."""
        self.taken()
        chosen = (actions or (("remove", None),)) if answer == "supported" else (("no_violation", None),)
        ground = self.report.kind if answer == "supported" else ""
        choice = Choice({self.report_id: answer}, ground, chosen, REASON, **more)  # type: ignore[arg-type]  # a test's own keywords
        with transaction():
            made = decision_verbs.decide(self.case.id, rui(), self.case.version, choice)
            second = "" if isinstance(made, Decision) else made.id
        if second:
            with transaction():
                decision_verbs.agree(second, staff("mei"))
        go()
        return self

    def countered(self, **fields: str) -> CounterNotice:
        """The account sends a counter-notice under the regime that governs; `fields` '' leaves one out."""
        with transaction():
            door = appeals.door(self.decision)
            typed = {k: v for k, v in (RESPONDENT | fields).items() if v}
            said = "It is my own work. CANARY-A-NAME, call +86 139 8765 4321."
            found = appeal_verbs.file_counter(self.case.id, self.decision, door.regime, typed, said, "NOT_THE_SAME")
            counter_id = found.id
        go()
        return appeals.get(counter_id)

    def proved(self, counter: CounterNotice, kind: str) -> None:
        """The claimant uploads proof."""
        with transaction():
            item = db.session.query(Evidence).first()
            assert item is not None
            appeal_verbs.prove(appeals.get(counter.id), self.report, kind, item)
        go()

    def appealed(self, party: str, verdict: str | None = None) -> Appeal:
        """A party appeals; with `verdict` Mei finds it and decides so ('' = leaves it as it was)."""
        with transaction():
            appeal_id = appeal_verbs.file(self.case.id, party, "CANARY-R-APPEAL CANARY-A-APPEAL, look again.").id
        go()
        if verdict is not None:
            self._second_look(appeal_id, verdict)
        return db.session.get_one(Appeal, appeal_id)

    def _second_look(self, appeal_id: str, verdict: str) -> None:
        with transaction():
            appeal_verbs.take(appeal_id, staff("mei"))
            appeal_verbs.find(appeal_id, staff("mei"), {self.report_id: verdict or "supported"})
        choice = None
        if verdict:
            upheld = verdict == "supported"
            measure = ("remove", None) if upheld else ("no_violation", None)
            ground = self.report.kind if upheld else ""
            choice = Choice({self.report_id: verdict}, ground, (measure,), "A second look found otherwise.")
        with transaction():
            appeal_verbs.decide(appeal_id, staff("mei"), choice, "Nothing new was shown.")
        go()

    def offered(self) -> CureOffer:
        """The account may put it right itself."""
        self.taken()
        with transaction():
            offer_id = cure_verbs.offer(self.case.id, rui()).id
        go()
        return db.session.get_one(CureOffer, offer_id)

    def cured(self) -> None:
        """It does."""
        offer = self.offered()
        with transaction():
            cure_verbs.cure(offer.id)
        go()

    def consent_withdrawn(self) -> None:
        """She allowed comparing her face, and takes that back."""
        actor = Actor("reporter", self.report.standing.reporter_id)
        with transaction():
            consent(self.report.standing, "face", actor, self.report_id)
        with transaction():
            withdraw_consents(self.report.standing, actor, self.report_id)
        go()

    def stepped(self, step: str, days: int | None) -> None:
        """A person found misuse five times; this step followed."""
        with transaction():
            index, person = self.report.standing.reporter.email_index, rui().id
            mark = ConductMark(
                report_id=self.report_id,
                reporter_index=index,
                grade="unfounded",
                reason="The address shows no content at all.",
                staff_id=person,
                marked_at=now(),
            )
            found = ConductStep(
                id=new_id(),
                reporter_index=index,
                report_id=self.report_id,
                step=step,
                marks=5,
                reports=6,
                staff_id=person,
                from_at=now(),
                until_at=now() + timedelta(days=days) if days else None,
            )
            db.session.add_all([mark, found])
            outbox.post("conduct.stepped", step_id=found.id)
        go()
