"""Both languages: which one a person reads, gettext for pages, and a way for workers to write in either.

`?lang=zh` or `?lang=en` sets it anywhere and is remembered in a cookie; otherwise the browser's wish decides.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import Any

from flask import Flask, Response, g, has_request_context, request
from flask_babel import Babel, force_locale, format_datetime, gettext, lazy_gettext, ngettext

LANGUAGES = ("zh", "en")
NATIVE = {"zh": "中文", "en": "English"}
DEFAULT = "zh"

_: Callable[..., str] = gettext  # typed here once, because Flask-Babel comes without types
n_ = ngettext
lazy = lazy_gettext

babel = Babel()


def N_(msgid: str) -> str:  # noqa: N802  # gettext's own customary name
    """Mark a sentence for translation where it is defined; it is translated where it is shown."""
    return msgid


def language() -> str:
    """The language of the page or letter being made: 'zh' or 'en'."""
    if "language" in g:
        return str(g.language)
    chosen = DEFAULT
    if has_request_context():
        asked = request.args.get("lang", "")[:2]
        kept = request.cookies.get("lang", "")
        best = request.accept_languages.best_match(["zh-CN", "zh", "en"])
        chosen = next((c for c in (asked, kept, (best or "")[:2]) if c in LANGUAGES), DEFAULT)
    g.language = chosen
    return chosen


@contextmanager
def speaking(code: str) -> Iterator[None]:
    """Make everything inside speak `code`, for letters and previews."""
    before = g.get("language")
    g.language = code
    try:
        with force_locale(code):
            yield
    finally:
        if before is None:
            g.pop("language", None)
        else:
            g.language = before


def pick(words: Any, code: str | None = None) -> str:
    """The wording of a book entry ({'zh': …, 'en': …} or an object with .zh and .en) in the current language."""
    code = code or language()
    return str(words[code] if isinstance(words, dict) else getattr(words, code))


_MINUTE = {"zh": "y年M月d日 HH:mm", "en": "d MMM y, HH:mm"}
_ZONED = {"zh": "zzzz y年M月d日 HH:mm", "en": "d MMM y, HH:mm zzzz"}
_DAY = {"zh": "y年M月d日", "en": "d MMMM y"}


def when(moment: datetime | None) -> str:
    """An instant to the minute, in the operator's time zone and the reader's language."""
    return format_datetime(moment, _MINUTE[language()]) if moment else ""


def when_zoned(moment: datetime | None) -> str:
    """The same with the zone named, for deadlines that people in other places keep."""
    return format_datetime(moment, _ZONED[language()]) if moment else ""


def zone() -> str:
    """The operator's time zone by the name that readers know: 中国标准时间, China Standard Time."""
    return str(format_datetime(None, "zzzz"))


def day(moment: datetime, code: str) -> str:
    """A date in the operator's time zone, in the language `code`."""
    with speaking(code):
        return str(format_datetime(moment, _DAY[code]))


def time_of_day(moment: datetime) -> str:
    """Hours and minutes in the operator's time zone, for what ends today."""
    return str(format_datetime(moment, "HH:mm"))


def _remember(response: Response) -> Response:
    asked = request.args.get("lang", "")[:2]
    if asked in LANGUAGES and request.cookies.get("lang") != asked:
        response.set_cookie("lang", asked, max_age=31536000, samesite="Lax", httponly=True, secure=request.is_secure)
    return response


def init_app(app: Flask) -> None:
    """Tell Flask-Babel how to choose, and give templates what they need to write in two languages."""
    app.config.setdefault("BABEL_DEFAULT_LOCALE", DEFAULT)
    babel.init_app(
        app,
        locale_selector=language,
        timezone_selector=lambda: app.config["SETTINGS"].timezone,
        default_translation_directories="translations",
    )
    app.after_request(_remember)
    app.jinja_env.globals.update(language=language, LANGUAGES=LANGUAGES, NATIVE=NATIVE, zone=zone)
    app.jinja_env.filters.update(pick=pick, when=when)
