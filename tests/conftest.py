"""What holds for all tests: property tests draw the same examples every time, and no clock judges them.

What asks LibreOffice is slow. The marker ``slow`` keeps tests out of ``make quick``, not of ``make test``.
"""

from __future__ import annotations

import os

import pytest
from hypothesis import settings

settings.register_profile("same", derandomize=True, deadline=None, database=None)
settings.load_profile("same")


@pytest.fixture(autouse=True, scope="session")
def profile(tmp_path_factory: pytest.TempPathFactory) -> None:
    """Give the program a profile to note itself in: never the real one."""
    home = str(tmp_path_factory.mktemp("profile"))
    os.environ |= {"XDG_CONFIG_HOME": home, "APPDATA": home}


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark what asks LibreOffice as slow."""
    for item in items:
        if item.get_closest_marker("office"):
            item.add_marker("slow")
