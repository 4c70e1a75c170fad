"""The catalogue holds a name in both languages for all that people meet, and nothing else."""

import re
from pathlib import Path
from typing import get_args

import pytest
from pydantic import BaseModel

from optimize.limits import QUANTITIES
from sim import Scenario, compare, labels
from sim.activity import FACTS, NAMES, TOTALS
from sim.counted import BY_BUCKET
from sim.curves import CURVES
from sim.fairness import ALL, SUBSETS, Spread, account_of
from sim.indicators import CATEGORIES, INDICATORS, TASKS
from sim.indicators.base import KINDS
from sim.labels import GROUPS, LANGS, activity_label, column_label
from sim.measures import MEASURES
from sim.profit import CREDIT, LINES, NET_CASH, NET_VALUE
from sim.scheme import COMPONENTS
from sim.scheme.measure import Who
from sim.tables import TABLES
from sim.units import BUCKETS
from sim.winners import QUEUES, TENURES

ROOT = Path(__file__).parents[2]
CHINESE = re.compile(r"[\u4e00-\u9fff]")
NAMED = [*INDICATORS.values(), *TASKS.values(), *MEASURES, *QUANTITIES.values()]


def fields(model: type[BaseModel]) -> set[str]:
    """Names of the fields of a model and of the tables within it."""
    found = set(model.model_fields)
    for field in model.model_fields.values():
        for inner in _models(field.annotation):
            found |= fields(inner)
    return found


def _models(annotation) -> list[type[BaseModel]]:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return [annotation]
    return [model for part in get_args(annotation) for model in _models(part)]


PAGE = "".join(path.read_text("utf-8") for path in (ROOT / "desk/page").glob("*.py"))
EVEN = Spread(dict.fromkeys([*SUBSETS, ALL], 1.0), 0.0, 0.0, 0.0)
ACCOUNT = account_of([EVEN])
THINGS = {
    "component": {kind.model_fields["kind"].default for kind in COMPONENTS},
    "field": set().union(*(fields(kind) for kind in COMPONENTS)),
    "activity": {n for n in NAMES if not re.search(r"_m\d$", n)} | {*TOTALS, *FACTS, "once"},
    "by bucket": set(BY_BUCKET),
    "bucket": set(BUCKETS),
    "category": set(CATEGORIES),
    "curve": set(CURVES),
    "unit": {thing.unit for thing in (*INDICATORS.values(), *MEASURES, *QUANTITIES.values())},
    "kind": {*KINDS, "lift"},
    "profit": {line.words for line in (*LINES, *CREDIT)} | {NET_CASH, NET_VALUE},
    "who": set(get_args(Who)),
    "fairness": set(ACCOUNT["figure"]),
    "fairness unit": set(ACCOUNT["unit"]),
    "class": {"all seats", *TENURES.values(), *QUEUES},
    "page": {key for key in labels.PAGE if re.search(f'"(page: )?{key}"', PAGE)},
}


@pytest.fixture(scope="module")
def columns() -> set[str]:
    """Every column of the tables of a comparison, components' own pay left out."""
    tiny = Scenario.of({"run": {"periods": 1, "replications": 1}, "portfolio": {"accounts": 100},
                        "workforce": {"seats": 2}})  # fmt: skip
    found = compare({"a": tiny, "b": tiny}, workers=1)
    tables = [*(found.base.tables[name] for name in TABLES), found.differences()]
    return {"scenario"}.union(*tables)


@pytest.mark.parametrize("group", THINGS)
def test_a_group_names_just_what_there_is(group):
    assert set(GROUPS[group]) == THINGS[group]


def test_every_column_of_the_tables_has_a_name_in_both_languages(columns):
    for name in columns:
        assert column_label(name, "en")
        assert CHINESE.search(column_label(name, "zh")), name


def test_no_column_is_named_that_no_table_has(columns):
    assert set(labels.COLUMNS) <= columns


@pytest.mark.parametrize("name", [*NAMES, *TOTALS])
def test_every_column_of_activity_is_named(name):
    assert activity_label(name, "en")
    assert CHINESE.search(activity_label(name, "zh"))


@pytest.mark.parametrize("thing", NAMED, ids=lambda thing: thing.key)
def test_indicators_tasks_and_measures_are_named_in_both_languages(thing):
    assert thing.en
    assert CHINESE.search(thing.zh)


@pytest.mark.parametrize("group", GROUPS)
def test_names_are_chinese_and_differ_within_a_group(group):
    for place, lang in enumerate(LANGS):
        texts = [pair[place] for pair in GROUPS[group].values()]
        assert len(set(texts)) == len(texts)
        assert all(bool(CHINESE.search(text)) == (lang == "zh") for text in texts)
