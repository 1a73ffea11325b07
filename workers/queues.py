"""The queues, each served by exactly one RQ worker process (two queues in one worker lose jobs: stack.md §2)."""

from __future__ import annotations

# work: messages and everything quick in the database · scan: opening other people's files · mail: letters out ·
# hooks: talking to platforms. A slow mail server never delays a scan.
QUEUES = ("work", "scan", "mail", "hooks")
