"""What both sides do after the receipt: open the report again, follow a letter, send papers, be refused."""

from __future__ import annotations

import io
import re
from collections.abc import Mapping
from typing import Any

from tests.builders import picture
from tests.journeys.acts import Filed
from tests.journeys.stage import Person, Stage, text_of

CASE = re.compile(r"/respond/(C-[0-9A-Z]{4}-[0-9A-Z]{4})")


def opens(person: Person, filed: Filed) -> str:
    """Open a report with reference and secret, as on any device on any day; what its page says."""
    done = person.does("/track", {"reference": filed.reference, "secret": filed.secret})
    return person.sees(done.location)


def account_of(stage: Stage, content: str) -> str:
    """Where the platform's account behind a content gets its letters."""
    return str(stage.content(content)["account"]["email"])


def answers(stage: Stage, content: str, lang: str = "en") -> tuple[Person, str, str]:
    """The account opens the link of its newest letter: (its browser, the case's reference, what the page says)."""
    account = stage.person(lang)
    letter = stage.letters(account_of(stage, content))[-1]
    case = CASE.search(text_of(letter))
    assert case, text_of(letter)
    return account, case[1], account.follow(letter, "/respond/")


def paper(seed: int = 7, name: str = "paper.jpg") -> tuple[io.BytesIO, str]:
    """A scanned sheet, as a form sends it."""
    return io.BytesIO(picture(seed)), name


def tries(person: Person, path: str, form: Mapping[str, Any]) -> str:
    """Send a form that leads nowhere: what the page says instead."""
    answer = person.post(path, data=dict(form))
    assert answer.status_code in (409, 422), answer.status_code
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", answer.text))
