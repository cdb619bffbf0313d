"""salesxl: reps' Excel forms in, marked returns, the team's book and the manager's summary out.

For programmers, docs/python-api.md; nothing is imported until it is asked for.
"""

from __future__ import annotations

import sys
from importlib import import_module
from types import ModuleType

TYPE_CHECKING = False  # as typing has it, which takes longer to import than all of this
if TYPE_CHECKING:
    from typing import Any

    from salesxl import errors, schemas
    from salesxl.api import RowFinding, Validation, friday, load_settings, read_form, render, rollup, validate
    from salesxl.errors import SalesxlError
    from salesxl.exchange import Form
    from salesxl.model import Team

__all__ = [
    "Form",
    "RowFinding",
    "SalesxlError",
    "Team",
    "Validation",
    "errors",
    "friday",
    "load_settings",
    "read_form",
    "render",
    "rollup",
    "schemas",
    "validate",
]

__version__ = "0.1.0"

_API = "salesxl.api"
_VERBS = ("friday", "render", "rollup", "validate")
_HOMES = {
    **dict.fromkeys(("RowFinding", "Validation", "load_settings", "read_form"), _API),
    "Form": "salesxl.exchange",
    "SalesxlError": "salesxl.errors",
    "Team": "salesxl.model",
}


class _Verb(ModuleType):
    # A module that is called as the verb of its name, salesxl.validate(…), beside what it holds.

    def __call__(self, *args: Any, **options: Any) -> Any:
        return self._verb(*args, **options)

    @property
    def _verb(self) -> Any:
        return getattr(import_module(_API), self.__name__.rpartition(".")[2])

    @property
    def __doc__(self) -> Any:  # type: ignore[override]
        return self._verb.__doc__

    @property
    def __signature__(self) -> Any:
        from inspect import signature

        return signature(self._verb)


class _Package(ModuleType):
    """The package: whichever of its modules is a verb can be called, whoever imports it and when."""

    def __setattr__(self, name: str, value: Any) -> None:
        if name in _VERBS and isinstance(value, ModuleType):
            value.__class__ = _Verb
        super().__setattr__(name, value)


sys.modules[__name__].__class__ = _Package


def __getattr__(name: str) -> Any:
    if name in _HOMES:
        return getattr(import_module(_HOMES[name]), name)
    if name in __all__:
        return import_module(f"{__name__}.{name}")
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


def __dir__() -> list[str]:
    return [*__all__, "__version__"]
