"""The parameter page, written from the code: `python -m desk.documents [--check]`.

Every number and meaning on it is read where the model has it, so that nothing is typed twice.
"""

import argparse
import ast
import inspect
from collections.abc import Mapping, Sequence
from pathlib import Path
from types import ModuleType
from typing import Any, Literal, get_args, get_origin

import numpy as np
from pydantic import BaseModel
from pydantic.fields import FieldInfo

from desk.aside import aside
from desk.markdown import code, table
from sim import Scenario, accounts, belief, forecast, lateness, morale, records, units, work, world
from sim.activity import MONEY
from sim.collector import CollectorType, Workforce
from sim.counted import BY_BUCKET, BY_SEAT
from sim.curves import CURVES
from sim.indicators import INDICATORS, TASKS, Task, risk
from sim.labels import column_label
from sim.lender_columns import schema_markdown
from sim.market import Borrowers, BorrowerType
from sim.measures import MEASURES
from sim.parameter import ASSUMED, Section
from sim.run import finished
from sim.scheme import COMPONENTS, Axis, Condition, Reweighting, Scheme, Target, Tier
from sim.tables import TABLES, tables_of
from sim.units import BUCKETS
from sim.world import World

PAGE = Path(__file__).resolve().parents[1] / "docs" / "parameters.md"
COMMAND = "python -m desk.documents"
FIXED = (
    units,
    records,
    accounts,
    lateness,
    risk,
    forecast,
    belief,
    work,
    morale,
    world,
)  # modules whose explained numbers are listed
HEAD = f"""# Parameters

Written from the code by `{COMMAND}`; do not edit. The numbers are still being
calibrated: after changing one in the code run that command again. With `--check` it only says
whether this page is out of date. [model.md](model.md) tells how the numbers act.

`section.key` is a key of a scenario file: `workforce.seats` is `seats` in the table `[workforce]`.
*Band* is the range worth exploring; what is permitted is in `scenarios/schema.json`. A source is
named with what it measured. *Assumed*: no public source was found, or a setting that needs none.
"""
PAY = """\
A scheme is a wage and a list of `[[scheme.pay]]` components, which act in the order given.

A *measure* is an indicator, a column of [activity](#activity) (money in yuan; `tenure_days` and
`wage` too), or a share of columns written out, such as `kept / promises` or
`paid1_m2 + paid2_m2 / worked_m2`. An *event* is a column of activity that counts cases. A component
reads the record of the `seat`, or with `of` the mean per seat of its `team` or the `house`.
"""

TABLES_HEAD = """\
`postloan run` and `compare` leave these tables, one Parquet file each, tidy: a row is one
observation, a column one variable, the unit ends its name. Columns of activity in `periods` are
named as above, money in yuan; a component's pay is `pay_NAME_yuan`.

A sweep's store keeps one row for each run. `postloan results FOLDER --table` reads it as `cells`
(scheme, point, the varied keys, the scenario), `runs` (the same with `replication`, `run` and
every [measure](#measures)), `periods` (with the columns below), `summary` and `differences`
(`mean`, `low`, `high`, `runs`; the latter with `difference`, `unpaired_runs`, and
`variance_reduction`: how many times as many runs would be needed without the same luck).

"""


def parameters_markdown() -> str:
    """The whole page."""
    chapters = {
        "Scenario": _parameters(),
        "Borrower types": _types("borrowers.types", Borrowers, BorrowerType),
        "Collector types": _types("workforce.types", Workforce, CollectorType),
        "Fixed in the code": _fixed(),
        "Indicators": _indicators(),
        "Honest tasks": _honest_tasks(),
        "Gaming tasks": _gaming_tasks(),
        "Practices": _practices(),
        "Pay": _pay(),
        "Payout curves": _curves(),
        "Portfolio file": _portfolio_file(),
        "Activity": _activity(),
        "Measures": _measures(),
        "Tables of results": _tables(),
    }
    return "\n".join([HEAD, *(f"## {title}\n\n{text}" for title, text in chapters.items())])


def _first_line(described: object) -> str:
    return (inspect.getdoc(described) or "").partition("\n")[0]


# ---- the scenario ----


