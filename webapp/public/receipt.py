"""The last page before sending, the sending, and the receipt. The same form sent twice leads to the same receipt."""

from __future__ import annotations

from typing import Any

from flask import flash, redirect, render_template, request, url_for

from webapp.core.db import transaction
from webapp.core.errors import Refused
from webapp.core.i18n import NATIVE, _, lazy, n_, pick, when, when_zoned
from webapp.core.limits import limiter
from webapp.core.sealed import blind_index
from webapp.domain.conduct import queries as conduct
from webapp.domain.evidence import arriving
from webapp.domain.intake import service as intake
from webapp.domain.intake.form import day
from webapp.domain.intake.rows import today
from webapp.domain.policy.queries import book
from webapp.domain.reports.streams import stream_words
from webapp.public import access, steps
from webapp.public.blueprint import bp
from webapp.public.details import joined, words_of
from webapp.public.files import in_slots
from webapp.public.filing import Filing, cure_days
from webapp.public.forms import ReviewForm
from webapp.public.forms.who import ARRANGED
from webapp.public.report import start_again
from webapp.public.steps import DRAFT_COOKIE, RECEIPT_COOKIE, RECEIPT_SECONDS, TABLE

# Why a whole report still cannot be sent, whatever is filled in (intake.hindrances), in the reporter's words.
HINDRANCES = {
    "reporter_suspended": lazy(
        "Reports from this e-mail address are paused, because earlier ones were found to be without ground. You were "
        "written to about it and can object there. Urgent matters can still be reported."
    ),
    "notice_barred": lazy(
        "You have reported this content before. It was restored after a counter-notice, and the rules do not let the "
        "same notice be sent again. A court or the copyright authority can still decide."
    ),
    "standing_of_another": lazy("What was checked for another e-mail address cannot be used with this one."),
}


@bp.route("/report/review", methods=["GET", "POST"])
@limiter.limit(steps.allowed(1), methods=["POST"])
def review() -> Any:
    """Step 6: read it once more, then send."""
    form = ReviewForm()
    if form.is_submitted():
        return _send(form)
    found = steps.filing()
    if found is None:
        return start_again()
    if found.reached != "review":
        return redirect(steps.address_of(found.reached))
    form.form_key.data = found.draft.form_key
    return render_template(
        "public/step_review.html",
        parts=_parts(found),
        hindrances=_hindrances(found),
        lacking=found.lacking,
        run_out=_run_out(found),
        cure_days=cure_days(),
        **steps.frame("review", form, found),
    )


def _hindrances(found: Filing) -> list[str]:
    """Sentences about what no answer can mend."""
    codes = intake.hindrances(found.filled, found.held).values()
    said = [str(HINDRANCES[code]) for code in codes if code in HINDRANCES]
    step = conduct.current(blind_index(found.filled.email)) if "reporter_suspended" in codes else None
    return said + ([_("The pause ends on %(when)s.", when=when(step.until_at))] if step else [])


def _run_out(found: Filing) -> str:
    """That the authority named is over, in words; '' when it is not."""
    last = day(found.filled.valid_to) if found.names_term else None
    if last is None or last >= today():
        return ""
    return _("The last day you gave for your authority, %(day)s, is over. We need one that is valid today.", day=last)


def _send(form: ReviewForm) -> Any:
    token = steps.token() or request.cookies.get(RECEIPT_COOKIE, "")
    found, sent = intake.load_draft(token), intake.sent_with(token)
    key = found.form_key if found else sent.report.form_key if sent else ""
    if not key:
        return start_again()
    if not form.validate() or form.form_key.data != key:
        flash(_("The page had changed in the meantime. Please check it again and send it."), "warning")
        return redirect(url_for("public.review") if found else url_for("public.receipt"))
    try:
        with transaction():
            receipt = intake.submit(token)
    except Refused:
        return redirect(url_for("public.review"))  # it leads on to what is missing, or says why not
    access.remember("report", receipt.report.id)
    response = steps.keep_cookie(redirect(url_for("public.receipt")), RECEIPT_COOKIE, token, RECEIPT_SECONDS)
    response.delete_cookie(DRAFT_COOKIE)
    return response


@bp.get("/report/receipt")
def receipt() -> Any:
    """Reference and secret, for a quarter of an hour and this browser only."""
    sent = intake.sent_with(request.cookies.get(RECEIPT_COOKIE, ""))
    if sent is None:
        return render_template("public/receipt_gone.html", section="report"), 404
    kind = book().kinds[sent.report.kind]
    return render_template(
        "public/receipt.html",
        section="report",
        reference=sent.reference,
        secret=sent.secret,
        due=when_zoned(sent.due_at),
        hours=_hours(round((sent.due_at - sent.report.received_at).total_seconds() / 3600)),
        email=sent.report.standing.reporter.email,
        tip=sent.report.mode == "tip",
        missing=[book().evidence[code] for code in sent.missing if code in book().evidence],
        cure_days=cure_days(),
        support=pick(kind.support) if kind.support else "",
    )


