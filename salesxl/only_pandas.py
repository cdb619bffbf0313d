"""Importing pandera without the other frame libraries that it looks for: Dask alone takes two seconds.

Owns which they are. Whoever installs ``salesxl[dask]`` wants a cluster, not Dask's frames.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from importlib import import_module

__all__ = ["only_pandas"]

_OTHERS = ("dask", "dask.dataframe", "geopandas", "modin", "pyspark")
_ASKS = ("pandera.typing.dask", "pandera.typing.geopandas", "pandera.typing.modin", "pandera.typing.pyspark")
"""Where pandera looks for them, at the latest when the first schema is declared."""


@contextmanager
def only_pandas() -> Iterator[None]:
    """Make pandera, imported within, believe that none of the others is installed; what is imported stays."""
    hidden = [name for name in _OTHERS if name not in sys.modules]
    for name in hidden:
        sys.modules[name] = None  # type: ignore[assignment]
    try:
        yield
        for name in _ASKS:
            import_module(name)
    finally:
        for name in hidden:
            sys.modules.pop(name, None)
