"""The door through which scenario files enter: TOML in, checked model or placed errors out.

`extends = "baseline.toml"` at the top lays a file over another one, named relative to itself:
tables merge, anything else is replaced. A table that says `replace = true` is replaced as well.
"""

import os
import re
import sys
import tomllib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, time
from difflib import get_close_matches
from functools import reduce
from pathlib import Path
from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError

from sim.errors import InputError
from sim.plain_words import complaints
from sim.shown import shown, visible
from sim.toml_lines import KeyPath, key_lines

Model = TypeVar("Model", bound=BaseModel)

LARGEST_BYTES = 1_000_000
MOST_ERRORS = 20

_ABSENT = object()

_PLAIN_SYNTAX = {  # by how tomllib's message begins; others are plain already
    "Invalid value": "expected a number, true, false, a date, or text in quotes",
    "Invalid statement": "expected `key = value` or `[table]`",
    "Expected newline or end of document after a statement": "expected the line to end here",
    "Illegal character '\\n'": "expected the closing quote on this line",
    "Cannot overwrite a value": "expected a key that was not given before",
    "Cannot declare": "expected a table that was not given before",
    "Cannot redefine": "expected a table that was not given before",
    "Cannot mutate": "expected nothing more for a list or table closed before",
}


@dataclass(frozen=True)
class Place:
    """Where something is written; values that come from Python have no line."""

    file: str
    line: int | None

    def __str__(self) -> str:
        return visible(self.file) + (f":{self.line}" if self.line else "")


@dataclass(frozen=True)
class Document:
    """The values of a scenario file after `extends`, and where each was written."""

    values: dict[str, Any]
    files: tuple[str, ...]  # the file itself first, then its parents, nearest first
    written: dict[KeyPath, Place]

    def place(self, path: KeyPath) -> Place:
        """The place of a value or, if it is not written, of the nearest table around it."""
        around = (path[:length] for length in range(len(path), -1, -1))
        return next(self.written[key] for key in around if key in self.written)

    def parse(self, model: type[Model]) -> Model:
        """The values as a checked model; raises InputError with a line for each error."""
        try:
            return model.model_validate(self.values)
        except ValidationError as failure:
            found = complaints(model, failure)
        found.sort(key=lambda complaint: self._order(complaint[0]))
        lines = [self._message(path, text) for path, text in found[:MOST_ERRORS]]
        if len(found) > MOST_ERRORS:
            lines.append(f"… and {len(found) - MOST_ERRORS} more")
        raise InputError(*lines)

    def error(self, path: KeyPath, text: str) -> InputError:
        """The error to raise when the value at a path is wrong; `text` says what is right."""
        return InputError(self._message(path, text))

    def _order(self, path: KeyPath) -> tuple[int, int]:
        place = self.place(path)
        return (self.files.index(place.file), place.line) if place.line else (0, 0)

    def _message(self, path: KeyPath, text: str) -> str:
        """`mine.toml:14 [limits] bad_debt = 3.5: expected a share in 0..1`."""
        text = visible(" ".join(text.split()))
        label = _label(self.values, path, missing=text.startswith("is missing"))
        colon = " " if text.startswith("is missing") else ": "
        return f"{self.place(path)}{label and ' '}{label}{colon}{text}"


def read(path: str | os.PathLike[str]) -> Document:
    """The document in a TOML file, laid over the one it `extends`; raises InputError."""
    file = os.fspath(path)

    def refusal(text: str) -> InputError:
        return InputError(f"{visible(file)}: {text}")

    try:
        chain = [_load(file, refusal)]
        while "extends" in chain[-1].values:
            chain.append(_parent(chain))
        return reduce(_extended, reversed(chain))
    except RecursionError:
        raise refusal("expected tables and lists less deeply nested") from None


def received(name: str, raw: bytes, shipped: Mapping[str, Path]) -> Document:
    """The document in a file that somebody sent: nothing that it names is opened.

    It may extend one of the `shipped` files, by its name; raises InputError for any other.
    """
    file = shown(name)

    def refusal(text: str) -> InputError:
        return InputError(f"{file}: {text}")

    try:
        sent = _written(raw, file, refusal)
        if "extends" not in sent.values:
            return sent
        below = sent.values["extends"]
        if not isinstance(below, str) or below not in shipped:
            known = ", ".join(map(repr, shipped)) or "none"
            raise sent.error(("extends",), f"expected a file that is served here ({known})")
        return _extended(read(shipped[below]), sent)
    except RecursionError:
        raise refusal("expected tables and lists less deeply nested") from None


