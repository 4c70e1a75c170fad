"""The JSON schema of scenario files: as the model has it, and linked from every file."""

import json
import tomllib
from pathlib import Path

import pytest
from jsonschema import Draft202012Validator

from desk.scenario_schema import schema_text

SCENARIOS = Path(__file__).parents[2] / "scenarios"
OTHERS = {SCENARIOS / "sweep.toml", SCENARIOS / "history" / "history.toml"}
FILES = sorted(set(SCENARIOS.rglob("*.toml")) - OTHERS)


def test_schema_in_the_repository_is_in_sync():
    kept = (SCENARIOS / "schema.json").read_text("utf-8")
    assert kept == schema_text(), "renew with: postloan schema --out scenarios/schema.json"


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_scenario_names_its_schema_and_fits_it(path):
    text = path.read_text("utf-8")
    up = "../" * (len(path.relative_to(SCENARIOS).parts) - 1) or "./"
    assert text.startswith(f"#:schema {up}schema.json\n")
    Draft202012Validator(json.loads(schema_text())).validate(tomllib.loads(text))


@pytest.mark.parametrize(
    ("wrong", "place"),
    [
        ({"run": {"periods": "twelve"}}, ["run", "periods"]),
        ({"portfolio": {"accounts": -1}}, ["portfolio", "accounts"]),
        ({"platform": {"audited": [0.1]}}, ["platform", "audited"]),
        ({"schemes": {}}, []),
        ({"scheme": {"pay": {"card": {"kind": "scorecards"}}}}, ["scheme", "pay"]),
    ],
)
def test_schema_finds_what_is_wrong_inside_a_table(wrong, place):
    errors = list(Draft202012Validator(json.loads(schema_text())).iter_errors(wrong))
    assert place in [list(error.absolute_path) for error in errors]


def test_schema_knows_the_grammar_of_files():
    schema = json.loads(schema_text())
    assert schema["properties"]["extends"]["type"] == "string"
    assert schema["$defs"]["Scheme"]["properties"]["replace"]["type"] == "boolean"
    assert "replace" not in schema["$defs"]["Scorecard"]["properties"]
