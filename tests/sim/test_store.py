"""The results store keeps every finished run once, whatever happens to its writers."""

import os
import resource
import threading
import traceback
from collections.abc import Callable, Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

import pyarrow as pa
import pytest

from sim import InputError, StoreError
from sim.store import RUNS, Store, run_file

NOBODY = 65534  # a user who owns nothing


def row(key: str) -> pa.Table:
    return pa.table({"run": [key], "number": [int(key)], "periods": [[{"period": 0}]]})


def fill(store: Store, keys) -> None:
    for key in keys:
        store.keep_run(str(key), run_file(row(str(key))))


def numbers(store: Store) -> list[int]:
    return sorted(store.runs(["run", "number"])["number"].to_pylist())


@pytest.fixture
def store(tmp_path) -> Store:
    return Store.open(tmp_path / "store")


def test_new_store_has_no_run(store):
    assert (store.finished(), store.runs()) == (set(), None)


def test_run_is_finished_when_its_file_is_there(store):
    fill(store, range(3))
    assert store.finished() == {"0", "1", "2"}
    assert Store.open(store.folder, new=False).finished() == {"0", "1", "2"}


@pytest.mark.parametrize("rounds", [1, 3])
def test_compaction_loses_and_doubles_nothing(store, rounds):
    for first in range(rounds):
        fill(store, range(10 * first, 10 * first + 10))
        store.compact(many_runs=5, many_parts=1)
    assert numbers(store) == list(range(10 * rounds))
    assert store.finished() == set(map(str, range(10 * rounds)))
    files = [*store.folder.rglob("*.parquet")]
    assert len(files) == 1


def test_few_files_are_left_alone(store):
    fill(store, range(5))
    store.compact(many_runs=5)
    assert len(list((store.folder / RUNS).iterdir())) == 5


def test_run_that_is_in_two_files_counts_once(store):
    fill(store, range(10))
    store.compact(many_runs=5)
    fill(store, range(4))  # as after a kill between writing the large file and removing these
    assert numbers(store) == list(range(10))
    store.compact(many_runs=0)
    assert numbers(store) == list(range(10))


def test_torn_file_is_no_finished_run(store):
    fill(store, range(2))
    path = store.folder / RUNS / "1.parquet"
    path.write_bytes(path.read_bytes()[:-20])
    assert store.finished() == {"0"}
    assert numbers(store) == [0]


def test_half_written_file_is_not_read_and_later_removed(store):
    fill(store, range(2))
    stray = store.folder / RUNS / ".7.parquet.12ab34cd"
    stray.write_bytes(b"half")
    os.utime(stray, (0, 0))
    assert numbers(Store.open(store.folder)) == [0, 1]
    assert not stray.exists()


def test_tables_of_older_code_stay_readable(store):
    fill(store, [1])
    newer = pa.table({"run": ["2"], "number": [2], "more": [0.5],
                      "periods": [[{"period": 0, "added": 1.5}]]})  # fmt: skip
    store.keep_run("2", run_file(newer))
    store.compact(many_runs=1)
    assert store.runs()["more"].to_pylist() == [None, 0.5]


def test_full_disk_is_told_and_leaves_the_store_intact(store):
    fill(store, range(3))
    before = sorted(store.folder.rglob("*"))
    limits = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (200, limits[1]))  # a write beyond it fails
    try:
        with pytest.raises(StoreError, match=r"cannot write .*every finished run is kept"):
            fill(store, [3])
        with pytest.raises(StoreError):
            store.compact(many_runs=0)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, limits)
    assert sorted(store.folder.rglob("*")) == before
    fill(store, [3])
    assert numbers(store) == [0, 1, 2, 3]


def as_plain_user(work: Callable[[], None]) -> None:
    """Do it in a process without root's right to write everywhere."""
    pid = os.fork()
    if pid == 0:
        try:
            if os.geteuid() == 0:
                os.setuid(NOBODY)
            work()
            os._exit(0)
        except BaseException:
            traceback.print_exc()
            os._exit(1)
    assert os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]) == 0


@pytest.fixture
def open_store() -> Iterator[Store]:
    """A store of two runs, in a folder that everybody may read."""
    with TemporaryDirectory() as folder:
        Path(folder).chmod(0o755)
        store = Store.open(Path(folder) / "store")
        fill(store, range(2))
        yield store


def closed(store: Store, closed: bool = True) -> None:
    store.folder.chmod(0o555 if closed else 0o755)
    for folder in store.folder.iterdir():
        if folder.is_dir():
            folder.chmod(0o555 if closed else 0o755)


def test_closed_store_is_refused_for_writing_and_can_be_read(open_store):
    def work() -> None:
        with pytest.raises(InputError, match="expected a folder to write to"):
            Store.open(open_store.folder)
        assert numbers(Store.open(open_store.folder, new=False)) == [0, 1]

    closed(open_store)
    try:
        as_plain_user(work)
    finally:
        closed(open_store, False)


def test_store_closed_while_a_sweep_writes_is_told_and_stays_intact(open_store):
    def work() -> None:
        with pytest.raises(StoreError, match=r"cannot write .*every finished run is kept"):
            fill(open_store, [7])

    closed(open_store)
    try:
        as_plain_user(work)
    finally:
        closed(open_store, False)
    assert numbers(open_store) == [0, 1]


def test_file_in_place_of_a_folder_is_refused(tmp_path):
    (tmp_path / "store").write_text("mine")
    with pytest.raises(InputError, match=r"expected a folder|no such folder"):
        Store.open(tmp_path / "store")


def test_folder_of_something_else_is_refused_and_left_alone(tmp_path):
    (tmp_path / "notes.txt").write_text("mine")
    with pytest.raises(InputError, match=r"this one has no store\.json"):
        Store.open(tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == ["notes.txt"]


def test_store_of_another_layout_is_refused(store):
    (store.folder / "store.json").write_text('{"layout": 2}')
    with pytest.raises(InputError, match="this version's layout"):
        Store.open(store.folder)


def test_reader_does_not_wait_for_a_compactor(store):
    """Files vanish between the list and the look; the reader then lists anew."""
    fill(store, range(40))
    found = []
    reader = threading.Thread(target=lambda: found.extend(numbers(store) for _ in range(20)))
    reader.start()
    while reader.is_alive():
        store.compact(many_runs=0, many_parts=0)
    reader.join()
    assert found == [list(range(40))] * 20
