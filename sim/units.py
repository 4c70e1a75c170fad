"""Money is whole fen (int64); files and tables speak yuan."""

import numpy as np

FEN_PER_YUAN = 100
DAYS_PER_MONTH = 30  # the length of a bucket
BUCKETS = ("M1", "M2", "M3", "M4", "M5", "M6", "M7")  # M7: charged off
CHARGE_OFF_DAY = 180
MAX_FEN = 2**53  # whole fen stay exact in float64 up to here


def to_fen(yuan) -> np.ndarray:
    """Whole fen, int64, of amounts in yuan; rounds half to even."""
    return np.rint(np.asarray(yuan, dtype=float) * FEN_PER_YUAN).astype(np.int64)


def to_yuan(fen) -> np.ndarray:
    """Yuan, float64, of whole fen."""
    return np.asarray(fen) / FEN_PER_YUAN
