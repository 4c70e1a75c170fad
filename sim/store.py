"""The results store: a folder that keeps each finished run once, whenever its writers are killed.

A run is one file, written aside and renamed, so that it is there whole or not at all. Many small
files are compacted into one; a file is removed only after another that holds all of its runs has
reached the disk. So at any moment every finished run is in at least one file, and readers count a
run that is in two of them once. Any number of processes may write and compact at the same time.

- `store.json` says whose folder this is
- `sweeps/NAME.parquet`: a row for each scheme at each point of a sweep, with its scenario
- `runs/NAME.parquet`: one run, its measures and its table by period
- `parts/NAME.parquet`: many runs
"""

import json
import os
import secrets
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Self

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from sim.errors import InputError, StoreError
from sim.identity import named

LABEL, SWEEPS, RUNS, PARTS = "store.json", "sweeps", "runs", "parts"
IDENTITY = {"made_by": "postloan", "kind": "store of runs", "layout": 1}
MANY_RUNS = 256  # files of one run each: more are compacted
MANY_PARTS = 8
ABANDONED_SECONDS = 3600  # a file being written is renamed within a second
TAIL = b"PAR1"  # the last bytes of a whole Parquet file


@dataclass(frozen=True)
class Store:
    """The runs of a folder; what is on disk is all that it remembers."""

    folder: Path

    @classmethod
    def open(cls, folder: str | Path, new: bool = True) -> Self:
        """The store in a folder, made there if `new`. Raises InputError for any other folder."""
        store = cls(Path(folder))
        store._check(new)
        if new:
            store._make()
        return store

    def holds(self, key: str) -> bool:
        """Whether the run has a file of its own; compacted runs are only in `finished`."""
        return (self.folder / RUNS / f"{key}.parquet").exists()

    def finished(self) -> set[str]:
        """The names of all finished runs."""
        single = {path.stem for path in self._runs()}  # first: runs move to parts, never back
        return single | set(_column(self._read(lambda: _files(self.folder / PARTS), ["run"])))

    def runs(self, columns: Sequence[str] | None = None) -> pa.Table | None:
        """One row a run, by name; None if there is none."""
        return _once(self._read(self.files, columns))

    def files(self) -> list[Path]:
        """The files that hold the finished runs; a run may be in two of them."""
        return [*self._runs(), *_files(self.folder / PARTS)]  # in this order, as in `finished`

    def sweeps(self) -> list[str]:
        """The names of the sweeps that used this folder, the last one first."""
        files = _files(self.folder / SWEEPS)
        return [path.stem for path in sorted(files, key=lambda path: -path.stat().st_mtime)]

    def sweep(self, key: str) -> pa.Table | None:
        """What a sweep consists of; None if it never used this folder."""
        path = self.folder / SWEEPS / f"{key}.parquet"
        return _table(path, None) if path in _files(path.parent) else None

    def keep_run(self, key: str, content: pa.Buffer | bytes) -> None:
        """Keep a finished run's file. Raises StoreError if the disk is full or closed."""
        self._put(self.folder / RUNS / f"{key}.parquet", content)

    def keep_sweep(self, key: str, table: pa.Table) -> None:
        """Keep what a sweep consists of; the last one used is the newest."""
        self._put(self.folder / SWEEPS / f"{key}.parquet", _encoded(table, compression="zstd"))

    def compact(self, many_runs: int = MANY_RUNS, many_parts: int = MANY_PARTS) -> None:
        """Put the small files into one if there are many, and the large ones if they are."""
        runs, parts = self._runs(), _files(self.folder / PARTS)
        if len(runs) > many_runs or len(parts) > many_parts:
            self._merge([*runs, *(parts if len(parts) > many_parts else [])])

    # ---- the order of these steps is what survives a kill ----

    def _merge(self, files: list[Path]) -> None:
        try:
            merged = _once([_table(path, None) for path in files])
        except FileNotFoundError:  # somebody else is compacting: leave it to them
            return
        key = named(merged["run"].to_pylist())
        part = self.folder / PARTS / f"{key}.parquet"
        self._put(part, _encoded(merged, compression="zstd"))
        for path in files:
            if path != part:
                path.unlink(missing_ok=True)

    def _put(self, target: Path, content: bytes | pa.Buffer) -> None:
        """Written aside, on the disk, renamed: in this order."""
        fresh = target.with_name(f".{target.name}.{secrets.token_hex(4)}")
        try:
            with open(fresh, "xb") as stream:
                stream.write(content)
                stream.flush()
                os.fsync(stream.fileno())
            fresh.replace(target)
            _settle(target.parent)
        except OSError as error:
            with suppress(OSError):
                fresh.unlink(missing_ok=True)
            raise StoreError(
                f"{self.folder}: cannot write ({error.strerror or error}); every finished run is "
                f"kept, and the same command goes on from there once there is room"
            ) from None

    # ---- reading while others write ----

    def _runs(self) -> list[Path]:
        """Files of one run; one that a power cut left torn is removed, and its run not finished."""
        whole = []
        for path in _files(self.folder / RUNS):
            with suppress(FileNotFoundError):
                if _is_whole(path):
                    whole.append(path)
                else:
                    path.unlink(missing_ok=True)
        return whole

    def _read(self, listed: Callable[[], list[Path]], columns) -> list[pa.Table]:
        """The tables of the files listed; anew if one was compacted away between list and look."""
        while True:
            with suppress(FileNotFoundError):
                return [_table(path, columns) for path in listed()]

    # ---- the folder ----

    def _check(self, new: bool) -> None:
        folder = self.folder
        try:
            if (folder / LABEL).is_file():
                found = json.loads((folder / LABEL).read_text("utf-8"))
                if found == IDENTITY:
                    return
                raise InputError(f"{folder}: expected a store of this version's layout")
            if not folder.exists() and new:
                return
            if not folder.is_dir():
                raise InputError(f"{folder}: no such folder of finished runs")
            if not new or any(not path.name.startswith(".") for path in folder.iterdir()):
                raise InputError(
                    f"{folder}: expected a store of runs{' or a new folder' * new}, "
                    f"this one has no {LABEL}"
                )
        except (OSError, ValueError) as error:
            reason = getattr(error, "strerror", None) or error
            raise InputError(f"{folder}: expected a readable store of runs ({reason})") from None

    def _make(self) -> None:
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
            if not (self.folder / LABEL).exists():  # first: what has none is no store
                self._put(self.folder / LABEL, json.dumps(IDENTITY).encode())
            for kind in (SWEEPS, RUNS, PARTS):
                (self.folder / kind).mkdir(exist_ok=True)
                _clear(self.folder / kind)
            if not os.access(self.folder / RUNS, os.W_OK):
                raise PermissionError(0, "permission denied")
        except OSError as error:
            raise InputError(
                f"{self.folder}: expected a folder to write to ({error.strerror})"
            ) from None
        except StoreError as error:
            raise InputError(str(error)) from None


