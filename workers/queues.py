"""The queues, each served by exactly one RQ worker process (two queues in one worker lose jobs: stack.md §2)."""

from __future__ import annotations

# work: messages and everything quick in the database · scan: opening other people's files · mail: letters out ·
# capture: copying what platforms show · hooks: telling platforms and reading back. A slow mail server never delays a
# scan, and a platform that sends its media slowly never delays what others are told.
QUEUES = ("work", "scan", "mail", "capture", "hooks")
