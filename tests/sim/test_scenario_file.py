"""Scenario files: what is read, how it extends, and what every mistake is answered."""

import json
import re
from contextlib import suppress
from datetime import date
from pathlib import Path
from typing import Annotated, Any, Literal

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import BaseModel, ConfigDict, Field, field_validator, model_validator
from pydantic_core import PydanticCustomError

from sim import scenario_file
from sim.errors import InputError, PostloanError

Share = Annotated[float, Field(ge=0, le=1)]


class Table(BaseModel):
    model_config = ConfigDict(extra="forbid")


class Limits(Table):
    bad_debt: Share = 0.1
    budget: float = Field(0, ge=0, json_schema_extra={"unit": "yuan"})
    hours: float | None = Field(None, gt=0, lt=24, json_schema_extra={"unit": "hours"})
    audited: float = Field(0, ge=0, le=1, json_schema_extra={"unit": "share"})
    day: float = Field(0, ge=0, le=1, json_schema_extra={"unit": "days"})
    finite: float = Field(0, allow_inf_nan=False)

    @model_validator(mode="after")
    def _audit_within_bad_debt(self) -> "Limits":
        if self.audited > 0.9:
            raise ValueError("@audited: expected less than\n  nine tenths")
        if self.day > 0.9:
            raise ValueError("expected days and budget to agree")
        return self


class Scorecard(Table):
    kind: Literal["scorecard"]
    weights: dict[Literal["recovery", "satisfaction"], Share] = {}
    knots: list[tuple[float, float]] = Field([], min_length=2, max_length=5)


class Commission(Table):
    kind: Literal["commission"]
    rate: Share


class Curve(Table):
    slope: float


class Scheme(Table):
    pay: list[Annotated[Scorecard | Commission, Field(discriminator="kind")]] = []
    base: float | Curve | None = None
    bonus: float | Annotated[Scorecard | Commission, Field(discriminator="kind")] = 0
    by_bucket: dict[Annotated[str, Field(pattern=r"^M\d$")], Share] = {}

    @model_validator(mode="after")
    def _first_is_scorecard(self) -> "Scheme":
        if self.pay and self.pay[0].kind != "scorecard":
            raise ValueError("@pay.0.kind: expected a scorecard first")
        return self


class Count:
    """A type that JSON schemas cannot describe."""


class World(Table):
    model_config = ConfigDict(arbitrary_types_allowed=True)

    seats: int = Field(1, ge=1, multiple_of=1)
    response: Literal["replay", "adaptive", "rational"] = "adaptive"
    name: str = Field("x", min_length=1, max_length=80, pattern=r"^[^!]*$")
    open: bool = True
    limits: Limits = Limits()
    scheme: Scheme = Scheme()
    shock: list[float] = Field([], max_length=1)
    only: Literal["this"] = "this"
    start: date = Field(date(2026, 1, 1), ge=date(2025, 1, 1))
    count: Count | None = None

    @field_validator("name")
    @classmethod
    def _polite(cls, name: str) -> str:
        if name == "rude":
            raise ValueError("expected a polite name")
        if name == "odd":
            raise PydanticCustomError("odd", "expected an even name")
        return name


class Required(Table):
    seats: int = Field(ge=1)
    limits: Limits


@pytest.fixture(autouse=True)
def folder(tmp_path, monkeypatch):
    """An empty current directory."""
    monkeypatch.chdir(tmp_path)
    return tmp_path


def written(text: str, name: str = "mine.toml") -> str:
    Path(name).parent.mkdir(parents=True, exist_ok=True)
    Path(name).write_text(text, encoding="utf-8", newline="")
    return name


def refusal(model: type[BaseModel], path: Any = "mine.toml") -> str:
    with pytest.raises(InputError) as refused:
        scenario_file.read(path).parse(model)
    return str(refused.value)


