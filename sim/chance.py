"""Random numbers addressed by (seed, replication, purpose, entity, day).

A draw depends on its address and on nothing else, so two schemes meet the same luck and the
order of calls, the number of threads and the number of processes cannot matter. The generator is
the SplitMix64 finaliser (Steele, Lea & Flood 2014) applied to a hashed start per entity and a
Weyl step per day.
"""

import hashlib
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numba import uint64
from scipy.special import ndtri

from sim.compiled import compiled

GOLDEN = np.uint64(0x9E3779B97F4A7C15)
_SHARE = 2.0**-53


@compiled(uint64(uint64), inline="always")
def mix(word):
    """Scrambled 64-bit word of a 64-bit word; a bijection."""
    word = (word ^ (word >> uint64(30))) * uint64(0xBF58476D1CE4E5B9)
    word = (word ^ (word >> uint64(27))) * uint64(0x94D049BB133111EB)
    return word ^ (word >> uint64(31))


@compiled()
def _streams(keys, purpose):
    """One pass over the entities: NumPy would write and read a column for each operation."""
    out = np.empty(keys.size, np.uint64)
    for i in range(keys.size):
        out[i] = mix(mix(keys[i]) + purpose)
    return out


@compiled()
def _words(streams, step):
    out = np.empty(streams.size, np.uint64)
    for i in range(streams.size):
        out[i] = mix(streams[i] + step)
    return out


@compiled()
def _shares(streams, step):
    out = np.empty(streams.size)
    for i in range(streams.size):
        out[i] = (float(mix(streams[i] + step) >> uint64(11)) + 0.5) * _SHARE
    return out


@compiled(inline="always")
def uniform_at(purpose, entity, step):
    """`Luck.uniform` of one entity, for compiled loops: of `Luck.purpose` and `step_of` the day."""
    return (float(mix(mix(mix(entity) + purpose) + step) >> uint64(11)) + 0.5) * _SHARE


@compiled()
def binomial(place, n, share):
    """Successes of n trials at a place (0, 1) of their distribution, whole; by inversion.

    In logs, so that the chance of none of many trials is no zero to start from.
    """
    if share <= 0.0 or n <= 0.0:
        return 0.0
    if share >= 1.0:
        return n
    log_chance, odds = n * np.log1p(-share), share / (1.0 - share)
    up_to = np.exp(log_chance)
    k = 0.0
    while up_to < place and k < n:
        log_chance += np.log((n - k) / (k + 1.0) * odds)
        up_to += np.exp(log_chance)
        k += 1.0
    return k


@lru_cache(maxsize=1000)
def step_of(day: int) -> np.uint64:
    """How far a sequence has come on that day."""
    return np.uint64((int(GOLDEN) * (day + 1)) % 2**64)


def name_key(name: str) -> np.uint64:
    """A 64-bit key of a text (a name, a purpose), the same on every machine."""
    return np.uint64(int.from_bytes(hashlib.blake2b(name.encode(), digest_size=8).digest(), "big"))


@lru_cache(maxsize=1000)
def _purpose(seed: int, replication: int, purpose: str) -> np.uint64:
    return name_key(f"{seed}/{replication}/{purpose}")


@dataclass(frozen=True)
class Luck:
    """All draws of one replication."""

    seed: int
    replication: int

    def purpose(self, purpose: str) -> np.uint64:
        """The key of what is drawn for, in this replication."""
        return _purpose(self.seed, self.replication, purpose)

    def streams(self, purpose: str, entities: np.ndarray) -> np.ndarray:
        """Starts of the entities' own sequences, uint64, one per entity."""
        keys = np.asarray(entities).astype(np.uint64, copy=False)
        return _streams(keys.ravel(), self.purpose(purpose)).reshape(keys.shape)

    def words(self, purpose: str, entities: np.ndarray, day: int = 0) -> np.ndarray:
        """Uniform 64-bit words, one per entity."""
        streams = self.streams(purpose, entities)
        return _words(streams.ravel(), step_of(day)).reshape(streams.shape)

    def uniform(self, purpose: str, entities: np.ndarray, day: int = 0) -> np.ndarray:
        """Uniform numbers in the open interval (0, 1), one per entity."""
        streams = self.streams(purpose, entities)
        return _shares(streams.ravel(), step_of(day)).reshape(streams.shape)

    def normal(self, purpose: str, entities: np.ndarray, day: int = 0) -> np.ndarray:
        """Standard normal numbers by inversion, one per entity."""
        return ndtri(self.uniform(purpose, entities, day))
