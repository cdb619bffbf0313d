"""Files in, submissions out: which files there are, what forms stand in them, whose they are.

Owns the order of a batch, copies of the same file, who reads, and what is kept for the next run. Refuses:
judging what is in a file.
"""

from __future__ import annotations

from salesxl.intake.batch import Batch, read_under, reader_of, receive
from salesxl.intake.cache import Cache
from salesxl.intake.copies import room
from salesxl.intake.reader import PLAIN, Job

__all__ = ["PLAIN", "Batch", "Cache", "Job", "read_under", "reader_of", "receive", "room"]