WRONG_VALUES = {
    "share": (
        "[limits]\nbad_debt = 3.5",
        "mine.toml:2 [limits] bad_debt = 3.5: expected a share in 0..1",
    ),
    "unit": (
        "limits.budget = -1",
        "mine.toml:1 [limits] budget = -1: expected a number of at least 0 (yuan)",
    ),
    "open bounds of an optional": (
        "[limits]\nhours = 24",
        "mine.toml:2 [limits] hours = 24: expected a number above 0 and below 24 (hours)",
    ),
    "a share needs no unit": (
        "limits.audited = 2",
        "mine.toml:1 [limits] audited = 2: expected a share in 0..1",
    ),
    "another unit is no share": (
        "limits.day = 2",
        "mine.toml:1 [limits] day = 2: expected a number in 0..1 (days)",
    ),
    "nan": (
        "limits.bad_debt = nan",
        "mine.toml:1 [limits] bad_debt = nan: expected a finite number",
    ),
    "inf": ("limits.finite = -inf", "mine.toml:1 [limits] finite = -inf: expected a finite number"),
    "text for a number": (
        "limits.budget = 'much'",
        "mine.toml:1 [limits] budget = 'much': expected a number of at least 0 (yuan)",
    ),
    "whole number": (
        "seats = 1.5",
        "mine.toml:1 seats = 1.5: expected a whole number of at least 1 and in steps of 1",
    ),
    "boolean": ("open = 'maybe'", "mine.toml:1 open = 'maybe': expected true or false"),
    "literal": (
        "response = 'fast'",
        "mine.toml:1 response = 'fast': expected one of 'replay', 'adaptive', 'rational'",
    ),
    "single literal": ("only = 'that'", "mine.toml:1 only = 'that': expected 'this'"),
    "text": (
        "name = ''",
        "mine.toml:1 name = '': expected text of 1..80 characters and matching `^[^!]*$`",
    ),
    "long list": (
        "shock = [1, 2]",
        "mine.toml:1 shock = [1, 2]: expected a list of at most 1 item",
    ),
    "list item": ("shock = [\n  'a',\n]", "mine.toml:2 shock #1 = 'a': expected a number"),
    "no list": ("shock = 1", "mine.toml:1 shock = 1: expected a list of at most 1 item"),
    "no table": ("limits = 1", "mine.toml:1 limits = 1: expected a table"),
    "near key": (
        "\n[limits]\nbad_det = 1",
        "mine.toml:3 [limits] bad_det = 1: unknown key; did you mean 'bad_debt'?",
    ),
    "near table": ("[limts]\n", "mine.toml:1 [limts]: unknown key; did you mean 'limits'?"),
    "few keys": (
        "[[scheme.pay]]\nkind = 'scorecard'\nzzz = 1",
        "mine.toml:3 [scheme.pay #1] zzz = 1: "
        "unknown key; expected one of 'kind', 'weights', 'knots'",
    ),
    "near key of a mapping": (
        "[[scheme.pay]]\nkind = 'scorecard'\nweights.satisfction = 1",
        "mine.toml:3 [scheme.pay #1.weights] satisfction = 1: "
        "unknown key; did you mean 'satisfaction'?",
    ),
    "value in a mapping": (
        "[[scheme.pay]]\nkind = 'scorecard'\n[[scheme.pay]]\nkind = 'scorecard'\n"
        "[scheme.pay.weights]\nsatisfaction = 4",
        "mine.toml:6 [scheme.pay #2.weights] satisfaction = 4: expected a share in 0..1",
    ),
    "missing in a union's member": (
        "[[scheme.pay]]\nkind = 'scorecard'\n[[scheme.pay]]\nkind = 'commission'",
        "mine.toml:3 [scheme.pay #2] rate is missing: expected a share in 0..1",
    ),
    "unknown tag": (
        "[[scheme.pay]]\nkind = 'scorcard'",
        "mine.toml:2 [scheme.pay #1] kind = 'scorcard': expected one of 'commission', 'scorecard'; "
        "did you mean 'scorecard'?",
    ),
    "no tag": (
        "[[scheme.pay]]\nrate = 1",
        "mine.toml:1 [scheme.pay #1] kind is missing: expected one of 'commission', 'scorecard'",
    ),
    "no table for a tagged union": (
        "scheme.pay = [3]",
        "mine.toml:1 [scheme] pay #1 = 3: expected a table",
    ),
    "short list": (
        "[[scheme.pay]]\nkind = 'scorecard'\nknots = [[0, 0]]",
        "mine.toml:3 [scheme.pay #1] knots = [[0, 0]]: expected a list of 2..5 items",
    ),
    "short item": (
        "[[scheme.pay]]\nkind = 'scorecard'\nknots = [\n[0, 0],\n[1]]",
        "mine.toml:5 [scheme.pay #1] knots #2 #2 is missing: expected a number",
    ),
    "union": ("scheme.base = 'a'", "mine.toml:1 [scheme] base = 'a': expected a number or a table"),
    "member of a union": (
        "[scheme.base]\nslope = 'a'",
        "mine.toml:2 [scheme.base] slope = 'a': expected a number",
    ),
    "tag in a wider union": (
        "[scheme.bonus]\nkind = 'c'",
        "mine.toml:2 [scheme.bonus] kind = 'c': expected one of 'commission', 'scorecard'",
    ),
    "member of a tagged union in a wider one": (
        "[scheme.bonus]\nkind = 'commission'\nrat = 1\nrate = 2",
        "mine.toml:3 [scheme.bonus] rat = 1: unknown key; did you mean 'rate'?\n"
        "mine.toml:4 [scheme.bonus] rate = 2: expected a share in 0..1",
    ),
    "unknown key of a union's member": (
        "[scheme.base]\nslope = 1\nslop = 1",
        "mine.toml:3 [scheme.base] slop = 1: unknown key; did you mean 'slope'?",
    ),
    "key by pattern": (
        "scheme.by_bucket.N1 = 1",
        "mine.toml:1 [scheme.by_bucket] N1 = 1: unknown key; expected text matching `^M\\d$`",
    ),
    "value by pattern": (
        "scheme.by_bucket.M1 = 2",
        "mine.toml:1 [scheme.by_bucket] M1 = 2: expected a share in 0..1",
    ),
    "date": (
        "start = 2024-02-01",
        "mine.toml:1 start = 2024-02-01: expected a date like 2026-01-31 of at least 2025-01-01",
    ),
    "any other type": ("count = 1", "mine.toml:1 count = 1: expected an instance of Count"),
    "own words": (
        "[limits]\nday = 1",
        "mine.toml:1 [limits]: expected days and budget to agree",
    ),
    "own words about a sub key": (
        "[limits]\naudited = 1",
        "mine.toml:2 [limits] audited = 1: expected less than nine tenths",
    ),
    "own words about a list item": (
        "[[scheme.pay]]\nkind = 'commission'\nrate = 1",
        "mine.toml:2 [scheme.pay #1] kind = 'commission': expected a scorecard first",
    ),
    "own words of a field": ("name = 'rude'", "mine.toml:1 name = 'rude': expected a polite name"),
    "custom error": ("name = 'odd'", "mine.toml:1 name = 'odd': expected an even name"),
    "long value": (
        f"open = '{'9' * 99}'",
        f"mine.toml:1 open = '{'9' * 58}…: expected true or false",
    ),
    "control characters": (
        r'open = "\u001b[31m\u202e"',
        r"mine.toml:1 open = '\x1b[31m\u202e': expected true or false",
    ),
    "strange key": (
        r'limits."a\nb" = 1',
        r"mine.toml:1 [limits] 'a\nb' = 1: unknown key; expected one of 'bad_debt', 'budget', "
        "'hours', 'audited', 'day', 'finite'",
    ),
    "endless number": (
        f"open = 0x1{'0' * 5000}",
        "mine.toml:1 open = <int>: expected true or false",
    ),
    "many at once, by line": (
        "seats = 0\nzz = 1\nopen = 3",
        "mine.toml:1 seats = 0: expected a whole number of at least 1 and in steps of 1\n"
        "mine.toml:2 zz = 1: unknown key; expected one of 'seats', 'response', 'name', 'open', "
        "'limits', 'scheme', 'shock', 'only', 'start', 'count'\n"
        "mine.toml:3 open = 3: expected true or false",
    ),
}


