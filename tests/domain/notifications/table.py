"""How each letter comes about, what it must say in both languages, and what it must never say (law.md §8)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime

from tests.domain.notifications import plays
from tests.domain.notifications.stories import REASON, Story

NOON = datetime(2026, 11, 23, 4, tzinfo=UTC)  # a Monday, noon in Shanghai
PERSON = {"kind": "LIKENESS"}
LABEL = plays.LABEL
FRAUD = {"kind": "FRAUD", "basis": "ANY"}
INTIMATE = {"kind": "INTIMATE_DEEPFAKE", "basis": "SELF"}


@dataclass(frozen=True)
class Told:
    """How a letter comes about, what it must say in each language, what it must not say, and which canaries of the
    other side the law lets into it."""

    name: str
    play: Callable[[Story], object]
    zh: tuple[str, ...]
    en: tuple[str, ...]
    never: tuple[str, ...] = ()
    allowed: tuple[str, ...] = ()
    about: str = ""


NOT_REPORTER = ("canary-r@example.org", "CANARY-R-HOME", "CANARY-R-WRONG", "139 1234 5678")
NOT_ACCOUNT = ("记分", " points", "@CANARY-A-HANDLE")

TABLE = (
    Told(
        "report_received", lambda s: s.filed(),
        (
            "编号：", "输入查询密码", "2026年11月26日 12:00", "http://localhost/how", "如实", "撤回举报",
            "第24条", "联系方式",
        ),
        (
            "Reference:", "enter the secret", "26 November 2026, 12:00", "http://localhost/how", "truthful",
            "add files", "art 24",
        ),
        NOT_REPORTER,
    ),
    Told(
        "report_received", lambda s: s.filed(**FRAUD),
        ("96110", "2026年11月24日 12:00"), ("96110", "24 November 2026, 12:00"), about="an urgent kind",
    ),
    Told("message_to_reporter", plays.message, ("layered file?", "/track/R-"), ("layered file?", "/track/R-")),
    Told(
        "question_to_respondent", plays.asked,
        ("Who painted", "2026年11月26日 12:00", "/respond/C-", "p1", "根据现有材料"),
        ("Who painted", "26 November 2026, 12:00", "/respond/C-", "p1", "neither for nor against"),
        (*NOT_REPORTER, "CANARY-R-NAME"),
    ),
    Told(
        "report_withdrawn", plays.withdrawn,
        ("撤回", "http://localhost/report"),
        ("withdrawn", "http://localhost/report"),
    ),
    Told(
        "notice_returned", lambda s: s.filed().returned(),
        (
            "作品名称", "通讯地址", "通知必须指明", "Please add the title.", "2026年12月3日", "暂停计算",
            "第14–17、22", "/track/R-",
        ),
        ("Name of the work", "Postal address", "which work or right", "3 December 2026", "stands still", "/track/R-"),
        ("CANARY-A", "River at dusk", "假", "false"),
    ),
    Told(
        "notice_reminder", plays.reminded,
        ("作品名称", "2026年12月3日", "90 天"),
        ("Name of the work", "3 December", "90 more days"),
    ),
    Told(
        "notice_lapsed", plays.lapsed,
        ("搁置", "重新启动", "/track/R-", "2027年"),
        ("aside", "up again", "/track/R-", "2027"),
    ),
    Told(
        "notice_forwarded", lambda s: s.filed().forwarded(),
        ("转送", "信息网络传播权", "2026年11月23日", "反通知"),
        ("passed on", "RTCI", "23 November 2026", "counter-notice"),
        ("canary-a@little.example",),
    ),
    Told(
        "notice_to_respondent", lambda s: s.filed().forwarded(),
        ("侵犯著作权", "River at dusk", "p1", "反通知", "初步证据", "15", "180 天", "12348", "/respond/C-"),
        (
            "Copyright", "River at dusk", "p1", "counter-notice", "First evidence", "15", "180 days",
            "free", "/respond/",
        ),
        NOT_REPORTER, allowed=("CANARY-R-NAME", "CANARY-R-WORK"),
    ),
    Told(
        "notice_to_respondent", lambda s: s.filed(**PERSON).forwarded(),
        ("侵犯肖像权", "没有"),
        ("likeness", "Nothing"),
        (*NOT_REPORTER, "CANARY-R-NAME"), about="a face names nobody",
    ),
    Told(
        "interim_to_respondent", lambda s: s.filed().interim(),
        ("临时措施", "不会因此记分", "暂时隐藏", "2026年11月30日", REASON, "/respond/C-"),
        ("provisional", "no points", "Hide for the time being", "30 November 2026", REASON, "/respond/C-"),
    ),
    Told(
        "decision_to_respondent", lambda s: s.filed().decided(),
        ("删除内容", REASON, "分", "另一名审核员", "反通知", "15", "法院", "/respond/C-", "2027年5月"),
        (
            "Remove the content", REASON, "points", "different person", "counter-notice", "15", "court",
            "May 2027",
        ),
    ),
    Told(
        "label_to_respondent", lambda s: s.filed(**LABEL).decided("supported", ("label_ai", None)),
        ("没有加过标识", "添加“AI 生成”标识", "第六条", "异议", "/respond/C-"),
        ("no label from us", "Add the AI label", "art 6", "contest", "/respond/C-"),
    ),
    Told(
        "label_to_respondent", lambda s: s.filed(**LABEL).cured(),
        ("自己改正", "不记分"), ("put it right yourself", "no points"), about="cured",
    ),
    Told(
        "decision_to_reporter", lambda s: s.filed().decided(),
        ("我们认定您的举报成立", REASON, "删除内容", "自动化", "申诉", "另一名审核员", "法院", "2027年5月22日"),
        (
            "found that your report is right", REASON, "Remove the content", "automated", "appeal", "court",
            "22 May 2027",
        ),
        NOT_ACCOUNT,
    ),
    Told(
        "decision_to_reporter", lambda s: s.filed().decided("not_supported"),
        ("没有认定", "权属", "新情况", "申诉"), ("did not find", "title", "speaks to these questions", "appeal"),
        NOT_ACCOUNT, about="rejected",
    ),
    Told(
        "decision_to_reporter", lambda s: s.filed(**INTIMATE).decided("supported", ("remove", None)),
        ("您没有做错什么", "12338", "2026年12月7日", "/letters/stop?token="),
        (
            "You did nothing wrong", "StopNCII", "7 December 2026", "/letters/stop?token=", "intimate",
        ),
    ),
    Told(
        "counter_received", lambda s: s.filed().decided().countered(),
        ("齐全", "15", "如实"), ("It is complete", "15", "truthful"),
    ),
    Told(
        "counter_received", lambda s: s.filed().decided().countered(evidence=""),
        ("还缺", "初步证据", "/respond/C-"), ("missing", "First evidence", "/respond/C-"), about="incomplete",
    ),
    Told(
        "counter_forwarded", lambda s: s.filed().decided().countered(),
        ("2026年12月8日 结束后恢复", "上传证明", "起诉", "主管部门", "CANARY-A-NAME", "own work", "/track/R-"),
        (
            "back after 8 December 2026", "upload the proof", "court", "authority", "CANARY-A-NAME", "own work",
            "/track/R-",
        ),
        ("canary-a@little", "CANARY-A-HOME", "139 8765 4321", "@CANARY-A-HANDLE"), allowed=("CANARY-A-NAME",),
    ),
    Told(
        "restore_reminder", plays.restore_reminder,
        ("还剩 3 天", "2026年12月8日", "上传证明", "/track/R-"),
        ("3 days are left", "8 December", "upload the proof", "/track/R-"),
    ),
    Told("held_to_reporter", plays.held, ("已经起诉", "不会恢复"), ("you went to court", "Nothing is put back")),
    Told("held_to_respondent", plays.held, ("已经起诉", "停止计算"), ("went to court", "has stopped"), ("proof",)),
    Told(
        "restored_to_reporter", plays.elapsed,
        ("等待期已满", "不等于说您错了", "法院"),
        ("waiting time passed", "not mean that you were wrong", "court"),
    ),
    Told(
        "restored_to_respondent", plays.elapsed,
        ("等待期已满", "恢复内容", "不再计算"),
        ("waiting time passed", "content is back", "no longer count"),
    ),
    Told(
        "appeal_received", lambda s: s.filed().decided().appealed("respondent"),
        ("申诉编号：", "没有参与过原决定", "2026年11月30日", "/respond/C-"),
        ("Appeal:", "nothing to do with the first", "30 November 2026", "/respond/C-"),
    ),
    Told(
        "appeal_to_party", lambda s: s.filed().decided().appealed("respondent", "not_supported"),
        ("申诉成立", "不是由程序", "恢复内容", "法院"),
        ("You were right", "No program decided", "content is back", "court"),
    ),
    Told(
        "appeal_to_party", lambda s: s.filed().decided().appealed("respondent", ""),
        ("维持原决定", "Nothing new was shown."), ("stands", "Nothing new was shown."), about="upheld",
    ),
    Told(
        "appeal_to_other", lambda s: s.filed().decided().appealed("respondent", "not_supported"),
        ("原决定撤销", "恢复内容", "/track/R-"), ("set aside", "content is back", "/track/R-"),
    ),
    Told(
        "measure_ending", plays.ending,
        ("暂停账号", "2026年11月30日 12:00", "记分"),
        ("Suspend the account", "30 November 2026, 12:00", "Points"),
    ),
    Told(
        "measure_ended", plays.ended,
        ("已经结束", "暂停账号", "记分"),
        ("has ended", "Suspend the account", "Points still counting"),
    ),
    Told(
        "conduct_step", lambda s: s.filed().stepped("suspended", 30),
        ("6 份举报", "其中 5 份", "83 %", "四点", "暂停处理举报", "2026年12月23日", "私密影像", "不同意"),
        (
            "6 reports", "5 of them", "83 %", "four things", "not handled", "23 December 2026", "Intimate",
            "If you disagree",
        ),
        ("CANARY", "police", "报警"),
    ),
    Told(
        "cure_offered", lambda s: s.filed(**LABEL).offered(),
        ("自己改正", "添加“AI 生成”标识", "2026年11月26日", "不记分", "/respond/C-"),
        ("yourself", "Add the AI label", "26 November 2026", "no points", "/respond/C-"),
    ),
    Told(
        "cure_lapsed", plays.cure_lapsed,
        ("到期没有改正", "审核员作出决定"),
        ("did not happen", "a reviewer now decides"),
    ),
    Told(
        "cured_to_reporter", lambda s: s.filed(**LABEL).cured(),
        ("自行改正", "标识", "申诉"),
        ("itself", "AI label", "appeal"),
    ),
    Told(
        "consent_withdrawn", lambda s: s.filed(**PERSON).consent_withdrawn(),
        ("人脸比对", "删除", "保留", "不需要说明理由"),
        ("comparing faces", "deleted", "kept, and why", "not give a reason"),
    ),
    Told(
        "clock_alert", plays.alerted,
        ("作出决定", "75 %", "/desk/case/C-"),
        ("Decide", "75 %", "/desk/case/C-"),
        ("CANARY", "River"),
    ),
    Told("urgent_arrived", lambda s: s.filed(**FRAUD), ("C-",), ("C-",), ("CANARY", "诈骗", "raud", "River", "p1")),
    Told(
        "follow_up", lambda s: s.filed(**INTIMATE).decided("supported", ("remove", None)).later(days=14, hours=1),
        ("不想打扰", "12338", "只有这一封", "/track/R-"),
        ("not want to intrude", "StopNCII", "only letter", "/track/R-"),
        ("ntimate", "私密"),
    ),
)  # fmt: skip
