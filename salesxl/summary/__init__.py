"""The questions a manager asks, one small module each. docs/domain.md 3.

Frames in, frames or plain values out. Refuses: files, the clock (day and week come with the team), prose.
"""

from salesxl.summary.context import summarise
from salesxl.summary.message import manager_message
from salesxl.summary.sample import sample

__all__ = ["manager_message", "sample", "summarise"]