@pytest.mark.parametrize(("text", "answer"), WRONG_VALUES.values(), ids=WRONG_VALUES.keys())
def test_a_wrong_value_is_answered_with_place_and_what_would_be_right(text, answer):
    written(text)
    assert refusal(World) == answer


@pytest.mark.parametrize(
    ("values", "answer"),
    [
        (
            {"limits": {"bad_debt": 3.5}},
            "<python> [limits] bad_debt = 3.5: expected a share in 0..1",
        ),
        ({"limts": {}}, "<python> [limts]: unknown key; did you mean 'limits'?"),
        ({"shock": (1, 2)}, "<python> shock = (1, 2): expected a list of at most 1 item"),
        ([], "<python>: expected a table"),
    ],
)
def test_python_values_are_answered_without_lines(values, answer):
    with pytest.raises(InputError) as refused:
        scenario_file.from_values(values).parse(World)
    assert str(refused.value) == answer


def test_good_values_come_back_as_the_model():
    world = scenario_file.read(written("seats = 3\n[limits]\nbad_debt = 0.2")).parse(World)
    assert (world.seats, world.limits.bad_debt) == (3, 0.2)


@pytest.mark.parametrize(
    ("text", "answer"),
    [
        (
            "[limits]",
            "mine.toml:1 seats is missing: expected a whole number of at least 1",
        ),
        ("\nseats = 1", "mine.toml:1 limits is missing: expected a table"),
    ],
)
def test_a_missing_key_is_named(text, answer):
    written(text)
    assert refusal(Required) == answer


