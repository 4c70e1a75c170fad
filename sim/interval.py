"""The interval of a mean over replications."""

import numpy as np
from scipy.special import stdtrit


def interval(values: np.ndarray) -> tuple[float, float, float]:
    """Mean and 95 % Student interval of the values that are numbers.

    The ends are NaN for a single value, and so is the mean for none.
    """
    values = values[np.isfinite(values)]
    mean = float(np.mean(values)) if len(values) else np.nan
    if len(values) < 2:
        return mean, np.nan, np.nan
    half = float(stdtrit(len(values) - 1, 0.975) * np.std(values, ddof=1) / len(values) ** 0.5)
    return mean, mean - half, mean + half
