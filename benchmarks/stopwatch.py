"""Seconds that blocks of code took, by the processor's and by the wall's clock."""

import time
from typing import Self


class Stopwatch:
    """Adds up `with` blocks.

    `cpu` counts what this one-threaded process worked: on an idle machine it equals `wall`, on a
    busy one it leaves out the neighbours' turns.
    """

    def __init__(self) -> None:
        self.cpu = self.wall = 0.0

    def __enter__(self) -> Self:
        self._cpu, self._wall = time.process_time(), time.perf_counter()
        return self

    def __exit__(self, *_: object) -> None:
        self.cpu += time.process_time() - self._cpu
        self.wall += time.perf_counter() - self._wall