def test_many_errors_are_cut_at_twenty():
    written("shock = 1\n[limits]\n" + "\n".join(f"wrong_{n} = 1" for n in range(30)))
    lines = refusal(World).split("\n")
    assert (len(lines), lines[-1]) == (21, "… and 11 more")


# Extending


def test_tables_merge_and_everything_else_is_replaced():
    written("a = 1\nb = [1, 2]\n[t]\nx = 1\n[t.u]\ny = 1\n[[p]]\nq = 1\n[[p]]\nq = 2", "base.toml")
    written("extends = 'base.toml'\na = 2\nb = [3]\n[t.u]\nz = 3\n[[p]]\nr = 1")
    assert scenario_file.read("mine.toml").values == {
        "a": 2,
        "b": [3],
        "t": {"x": 1, "u": {"y": 1, "z": 3}},
        "p": [{"r": 1}],
    }


@pytest.mark.parametrize(
    ("variant", "weights"),
    [
        ("[s.w]\nreplace = true\nc = 1", {"c": 1}),
        ("[s.w]\nc = 1", {"a": 1, "b": 1, "c": 1}),
        ("[s.w]\nreplace = false", {"a": 1, "b": 1, "replace": False}),
        ("[s]\nreplace = true\nw = {replace = true, d = 1}", {"d": 1}),
    ],
)
def test_replace_drops_the_parents_table(variant, weights):
    written("[s.w]\na = 1\nb = 1", "base.toml")
    assert (
        scenario_file.read(written("extends = 'base.toml'\n" + variant)).values["s"]["w"] == weights
    )


def test_replace_means_nothing_without_a_parent():
    document = scenario_file.read(written("[limits]\nreplace = true"))
    assert document.values == {"limits": {"replace": True}}


def test_a_chain_is_read_from_its_oldest_file_and_each_value_keeps_its_place():
    written("a = 1\nb = 1\nc = 1", "deep/old.toml")
    written("extends = 'deep/old.toml'\nb = 2", "base.toml")
    written("# mine\nextends = '../base.toml'\nc = 3", "sub/mine.toml")
    document = scenario_file.read(Path("sub/mine.toml"))
    assert document.values == {"a": 1, "b": 2, "c": 3}
    assert document.files == ("sub/mine.toml", "base.toml", "deep/old.toml")
    assert [str(document.place((key,))) for key in "abc"] == [
        "deep/old.toml:1",
        "base.toml:2",
        "sub/mine.toml:3",
    ]


