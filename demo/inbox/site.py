"""The web page of the inbox: list, mail, isolated HTML, raw download, JSON for tests, ordered failures."""

from __future__ import annotations

import re
from pathlib import Path
from urllib.parse import urlsplit

from flask import (
    Blueprint,
    Flask,
    Response,
    abort,
    current_app,
    g,
    jsonify,
    redirect,
    render_template,
    request,
    url_for,
)
from werkzeug.exceptions import Forbidden, HTTPException
from werkzeug.wrappers import Response as AnyResponse

from demo.inbox.mailbox import Mail, Mailbox
from demo.inbox.smtp import Trouble
from demo.inbox.words import when, with_links, word

CSP = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; frame-src 'self'; "
    "form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
# The mail's own HTML: no script, no form, no network, an origin of nobody; links open in a new, ordinary window.
MAIL_CSP = (
    "sandbox allow-popups allow-popups-to-escape-sandbox; default-src 'none'; style-src 'unsafe-inline'; "
    "img-src data:; base-uri 'none'; form-action 'none'; frame-ancestors 'self'"
)
MOST_TIMES = 1000

pages = Blueprint("inbox", __name__)


def create_site(mailbox: Mailbox, trouble: Trouble) -> Flask:
    """The Flask application over a mailbox.

    Answers only to loopback names, so that no other site's name can be pointed at it.
    """
    app = Flask("demo.inbox", root_path=str(Path(__file__).parent))
    app.config.update(
        MAILBOX=mailbox, TROUBLE=trouble, TRUSTED_HOSTS=["127.0.0.1", "localhost"], MAX_CONTENT_LENGTH=1 << 16
    )
    app.json.ensure_ascii = False  # type: ignore[attr-defined]  # the default JSON provider has it, its base class does not
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True
    app.register_blueprint(pages)
    app.before_request(_prepare)
    app.after_request(_finish)
    app.register_error_handler(HTTPException, _error)
    app.context_processor(_template_words)
    return app


@pages.get("/")
def index() -> str:
    """Newest first; `?to=` filters."""
    to = request.args.get("to", "").strip()
    return render_template("list.html", mails=_mailbox().list(to), to=to, stamp=_mailbox().stamp(), trouble=_trouble())


@pages.get("/m/<key>")
def mail(key: str) -> str:
    """One mail: text, isolated HTML, headers."""
    found = _mail(key)
    return render_template("mail.html", mail=found, text=with_links(found.part("plain")), html=bool(found.part("html")))


@pages.get("/m/<key>/html")
def html(key: str) -> Response:
    """The HTML part alone, sandboxed by its own header wherever it is opened."""
    body = _mail(key).part("html")
    if not body:
        abort(404)
    base = '<base target="_blank">'
    page, placed = re.subn(r"(?i)(<head\b[^>]*>)", lambda tag: tag.group(1) + base, body, count=1)
    response = Response(page if placed else base + body, mimetype="text/html")
    response.headers["Content-Security-Policy"] = MAIL_CSP
    return response


@pages.get("/m/<key>.eml")
def raw(key: str) -> Response:
    """The mail as it came, as a download."""
    content = _mailbox().raw(key)
    if content is None:
        abort(404)
    return Response(
        content, mimetype="message/rfc822", headers={"Content-Disposition": f'attachment; filename="{key}.eml"'}
    )


@pages.get("/api/messages")
def messages() -> Response:
    """All mail as JSON, newest first; `?to=` filters. `repeats` counts arrivals beyond the first."""
    return jsonify([found.as_json() for found in _mailbox().list(request.args.get("to", ""))])


@pages.get("/api/stamp")
def stamp() -> Response:
    """A word that changes with the mailbox; the list page asks for it."""
    return jsonify(stamp=_mailbox().stamp())


@pages.post("/tools/trouble")
def trouble() -> AnyResponse:
    """Form fields `word` (`refuse` or `lose`) and `times`."""
    try:
        times = int(request.form.get("times", "1"))
    except ValueError:
        abort(400)
    if request.form.get("word") not in ("refuse", "lose") or not 0 <= times <= MOST_TIMES:
        abort(400)
    _trouble().order(request.form["word"], times)
    return redirect(url_for("inbox.index"), 303)


@pages.post("/tools/clear")
def clear() -> AnyResponse:
    """Throw every mail away."""
    _mailbox().clear()
    return redirect(url_for("inbox.index"), 303)


def _prepare() -> None:
    """Language from ?lang, the cookie, then the browser; and no form post from another site."""
    asked = request.args.get("lang")
    g.chosen = asked if asked in ("zh", "en") else None
    known = g.chosen or request.cookies.get("inbox_lang")
    g.lang = known if known in ("zh", "en") else (request.accept_languages.best_match(["zh", "en"]) or "zh")
    origin = request.headers.get("Origin")
    if request.method == "POST" and origin and urlsplit(origin).netloc != request.host:
        raise Forbidden("a form of another site")


def _finish(response: Response) -> Response:
    response.headers.setdefault("Content-Security-Policy", CSP)
    response.headers["X-Content-Type-Options"] = "nosniff"
    response.headers["Referrer-Policy"] = "no-referrer"  # letters carry secrets in their addresses
    response.headers["Cache-Control"] = "no-store"
    if g.get("chosen"):
        response.set_cookie("inbox_lang", g.chosen, max_age=31_536_000, samesite="Lax", httponly=True)
    return response


def _error(error: HTTPException) -> tuple[Response | str, int]:
    code = error.code or 500
    if request.path.startswith("/api/"):
        return jsonify(error=error.name), code
    return render_template("error.html", code=code), code


def _template_words() -> dict[str, object]:
    lang = g.get("lang", "zh")
    return {
        "lang": lang,
        "other": "en" if lang == "zh" else "zh",
        "w": lambda key, **values: word(key, lang, **values),
        "when": lambda at: when(at, lang),
    }


def _mail(key: str) -> Mail:
    found = _mailbox().get(key)
    if found is None:
        abort(404)
    return found


def _mailbox() -> Mailbox:
    mailbox: Mailbox = current_app.config["MAILBOX"]
    return mailbox


def _trouble() -> Trouble:
    ordered: Trouble = current_app.config["TROUBLE"]
    return ordered
