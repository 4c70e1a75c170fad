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
