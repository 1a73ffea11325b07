"""What became of every measure: sent, carried out, read back, or not, with each try and a button to send again."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from flask import flash, redirect, render_template, request, url_for

from webapp.core.db import transaction
from webapp.core.i18n import _, when
from webapp.desk import blindness, lists, queries, words
from webapp.desk.access import me, need
from webapp.desk.blueprint import bp
from webapp.desk.paging import key_of, read_key
from webapp.domain.decisions.models import Action
from webapp.domain.partners import queries as partners
from webapp.domain.partners import service as partner_verbs
from webapp.domain.partners.models import Attempt, Effect, Event


@dataclass(frozen=True)
class Row:
    """One measure; `undoes` is the one it takes back."""

    id: str
    reference: str
    measure: str
    undoes: str
    target: str
    decided: str
    who: str
    state: str
    state_words: str
    tone: str
    why: str
    read: str
    ends: str
    ended: str
    tries: list[tuple[int, str, str, str]]
    can_resend: bool
    can_read: bool


def _row(action: Action, effect: Effect | None, attempts: Sequence[Attempt], undone: str) -> Row:
    decision = action.decision
    subject = decision.case.subject
    state = effect.state if effect else "pending"
    event = effect.event if effect else None
    tries = [
        (number, when(a.at), str(a.status) if a.status else a.error or _("no answer"), _("%(ms)s ms", ms=a.took_ms))
        for number, a in enumerate(attempts, 1)
    ]
    return Row(
        id=action.id,
        reference=decision.case.reference,
        measure=words.action(action.kind, action.days),
        undoes=undone,
        target=subject.title or subject.content_ref or subject.address,
        decided=when(decision.decided_at),
        who=decision.staff.name if decision.staff else str(words.NOBODY),
        state=state,
        state_words=str(words.EFFECTS[state][0]),
        tone=words.EFFECTS[state][1],
        why=_(partners.REASONS[effect.reason]) if effect and effect.reason in partners.REASONS else "",
        read=when(effect.read_at) if effect else "",
        ends=when(action.ends_at) if action.ends_at else "",
        ended=when(effect.ended_at) if effect and effect.ended_at else "",
        tries=tries,
        can_resend=effect is not None and partners.can_resend(effect),
        can_read=event is not None and state != "pending",
    )


@bp.get("/actions")
@need("review")
def actions() -> Any:
    """Measures, newest decision first, filtered by state, paged by key."""
    state = request.args.get("state", "")
    state = state if state in words.EFFECTS else ""
    hidden = blindness.hidden_cases(me())
    found = lists.measures(hidden, state, read_key(request.args.get("after", "")))
    shown, more = found[: lists.PAGE], len(found) > lists.PAGE
    last = shown[-1][0] if more else None
    tries = partners.tries_of([action.id for action, _effect in shown])
    taken_back = queries.actions_named(action.undoes_id for action, _effect in shown if action.undoes_id)
    undone = {action_id: words.action(kind, days) for action_id, (kind, days) in taken_back.items()}
    return render_template(
        "desk/actions.html",
        section="actions",
        rows=[_row(a, effect, tries[a.id], undone.get(a.undoes_id or "", "")) for a, effect in shown],
        state=state,
        states=[(code, text) for code, (text, _tone) in words.EFFECTS.items()],
        notices=_notices(hidden) if not state else [],
        hidden=len(hidden),
        next_key=key_of(last.decision.decided_at, last.id) if last else "",
    )


def _notices(hidden: Sequence[str]) -> list[dict[str, str]]:
    """Accounts that were not told, without those of cases this person must not see through yet."""
    closed = set(queries.references(hidden).values()) if hidden else set()
    return [_notice(event) for event in partners.undelivered_notices() if event.data.get("reference") not in closed]


def _notice(event: Event) -> dict[str, str]:
    told = event.data
    account = f"{event.platform_slug} · {told.get('account_id', '')}"
    tried = event.attempts[-1] if event.attempts else None
    return {
        "id": event.id,
        "reference": told.get("reference", ""),
        "account": account,
        "at": when(event.created_at),
        "why": _("the platform answered %(status)s", status=tried.status) if tried and tried.status else _("no answer"),
    }


@bp.post("/actions/<action_id>/resend")
@need("review")
def resend(action_id: str) -> Any:
    """Ask the platform again."""
    with transaction():
        event = partner_verbs.resend(partners.effect(action_id), me())
        asked = event is not None
    if asked:
        flash(_("The platform is asked again; the result is read back."), "success")
    else:
        flash(_("There is still nobody to send this to."), "warning")
    return redirect(url_for("desk.actions", state=request.form.get("state") or None))


@bp.post("/actions/<action_id>/read")
@need("review")
def read_now(action_id: str) -> Any:
    """Ask the platform now whether the measure holds."""
    with transaction():
        partner_verbs.read_now(partners.effect(action_id), me())
    flash(_("The platform is being asked whether it holds; look again in a moment."), "success")
    return redirect(url_for("desk.actions", state=request.form.get("state") or None))


@bp.post("/actions/notices/<event_id>/resend")
@need("review")
def resend_notice(event_id: str) -> Any:
    """Try a notice to an account once more."""
    with transaction():
        partner_verbs.resend_notice(partners.event(event_id), me())
    flash(_("The platform is asked again to tell the account."), "success")
    return redirect(url_for("desk.actions"))
