"""The face of machines: a platform hands on reports and sees its own measures, never a reporter."""

from __future__ import annotations

import pytest
from apiflask import APIFlask
from flask.testing import FlaskClient

from tests.builders import ANSWERS, file_report
from tests.conftest import Cast
from webapp.core.db import db, transaction
from webapp.core.outbox import Task
from webapp.domain.cases import queries as cases
from webapp.domain.cases.service import take
from webapp.domain.decisions.models import Decision
from webapp.domain.decisions.rules import Choice
from webapp.domain.decisions.service import decide
from webapp.domain.partners.service import connect, fan_out
from webapp.domain.reports.service import open_by_secret

BODY = {
    "kind": "COPY_IMAGE",
    "basis": "SELF",
    "content_id": "p1",
    "wrong": "This is my painting, mirrored and recoloured.",
    "work_title": "Evening on the river",
    "name": "Zhou Yun",
    "email": "zhou.yun@mail.com",
    "postal_address": "Flat 3, 8 Lake Road, Hangzhou",
    "good_faith": True,
    "idempotency_key": "3f0d8a7e-0001-4c00-9000-1",
}


@pytest.fixture
def platform(app: APIFlask) -> dict[str, str]:
    """The headers of a connected platform."""
    with transaction():
        connect(
            "demo",
            "Demo",
            "http://127.0.0.1:9/api",
            "http://127.0.0.1:9/hook",
            "whsec_c2VjcmV0c2VjcmV0",
            "t",
            "inbound",
        )
    return {"Authorization": "Bearer inbound"}


def test_the_api_is_for_connected_platforms(client: FlaskClient, platform: dict[str, str]) -> None:
    """No token, a wrong token: 401 everywhere; the description is open to all."""
    for path in ("/api/v1/actions", "/api/v1/contents/p1/cases"):
        assert client.get(path).status_code == 401
        assert client.get(path, headers={"Authorization": "Bearer wrong"}).status_code == 401
        assert client.get(path, headers=platform).status_code == 200
    spec = client.get("/api/v1/openapi.json").get_json()
    assert spec["openapi"].startswith("3.1") and "/api/v1/reports" in spec["paths"]


def test_a_report_handed_on_twice_is_one_report(client: FlaskClient, platform: dict[str, str]) -> None:
    """The receipt opens the tracking page; the same key gives the same receipt."""
    answers = [client.post("/api/v1/reports", json=BODY, headers=platform) for _ in range(2)]
    assert [a.status_code for a in answers] == [201, 201]
    first, second = (a.get_json() for a in answers)
    assert first == second and first["tracking_url"].endswith(first["reference"])
    assert open_by_secret(first["reference"], first["secret"]).subject.content_ref == "p1"


@pytest.mark.parametrize(
    ("change", "status"),
    [
        ({"kind": "NOPE"}, 409),
        ({"basis": "VHOWN"}, 409),
        ({"good_faith": False}, 409),
        ({"email": None}, 409),
        ({"wrong": "short"}, 409),
        ({"elected": ["US_TIDA"]}, 409),  # not of this kind
        ({"statements": ["NOCONS", "GUESSED"]}, 409),
        ({"circumstances": ["live"]}, 409),
        ({"email": "x"}, 422),
        ({"valid_to": "soon"}, 422),
        ({"language": "fr"}, 422),
        ({"x": 1}, 422),
    ],
)
def test_a_report_that_is_not_whole_is_refused_with_why(
    client: FlaskClient, platform: dict[str, str], change: dict[str, object], status: int
) -> None:
    """Machines get field and code; nothing is half-saved."""
    answer = client.post("/api/v1/reports", json=BODY | change, headers=platform)
    assert answer.status_code == status and next(iter(change)) in answer.get_data(as_text=True)
    assert db.session.query(Task).count() == 0


def test_what_a_notice_still_lacks_is_named_and_asked_of_the_reporter(
    client: FlaskClient, platform: dict[str, str]
) -> None:
    """Received all the same: the platform learns the codes, the reporter gets a letter."""
    answer = client.post("/api/v1/reports", json=BODY | {"postal_address": "", "name": ""}, headers=platform)
    assert answer.status_code == 201
    assert answer.get_json()["mode"] == "notice" and answer.get_json()["missing"] == ["TITLE", "ID", "ADDRESS"]
    assert db.session.query(Task).filter_by(topic="notice.returned").count() == 1