def from_values(values: dict[str, Any], name: str = "<python>") -> Document:
    """A document from Python values, whose messages have no line numbers."""
    return Document(values, (), {(): Place(name, None)})


def scenario_names(paths: Sequence[Path]) -> dict[str, Path]:
    """Files by their names: the stem, with as many folders before it as make it unique."""
    full = [Path(os.path.realpath(path)) for path in paths]
    twice = [path for path, file in zip(paths, full, strict=True) if full.count(file) > 1]
    if twice:
        raise InputError(f"{twice[0]}: expected each scenario once, found {len(twice)} times")
    return {_name(file, full): path for file, path in zip(full, paths, strict=True)}


def _name(file: Path, among: list[Path]) -> str:
    """The shortest end of a path that no other path has."""
    for depth in range(1, len(file.parts)):
        ends = ["/".join(other.with_suffix("").parts[-depth:]) for other in among]
        end = "/".join(file.with_suffix("").parts[-depth:])
        if ends.count(end) == 1:
            return _writable(end)
    return _writable(file.name)  # two files of one folder that differ in their endings


def _writable(name: str) -> str:
    """The name as text that can be written anywhere: names of files may be any bytes."""
    return os.fsencode(name).decode("utf-8", "backslashreplace")


def _load(file: str, refusal: Callable[[str], InputError]) -> Document:
    """One file without its parents; `refusal` words an error about the file as a whole."""
    try:
        with open(file, "rb") as stream:
            raw = stream.read(LARGEST_BYTES + 1)
    except (OSError, ValueError) as error:
        raise refusal(_why_closed(file, error)) from None
    return _written(raw, file, refusal)


def _written(raw: bytes, file: str, refusal: Callable[[str], InputError]) -> Document:
    """What the bytes of one file say."""
    if len(raw) > LARGEST_BYTES:
        raise refusal("expected a file of at most 1 MB")
    text = _decoded(raw, file)
    values = _parsed(text, file)
    if not values:
        raise refusal("the file is empty; expected at least one `key = value`")
    lines = key_lines(text)
    return Document(values, (file,), {key: Place(file, line) for key, line in lines.items()})


def _why_closed(file: str, error: Exception) -> str:
    """What would be right for a file that does not open."""
    if os.path.isdir(file):
        return "expected a TOML file, this is a folder"
    if not isinstance(error, FileNotFoundError):
        return f"expected a readable file ({getattr(error, 'strerror', None) or error})"
    folder, name = os.path.split(file)
    try:
        names = [entry for entry in os.listdir(folder or ".") if entry.endswith(".toml")]
    except OSError:
        return f"no such file, and no folder {_show(folder)}"
    stems = {entry.removesuffix(".toml"): entry for entry in names}  # else every name is near
    close = get_close_matches(name.removesuffix(".toml"), stems, n=1)
    return f"no such file; did you mean {_show(stems[close[0]])}?" if close else "no such file"


def _decoded(raw: bytes, file: str) -> str:
    """The text of a file, line ends as tomllib counts them."""
    try:
        text = raw.decode("utf-8").removeprefix("\ufeff")
    except UnicodeDecodeError as error:
        line = raw.count(b"\n", 0, error.start) + 1
        byte = f"byte 0x{raw[error.start]:02x} at offset {error.start}"
        raise InputError(f"{Place(file, line)}: expected text saved as UTF-8 ({byte})") from None
    return text.replace("\r\n", "\n")


def _parsed(text: str, file: str) -> dict[str, Any]:
    """The values of a TOML text."""
    try:
        return tomllib.loads(text)
    except ValueError as error:
        wrong, _, at = str(error).rpartition(" (at ")
        if not wrong:  # not TOML's but Python's limit on the digits of a number
            most = sys.get_int_max_str_digits()
            place = Place(file, _line_of_digits(text, most))
            raise InputError(f"{place}: expected numbers of at most {most:,} digits") from None
    lines = text.rstrip().split("\n")
    position = re.match(r"line (\d+), (column \d+)", at)
    line = min(int(position[1]), len(lines)) if position else len(lines)
    column = position[2] if position else "at the end of the file"
    plain = (right for start, right in _PLAIN_SYNTAX.items() if wrong.startswith(start))
    right = visible(next(plain, wrong[0].lower() + wrong[1:]))
    source = shown(lines[line - 1].strip())
    raise InputError(f"{Place(file, line)} {source}: {right} ({column})")


