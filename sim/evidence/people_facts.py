"""Facts about people under pay: each is one block of the table at the foot."""

from sim.evidence.fact import Fact

FACTS: tuple[Fact, ...] = ()