def test_a_long_chain_is_no_deeper_than_the_disk():
    written("a = 1", "0.toml")
    for n in range(1, 300):
        written(f"extends = '{n - 1}.toml'", f"{n}.toml")
    assert scenario_file.read("299.toml").place(("a",)) == scenario_file.Place("0.toml", 1)


PLACES = {
    "inherited value": (("limits", "bad_debt"), "base.toml:2"),
    "own value in a merged table": (("limits", "budget"), "mine.toml:3"),
    "merged table": (("limits",), "mine.toml:2"),
    "absent key of a merged table": (("limits", "hours"), "mine.toml:2"),
    "key lost to replace": (("weights", "old"), "mine.toml:4"),
    "key lost with its list": (("pay", 0, "old"), "mine.toml:6"),
    "absent item of a list": (("pay", 1), "mine.toml:6"),
    "inherited table": (("other", "absent"), "base.toml:7"),
    "absent everything": (("nothing", "here"), "mine.toml:1"),
}


@pytest.mark.parametrize(("path", "place"), PLACES.values(), ids=PLACES.keys())
def test_a_place_is_the_file_that_wrote_the_value_or_the_table_around_it(path, place):
    written("[limits]\nbad_debt = 1\n[weights]\nold = 1\n[[pay]]\nold = 1\n[other]", "base.toml")
    written(
        "extends = 'base.toml'\n[limits]\nbudget = 1\n[weights]\nreplace = true\n[[pay]]\nnew = 1"
    )
    assert str(scenario_file.read("mine.toml").place(path)) == place


def test_an_inherited_mistake_is_told_where_it_is_written_after_ones_own():
    written("[limits]\nbad_debt = 2", "base.toml")
    written("extends = 'base.toml'\n\n\nopen = 3")
    assert refusal(World) == (
        "mine.toml:4 open = 3: expected true or false\n"
        "base.toml:2 [limits] bad_debt = 2: expected a share in 0..1"
    )


@pytest.mark.parametrize(
    ("path", "answer"),
    [
        (("limits", "bad_debt"), "mine.toml:3 [limits] bad_debt = 2: expected less"),
        (("limits", "hours"), "mine.toml:2 [limits] hours (not given): expected less"),
        (("limits",), "mine.toml:2 [limits]: expected less"),
        ((), "mine.toml:1: expected less"),
        (("scheme", "base"), "mine.toml:1 scheme.base (not given): expected less"),
    ],
)
def test_checks_beyond_the_model_word_errors_alike(path, answer):
    document = scenario_file.read(written("\n[limits]\nbad_debt = 2"))
    assert document.error(path, "expected less").messages == (answer,)


# Files that cannot be read

