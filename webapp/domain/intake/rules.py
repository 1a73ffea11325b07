"""What a report must carry, by kind: read from the book, the same for the form, the API and the tests."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass

from webapp.domain.policy.shape import Book

STEPS = ("kind", "who", "content", "files", "contact", "review")


@dataclass(frozen=True)
class FilledReport:
    """A draft as a whole, typed."""

    kind: str = ""
    basis: str = ""
    claimant_name: str = ""
    platform: str = ""
    content_ref: str = ""
    address: str = ""
    wrong: str = ""
    work_title: str = ""
    time_position: str = ""
    source: str = ""
    consent: bool = False
    name: str = ""
    email: str = ""
    language: str = "zh"
    good_faith: bool = False

    @classmethod
    def from_dict(cls, data: Mapping[str, object]) -> FilledReport:
        """Take the known fields out of a stored draft; unknown ones are left behind."""
        return cls(**{k: v for k, v in data.items() if k in cls.__dataclass_fields__})  # type: ignore[arg-type]  # typed when stored


def gaps(report: FilledReport, roles: Collection[str], book: Book) -> dict[str, str]:
    """What is still missing: {field: code}. `roles` are the roles of the files attached. Empty means it can be sent.

    Only what the notice cannot do without is demanded; a reference to compare with is wanted, never required
    (a description by hand has the same standing, law.md §9.1).
    """
    missing: dict[str, str] = {}
    kind = book.kinds.get(report.kind)
    if kind is None:
        return {"kind": "choose_kind"}
    if report.basis not in kind.standing:
        missing["basis"] = "choose_standing"
    if report.basis not in ("", "ANY", "SELF") and not report.claimant_name:
        missing["claimant_name"] = "claimant_name_missing"
    if not report.address and not report.content_ref:
        missing["address"] = "address_missing"
    if len(report.wrong) < 10:
        missing["wrong"] = "wrong_too_short"
    if kind.needs_work_title and not report.work_title:
        missing["work_title"] = "work_title_missing"
    if kind.needs_name and not report.name:
        missing["name"] = "name_missing"
    if not report.email:
        missing["email"] = "email_missing"
    if not report.good_faith:
        missing["good_faith"] = "good_faith_missing"
    return missing


def step_of(field: str) -> str:
    """The step of the form on which a field is asked."""
    steps = {
        "kind": "kind",
        "basis": "who",
        "claimant_name": "who",
        "address": "content",
        "wrong": "content",
        "work_title": "content",
        "time_position": "content",
        "source": "content",
    }
    return steps.get(field, "contact")
