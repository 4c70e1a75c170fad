"""The plan document says all that a scheme pays, in both languages, with the scheme's own sums."""

import re
from pathlib import Path

import pytest
from pydantic import ValidationError

from desk.blocks import html, markdown
from desk.explain import examples, plan_document, tempting
from desk.pay_words import WORDS, sentences
from desk.words import Words
from sim import Scenario
from sim.labels import LANGS
from sim.scheme import COMPONENTS, Scheme

FILES = sorted((Path(__file__).parents[2] / "scenarios").glob("**/*.toml"))
OTHERS = {"sweep.toml", "history.toml"}  # no scenarios
PLANS = [path for path in FILES if "rejected" not in path.parts and path.name not in OTHERS]
SMALL = {
    "run": {"periods": 2, "warm_up": 0},
    "portfolio": {"accounts": 400},
    "workforce": {"seats": 4},
}
NASTY = "<script>alert(1)</script> [x](http://e.vil) *a* \u202e| =HYPERLINK"


def plans() -> list[Scenario]:
    found = [Scenario.load(path) for path in PLANS]
    return [scenario for scenario in found if scenario.scheme.pay]


def fields():
    """Every field that a plan sets, beside the same component without it."""
    for scenario in plans():
        for component in scenario.scheme.pay:
            values = component.model_dump(exclude_unset=True)
            for name in sorted(values.keys() - {"kind", "name"}):
                try:
                    without = type(component)(**{k: v for k, v in values.items() if k != name})
                except (ValidationError, ValueError):
                    continue
                if without != component:
                    label = f"{scenario.scheme.title}-{component.label}-{name}"
                    yield pytest.param(component, without, id=label)


def test_every_kind_of_component_has_words():
    assert set(WORDS) == {kind.model_fields["kind"].default for kind in COMPONENTS}


@pytest.mark.parametrize(("component", "without"), list(fields()))
@pytest.mark.parametrize("lang", LANGS)
def test_a_field_that_changes_the_pay_changes_the_words(component, without, lang):
    assert sentences(component, Words(lang)) != sentences(without, Words(lang))


@pytest.mark.parametrize("scenario", plans(), ids=lambda s: s.scheme.title or s.title)
def test_the_chinese_words_of_a_plan_are_chinese(scenario):
    for component in scenario.scheme.pay:
        own = {*component.model_dump().get("on", ()), component.label}
        for text in sentences(component, Words("zh")):
            bare = text
            for name in own:
                bare = bare.replace(name, "")
            assert not re.search(r"[A-Za-z]{3,}", bare), text


@pytest.mark.parametrize("lang", LANGS)
def test_examples_are_what_the_scheme_pays(lang):
    scenario = Scenario.load(PLANS[0].parent / "balanced.toml").vary(**SMALL)
    table, keys = examples(scenario)
    pay = table.drop(index=[*keys, "total"])
    assert pay.sum().to_numpy() == pytest.approx(table.loc["total"].to_numpy())
    assert list(table.loc["total"]) == sorted(table.loc["total"])
    text = markdown(plan_document(scenario, Words(lang)))
    for amount in table.loc["total"]:
        assert f"{amount:,.2f}".rstrip("0").rstrip(".") in text


FOLDER = PLANS[0].parent
YEAR = SMALL | {"run": {"periods": 12}, "workforce": {"seats": 6, "quits_per_year": 0.0}}


def test_quarterly_pay_is_shown_beside_the_quarters_counts():
    """2 % of what is above the first 200,000 yuan of three periods, by the figures shown."""
    scenario = Scenario.load(FOLDER / "plans/cash_not_promises.toml")
    table, counted = examples(scenario.vary(**YEAR | {"portfolio": {"accounts": 4000}}))
    assert all(shown.periods == 3 for shown in counted.values())
    cash = table.loc[list(counted)].sum()
    assert cash.max() > 200_000
    expected = 0.02 * (cash - 200_000).clip(lower=0)
    assert table.loc["pay.quarterly commission"].to_numpy() == pytest.approx(expected, abs=0.01)
    assert table.loc["total"].to_numpy() == pytest.approx(table.loc["wage"])
    assert list(table.loc["mean"]) == sorted(table.loc["mean"])
    text = markdown(plan_document(scenario.vary(**YEAR), Words("en")))
    assert "in a period earns nothing" not in text
    assert "in 3 pay periods earns nothing" in text


