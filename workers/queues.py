"""The queues, each served by exactly one RQ worker process (two queues in one worker lose jobs: stack.md §2)."""

from __future__ import annotations

# work: messages and everything quick in the database · scan: opening other people's files to find matches · later:
# what may wait until the processor is free, previews and labels first, then looking at everything again · media: sound
# and film, of which one file can take minutes, so that pictures never wait behind one · mail:
# letters out · capture: copying what platforms show · hooks: telling platforms and reading back. A slow mail server
# never delays a scan, and a platform that sends its media slowly never delays what others are told.
QUEUES = ("work", "scan", "later", "media", "mail", "capture", "hooks")
# How much a queue's process stands back from the others (nice).
STANDS_BACK = {"later": 10, "media": 5}
