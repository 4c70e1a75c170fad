"""What would be right, in plain words, for every error pydantic finds in a document.

The words come from the model's JSON schema, so a bound or a unit is written once, in the model.
"""

import math
import re
from collections.abc import Iterable, Mapping, Sequence
from difflib import get_close_matches
from typing import Any, TypeAlias, get_args

from pydantic import BaseModel, ValidationError
from pydantic.json_schema import GenerateJsonSchema
from pydantic_core import ErrorDetails, core_schema

from sim.toml_lines import KeyPath

Schema: TypeAlias = Mapping[str, Any]

FEW_KEYS = 12  # up to this number, an unknown key is answered with all permitted ones

_NUMBERS = ("number", "integer")
_NOUNS = {
    "number": "a number",
    "integer": "a whole number",
    "boolean": "true or false",
    "string": "text",
    "array": "a list",
    "object": "a table",
    "date": "a date like 2026-01-31",
    "date-time": "a date and time like 2026-01-31T09:00:00",
    "time": "a time like 09:00:00",
    "path": "a path in quotes",
}
_BOUNDS = {
    "minimum": "of at least",
    "exclusiveMinimum": "above",
    "maximum": "of at most",
    "exclusiveMaximum": "below",
    "multipleOf": "in steps of",
}
# JSON schemas leave out the bounds of dates; the error itself still tells the one it broke.
_BOUND_OF_ERROR = dict(zip(("ge", "gt", "le", "lt", "multiple_of"), _BOUNDS, strict=True))
_COUNTED = {
    "string": ("Length", "character"),
    "array": ("Items", "item"),
    "object": ("Properties", "key"),
}
_ERRORS_OF_PYDANTIC = frozenset(get_args(core_schema.ErrorType))


def complaints(model: type[BaseModel], failure: ValidationError) -> list[tuple[KeyPath, str]]:
    """Path and text of each error; how a value fits no member of a union is told once."""
    words = _Words(model.model_json_schema(schema_generator=_LenientSchema))
    found = [words.complaint(error) for error in failure.errors() if not _counts_wrong_items(error)]
    around = {path[:length] for path, _, _ in found for length in range(len(path))}
    told = [(path, text) for path, text, of_member in found if not (of_member and path in around)]
    return list(dict.fromkeys(told))


def _counts_wrong_items(error: ErrorDetails) -> bool:
    """Whether a list is called too short only because items of it were refused."""
    given, least = error["input"], error.get("ctx", {}).get("min_length")
    return error["type"] == "too_short" and isinstance(given, list | tuple) and len(given) >= least


class _LenientSchema(GenerateJsonSchema):
    """Leaves out what JSON schemas cannot express, where pydantic would refuse or warn."""

    ignored_warning_kinds = {"skipped-choice", "non-serializable-default"}  # noqa: RUF012 pydantic's type

    def handle_invalid_for_json_schema(self, *_: object) -> dict[str, Any]:
        return {}


