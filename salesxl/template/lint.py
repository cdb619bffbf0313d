"""Faults of a template, all at once, each at its cell with a remedy; and the names a template uses.

Owns what is checked before anybody's data is poured in. Refuses: changing the template.
"""

from __future__ import annotations

import copy
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from itertools import chain
from pathlib import Path
from typing import Any

from salesxl.errors import Phrase, TemplateFaultError, phrase
from salesxl.messages import Words
from salesxl.template.bands import Band, UnfollowableError, UngrowableError
from salesxl.template.edits import grown_table
from salesxl.template.engine import dry_run, enter
from salesxl.template.expressions import Engine
from salesxl.template.named import single_names
from salesxl.template.newer import newer
from salesxl.template.options import option_names
from salesxl.template.picking import Picking
from salesxl.template.plan import (
    Plan,
    abreast,
    add_options,
    add_tables,
    around,
    band_names,
    full_plan,
    misspelt,
    read_plan,
    spelt,
)
from salesxl.template.references import GONE, cannot_follow
from salesxl.template.repeats import Repeats
from salesxl.template.sandbox import Budget, Limits
from salesxl.template.spelling import NAMES, OWN
from salesxl.template.survey import BOOK, Found, Survey
from salesxl.template.terms import Evaluate, defined_names, is_template
from salesxl.template.trial import bands_of, spot_of, trial
from salesxl.template.unfilled import beside_bands, dead_links, unfilled
from salesxl.template.wording import default_words, in_words, reason_of, told
from salesxl.xlsx.package import Package
from salesxl.xlsx.refs import read_area

__all__ = ["REMARKS", "Problem", "lint", "names"]

