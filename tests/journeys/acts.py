"""What people do in a journey, each a few requests of a browser without scripts: report, decide, appeal."""

from __future__ import annotations

import io
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from tests.builders import media_type_of
from tests.journeys.stage import Person, words

REFERENCE = re.compile(r"R-[0-9A-Z]{4}-[0-9A-Z]{4}")
SECRET = re.compile(r"\b[0-9A-Z]{4}-[0-9A-Z]{4}-[0-9A-Z]{4}-[0-9A-Z]{4}\b")
STEPS = 12  # no report takes more pages than this


@dataclass(frozen=True)
class Filed:
    """A report that was sent: what its receipt said."""

    reference: str
    secret: str
    receipt: str


def report(
    person: Person, content: str, kind: str, basis: str, files: Mapping[str, bytes] | None = None, **answers: Any
) -> Filed:
    """Walk through the form from the platform's own link to the receipt, answering each page from `answers`.

    `files`: place of the files' page (a code of the book, 'alleged' or 'reference') → a picture.
    """
    link = {"platform": "demo", "content": content, "address": f"https://lumo.example/p/{content}"}
    person.sees("/report?" + "&".join(f"{name}={value}" for name, value in link.items()))
    typed = {"kind": kind, "basis": basis, "platform": "demo", "content_ref": content, "address": link["address"]}
    typed |= {"do": "go", "good_faith": "1"} | answers
    where = person.does("/report", typed).location
    for _step in range(STEPS):
        if where.partition("?")[0].endswith("/report/review"):
            break
        sent = pictures(files or {}) if "/report/files" in where else {}
        where = person.does(where, typed | sent).location
    page = person.get("/report/review")
    assert page.status_code == 200, words(page)
    key = re.search(r'name="form_key"[^>]*value="([^"]+)"', page.text) or re.search(
        r'value="([^"]+)"[^>]*name="form_key"', page.text
    )
    assert key, words(page)
    person.does("/report/review", {"form_key": key[1]})
    said = person.sees("/report/receipt")
    reference, secret = REFERENCE.search(said), SECRET.search(said)
    assert reference and secret, said
    return Filed(reference[0], secret[0], said)


def pictures(files: Mapping[str, bytes]) -> dict[str, tuple[io.BytesIO, str]]:
    """Files as a form sends them."""
    endings = {"audio/wav": "wav", "video/mp4": "mp4"}
    return {
        name: (io.BytesIO(data), f"{name.lower()}.{endings.get(media_type_of(data), 'jpg')}")
        for name, data in files.items()
    }


def track(person: Person, filed: Filed) -> str:
    """Open the report's page with reference and secret: its words."""
    person.does("/track", {"reference": filed.reference, "secret": filed.secret})
    return person.sees(f"/track/{filed.reference}")


def refused_report(person: Person, content: str, kind: str, basis: str, **answers: Any) -> str:
    """A report the house does not take: what the last page says instead of a receipt."""
    typed = {"kind": kind, "basis": basis, "platform": "demo", "content_ref": content, "do": "go", "good_faith": "1"}
    typed |= answers
    typed["address"] = f"https://lumo.example/p/{content}"
    where = person.does("/report", typed).location
    for _step in range(STEPS):
        if where.partition("?")[0].endswith("/report/review"):
            break
        where = person.does(where, typed).location
    said = person.sees("/report/review")
    page = person.get("/report/review")
    key = re.search(r'name="form_key"[^>]*value="([^"]+)"', page.text)
    if key:
        person.does("/report/review", {"form_key": key[1]})
        assert person.get("/report/receipt").status_code == 404
    return said


def cases_of(desk: Person, title: str = "") -> list[str]:
    """References of the cases in the queue, the first to do first; those whose content has this title."""
    rows = re.findall(r"<tr data-row=.*?</tr>", desk.get("/desk/").text, re.DOTALL)
    found = [match[0] for row in rows if title in row and (match := re.search(r"C-[0-9A-Z]{4}-[0-9A-Z]{4}", row))]
    return list(dict.fromkeys(found))


def take(desk: Person, reference: str) -> str:
    """Take a case and read it: the page's words."""
    desk.does(f"/desk/case/{reference}/take")
    return desk.sees(f"/desk/case/{reference}")


