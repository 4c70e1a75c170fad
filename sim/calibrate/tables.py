"""Roll rates and vintages of a status panel, as tables for people and pictures."""

import numpy as np
import pandas as pd

from sim.panel import ABSENT, CHARGED_OFF, PERFORMING, Panel

STATES = ("not overdue", *(f"M{bucket}" for bucket in range(1, CHARGED_OFF)), "charged off")


def roll_rates(panel: Panel) -> pd.DataFrame:
    """Columns state_before, state_after, accounts, share: of a month's end, a month later."""
    before, after = panel.state[:, :-1].ravel(), panel.state[:, 1:].ravel()
    known = (before != ABSENT) & (after != ABSENT)
    counts = np.zeros((len(STATES), len(STATES)), np.int64)
    np.add.at(counts, (before[known], after[known]), 1)
    share = counts / np.maximum(counts.sum(axis=1, keepdims=True), 1)
    at = [(b, a) for b in range(len(STATES)) for a in range(len(STATES)) if counts[b].any()]
    return pd.DataFrame({
        "state_before": [STATES[b] for b, _ in at],
        "state_after": [STATES[a] for _, a in at],
        "accounts": [counts[pair] for pair in at],
        "share": [share[pair] for pair in at],
    })  # fmt: skip


def vintages(panel: Panel) -> pd.DataFrame:
    """Columns month, months_later, accounts, still_overdue: of those who became overdue in it."""
    late = panel.state > PERFORMING
    rows = []
    for month in range(1, panel.state.shape[1]):
        begun = late[:, month] & (panel.state[:, month - 1] == PERFORMING)
        for later in range(panel.state.shape[1] - month):
            there = begun & (panel.state[:, month + later] != ABSENT)
            if there.any():
                spell = late[there, month : month + later + 1].all(axis=1)
                rows.append((month, later, int(there.sum()), float(spell.mean())))
    return pd.DataFrame(rows, columns=["month", "months_later", "accounts", "still_overdue"])
