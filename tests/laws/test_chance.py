"""Chance: numbers that depend on their address alone, and that pass for random."""

import numpy as np
import pytest
from scipy import stats

from sim.chance import GOLDEN, Luck, binomial, mix, name_key, step_of, uniform_at

MANY = 400_000
LUCK = Luck(seed=1, replication=0)
ENTITIES = np.arange(MANY)
WORD = 2**64

SAMPLES = {
    "across neighbouring entities": lambda draw: draw("law", ENTITIES),
    "across named entities": lambda draw: draw(
        "law", np.array([name_key(f"loan {i}") for i in range(50_000)])),
    "along the days of one entity": lambda draw: np.array(
        [draw("law", np.array([5]), day)[0] for day in range(20_000)]),
    "across seeds": lambda draw: np.array(
        [getattr(Luck(seed, 0), draw.__name__)("law", np.array([5]))[0] for seed in range(20_000)]),
    "across replications": lambda draw: np.array(
        [getattr(Luck(1, k), draw.__name__)("law", np.array([5]))[0] for k in range(20_000)]),
}  # fmt: skip


@pytest.fixture(scope="module", params=SAMPLES)
def uniform(request) -> np.ndarray:
    return SAMPLES[request.param](LUCK.uniform)


def assert_within(found: float, expected: float, standard_error: float, errors: float = 4.5):
    assert abs(found - expected) < errors * standard_error


def test_uniform_numbers_lie_in_the_open_interval(uniform):
    assert uniform.min() > 0.0
    assert uniform.max() < 1.0


def test_uniform_numbers_have_the_mean_and_variance_of_a_uniform_one(uniform):
    n = uniform.size
    assert_within(uniform.mean(), 1 / 2, np.sqrt(1 / 12 / n))
    assert_within(uniform.var(), 1 / 12, np.sqrt(1 / 180 / n))


@pytest.mark.parametrize("cells", [16, 256, 1000])
def test_uniform_numbers_fill_their_cells_evenly(uniform, cells):
    counts = np.bincount((uniform * cells).astype(int), minlength=cells)
    surprise = stats.chisquare(counts).statistic
    assert_within(surprise, cells - 1, np.sqrt(2 * (cells - 1)))


@pytest.mark.parametrize("lag", [1, 2, 7, 30])
def test_neighbours_in_a_sample_are_uncorrelated(uniform, lag):
    found = np.corrcoef(uniform[:-lag], uniform[lag:])[0, 1]
    assert_within(found, 0.0, 1 / np.sqrt(uniform.size))


def test_pairs_of_neighbours_fill_the_square_evenly(uniform):
    even = uniform[: uniform.size // 2 * 2].reshape(-1, 2)
    counts = np.histogram2d(even[:, 0], even[:, 1], bins=16, range=[[0, 1], [0, 1]])[0]
    assert_within(stats.chisquare(counts.ravel()).statistic, 255, np.sqrt(2 * 255))


ADDRESSES = {
    "seed": (Luck(2, 0), "law", 0, 0), "replication": (Luck(1, 1), "law", 0, 0),
    "purpose": (LUCK, "other law", 0, 0), "day": (LUCK, "law", 0, 1),
    "entity": (LUCK, "law", 1, 0),
}  # fmt: skip


@pytest.mark.parametrize("part", ADDRESSES)
def test_another_address_is_another_and_unrelated_stream(part):
    luck, purpose, shift, day = ADDRESSES[part]
    here = LUCK.uniform("law", ENTITIES)
    there = luck.uniform(purpose, ENTITIES + shift * MANY, day)
    assert not np.isin(there, here).any()
    assert_within(np.corrcoef(here, there)[0, 1], 0.0, 1 / np.sqrt(MANY))


def test_the_streams_of_two_entities_are_uncorrelated_along_the_days():
    pair = np.array([[5, 6, 2**63]]).astype(np.uint64)
    days = np.concatenate([LUCK.uniform("law", pair[0], day)[None] for day in range(20_000)])
    for one, two in ((0, 1), (0, 2), (1, 2)):
        found = np.corrcoef(days[:, one], days[:, two])[0, 1]
        assert_within(found, 0.0, 1 / np.sqrt(len(days)))


@pytest.mark.parametrize("bit", [0, 1, 15, 16, 31, 32, 40, 48, 63])
def test_every_part_of_a_word_is_a_fair_coin(bit):
    """The kernel takes a word apart into pieces of 16 and 32 bits."""
    heads = (LUCK.words("law", ENTITIES) >> np.uint64(bit)) & np.uint64(1)
    assert_within(heads.mean(), 0.5, 0.5 / np.sqrt(MANY))


def test_normal_numbers_are_normal():
    normal = LUCK.normal("law", ENTITIES)
    assert_within(normal.mean(), 0.0, 1 / np.sqrt(MANY))
    assert_within(normal.var(), 1.0, np.sqrt(2 / MANY))
    assert stats.kstest(normal, "norm").pvalue > 1e-5


def test_the_generator_is_splitmix64():
    """The published first words for the seed 0 (Steele, Lea & Flood 2014; java.util)."""
    words = [int(mix(np.uint64(int(GOLDEN) * k % WORD))) for k in (1, 2, 3)]
    assert words == [0xE220A8397B1DCDAF, 0x6E789E6AA1B965F4, 0x06C45D188009454F]


@pytest.mark.parametrize("day", [0, 1, 365, 6999])
def test_the_kernel_and_the_columns_draw_the_same_words(day):
    """The kernel steps an account's own stream by the day, as `words` does for whole columns."""
    few = ENTITIES[:1000]
    streams = LUCK.streams("account", few)
    step = int(GOLDEN) * (day + 1)
    kernel = [int(mix(np.uint64((int(start) + step) % WORD))) for start in streams]
    assert LUCK.words("account", few, day).tolist() == kernel


def test_a_draw_does_not_depend_on_what_is_drawn_with_it():
    together = LUCK.uniform("law", ENTITIES, 3)
    some = np.array([17, 3, 399_999])
    np.testing.assert_array_equal(LUCK.uniform("law", some, 3), together[some])


def test_compiled_loops_draw_the_same_numbers():
    drawn = [uniform_at(LUCK.purpose("law"), key, step_of(7)) for key in ENTITIES[:50].astype("u8")]
    np.testing.assert_array_equal(drawn, LUCK.uniform("law", ENTITIES[:50], 7))


@pytest.mark.parametrize("share", [0.0, 1e-4, 0.03, 0.5, 0.97, 1.0])
@pytest.mark.parametrize("trials", [0, 1, 7, 60, 20_000])
def test_a_count_of_successes_is_the_binomial_quantile(trials, share):
    """Many trials too, of which the chance of none is too small for a float."""
    places = LUCK.uniform("law", ENTITIES[:40])
    found = [binomial(place, float(trials), share) for place in places]
    np.testing.assert_array_equal(found, np.maximum(stats.binom.ppf(places, trials, share), 0))
