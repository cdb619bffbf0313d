"""The company's book and summary, made from the books of many teams' weeks. docs/domain.md 3.15.

Owns bringing them together. Refuses: a team's folder, which it only reads.
"""

from __future__ import annotations

from salesxl.rollup.run import RolledUp, run

__all__ = ["RolledUp", "run"]