def test_a_years_pay_is_added_to_no_months_wage():
    table, counted = examples(Scenario.load(FOLDER / "plans/cn_mixed_periods.toml").vary(**YEAR))
    assert {shown.periods for shown in counted.values()} == {1, 3, 12}
    assert table.loc["total"].to_numpy() == pytest.approx(table.loc[["wage", "pay.monthly"]].sum())
    whole = 12 * table.loc["mean"] - table.loc["pay.annual"]
    assert (whole >= 12 * table.loc["wage"]).all()


def test_months_of_equal_pay_are_told_apart_by_what_was_earned_of_it():
    table, _ = examples(Scenario.load(FOLDER / "plans/us_gross_or_hourly.toml").vary(**SMALL))
    assert table.loc["total"].nunique() == 1
    fees = table.loc["pay.14 % of the fees"]
    assert list(fees) == sorted(fees)
    assert fees.iloc[0] < fees.iloc[2]


def test_a_table_by_the_month_before_shows_the_month_before():
    scenario = Scenario.load(FOLDER / "plans/in_mfi_2025.toml").vary(**SMALL)
    table, counted = examples(scenario)
    before = [name for name, shown in counted.items() if shown.before]
    assert [counted[name].measure for name in before] == ["recovery_rate"]
    assert "the assessment before" in markdown(plan_document(scenario, Words("en")))
    bounty = next(c for c in scenario.scheme.pay if c.label == "matrix")
    now = next(n for n, x in counted.items() if x.measure == "recovery_rate" and not x.before)
    cases = next(n for n, x in counted.items() if x.measure == "paid1_m1")
    for month in table:
        cell = bounty.yuan["paid1_m1"]
        for axis, value in zip(bounty.axes, (
            table.loc[before[0], month], table.loc[now, month] - table.loc[before[0], month]
        ), strict=True):  # fmt: skip
            cell = cell[sum(value >= edge for edge in axis.edges)]
        assert table.loc["pay.matrix", month] == pytest.approx(cell * table.loc[cases, month])


def test_the_gaming_of_what_is_measured_is_forbidden():
    scheme = Scheme(pay=({"kind": "scorecard", "pool_yuan": 1, "weights": {"documents": 1.0}},))
    assert "dummy_files" in {task.key for task in tempting(scheme)}
    assert tempting(Scheme()) == []


def test_a_scheme_that_comes_later_has_its_chapter():
    scenario = Scenario.load(PLANS[0].parent / "rollout.toml").vary(**SMALL | {"run": {}})
    text = markdown(plan_document(scenario, Words("en")))
    assert "From pay period 6 on" in text
    assert "Announced in pay period 4" in text


def test_names_stay_text():
    scheme = {
        "title": NASTY,
        "pay": [{"kind": "penalty", "name": NASTY[:60], "yuan": {"caught": 1}}],
    }
    blocks = plan_document(Scenario.of(SMALL | {"scheme": scheme}), Words("en"))
    page = html(NASTY, blocks, "en")
    assert "<script>" not in page
    assert "\u202e" not in page.partition("</title>")[2]
    text = markdown(blocks)
    assert "<script" not in text.replace("\\<", "")
    assert "](http" not in text.replace("\\]", "").replace("\\[", "")


def test_the_command_writes_text_or_a_page(postloan, folder):
    shown = postloan("explain", "commission.toml")
    assert shown.exit_code == 0
    assert "5 % of the cash received" in shown.output
    assert (
        postloan("explain", "commission.toml", "--lang", "zh", "--out", "方案.html").exit_code == 0
    )
    page = (folder / "方案.html").read_text("utf-8")
    assert "怎么发薪" in page
    assert not re.search(r"(src|href)=", page)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--lang", "fr"], "--lang fr: expected one of en, zh"),
        (["--out", "plan.pdf"], "plan.pdf: expected a file whose name ends in .html"),
    ],
)
def test_wrong_requests_are_refused(postloan, folder, arguments, message):
    refused = postloan("explain", "commission.toml", *arguments)
    assert refused.exit_code == 2
    assert message in refused.output
    assert not list(folder.glob("plan*"))