WRONG_FILES = {
    "empty": (b"", "mine.toml: the file is empty; expected at least one `key = value`"),
    "only a comment": (b"# x", "mine.toml: the file is empty; expected at least one `key = value`"),
    "large": (b"#" * 1_000_001, "mine.toml: expected a file of at most 1 MB"),
    "not UTF-8": (
        "a = 1\nb = '满'".encode("gbk"),
        "mine.toml:2: expected text saved as UTF-8 (byte 0xc2 at offset 11)",
    ),
    "UTF-16": (b"\xff\xfea\0", "mine.toml:1: expected text saved as UTF-8 (byte 0xff at offset 0)"),
    "decimal comma": (
        b"a = 1\r\nb = 3,5",
        "mine.toml:2 b = 3,5: expected the line to end here (column 6)",
    ),
    "no value": (
        b"a =",
        "mine.toml:1 a =: expected a number, true, false, a date, or text in quotes "
        "(at the end of the file)",
    ),
    "no equals": (
        b"abc",
        "mine.toml:1 abc: expected '=' after a key in a key/value pair (at the end of the file)",
    ),
    "key twice": (
        b"a = 1\na = 2",
        "mine.toml:2 a = 2: expected a key that was not given before (at the end of the file)",
    ),
    "table twice": (
        b"[a]\n[b]\n[a]\n",
        "mine.toml:3 [a]: expected a table that was not given before (column 3)",
    ),
    "open quote": (
        b'a = "x\n',
        'mine.toml:1 a = "x: expected the closing quote on this line (column 7)',
    ),
    "deep": (b"a = " + b"[" * 9999, "mine.toml: expected tables and lists less deeply nested"),
    "number of many digits": (
        b"a = " + b"1" * 5000,
        "mine.toml:1: expected numbers of at most 4,300 digits",
    ),
    "extends a number": (
        b"b = 1\nextends = 3",
        "mine.toml:2 extends = 3: expected the name of one TOML file, in quotes",
    ),
    "extends a list": (
        b"extends = ['a']",
        "mine.toml:1 extends = ['a']: expected the name of one TOML file, in quotes",
    ),
    "extends nothing": (
        b"\nextends = 'basline.toml'",
        "mine.toml:2 extends = 'basline.toml': no such file; did you mean 'baseline.toml'?",
    ),
    "extends a folder": (
        b"extends = ''",
        "mine.toml:1 extends = '': expected a TOML file, this is a folder",
    ),
    "extends itself": (
        b"extends = './mine.toml'",
        "mine.toml:1 extends = './mine.toml': "
        "expected a file outside this circle: mine.toml -> mine.toml",
    ),
    "extends a child": (
        b"extends = 'child.toml'",
        "child.toml:1 extends = 'mine.toml': "
        "expected a file outside this circle: mine.toml -> child.toml -> mine.toml",
    ),
    "extends a broken file": (
        b"extends = 'broken.toml'",
        "broken.toml:1 ?: expected `key = value` or `[table]` (column 1)",
    ),
}


@pytest.mark.parametrize(("raw", "answer"), WRONG_FILES.values(), ids=WRONG_FILES.keys())
def test_a_wrong_file_is_answered_with_what_would_be_right(raw, answer):
    written("a = 1", "baseline.toml")
    written("extends = 'mine.toml'", "child.toml")
    written("?", "broken.toml")
    Path("mine.toml").write_bytes(raw)
    assert refusal(World).startswith(answer)


@pytest.mark.parametrize(
    ("path", "answer"),
    [
        ("basline.toml", "basline.toml: no such file; did you mean 'baseline.toml'?"),
        ("far.toml", "far.toml: no such file"),
        ("no/far.toml", "no/far.toml: no such file, and no folder 'no'"),
        (".", ".: expected a TOML file, this is a folder"),
        ("baseline.toml/x", "baseline.toml/x: expected a readable file (Not a directory)"),
        ("a\0b", r"a\x00b: expected a readable file (embedded null byte)"),
    ],
)
def test_a_path_without_a_file_is_answered_with_what_is_there(path, answer):
    written("a = 1", "baseline.toml")
    assert refusal(World, path) == answer


def test_a_byte_order_mark_is_accepted():
    Path("mine.toml").write_bytes(b"\xef\xbb\xbfseats = 3")
    assert scenario_file.read("mine.toml").values == {"seats": 3}


def test_paths_are_shown_as_given_and_parents_from_here(folder):
    written("seats = 0", "base.toml")
    mine = folder / written("extends = 'base.toml'\nopen = 3")
    assert [line.split(" ")[0] for line in refusal(World, mine).split("\n")] == [
        f"{mine}:2",
        "base.toml:1",
    ]


def test_input_errors_are_postloan_errors_that_keep_their_lines():
    error = InputError("one", "two")
    assert isinstance(error, PostloanError)
    assert (str(error), error.messages) == ("one\ntwo", ("one", "two"))


# Lines, checked against tomllib on generated documents

SCALARS = [
    *(
        "1",
        "-1.5e3",
        "true",
        "nan",
        "1979-05-27 07:32:00",
        "''",
        '""',
        r"'a = [ # \'",
        r'"\" = {\\"',
    ),
    *('"""a = 1\n[b]\n"""', r'"""\"\"" = ""' + '\n"""""', "'''\n[[c]]\n'' ''\\'''''", '"""""\n"""'),
]
KEY_ENDS = ["", "-", " b", ".c", "#", "=", "[", '"', "'", "]", "\\", "满", "\n", "\t"]
GAPS = ["", " ", "\n", "\n\n  ", " # ]},=\n"]


