"""Teams: seats that see each other's behaviour."""

import mesa
import numpy as np


class Team(mesa.Agent):
    """A group of seats; the numbers live in the columns of `World.people`."""

    def __init__(self, model, number: int):
        super().__init__(model)
        self.number = int(number)

    @property
    def seats(self) -> np.ndarray:
        """Indices of the team's seats."""
        return np.flatnonzero(self.model.people.team == self.number)

    @property
    def collectors(self) -> list:
        return [self.model.collectors[int(s)] for s in self.seats]
