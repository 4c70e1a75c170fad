"""The same work in agentpy, with its lists of agents and Python's generator."""

import agentpy
import numpy as np

from benchmarks.peer import Account, Collector, House, Work
from sim.world import WEEK


class PyAccount(Account, agentpy.Agent):
    def setup(self, collector: Collector, record: np.void) -> None:
        self.begin(collector, record)

    def remove(self) -> None:
        self.model.accounts.remove(self)


class PyCollector(Collector, agentpy.Agent):
    def setup(self, practice: np.void) -> None:
        self.begin(practice)


class PyHouse(House, agentpy.Model):
    """A step is a day; accounts are in the list that agentpy has for agents who leave."""

    def __init__(self, work: Work):
        super().__init__({"seed": work.seed, "given": work})
        self.sim_setup()

    def setup(self) -> None:
        self.draw, self.draw_normal = self.random.random, self.random.gauss
        self.accounts, self.collectors = agentpy.AgentDList(self), agentpy.AgentList(self)
        self.begin(self.p.given)

    def collector(self, practice: np.void) -> PyCollector:
        self.collectors.append(PyCollector(self, practice))
        return self.collectors[-1]

    def account(self, seat: Collector, record: np.void) -> PyAccount:
        account = PyAccount(self, seat, record)
        self.accounts.append(account)
        return account

    def step(self) -> None:
        self.day = self.t - 1
        if self.day % WEEK == 0:
            self.adopt(self.work.rules(self.day))
            self.collectors.open_week()
        self.arrive()
        self.accounts.buffer().step()
        if self.at_work:
            self.collectors.shuffle().work()
