"""The demo platform assembled: settings, language, security headers, error pages."""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple
from urllib.parse import urlencode, urlsplit

from flask import Flask, Response, g, jsonify, render_template, request
from standardwebhooks import Webhook
from werkzeug.exceptions import Forbidden, HTTPException

from demo.platform.api import api
from demo.platform.hooks import door
from demo.platform.pages import pages
from demo.platform.store import Store, is_hidden, post_state, runs
from demo.platform.tools import tools
from demo.platform.words import ago, when, word

CSP = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; media-src 'self'; font-src 'self'; "
    "form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)


class Settings(NamedTuple):
    """What the command line says: folder, own address, address of Redress, webhook secret, API token."""

    folder: Path
    base_url: str
    redress_url: str
    secret: str
    token: str


def create_site(settings: Settings) -> Flask:
    """The Flask application. Raises ValueError when the webhook secret is no base64."""
    Webhook(settings.secret)  # a wrong secret must stop the start, not the first delivery
    app = Flask("demo.platform", root_path=str(Path(__file__).parent))
    app.config.update(
        STORE=Store(settings.folder),
        BASE_URL=settings.base_url,
        HOOK_SECRET=settings.secret,
        API_TOKEN=settings.token,
        REDRESS_URL=settings.redress_url.rstrip("/"),
        MAX_CONTENT_LENGTH=1 << 20,
    )
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True
    for part in (pages, tools, api, door):
        app.register_blueprint(part)
    app.before_request(_prepare)
    app.after_request(_finish)
    app.register_error_handler(HTTPException, _error)
    app.context_processor(lambda: _template_words(settings))
    return app


def _prepare() -> None:
    """Language from ?lang, the cookie, then the browser; and no form post from another site."""
    asked = request.args.get("lang")
    known = asked if asked in ("zh", "en") else request.cookies.get("lumo_lang")
    g.lang = known if known in ("zh", "en") else (request.accept_languages.best_match(["zh", "en"]) or "zh")
    g.chosen = asked if asked in ("zh", "en") else None
    origin = request.headers.get("Origin")
    if request.method == "POST" and origin and urlsplit(origin).netloc != request.host:
        raise Forbidden("a form of another site")


def _finish(response: Response) -> Response:
    response.headers.setdefault("Content-Security-Policy", CSP)
    response.headers["X-Content-Type-Options"] = "nosniff"
    response.headers["Referrer-Policy"] = "same-origin"
    if response.mimetype == "text/html":
        response.headers["Cache-Control"] = "no-store"
    if g.get("chosen"):
        response.set_cookie("lumo_lang", g.chosen, max_age=31_536_000, samesite="Lax", httponly=True)
    return response


def _error(error: HTTPException) -> tuple[Response | str, int]:
    code = error.code or 500
    if request.path.startswith(("/api/", "/hooks/")):
        return jsonify(error=error.name), code
    return render_template("error.html", code=code), code


def _template_words(settings: Settings) -> dict[str, object]:
    lang = g.get("lang", "zh")

    def pick(row: dict[str, str], name: str) -> str:
        return row[f"{name}_{lang}"]

    def report_link(post_id: str) -> str:
        query = {"platform": "demo", "content": post_id, "address": f"{settings.base_url}/p/{post_id}", "lang": lang}
        return f"{settings.redress_url.rstrip('/')}/report?{urlencode(query)}"

    return {
        "lang": lang,
        "other": "en" if lang == "zh" else "zh",
        "w": lambda key, **values: word(key, lang, **values),
        "when": lambda at: when(at, lang),
        "ago": lambda at: ago(at, lang),
        "pick": pick,
        "is_hidden": is_hidden,
        "post_state": post_state,
        "runs": runs,
        "report_link": report_link,
    }
