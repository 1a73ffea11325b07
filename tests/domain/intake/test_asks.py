"""What the form asks: exactly what kind, regimes and standing need; never who somebody is before an urgent kind."""

from __future__ import annotations

import pytest

from tests.builders import ANSWERS, answers_for
from webapp.domain.intake.form import FilledReport
from webapp.domain.intake.rules import STEPS, asks, asks_for, mode, names_term, regimes_of, runs_under
from webapp.domain.policy.queries import book
from webapp.domain.policy.shape import Book

EVERY = [(kind, basis) for kind in book().kinds for basis in book().leaves(kind)]
ELECTED = tuple(code for code, regime in book().regimes.items() if regime.elected)


def codes(kind: str, basis: str, elected: tuple[str, ...] = (), **options: tuple[str, ...]) -> str:
    """Codes in the form's order; * a valid notice needs it, ! the report cannot be sent without."""
    asked = asks(kind, basis, elected, book(), **options)
    return " ".join(a.code + ("!" if a.blocks else "*" if a.required else "") for a in asked)


@pytest.mark.parametrize(
    ("kind", "basis", "elected", "asked"),
    [
        # A person's own face: who she is by law; no postal address, no title of a work, no paper.
        ("LIKENESS", "SELF", (), "URL! TS REASON! REF_FACE SCREEN ID* CONTACT! NOCONS* GF!"),
        # An agent proves the authority besides.
        ("VOICE", "AGENT", (), "URL! TS* REASON! REF_VOICE POA* SCREEN ID* CONTACT! NOCONS* GF! AUTHORITY"),
        # The postal address is asked where the regime cannot do without it, and nowhere else.
        ("COPY_IMAGE", "SELF", (), "URL! REASON! WORK* TITLE* SCREEN ID* CONTACT! ADDRESS* GF!"),
        ("OTHER_IP", "RH", (), "URL! REASON! WORK* TITLE* ORGPROOF SCREEN ID* CONTACT! GF!"),
        # What only the DMCA asks for is asked of those who elect it.
        (
            "COPY_IMAGE",
            "SELF",
            ("US_DMCA",),
            "URL! REASON! WORK* TITLE* SCREEN ID* CONTACT! ADDRESS* GF! SIGNATURE* PERJURY* AUTHORITY*",
        ),
        # Intimate imagery: no name, no picture, no papers; with the TIDA request a signature.
        ("INTIMATE_DEEPFAKE", "SELF", (), "URL! TS REASON CONTACT! NOCONS*"),
        ("INTIMATE_DEEPFAKE", "AGENT", (), "URL! TS REASON CONTACT! NOCONS*"),
        ("INTIMATE_DEEPFAKE", "SELF", ("US_TIDA",), "URL! TS REASON! CONTACT! NOCONS* GF! SIGNATURE*"),
        # The address alone is enough here.
        ("MINOR_SEXUAL", "ANY", (), "URL! REASON CONTACT"),
        # Another near relative declares three things first (Civil Code art 994).
        (
            "DECEASED",
            "NR2",
            (),
            "NO_SPOUSE! NO_CHILD! PARENTS_DEAD! ARRANGEMENT URL! TS REASON! REF_FACE KIN* DEATH* SCREEN ID* CONTACT!",
        ),
        ("DECEASED", "NR1", (), "ARRANGEMENT URL! TS REASON! REF_FACE KIN* DEATH* SCREEN ID* CONTACT!"),
        # Somebody who saw it knows neither the consent nor the face behind it.
        ("LIKENESS", "ANY", (), "URL! TS REASON! SCREEN CONTACT!"),
        ("LIKENESS", "ANY", ELECTED, "URL! TS REASON! SCREEN CONTACT!"),
        # Where anyone may give notice, nobody proves on what basis.
        ("FABRICATION_RUMOUR", "AGENT", (), "URL! TS REASON! SRC SCREEN CONTACT"),
        ("VH_IMAGE_COPY", "VHOWN", (), "REGISTRY* URL! TS REASON SCREEN CONTACT!"),
    ],
)
def test_the_form_asks_exactly_this(kind: str, basis: str, elected: tuple[str, ...], asked: str) -> None:
    """Kind × standing × regimes → the questions, in order."""
    assert codes(kind, basis, elected) == asked


@pytest.mark.parametrize(("kind", "basis"), EVERY)
def test_every_kind_and_standing_can_be_asked_for(kind: str, basis: str) -> None:
    """In the order of the steps, each question once, with its reason, and a field of the form to keep the answer."""
    asked = asks(kind, basis, ELECTED, book())
    assert [a.step for a in asked] == sorted((a.step for a in asked), key=STEPS.index)
    typed = [a.name for a in asked if a.form in ("field", "choice")]
    assert len(typed) == len(set(typed)) and len({a.code for a in asked}) == len(asked)
    for ask in asked:
        assert ask.why.zh and ask.why.en
        assert ask.form == "statement" or ask.name in {
            *FilledReport.__dataclass_fields__,
            "alleged",
            "reference",
            "proof",
        }
    assert {"URL", "CONTACT"} <= {a.code for a in asked}


