"""Behind a proxy: each visitor has own limits, nobody invents an address, what is for this machine stays so."""

from __future__ import annotations

from pathlib import Path

import pytest
from apiflask import APIFlask
from flask import request

from webapp.core import requests
from webapp.core.config import Settings

LOCAL = {"REMOTE_ADDR": "127.0.0.1"}


def seen(data: Path, proxies: int, forwarded: str) -> str:
    """The address an installation with so many proxies sees."""
    app = APIFlask("doors", static_folder=None)
    app.config["SETTINGS"] = Settings(REDRESS_DATA=data, TRUSTED_PROXIES=proxies)
    requests.init_app(app)
    app.get("/who")(lambda: str(request.remote_addr))
    headers = {"X-Forwarded-For": forwarded}
    return app.test_client().get("/who", headers=headers, environ_base=LOCAL).text


@pytest.mark.parametrize(
    ("proxies", "address"),
    [(0, "127.0.0.1"), (1, "198.51.100.7"), (2, "203.0.113.9")],
)
def test_only_the_operators_own_proxies_are_believed(tmp_path: Path, proxies: int, address: str) -> None:
    """The visitor wrote the first entry, the proxies the others."""
    assert seen(tmp_path, proxies, "10.9.9.9, 203.0.113.9, 198.51.100.7") == address


def test_what_a_local_proxy_passes_on_is_not_trusted_as_this_machine(app: APIFlask) -> None:
    """Otherwise every visitor of a proxied site could read the figures."""
    client = app.test_client()
    assert client.get("/metrics", environ_base=LOCAL).status_code == 200
    passed_on = {"X-Forwarded-For": "203.0.113.9"}
    assert client.get("/metrics", environ_base=LOCAL, headers=passed_on).status_code == 404
    assert "checks" not in client.get("/readyz", environ_base=LOCAL, headers=passed_on).json
    odd = passed_on | {"Authorization": "Bearer ä"}
    assert client.get("/metrics", environ_base=LOCAL, headers=odd).status_code == 404
