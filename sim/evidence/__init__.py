"""Published facts, and whether the model shows them. A fact is a block in one of the files here."""

from sim.evidence import account_facts, people_facts
from sim.evidence.check import Finding, validate
from sim.evidence.fact import Fact

FACTS: dict[str, Fact] = {
    fact.key: fact for facts in (account_facts.FACTS, people_facts.FACTS) for fact in facts
}

__all__ = ["FACTS", "Fact", "Finding", "validate"]
