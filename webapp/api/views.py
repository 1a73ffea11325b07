"""/api/v1: hand on a report, ask about a content item or a file, list measures, say one was carried out."""

from __future__ import annotations

from typing import Any, cast

from apiflask import APIBlueprint, HTTPTokenAuth
from flask import Response, jsonify

from webapp.api import queries
from webapp.api.shapes import (
    ActionsOut,
    AfterIn,
    BlockOut,
    CasesOut,
    ConfirmOut,
    LookupIn,
    LookupOut,
    ReportIn,
    ReportOut,
)
from webapp.core import links
from webapp.core.db import transaction
from webapp.core.errors import DomainError, NotFound, Refused
from webapp.domain.intake.rules import FilledReport
from webapp.domain.intake.service import receive_once
from webapp.domain.partners.models import Platform
from webapp.domain.partners.queries import by_inbound_token
from webapp.domain.partners.service import confirm
from webapp.domain.policy.queries import book
from webapp.domain.staydown.queries import blocked_as

bp = APIBlueprint("api", __name__, url_prefix="/api/v1", tag="Redress")
auth = HTTPTokenAuth(description="The token `flask partners connect` printed.")


@auth.verify_token
def _platform(token: str) -> Platform | None:
    return by_inbound_token(token)


def _me() -> Platform:
    """The platform whose token was checked; the routes below are closed without one."""
    return cast(Platform, auth.current_user)


@bp.errorhandler(DomainError)
def _refused(error: DomainError) -> tuple[Response, int]:
    status = 404 if isinstance(error, NotFound) else 409
    return jsonify({"error": error.code, "detail": error.params}), status


@bp.errorhandler(RecursionError)
def _too_deep(_error: RecursionError) -> tuple[Response, int]:
    """JSON nested thousands deep: the reader gives up, and so may we."""
    return jsonify({"error": "not_readable", "detail": {}}), 400


@bp.post("/reports")
@bp.auth_required(auth)
@bp.input(ReportIn)
@bp.output(ReportOut, status_code=201)
@bp.doc(summary="Hand on a report", responses=[409])
def hand_on(json_data: ReportIn) -> Any:
    """File a report about the platform's own content for a reporter who filled in the platform's form."""
    platform = _me()
    place = {"platform": platform.slug, "content_ref": json_data.content_id}
    form = FilledReport.from_dict(json_data.answers() | place)
    if unknown := json_data.unknown(book()):
        raise Refused("incomplete", fields=unknown)
    with transaction():
        receipt = receive_once(form, f"api:{platform.slug}:{json_data.idempotency_key}")
    return ReportOut(
        reference=receipt.reference,
        secret=receipt.secret,
        tracking_url=links.public(f"/track/{receipt.reference}"),
        due_at=receipt.due_at,
        mode=receipt.report.mode,
        missing=list(receipt.missing),
    )


@bp.get("/contents/<content_id>/cases")
@bp.auth_required(auth)
@bp.output(CasesOut)
@bp.doc(summary="Cases about a content item")
def cases(content_id: str) -> Any:
    """Never says who reported, or what they wrote."""
    return CasesOut(content_id=content_id, cases=queries.cases_about(_me().slug, content_id))


@bp.get("/actions")
@bp.auth_required(auth)
@bp.input(AfterIn, location="query")
@bp.output(ActionsOut)
@bp.doc(summary="Measures asked of this platform")
def actions(query_data: AfterIn) -> Any:
    """A page of measures, newest first."""
    found, following = queries.actions_of(_me().slug, query_data.after)
    return ActionsOut(actions=found, next=following)


@bp.post("/actions/<action_id>/confirmation")
@bp.auth_required(auth)
@bp.output(ConfirmOut, status_code=202)
@bp.doc(summary="Say a measure was carried out", responses=[404])
def confirmation(action_id: str) -> Any:
    """The platform's word starts a reading; only what is read back counts as confirmed."""
    with transaction():
        effect = confirm(_me(), action_id)
    return ConfirmOut(action_id=action_id, state=effect.state)


@bp.post("/lookups")
@bp.auth_required(auth)
@bp.input(LookupIn)
@bp.output(LookupOut)
@bp.doc(summary="Ask whether a file is kept out")
def lookups(json_data: LookupIn) -> Any:
    """Stay-down before publication: exactly the same bytes only, and nothing of any person."""
    found = blocked_as(json_data.sha256)
    blocks = [BlockOut(case=b.case.reference, since=b.starts_at, until=b.ends_at) for b in found]
    return LookupOut(blocked=bool(blocks), blocks=blocks)
