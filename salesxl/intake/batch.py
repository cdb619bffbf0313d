"""A batch: which files are read, by whom, and what came of them, in the order of their names.

Owns the order, copies of the same file, and who reads: this process, workers, or an earlier run. Whoever it
was, the result is the same. Refuses: how one file is read; that is ``reader``.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, TypeAlias

from salesxl.errors import RefusedError, UsageError
from salesxl.files.naming import natural
from salesxl.intake import codec
from salesxl.intake.cache import Cache, reader_version, taught
from salesxl.intake.codec import Received
from salesxl.intake.copies import Copy, Taken, room, take
from salesxl.intake.headers import headers_of
from salesxl.intake.reader import Job, Reader, lost, refusal
from salesxl.model import Finding, Place, Severity, Submission
from salesxl.needs import needs_of
from salesxl.recognition.reps import ROSTER
from salesxl.rulebook import Rulebook
from salesxl.workers import Crew, Lost
from salesxl.xlsx.read import inspect

__all__ = ["Batch", "known_lists", "read_under", "reader_of", "receive"]

Tick: TypeAlias = Callable[[int, int], Any]
"""Called with the number of files done and of all."""


@dataclass(frozen=True, slots=True)
class Batch:
    """What came in: every file with its path, the forms found, what cannot be read or recognised.

    ``files`` maps the name a file is reported under (relative to the given folder) to its path, in order; a
    member of a zip, 包.zip/张三.xlsx, to that of the zip. ``copies`` are those that could be copied, where
    they lie now; a file that is not among them was refused and is not to be opened. ``whole`` says that a
    folder was given: of single files nobody can say who has handed in nothing. ``digests`` are those of the
    files; ``passed`` names those that were not read, since an earlier run did, with their digests.
    """

    files: Mapping[str, Path]
    submissions: tuple[Submission, ...]
    findings: tuple[Finding, ...]
    copies: Mapping[str, Path] = field(default_factory=dict)
    whole: bool = True
    digests: Mapping[str, str] = field(default_factory=dict)
    passed: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class _Listed:
    """A file to be read: its job, its size, and a digest of what is in it."""

    job: Job
    size: int
    digest: str


def receive(
    paths: Sequence[Path],
    rulebook: Rulebook,
    crew: Crew | None = None,
    *,
    cache: Cache | None = None,
    tick: Tick | None = None,
    home: Path | None = None,
    known: Collection[str] = (),
    again: Sequence[Path] = (),
    called: Mapping[Path, str] | None = None,
) -> Batch:
    """Read every workbook under the given paths.

    Each is copied first and read from there; ``home`` is where the copies are to stay (``room``), without one
    they are let go on return. A zip of forms is opened, and each form in it is a file of its own. A file that
    cannot be read costs one finding and nothing else. Of files with the same content only the first by name
    is read. With a ``crew`` a file that crashes, hangs or devours memory costs just its worker: everyday
    files are read here unless the crew is faster, all others by the crew. Without one everything is read
    here. ``cache`` holds what earlier runs read. None of them changes the result.

    ``known`` are digests of files that an earlier week took: they are passed over. ``again`` are folders of
    files that came in before and are read with these, unless they are among them. ``called`` are names that
    files go by, instead of those under which they lie.

    Raises:
        UsageError: a path does not exist.
    """
    for path in paths:
        if not path.exists():
            raise UsageError("not_found", path=path)
    if home is None:
        with room() as ours:
            batch = receive(
                paths,
                rulebook,
                crew,
                cache=cache,
                tick=tick,
                home=ours,
                known=known,
                again=again,
                called=called,
            )
            return replace(batch, copies={})
    taken = take(paths, home)
    taken.copies = _renamed(taken.copies, called or {})
    _add(taken, [path for path in again if path.exists()], home, called or {})
    passed = {copy.name: copy.digest for copy in taken.copies if copy.digest in known and copy.digest}
    taken.copies = [copy for copy in taken.copies if copy.name not in passed]
    files = {copy.name: copy.source for copy in taken.copies}
    findings = [_foreign(name, why) for name, why in taken.foreign]
    findings += [refusal(c.name, c.refused.code, c.refused.facts) for c in taken.copies if c.refused]
    listed, same = _distinct(taken.copies)
    findings += [_same_file(name, other) for name, other in same]
    reader = reader_of(rulebook)
    told: dict[int, Received] = {}
    for at, received in _read(listed, reader, crew, cache):
        told[at] = received
        if tick:
            tick(len(told), len(listed))
    submissions: list[Submission] = []
    for at, item in enumerate(listed):
        submissions += [replace(form, digest=item.digest) for form in told[at].submissions]
        findings += told[at].findings
    copies = {copy.name: copy.path for copy in taken.copies if copy.path}
    whole = any(path.is_dir() for path in paths)
    digests = {copy.name: copy.digest for copy in taken.copies if copy.digest}
    return Batch(files, tuple(submissions), tuple(findings), copies, whole, digests, passed)


def _renamed(copies: Sequence[Copy], called: Mapping[Path, str]) -> list[Copy]:
    """Return the copies under the names that they go by, in the order of these."""
    renamed = [replace(copy, name=called.get(copy.source, copy.name)) for copy in copies]
    return sorted(renamed, key=lambda copy: natural(copy.name))


def _add(taken: Taken, folders: Sequence[Path], home: Path, called: Mapping[Path, str]) -> None:
    """Add files that came in before; those that lie there still are not taken twice."""
    if not folders:
        return
    here = {(copy.size, copy.digest) for copy in taken.copies}
    names = taken.names()
    further = home / "again"
    further.mkdir()
    for copy in _renamed(take(folders, further).copies, called):
        if (copy.size, copy.digest) not in here:
            here.add((copy.size, copy.digest))
            name = copy.name if copy.name not in names else inspect.free(names, copy.name)
            names.add(name)
            taken.copies.append(replace(copy, name=name))
    taken.copies.sort(key=lambda copy: natural(copy.name))


def _read(
    listed: Sequence[_Listed], reader: Reader, crew: Crew | None, cache: Cache | None
) -> Iterator[tuple[int, Received]]:
    """Yield every file's place and what it gave, in the order in which they are done."""
    keys = _keys(listed, reader) if cache else {}
    left: list[int] = []
    seen: codec.Seen = {}
    for at, item in enumerate(listed):
        kept = cache.get(keys[at], item.job.name, seen) if cache and at in keys else None
        if kept is None:
            left.append(at)
        else:
            yield at, kept
    for at, received in _read_anew(listed, left, reader, crew):
        whole = received
        if not isinstance(whole, Received):
            whole = codec.loads(whole, listed[at].job.name, seen)
        if cache and at in keys and (whole.submissions or not _is_refusal(whole)):
            cache.put(keys[at], received)
        yield at, whole
    if cache:
        cache.save()


