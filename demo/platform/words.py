"""The demo platform's own interface words, Chinese and English side by side.

It shares nothing with Redress, not even a catalogue.
"""

from __future__ import annotations

from datetime import UTC, datetime

WORDS: dict[str, tuple[str, str]] = {
    "name": ("流光", "Lumo"),
    "demo": ("演示站点", "Demo site"),
    "demo_long": ("账号、帖子和事件均为虚构。", "Accounts, posts and events are invented."),
    "credits": (
        "图片由程序绘制；两张黑白照片为 CC0（Lav Varshney）与公有领域作品（public-domain-image.com）。",
        "Pictures are drawn by code; the two black and white photographs are CC0 (Lav Varshney) and public "
        "domain (public-domain-image.com).",
    ),
    "gallery_hint": (
        "看到伤害他人的 AI 内容？打开帖子即可举报，无需账号。",
        "Seen something AI-made that harms someone? Open the post and report it, no account needed.",
    ),
    "skip": ("跳到正文", "Skip to content"),
    "gallery": ("图廊", "Gallery"),
    "tagline": ("看见每一束光", "Every light, somewhere"),
    "originals": ("原作下载", "Originals"),
    "tools": ("演示工具", "Demo tools"),
    "log": ("回调记录", "Webhook log"),
    "report": ("举报", "Report"),
    "report_long": ("举报这个帖子", "Report this post"),
    "report_hint": ("内容涉嫌 AI 侵权、造假或诈骗？不需要账号。", "AI-made harm, fakery or fraud? No account needed."),
    "likes": ("赞", "likes"),
    "posted": ("发布于", "Posted"),
    "post_number": ("帖子编号", "Post number"),
    "ai_label": ("该内容为AI生成合成", "Labelled: AI-generated"),
    "ai_short": ("AI 生成", "AI-generated"),
    "by_author": ("由作者声明", "declared by its author"),
    "by_platform": ("由平台添加", "added by the platform"),
    "removed": ("该内容已被移除", "This post was removed"),
    "removed_why": (
        "平台依据举报处理决定移除了此内容，媒体文件已不可访问。",
        "The platform removed it after a decision on a report. Its media can no longer be opened.",
    ),
    "removed_on": ("移除时间", "Removed"),
    "hidden": ("账号已被停用，帖子暂不展示", "The account is suspended, its posts are hidden"),
    "suspended": ("账号停用中", "Account suspended"),
    "suspended_until": ("停用至", "Suspended until"),
    "warnings": ("警告", "Warnings"),
    "warned": ("被警告 %(n)s 次", "Warned ×%(n)s"),
    "posts": ("帖子", "Posts"),
    "closed": ("账号已关闭", "Account closed"),
    "closed_long": ("账号已被关闭，其帖子不再展示。", "The account is closed and its posts are gone from view."),
    "disabled": ("该内容暂时隐藏", "This post is hidden for now"),
    "disabled_why": (
        "平台正在核实一份举报，作出决定前暂不展示。",
        "The platform is looking into a report; it stays hidden until a decision is made.",
    ),
    "until": ("至", "until"),
    "ai_possible": ("可能为AI生成合成", "Possibly AI-generated"),
    "ai_suspected": ("疑似AI生成合成", "Suspected to be AI-generated"),
    "digital_human": ("数字人", "Digital human"),
    "disputed": ("内容存疑", "Disputed"),
    "disputed_long": ("该内容的真实性存疑，请谨慎转发。", "Whether this is true is disputed. Think before you share."),
    "correction": ("更正说明", "Correction"),
    "correction_long": (
        "平台核实后附注：此内容与事实不符，请以权威来源为准。",
        "Added by the platform after checking: this does not agree with the facts. Please see official sources.",
    ),
    "age_gated": ("仅限成年人", "Adults only"),
    "age_show": ("我已满 18 周岁，查看内容", "I am 18 or older, show it"),
    "interaction_off": ("互动已关闭：不能评论、转发和合拍", "Interaction is off: no comments, shares or duets"),
    "demoted": ("已降低展示", "Shown lower in lists"),
    "not_recommended": ("不再推荐给他人", "No longer recommended to others"),
    "geo_blocked": ("部分地区不可见", "Not visible in some places"),
    "audio_muted": ("已消音", "Muted"),
    "region_blurred": ("部分画面已遮挡", "A part of the picture is blurred"),
    "hash_blocked": ("相同文件禁止再次上传", "The same file cannot be uploaded again"),
    "stream_cut": ("直播已被中断", "The stream was cut"),
    "stream_cut_why": (
        "平台依据举报处理决定中断了这场直播。",
        "The platform cut this stream after a decision on a report.",
    ),
    "off_air": ("直播已停止", "Off the air"),
    "off_air_why": ("该账号目前不能直播。", "This account may not go live at present."),
    "demonetized": ("不能获得收益", "Earns no money"),
    "label_withdrawn": ("AI 标识已由平台撤下", "The AI label was taken off by the platform"),
    "measures": ("平台措施", "Measures by the platform"),
    "no_posting": ("不能发布、直播和评论", "No posts, streams or comments"),
    "limited": ("不能发布、获得收益和被推荐", "No posts, earnings or recommendation"),
    "reverify": ("需重新实名认证，资料暂时隐藏", "Identity has to be verified again; profile hidden"),
    "registration_due": ("须在期限内登记虚拟人", "Must register its virtual human in time"),
    "realname_due": ("使用者须在期限内实名认证", "The person behind it must verify the real name in time"),
    "live_off": ("不能直播", "No live streams"),
    "virtual_human": ("虚拟人", "Virtual human"),
    "registration_": ("未登记", "Not registered"),
    "registration_registered": ("已登记", "Registered"),
    "registration_suspended": ("登记已暂停", "Registration suspended"),
    "registration_revoked": ("登记已撤销", "Registration revoked"),
    "real_name_1": ("使用者已实名", "Real name verified"),
    "real_name_0": ("使用者未实名", "Real name not verified"),
    "live_state_on": ("可以直播", "May go live"),
    "live_state_off": ("不可直播", "May not go live"),
    "live": ("直播中", "LIVE"),
    "audio": ("音频", "Audio"),
    "film": ("视频", "Video"),
    "listing": ("商品", "For sale"),
    "challenge": ("真人核验", "Is there a person?"),
    "challenge_long": (
        "主播请在 %(due)s 前说出这句话：",
        "The host is asked to say this before %(due)s:",
    ),
    "challenge_over": ("核验时间已过（%(due)s）：", "The time for this was over at %(due)s:"),
    "upload": ("上传试试", "Try an upload"),
    "upload_lead": (
        "演示“禁止再次上传”：被阻止的文件不能再发布。",
        "Shows how blocked files are kept out: they cannot be posted again.",
    ),
    "upload_file": ("图片（JPEG，1 MB 以内）", "Picture (JPEG, up to 1 MB)"),
    "upload_account": ("以谁的账号", "As which account"),
    "upload_do": ("发布", "Post it"),
    "upload_blocked": (
        "不能发布：与已被处理的帖子 %(post)s 是同一个文件。",
        "Refused: it is the same file as post %(post)s, which was dealt with.",
    ),
    "upload_bad": ("请选择一张 JPEG 图片。", "Please choose a JPEG picture."),
    "upload_limited": ("不能发布：该账号目前被限制发布。", "Refused: this account may not post at present."),
    "upload_title": ("刚刚上传的图片", "A picture just uploaded"),
    "messages": ("给账号持有人的通知", "Messages to the account holder"),
    "messages_hint": (
        "真实平台只有本人可见；演示中公开显示，方便体验。",
        "On a real platform only the holder sees these; the demo shows them so that you can play that part.",
    ),
    "message": ("平台有一条消息给你：", "The platform has a message for you:"),
    "message_forwarded": (
        "有人就你的内容提交了通知。查看通知、作出声明：",
        "Somebody sent a notice about your content. Read it and answer:",
    ),
    "message_question": (
        "平台就你的内容有一个问题，请回答：",
        "There is a question about your content. Please answer it:",
    ),
    "message_interim": (
        "你的内容被暂时限制，尚未作出决定。查看理由：",
        "Your content is restricted for the time being; nothing is decided yet. Read why:",
    ),
    "message_decision": (
        "平台就你的内容作出了决定。查看理由、提出异议：",
        "A decision was made about your content. Read the reasons or object:",
    ),
    "message_cure": (
        "你可以自行改正，不计分。查看怎么做：",
        "You can put it right yourself, without a strike. See how:",
    ),
    "message_cured": ("已改正，此事了结，不计分：", "It is put right and settled, without a strike:"),
    "message_restored": ("你的内容已恢复。查看说明：", "Your content is back. Read more:"),
    "message_appeal": ("申诉有了结果。查看：", "The appeal was decided. Read the result:"),
    "open_statement": ("打开说明", "Open the statement"),
    "text_post": ("文字帖", "Text post"),
    "not_found": ("没有这个页面", "There is no such page"),
    "not_found_long": ("链接可能已失效。", "The link may be out of date."),
    "refused": ("请求被拒绝", "Request refused"),
    "back": ("回到图廊", "Back to the gallery"),
    "originals_lead": (
        "扮演举报人：下载“你的”原作，举报右边的帖子，把原作作为参考材料上传。",
        "Play the reporter: download “your” original, report the post beside it, and upload the original as"
        " your reference.",
    ),
    "download": ("下载原作", "Download the original"),
    "see_post": ("看被举报的帖子", "See the post"),
    "the_original": ("原作", "Original"),
    "the_post": ("平台上的帖子", "Post on the platform"),
    "tools_lead": (
        "只在演示中存在：让平台“不听话”，看 Redress 如何发现、重试和提示。",
        "Only in the demo: make the platform misbehave and watch Redress notice, retry and tell.",
    ),
    "removed_posts": ("已移除的帖子", "Removed posts"),
    "republish": ("重新发布", "Publish again"),
    "republish_hint": (
        "绕过 Redress 悄悄恢复，Redress 应在回读时发现不一致。",
        "Quietly, behind the back of Redress: reading back should show that it is live again.",
    ),
    "none_removed": ("目前没有已移除的帖子。", "No post is removed at present."),
    "trouble": ("回调故障", "Webhook trouble"),
    "fail": ("接下来 N 次返回 503，什么也不做", "Answer the next N deliveries with 503 and do nothing"),
    "fail_after": (
        "接下来 N 次照做，但返回 503（答复丢失）",
        "Do the next N deliveries but answer 503 (the answer is lost)",
    ),
    "slow": ("接下来 N 次先等 S 秒", "Wait S seconds before each of the next N deliveries"),
    "times": ("次数", "How many"),
    "seconds": ("秒数", "Seconds"),
    "order": ("设定", "Set"),
    "left": ("剩余 %(n)s 次", "%(n)s left"),
    "reset": ("恢复初始数据", "Reset the demo data"),
    "reset_hint": (
        "所有帖子、账号恢复最初状态，清空回调记录。图片不变。",
        "Posts and accounts go back to the first day and the log is emptied. Pictures stay.",
    ),
    "log_lead": ("最近 100 次投递，最新在上。", "The latest 100 deliveries, newest first."),
    "log_empty": ("还没有收到任何回调。", "No webhook has arrived yet."),
    "time": ("时间", "Time"),
    "type": ("类型", "Type"),
    "answer": ("答复", "Answer"),
    "note": ("说明", "Note"),
    "body": ("内容", "Body"),
    "done": ("已完成。", "Done."),
    "other_language": ("English", "中文"),
}


def word(key: str, lang: str, **values: object) -> str:
    """The words for a key in `zh` or `en`, with named values put in."""
    text = WORDS[key][0 if lang == "zh" else 1]
    return text % values if values else text


def when(instant: str, lang: str) -> str:
    """An ISO instant as people read it, in UTC."""
    at = datetime.fromisoformat(instant).astimezone(UTC)
    return f"{at.year}年{at.month}月{at.day}日 {at:%H:%M} UTC" if lang == "zh" else f"{at.day} {at:%b %Y, %H:%M} UTC"


def ago(instant: str, lang: str) -> str:
    """How long since an ISO instant, roughly."""
    minutes = max(0, int((datetime.now(UTC) - datetime.fromisoformat(instant)).total_seconds() // 60))
    for size, zh, en in ((1440, "天", "d"), (60, "小时", "h"), (1, "分钟", "min")):
        if minutes >= size:
            return f"{minutes // size} {zh}前" if lang == "zh" else f"{minutes // size} {en} ago"
    return "刚刚" if lang == "zh" else "just now"
