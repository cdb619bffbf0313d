"""Marked, clean and listed copies of workbooks that came in, each written where it is told to.

Owns the bounds under which workbooks are opened once more, and that none of them stops the others: whatever a
workbook holds costs its marks, and it comes back as a list of findings. Refuses: which file goes to whom.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from contextlib import closing
from dataclasses import dataclass, replace
from pathlib import Path

from salesxl import annotate
from salesxl.errors import RefusedError
from salesxl.files import publish
from salesxl.files.naming import fitting
from salesxl.intake import PLAIN
from salesxl.messages import Words
from salesxl.model import Block, Checked, Finding, Severity
from salesxl.workers import Hands
from salesxl.xlsx.read.inspect import REASONS, Limits

__all__ = ["CLEAN", "KEPT", "LISTED", "MARKED", "Marker", "Piece", "copied", "listing", "mark_words", "tell"]

MARKED, LISTED, CLEAN, KEPT, LARGE = b"marked", b"listed", b"clean", b"kept", b"large"
"""What became of a workbook; a large one is still to be done, in a process with bounds."""


@dataclass(frozen=True, slots=True)
class Piece:
    """A workbook that goes back: whose it is ("" for nobody known), where its copy goes, what is said of it.

    Without findings it goes back clean; without a source only their list does.
    """

    rep: str
    file: str
    source: Path | None
    target: Path
    findings: tuple[Finding, ...] = ()
    tables: tuple[annotate.TableArea, ...] = ()

    @property
    def errors(self) -> int:
        """How much must be mended."""
        return sum(f.severity is Severity.ERROR for f in self.findings)


def listing(target: Path, words: Words, *, errors: int) -> Path:
    """Return where the findings of a file go that cannot be marked itself."""
    key = "mark.sheet" if errors else "mark.check.sheet"
    return target.with_name(fitting(f"{target.name}.{words.text(key)}.xlsx"))


def tell(words: Words) -> annotate.Tell:
    return lambda finding: (words.message(finding), words.fix(finding))


def mark_words(words: Words, *, check: bool = False) -> annotate.MarkWords:
    """Return the sentences of the marks in the reader's language; ``check``: nothing must be mended."""
    names = ("column", "blank", "whole_file")
    titles = ("sheet", "summary", "how")
    heads = ("severity", "sheet", "cell", "field", "value", "message", "fix")
    return annotate.MarkWords(
        **{name: words.raw(f"mark.{name}") for name in names},
        **{name: words.raw(f"mark.check.{name}" if check else f"mark.{name}") for name in titles},
        **{f"head_{name}": words.raw(f"mark.head.{name}") for name in heads},
        severities=words.names("severity"),
        prefixes=words.names("mark_prefix"),
    )


def copied(
    pieces: Sequence[Piece],
    checked: Checked,
    words: Words,
    hands: Hands,
    tick: Callable[[int, int], object] | None = None,
) -> list[tuple[Path, bytes]]:
    """Write every piece; return where it lies and what became of it, in the order of the pieces.

    Everyday workbooks are marked as our own work is done. What is larger is marked as it was read, in a
    process with bounds, and comes back as a list if it breaks them. What was refused is not opened again.
    """
    refused = _refused(checked)
    tables = _tables(checked, {piece.file for piece in pieces})
    pieces = [
        replace(p, tables=tuple(tables.get(p.file, ())), source=None if p.file in refused else p.source)
        for p in pieces
    ]
    size = sum(piece.source.stat().st_size for piece in pieces if piece.source)
    became = [LARGE] * len(pieces)
    done = 0
    with closing(hands.spread(Marker(words, PLAIN), pieces, size)) as outcomes:
        for at, outcome in outcomes:
            became[at] = outcome
            done += outcome != LARGE
            if tick:
                tick(done, len(pieces))
    large = [at for at, outcome in enumerate(became) if outcome == LARGE]
    with closing(hands.held(Marker(words, Limits()), [pieces[at] for at in large])) as held:
        for number, told in held:
            at = large[number]
            if isinstance(told, bytes) and told:
                became[at] = told
            else:
                became[at] = Marker(words, PLAIN)(replace(pieces[at], source=None))
            done += 1
            if tick:
                tick(done, len(pieces))
    return [
        (listing(p.target, words, errors=p.errors) if how == LISTED else p.target, how)
        for p, how in zip(pieces, became, strict=True)
    ]


def _refused(checked: Checked) -> set[str]:
    """Return the files that were refused as a whole."""
    return {f.place.file for f in checked.findings if f.code in REASONS and f.place.sheet is None}


@dataclass(frozen=True, slots=True)
class Marker:
    """Writes a piece, wherever it is told to; what comes back is what became of it.

    Whatever a workbook holds costs its marks and nothing else: it comes back as a list of findings.
    """

    words: Words
    limits: Limits

    def __call__(self, piece: Piece) -> bytes:
        made = self._made(piece) if piece.source else None
        if made == LARGE:
            return LARGE
        if made is None and not piece.findings:
            return KEPT
        piece.target.parent.mkdir(parents=True, exist_ok=True)
        if made is not None:
            _put(piece.target, made)
            return MARKED if piece.findings else CLEAN
        told = annotate.findings_workbook(
            piece.findings, tell(self.words), self._said(piece), label=self._label, file=piece.file
        )
        _put(listing(piece.target, self.words, errors=piece.errors), told)
        return LISTED

    def _said(self, piece: Piece) -> annotate.MarkWords:
        return mark_words(self.words, check=not piece.errors)

    def _label(self, finding: Finding) -> str:
        return self.words.label(finding) or ""

    def _made(self, piece: Piece) -> bytes | None:
        """Return the workbook marked, or clean; None for one with which that cannot be done."""
        assert piece.source is not None
        try:
            if not piece.findings:
                return annotate.strip(piece.source, self.limits)
            return annotate.annotate(
                piece.source,
                piece.findings,
                tell(self.words),
                self._said(piece),
                tables=piece.tables,
                label=self._label,
                file=piece.file,
                limits=self.limits,
            ).data
        except RefusedError as refused:
            return LARGE if self.limits == PLAIN and "limit" in refused.facts else None
        except Exception:  # noqa: BLE001  one odd workbook must not stop everybody's Friday
            return None


def _put(target: Path, data: bytes) -> None:
    """Write a file anew: what bore its name may be another name of an original."""
    target.unlink(missing_ok=True)
    with publish.named(target):
        target.write_bytes(data)


def _tables(checked: Checked, files: Collection[str]) -> dict[str, list[annotate.TableArea]]:
    """Return where the tables of the files stand, for the column of explanations."""
    found: dict[str, list[annotate.TableArea]] = {}
    for submission in checked.submissions:
        if submission.file in files:
            areas = (_area(submission.sheet, b) for b in submission.blocks if b.columns and b.rows)
            found.setdefault(submission.file, []).extend(areas)
    return found


def _area(sheet: str, block: Block) -> annotate.TableArea:
    columns = [*block.columns.values(), *block.extra]
    rows = list(block.rows)
    header = block.last_header_row or block.header_row or rows[0] - 1
    return annotate.TableArea(sheet, header, min(columns), max(columns), rows[0], rows[-1])