class _Words:
    """The words for one model; remembers its JSON schema, which refers to parts by name."""

    def __init__(self, root: Schema) -> None:
        self.root = root

    def complaint(self, error: ErrorDetails) -> tuple[KeyPath, str, bool]:
        """Path, text, and whether it speaks for one member of a union only."""
        path, text, of_member = self.plain(error)
        depth = len(self.follow(error["loc"])[0])
        return (
            path,
            text + _nearest_listed(text, path, _at(error["input"], path[depth:])),
            of_member,
        )

    def plain(self, error: ErrorDetails) -> tuple[KeyPath, str, bool]:
        """The same before a hint at the nearest of what is listed."""
        kind, context = error["type"], error.get("ctx", {})
        of_key = error["loc"][-1:] == ("[key]",)
        loc = error["loc"][:-1] if of_key else error["loc"]
        path, schema, union = self.follow(loc)
        if of_key or kind == "extra_forbidden":
            return path, self.unknown(path[-1], self.follow(loc[:-1])[1]), False
        if kind in ("value_error", "assertion_error"):
            text = str(context.get("error", "")) or error["msg"]
            return (*_own_place(path, text, error["input"]), False)
        if kind not in _ERRORS_OF_PYDANTIC and kind != "path_type":
            return path, error["msg"], False
        if kind.startswith("union_tag") and "discriminator" in schema:
            tag = schema["discriminator"]
            text = f"expected {_one_of(tag['mapping'])}"
            path, union = (*path, tag["propertyName"]), None
        else:
            text = self.expected(union or schema, error)
            text += self.brackets(path, schema, error["input"])
        missing = "is missing: " if kind in ("missing", "union_tag_not_found") else ""
        return path, missing + text, union is not None

    def follow(self, loc: Sequence[str | int]) -> tuple[KeyPath, Schema, Schema | None]:
        """Path and schema at an error's `loc`, and the union if `loc` ends at one of its members.

        A `loc` names, besides what is written, the member of each union that pydantic tried.
        """
        path: KeyPath = ()
        schema, union = self.resolved(self.root), None
        for part in loc:
            if "discriminator" in schema:
                schema = self.resolved({"$ref": schema["discriminator"]["mapping"].get(part, "")})
            elif _members(schema) and union is None:
                union, schema = schema, self.resolved(_member(schema, str(part)))
                continue
            else:
                schema = self.child(schema, part)
                path += (part,)
            union = None
        return path, schema, union

    def resolved(self, schema: Schema) -> Schema:
        """The schema behind references and `... | None`, with what is said beside them."""
        while True:
            if "$ref" in schema:
                behind = self.root.get("$defs", {}).get(schema["$ref"].rpartition("/")[2], {})
            elif "anyOf" in schema and len(_members(schema)) == 1:
                behind = _members(schema)[0]
            else:
                return schema
            beside = {key: schema[key] for key in schema.keys() - {"$ref", "anyOf"}}
            schema = {**behind, **beside}

    def child(self, schema: Schema, part: str | int) -> Schema:
        """The schema of a key or list item; in a union, of the first member that has it."""
        for member in map(self.resolved, _members(schema) or [schema]):
            if isinstance(part, int):
                items = dict(enumerate(member.get("prefixItems", ())))
                found = items.get(part, member.get("items"))
            else:
                named = member.get("properties", {}).get(part)
                others = member.get("patternProperties", {}).values()
                found = named or member.get("additionalProperties") or next(iter(others), None)
            if isinstance(found, dict):
                return self.resolved(found)
        return {}

    def unknown(self, key: str | int, table: Schema) -> str:
        """`unknown key`, with the nearest permitted key or, if few, all of them."""
        patterns = [
            {"type": "string", "pattern": key} for key in table.get("patternProperties", ())
        ]
        names = self.resolved(table.get("propertyNames", {"anyOf": patterns}))
        permitted = [str(name) for name in table.get("properties", _options(names))]
        if hint := _nearest(str(key), permitted):
            return f"unknown key{hint}"
        expected = _one_of(permitted) if permitted else self.nature(names)
        few = len(permitted) <= FEW_KEYS and expected
        return f"unknown key; expected {expected}" if few else "unknown key"

    def expected(self, schema: Schema, error: ErrorDetails) -> str:
        """`expected a number of at least 0 (yuan)`; where no schema tells, pydantic's words."""
        given, context = error["input"], error.get("ctx", {})
        bounds = {name: context[key] for key, name in _BOUND_OF_ERROR.items() if key in context}
        schema = {**schema, **bounds}
        if isinstance(given, float) and not math.isfinite(given) and schema.get("type") in _NUMBERS:
            return "expected a finite number"
        nature, unit = self.nature(schema), schema.get("unit")
        if not nature:
            return error["msg"].replace("Input should be", "expected")
        told = unit in nature.split() or {str} == set(map(type, _options(schema)))
        return f"expected {nature}" + (f" ({unit})" if unit and not told else "")

    def brackets(self, path: KeyPath, schema: Schema, given: Any) -> str:
        """`, written [[pay]]` where one table is given for a list of tables, or the reverse."""
        header = ".".join(part for part in path if isinstance(part, str))
        if schema.get("type") == "array" and isinstance(given, dict):
            tables = self.nature(schema.get("items", {})) == _NOUNS["object"]
            return f", written [[{header}]]" if tables else ""
        tables = isinstance(given, list) and given and isinstance(given[0], dict)
        return f", written [{header}]" if schema.get("type") == "object" and tables else ""

    def nature(self, schema: Schema) -> str:
        """What a value of this schema is: `a share in 0..1`, `one of 'a', 'b'`, `a table`."""
        schema = self.resolved(schema)
        if members := _members(schema):
            return " or ".join(filter(None, dict.fromkeys(map(self.nature, members))))
        if options := _options(schema):
            return _one_of(options)
        kind = schema.get("type", "")
        noun = schema.get("noun") or _NOUNS.get(schema.get("format", "")) or _NOUNS.get(kind, "")
        bounds = _bounds(schema)
        if kind == "number" and bounds == ["in 0..1"] and schema.get("unit", "share") == "share":
            noun = "a share"
        if not noun:
            return ""
        pattern = [f"matching `{schema['pattern']}`"] if "pattern" in schema else []
        return f"{noun} {' and '.join([*bounds, *_count(schema), *pattern])}".strip()


