"""The steps of the report as one table: their order, forms and templates, and which step a draft has reached."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from flask import current_app, request, url_for
from limits import parse
from werkzeug.wrappers import Response

from webapp.core.i18n import _, lazy, pick
from webapp.domain.evidence.rules import Limits
from webapp.domain.intake import service as intake
from webapp.domain.intake.models import Draft
from webapp.domain.intake.rules import STEPS, FilledReport, gaps, step_of
from webapp.domain.partners.queries import platform
from webapp.domain.policy.queries import book
from webapp.domain.policy.shape import Kind
from webapp.public.forms import (
    STATEMENT_MIN,
    ContactForm,
    ContentForm,
    FilesForm,
    KindForm,
    ReviewForm,
    StepForm,
    WhoForm,
)

DRAFT_COOKIE = "draft"
RECEIPT_COOKIE = "receipt"
DRAFT_SECONDS = 24 * 3600  # as long as the draft itself
RECEIPT_SECONDS = 15 * 60  # long enough to print, short enough that nobody else finds the secret on the screen


@dataclass(frozen=True)
class Step:
    """One page of the form. `name` is one of intake's steps."""

    name: str
    short: Any
    title: Any
    form: type[StepForm]

    @property
    def number(self) -> int:
        """1 for the first."""
        return STEPS.index(self.name) + 1


TABLE = {
    step.name: step
    for step in (
        Step("kind", lazy("What"), lazy("What is it about?"), KindForm),
        Step("who", lazy("Who"), lazy("Who is harmed?"), WhoForm),
        Step("content", lazy("Where"), lazy("Where is it, and what is wrong?"), ContentForm),
        Step("files", lazy("Files"), lazy("Do you have files?"), FilesForm),
        Step("contact", lazy("About you"), lazy("How do we reach you?"), ContactForm),
        Step("review", lazy("Check"), lazy("Is everything right?"), ReviewForm),
    )
}


def address_of(name: str, **values: Any) -> str:
    """The address of a step."""
    special = {"kind": "public.start", "files": "public.files_step", "review": "public.review"}
    if name in special:
        return url_for(special[name], **values)
    return url_for("public.step", name=name, **values)


def token() -> str:
    """What opens this browser's draft, '' without one."""
    return request.cookies.get(DRAFT_COOKIE, "")


def draft() -> Draft | None:
    """This browser's draft, if it is still there."""
    return intake.load_draft(token())


def reached(found: Draft) -> str:
    """The first step that still lacks something; 'review' when nothing does."""
    missing = gaps(intake.filled(found), {item.role for item in intake.files(found)}, book())
    return min((step_of(field) for field in missing), key=STEPS.index, default="review")


def may_open(found: Draft, name: str) -> bool:
    """Whether everything before this step is there."""
    return STEPS.index(name) <= STEPS.index(reached(found))


def after(found: Draft, name: str) -> str:
    """Where "Continue" leads: onwards, or straight back to the review when the person came from there."""
    if request.args.get("then") == "review":
        return address_of(reached(found))
    following = STEPS[STEPS.index(name) + 1]
    return address_of(following if may_open(found, following) else reached(found))


def kind_of(filled: FilledReport) -> Kind:
    """The rule book's entry for the draft's kind."""
    return book().kinds[filled.kind]


def unasked(kind: Kind) -> dict[str, Any]:
    """What a change of kind takes out of a draft: answers the new kind does not ask for, and any consent, which was
    given to another comparison."""
    gone: dict[str, Any] = {"consent": False}
    if not kind.needs_work_title:
        gone["work_title"] = ""
    if not kind.asks_source:
        gone["source"] = ""
    return gone


def platform_name(slug: str) -> str:
    """What people call the platform; the name in the link when it is not connected."""
    found = platform(slug) if slug else None
    return found.name if found else slug


def content_words(slug: str, content_ref: str) -> str:
    """Platform and its id of the content, or ''."""
    return " · ".join(part for part in (platform_name(slug), content_ref) if part)


def allowed(times: int) -> Callable[[], str]:
    """So many times the reports one address may send, as a limit for the smaller things a report is made of."""

    def limit() -> str:
        rate = parse(current_app.config["SETTINGS"].reports_per_hour)
        return f"{rate.amount * times} per {rate.multiples} {rate.GRANULARITY.name}"

    return limit


def frame(name: str, form: Any) -> dict[str, Any]:
    """What every step's template shows."""
    step = TABLE[name]
    back = STEPS[step.number - 2] if step.number > 1 else ""
    if request.args.get("then") == "review":
        back = "review"
    return {
        "section": "report",
        "form": form,
        "title": step.title,
        "number": step.number,
        "step_names": [s.short for s in TABLE.values()],
        "back": address_of(back) if back else url_for("public.home"),
        "has_draft": draft() is not None,
    }


def details(name: str, filled: FilledReport) -> dict[str, Any]:
    """What one step's template needs besides its form."""
    if name == "kind":
        return {"kind_help": {code: pick(kind.help) for code, kind in book().ordered_kinds()}}
    kind = kind_of(filled)
    if name == "who":
        return {"basis_help": {code: pick(book().standing[code].hint) for code in kind.standing}}
    if name == "content":
        hint = _(
            "In your own words: what do you see or hear, and why is it not right? At least %(min)d characters.",
            min=STATEMENT_MIN,
        )
        return {"statement_hint": hint, "platform_name": platform_name(filled.platform)}
    if name == "contact":
        as_in_papers = _("As in your papers, so that the right can be attributed to you.")
        return {"name_needed": kind.needs_name, "name_hint": as_in_papers if kind.needs_name else None}
    return {}


def limits() -> Limits:
    """What one file may be, from the settings."""
    settings = current_app.config["SETTINGS"]
    return Limits(max_bytes=settings.max_file_bytes, max_pixels=settings.max_pixels)


def keep_cookie(response: Response, name: str, value: str, seconds: int) -> Response:
    """Set a cookie only this site's server can read."""
    response.set_cookie(name, value, max_age=seconds, httponly=True, samesite="Lax", secure=request.is_secure)
    return response
