"""Machine code is dropped with any source it was made of."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import sim.accounts
from sim.compiled import sources

RULE = """\
from sim.compiled import compiled
from sim.number import NUMBER

@compiled()
def rule():
    return NUMBER

print(rule(), sum(rule.stats.cache_hits.values()))
"""


def test_a_changed_number_of_another_file_is_taken_in(tmp_path):
    """Numba itself would go on with the old one."""
    home = tmp_path / "sim"
    home.mkdir()
    (home / "__init__.py").touch()
    shutil.copy(sources(Path(sim.accounts.__file__))[0].with_name("compiled.py"), home)
    (home / "rule.py").write_text(RULE)
    own = os.environ | {
        "PYTHONPATH": str(tmp_path),
        "NUMBA_CACHE_DIR": str(tmp_path / "kept"),
        "PYTHONDONTWRITEBYTECODE": "1",  # Python itself misses a change of the same second and size
    }

    def said(number: int) -> list[str]:
        (home / "number.py").write_text(f"NUMBER = {number}\n")
        command = [sys.executable, "-c", "import sim.rule"]
        return subprocess.check_output(command, env=own, cwd=tmp_path, text=True).split()

    assert [said(7), said(7), said(8)] == [["7", "0"], ["7", "1"], ["8", "0"]]


def test_the_account_loop_is_made_of_the_files_it_calls():
    names = {file.name for file in sources(Path(sim.accounts.__file__))}
    assert {"accounts.py", "best.py", "hiding.py", "lateness.py", "records.py"} <= names