def _line_of_digits(text: str, most: int) -> int | None:
    """The first line with a number of more than `most` digits, or something that looks like one."""
    found = re.search(rf"(\d_?){{{most + 1}}}", text, re.ASCII)
    return text.count("\n", 0, found.start()) + 1 if found else None


def _parent(chain: list[Document]) -> Document:
    """The file that the last one of the chain extends."""
    child = chain[-1]
    name = child.values["extends"]
    if not isinstance(name, str) or "\0" in name:
        raise child.error(("extends",), "expected the name of one TOML file, in quotes")
    file = _from_here(Path(child.files[0]).parent / name)
    seen = [document.files[0] for document in chain]
    if os.path.realpath(file) in map(os.path.realpath, seen):
        circle = " -> ".join(map(visible, [*seen, file]))
        raise child.error(("extends",), f"expected a file outside this circle: {circle}")
    return _load(file, lambda text: child.error(("extends",), text))


def _from_here(path: Path) -> str:
    """The path relative to the current directory, unless the full one is shorter."""
    full = os.path.realpath(path)  # Path.resolve raises where links lead in a circle
    try:
        return min(os.path.relpath(full), full, key=len)
    except ValueError:  # on another Windows drive
        return full


def _extended(parent: Document, child: Document) -> Document:
    """The child laid over its parent."""
    taken: set[KeyPath] = set()
    values = _laid_over(parent.values, child.values, (), taken)
    del values["extends"]
    kept = {
        path: place
        for path, place in parent.written.items()
        if not any(path[:length] in taken for length in range(len(path) + 1))
    }
    return Document(values, child.files + parent.files, kept | child.written)


def _laid_over(below: dict, above: dict, at: KeyPath, taken: set[KeyPath]) -> dict[str, Any]:
    """Tables merged, all else from `above`; `taken` collects the paths that hide what is below."""
    merged = dict(below)
    if above.get("replace") is True:
        taken.add(at)
        above = {key: new for key, new in above.items() if key != "replace"}
        merged = {}
    for key, new in above.items():
        path, old = (*at, key), merged.get(key)
        if not (isinstance(new, dict) and isinstance(old, dict)):
            taken.add(path)
            old = {}
        merged[key] = _laid_over(old, new, path, taken) if isinstance(new, dict) else new
    return merged


def _label(values: Any, path: KeyPath, missing: bool) -> str:
    """`[table.path] key = value`; a table stands for itself, an item of a list is `#2`."""
    tables = [n for n in range(len(path) + 1) if isinstance(_value(values, path[:n]), dict)]
    split = max(tables, default=0)
    label = f"[{_dotted(path[:split])}] " if split else ""
    if split < len(path):
        value = _value(values, path)
        absent = "" if missing else " (not given)"
        label += _dotted(path[split:]) + (absent if value is _ABSENT else f" = {_show(value)}")
    return label.rstrip()


def _value(values: Any, path: KeyPath) -> Any:
    """The value at a path, or _ABSENT."""
    for part in path:
        if isinstance(part, int) and isinstance(values, list | tuple):
            values = values[part] if part < len(values) else _ABSENT
        else:
            values = values.get(part, _ABSENT) if isinstance(values, dict) else _ABSENT
    return values


def _dotted(path: KeyPath) -> str:
    """`scheme.pay #2.weights`."""
    dotted = ""
    for part in path:
        bare = isinstance(part, str) and re.fullmatch(r"[\w-]+", part, re.ASCII)
        dotted += (
            f" #{part + 1}" if isinstance(part, int) else f".{shown(part) if bare else _show(part)}"
        )
    return dotted.removeprefix(".")


def _show(value: Any) -> str:
    """The repr of a value on one line, shortened."""
    try:
        text = str(value) if isinstance(value, date | time) else repr(value)
        text = text.lower() if isinstance(value, bool) else text  # as TOML writes it
    except (ValueError, RecursionError):  # an int of thousands of digits, tables without end
        text = f"<{type(value).__name__}>"
    return shown(text)
