"""Counter-notices at the desk: who has the copy since when, until when content stays down, which proofs came; and what
a person adds by hand: that a copy arrived otherwise, a longer waiting time, the word of a court."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, cast

from flask import flash, redirect, render_template, request, url_for

from webapp.core.audit import record
from webapp.core.blobs import BlobWriter
from webapp.core.clock import now
from webapp.core.db import db, transaction
from webapp.core.errors import Conflict, Refused
from webapp.core.i18n import _, pick, when
from webapp.desk import details, lists, waiting_time
from webapp.desk.access import me, my_actor, need
from webapp.desk.blueprint import bp
from webapp.desk.paging import key_of, read_key
from webapp.desk.sentences import sentence
from webapp.domain.appeals import queries
from webapp.domain.appeals import service as appeals
from webapp.domain.appeals.models import CounterNotice
from webapp.domain.appeals.rules import OPEN_COUNTER
from webapp.domain.cases import queries as cases
from webapp.domain.evidence import rules as files
from webapp.domain.evidence.models import Evidence
from webapp.domain.evidence.service import keep, limits
from webapp.domain.policy.queries import book
from webapp.domain.queues import service as queues
from webapp.domain.reports.models import Report

LONGEST_NOTE = 2000
TYPED = frozenset(
    {
        "arrival_unexplained",
        "document_missing",
        "document_refused",
        "judgment_missing",
        "judgment_unexplained",
        "text_too_long",
    }
)
SHOWN = {"open": OPEN_COUNTER, **{state: (state,) for state in waiting_time.STATES}, "": tuple(waiting_time.STATES)}


@bp.get("/counters")
@need("review")
def counters() -> Any:
    """Those that run first; or one state, or all, newest first, paged by key."""
    state = request.args.get("state", "open")
    state = state if state in SHOWN else "open"
    found = lists.counters(SHOWN[state], read_key(request.args.get("after", "")))
    shown, more = found[: lists.PAGE], len(found) > lists.PAGE
    moment = now()
    return render_template(
        "desk/counters/list.html",
        section="counters",
        rows=[waiting_time.row(counter, moment) for counter in shown],
        state=state,
        states=[("open", _("Running")), ("", _("All")), *((s, str(w)) for s, (w, _t) in waiting_time.STATES.items())],
        next_key=key_of(shown[-1].filed_at, shown[-1].id) if more else "",
    )


@bp.get("/counters/<counter_id>")
@need("review")
def counter(counter_id: str) -> Any:
    """One counter-notice; who sent it stays closed until somebody says why."""
    return _page(queries.get(counter_id))


def _page(
    found: CounterNotice,
    *,
    identity: list[tuple[str, str]] | None = None,
    problem: str = "",
    kept: Mapping[str, str] | None = None,
    status: int = 200,
) -> Any:
    html = render_template(
        "desk/counters/show.html",
        section="counters",
        c=waiting_time.gather(found, now()),
        identity=identity,
        reasons=details.WHY,
        problem=problem,
        kept=kept or {},
        longest=LONGEST_NOTE,
    )
    return html, status


def _step(counter_id: str, work: Callable[[CounterNotice], str]) -> Any:
    """Do `work` in one transaction and say what it gives; a refusal brings the page back with what was typed. Nobody
    with an interest in the case moves anything here."""
    try:
        with transaction():
            found = queries.get(counter_id)
            queues.impartial(cases.get(found.case_id), me())
            said = work(found)
    except (Refused, Conflict) as error:
        status = 422 if error.code in TYPED else 409
        db.session.rollback()
        return _page(queries.get(counter_id), problem=sentence(error), kept=request.form, status=status)
    flash(said, "success")
    return redirect(url_for("desk.counter", counter_id=counter_id))


def _note() -> str:
    text = request.form.get("note", "").replace("\r\n", "\n").strip()
    if len(text) > LONGEST_NOTE:
        raise Refused("text_too_long", limit=LONGEST_NOTE, length=len(text))
    return text


@bp.post("/counters/<counter_id>/identify")
@need("see_reporter_identity")
def identify_counter(counter_id: str) -> Any:
    """Show once who sent it, with a reason, and write down that it was shown."""
    found, why = queries.get(counter_id), request.form.get("why", "")
    queues.impartial(cases.get(found.case_id), me())
    if why not in details.WHY:
        raise Refused("why_missing")
    with transaction():
        record(my_actor(), "counter.identify", "counter", found.id, case=found.case_id, why=why)
    typed = queries.fields(found)
    who = [(pick(book().fields[c]), typed[c]) for c in waiting_time.IDENTITY if typed.get(c)]
    return _page(queries.get(counter_id), identity=who)


@bp.post("/counters/<counter_id>/arrived")
@need("review")
def confirm_arrival(counter_id: str) -> Any:
    """The copy reached a claimant otherwise; the note says how that is known."""

    def work(found: CounterNotice) -> str:
        appeals.confirm_arrival(found.id, request.form.get("report", ""), me(), _note())
        return _("Noted: it has arrived. The waiting time runs once every claimant has it.")

    return _step(counter_id, work)


@bp.post("/counters/<counter_id>/extend")
@need("review")
def extend_waiting(counter_id: str) -> Any:
    """A longer waiting time, once, with the document that shows why."""

    def work(found: CounterNotice) -> str:
        report = _claimant(found, request.form.get("report", ""))
        before = found.restore_by
        made = appeals.extend(found, report, _document(), me())
        return _("Extended from %(before)s to %(until)s.", before=when(before), until=when(made.restore_by))

    return _step(counter_id, work)


@bp.post("/counters/<counter_id>/judgment")
@need("review")
def end_hold(counter_id: str) -> Any:
    """A court or an authority has spoken, or the parties agreed: the content stays down, or comes back."""

    def work(found: CounterNotice) -> str:
        note, word = _note(), request.form.get("word", "")
        if not note:
            raise Refused("judgment_unexplained")
        if word not in ("down", "back"):
            raise Refused("judgment_missing")
        appeals.end_hold(found, me(), word == "down", note)
        if word == "down":
            return _("Noted: the content stays down. Both sides read it on their pages.")
        return _("Noted: the content comes back, and both sides are told.")

    return _step(counter_id, work)


def _claimant(found: CounterNotice, report_id: str) -> Report:
    queries.forward(found.id, report_id)  # raises NotFound: it was not sent to that claimant
    return db.session.get_one(Report, report_id)


def _document() -> Evidence:
    """The one file of the form, judged by its bytes and kept. Raises Refused."""
    upload = request.files.get("document")
    if upload is None or not upload.filename:
        raise Refused("document_missing")
    stream, allowed = cast(BlobWriter, upload.stream), limits()
    too_large = files.too_large(stream.size, allowed) if stream.overflowed else None
    found = too_large or files.inspect(cast(Any, stream), upload.filename, allowed)
    if isinstance(found, files.Refusal):
        raise Refused("document_refused", why=str(_(files.SENTENCES[found.code], **found.params)))
    return keep(
        stream.keep(),
        role="proof",
        source="reporter",  # it is the claimant's paper, handed in through the desk
        name=upload.filename,
        media_type=found.media_type,
        width=found.width or None,
        height=found.height or None,
        actor=my_actor(),
    )
