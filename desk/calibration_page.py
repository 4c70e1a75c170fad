"""The report of a calibration as blocks: what was checked, found, seen and left alone."""

import numpy as np

from desk.blocks import Block, Heading, Paragraph, Picture, Table
from sim.calibrate.account_fit import AccountFit
from sim.history_plots import holdout_figure, roll_figure, vintage_figure
from sim.shown import visible


def calibration_document(found: AccountFit, name: str) -> list[Block]:
    """The report on a history."""
    name = visible(name)
    fails = int((~found.holdout["holds"]).sum())
    return [
        Heading(f"Calibration on {name}", 1),
        Paragraph(
            f"{found.accounts:,} accounts over {found.months} months; the search read "
            f"{found.read:,} accounts. Of {len(found.holdout)} checks on the last month, which was "
            f"left out of the fit, {fails} fail."
        ),
        Heading("The month left out"),
        Table(
            ["measure", "predicted", "seen", "permitted", "verdict"],
            [[row.measure, *figure_text(row)] for row in found.holdout.itertuples()],
        ),
        Picture(holdout_figure(found.holdout, name), "Predicted and seen, the last month"),
        Heading("Parameters"),
        Paragraph(
            "Errors are of the likelihood, accounts being independent; intervals hold 90 %. Not "
            "identified: the standard error of the logit or log is over 0.5. A prior is the value "
            "of the scenario that the new one extends."
        ),
        Table(
            ["parameter", "estimate", "standard error", "90 % from", "to", "verdict"],
            [[row.key, *map(_number, (row.estimate, row.error, row.low, row.high)), row.verdict]
             for row in found.parameters.itertuples()],
        ),
        Heading("Roll rates and vintages"),
        Picture(roll_figure(found.rolls, name), "Shares of accounts by state, a month later"),
        Picture(vintage_figure(found.vintages, name), "Share still overdue by months later"),
    ]  # fmt: skip


def figure_text(row) -> list[str]:
    """Predicted, seen, permitted difference, verdict of a row of the hold-out table."""
    figures = (row.predicted, row.seen, row.permitted)
    return [*(f"{x:.2%}" if np.isfinite(x) else "-" for x in figures),
            "holds" if row.holds else "fails"]  # fmt: skip


def _number(x: float) -> str:
    return f"{x:,.4g}" if np.isfinite(x) else "-"