def sections() -> dict[str, type[Section]]:
    """The tables of a scenario file by name, without the scheme, whose parts are not numbers."""
    kinds = {name: field.annotation for name, field in Scenario.model_fields.items()}
    return {
        name: kind
        for name, kind in kinds.items()
        if inspect.isclass(kind) and issubclass(kind, Section) and kind is not Scheme
    }


def parameters() -> dict[str, FieldInfo]:
    """Every parameter of a scenario by `section.key`."""
    return {
        f"{name}.{key}": field
        for name, section in sections().items()
        for key, field in section.model_fields.items()
    }


def _parameters() -> str:
    tables = []
    for name, section in sections().items():
        fields = [(f"{name}.{key}", field) for key, field in section.model_fields.items()]
        columns = {
            "section.key": lambda both: code(both[0]),
            "meaning": lambda both: both[1].description,
            "default": lambda both: _default(both[1]),
            "unit": lambda both: _about(both[1], "unit"),
            "band": lambda both: _band(both[1]),
            "source": lambda both: _source(both[1]),
        }
        tables.append(f"### `[{name}]`\n\n{_first_line(section)}\n\n{table(fields, columns)}")
    return "\n".join(tables)


def _about(field: FieldInfo, key: str) -> Any:
    """What a field says of itself beside its default: unit, band or source."""
    return (field.json_schema_extra or {}).get(key)


def _default(field: FieldInfo) -> Any:
    if field.is_required():
        return "required"
    default = field.get_default(call_default_factory=True)
    if default is None or default == ():
        return "none"
    if isinstance(default, tuple) and any(isinstance(item, BaseModel) for item in default):
        return "the table below"
    return default or None if isinstance(default, str | Mapping) else default


def _band(field: FieldInfo) -> str:
    band = _about(field, "band")
    return " to ".join(f"{end:.12g}" for end in band) if band else ""


def _source(field: FieldInfo) -> str:
    source = _about(field, "source")
    return "assumed" if source == ASSUMED else source


def _types(key: str, section: type[Section], item: type[Section]) -> str:
    """The default items of a list of latent types, a column each."""
    types = section.model_fields["types"]
    fields = [(name, about) for name, about in item.model_fields.items() if name != "name"]
    columns = {
        "key": lambda both: code(both[0]),
        "meaning": lambda both: both[1].description,
    }
    for kind in types.get_default(call_default_factory=True):
        columns[kind.name] = lambda both, kind=kind: getattr(kind, both[0])
    return f"The items of `{key}`. Source: {_source(types)}.\n\n{table(fields, columns)}"


def _fixed() -> str:
    numbers = [
        (f"{module.__name__}.{name}", meaning, getattr(module, name))
        for module in FIXED
        for name, meaning in comments(module).items()
        if isinstance(getattr(module, name, None), int | float | np.ndarray)
    ]
    columns = {
        "name": lambda number: code(number[0]),
        "meaning": lambda number: number[1],
        "number": lambda number: number[2],
    }
    return (
        "Numbers without a scenario key: conventions, and assumptions without a source.\n\n"
        + table(numbers, columns)
    )


def comments(module: ModuleType) -> dict[str, str]:
    """What the comments behind a module's constants and the fields of its record types say."""
    source = inspect.getsource(module)
    lines, told = source.splitlines(), {}
    for node in ast.walk(ast.parse(source)):
        match node:
            case ast.Assign(targets=[ast.Name(id=name)]):
                pass
            case ast.Tuple(elts=[ast.Constant(value=str(name)), *_]):
                pass
            case _:
                continue
        behind = lines[node.end_lineno - 1][node.end_col_offset :].lstrip(", ")
        if behind.startswith("# "):
            told.setdefault(name, behind.removeprefix("# "))
    return told


# ---- indicators and tasks ----


def _indicators() -> str:
    columns = {
        "key": lambda i: code(i.key),
        "English": lambda i: i.en,
        "中文": lambda i: i.zh,
        "category": lambda i: i.category,
        "unit": lambda i: i.unit,
        "columns read": lambda i: code(*i.reads),
        "zero": lambda i: i.zero,
        "target": lambda i: i.target,
        "honest task": lambda i: code(i.honest.key),
        "gaming task": lambda i: code(i.gamed.key),
    }
    return (
        "Formulas over [activity](#activity) columns, read on the true and on the recorded counts. "
        "*Zero* counts as nothing attained, *target* as fully attained; a scorecard may set its "
        "own.\n\n" + table(INDICATORS.values(), columns)
    )


