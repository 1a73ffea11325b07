"""A rival reports a photographer's honest pictures again and again, and what that leads to, step by step.

Being wrong three times leads nowhere. Only what a person called plainly unfounded, or in bad faith, counts: education,
warning, slower queue, suspension. Urgent kinds stay open to her all the time. She contests the last mark; somebody else
looks, leaves the dismissal as it is and lifts the mark, and with it the step it had led to.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from email.message import EmailMessage

from tests.journeys import acts
from tests.journeys.stage import Person, Stage, at, text_of

POSTS = ("lumo-1008", "lumo-1009", "lumo-1010", "lumo-1011")
TITLES = ("第七道山脊", "茶山梯田，雨后", "八尾", "沙的呼吸")
HER = "qiao.rival@mail.example.org"
WRONG = "This is no photograph, it was made with AI and carries no label."
REASON = "The camera's raw file shows an ordinary photograph; nothing in it was generated."
# What each further mark leads to, in the words of the letter.
STEPS = (
    ("unfounded", "what a well-founded report needs"),
    ("bad_faith", "Written warning"),
    ("unfounded", "handled after others"),
)
LAST = "This one too was taken with a camera."
MISUSE = "You reported photographs of this account again without saying what is wrong with them."


def test_step_by_step_and_one_step_back(stage_at: Callable[[datetime], Stage]) -> None:
    """Nine reports in an afternoon, and an appeal."""
    stage = stage_at(at("2026-09-01 10:00"))
    rui = stage.desk("rui")
    _being_wrong_is_no_misuse(stage, rui)
    for number in (3, 4):
        _dismissed(stage, rui, number, "unfounded")
        assert _steps(stage) == []  # marked, but not yet so often that it weighs
    for number, (mark, step) in enumerate(STEPS, 5):
        _dismissed(stage, rui, number, mark)
        assert len(_steps(stage)) == number - 4 and step in text_of(_steps(stage)[-1])
    last = _behind_everybody_else(stage, rui)
    assert len(_steps(stage)) == 4 and "not handled" in text_of(_steps(stage)[-1])
    _shut_out_but_for_what_is_urgent(stage)
    _somebody_else_lifts_the_mark(stage, last)
    acts.report(stage.person(), POSTS[0], "AI_LABEL_MISSING", "ANY", email=HER, wrong=WRONG)  # she is heard again


def _report(stage: Stage, number: int) -> acts.Filed:
    return acts.report(stage.person(), POSTS[number % 4], "AI_LABEL_MISSING", "ANY", email=HER, wrong=WRONG)


def _dismissed(stage: Stage, rui: Person, number: int, mark: str = "") -> None:
    """She reports the next picture, and it is dismissed; `mark` says that it was misuse."""
    _report(stage, number)
    stage.settle()
    (case,) = acts.cases_of(rui, TITLES[number % 4])
    acts.take(rui, case)
    (report,) = acts.form(rui, case).reports
    marked = {f"mark-{report}": mark, "mark_reason": MISUSE} if mark else {}
    acts.decide(rui, case, "AI_LABEL_MISSING", reason=REASON, answers="not_supported", **marked)
    stage.later(minutes=10)


def _steps(stage: Stage) -> list[EmailMessage]:
    """The letters that tell her of a step."""
    return [one for one in stage.letters(HER) if MISUSE in text_of(one) and REASON not in text_of(one)]


def _being_wrong_is_no_misuse(stage: Stage, rui: Person) -> None:
    for number in range(3):
        _dismissed(stage, rui, number)
    assert _steps(stage) == []


def _behind_everybody_else(stage: Stage, rui: Person) -> acts.Filed:
    hers = _report(stage, 8)
    stage.later(minutes=10)
    acts.report(stage.person(), "lumo-1005", "AI_LABEL_MISSING", "ANY", email="other@mail.example.org", wrong=WRONG)
    stage.settle()
    first, second = acts.cases_of(rui)
    assert (second,) == tuple(acts.cases_of(rui, TITLES[0]))  # filed earlier, and yet after the other
    acts.take(rui, second)
    (report,) = acts.form(rui, second).reports
    marked = {f"mark-{report}": "unfounded", "mark_reason": MISUSE}
    acts.decide(rui, second, "AI_LABEL_MISSING", reason=LAST, answers="not_supported", **marked)
    stage.settle()
    acts.take(rui, first)
    # Every case like it was turned down before, so the desk asks what sets this one apart.
    apart = "The first of them that shows the post itself."
    acts.decide(rui, first, "AI_LABEL_MISSING", ["label_ai"], reason="It shows what no camera saw.", apart=apart)
    stage.settle()
    return hers


def _shut_out_but_for_what_is_urgent(stage: Stage) -> None:
    said = acts.refused_report(stage.person(), POSTS[1], "AI_LABEL_MISSING", "ANY", email=HER, wrong=WRONG)
    assert "are paused" in said and "Urgent matters can still be reported" in said
    acts.report(stage.person(), "lumo-1018", "INTIMATE_DEEPFAKE", "SELF", email=HER, no_consent="1")


def _somebody_else_lifts_the_mark(stage: Stage, filed: acts.Filed) -> None:
    her = stage.person()
    assert "Reports are not handled" in acts.track(her, filed)
    why = "I did say what is wrong: the ridges repeat. That is no abuse."
    her.does(f"/track/{filed.reference}/appeal", {"text": why})
    stage.settle()
    lan = stage.desk("lan")
    appeal, case = acts.appeal_of(lan, TITLES[0])
    rui = stage.desk("rui")
    assert rui.post(f"/desk/appeals/{appeal}/take").status_code == 409
    blind = acts.take_appeal(lan, appeal)
    blind += lan.sees(f"/desk/case/{case}")
    assert LAST not in blind and MISUSE not in blind and "This report was marked" not in blind
    acts.find(lan, appeal, "not_supported")
    page = lan.sees(f"/desk/appeals/{appeal}")
    assert LAST in page and MISUSE in lan.get(f"/desk/appeals/{appeal}").text
    reason = "Nothing shows that AI made it, so the dismissal stays; but she had a reason to ask: no misuse."
    acts.decide_appeal(lan, appeal, answers="not_supported", reason=reason)
    stage.settle()
    assert any(reason in text_of(one) for one in stage.letters(HER))
    page = acts.track(her, filed)
    assert "Reports are not handled" not in page and "handled after others" in page  # one step back, no more
    theirs = stage.letters(stage.content(POSTS[0])["account"]["email"])
    assert theirs == []  # nothing ever happened to the photographer, so there was nothing to write about
