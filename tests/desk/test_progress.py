"""The progress bar knows what keeps the first run waiting."""

from desk.progress import is_compiled
from sim import Scenario, run


def test_machine_code_is_found_after_a_run():
    tiny = {"run": {"periods": 1}, "portfolio": {"accounts": 30}, "workforce": {"seats": 1}}
    run(Scenario.of(tiny), replications=1)
    assert is_compiled()
