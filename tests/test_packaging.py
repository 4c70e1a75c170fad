"""What is installed is this repository, whole, private and pinned."""

import ast
import re
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from fnmatch import fnmatch
from functools import cache
from pathlib import Path
from zipfile import ZipFile

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).resolve().parent.parent
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
PACKAGES = PROJECT["tool"]["hatch"]["build"]["targets"]["wheel"]["packages"]
PINS = [
    line
    for line in (ROOT / "constraints.txt").read_text("utf-8").splitlines()
    if not line.startswith("#")
]
DECLARED = sorted(
    {
        *PROJECT["build-system"]["requires"],
        *PROJECT["project"]["dependencies"],
        *(name for extra in PROJECT["project"]["optional-dependencies"].values() for name in extra),
    }
)
REGISTRY_HOST = re.compile(r"\b(pypi|pythonhosted|npmjs|anaconda)\.(org|com|io)\b", re.IGNORECASE)


@cache
def kept_files() -> list[Path]:
    """Every file that belongs to the repository, asked without git: a newcomer may not have it."""
    ignored = (ROOT / ".gitignore").read_text("utf-8").split("\n")
    made = [".git", *(line for line in ignored if line and not line.startswith("#"))]

    def walk(folder: Path) -> Iterator[Path]:
        for path in folder.iterdir():
            if any(fnmatch(path.name, pattern) for pattern in made):
                continue
            yield from walk(path) if path.is_dir() else [path]

    return sorted(walk(ROOT))


def imported_names(source: str) -> set[str]:
    """Full names of all that a module imports: `scipy.optimize` for either way to write it."""
    names = set()
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            names |= {f"{node.module}.{alias.name}" for alias in node.names}
    return names


@pytest.mark.parametrize("package", PACKAGES)
def test_package_is_imported_from_this_repository(package, tmp_path):
    ask = f"import importlib.util; print(importlib.util.find_spec({package!r}).origin)"
    answer = subprocess.run(
        [sys.executable, "-I", "-c", ask], cwd=tmp_path, capture_output=True, text=True, check=True
    )
    assert Path(answer.stdout.strip()) == ROOT / package / "__init__.py"


def test_no_module_takes_optimize_from_scipy():
    offenders = [
        path.relative_to(ROOT)
        for path in kept_files()
        if path.suffix == ".py" and "scipy.optimize" in imported_names(path.read_text("utf-8"))
    ]
    assert offenders == []


def test_no_file_names_a_package_registry():
    offenders = [
        path.relative_to(ROOT)
        for path in kept_files()
        if REGISTRY_HOST.search(path.read_text("utf-8", errors="ignore"))
    ]
    assert offenders == []


def test_every_pin_is_a_name_with_an_exact_version_and_no_more():
    assert [pin for pin in PINS if not re.fullmatch(r"[a-z0-9-]+==[0-9a-z.]+", pin)] == []


def test_each_name_is_pinned_once():
    names = [pin.split("==")[0] for pin in PINS]
    assert names == sorted(set(names))


@pytest.mark.parametrize("declared", DECLARED)
def test_declared_dependency_is_pinned_within_its_bounds(declared):
    requirement = Requirement(declared)
    pinned = dict(pin.split("==") for pin in PINS)
    assert requirement.specifier.contains(pinned[canonicalize_name(requirement.name)])


def test_wheel_holds_the_packages_and_nothing_else(tmp_path):
    build = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(tmp_path)]
    subprocess.run(build, cwd=ROOT, capture_output=True, check=True)
    (wheel,) = tmp_path.glob("postloan-*.whl")
    held = {name for name in ZipFile(wheel).namelist() if ".dist-info/" not in name}
    files = {path.relative_to(ROOT).as_posix() for path in kept_files()}
    assert held == {name for name in files if name.split("/")[0] in PACKAGES}
    assert {f"{package}/py.typed" for package in PACKAGES} <= held


def test_distribution_refuses_to_be_uploaded():
    assert "Private :: Do Not Upload" in PROJECT["project"]["classifiers"]
