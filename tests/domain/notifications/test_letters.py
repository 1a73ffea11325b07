"""Who is written to, what the letter says and does not say, and that each exists once."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from apiflask import APIFlask
from flask.testing import FlaskClient
from sqlalchemy import func, select

from tests.builders import file_report, picture
from tests.conftest import Cast
from tests.domain.notifications.conftest import go, known_account, rui
from tests.domain.notifications.mailbox import Mailbox
from webapp.core.audit import Actor
from webapp.core.db import db, transaction
from webapp.domain.cases import queries as cases
from webapp.domain.cases import service as case_verbs
from webapp.domain.cases.models import Message
from webapp.domain.decisions import queries as decisions
from webapp.domain.decisions.rules import Choice
from webapp.domain.decisions.service import foresee
from webapp.domain.evidence.models import Evidence
from webapp.domain.notifications import notices, previews, queries, rulings
from webapp.domain.notifications.models import Letter
from webapp.domain.reports.models import Report
from webapp.domain.reports.service import open_by_secret, tracking_secret

Decide = Callable[..., str]


def only(name: str) -> Letter:
    """The one letter of this name."""
    return db.session.scalars(select(Letter).where(Letter.name == name)).one()


@pytest.mark.parametrize(
    ("language", "kind_words", "zone"),
    [
        ("zh", "作品：图片、美术、摄影", "中国标准时间"),
        ("en", "My picture: art, photo, design", "China Standard Time"),
    ],
)
def test_the_receipt_opens_the_report_and_repeats_nothing_typed(
    mailbox: Mailbox, language: str, kind_words: str, zone: str
) -> None:
    """Reference, kind, due, link and a secret that works (law.md N01); no name, no address, no words of the form."""
    receipt = file_report(language=language, wrong="WRONGWORDS", name="CANARYNAME", work_title="CANARYTITLE")
    reference, due = receipt.reference, receipt.due_at
    go()
    (letter,) = mailbox.letters
    body = letter.get_body(("plain",))
    assert body is not None
    text = body.get_content()
    assert mailbox.recipients == [["zhou.yun@example.org"]]
    assert reference in letter["Subject"]
    for expected in (reference, kind_words, f"http://localhost/track/{reference}", zone, str(due.year)):
        assert expected in text
    secret = re.search(r"(?:查询密码：|Secret: )([0-9A-Z-]{19})", text)
    assert secret is not None
    assert open_by_secret(reference, secret[1]).reference == reference
    for typed in ("WRONGWORDS", "CANARYNAME", "CANARYTITLE", "127.0.0.1:8001"):
        assert typed not in letter.as_string()


def test_the_secret_is_not_readable_in_the_database(app: APIFlask, mailbox: Mailbox) -> None:
    """The frozen letter is sealed: neither its text nor its address can be read in the file."""
    report_id = file_report().report.id
    go()
    secret = tracking_secret(db.session.get_one(Report, report_id)).encode()
    for column in ("text", "html", "address"):
        raw = bytes(db.session.execute(db.text(f"SELECT {column} FROM letter")).scalar_one())
        assert secret not in raw
        assert b"zhou.yun" not in raw


def test_a_reporter_without_an_address_gets_no_mail_and_it_is_said(mailbox: Mailbox) -> None:
    """'no_address': the desk sees that nothing went out."""
    report = file_report().report
    with transaction():
        db.session.merge(report).standing.reporter.email = ""
    go()
    assert mailbox.letters == []
    assert only("report_received").state == "no_address"


def test_a_question_reaches_its_reporter_only(mailbox: Mailbox, cast: Cast) -> None:
    """Plainly, with the way to answer; what parties write brings no letter."""
    first, second = file_report(email="a@example.org").report.id, file_report(email="b@example.org").report.id
    go()
    mailbox.letters.clear()
    mailbox.recipients.clear()
    with transaction():
        case = cases.case_of(second)
        case_verbs.take(case.id, rui())
        case_verbs.ask(case, db.session.get_one(Report, second), rui(), "Do you have the <b>layered</b> file?")
    with transaction():
        case_verbs.answer(db.session.get_one(Report, first), "I add something.", Actor("reporter", "r"))
    go()
    assert mailbox.recipients == [["b@example.org"]]
    text, page = only("message_to_reporter").text, only("message_to_reporter").html
    assert "Do you have the <b>layered</b> file?" in text
    assert "&lt;b&gt;layered&lt;/b&gt;" in page
    assert notices.tell_message(db.session.scalars(select(Message).where(Message.sent_by == "party")).one()) is None


def test_who_withdraws_gets_one_last_letter(mailbox: Mailbox, decided: Decide) -> None:
    """Taken back before anything was written: only the confirmation; the decision goes to the others."""
    stays, leaves = file_report(email="a@example.org").report.id, file_report(email="b@example.org").report.id
    with transaction():
        case_verbs.withdraw(db.session.get_one(Report, leaves), Actor("reporter", "r"))
    decided({stays: "supported"}, ("remove", None))
    go()
    assert [x.name for x in queries.letters_to(f"reporter:{leaves}")] == ["report_withdrawn"]
    names = [x.name for x in queries.letters_to(f"reporter:{stays}")]
    assert sorted(names) == ["decision_to_reporter", "report_received"]


def test_each_reporter_reads_her_own_result_and_nothing_of_the_others(mailbox: Mailbox, decided: Decide) -> None:
    """Supported: reason and measures. Not supported in an upheld case: what is looked at, not the others' reason."""
    right = file_report(email="a@example.org").report.id
    wrong = file_report(email="b@example.org", language="zh", kind="LIKENESS").report.id
    known_account(right)
    reason = "The brush strokes are the same."
    decision_id = decided({right: "supported", wrong: "not_supported"}, ("remove", None), ("suspend", 7), reason=reason)
    go()
    letters = {r: queries.letters_to(f"reporter:{r}")[-1] for r in (right, wrong)}
    mine, other = letters[right].text, letters[wrong].text
    assert "We found that your report is right." in mine
    assert reason in mine
    assert "Remove the content: The content is no longer visible to anyone." in mine
    assert "Suspend the account (until " in mine
    assert "我们没有认定您的举报成立。" in other
    assert "能否识别出特定自然人" in other
    for hidden in (reason, "删除内容", "暂停账号"):
        assert hidden not in other
    for text in (mine, other):
        for hidden in ("@copycat", "Copy Cat", "cat@little.example", "points", "记 ", decision_id):
            assert hidden not in text
    references = {r: db.session.get_one(Report, r).reference for r in (right, wrong)}
    assert references[wrong] not in mine
    assert references[right] not in other


