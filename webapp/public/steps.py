"""The steps of the report as one table: their order, forms and templates, and what every step's page shows."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from flask import current_app, request, url_for
from limits import parse
from werkzeug.wrappers import Response

from webapp.core.errors import NotFound
from webapp.core.i18n import _, lazy
from webapp.domain.intake import service as intake
from webapp.domain.intake.models import Draft
from webapp.domain.intake.rules import STEPS
from webapp.domain.partners.queries import platform
from webapp.domain.policy.shape import Kind
from webapp.public.filing import WAY, Filing, cure_days, look
from webapp.public.forms import ContactForm, ContentForm, FilesForm, KindForm, ReviewForm, StandingForm, WhoForm

DRAFT_COOKIE = "draft"
RECEIPT_COOKIE = "receipt"
DRAFT_SECONDS = 24 * 3600  # as long as the draft itself
RECEIPT_SECONDS = 15 * 60  # long enough to print, short enough that nobody else finds the secret on the screen


@dataclass(frozen=True)
class Step:
    """One page of the form. `of` is the one of intake's steps it belongs to, where it is not one itself."""

    name: str
    short: Any
    title: Any
    form: Any
    of: str = ""

    @property
    def part(self) -> str:
        """The step it counts as."""
        return self.of or self.name


TABLE = {
    step.name: step
    for step in (
        Step("kind", lazy("What"), lazy("What is it about?"), KindForm),
        Step("who", lazy("Who"), lazy("Who are you in this matter?"), WhoForm),
        Step("standing", lazy("Who"), lazy("Whom do you speak for?"), StandingForm, of="who"),
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


def filing() -> Filing | None:
    """This browser's draft seen as a whole, if it is still there."""
    found = draft()
    try:
        return look(found) if found is not None else None
    except NotFound:
        return None  # the standing it rested on was erased


def may_open(found: Filing, name: str) -> bool:
    """Whether the page belongs to this report, and everything before it is there."""
    return name in found.pages and WAY.index(name) <= WAY.index(found.reached)


def after(found: Filing, name: str) -> str:
    """Where "Continue" leads: onwards, or straight back to the review when the person came from there."""
    if request.args.get("then") == "review":
        return address_of(found.reached)
    following = next(page for page in found.pages if WAY.index(page) > WAY.index(name))
    return address_of(following if may_open(found, following) else found.reached)


def unasked(kind: Kind) -> dict[str, Any]:
    """What a change of kind takes out of a draft: answers the new kind does not ask for, the wish for a procedure, and
    any consent, which was given to another comparison."""
    gone: dict[str, Any] = {"consent": False, "elected": []}
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


def frame(name: str, form: Any, found: Filing | None) -> dict[str, Any]:
    """What every step's template shows."""
    step = TABLE[name]
    before = [page for page in found.pages if WAY.index(page) < WAY.index(name)] if found and found.filled.kind else []
    # Only what this report takes is counted: nobody wonders where step 4 went.
    parts = (
        [p for p in STEPS if any(TABLE[page].part == p for page in found.pages)] if found and before else list(STEPS)
    )
    back = "review" if request.args.get("then") == "review" else before[-1] if before and name != "kind" else ""
    return {
        "section": "report",
        "form": form,
        "filing": found,
        "title": step.title,
        "number": parts.index(step.part) + 1,
        "step_names": [TABLE[part].short for part in parts],
        "back": address_of(back) if back else url_for("public.home"),
        "has_draft": draft() is not None,
        "can_follow": follow_words() if found and found.filled.kind and found.may_follow(name) else "",
    }


def follow_words() -> str:
    """What "can follow" means, with the days from the book."""
    return _(
        "What is marked “can follow” makes your notice complete in law. You can send it now and add this within "
        "%(days)s days; without it, the time limits of the notice wait.",
        days=cure_days(),
    )


def keep_cookie(response: Response, name: str, value: str, seconds: int) -> Response:
    """Set a cookie only this site's server can read."""
    response.set_cookie(name, value, max_age=seconds, httponly=True, samesite="Lax", secure=request.is_secure)
    return response
