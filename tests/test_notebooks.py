"""Notebooks are short, hold no logic, store no output, and run from top to bottom."""

import ast
from pathlib import Path

import nbformat
import pytest
from nbclient import NotebookClient

FOLDER = Path(__file__).resolve().parent.parent / "notebooks"
NAMES = ("01_scenarios", "02_compare_schemes", "03_budget_sensitivity", "04_optimise")
MOST_CODE_CELLS = 10
SMALL = {
    "portfolio": {"accounts": 500},
    "workforce": {"seats": 4, "seats_per_team": 2},
    "run": {"periods": 3, "warm_up": 1},
}
TINY = {  # parameters with which a run takes seconds
    "01_scenarios": {"size": SMALL, "replications": 2},
    "02_compare_schemes": {"size": SMALL, "replications": 2, "inspected": 2},
    "03_budget_sensitivity": {
        "size": SMALL, "draws": 8, "replications": 2, "calls": 40, "verified": 8,
        "multiples": (1.0, 1.2), "assumptions": {"response.sensitivity": (0.3, 2.0)},
    },
    "04_optimise": {"size": SMALL, "calls": 60, "verified": 8, "replications": 2},
}  # fmt: skip


def read(name: str) -> nbformat.NotebookNode:
    return nbformat.read(FOLDER / f"{name}.ipynb", as_version=4)


def code_cells(name: str) -> list[nbformat.NotebookNode]:
    return [cell for cell in read(name).cells if cell.cell_type == "code"]


def parsed(name: str) -> list[ast.AST]:
    return [node for cell in code_cells(name) for node in ast.walk(ast.parse(cell.source))]


def executed(name: str, parameters: dict) -> nbformat.NotebookNode:
    """The notebook run from top to bottom, the parameters set after its own, as papermill does."""
    notebook = read(name)
    lines = [f"{key} = {setting!r}" for key, setting in parameters.items()]
    place = [i for i, c in enumerate(notebook.cells) if "parameters" in c.metadata.get("tags", ())]
    notebook.cells.insert(place[0] + 1, nbformat.v4.new_code_cell("\n".join(lines)))
    resources = {"metadata": {"path": str(FOLDER)}}
    client = NotebookClient(notebook, timeout=600, kernel_name="python3", resources=resources)
    return client.execute()


def test_these_are_all_notebooks():
    assert sorted(path.stem for path in FOLDER.glob("*.ipynb")) == sorted(NAMES)


@pytest.mark.parametrize("name", NAMES)
def test_notebook_is_stored_without_outputs(name):
    assert [c.source for c in code_cells(name) if c.outputs or c.execution_count] == []


@pytest.mark.parametrize("name", NAMES)
def test_notebook_is_short_and_asks_before_each_answer(name):
    kinds = [cell.cell_type for cell in read(name).cells]
    assert kinds == ["markdown", "code"] * (len(kinds) // 2)
    assert len(kinds) // 2 <= MOST_CODE_CELLS


@pytest.mark.parametrize("name", NAMES)
def test_notebook_defines_nothing(name):
    logic = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef, ast.Lambda, ast.While, ast.For)
    assert [ast.unparse(node) for node in parsed(name) if isinstance(node, logic)] == []


@pytest.mark.parametrize("name", NAMES)
def test_parameters_come_first_and_are_plain(name):
    first, *others = code_cells(name)
    assert first.metadata.tags == ["parameters"]
    assert not any("tags" in cell.metadata for cell in others)
    lines = ast.parse(first.source).body
    assert all(isinstance(line, ast.Assign) for line in lines)
    for line in lines:
        ast.literal_eval(line.value)  # raises on anything but plain values
    stored = {n.id for line in lines for n in ast.walk(line) if isinstance(n, ast.Name)}
    assert set(TINY[name]) <= stored


@pytest.mark.parametrize("name", NAMES)
def test_notebook_enters_by_the_front_doors(name):
    modules = {node.module for node in parsed(name) if isinstance(node, ast.ImportFrom)}
    assert modules <= {"sim", "optimize"}
    assert not any(isinstance(node, ast.Import) for node in parsed(name))


SLOW = ("03_budget_sensitivity", "04_optimise")  # a search takes a minute or two, however small


@pytest.mark.parametrize(
    "name", [pytest.param(n, marks=pytest.mark.campaign if n in SLOW else ()) for n in NAMES]
)
def test_notebook_runs_from_top_to_bottom(name):
    done = executed(name, TINY[name])
    answers = [o for c in done.cells if c.cell_type == "code" for o in c.outputs]
    shown = [kind for o in answers for kind in o.get("data", {})]
    assert "application/vnd.plotly.v1+json" in shown


@pytest.mark.campaign
@pytest.mark.parametrize("name", NAMES)
def test_notebook_runs_at_its_own_size(name):
    executed(name, {})
