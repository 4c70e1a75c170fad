"""Published facts, and whether the model shows them. A fact is a block in one of the files here."""

from sim.evidence import account_facts, closed_forms, effort_facts, people_facts, theory
from sim.evidence.check import Finding, validate
from sim.evidence.fact import Fact

FILES = (account_facts, people_facts, effort_facts, closed_forms, theory)
FACTS: dict[str, Fact] = {fact.key: fact for file in FILES for fact in file.FACTS}

__all__ = ["FACTS", "Fact", "Finding", "validate"]
