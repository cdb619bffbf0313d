"""A fictional team and a week of its forms, as real reps fill them in, with the answer key.

Owns the demo's people, layouts and faults. Refuses: checking anything; it only knows what it put in.
"""

from __future__ import annotations

from tools.demo.archive import Decor
from tools.demo.entry import Answer, Defect, DemoTruth
from tools.demo.forms import Setup
from tools.demo.targets import WEEK_START, make
from tools.demo.targets import with_team as settings
from tools.demo.week import fill_inbox

__all__ = ["WEEK_START", "Answer", "Decor", "Defect", "DemoTruth", "Setup", "fill_inbox", "make", "settings"]