REMARKS = frozenset(
    (
        "newer_function", "uncalculated", "gone_name", "lookalike", "beside_band", "unmoved_reference",
        "vanishing_reference", "unused_option",
    )
)  # fmt: skip
"""Codes of what can be rendered all the same: whoever wrote the template should only know."""
_FATAL = frozenset(
    (
        "bad_band", "crossing_bands", "syntax", "outside_band", "unknown_name", "value", "partial_reference",
        "uneven_reference", "table", "name_both",
    )
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Problem:
    """One fault of a template: where, a stable code, and what to do about it."""

    sheet: str
    cell: str
    code: str
    text: str


def names(template: Path | bytes) -> set[str]:
    """Return the top-level names a template uses, lists of its bands included, loop variables left out.

    Raises TemplateError for a text that does not parse.
    """
    package = Package.open(template)
    engine = Engine(Budget(Limits()))
    used: set[str] = set()
    with told(None):
        plan = full_plan(package)
        for found in Survey(package).texts():
            try:
                used |= engine.names(found.text) - _local(plan, found)
            except TemplateFaultError as fault:
                raise fault.at(found.sheet, found.where, found.text) from None
    for sheet in plan.values():
        local = {band.variable for band in bands_of(sheet)} | {"row"}
        used |= {band.expression.partition(".")[0] for band in bands_of(sheet)} - local
    return used


def lint(
    template: Path | bytes, sample: Mapping[str, Any] | None = None, *, words: Words | None = None
) -> list[Problem]:
    """Return what is wrong with a template, in the order of its sheets; nothing means it renders.

    With ``sample`` data every expression is tried on every item of its lists, and in the end the whole
    template: what these data bring out is found before anybody's report depends on it. Codes: ``bad_band
    crossing_bands syntax outside_band unknown_name value partial_reference uneven_reference
    name_both table unfilled dead_link render``, and the remarks.
    """
    return _Lint(Package.open(template), sample, words or default_words()).run()


def _local(plan: Plan, found: Found) -> set[str]:
    if found.sheet not in plan:
        return set()
    bands = [band for band in around(plan[found.sheet], found) if band.repeats]
    return {str(band.variable) for band in bands} | ({"row", "loop", *OWN} if bands else set())


class _Lint:
    def __init__(self, package: Package, sample: Mapping[str, Any] | None, words: Words) -> None:
        self.package, self.sample, self.words = package, sample, words
        self.survey = Survey(package)
        self.engine = Engine(Budget(Limits()), (sample or {}).get(NAMES))
        self.picking = Picking(self.engine)
        self.sheets = [name for name, _ in package.sheets()]
        self.problems: list[Problem] = []
        self.options: set[str] = set()
        """Names that say something of a band."""
        self.crossed: set[str] = set()
        """Sheets whose bands cross: what stands on them is not asked for, since one cause is told once."""

    def run(self) -> list[Problem]:
        """Go through all checks."""
        plan = self._plan()
        self._bands(plan)
        self._texts(plan)
        rows = {name: one.rows for name, one in plan.items()}
        repeats = Repeats(self.survey, rows)
        for fault in chain(beside_bands(self.survey, rows), repeats.added()):
            self._fault("beside_band", fault)
        for fault in repeats.unmoved():
            self._fault("unmoved_reference", fault)
        self._references(plan)
        self._functions()
        made = self._dry_run()
        known = set(self.sheets) if made is None else {name for name, _ in made.sheets()} | set(self.sheets)
        for found in unfilled(self.survey, self.engine, self._offered(plan)):
            self._fault(found.code, found.fault)
        own = self.words.names("summary_sheet").values()
        for fault in dead_links(self.survey, self._values(plan), known, own):
            self._fault("dead_link", fault)
        order = {name: index for index, name in enumerate(self.sheets)}
        return sorted(self.problems, key=lambda p: order.get(p.sheet, len(order)))

    def _fault(self, code: str, fault: TemplateFaultError) -> None:
        cell = in_words(fault.cell or "", self.words)
        problem = Problem(fault.sheet or "", cell, code, reason_of(fault, self.words))
        if problem not in self.problems:
            self.problems.append(problem)

    def _say(self, found: Found, code: str, key: str, **facts: Any) -> None:
        self._fault(code, TemplateFaultError(key, **facts).at(found.sheet, found.where))

    def _plan(self) -> Plan:
        """Read the bands one by one, so that a bad one does not hide the others."""
        good = []
        for name in band_names(self.package):
            try:
                read_plan([name], self.sheets)
                good.append(name)
            except TemplateFaultError as fault:
                self._fault("bad_band", fault.at("", name[0]))
        plan = read_plan(good, self.sheets)
        add_tables(self.package, plan)
        self._options(plan)
        plan = spelt(plan, self.sample or {})
        for sheet, one in plan.items():
            try:
                abreast(self.package, sheet, one)
                one.nested(sheet)
            except TemplateFaultError as fault:
                self._fault("crossing_bands", fault)
                self.crossed.add(sheet)
                one.rows, one.columns = [], []
        for called, text, _ in defined_names(self.package):
            if called in self.options:
                continue
            if GONE in text:
                self._fault("gone_name", TemplateFaultError("gone", name=called).at("", called))
            elif likely := misspelt(called, text, self.sample or {}):
                self._fault(
                    "bad_band", TemplateFaultError("band_typo", name=called, near=likely).at("", called)
                )
        return plan

    def _options(self, plan: Plan) -> None:
        """Add what is said of the bands one by one; what is said of none is remarked."""
        sound = []
        for option in option_names(self.package):
            try:
                used = add_options(copy.deepcopy(plan), [option])
            except TemplateFaultError as fault:
                self._fault("bad_band", fault.at("", option.name))
                continue
            if used:
                sound.append(option)
            elif option.text and not option.text.isdigit():
                known = [name for name, _, _ in band_names(self.package)]
                unused = TemplateFaultError("unused_option", name=option.name, known=tuple(known))
                self._fault("unused_option", unused.at("", option.name))
        add_options(plan, sound)
        self.options = {option.name for option in sound}

    # ---- expressions

    def _bands(self, plan: Plan) -> None:
        """Ask every band for its list, wherever it stands."""
        if self.sample is None:
            return
        for sheet, one in plan.items():
            for level, row in ((one.whole, False), (one.rows, True), (one.columns, False)):
                for band in (side for held in level for side in held.sides or (held,)):
                    column = band.columns[0] if band.columns else None
                    at = (band.first, column, band.last) if row else (None, band.first)
                    found = Found(sheet, band.name, "", *at)
                    self._try(plan, found, lambda _: None)

    def _texts(self, plan: Plan) -> None:
        variables = {
            str(band.variable): band.name for one in plan.values() for band in bands_of(one) if band.repeats
        }
        for found in self.survey.texts():
            try:
                used = self.engine.names(found.text)
                evaluate = self.engine(found.text, found.sheet, found.where)
            except TemplateFaultError as fault:
                self._fault("syntax", fault.at(found.sheet, found.where, found.text))
                continue
            if found.sheet in self.crossed:
                continue
            for name in sorted(used & (variables.keys() | {"loop", "row"}) - _local(plan, found)):
                if name not in (self.sample or {}):
                    if name in variables:
                        self._say(found, "outside_band", "outside_band", name=name, band=variables[name])
                    else:
                        self._say(found, "outside_band", "row_outside", name=name)
                    break
            else:
                self._try(plan, found, evaluate)

    def _try(self, plan: Plan, found: Found, evaluate: Evaluate) -> None:
        """Evaluate a text for every item; tell the first fault of each kind that counts."""
        if self.sample is None:
            return
        try:
            for scope, hidden in self._scopes(plan, found):
                try:
                    evaluate(scope)
                except TemplateFaultError as fault:
                    if not hidden or _code(fault) != "value":
                        raise
        except TemplateFaultError as fault:
            self._fault(_code(fault), fault.at(found.sheet, found.where))

    def _scopes(self, plan: Plan, found: Found) -> Iterator[tuple[Mapping[str, Any], bool]]:
        """Return the variables of every copy of a place, and whether a condition takes that copy out."""
        bands = around(plan[found.sheet], found) if found.sheet in plan else []
        yield from self._copies(bands, dict(self.sample or {}), found.sheet, hidden=False)

    def _copies(
        self, bands: Sequence[Band], scope: Mapping[str, Any], sheet: str, *, hidden: bool
    ) -> Iterator[tuple[Mapping[str, Any], bool]]:
        if not bands:
            yield scope, hidden
            return
        band, inner = bands[0], bands[1:]
        items = self.picking.items(sheet, band, scope)
        if not band.repeats:
            yield from self._copies(inner, scope, sheet, hidden=hidden or not len(items))
            return
        for index, item in enumerate(items):
            own = enter(scope, band, item, index, len(items))
            yield from self._copies(inner, own, sheet, hidden=hidden)

    def _values(self, plan: Plan) -> Callable[[Found], Iterator[str]]:
        """Return how the values of a text are found: of every copy, those that cannot be told left out."""

        def values(found: Found) -> Iterator[str]:
            if not is_template(found.text):
                yield found.text
            elif self.sample is not None:
                with suppress(TemplateFaultError):
                    evaluate = self.engine(found.text + "{{''}}", found.sheet, found.where)
                    for scope, hidden in self._scopes(plan, found):
                        if not hidden:
                            yield str(evaluate(scope))

        return values

    def _offered(self, plan: Plan) -> set[str]:
        """Return every name that may begin an expression somewhere."""
        variables = {str(band.variable) for one in plan.values() for band in bands_of(one) if band.repeats}
        return {*(self.sample or {}), *variables, "row", "loop"}

    def _dry_run(self) -> Package | None:
        """Render with the sample and throw it away; what no other check has found is found here."""
        if self.sample is None or any(problem.code in _FATAL for problem in self.problems):
            return None
        try:
            return dry_run(self.package, self.sample)
        except TemplateFaultError as fault:
            self._fault("render", fault)
            return None

    # ---- references

    def _references(self, plan: Plan) -> None:
        singles: Collection[str] = ()
        meant = self.options | {name for name, _, _ in band_names(self.package)}
        try:
            singles = single_names(self.package, plan)
        except TemplateFaultError as fault:
            self._fault("name_both", fault)
        many, none = (trial(plan, self.package, many=many) for many in (True, False))
        for found in self.survey.formulas():
            if _named(found) in meant:
                continue
            try:
                whole = found.whole and _named(found) not in singles
                many.formula(found.text, spot_of(many, found), whole=whole)
            except UnfollowableError as error:
                code = "partial_reference" if isinstance(error, UngrowableError) else "uneven_reference"
                what = phrase("what.formula", text=found.text)
                self._fault(code, cannot_follow(error, what).at(found.sheet, found.where))
                continue
            if GONE in found.text or not self._stays(plan, found):
                continue
            with suppress(UnfollowableError):  # the rows of one sheet may be gone
                if GONE in none.formula(found.text, spot_of(none, found), whole=found.whole):
                    self._say(found, "vanishing_reference", "vanishing", text=found.text)
        for found in self.survey.spans():
            sheet = many.sheets[found.sheet.casefold()][0]
            try:
                list(sheet.instances(read_area(found.text)))
            except UngrowableError as error:
                what = (
                    found.where
                    if isinstance(found.where, Phrase)
                    else phrase("what.formula", text=found.where)
                )
                self._fault("partial_reference", cannot_follow(error, what).at(found.sheet, found.where))
        for found in self.survey.tables():
            for moves in (many, none):
                try:
                    grown_table(
                        moves.sheets[found.sheet.casefold()][0], read_area(found.text), str(found.where)
                    )
                except TemplateFaultError as fault:
                    fault.cell = found.where
                    self._fault("table", fault)
                    break

    @staticmethod
    def _stays(plan: Plan, found: Found) -> bool:
        """Tell whether a place is there whatever the data are."""
        if found.sheet not in plan:
            return True
        return all(band.repeats and not band.optional for band in around(plan[found.sheet], found))

    # ---- functions

    def _functions(self) -> None:
        calculated: set[str] = set()
        for found in self.survey.formulas():
            for function in newer(found.text):
                instead = phrase(f"instead.{function}")
                self._say(found, "newer_function", "newer_function", function=function, instead=instead)
            if found.shown and found.sheet not in calculated:
                calculated.add(found.sheet)
                self._say(found, "uncalculated", "uncalculated")


def _named(found: Found) -> str:
    """Return which defined name was found; blank for anything else."""
    if found.sheet != BOOK or not isinstance(found.where, Phrase):
        return ""
    return str(dict(found.where.facts).get("text", ""))


def _code(fault: TemplateFaultError) -> str:
    """Return the code of what went wrong in a text."""
    key = fault.reason.key
    if key.endswith("_outside"):
        return "outside_band"
    return "unknown_name" if key.startswith("unknown_") else "value"
