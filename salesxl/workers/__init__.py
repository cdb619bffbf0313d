"""Doing one thing to many items in other processes, so that the worst item costs itself and nothing else.

Owns processes with bounds on memory and time, executors, a Dask cluster. Refuses: what is done to an item.
"""

from __future__ import annotations

from salesxl.workers.cluster import Executors
from salesxl.workers.parallel import Hands
from salesxl.workers.pool import Bounds, Crew, Local, Lost, cores

__all__ = ["Bounds", "Crew", "Executors", "Hands", "Local", "Lost", "cores"]
