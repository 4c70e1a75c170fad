"""The twelve indicators and the tasks behind them; a new one is an entry in its category's file."""

from sim.indicators import process, recovery, risk, service
from sim.indicators.base import CATEGORIES, Indicator, Service, Task

FILES = (recovery, risk, service, process)
INDICATORS: dict[str, Indicator] = {i.key: i for file in FILES for i in file.INDICATORS}
TASKS: dict[str, Task] = {
    task.key: task
    for file in FILES
    for task in (*(t for i in file.INDICATORS for t in (i.honest, i.gamed)), *file.TASKS)
}

__all__ = ["CATEGORIES", "INDICATORS", "TASKS", "Indicator", "Service", "Task"]
