"""What holds for all tests: property tests draw the same examples every time, and no clock judges them."""

from __future__ import annotations

from hypothesis import settings

settings.register_profile("same", derandomize=True, deadline=None, database=None)
settings.load_profile("same")
