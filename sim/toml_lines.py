"""The line on which each key of a TOML text is written: tomllib reads values but gives no lines."""

import re
import tomllib
from typing import TypeAlias

KeyPath: TypeAlias = tuple[str | int, ...]

_PART = r"""(?:[A-Za-z0-9_-]+|"(?:\\.|[^"\\\n])*"|'[^'\n]*')"""
_KEY = rf"(?P<key>{_PART}(?:[ \t]*\.[ \t]*{_PART})*)"
_HEADER = re.compile(rf"^[ \t]*\[(?P<many>\[)?[ \t]*{_KEY}[ \t]*\]\]?", re.MULTILINE)
_TOKEN = re.compile(
    rf"""
      {_KEY}[ \t]*=
    | (?P<value> "{{3}}(?:\\.|[^\\])*?"{{3,5}} | '{{3}}.*?'{{3,5}}
               | "(?:\\.|[^"\\])*" | '[^']*' | [^\s\[\]{{}},\#"']+ )
    | (?P<open>[\[{{]) | (?P<close>[\]}}]) | (?P<comma>,)
    | (?P<gap>\#[^\n]* | [ \t]+ | .)
    """,
    re.VERBOSE | re.DOTALL,
)


def key_lines(text: str) -> dict[KeyPath, int]:
    """Line (from 1) of every table, key and array item by its path; `text` is valid TOML."""
    scan = _Scan()
    at = 0
    while token := (None if scan.open else _HEADER.match(text, at)) or _TOKEN.match(text, at):
        if token.re is _HEADER:
            scan.enter(_parts(token["key"]), many=bool(token["many"]))
        else:
            scan.take(token.lastgroup or "", token[0], token["key"])
        scan.line += token[0].count("\n")
        at = token.end()
    return scan.lines


class _Scan:
    """What one pass over the text remembers."""

    def __init__(self) -> None:
        self.lines: dict[KeyPath, int] = {(): 1}
        self.line = 1
        self.newest: dict[KeyPath, int] = {}  # index of the last table of each array of tables
        self.table: KeyPath = ()  # the table whose header came last
        self.target: KeyPath = ()  # what the next value is for
        self.open: list[tuple[KeyPath, int | None]] = []  # arrays with next index; inline tables

    def enter(self, keys: list[str], many: bool) -> None:
        """Go to the table of a header; the way through an array of tables is its newest one."""
        self.table = ()
        for depth, key in enumerate(keys, start=1):
            self.table += (key,)
            if many and depth == len(keys):
                self.newest[self.table] = self.newest.get(self.table, -1) + 1
            if self.table in self.newest:
                self.table += (self.newest[self.table],)
        self.note(self.table)

    def take(self, kind: str, token: str, key: str) -> None:
        """Follow one token that is not a header."""
        inside, index = self.open[-1] if self.open else (self.table, None)
        if kind == "key":
            self.target = inside + tuple(_parts(key))
            self.note(self.target)
        elif kind in ("value", "open"):
            if index is not None:
                self.target = (*inside, index)
                self.note(self.target)
            if kind == "open":
                self.open.append((self.target, 0 if token == "[" else None))
        elif kind == "comma" and index is not None:
            self.open[-1] = (inside, index + 1)
        elif kind == "close":
            self.open.pop()

    def note(self, path: KeyPath) -> None:
        """Write down a path; tables it implies keep the line that named them first."""
        self.lines[path] = self.line
        for length in range(1, len(path)):
            self.lines.setdefault(path[:length], self.line)


def _parts(dotted: str) -> list[str]:
    """The keys of `a."b.c".d`, quotes and escapes resolved."""
    return [
        tomllib.loads(f"key = {part}")["key"] if part[0] in "\"'" else part
        for part in re.findall(_PART, dotted)
    ]
