"""The best few of many scores, exactly and without sorting; compiled.

Positive floats order as their bits do, so a cut between them can be halved in integers.
"""

import numpy as np

from sim.compiled import compiled


@compiled()
def _count_at_least(bits, n, cut):
    count = np.int32(0)
    limit = np.int32(cut)
    for j in range(n):
        count += np.int32(bits[j] >= limit)
    return np.int64(count)


@compiled()
def cut_of_best(bits, n, wanted, guess):
    """A cut on positive scores, as float bits, and how many ties at the cut to take.

    Bisection on the bit patterns: positive floats order as their bits do. The guess is
    yesterday's cut, around which the search gallops before it bisects.
    """
    low, high = 1, 0x7F800000
    if _count_at_least(bits, n, low) <= wanted:
        return low, n
    middle = min(max(guess, low + 1), high - 1)
    stride = 1 << 19
    while high - low > 1:
        count = _count_at_least(bits, n, middle)
        if count == wanted:
            return middle, n
        if count > wanted:
            low = middle
            middle = (
                min(middle + stride, (low + high) >> 1) if high == 0x7F800000 else (low + high) >> 1
            )
        else:
            high = middle
            middle = max(middle - stride, (low + high) >> 1) if low == 1 else (low + high) >> 1
        stride <<= 1
        if middle <= low:
            middle = low + 1
        if middle >= high:
            middle = high - 1
    return low, wanted - _count_at_least(bits, n, high)


@compiled()
def best_of(bits, n, cut, ties, hits):
    """The places in the queue above the cut, and of the first `ties` at it, and their number."""
    found = 0
    if ties >= n:
        for q in range(n):
            hits[found] = q
            found += bits[q] >= cut
        return found
    for q in range(n):
        tie = bits[q] == cut and ties > 0
        ties -= tie
        hits[found] = q
        found += tie or bits[q] > cut
    return found
