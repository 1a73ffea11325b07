"""Finding things: whatever was written, in either language, as it is now; and nothing by what one must not know."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
import time_machine
from apiflask import APIFlask
from sqlalchemy import text

from tests.builders import file_report
from tests.conftest import Cast
from tests.desk.conftest import known_account, matched_case
from tests.domain.decisions.story import choice, decided
from tests.processing import process_all
from webapp.core.clock import now
from webapp.core.db import db, transaction
from webapp.core.errors import NotAllowed, Refused
from webapp.domain.cases import queries as cases
from webapp.domain.cases import service as case_verbs
from webapp.domain.cases.models import Case
from webapp.domain.search import queries, service
from webapp.domain.search.documents import of_cases, stretch
from webapp.domain.search.queries import Question
from webapp.domain.staff.models import Staff


def catch_up() -> None:
    with transaction():
        while service.catch_up():
            pass


def found(words: str = "", **filters: str) -> list[str]:
    """References of the cases found, newest first."""
    catch_up()
    hits = queries.find(Question(words, queries.filters_of(filters)))
    return [cases.get(hit.object_id).reference for hit in hits]


def case_with(wrong: str, ref: str = "p1", **answers: object) -> Case:
    receipt = file_report(wrong=wrong, content_ref=ref, address=f"https://demo.example/posts/{ref}", **answers)
    return cases.case_of(receipt.report.id)


def decide(case: Case, staff: Staff, reason: str) -> None:
    with transaction():
        case_verbs.take(case.id, staff)
    taken = cases.get(case.id)
    decided(taken, staff, choice(taken, reason=reason))


def test_a_report_is_found_by_its_words_in_either_script(app: APIFlask) -> None:
    chinese = case_with("这是我的水彩画，被鏡像後冒充原創。").reference
    english = case_with("My watercolour paintings, mirrored and ＡＩ recoloured.", "p2").reference
    assert found("水彩画") == found("镜像") == found("画") == found("冒充原创") == [chinese]
    assert found("painting") == found("ai MIRROR") == [english]
    assert found("水彩 painting") == []
    assert found("画家") == []


def test_a_case_is_found_by_reference_address_content_account_and_messages(app: APIFlask, cast: Cast) -> None:
    case = known_account(case_with("A painting"))
    report = cases.active_reports(case.id)[0].reference
    with transaction():
        case_verbs.take(case.id, cast.rui)
        case_verbs.ask(cases.get(case.id), cases.active_reports(case.id)[0], cast.rui, "请问首次发表在哪里？")
    for typed in (case.reference, report, report[2:6], "demo.example/posts/p1", "@chenmo", "chenm", "首次发表"):
        assert found(typed) == [case.reference], typed
    assert [hit.object_id for hit in queries.find(Question("Chen Mo"), "account")] == ["acc"]


def test_filters_narrow_and_follow_the_case(app: APIFlask, cast: Cast) -> None:
    fraud = case_with("A painting", kind="FRAUD", basis="ANY").reference
    copy = matched_case(5).reference
    assert found("painting", kind="FRAUD") == [fraud]
    assert found(band="strong") == [copy]
    assert found(state="live") == [copy, fraud]
    assert found(platform="demo", language="en") == [copy, fraud]
    assert found(language="zh") == []
    decide(cases.by_reference(copy), cast.rui, "The same painting.")
    assert found(state="live") == [fraud]
    assert found(state="decided") == [copy]


def test_a_stretch_of_time(app: APIFlask) -> None:
    with time_machine.travel(now() - timedelta(days=40), tick=False):
        old = case_with("A painting").id
        catch_up()
    fresh = case_with("A painting", "p2").id
    catch_up()
    day = now().date() - timedelta(days=20)
    assert [h.object_id for h in queries.find(Question("painting", since=day))] == [fresh]
    assert [h.object_id for h in queries.find(Question("painting", until=day))] == [old]
    assert len(queries.find(Question("painting", since=date(2001, 1, 1), until=date(9999, 1, 1)))) == 2
    assert queries.find(Question("painting", since=now().date() + timedelta(days=2))) == []
    assert queries.find(Question("painting", since=day, until=day - timedelta(days=1))) == []


def test_a_stretch_is_told_in_years_months_and_days() -> None:
    today = date(2026, 11, 22)
    values = [one.removeprefix("day:") for one in stretch(date(2024, 11, 29), date(2026, 2, 2), today)]
    assert values == ["2024-11-29", "2024-11-30", "2024-12", "2025", "2026-01", "2026-02-01", "2026-02-02"]
    assert stretch(date(2026, 11, 22), None, today) == ["day:2026-11-22"]
    assert stretch(date(2027, 1, 1), None, today) == []


def test_pages_by_key_show_each_case_once(app: APIFlask) -> None:
    for n in range(7):
        case_with("A painting", f"p{n}")
    catch_up()
    first = queries.find(Question("painting"), limit=4)
    second = queries.find(Question("painting"), after=first[3].number, limit=4)
    assert (len(first), len(second)) == (5, 3)
    assert not {h.object_id for h in first[:4]} & {h.object_id for h in second}


def test_the_index_holds_no_word_anybody_wrote(app: APIFlask) -> None:
    case_with("Unmistakable watercolour 水彩画")
    catch_up()
    kept = f"{db.session.execute(text('SELECT * FROM search_words')).all()}"
    if db.engine.dialect.name == "sqlite":
        kept += f"{db.session.execute(text('SELECT block FROM search_words_data')).all()}"
    assert "watercolo" not in kept and "unmist" not in kept and "水" not in kept


def test_what_only_a_decision_says_is_known_apart(app: APIFlask, cast: Cast) -> None:
    case = matched_case()
    decide(case, cast.rui, "The Nightingale rule applies.")
    assert found("nightingale") == [case.reference]
    document = of_cases([case.id])[case.id]
    assert queries.told_only_by_decisions("nightingale", document)
    assert not queries.told_only_by_decisions("painting", document)


def test_what_was_sent_is_found_as_soon_as_the_workers_have_run(app: APIFlask) -> None:
    reference = case_with("A unicorn in watercolour").reference
    process_all()
    hits = queries.find(Question("unicorn"))
    assert [cases.get(hit.object_id).reference for hit in hits] == [reference]


def test_made_anew_it_finds_the_same_in_the_same_order(app: APIFlask) -> None:
    known_account(case_with("A painting"))
    for n in range(2, 4):
        case_with("A painting", f"p{n}")
    before = found("painting")
    assert service.rebuild() == 4  # three cases, one account
    assert found("painting") == before
    assert [hit.object_id for hit in queries.find(Question("chenmo"), "account")] == ["acc"]


def test_a_reference_or_an_exact_address_names_a_case(app: APIFlask) -> None:
    case = case_with("A painting")
    report = cases.active_reports(case.id)[0]
    for typed in (case.reference, report.reference, report.reference.lower().replace("-", " ")):
        named = queries.named(typed)
        assert named is not None and named.id == case.id
    assert queries.named("painting") is None
    assert [c.id for c in queries.cases_of_reporter(" Zhou.Yun@Example.org ")] == [case.id]
    assert queries.cases_of_reporter("zhou.yun@example.com") == []


def test_saved_filters_are_ones_own_until_shared(app: APIFlask, cast: Cast) -> None:
    with transaction():
        mine = service.save(cast.rui, "  Waiting  frauds ", {"kind": "FRAUD", "state": "live"}, shared=False).id
    assert [one.name for one in queries.saved(cast.rui)] == ["Waiting frauds"]
    assert queries.saved(cast.mei) == []
    with transaction():
        service.save(cast.rui, "Waiting frauds", {"kind": "FRAUD"}, shared=True)
    assert [(one.id, one.query) for one in queries.saved(cast.mei)] == [(mine, {"kind": "FRAUD"})]
    with pytest.raises(NotAllowed), transaction():
        service.forget(mine, cast.mei)
    for name, query, code in (
        ("", {"q": "x"}, "name_missing"),
        ("x" * 61, {"q": "x"}, "name_long"),
        ("x", {}, "empty"),
    ):
        with pytest.raises(Refused, match=code), transaction():
            service.save(cast.rui, name, query, shared=False)
    with transaction():
        service.forget(mine, cast.rui)
    assert queries.saved(cast.rui) == []