def _read_anew(
    listed: Sequence[_Listed], left: Sequence[int], reader: Reader, crew: Crew | None
) -> Iterator[tuple[int, Received | bytes]]:
    """Yield what files give that no earlier run has read; bytes are by ``codec.dumps``."""
    jobs = {at: listed[at].job for at in left}
    if crew is None:
        yield from ((at, reader.read(job)) for at, job in jobs.items())
        return
    size = sum(listed[at].size for at in left)
    if not crew.pays(len(jobs), size):
        for at in left:
            plain = reader.read_plain(jobs[at])
            if plain is not None:
                del jobs[at]
                yield at, plain
    if crew.remote:
        for at in list(jobs):
            try:
                jobs[at] = replace(jobs[at], data=inspect.contents(jobs[at].path))
            except RefusedError as refused:
                name = jobs.pop(at).name
                yield at, Received((), (refusal(name, refused.code, refused.facts),))
    if not jobs:
        return
    places = list(jobs)
    with closing(crew.run(reader, list(jobs.values()))) as outcomes:
        for number, outcome in outcomes:
            at = places[number]
            yield at, lost(jobs[at].name, outcome) if isinstance(outcome, Lost) else outcome


def reader_of(rulebook: Rulebook) -> Reader:
    """Return what reads a team's files: with its headers, its lists, and what its forms ask for."""
    needs = needs_of(rulebook.fields)
    return Reader(headers_of(rulebook), known_lists(rulebook), needs, rulebook.forms)


def _is_refusal(received: Received) -> bool:
    """Tell whether a file was not read: that may have been for want of a right, of time or of memory."""
    return any(f.code in inspect.REASONS for f in received.findings)


def _keys(listed: Sequence[_Listed], reader: Reader) -> dict[int, str]:
    """Return under which key each file's result is kept: all that it depends on."""
    basis = f"{reader_version()} {taught(reader.aliases, reader.choices, reader.needs, reader.forms)}"
    return {
        at: hashlib.sha256(f"{basis} {item.digest} {item.job.name}".encode("utf-8", "replace")).hexdigest()
        for at, item in enumerate(listed)
    }


def read_under(rulebook: Rulebook) -> str:
    """Return a digest of all that decides what of a file is taken: the program's reading and the settings."""
    reader = reader_of(rulebook)
    learnt = taught(reader.aliases, reader.choices, reader.needs, reader.forms)
    lists = sorted(rulebook.choices.items())
    told = (rulebook.stages, rulebook.grades, lists, rulebook.members, rulebook.parameters)
    days = sorted(rulebook.days.items())
    return hashlib.sha256(f"{reader_version()} {learnt} {told!r} {days!r}".encode()).hexdigest()[:16]


def known_lists(rulebook: Rulebook) -> dict[str, tuple[str, ...]]:
    """Return the words of every list: they tell columns whose header nobody knows."""
    lists = {name: tuple(o.value for o in options) for name, options in rulebook.choices.items()}
    stages, grades = (tuple(x.name for x in rows) for rows in (rulebook.stages, rulebook.grades))
    return {**lists, "阶段": stages, "等级": grades, ROSTER: tuple(m.name for m in rulebook.members)}


def _foreign(name: str, why: str) -> Finding:
    return Finding("unrecognised", Severity.WARNING, Place(name), facts={"why": why})


def _distinct(copies: Sequence[Copy]) -> tuple[list[_Listed], list[tuple[str, str]]]:
    """Return the files to read, and (name, name of its twin) for copies."""
    seen: dict[tuple[int, str], str] = {}
    listed: list[_Listed] = []
    same: list[tuple[str, str]] = []
    for copy in copies:
        if copy.path is None or copy.digest is None:
            continue
        key = copy.size, copy.digest
        if key in seen and copy.size:
            same.append((copy.name, seen[key]))
        else:
            seen.setdefault(key, copy.name)
            listed.append(_Listed(Job(copy.name, copy.path), copy.size, copy.digest))
    return listed, same


def _same_file(name: str, other: str) -> Finding:
    return Finding("superseded", Severity.NOTICE, Place(name), facts={"why": "same_file", "other": other})
