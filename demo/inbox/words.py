"""The inbox's own interface words, Chinese and English, and links made clickable."""

from __future__ import annotations

import re
from datetime import UTC, datetime

from markupsafe import Markup, escape

WORDS: dict[str, tuple[str, str]] = {
    "title": ("本地收件箱", "Local inbox"),
    "lead": (
        "Redress 发出的邮件都停在这里，不会离开这台机器。",
        "Letters sent by Redress stop here; nothing leaves this machine.",
    ),
    "demo": ("演示", "Demo"),
    "skip": ("跳到正文", "Skip to content"),
    "to": ("收件人", "To"),
    "subject": ("主题", "Subject"),
    "time": ("时间", "Time"),
    "from": ("发件人", "From"),
    "filter": ("按收件人筛选", "Filter by recipient"),
    "apply": ("筛选", "Filter"),
    "all": ("全部", "All"),
    "empty": ("还没有邮件。", "No mail yet."),
    "nothing": ("没有发给 %(to)s 的邮件。", "No mail for %(to)s."),
    "again": ("又收到 ×%(n)s", "received again ×%(n)s"),
    "again_long": (
        "同一 Message-ID 又到达 %(n)s 次；只保留一份。",
        "The same Message-ID arrived %(n)s more times; one copy is kept.",
    ),
    "no_subject": ("（无主题）", "(no subject)"),
    "text": ("纯文本", "Text"),
    "html": ("HTML（隔离显示，脚本被禁）", "HTML (isolated, scripts off)"),
    "headers": ("邮件头", "Headers"),
    "no_text": ("这封邮件没有纯文本部分。", "This mail has no text part."),
    "attachments": ("附件", "Attachments"),
    "download": ("下载 .eml", "Download .eml"),
    "alone": ("单独打开 HTML", "Open the HTML alone"),
    "back": ("全部邮件", "All mail"),
    "tools": ("测试工具", "Test tools"),
    "refuse": ("拒收接下来 N 封（451）", "Refuse the next N mails (451)"),
    "lose": ("收下接下来 N 封，但答 451（答复丢失）", "Keep the next N mails but answer 451 (the answer is lost)"),
    "times": ("封数", "How many"),
    "order": ("设定", "Set"),
    "left": ("剩余 %(n)s 封", "%(n)s left"),
    "clear": ("清空收件箱", "Empty the inbox"),
    "not_found": ("没有这封邮件", "There is no such mail"),
    "refused": ("请求被拒绝", "Request refused"),
    "count": ("共 %(n)s 封", "%(n)s mails"),
    "other_language": ("English", "中文"),
}

# An address ends at white space, quotes, brackets or CJK punctuation; a closing full stop or comma belongs to
# the sentence.
LINK = re.compile(r"https?://[^\s<>\"'()（）【】《》“”，。；！？、]+[^\s<>\"'()（）【】《》“”，。；！？、.,;:!?]")


def word(key: str, lang: str, **values: object) -> str:
    """The words for a key in `zh` or `en`, with named values put in."""
    text = WORDS[key][0 if lang == "zh" else 1]
    return text % values if values else text


def when(instant: str, lang: str) -> str:
    """An ISO instant as people read it, in UTC, to the second."""
    at = datetime.fromisoformat(instant).astimezone(UTC)
    return f"{at.month}月{at.day}日 {at:%H:%M:%S} UTC" if lang == "zh" else f"{at.day} {at:%b, %H:%M:%S} UTC"


def with_links(text: str) -> Markup:
    """Plain text as safe HTML with its http addresses clickable; everything else escaped."""
    out, last = Markup(""), 0
    for found in LINK.finditer(text):
        out += escape(text[last : found.start()])
        out += Markup('<a href="{0}" rel="noreferrer">{0}</a>').format(found.group())
        last = found.end()
    return out + escape(text[last:])
