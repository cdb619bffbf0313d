"""What a manager pastes into a chat: the headline, the tasks, what is asked for. docs/domain.md 3.14.

Owns which lines of the summary the message has. Refuses: figures and sentences; the summary has them.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from salesxl.messages import Words

__all__ = ["manager_message"]


def manager_message(context: Mapping[str, Any], words: Words) -> str:
    """Return the message as plain text, its parts apart by blank lines."""
    tasks = [f"{item['no']}. {item['text']}" for item in context["today"]]
    support = [f"{no}. {row['line']}" for no, row in enumerate(context["briefing"]["first_support"], 1)]
    parts = [
        [context["title"], context["headline"]],
        [words.text("summary.today.title"), *(tasks or [words.text("summary.today.nothing")])],
        [context["briefing"]["support_title"], *support] if support else [],
        [context["held"]["line"]] if context["held"]["rows"] else [],
    ]
    return "\n\n".join("\n".join(lines) for lines in parts if lines) + "\n"
