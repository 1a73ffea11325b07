"""A song a singer never sang: her voice, a label's recording, a songwriter's tune, all in one post.

Three people report three rights. It is one case and one decision with three findings: the voice and the tune are taken,
the recording was not used. The account answers for one violation, not for three.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

from sqlalchemy import func, select

from tests.builders import picture
from tests.journeys import acts, sides
from tests.journeys.stage import Stage, at, text_of
from webapp.core.db import db
from webapp.domain.decisions.models import Strike

POST = "lumo-1006"
TITLE = "Night Ferry"
SINGER, LABEL, WRITER = "su.wan@mail.example.org", "rights@harbour.example.org", "ke.lan@mail.example.org"
REASON = (
    "Ordinary listeners take the voice for hers, and tune and words are the writer's. No part of the record is used."
)
PLACE = {"time_position": "0:00–2:40", "language": "en", "good_faith": "y"}
WORK = {"work_title": "Night Ferry", "postal_address": "5 Pier Road, Xiamen"}
REPORTS: dict[str, dict[str, Any]] = {
    "VOICE": {
        "basis": "SELF",
        "wrong": "This is a model of my voice. I never sang this and never agreed.",
        "name": "Su Wan",
        "email": SINGER,
        "no_consent": "y",
    },
    "NEIGHBOUR_PERF": {
        "basis": "RH",
        "claimant_name": "Harbour Records Ltd",
        "wrong": "The recording from our 2019 album lies under the vocals.",
        "name": "Ren Jie",
        "email": LABEL,
        "files": {"TITLE": picture(41), "reference": picture(42)},
    }
    | WORK,
    "COPY_MUSIC": {
        "basis": "SELF",
        "wrong": "Tune and words are mine; nobody asked me for a licence.",
        "name": "Ke Lan",
        "email": WRITER,
        "files": {"TITLE": picture(43)},
    }
    | WORK,
}
FOUND = {"VOICE": "supported", "NEIGHBOUR_PERF": "not_supported", "COPY_MUSIC": "supported"}


def test_three_rights_one_case_one_decision_one_strike(stage_at: Callable[[datetime], Stage]) -> None:
    """Reported within a day, decided on the second."""
    stage = stage_at(at("2026-11-10 09:00"))
    filed = {}
    for kind, answers in REPORTS.items():
        filed[kind] = acts.report(stage.person(), POST, kind, **(PLACE | answers))
        assert "can follow" not in filed[kind].receipt
        stage.later(minutes=40)
    rui = stage.desk("rui")
    (case,) = acts.cases_of(rui, TITLE)
    page = acts.take(rui, case)
    for kind in REPORTS:
        assert filed[kind].reference in page
    assert "waits to be completed" not in page  # all three notices are whole
    _decided(stage, rui, case, filed)
    _each_is_told_her_own(stage, filed)
    _the_account_hears_of_one_violation(stage, case)


def _decided(stage: Stage, rui: acts.Person, case: str, filed: dict[str, acts.Filed]) -> None:
    html = rui.get(f"/desk/case/{case}").text
    found = acts.form(rui, case)
    kinds = [next(k for k, f in filed.items() if f.reference in _head(html, r)) for r in found.reports]
    for report in found.reports:
        rui.does(f"/desk/case/{case}/forward", {"report": report, "do": "send"})
    typed = acts.choice(
        acts.form(rui, case),
        ["mute_audio"],
        answers=[FOUND[kind] for kind in kinds],
        ground="VOICE",
        reason=REASON,
    )
    preview = acts.words(rui.post(f"/desk/case/{case}/preview", data=typed))
    assert all(one.reference in preview for one in filed.values())
    assert "+3" in preview and "no posting" in preview.lower()
    rui.does(f"/desk/case/{case}/decide", typed)
    stage.settle()
    now = stage.content(POST)
    assert now["state"] == "live" and "muted" in str(now["limits"])
    assert db.session.scalar(select(func.count()).select_from(Strike)) == 1


def _head(html: str, report: str) -> str:
    start = html.index(f'id="report-{report}"')
    return html[start : start + 600]


def _each_is_told_her_own(stage: Stage, filed: dict[str, acts.Filed]) -> None:
    said = {kind: text_of(stage.letters(REPORTS[kind]["email"])[-1]) for kind in REPORTS}
    assert "We found that your report is right" in said["VOICE"]
    assert "We found that your report is right" in said["COPY_MUSIC"]
    assert "We did not find that your report is right" in said["NEIGHBOUR_PERF"]
    assert "Is it the performance, the recording or the composition?" in said["NEIGHBOUR_PERF"]  # what would help
    for kind, text in said.items():
        assert filed[kind].reference in text
        assert (REASON in text) == (FOUND[kind] == "supported")  # the reason speaks of the two other rights
        for other in set(REPORTS) - {kind}:
            assert filed[other].reference not in text and REPORTS[other]["email"] not in text
            assert REPORTS[other]["name"] not in text
    label = stage.person()
    page = sides.opens(label, filed["NEIGHBOUR_PERF"])
    assert "You think that is wrong?" in page  # hers was not found right: she may ask a different person


def _the_account_hears_of_one_violation(stage: Stage, case: str) -> None:
    letters = stage.letters(sides.account_of(stage, POST))
    ruling = text_of(letters[-1])
    assert REASON in ruling and len([one for one in letters if "A decision about" in one["Subject"]]) == 1
    account, _case, page = sides.answers(stage, POST)
    assert page.count("Passed on to you") == 3
    for kind in REPORTS:
        for secret in (REPORTS[kind]["email"], REPORTS[kind]["wrong"], "5 Pier Road"):
            assert secret not in page and secret not in ruling
    assert "3 points" in ruling
    assert "Send a counter-notice" in account.sees(f"/respond/{case}")