def _hours(hours: int) -> str:
    return str(n_("%(num)s hour", "%(num)s hours", hours))


def _parts(found: Filing) -> list[dict[str, Any]]:
    """What the review shows, step by step, each with the way back to change it."""
    facts = {
        "kind": _about(found),
        "who": [
            (_("You are"), pick(book().standing[found.filled.basis].words)),
            (_("Procedure"), joined(pick(book().regimes[code].words) for code in found.filled.elected)),
            (_("How we take it"), _("As a tip") if found.tip else ""),
        ],
        "standing": _standing(found),
        "content": _content(found),
        "files": _files(found),
        "contact": _contact(found),
    }
    listed = [group for group in in_slots(found) if group.rows] if found.slots else []
    parts = [
        {
            "title": TABLE[name].short if name != "standing" else TABLE[name].title,
            "edit": steps.address_of(name, then="review"),
            "facts": rows,
            "files": listed if name == "files" else [],
        }
        for name, rows in facts.items()
        if name in found.pages
    ]
    if found.held is not None:
        whose, stands, _tone = words_of(found.held, found.filled.kind)
        parts.insert(1, {"title": TABLE["who"].short, "edit": "", "facts": [(whose, stands)], "files": []})
    return parts


def _about(found: Filing) -> list[tuple[str, str]]:
    raised = [pick(found.kind.raises[name].words) for name in found.filled.circumstances if name in found.kind.raises]
    return [(_("It is about"), pick(found.kind.words)), (_("Circumstances"), joined(raised))]


def _standing(found: Filing) -> list[tuple[str, str]]:
    filled = found.filled
    term = found.names_term
    rows = [
        (_("For"), filled.claimant_name if found.names_claimant else ""),
        (_("Authority"), filled.matters if term else ""),
        (_("Covers"), _("Only what I report now") if term and filled.scope else ""),
        (_("First day"), filled.valid_from if term else ""),
        (_("Last day"), filled.valid_to if term else ""),
    ]
    if found.asks_for("prior_arrangement"):
        said = ARRANGED.get(filled.prior_arrangement, "")
        rows.append((found.words("prior_arrangement"), str(said)))
    return rows + _declared(found, "standing")


def _declared(found: Filing, page: str) -> list[tuple[str, str]]:
    given = [pick(ask.words) for ask in found.statements(page) if ask.code in found.filled.stated]
    return [(_("Declared"), joined(given))]


def _content(found: Filing) -> list[tuple[str, str]]:
    filled = found.filled
    asked = [
        ("work_title", _("Your work")),
        ("wrong", _("What is wrong")),
        ("time_position", _("Time position")),
        ("source", _("What shows it")),
        ("loss", _("What was lost")),
        ("registry_ref", _("Register number")),
    ]
    return [
        (_("Content"), steps.content_words(filled.platform, filled.content_ref)),
        (_("Address"), filled.address),
        *((label, getattr(filled, name)) for name, label in asked if found.asks_for(name)),
        (_("Live stream"), stream_words(filled.live, filled.seen_at) if found.asks_for("time_position") else ""),
    ]


def _files(found: Filing) -> list[tuple[str, str]]:
    half = [row.name for row in arriving.held(intake.owner(found.draft))]
    late = _("%(names)s has not arrived completely and is not sent along.", names=_(", ").join(half)) if half else ""
    return [*_chosen(found), (_("Still on its way"), late)]


def _chosen(found: Filing) -> list[tuple[str, str]]:
    none = [] if intake.files(found.draft) else [(_("Files"), _("None. You can add some later."))]
    if not found.kind.biometric or found.tip:
        return none
    agreed = _("Agreed") if found.filled.consent else _("Not agreed: no face or voice is measured")
    return [*none, (_("Comparison by machine"), agreed)]


def _contact(found: Filing) -> list[tuple[str, str]]:
    filled = found.filled
    nameless = _("None: nobody can write to you; follow it with reference and secret")
    return [
        (_("Name"), filled.name if found.asks_for("name") else ""),
        (_("E-mail"), filled.email or nameless),
        (_("Postal address"), filled.postal_address if found.asks_for("postal_address") else ""),
        (_("Letters in"), NATIVE[filled.language] if filled.email else ""),
        (_("Signature"), filled.signature if found.asks_for("signature") else ""),
        *_declared(found, "contact"),
    ]
