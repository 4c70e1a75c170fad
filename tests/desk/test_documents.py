"""The parameter page: as the code has it, and complete."""

import re

import pytest
from pydantic import Field

from desk import documents
from sim import Scenario
from sim.activity import COLUMN
from sim.indicators import INDICATORS, TASKS
from sim.parameter import Section
from sim.scheme import COMPONENTS

PARAMETERS = documents.parameters()
CHINESE = re.compile(r"[\u4e00-\u9fff]")


@pytest.fixture(scope="module")
def page() -> str:
    return documents.parameters_markdown()


@pytest.fixture
def kept(tmp_path, monkeypatch):
    """A place for the page that is not the repository's."""
    monkeypatch.setattr(documents, "PAGE", tmp_path / "docs" / "parameters.md")
    return documents.PAGE


def cells(page: str, chapter: str) -> list[list[str]]:
    """The rows of a chapter's tables, headings left out."""
    text = page.split(f"\n## {chapter}\n")[1].split("\n## ")[0]
    lines = [line for line in text.splitlines() if line.startswith("|")]
    body = [line for line, next_line in zip(lines, [*lines[1:], ""], strict=True)
            if "| --- |" not in line and "| --- |" not in next_line]  # fmt: skip
    return [[cell.strip() for cell in re.split(r"(?<!\\)\|", line)[1:-1]] for line in body]


def test_page_in_the_repository_is_in_sync(page):
    assert documents.PAGE.read_text("utf-8") == page, f"renew with: {documents.COMMAND}"


def test_page_says_how_to_renew_it(page):
    assert documents.COMMAND in page.split("## ")[0]


@pytest.mark.parametrize("path", PARAMETERS)
def test_parameter_has_meaning_unit_and_source(page, path):
    field = PARAMETERS[path]
    about = field.json_schema_extra
    assert field.description
    assert about["unit"]
    assert about["source"]
    rows = {row[0]: row for row in cells(page, "Scenario")}
    _, meaning, default, unit, _, source = rows[f"`{path}`"]
    assert "" not in (meaning, default, unit, source)


def test_every_number_of_a_scenario_is_on_the_page():
    """All keys of a scenario's own dump, save its title and the scheme, which has its chapter."""
    dump = Scenario().model_dump()
    keys = {
        f"{name}.{key}" for name, part in dump.items() if isinstance(part, dict) for key in part
    }
    assert {key for key in keys if not key.startswith("scheme.")} == set(PARAMETERS)


def test_bands_hold_their_defaults():
    for path, field in PARAMETERS.items():
        default = field.get_default(call_default_factory=True)
        if band := field.json_schema_extra.get("band"):
            assert band[0] <= default <= band[1], path


@pytest.mark.parametrize("indicator", INDICATORS.values(), ids=lambda i: i.key)
def test_indicator_has_both_languages(page, indicator):
    rows = {row[0]: row for row in cells(page, "Indicators")}
    _, english, chinese, *_ = rows[f"`{indicator.key}`"]
    assert english.isascii()
    assert CHINESE.search(chinese)


@pytest.mark.parametrize("task", TASKS.values(), ids=lambda t: t.key)
def test_task_has_both_languages_and_says_what_it_does(page, task):
    chapter = "Gaming tasks" if task.gaming else "Honest tasks"
    rows = {row[0]: row for row in cells(page, chapter)}
    row = rows[f"`{task.key}`"]
    assert row[1].isascii()
    assert CHINESE.search(row[2])
    assert any(word in " ".join(row[3:]) for word in ("`", "believed", "attempts", "books"))


@pytest.mark.parametrize("component", COMPONENTS, ids=lambda c: c.__name__)
def test_pay_component_has_its_fields_with_meaning(page, component):
    kind = component.model_fields["kind"].default
    text = page.split(f'### `kind = "{kind}"`')[1].split("\n### ")[0].split("\n## ")[0]
    for key, field in component.model_fields.items():
        if key != "kind":
            assert field.description
            assert f"| `{key}` |" in text


def test_every_column_of_activity_has_a_meaning(page):
    rows = cells(page, "Activity")
    assert all(meaning for _, meaning in rows)
    shown = {name.strip("`").split(" ")[0] for name, _ in rows}
    first = {name for name in COLUMN if not re.search(r"_m[2-7]$", name)}
    assert shown == first


def test_tables_are_whole(page):
    """Every line of a table has as many cells as its heading."""
    for block in re.findall(r"(?:^\|.*\n)+", page, re.MULTILINE):
        widths = {len(re.findall(r"(?<!\\)\|", line)) for line in block.splitlines()}
        assert len(widths) == 1, block.splitlines()[0]


def test_check_tells_a_page_out_of_date(kept, capsys):
    assert documents.main(["--check"]) == 1
    assert documents.COMMAND in capsys.readouterr().out
    assert documents.main([]) == 0
    assert documents.main(["--check"]) == 0
    kept.write_text(kept.read_text("utf-8") + "x", encoding="utf-8")
    assert documents.main(["--check"]) == 1


def test_a_changed_default_makes_the_page_another(page, monkeypatch):
    class Changed(Section):
        """Another conduct."""

        attempts_per_week: int = Field(9, description="x", json_schema_extra={"unit": "y"})

    changed = documents.sections() | {"conduct": Changed}
    monkeypatch.setattr(documents, "sections", lambda: changed)
    assert documents.parameters_markdown() != page


def test_a_meaning_with_a_bar_stays_in_its_cell():
    assert documents.table(["a|b"], {"x": lambda text: text}) == "| x |\n| --- |\n| a\\|b |\n"