def run_file(row: pa.Table) -> bytes:
    """The content of a run's file; quick to make, as one row gains nothing from more."""
    return _encoded(row, compression="none", use_dictionary=False, write_statistics=False,
                    store_schema=False).to_pybytes()  # fmt: skip


def _encoded(table: pa.Table, **how: object) -> pa.Buffer:
    sink = pa.BufferOutputStream()
    pq.write_table(table, sink, **how)
    return sink.getvalue()


def _files(folder: Path) -> list[Path]:
    """The finished files of a folder, by name."""
    return sorted(path for path in folder.glob("*.parquet") if not path.name.startswith("."))


def _table(path: Path, columns: Sequence[str] | None) -> pa.Table:
    """A file's table, read without threads: a process that has some cannot be forked safely."""
    with pq.ParquetFile(path, pre_buffer=False) as file:
        return file.read(columns=columns, use_threads=False)


def _once(tables: list[pa.Table]) -> pa.Table | None:
    """The rows of all tables by name of run, each run once."""
    if not tables:
        return None
    table = pa.concat_tables(tables, promote_options="permissive")
    keys = table["run"].combine_chunks()
    first = pc.index_in(pc.unique(keys).sort(), keys)
    return table.take(first)


def _column(tables: list[pa.Table]) -> Iterator[str]:
    return (name for table in tables for name in table["run"].to_pylist())


def _is_whole(path: Path) -> bool:
    with open(path, "rb") as stream:
        size = stream.seek(0, os.SEEK_END)
        if size < 2 * len(TAIL):
            return False
        stream.seek(-len(TAIL), os.SEEK_END)
        return stream.read() == TAIL


def _settle(folder: Path) -> None:
    """Make a rename last through a power cut, where folders can be synchronised."""
    if hasattr(os, "O_DIRECTORY"):
        handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)


def _clear(folder: Path) -> None:
    """Remove what killed writers left half-written."""
    for path in folder.glob(".*"):
        with suppress(FileNotFoundError):
            if time.time() - path.stat().st_mtime > ABANDONED_SECONDS:
                path.unlink()
