"""Counter-notices at the desk: the list, who sent it behind a reason, arrival by hand, a longer wait, a judgment."""

from __future__ import annotations

import io
from collections.abc import Callable

from tests.conftest import Cast
from tests.desk.conftest import Browser
from tests.domain.appeals.story import choice, countered, decided, fresh, in_force, mailed, paper, report_of, reports
from webapp.core.db import db, transaction
from webapp.domain.appeals import queries
from webapp.domain.appeals import service as appeals
from webapp.domain.appeals.models import CounterNotice
from webapp.domain.cases import queries as cases


def forwarded(cast: Cast, **more: object) -> CounterNotice:
    """A counter-notice whose copy is on its way. The account is only warned, however often it happens."""
    case = reports("zhou.yun@example.org", **more)  # type: ignore[arg-type]  # keywords
    light = choice(case, actions=[("remove", None), ("warn", None)], set_aside="It may be a misunderstanding.")
    counter = countered(decided(case, cast.rui, light))
    assert fresh(counter).state == "forwarded"
    return counter


def read(counter: CounterNotice) -> CounterNotice:
    """As it is after a request."""
    counter_id = counter.id
    db.session.rollback()
    return queries.get(counter_id)


def test_who_sent_it_is_shown_only_with_a_reason(at_desk: Callable[[str], Browser], cast: Cast) -> None:
    """Name and address stay closed; opening them is written down."""
    counter = forwarded(cast)
    mei, address = at_desk("mei"), f"/desk/counters/{counter.id}"
    page = mei.get(address).text
    assert "I drew it myself." in page and "My layered source file of 2019." in page
    for closed in ("Chen Mo", "13800138000"):
        assert closed not in page
    assert mei.post(f"{address}/identify", data={"why": "curious"}).status_code == 409
    assert "13800138000" in mei.post(f"{address}/identify", data={"why": "legal"}).text
    log = at_desk("lan").get("/desk/audit?verb=counter.identify").text
    assert "Looked at who sent the counter-notice" in log and "a court or an authority asked" in log


def test_an_arrival_is_confirmed_by_hand(at_desk: Callable[[str], Browser], cast: Cast) -> None:
    """Mail did not get through: a registered letter starts the waiting time; how that is known must be said."""
    counter = forwarded(cast)
    rui, address = at_desk("rui"), f"/desk/counters/{counter.id}"
    form = {"form": "arrived", "report": report_of(counter.case_id).id, "note": " "}
    gap = rui.post(f"{address}/arrived", data=form)
    assert gap.status_code == 422 and "Please say how you know" in gap.text
    assert rui.post(f"{address}/arrived", data=form | {"note": "EMS 1234, delivered today"}).status_code == 302
    assert read(counter).state == "waiting"
    page = rui.get(address).text
    assert "Waiting time runs" in page and "It arrived another way" not in page
    assert "EMS 1234" in at_desk("lan").get("/desk/audit?verb=counter.arrive").text
    assert cases.get(counter.case_id).reference in rui.get("/desk/counters?state=waiting").text


def test_the_waiting_time_is_extended_once_with_a_document(at_desk: Callable[[str], Browser], cast: Cast) -> None:
    """Papers are held up at a consulate: with the document the end moves, once; without one it does not."""
    counter = forwarded(cast)
    with transaction():
        appeals.mark_read(counter.id, report_of(counter.case_id).id)
    before = read(counter).restore_by
    rui, address = at_desk("rui"), f"/desk/counters/{counter.id}"
    form = {"form": "extend", "report": report_of(counter.case_id).id}
    assert rui.post(f"{address}/extend", data=form).status_code == 422
    refused = rui.post(f"{address}/extend", data=form | {"document": (io.BytesIO(b"MZ\x90 not a paper"), "x.exe")})
    assert refused.status_code == 422 and "cannot be kept" in refused.text
    pdf = b"%PDF-1.4\n1 0 obj<</Type/Catalog>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n"
    done = rui.post(f"{address}/extend", data=form | {"document": (io.BytesIO(pdf), "consulate.pdf")})
    assert done.status_code == 302, done.text
    after = read(counter)
    assert before is not None and after.restore_by is not None and after.restore_by > before
    assert "Extend the waiting time" not in rui.get(address).text


def test_a_judgment_ends_the_hold(at_desk: Callable[[str], Browser], cast: Cast) -> None:
    """A suit holds the content down, and the number stands in the navigation; the court's word brings it back."""
    counter = forwarded(cast)
    mailed(counter)
    proof = paper()
    with transaction():
        appeals.prove(queries.get(counter.id), report_of(counter.case_id), "suit", proof)
    rui, address = at_desk("rui"), f"/desk/counters/{counter.id}"
    page = rui.get(address).text
    assert "Held until a judgment" in page and "held until a judgment" in page
    with rui.post(f"/desk/papers/{proof.id}") as file:
        assert file.data == b"Acceptance notice of the court"
    assert rui.post(f"{address}/judgment", data={"word": "back"}).status_code == 422
    gap = rui.post(f"{address}/judgment", data={"form": "judgment", "note": "Hangzhou Internet Court"})
    assert gap.status_code == 422 and "Hangzhou Internet Court" in gap.text
    done = rui.post(f"{address}/judgment", data={"word": "back", "note": "Hangzhou Internet Court, 3 March"})
    assert done.status_code == 302
    assert read(counter).state == "restored"
    assert in_force(counter.case_id) == []
    assert "No proof of a suit" in rui.post(f"{address}/judgment", data={"word": "down", "note": "again"}).text


def test_a_claim_upheld_keeps_the_content_down(at_desk: Callable[[str], Browser], cast: Cast) -> None:
    counter = forwarded(cast)
    proof = paper()
    with transaction():
        appeals.prove(queries.get(counter.id), report_of(counter.case_id), "complaint", proof)
    rui = at_desk("rui")
    rui.post(f"/desk/counters/{counter.id}/judgment", data={"word": "down", "note": "Upheld on 3 March"})
    assert read(counter).state == "refused"
    assert in_force(counter.case_id) != []
    assert cases.get(counter.case_id).reference in rui.get("/desk/counters?state=refused").text


def test_the_list_tells_how_each_stands_without_a_query_a_row(
    at_desk: Callable[[str], Browser], cast: Cast, count_queries: list[str]
) -> None:
    """Running ones first; one row or three, as many queries. A place that is none is the beginning."""
    rui = at_desk("rui")
    forwarded(cast, content_ref="q1")
    rui.get("/desk/counters")
    count_queries.clear()
    page = rui.get("/desk/counters").text
    assert "Waits for arrival" in page and "0 of 1" in page
    one = len(count_queries)
    for number in (2, 3):
        forwarded(cast, content_ref=f"q{number}")
    count_queries.clear()
    assert rui.get("/desk/counters").text.count("Open the counter-notice of") == 3
    assert len(count_queries) == one
    assert rui.get("/desk/counters?after=nonsense&state=nothing").status_code == 200
    assert "No counter-notice here." in rui.get("/desk/counters?state=restored").text
    assert rui.get("/desk/counters/nothing").status_code == 404
