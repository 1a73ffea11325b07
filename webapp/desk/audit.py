"""Who did what: the audit log in words, filtered by object, person or act, and a check that nothing was changed."""

from __future__ import annotations

from typing import Any

from flask import flash, redirect, render_template, request, url_for

from webapp.core.audit import record, verify
from webapp.core.db import transaction
from webapp.core.i18n import _
from webapp.desk import blindness, lists, trail
from webapp.desk.access import me, my_actor, need
from webapp.desk.blueprint import bp
from webapp.domain.staff import queries as staff


@bp.get("/audit")
@need("see_audit")
def audit() -> Any:
    """The log, newest first, paged by key."""
    about, who, verb = (request.args.get(k, "").strip() for k in ("about", "who", "verb"))
    before = request.args.get("before", type=int)
    if before is not None and not 0 < before < 2**63:
        before = None  # no entry has such a number, and the database could not even be asked
    hidden = blindness.hidden_cases(me())
    found = lists.log(
        hidden,
        object_id=lists.object_behind(about) if about else "",
        actor_id=who,
        verb=verb if verb in trail.VERBS else "",
        before=before,
    )
    shown, more = found[: lists.PAGE], len(found) > lists.PAGE
    return render_template(
        "desk/audit.html",
        section="audit",
        lines=trail.lines(shown),
        about=about,
        who=who,
        verb=verb,
        verbs=sorted(((code, str(text)) for code, text in trail.VERBS.items()), key=lambda pair: pair[1]),
        people=staff.everyone(),
        hidden=len(hidden),
        next_before=shown[-1].id if more else None,
    )


@bp.post("/audit/verify")
@need("see_audit")
def check() -> Any:
    """Walk the whole chain; the check itself is written down too."""
    broken_at = verify()
    with transaction():
        record(my_actor(), "audit.verify", "audit", "chain", broken_at=broken_at)
    if broken_at is None:
        flash(_("The chain is whole: no entry was changed, added or taken out."), "success")
    else:
        flash(
            _("The chain is broken at entry %(n)s. Please tell whoever runs this installation.", n=broken_at), "error"
        )
    return redirect(url_for("desk.audit"))