def test_a_rejected_report_gets_its_reason_and_the_account_hears_nothing(mailbox: Mailbox, decided: Decide) -> None:
    """No measure, hence no statement of reasons."""
    report_id = file_report().report.id
    known_account(report_id)
    decided({report_id: "not_supported"}, ("no_violation", None), reason="Two different paintings.")
    go()
    letter = queries.letters_to(f"reporter:{report_id}")[-1]
    assert "Two different paintings." in letter.text
    assert "We did not find that your report is right." in letter.text
    assert not db.session.scalars(select(Letter).where(Letter.name == "decision_to_respondent")).all()


CANARIES = {
    "name": "CANARY-NAME",
    "email": "canary-mail@example.org",
    "claimant_name": "CANARY-CLAIMANT",
    "wrong": "CANARY-WRONG the whole story",
    "work_title": "CANARY-WORK",
    "time_position": "CANARY-TIME",
    "source": "CANARY-SOURCE",
    "address": "http://127.0.0.1:8001/posts/p1?shared_by=CANARY-ADDRESS",
}


@pytest.mark.parametrize("language", ["zh", "en"])
def test_nothing_of_the_reporter_can_reach_the_respondent(mailbox: Mailbox, decided: Decide, language: str) -> None:
    """Every field of the form is a canary; the statement of reasons, its mail and its preview hold none of them."""
    report_id = file_report([picture(1)], [picture(2)], basis="AGENT", **CANARIES).report.id
    with transaction():
        for item in db.session.scalars(select(Evidence)):
            item.name = "CANARY-FILE.jpg"
    known_account(report_id, language=language)
    decision_id = decided({report_id: "supported"}, ("remove", None), ("suspend", 7))
    reference = db.session.get_one(Report, report_id).reference
    go()
    letter = only("decision_to_respondent")
    (mail,) = [m for m, to in zip(mailbox.letters, mailbox.recipients, strict=True) if to == ["cat@little.example"]]
    parts = [mail.get_body(("plain",)), mail.get_body(("html",))]
    mailed = "".join(p.get_content() for p in parts if p is not None) + str(mail["Subject"])
    preview = previews.preview(decisions.outcome(decisions.get(decision_id)), language).respondent
    assert preview is not None
    for text in (letter.subject + letter.text + letter.html, mailed, preview.subject + preview.text + preview.html):
        assert "River at dusk" in text
        assert "CANARY" not in text.upper()
        assert reference not in text
        assert report_id not in text
    assert letter.language == language


