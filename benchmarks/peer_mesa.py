"""The same work in plain Mesa, in two idioms.

- lean: accounts do not meet, so `do` steps them in order, and single numbers come from the
  model's Python generator, which gives them several times faster than numpy's;
- tutorial: `shuffle_do` steps the accounts and numpy's generator draws, as Mesa's tutorial teaches.
"""

import mesa
import numpy as np

from benchmarks.peer import Account, Collector, House, Work
from sim.world import WEEK


class MesaAccount(Account, mesa.Agent):
    def __init__(self, model: "MesaHouse", collector: Collector, record: np.void):
        super().__init__(model)
        self.begin(collector, record)


class MesaCollector(Collector, mesa.Agent):
    def __init__(self, model: "MesaHouse", practice: np.void):
        super().__init__(model)
        self.begin(practice)


class MesaHouse(House, mesa.Model):
    """A step is a day."""

    def __init__(self, work: Work, tutorial: bool = False):
        super().__init__(rng=work.seed)
        self.tutorial = tutorial
        self.draw = self.rng.random if tutorial else self.random.random
        self.draw_normal = self.rng.normal if tutorial else self.random.gauss
        self.begin(work)

    def collector(self, practice: np.void) -> MesaCollector:
        return MesaCollector(self, practice)

    def account(self, seat: Collector, record: np.void) -> MesaAccount:
        return MesaAccount(self, seat, record)

    def step(self) -> None:
        self.day = self.steps - 1  # Mesa counts steps from 1
        collectors = self.agents_by_type[MesaCollector]
        if self.day % WEEK == 0:
            self.adopt(self.work.rules(self.day))
            collectors.do("open_week")
        self.arrive()
        accounts = self.agents_by_type[MesaAccount]
        (accounts.shuffle_do if self.tutorial else accounts.do)("step")
        if self.at_work:
            collectors.shuffle_do("work")