def _members(schema: Schema) -> list[Schema]:
    """The members of a union, without None: TOML has no way to write it."""
    members = schema.get("anyOf", schema.get("oneOf", ()))
    return [member for member in members if member.get("type") != "null"]


def _member(union: Schema, label: str) -> Schema:
    """The member pydantic names by this label, else the union itself."""
    for member in _members(union):
        tagged = "discriminator" in member and label.startswith("tagged-union")
        if tagged or member.get("$ref", "").endswith(f"/{label}"):
            return member
    return union


def _options(schema: Schema) -> list[Any]:
    return [schema["const"]] if "const" in schema else schema.get("enum", [])


def _one_of(options: Iterable[Any]) -> str:
    shown = [repr(option) for option in options]
    return shown[0] if len(shown) == 1 else f"one of {', '.join(shown)}"


def _nearest_listed(text: str, path: KeyPath, given: Any) -> str:
    """The hint for a text that lists names, where a value or, if it is no word, its key is near."""
    listed = re.match(r"(?:is missing: )?expected one of ((?:'?\w+'?, )*'?\w+'?)", text)
    word = given if isinstance(given, str) else path[-1] if path else ""
    return _nearest(str(word), re.findall(r"\w+", listed[1])) if listed else ""


def _nearest(word: str, names: Iterable[str]) -> str:
    """`; did you mean 'recovery_rate'?`, or nothing if no name is near."""
    known = {name.casefold(): name for name in names}
    close = get_close_matches(word.casefold(), known, n=1)
    return f"; did you mean {known[close[0]]!r}?" if close else ""


def _at(given: Any, path: KeyPath) -> Any:
    """What is given at a path, or None."""
    for part in path:
        try:
            given = given[part]
        except (KeyError, IndexError, TypeError):
            return None
    return given


def _bounds(schema: Schema) -> list[str]:
    """`in 0..1`, or `above 0` and the like."""
    shown = {
        key: f"{bound:.15g}" if isinstance(bound, float) else str(bound)
        for key in _BOUNDS
        if (bound := schema.get(key)) is not None
    }
    closed = shown.keys() >= {"minimum", "maximum"}
    both = [f"in {shown.pop('minimum')}..{shown.pop('maximum')}"] if closed else []
    return both + [f"{_BOUNDS[key]} {bound}" for key, bound in shown.items()]


def _count(schema: Schema) -> list[str]:
    """`of 2..5 items` and the like."""
    suffix, thing = _COUNTED.get(schema.get("type", ""), ("", ""))
    low, high = schema.get(f"min{suffix}"), schema.get(f"max{suffix}")
    if low is None and high is None:
        return []
    if high is None:
        count = f"at least {low}"
    elif low is None:
        count = f"at most {high}"
    else:
        count = f"{low}" if low == high else f"{low}..{high}"
    return [f"of {count} {thing}{'' if (low if high is None else high) == 1 else 's'}"]


def _own_place(path: KeyPath, text: str, given: Any) -> tuple[KeyPath, str]:
    """Where and what a model's validator says: `@pay.0.rate: text` is about that sub key."""
    if text.startswith("@") and (found := _sub_path(text[1:], given)):
        return path + found[0], found[1]
    return path, text


def _sub_path(text: str, given: Any) -> tuple[KeyPath, str] | None:
    """The path at the start of a text, and what follows its colon; None if there is no path.

    A key of what was given is known by its whole name, whatever signs and spaces are in it.
    """
    table = given if isinstance(given, dict) else {}
    known = [key for key in map(str, table) if text.startswith((f"{key}.", f"{key}: "))]
    plain = re.match(r"[^\s.]+?(?=\.|: )", text)
    if not known and not plain:
        return None
    name = max(known, key=len) if known else plain[0]
    part = int(name) if name.isdecimal() and not known else name
    rest = text[len(name) :]
    if rest.startswith(": "):
        return (part,), rest[2:]
    items = given if isinstance(given, list | tuple) else []
    deeper = _sub_path(rest[1:], table.get(part) if table else dict(enumerate(items)).get(part))
    return deeper and ((part, *deeper[0]), deeper[1])
