"""Doing one thing to many items in other processes, so that the worst item costs itself and nothing else.

Owns processes with bounds on memory and time, executors, a Dask cluster. Refuses: what is done to an item.
"""

from __future__ import annotations

from salesxl.workers.bounds import Bounds
from salesxl.workers.executors import Executors
from salesxl.workers.hands import Hands
from salesxl.workers.local import Local, cores
from salesxl.workers.lost import Crew, Lost

__all__ = ["Bounds", "Crew", "Executors", "Hands", "Local", "Lost", "cores"]
