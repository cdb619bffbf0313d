"""One cause, one point: which faults are nothing but the consequence of another. docs/domain.md 4.

A rule says on which cells it relied (``Fault.basis``, ``Fault.pool``); a fault that relied on one at fault is
not said, and the cause says how many it explains. Faults that no other one explains are all said. Owns this
order of blame. Refuses: rules, and what belongs together in a row; that is ``gather``.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace

from salesxl.checks.case import ROW, Case, Cell, Fault, positions
from salesxl.model import Severity

__all__ = ["without_consequences"]

_NO_COLUMN = 0
"""What stands for the fault of a column that is missing: reading has said it."""


def without_consequences(faults: Sequence[Fault], unsaid: Sequence[Fault], case: Case) -> list[Fault]:
    """Return the faults that stand for themselves, in their order.

    ``unsaid`` are faults that another one speaks for already (``gather``); their cells are at fault as well.

    Those that rely on nothing come first; then those that rely on single cells, in the order of the rules;
    then those that any of many records may explain.
    """
    said = [f for f in faults if not f.basis and not f.any_of]
    doubted = _Doubted(case)
    for fault in (*said, *unsaid):
        doubted.add(fault)
    for fault in (f for f in faults if f.basis and not f.any_of):
        if not doubted.explain(fault):
            said.append(fault)
            doubted.add(fault)
    for fault in (f for f in faults if f.any_of and not f.share):
        if not doubted.explain(fault):
            said.append(fault)
    said += _shared([f for f in faults if f.share], doubted)
    kept = set(map(id, said))
    return [doubted.told(fault) for fault in faults if id(fault) in kept]


class _Doubted:
    """The cells at fault, and how many other faults each of them explains."""

    def __init__(self, case: Case) -> None:
        self._case = case
        self._cause: dict[Cell, int] = {}
        self._error: dict[Cell, int] = {}
        self._explained: Counter[int] = Counter()
        self._owing: dict[int, list[str]] = {}

    def add(self, fault: Fault) -> None:
        """Doubt the cell of a fault, and what it was held against: either may be the wrong one."""
        if fault.severity is Severity.NOTICE or not fault.doubts:
            return
        if fault.cell is not None:
            self._cause.setdefault(fault.cell, id(fault))
        if fault.cell is not None and fault.severity is Severity.ERROR:
            self._error.setdefault(fault.cell, id(fault))
            self._error.setdefault((*fault.cell[:2], ROW), id(fault))
        for cell in fault.against:
            self._cause.setdefault(cell, id(fault))

    def explain(self, fault: Fault) -> bool:
        """Tell whether cells at fault explain another fault, and remember that they do."""
        causes = [cause for cell in fault.basis if (cause := self.cause(cell)) is not None]
        if not causes and fault.pool:
            found = self.among(fault.pool)
            found |= {cell[:2]: self._error[cell] for cell in fault.held if cell in self._error}
            causes = list(found.values()) if len(found) >= fault.needs else []
        elif not causes:
            causes = [cause for cell in fault.held if (cause := self._holding(cell)) is not None]
        causes = [cause for cause in causes if cause != id(fault)]
        for cause in causes[:1]:
            self.owe(cause, fault)
        return bool(causes)

    def among(self, pool: Sequence[Cell]) -> dict[tuple[str, int], int]:
        """Return the records of a pool that are at fault, with the fault."""
        return {cell[:2]: cause for cell in pool if (cause := self.cause(cell)) is not None}

    def cause(self, cell: Cell) -> int | None:
        """Return what is wrong with a cell, if anything: a fault, or that its column is not on the sheet."""
        kind, at, name = cell
        found = self._cause.get(cell)
        return _NO_COLUMN if found is None and self._lacks_column(kind, at, name) else found

    def _holding(self, cell: Cell) -> int | None:
        """Return the error at a cell, or on a record; one on a sheet that lacks a column is held as well."""
        kind, at, _ = cell
        found = self._error.get(cell)
        lacking = self._case.once(("lacking", kind), lambda: self._lacking(kind))
        return _NO_COLUMN if found is None and at in lacking else found

    def _lacking(self, kind: str) -> frozenset[int]:
        stack = self._case.stacks[kind]
        required = [column.field for column in stack.spec.columns if column.required]
        return frozenset(positions(~stack.present[required].all(axis=1)))

    def _lacks_column(self, kind: str, at: int, name: str) -> bool:
        stack = self._case.stacks[kind]
        return stack.spec.column(name).required and not stack.present.at[at, name]

    def owe(self, cause: int, fault: Fault) -> None:
        """Remember what a fault that is not said was about."""
        self._explained[cause] += 1
        if fault.code == "missing_report":
            self._owing.setdefault(cause, []).append(str(fault.share or fault.value))

    def repeated(self, fault: Fault, times: int) -> None:
        """Remember that a fault is said once for several places."""
        self._explained[id(fault)] += times

    def told(self, fault: Fault) -> Fault:
        """Return a cause with the number of further faults that come from it."""
        if not self._explained[id(fault)]:
            return fault
        facts = {**fault.facts, "explains": self._explained[id(fault)]}
        if owing := self._owing.get(id(fault)):
            facts["instead_of"] = tuple(dict.fromkeys(owing))
        return replace(fault, facts=facts)


def _shared(faults: Sequence[Fault], doubted: _Doubted) -> list[Fault]:
    """Return the faults on things that are missing, of which not as many records at fault may be the thing.

    What is missing is said once, at the first place that asks for it.
    """
    by_pool: dict[tuple[str, tuple[Cell, ...]], dict[str, list[Fault]]] = {}
    for fault in faults:
        by_pool.setdefault((fault.code, fault.pool), {}).setdefault(str(fault.share), []).append(fault)
    said = []
    for (_, pool), missing in by_pool.items():
        found = doubted.among(pool)
        if found and len(found) >= len(missing):
            causes = list(found.values())
            for place, group in enumerate(missing.values()):
                for fault in group:
                    doubted.owe(causes[place % len(causes)], fault)
            continue
        for first, *others in missing.values():
            said.append(first)
            doubted.repeated(first, len(others))
    return said
