"""A scenario as the text of a file: what differs from another one, or from the defaults."""

import os
from typing import Any

import tomli_w

from sim import Scenario


def changed_keys(before: Scenario, after: Scenario) -> dict[str, dict[str, Any]]:
    """The keys, by table, whose values differ; TOML has none for what is absent."""
    old, new = (s.model_dump(mode="json", exclude_none=True) for s in (before, after))
    changed = {
        table: {key: value for key, value in keys.items() if value != old[table].get(key)}
        for table, keys in new.items()
        if isinstance(keys, dict)
    }
    return {table: keys for table, keys in changed.items() if keys}


def whole_text(scenario: Scenario) -> str:
    """The scenario as a file that extends no other: every key that is not at its default."""
    tables = changed_keys(Scenario(), scenario)
    if scenario.portfolio.file:  # the text may be kept anywhere
        tables["portfolio"]["file"] = os.path.abspath(scenario.portfolio.file)
    changes = scenario.model_dump(mode="json", exclude_none=True)["change"]
    later = [{key: x for key, x in change.items() if key != "scheme_of"} for change in changes]
    # a file may not be empty: the title stands in it always
    return tomli_w.dumps({"title": scenario.title} | tables | ({"change": later} if later else {}))