def test_the_statement_of_reasons_is_whole_and_its_link_opens_the_page(
    mailbox: Mailbox, decided: Decide, client: FlaskClient
) -> None:
    """Every part word for word as frozen, and a link that lets exactly this person in."""
    report_id = file_report().report.id
    known_account(report_id, language="zh")
    decision_id = decided({report_id: "supported"}, ("remove", None))
    go()
    letter = only("decision_to_respondent")
    parts = decisions.outcome(decisions.get(decision_id)).statements["zh"]
    assert len(parts) >= 5
    for part in parts:
        assert part["title"] in letter.text
        assert part["text"] in letter.text
    link = re.search(r"http://localhost(/respond/\S+)", letter.text)
    assert link is not None
    answer = client.get(link[1], follow_redirects=True)
    assert answer.status_code == 200
    assert client.application.test_client().get(link[1].split("?")[0]).status_code == 404


def test_a_respondent_without_an_address_is_left_to_the_platforms_notice(mailbox: Mailbox, decided: Decide) -> None:
    """The letter is written down as 'no_address'; the notice event is its channel (partners' test)."""
    report_id = file_report().report.id
    known_account(report_id, email=None)
    decided({report_id: "supported"}, ("remove", None))
    go()
    assert only("decision_to_respondent").state == "no_address"


def test_the_preview_is_the_letter(mailbox: Mailbox, decided: Decide, cast: Cast) -> None:
    """What the reviewer reads before deciding is what goes out, but for the instant and the signed link."""
    report_id = file_report().report.id
    known_account(report_id)
    case = cases.case_of(report_id)
    choice = Choice({report_id: "supported"}, "COPY_IMAGE", [("remove", None)], "The same painting.")
    preview = previews.preview(foresee(case, choice), "en")
    decided({report_id: "supported"}, ("remove", None))
    go()

    def plain(text: str) -> str:
        return re.sub(r"\d+:\d\d|token=\S+", "", text)

    (to_reporter,) = preview.reporters
    assert preview.respondent is not None
    assert plain(to_reporter.letter.text) == plain(only("decision_to_reporter").text)
    assert plain(preview.respondent.text) == plain(only("decision_to_respondent").text)


def test_a_letter_exists_once_whatever_is_repeated(mailbox: Mailbox, decided: Decide) -> None:
    """The same cause, recipient and name give the row that is there, and no second task."""
    report_id = file_report().report.id
    known_account(report_id)
    decision_id = decided({report_id: "supported"}, ("remove", None))
    go()
    before = {x.message_id for x in db.session.scalars(select(Letter))}
    with transaction():
        notices.receipt(db.session.get_one(Report, report_id))
        rulings.tell_decision(decisions.get(decision_id))
    go()
    assert {x.message_id for x in db.session.scalars(select(Letter))} == before
    assert db.session.scalar(select(func.count()).select_from(Letter)) == len(mailbox.letters) == 3
