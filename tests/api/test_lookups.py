"""A platform asks before publication whether a file is kept out."""

from __future__ import annotations

import pytest
from apiflask import APIFlask
from flask.testing import FlaskClient

from tests.builders import picture
from tests.conftest import Cast
from tests.domain.decisions.story import choice, decided, opened
from webapp.core.db import db, transaction
from webapp.domain.evidence.models import Evidence
from webapp.domain.partners.service import connect
from webapp.domain.staydown import queries, service


@pytest.fixture
def token(app: APIFlask) -> dict[str, str]:
    with transaction():
        place = ("http://127.0.0.1:9/api", "http://127.0.0.1:9/hook")
        connect("demo", "Demo", *place, "whsec_c2VjcmV0c2VjcmV0", "t", "inbound")
    return {"Authorization": "Bearer inbound"}


def test_the_same_bytes_are_kept_out_until_the_block_ends(
    cast: Cast, client: FlaskClient, token: dict[str, str]
) -> None:
    case = opened(cast.rui, alleged=[picture(1)])
    decided(case, cast.rui, choice(case, ("remove", None), ("block_hash", 90)))
    with transaction():
        service.follow(case.id)
    sha256 = db.session.get_one(Evidence, queries.alleged(case.id)[0]).sha256
    answer = client.post("/api/v1/lookups", json={"sha256": sha256}, headers=token).get_json()
    assert answer["blocked"] is True
    assert [b["case"] for b in answer["blocks"]] == [case.reference]
    assert set(answer["blocks"][0]) == {"case", "since", "until"}
    other = client.post("/api/v1/lookups", json={"sha256": "0" * 64}, headers=token).get_json()
    assert other == {"blocked": False, "blocks": []}


def test_only_connected_platforms_ask_and_only_with_a_hash(client: FlaskClient, token: dict[str, str]) -> None:
    assert client.post("/api/v1/lookups", json={"sha256": "0" * 64}).status_code == 401
    assert client.post("/api/v1/lookups", json={"sha256": "no"}, headers=token).status_code == 422