@dataclass(frozen=True)
class Form:
    """The decision form as the page has it: its version, the reports to answer, and what is ticked beforehand."""

    version: str
    reports: tuple[str, ...]
    ticked: tuple[str, ...]


def form(desk: Person, reference: str) -> Form:
    """Read the decision form of a case this person holds."""
    html = desk.get(f"/desk/case/{reference}").text
    version = re.search(r'name="version" value="(\d+)"', html)
    assert version, "no decision form on the page"
    reports = dict.fromkeys(re.findall(r'name="finding-([^"]+)"', html))
    ticked = re.findall(r'name="action" value="([^"]+)" checked', html)
    return Form(version[1], tuple(reports), tuple(ticked))


def choice(
    found: Form,
    actions: Iterable[str] = (),
    *,
    reason: str,
    answers: str | Sequence[str] = "supported",
    days: Mapping[str, int] | None = None,
    **more: Any,
) -> dict[str, Any]:
    """The decision form filled in: one answer for all reports, or one each in the page's order."""
    said = [answers] * len(found.reports) if isinstance(answers, str) else list(answers)
    typed: dict[str, Any] = {f"finding-{r}": a for r, a in zip(found.reports, said, strict=True)}
    typed |= {"version": found.version, "action": list(actions), "reason": reason}
    return typed | {f"days-{code}": str(number) for code, number in (days or {}).items()} | more


def decide(desk: Person, reference: str, ground: str, actions: Iterable[str] = (), **typed: Any) -> str:
    """Decide a case this person holds, or propose it where a second person must agree; what the desk says."""
    done = desk.does(f"/desk/case/{reference}/decide", choice(form(desk, reference), actions, ground=ground, **typed))
    return desk.sees(done.location)


def agree(desk: Person, reference: str) -> str:
    """As a second person, agree to what waits in this case; what the desk says."""
    assert reference in desk.sees("/desk/second")
    waits = re.search(r'name="proposal" value="([^"]+)"', desk.get(f"/desk/case/{reference}").text)
    assert waits, "nothing to agree to on the page"
    return desk.sees(desk.does(f"/desk/case/{reference}/proposal", {"proposal": waits[1], "do": "agree"}).location)


def hide(desk: Person, reference: str, reason: str, measure: str = "disable") -> str:
    """Take a provisional measure in a case this person holds."""
    typed = {"version": form(desk, reference).version, "measure": measure, "reason": reason, "do": "send"}
    return desk.sees(desk.does(f"/desk/case/{reference}/interim", typed).location)


def appeal_of(desk: Person, title: str) -> tuple[str, str]:
    """The appeal about this content, among those this person may take: its reference and its case's."""
    page = desk.get("/desk/second").text
    row = next(part for part in page.split("<tr")[1:] if title in part and "/desk/appeals/" in part)
    appeal, case = (re.search(rf"{letter}-[0-9A-Z]{{4}}-[0-9A-Z]{{4}}", row) for letter in "AC")
    assert appeal and case, row
    return appeal[0], case[0]


def take_appeal(desk: Person, appeal: str) -> str:
    """Become the second person; the page's words, with nothing of the first decision."""
    return desk.sees(desk.does(f"/desk/appeals/{appeal}/take").location)


def find(desk: Person, appeal: str, answer: str) -> str:
    """Answer every report of an appeal alike, blind; the page's words, now with the first decision."""
    reports = dict.fromkeys(re.findall(r'name="finding-([^"]+)"', desk.get(f"/desk/appeals/{appeal}").text))
    done = desk.does(f"/desk/appeals/{appeal}/find", {f"finding-{report}": answer for report in reports})
    return desk.sees(done.location)


def decide_appeal(desk: Person, appeal: str, actions: Iterable[str] = (), *, answers: str, **typed: Any) -> str:
    """Decide anew, after the preview; what the desk says."""
    html = desk.get(f"/desk/appeals/{appeal}").text
    version = re.search(r'name="version" value="(\d+)"', html)
    assert version, "no form to decide with"
    reports = dict.fromkeys(re.findall(r'name="finding-([^"]+)"', html))
    wanted = choice(Form(version[1], tuple(reports), ()), actions, answers=answers, do="anew", **typed)
    preview = desk.post(f"/desk/appeals/{appeal}/preview", data=wanted)
    assert preview.status_code == 200, words(preview)
    return desk.sees(desk.does(f"/desk/appeals/{appeal}/decide", wanted).location)