@pytest.mark.parametrize(("kind", "basis"), [(k, b) for k, b in EVERY if book().urgent(book().kinds[k].priority)])
def test_nobody_has_to_say_who_they_are_before_an_urgent_kind(kind: str, basis: str) -> None:
    """No name, no paper, no face, whatever the standing and the regimes elected (law.md §3, "what never stops")."""
    asked = asks(kind, basis, ELECTED, book())
    assert {a.name for a in asked}.isdisjoint({"name", "postal_address", "reference", "proof"})
    if book().kinds[kind].sealed:
        assert not [a for a in asked if a.form == "file"]


def test_a_circumstance_that_makes_it_urgent_takes_the_papers_out() -> None:
    """A rumour about a disaster is urgent; without it nothing changes."""
    before, after = (asks("FABRICATION_RUMOUR", "SELF", (), book(), c) for c in ((), ("disaster",)))
    assert {a.code for a in after} == {a.code for a in before}
    assert codes("LIKENESS", "AGENT", circumstances=("nonsense",)) == codes("LIKENESS", "AGENT")


def with_eu(base: Book) -> Book:
    """The book of an operator who serves the EU too."""
    regimes = base.regimes | {"EU_DSA": base.regimes["EU_DSA"].model_copy(update={"enabled": True})}
    return base.model_copy(update={"regimes": regimes})


def test_a_tip_is_a_full_notice_where_the_eu_regime_is_on() -> None:
    """DSA art 16: any individual or entity; elsewhere a tip runs under no regime."""
    assert runs_under("LIKENESS", "ANY", (), book()) == ()
    assert mode("LIKENESS", "ANY", (), book()) == "tip"
    assert mode("LIKENESS", "SELF", regimes_of("LIKENESS", (), book()), book()) == "notice"
    eu = with_eu(book())
    assert runs_under("LIKENESS", "ANY", (), eu) == ("EU_DSA",)
    assert mode("LIKENESS", "ANY", ("EU_DSA",), eu) == "notice"
    assert [a.code for a in asks("LIKENESS", "ANY", (), eu)] == ["URL", "TS", "REASON", "SCREEN", "ID", "CONTACT", "GF"]


def test_regimes_follow_from_the_kind_and_what_was_elected() -> None:
    """Electing what a kind does not know changes nothing."""
    assert regimes_of("COPY_IMAGE", (), book()) == ("CN_RTCI", "CN_ECOM", "HOUSE")
    assert "US_DMCA" in regimes_of("COPY_IMAGE", ("US_DMCA",), book())
    assert regimes_of("LIKENESS", ("US_DMCA", "US_TIDA"), book()) == regimes_of("LIKENESS", (), book())


def test_matters_and_term_are_asked_with_the_authority_only() -> None:
    """An agent names them, but not before an urgent kind."""
    assert names_term(asks("LIKENESS", "AGENT", (), book()), "AGENT", book())
    assert not names_term(asks("INTIMATE_DEEPFAKE", "AGENT", (), book()), "AGENT", book())
    assert not names_term(asks("LIKENESS", "SELF", (), book()), "SELF", book())


def test_what_the_desk_asked_for_is_asked_whatever_the_kind() -> None:
    """A reviewer wanted an identity document; a code of another part of the book is no question of this form."""
    asked = asks_for(["IDDOC", "TS", "mistake"], "LIKENESS", "SELF", book())
    assert [(a.code, a.step, a.required) for a in asked] == [("TS", "content", True), ("IDDOC", "files", True)]


def test_a_draft_of_another_version_loses_nothing_it_should_keep() -> None:
    """Unknown fields and values of another type are left behind; lists become tuples."""
    form = FilledReport.from_dict(
        ANSWERS | {"gone": 1, "name": None, "statements": ["GF", 3], "elected": "US_DMCA", "good_faith": "yes"}
    )
    assert (form.name, form.statements, form.elected, form.good_faith) == ("", ("GF",), (), False)
    assert form.wrong == ANSWERS["wrong"] and form.stated == {"GF"}


def test_the_builders_answers_are_whole_for_every_kind_and_standing() -> None:
    """What other tests stand on."""
    for kind, basis in EVERY:
        answers = answers_for(kind=kind, basis=basis)
        form = FilledReport.from_dict(answers)
        for ask in asks(kind, basis, (), book()):
            assert not ask.required or ask.form == "file" or ask.code in form.stated or getattr(form, ask.name), ask
