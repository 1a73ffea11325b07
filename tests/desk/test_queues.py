"""The queues at the desk: cards, lists of one queue, skipping with a reason, passing on, undo, and who may enter."""

from __future__ import annotations

import re
from collections.abc import Callable

from tests.builders import file_report
from tests.conftest import Cast
from tests.desk.conftest import Browser, fresh, known_account, matched_case
from webapp.core.db import db, transaction
from webapp.domain.queues import counting, people, queries
from webapp.domain.queues import service as queues
from webapp.domain.staff.service import actor

AtDesk = Callable[[str], Browser]


def cards(page: str) -> list[str]:
    return re.findall(r'id="queue-(\w+)"', page)


def test_a_card_says_what_the_queue_is_and_how_it_stood(at_desk: AtDesk, cast: Cast) -> None:
    """Words, order, who may enter; numbers only once they were counted, and since when."""
    matched_case()
    rui = at_desk("rui")
    page = rui.get("/desk/queues").text
    assert "Nothing was counted yet." in page
    with transaction():
        counting.keep(counting.look())
    page = rui.get("/desk/queues").text
    works = page[page.index('id="queue-works"') : page.index('id="queue-labels"')]
    assert "Pictures, video, music and text" in works and "Most points first" in works
    assert re.search(r"<dt>waiting</dt><dd>1</dd>", works)
    assert "Counted at" in page and "have not" not in page
    assert "both name: Infringement of likeness" in page


def test_ones_own_queues_come_first_and_a_closed_one_says_why(at_desk: AtDesk, cast: Cast) -> None:
    """Pinned before open before closed; a closed one has no way in."""
    with transaction():
        people.train(cast.rui, ["intimate"], ["zh", "en"], actor(cast.ada))
    rui = at_desk("rui")
    assert rui.post("/desk/queues/labels/pin", data={"on": "1"}).location == "/desk/queues?here=labels#queue-labels"
    page = rui.get("/desk/queues").text
    assert cards(page)[0] == "labels" and cards(page)[-2:] == ["minors", "seniors"]
    assert "Closed to you: asks for a training that is not noted for you" in page
    assert "Closed to you: not open to your role" in page
    refused = rui.post("/desk/next", data={"queue": "minors"})
    assert refused.status_code == 403 and "asks for a training" in refused.text


def test_a_list_of_one_queue_and_the_way_on_stays_in_it(at_desk: AtDesk, cast: Cast) -> None:
    """Started in a queue, the next case comes from there, until it is empty."""
    case = matched_case()
    file_report(kind="FRAUD", basis="ANY", content_ref="urgent")
    rui = at_desk("rui")
    page = rui.get("/desk/?queue=works").text
    assert case.reference in page and "Fraud using AI</strong>" not in page
    assert len(re.findall("data-row-link", rui.get("/desk/?queue=nowhere").text)) == 2
    assert rui.post("/desk/next", data={"queue": "works"}).location == f"/desk/case/{case.reference}"
    assert rui.post(f"/desk/case/{case.reference}/skip", data={"why": "waits"}).location == "/desk/"
    started = rui.post("/desk/next", data={"queue": "works"})
    assert started.location == "/desk/?queue=works"
    assert "Nothing waits for you in Works." in rui.get(started.location).text


def test_the_sum_behind_a_place_adds_up(at_desk: AtDesk) -> None:
    """The parts on the row and in the strip, and their sum."""
    case = matched_case()
    rui = at_desk("rui")
    for place in ("/desk/", f"/desk/case/{case.reference}"):
        page = rui.get(place).text
        table = page[page.index('class="sum__parts"') :]
        parts = [int(number) for number in re.findall(r"<td>([+-]\d+)</td>", table[: table.index("</tbody>")])]
        total = re.search(r"Together</th><td>(-?\d+)</td>", table)
        assert "Harm: Normal" in table and "Best match: Strong match" in table and "Time gone: due in" in table
        assert total and len(parts) == 3 and sum(parts) == int(total.group(1))


def test_skipping_asks_why_opens_the_next_and_can_be_undone(at_desk: AtDesk, cast: Cast) -> None:
    """Without a reason nothing happens; undone, the case is in the same hands again."""
    first = file_report(kind="FRAUD", basis="ANY", content_ref="urgent")
    second = matched_case()
    rui = at_desk("rui")
    taken = rui.post("/desk/next").location
    assert taken is not None and first.reference not in taken
    nothing = rui.post(f"{taken}/skip", data={"why": "", "note": "hm"})
    assert nothing.status_code == 422 and "Please choose why you pass this case over." in nothing.text
    away = rui.post(f"{taken}/skip", data={"why": "interest", "note": "My cousin"})
    assert away.location == f"/desk/case/{second.reference}"
    page = rui.get(away.location).text
    assert "colleagues get it now" in page and "Declare it under" in page
    token = re.search(r'name="token" value="([^"]+)"', page)
    assert token
    assert rui.post("/desk/undo", data={"token": token.group(1)}).location == taken
    assert "Yours until" in rui.get(taken).text


