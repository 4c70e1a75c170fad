"""Compiled functions, kept on disk until any source that they are made of changes.

Numba drops what it kept when the function's own file changes, and not when another does whose
functions or numbers went into the machine code. So a changed rule could go on as it was before.
"""

import hashlib
import re
from collections.abc import Callable
from functools import cache
from pathlib import Path

import numpy as np
from numba import config, njit
from numba.core import caching

ROOT = Path(__file__).resolve().parents[1]
IMPORTED = re.compile(r"^from (sim\.[\w.]+) import", re.MULTILINE)


def compiled(signature: object = None, **options: object) -> Callable[[Callable], Callable]:
    """A decorator: the function as machine code, made at its first call; options as of `njit`."""

    def made(function: Callable) -> Callable:
        before, config.CACHE_LOCATOR_CLASSES = config.CACHE_LOCATOR_CLASSES, LOCATORS
        try:
            return njit(signature, cache=True, **options)(function)
        finally:
            config.CACHE_LOCATOR_CLASSES = before

    return made


def as_record(table: tuple) -> np.ndarray:
    """A named tuple of arrays and numbers as one record, (1,); flags become bytes.

    Numba is given it in a twentieth of the time, which counts in a small house.
    """
    columns = {name: np.asarray(column) for name, column in zip(table._fields, table, strict=True)}
    columns = {n: c.astype(np.uint8) if c.dtype == bool else c for n, c in columns.items()}
    out = np.zeros(1, np.dtype([(name, c.dtype, c.shape) for name, c in columns.items()]))
    for name, column in columns.items():
        out[name][0] = column
    return out


@cache
def sources(file: Path) -> tuple[Path, ...]:
    """The files of this package that a file takes something in from, itself first."""
    found = [file]
    for one in found:
        found += [other for other in _imported(one) if other not in found]
    return tuple(found)


@cache
def _imported(file: Path) -> list[Path]:
    names = dict.fromkeys(IMPORTED.findall(file.read_text("utf-8")))
    modules = [ROOT.joinpath(*name.split(".")) for name in names]
    return [m / "__init__.py" if m.is_dir() else m.with_suffix(".py") for m in modules]


@cache
def _stamp(file: Path) -> bytes:
    return hashlib.sha256(file.read_bytes()).digest()


def _stamped(locator: type) -> type:
    """A place of Numba's for machine code, with the stamp of all sources."""

    class Stamped(locator):
        def get_source_stamp(self):
            stamps = [_stamp(file) for file in sources(Path(self._py_file))]
            return hashlib.sha256(b"".join(stamps)).hexdigest()

    return Stamped


InTree = _stamped(caching.InTreeCacheLocator)
UserProvided = _stamped(caching.UserProvidedCacheLocator)
UserWide = _stamped(caching.UserWideCacheLocator)
LOCATORS = ",".join(f"{__name__}.{name}" for name in ("UserProvided", "InTree", "UserWide"))
