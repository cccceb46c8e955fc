"""Headers read by the workers of a real Dask cluster, one of which dies on the way."""

import json
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from whynorm.data import entries
from whynorm.errors import UsageError

numpy = pytest.importorskip("numpy")
pytest.importorskip("distributed")

FILES = 400


def started(folder: Path, *arguments: str) -> "subprocess.Popen[bytes]":
    command = [sys.executable, "-m", *arguments, "--scheduler-file", "scheduler.json"]
    return subprocess.Popen(command, cwd=folder, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    made: Path = tmp_path_factory.mktemp("cluster")
    (made / "files").mkdir()
    for number in range(FILES):
        numpy.save(made / "files" / f"{number:03}.npy", numpy.zeros((number + 1, 2), "u1"))
    (made / "files" / "kaputt.npy").write_bytes(b"?")
    return made


@pytest.fixture
def cluster(folder: Path) -> Iterator[tuple[str, list["subprocess.Popen[bytes]"]]]:
    """The address of a scheduler, and its two workers."""
    scheduler = started(
        folder, "distributed.cli.dask_scheduler", "--host", "127.0.0.1", "--port", "0", "--no-dashboard"
    )
    workers = [
        started(folder, "distributed.cli.dask_worker", "--no-nanny", "--nthreads", "1", "--no-dashboard")
        for _ in range(2)
    ]
    try:
        waited_until = time.monotonic() + 300
        while not (folder / "scheduler.json").exists() and time.monotonic() < waited_until:
            time.sleep(0.1)
        address = json.loads((folder / "scheduler.json").read_text())["address"]
        from distributed import Client

        with Client(address, set_as_default=False, timeout="300s") as client:
            client.wait_for_workers(2, timeout=300)
        yield address, workers
    finally:
        for process in (*workers, scheduler):
            process.kill()
            process.wait()


def test_a_worker_that_dies_is_made_up_for(folder: Path, cluster: tuple[str, list["subprocess.Popen[bytes]"]]) -> None:
    address, (first, _) = cluster
    os.kill(first.pid, signal.SIGSTOP)  # it takes its share, and gets nowhere with it

    def die() -> None:
        time.sleep(2)
        first.kill()

    dying = threading.Thread(target=die)
    dying.start()
    found = list(entries(str(folder / "files"), scheduler=address))
    dying.join()
    assert first.wait() == -signal.SIGKILL
    assert found == list(entries(str(folder / "files")))
    assert len(found) == FILES + 1


def test_no_cluster_is_one_line(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("whynorm.data.spread._WAIT", "1s")
    with pytest.raises(UsageError, match=r"no Dask scheduler answers at tcp://127.0.0.1:9"):
        list(entries(str(folder / "files"), scheduler="tcp://127.0.0.1:9"))
