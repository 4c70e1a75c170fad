"""A tiny world on disk, and the command line that works on it."""

from pathlib import Path

import pytest
from typer.testing import CliRunner

from desk.cli import app

TINY = """
[run]
periods = 2
replications = 2
[portfolio]
accounts = 300
[workforce]
seats = 3
[scheme]
wage_yuan = 5000
"""
COMMISSION = """
extends = "wage.toml"
[[scheme.pay]]
kind = "commission"
rates = { M1 = 0.05, M2 = 0.1 }
"""


@pytest.fixture
def folder(tmp_path, monkeypatch) -> Path:
    """The current folder, with two tiny scenarios."""
    monkeypatch.chdir(tmp_path)
    Path("wage.toml").write_text(TINY, encoding="utf-8")
    Path("commission.toml").write_text(COMMISSION, encoding="utf-8")
    return tmp_path


@pytest.fixture
def postloan():
    """The command line, in this process: `postloan("run", "wage.toml")`."""
    return lambda *arguments: CliRunner().invoke(app, [str(word) for word in arguments])
