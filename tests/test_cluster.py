"""Reading on a Dask cluster: the same cells as here, and a worker that dies costs one file at most."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from salesxl.cli import progress
from salesxl.errors import UsageError
from salesxl.intake import receive
from salesxl.intake.cache import reader_version
from salesxl.workers.cluster import cluster
from tests import hostile
from tests.sheets import RULES, archive, record, weekly

distributed = pytest.importorskip("distributed")
# The cluster's own affairs: of workers that are killed, as they are here, it says that they leave things.
pytestmark = [
    pytest.mark.slow,
    pytest.mark.filterwarnings("ignore::ResourceWarning"),
    pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning"),
]


class Breaks(distributed.WorkerPlugin):
    """Let the reader of every worker, those started anew too, die of any file whose name has 坏 in it."""

    idempotent = True

    def setup(self, worker: Any) -> None:
        from salesxl.xlsx.read import grid

        real = grid.read_inspected

        def reader(found: Any, *, file: str, **more: Any) -> Any:
            if "坏" in file:
                os._exit(1)
            return real(found, file=file, **more)

        grid.read_inspected = reader


@contextmanager
def _standing(workers: int) -> Iterator[Any]:
    import dask

    settings = {
        "distributed.scheduler.allowed-failures": 0,
        "distributed.worker.daemon": True,
        "distributed.admin.system-monitor.gil.enabled": False,
    }
    with (
        dask.config.set(settings),
        distributed.LocalCluster(
            n_workers=workers, threads_per_worker=1, processes=True, dashboard_address=":0", silence_logs=50
        ) as local,
    ):
        yield local


@pytest.fixture(autouse=True)
def _patience(monkeypatch):
    """A worker starts as slowly as the machine is busy: no test but those of patience may hang on it."""
    monkeypatch.setattr("salesxl.workers.cluster._ANSWER", 120)
    monkeypatch.setattr("salesxl.workers.cluster._FIRST_WORKER", 120)


@pytest.fixture(scope="module")
def address() -> Iterator[str]:
    with _standing(2) as local:
        yield local.scheduler_address


@pytest.fixture(scope="module")
def home(tmp_path_factory) -> Path:
    home = tmp_path_factory.mktemp("cluster")
    for name in ("甲", "乙", "丙"):
        archive(home / f"{name}.xlsx", [{"customer_name": f"{name}公司"}])
    weekly(home / "丁.xlsx")
    record(home / "戊.xlsx")
    (home / "断.xlsx").write_bytes(hostile.book()[:300])
    (home / "空.xlsx").write_bytes(b"")
    return home


def test_a_cluster_reads_the_same_cells_from_bytes_alone(address, home):
    with cluster(f"dask://{address}", reader_version) as crew:
        assert crew.remote
        assert receive([home], RULES, crew) == receive([home], RULES)


def test_a_file_that_kills_its_worker_costs_one_finding_and_the_run_goes_on(home, tmp_path):
    for path in home.iterdir():
        (tmp_path / path.name).write_bytes(path.read_bytes())
    sound = receive([tmp_path], RULES)
    weekly(tmp_path / "坏.xlsx", rep="坏")
    with _standing(
        2
    ) as mortal:  # of its own: workers that start anew are nothing for the other tests to meet
        address = mortal.scheduler_address
        with distributed.Client(address, set_as_default=False) as client:
            client.register_plugin(Breaks(), name="breaks")
        with cluster(f"dask://{address}", reader_version) as crew:
            batch = receive([tmp_path], RULES, crew)
    assert batch.submissions == sound.submissions
    lost = [f for f in batch.findings if f.place.file == "坏.xlsx"]
    assert [(f.code, f.facts["why"]) for f in lost] == [("unsafe", "crashed")]
    assert tuple(f for f in batch.findings if f not in lost) == sound.findings


def test_workers_that_run_other_code_are_refused(address):
    ours = iter(["ours"])
    with (
        pytest.raises(UsageError, match="cluster_version"),
        cluster(f"dask://{address}", _Elsewhere("theirs", ours)),
    ):
        pass


def test_workers_that_have_no_such_code_are_refused_in_one_line(address):
    with (
        pytest.raises(UsageError, match="cluster_version") as said,
        cluster(f"dask://{address}", _Elsewhere(ImportError("no module"), iter(["ours"]))),
    ):
        pass
    assert "\n" not in str(said.value)


def test_a_worker_that_leaves_while_it_is_asked_is_no_matter(address):
    with cluster(f"dask://{address}", _Elsewhere(OSError("closed"), iter(["ours"]))) as crew:
        assert crew.remote


class _Elsewhere:
    """Tell one version here and another one there, or fail there."""

    def __init__(self, there: str | Exception, here: Iterator[str] | None) -> None:
        self.there, self.here = there, here

    def __call__(self) -> str:
        if self.here:
            return next(self.here)
        if isinstance(self.there, Exception):
            raise self.there
        return self.there

    def __reduce__(self) -> Any:
        return _Elsewhere, (self.there, None)


def test_the_command_reads_on_the_cluster(address, home):
    command = [sys.executable, "-m", "salesxl", "validate", str(home), "--as-of", "2026-11-20"]
    here = subprocess.run(command, capture_output=True, text=True, check=False)
    there = subprocess.run(
        [*command, "--executor", f"dask://{address}"], capture_output=True, text=True, check=False
    )
    assert (there.stdout, there.returncode, there.stderr) == (here.stdout, here.returncode, "")


def test_an_address_at_which_nobody_answers_is_said_in_one_line(monkeypatch):
    monkeypatch.setattr("salesxl.workers.cluster._ANSWER", 0.3)
    with (
        pytest.raises(UsageError, match="cluster_silent") as said,
        progress.crew_of(None, "dask://127.0.0.1:9"),
    ):
        pass
    assert "\n" not in str(said.value)


def test_a_cluster_without_workers_is_said_in_one_line(monkeypatch):
    monkeypatch.setattr("salesxl.workers.cluster._FIRST_WORKER", 1)
    with (
        _standing(0) as empty,
        pytest.raises(UsageError, match="cluster_idle") as said,
        cluster(f"dask://{empty.scheduler_address}", reader_version),
    ):
        pass
    assert "\n" not in str(said.value)


def test_workers_that_are_still_starting_are_waited_for():
    with _standing(0) as empty:
        empty.scale(1)  # the worker is on its way, and not there yet
        with cluster(f"dask://{empty.scheduler_address}", reader_version) as crew:
            assert crew.remote


def test_an_address_of_another_kind_is_refused():
    with pytest.raises(UsageError, match="executor"), progress.crew_of(None, "spark://x:1"):
        pass