class Writer:
    """Writes TOML as hypothesis draws it; every key has a number of its own."""

    def __init__(self, draw: st.DrawFn) -> None:
        self.draw = draw
        self.keys = 0

    def choose(self, options: list[str]) -> str:
        return self.draw(st.sampled_from(options))

    def key(self) -> str:
        self.keys += 1
        name = f"key{self.keys}{self.choose(KEY_ENDS)}"
        literal = [f"'{name}'"] if name.isprintable() and "'" not in name else []
        bare = [name] if name.isascii() and name.replace("-", "").isalnum() else []
        return self.choose([json.dumps(name), *literal, *bare])

    def pair(self, depth: int = 0) -> str:
        key = self.choose([self.key(), f"{self.key()} . {self.key()}"])
        return f"{key}{self.choose(['=', ' = '])}{self.value(depth)}"

    def value(self, depth: int) -> str:
        kind = self.choose(["scalar", "list", "table"]) if depth < 3 else "scalar"
        times = range(self.draw(st.integers(0, 3)))
        if kind == "scalar":
            return self.choose(SCALARS)
        if kind == "table":
            return "{ " + ", ".join(self.pair(depth + 1) for _ in times) + " }"
        items = [self.choose(GAPS) + self.value(depth + 1) + self.choose(GAPS) for _ in times]
        return f"[{','.join(items)}{self.choose(GAPS)}]"

    def document(self) -> str:
        """Sections whose tables and lists of tables are new, or lie in or go on with older ones."""
        text, headers, lists = "", [""], []
        for _ in range(self.draw(st.integers(0, 5))):
            for _ in range(self.draw(st.integers(0, 3))):
                text += f"{self.choose(GAPS)}{self.pair()}{self.choose(['', ' # x = 1'])}\n"
            header = self.choose([f"{self.choose(headers)}{self.key()}", *lists])
            is_list = header in lists or self.draw(st.booleans())
            text += f"  [[ {header} ]] # [y]\n" if is_list else f"[{header}]\n"
            headers.append(f"{header}.")
            lists += [header] * is_list
        return text


@st.composite
def documents(draw: st.DrawFn) -> str:
    return Writer(draw).document().replace("\n", draw(st.sampled_from(["\n", "\r\n"])))


def paths_of_keys(values: Any, path: tuple = ()) -> list[tuple]:
    """The path of every key, at any depth."""
    children = values.items() if isinstance(values, dict) else enumerate(values)
    nested = [(key, child) for key, child in children if isinstance(child, dict | list)]
    own = [(*path, key) for key in values] if isinstance(values, dict) else []
    return own + [deep for key, child in nested for deep in paths_of_keys(child, (*path, key))]


@pytest.fixture(scope="module")
def generated(tmp_path_factory):
    return str(tmp_path_factory.mktemp("generated") / "generated.toml")


@given(text=documents())
def test_the_line_of_every_key_contains_the_key(generated, text):
    document = scenario_file.read(written("first = 1\n" + text, generated))
    lines = Path(generated).read_text(encoding="utf-8").split("\n")
    for path in paths_of_keys(document.values):
        number = re.match(r"first|key\d+", path[-1])[0]
        assert re.search(rf"{number}(?!\d)", lines[document.place(path).line - 1])


@given(text=st.text(alphabet="a1.='\"[]{},#\\ \n\r\t", max_size=40))
def test_any_text_is_read_or_refused(generated, text):
    with suppress(InputError):
        scenario_file.read(written(text, generated))


def test_items_of_lists_have_their_own_lines():
    text = "a = [\n 1, # one\n\n [2,\n 3], {b = 1,\tc = [\n4]}\n]\n"
    document = scenario_file.read(written(text))
    lines = {("a", 0): 2, ("a", 1): 4, ("a", 1, 1): 5, ("a", 2, "b"): 5, ("a", 2, "c", 0): 6}
    assert {path: document.place(path).line for path in lines} == lines