def _honest_tasks() -> str:
    columns = {
        "task": lambda t: code(t.key),
        "English": lambda t: t.en,
        "中文": lambda t: t.zh,
        "norm": lambda t: t.norm,
        "room": lambda t: t.room,
        "an hour brings": lambda t: _brings(t) or "attempts on accounts",
        "practice it moves": _practice,
    }
    return (
        "*Norm*: hours a week under duty alone. *Room*: hours a week over which the next hour gets "
        "dearer by one `response.effort_cost_yuan`.\n\n"
        + table([t for t in TASKS.values() if not t.gaming], columns)
    )


def _gaming_tasks() -> str:
    columns = {
        "task": lambda t: code(t.key),
        "English": lambda t: t.en,
        "中文": lambda t: t.zh,
        "indicator": lambda t: code(*(i.key for i in INDICATORS.values() if i.gamed is t)),
        "room (hours)": lambda t: t.room,
        "kind": lambda t: t.kind,
        "manner": lambda t: t.manner,
        "heard": lambda t: t.heard,
        "lift": _brings,
        "true side effect": lambda t: "; ".join(filter(None, (_practice(t), _events(t.side)))),
        "caught": lambda t: t.caught,
        "wrong": lambda t: t.wrong,
    }
    return (
        "*Manner*: a way of making contacts, whose hours are hours of contact and not extra ones. "
        "*Kind*: what the gaming ledger books its lift as. *Heard*: done on calls that analytics "
        "can hear. *Lift*: what an hour adds to the record, or is believed to bring. *True side "
        "effect*: the practice of the account kernel that the hours move, and events it causes "
        "that nobody reckons with. *Caught*: acts proven per hour if "
        "everything were audited and every audited act recognised. *Wrong*: weight on the "
        "collector's own cost of doing wrong. The norm of all of them is no hour.\n\n"
        + table([t for t in TASKS.values() if t.gaming], columns)
    )


def _brings(task: Task) -> str:
    """What an hour of the task does, in words."""
    parts = [_events(task.real), _events(task.fake), _events(task.believed, "believed ")]
    if serves := task.serves:
        parts.append(
            f"settles {serves.rate:g} `{serves.due}` as `{serves.good}`, saturating; a share of "
            f"{serves.base:g} is settled without any hour"
        )
    if task.postpones:
        when = "later" if task.postpones > 0 else "earlier"
        parts.append(f"books the cash of {abs(task.postpones):g} hours of contact a period {when}")
    if task.poaches:
        parts.append(f"books the cash of {task.poaches:g} hours of contact that mates won")
    if task.lifts:
        later = ", taken from later" if task.pulls_forward else ""
        parts.append(f"believed {task.lifts:g} of the pay for an hour of contact{later}")
    return "; ".join(filter(None, parts))


def _events(counts: Mapping[str, float], word: str = "") -> str:
    """`+5 risk_hits`; columns of money are counted in accounts."""
    return ", ".join(
        f"{word}{count:+g} `{column}`{' (in accounts)' if column in MONEY else ''}"
        for column, count in counts.items()
    )


def _practice(task: Task) -> str:
    if not task.practice:
        return ""
    moves = ", ".join(f"`{name}` up to {most:+g}" for name, most in task.practice.items())
    return f"{moves}, scale {task.scale or task.room:g} hours"


def _practices() -> str:
    meaning = comments(records)
    columns = {
        "practice": code,
        "meaning": lambda name: meaning.get(name, name.replace("_", " ")),
        "moved by": lambda name: code(*(t.key for t in TASKS.values() if name in t.practice)),
    }
    return (
        "How a seat works in a week: what the account kernel is told. *h* hours a week of a task "
        "set its practice to top × (1 − exp(−*h* / scale)); [model.md](model.md) tells how the "
        "others are made.\n\n" + table(records.PRACTICE.names, columns)
    )


# ---- pay ----


