"""Writes a file or a folder aside and renames it, so that nothing half-written remains."""

import os
import secrets
import shutil
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from sim.errors import InputError
from sim.shown import shown

LONGEST_PATH = 4000  # bytes; systems take about 4,096, and names are added below


@contextmanager
def aside(target: Path) -> Iterator[Path]:
    """A free path beside `target`: what the block makes there replaces `target` if all went well.

    A file replaces a file, a folder a folder. Raises InputError if the place cannot be written
    to; leaves nothing behind then.
    """
    if not target.name:
        raise InputError(f"{target}: expected a name")
    if len(os.fsencode(target)) > LONGEST_PATH:
        raise InputError(f"{shown(str(target))}: expected a path of at most {LONGEST_PATH:,} bytes")
    fresh = _beside(target)
    missing = [folder for folder in target.parents if not os.path.lexists(folder)]
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        yield fresh
        _replace(target, fresh)
    except OSError as error:
        reason = error.strerror or str(error)
        raise InputError(f"{target}: expected a place to write to ({reason})") from error
    finally:
        _remove(fresh)
        for folder in missing:  # those made above, unless something stands in them now
            with suppress(OSError):
                folder.rmdir()


def check_writable(target: Path) -> None:
    """Refuse a place where nothing can be made, before the work that would be lost."""
    with suppress(_OnlyTriedError), aside(target) as fresh:
        fresh.mkdir()
        raise _OnlyTriedError


class _OnlyTriedError(Exception):
    """Leaves `aside` before it replaces anything."""


def _beside(target: Path) -> Path:
    return target.with_name(f".{target.name}.{secrets.token_hex(4)}")


def _replace(target: Path, fresh: Path) -> None:
    """Put `fresh` in the place of `target`; a folder there stands aside until that is done."""
    if not (target.is_dir() and fresh.is_dir()):
        fresh.replace(target)
        return
    old = target.rename(_beside(target))
    try:
        fresh.rename(target)
    except BaseException:
        old.rename(target)
        raise
    _remove(old)


def _remove(path: Path) -> None:
    if path.is_dir():
        shutil.rmtree(path, ignore_errors=True)
    elif os.path.lexists(path):
        path.unlink()