def test_an_elected_regime_a_tip_and_an_anonymous_report_can_be_handed_on(
    client: FlaskClient, platform: dict[str, str]
) -> None:
    """What the platform's own form may ask goes through: DMCA with its statements, a passer-by, no address at all."""
    dmca = BODY | {"elected": ["US_DMCA"], "statements": ["PERJURY", "AUTHORITY"], "signature": "Zhou Yun"}
    first = client.post("/api/v1/reports", json=dmca, headers=platform).get_json()
    report = open_by_secret(first["reference"], first["secret"])
    assert "US_DMCA" in report.regimes and first["missing"] == ["TITLE"]
    key = {"idempotency_key": "another-key-0001"}
    tip = client.post("/api/v1/reports", json=BODY | key | {"basis": "ANY"}, headers=platform).get_json()
    assert (tip["mode"], tip["missing"]) == ("tip", [])
    key = {"idempotency_key": "another-key-0002"}
    nameless = {"kind": "MINOR_SEXUAL", "basis": "ANY", "anonymous": True, "email": None, "wrong": "", "name": "X"}
    anonymous = client.post("/api/v1/reports", json=BODY | key | nameless, headers=platform).get_json()
    reporter = open_by_secret(anonymous["reference"], anonymous["secret"]).standing.reporter
    assert (reporter.email, reporter.name, reporter.email_index) == ("", "", "")


@pytest.mark.parametrize(
    ("data", "kind"),
    [(b"{", "application/json"), (b"", "application/json"), (b"\xff", "application/json"), (b"a=b", "text/plain")],
)
def test_what_is_no_json_is_answered_in_json(
    client: FlaskClient, platform: dict[str, str], data: bytes, kind: str
) -> None:
    """A machine must not have to read a page."""
    answer = client.post("/api/v1/reports", data=data, headers=platform | {"Content-Type": kind})
    assert answer.status_code == 400 and answer.get_json()["error"] == "not_readable"


def test_a_wrong_address_or_method_is_answered_in_json(client: FlaskClient, platform: dict[str, str]) -> None:
    """404 and 405, with what is allowed."""
    assert client.get("/api/v1/nope", headers=platform).get_json()["error"] == "not_possible"
    answer = client.put("/api/v1/reports", headers=platform)
    assert answer.status_code == 405 and answer.is_json and "POST" in answer.headers["Allow"]


def test_measures_and_cases_say_nothing_of_reporters(client: FlaskClient, platform: dict[str, str], cast: Cast) -> None:
    """The platform sees state, verdict and measures of its own content; its word starts a reading."""
    receipt = file_report()
    case = cases.case_of(receipt.report.id)
    with transaction():
        take(case.id, cast.rui)
        choice = Choice({receipt.report.id: "supported"}, "COPY_IMAGE", [("remove", None)], "The same painting.")
        decision = decide(case.id, cast.rui, case.version, choice)
        assert isinstance(decision, Decision)
        fan_out(decision)
    about = client.get("/api/v1/contents/p1/cases", headers=platform)
    listed = client.get("/api/v1/actions", headers=platform)
    assert about.get_json()["cases"][0]["verdict"] == "upheld"
    action = listed.get_json()["actions"][0]
    assert (action["kind"], action["content_id"], action["state"]) == ("remove", "p1", "pending")
    for answer in (about, listed):
        assert str(ANSWERS["email"]) not in answer.text and str(ANSWERS["name"]) not in answer.text
    path = f"/api/v1/actions/{action['action_id']}/confirmation"
    assert client.post(path, headers=platform).status_code == 202
    assert db.session.query(Task).filter_by(topic="event.delivered").count() == 1
    assert client.post("/api/v1/actions/nope/confirmation", headers=platform).status_code == 404


def test_health_and_readiness(client: FlaskClient) -> None:
    """Alive; ready although the queue server is away; figures for this machine only."""
    assert client.get("/healthz").get_json() == {"status": "ok"}
    ready = client.get("/readyz")
    assert ready.status_code == 200 and ready.get_json()["checks"]["queue"] == "away"
    assert 'redress_tasks{state="todo"} 0' in client.get("/metrics").text
    far = {"REMOTE_ADDR": "203.0.113.9"}
    assert client.get("/metrics", environ_base=far).status_code == 404
    assert "checks" not in client.get("/readyz", environ_base=far).get_json()


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("email", "用户@例子.公司"),
        ("address", "javascript:alert(1)"),
        ("content_id", "   "),
        ("content_id", "p1\x00"),
    ],
)
def test_what_could_not_be_answered_opened_or_found_is_not_taken(
    client: FlaskClient, platform: dict[str, str], field: str, value: str
) -> None:
    """Each would become a letter nobody gets, a link nobody should follow, or a case about nothing."""
    answer = client.post("/api/v1/reports", json=BODY | {field: value}, headers=platform)
    assert answer.status_code == 422
    assert list(answer.get_json()["detail"]["json"]) == [field]


def test_json_nested_without_end_is_told_apart(client: FlaskClient, platform: dict[str, str]) -> None:
    """Not a fault of ours, so not a 500."""
    headers = platform | {"Content-Type": "application/json"}
    assert client.post("/api/v1/reports", data=b"[" * 100_000, headers=headers).status_code == 400