def _pay() -> str:
    parts = {"`[scheme]`": Scheme}
    for component in COMPONENTS:
        parts[f'`kind = "{component.model_fields["kind"].default}"`'] = component
    parts |= {
        "`[scheme.pay.targets.<indicator>]`": Target,
        "`[scheme.pay.reweighting]`": Reweighting,
        "`[[scheme.pay.tiers]]`": Tier,
        "`[[scheme.pay.axes]]`": Axis,
        "`[[scheme.pay.all_of]]` and `[[scheme.pay.any_of]]`": Condition,
    }
    return PAY + "\n" + "\n".join(_fields(title, part) for title, part in parts.items())


def _fields(title: str, part: type[Section]) -> str:
    columns = {
        "key": lambda both: code(both[0]),
        "meaning": lambda both: _meaning(both[1]),
        "default": lambda both: _default(both[1]),
    }
    fields = [both for both in part.model_fields.items() if both[0] != "kind"]
    return f"### {title}\n\n{_first_line(part)}\n\n{table(fields, columns)}"


def _meaning(field: FieldInfo) -> str:
    options = get_args(field.annotation) if get_origin(field.annotation) is Literal else ()
    return f"{field.description}: {code(*options)}" if options else str(field.description)


def _curves() -> str:
    columns = {
        "name": lambda both: code(both[0]),
        "meaning": lambda both: _first_line(both[1]),
        "knots": lambda both: ", ".join(f"[{x:g}, {y:g}]" for x, y in both[1]()),
    }
    return (
        "Knots [attainment, payout], straight between and flat outside; a scheme may write its "
        "own. Two knots at one attainment are a jump.\n\n" + table(CURVES.items(), columns)
    )


# ---- the rest ----


def _portfolio_file() -> str:
    return (
        "The lender's own accounts, CSV or Parquet, named by `portfolio.file`.\n\n"
        + schema_markdown()
    )


def _activity() -> str:
    ends = f"{BUCKETS[0].lower()} … _{BUCKETS[-1].lower()}"
    by_bucket = [(f"{name}_{ends}", meaning) for name, meaning in BY_BUCKET.items()]
    columns = {"column": lambda both: code(both[0]), "meaning": lambda both: both[1]}
    return (
        "Counted per seat and period, true and recorded. A name that ends in a bucket stands for "
        f"{len(BUCKETS)} columns, the last one for accounts charged off; `cash` and `cures` are "
        "also read as totals without that one.\n\n" + table([*by_bucket, *BY_SEAT.items()], columns)
    )


def _measures() -> str:
    columns = {
        "measure": lambda m: code(m.key),
        "English": lambda m: m.en,
        "中文": lambda m: m.zh,
        "unit": lambda m: m.unit,
    }
    return "One figure per replication, from the periods after the warm-up.\n\n" + table(
        MEASURES, columns
    )


def _tables() -> str:
    """Every table that a run leaves, read off a small one."""
    small = {"run": {"periods": 1}, "portfolio": {"accounts": 20}, "workforce": {"seats": 2}}
    found = tables_of(finished(World(Scenario.of(small))))
    columns = {
        "column": lambda name: code(name),
        "meaning": lambda name: column_label(name, "en"),
        "中文": lambda name: column_label(name, "zh"),
    }
    return TABLES_HEAD + "\n\n".join(
        f"### `{key}`\n\n" + table(found[key].columns, columns) for key in TABLES
    )


# ---- the file ----


def main(arguments: Sequence[str] | None = None) -> int:
    """Write the page, or with --check say whether it is up to date; the exit status."""
    parser = argparse.ArgumentParser(prog=COMMAND, description="Write docs/parameters.md.")
    parser.add_argument("--check", action="store_true", help="only compare; exit 1 if out of date")
    only_compare = parser.parse_args(arguments).check
    text = parameters_markdown()
    if not only_compare:
        with aside(PAGE) as fresh:
            fresh.write_text(text, encoding="utf-8", newline="\n")
        return 0
    if PAGE.is_file() and PAGE.read_text("utf-8") == text:
        return 0
    print(f"{PAGE} is out of date: renew it with {COMMAND}")
    return 1


if __name__ == "__main__":
    raise SystemExit(main())