def test_a_hard_case_is_passed_on_with_the_words_that_go_with_it(at_desk: AtDesk, cast: Cast) -> None:
    """Whoever opens it reads who passed it on and why; undone, it waits where it was, free for anybody."""
    case = matched_case()
    rui, lan = at_desk("rui"), at_desk("lan")
    rui.post("/desk/next")
    assert rui.post(f"/desk/case/{case.reference}/escalate", data={"why": " "}).status_code == 422
    away = rui.post(f"/desk/case/{case.reference}/escalate", data={"why": "Which came first?"})
    assert away.location == "/desk/"
    assert "Which came first?" in lan.get(f"/desk/case/{case.reference}").text
    refused = rui.post(f"/desk/case/{case.reference}/take")
    assert refused.status_code == 409 and "This queue is not open to your role." in refused.text
    token = re.search(r'name="token" value="([^"]+)"', rui.get("/desk/").text)
    assert token
    rui.post("/desk/undo", data={"token": token.group(1)})
    assert (fresh(case).queue, fresh(case).queue_fixed) == ("works", False)


def test_moving_asks_where_and_why_and_the_book_can_have_it_back(at_desk: AtDesk, cast: Cast) -> None:
    """A mistake brings the page back with what was typed; held and still allowed, one goes on with the case."""
    case = matched_case()
    rui = at_desk("rui")
    rui.post("/desk/next")
    again = rui.post(f"/desk/case/{case.reference}/move", data={"queue": "", "why": "It is about the label."})
    assert again.status_code == 409 and "It is about the label.</textarea>" in again.text
    moved = rui.post(f"/desk/case/{case.reference}/move", data={"queue": "labels", "why": "It is about the label."})
    assert moved.location == f"/desk/case/{case.reference}"
    page = rui.get(moved.location).text
    assert "waits in Labels and virtual humans now" in page and "Where the rule book wants it" in page
    rui.post(f"/desk/case/{case.reference}/move", data={"queue": "book", "why": "The book is right."})
    assert fresh(case).queue == "works"


def test_a_conflict_of_interest_is_declared_and_kept_from_colleagues(at_desk: AtDesk, cast: Cast) -> None:
    """It keeps the case away, shows on the list, is read by leads only, and is ended by whoever declared it."""
    case = known_account(matched_case())
    rui, mei, lan = at_desk("rui"), at_desk("mei"), at_desk("lan")
    form = {"kind": "account", "what": case.reference, "reason": "My brother's account"}
    unclear = rui.post("/desk/interests", data=form | {"what": "@nobody"})
    assert unclear.status_code == 422 and "Nothing here has that name." in unclear.text
    assert 'value="My brother&#39;s account"' in unclear.text
    assert rui.post("/desk/interests", data=form).status_code == 302
    assert "@chenmo" in rui.get("/desk/interests").text
    assert "conflict of interest</span>" in rui.get("/desk/").text
    opened = rui.get(f"/desk/case/{case.reference}").text
    assert "A conflict of interest is noted for you here" in opened and "data-take" not in opened
    refused = rui.post(f"/desk/case/{case.reference}/take")
    assert refused.status_code == 409 and "A conflict of interest is noted for you here" in refused.text
    assert "@chenmo" not in mei.get("/desk/interests").text
    others = lan.get("/desk/interests").text
    assert "My brother" in others and "<strong>Rui</strong>" in others
    for_mei = form | {"staff": cast.mei.id, "reason": "They worked together"}
    assert rui.post("/desk/interests", data=for_mei).status_code == 422
    assert lan.post("/desk/interests", data=for_mei).status_code == 302
    page = mei.get("/desk/interests").text
    assert "declared by Lan" in page and "They worked together" not in page and "a lead ends it" in page
    mine = re.search(r'action="(/desk/interests/\w+/end)"', rui.get("/desk/interests").text)
    assert mine and rui.post(mine.group(1)).status_code == 302
    assert queries.next_for(cast.rui) is not None


def test_an_administrator_notes_what_people_are_trained_for(at_desk: AtDesk, cast: Cast) -> None:
    """From the next case on; a lead cannot."""
    ada = at_desk("ada")
    assert "May enter 9 of 10 queues" in ada.get("/desk/staff").text
    trained = ada.post(f"/desk/staff/{cast.rui.id}/training", data={"skill": ["minors"], "reads": ["zh"]})
    assert trained.status_code == 302
    db.session.rollback()
    assert (cast.rui.skills, cast.rui.reads) == (["minors"], ["zh"])
    assert "intimate" not in queries.enterable(cast.rui)
    unread = ada.post(f"/desk/staff/{cast.rui.id}/training", data={"skill": ["minors"]})
    assert unread.status_code == 422 and "Please tick at least one language" in unread.text
    assert at_desk("lan").post(f"/desk/staff/{cast.rui.id}/training").status_code == 403


def test_the_list_beside_the_open_case_shows_only_what_one_may_enter(at_desk: AtDesk, cast: Cast) -> None:
    """What was passed on to the seniors is gone from a reviewer's."""
    case, other = matched_case(1), matched_case(2)
    with transaction():
        queues.escalate(other.id, cast.mei, "Hard.")
    page = at_desk("rui").get(f"/desk/case/{case.reference}").text
    assert f"/desk/case/{case.reference}" in page and other.reference not in page
