"""`python -m benchmarks.emulator`: a stand-in for the simulator, to race searches by the thousand.

It is fitted to a bank of simulated designs: the mean of every total by a Gaussian process over the
cards, and what luck does to the difference from today's scheme by its measured covariance, of which
a part is smooth in the card (near cards share it) and a part is each card's own. It answers in less
than a millisecond, and its truth without luck is known, so regret is exact. But it is not the
simulator: what it ranks first is to be confirmed there.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import combinations, product
from pathlib import Path
from typing import Annotated, Self

import numpy as np
import typer
from rich.progress import track
from scipy.spatial.distance import cdist, pdist

from optimize import Problem, load
from optimize.anchor import Anchor, columns_read
from optimize.assess import expected
from optimize.design import nearest
from optimize.laboratory import Laboratory, Simulated
from optimize.space import Space
from optimize.trials import Trials
from sim import INDICATORS

TODAYS = 64  # replications of today's scheme
REPEATED, TOGETHER = 24, 12  # designs for the covariance of luck, and replications of each
LUCK = 16  # replications that the other designs take in turns
LENGTHS = (0.25, 0.4, 0.6, 1.0, 1.6)  # of what two cards have in common, in today's pools
BEND = 0.3  # of a column's own curve
NOISES = np.geomspace(1e-4, 10.0, 21)  # of one replication, in units of the signal's variance
STARTS = 6  # of the climbs to the best card there is
GRID = 2001  # places of the table of a column's curve
WAVES = 64  # random Fourier features of a replication's smooth luck


@dataclass(frozen=True)
class Bank:
    """Simulated designs: today's scheme first, then some repeated ones, then many others."""

    designs: np.ndarray  # (run, column)
    replications: np.ndarray  # (run,)
    totals: np.ndarray  # (run, total)
    names: np.ndarray  # (total,)

    @classmethod
    def read(cls, file: Path) -> Self:
        """A bank from its file."""
        with np.load(file) as kept:
            return cls(*(kept[name] for name in ("designs", "reps", "totals", "names")))

    def write(self, file: Path) -> None:
        file.parent.mkdir(parents=True, exist_ok=True)
        np.savez(file, designs=self.designs, reps=self.replications, totals=self.totals,
                 names=self.names)  # fmt: skip


def drawn(space: Space, draw: np.random.Generator) -> np.ndarray:
    """A card of some indicators, or a blend of it with today's; any pool."""
    count = len(space.indicators)
    some = draw.permutation(count)[: draw.integers(1, count + 1)]
    weights = np.zeros(count)
    weights[some] = draw.dirichlet(np.ones(len(some)))
    if draw.random() < 0.5:
        weights += draw.random() * (space.today[:count] / space.pool_today - weights)
    return draw.uniform(*space.pool_bounds) * weights


def neighbour(design: np.ndarray, draw: np.random.Generator) -> np.ndarray:
    """The card with a twentieth of its money moved."""
    moved, money = design.copy(), 0.05 * design.sum()
    moved[np.argmax(design)] -= money
    moved[draw.integers(len(design))] += money
    return moved


def plan(space: Space, count: int, seed: int) -> list[tuple[np.ndarray, int]]:
    """Designs and replications of a bank."""
    draw = np.random.default_rng(seed)
    repeated = []
    for _ in range(REPEATED // 2):
        repeated.append(drawn(space, draw))
        repeated.append(neighbour(repeated[-1], draw))
    tasks = [(space.today, r) for r in range(TODAYS)]
    tasks += [(design, r) for design in repeated for r in range(TOGETHER)]
    return tasks + [(drawn(space, draw), i % LUCK) for i in range(count)]


def gather(space: Space, count: int, workers: int, seed: int = 7) -> Bank:
    """Simulates a bank."""
    tasks, rows = plan(space, count, seed), []
    with Trials(workers) as trials:
        laboratory = Simulated(space, trials)
        for first in track(range(0, len(tasks), 50), "simulating"):
            found = laboratory.everything(tasks[first : first + 50])
            rows.append(np.column_stack(list(found.values())))
    designs, replications = (np.array(part) for part in zip(*tasks, strict=True))
    return Bank(designs, replications, np.vstack(rows), np.array(list(found)))


class Emulator:
    """A bank read as functions: the totals of any card without luck, and its luck."""

    def __init__(self, space: Space, bank: Bank):
        self.space, self.columns = space, columns_read(space.problem)
        totals = bank.totals[:, [bank.names.tolist().index(name) for name in self.columns]]
        is_today = (bank.designs == space.today).all(axis=1)
        todays = dict(zip(bank.replications[is_today].tolist(), totals[is_today], strict=True))
        base = np.array(list(todays.values()))
        self.usual, self.spread = base.mean(axis=0), _root(np.cov(base.T))
        designs, replications = bank.designs[~is_today], bank.replications[~is_today]
        gains = totals[~is_today] - np.array([todays[r] for r in replications.tolist()])
        self._fit_mean(designs, gains)
        self._fit_luck(designs, gains)

    def place(self, designs: np.ndarray) -> np.ndarray:
        """Where cards stand: the money on each indicator, in units of today's pool."""
        return designs / self.space.pool_today

    # -- without luck -------------------------------------------------------------------------

    def _fit_mean(self, designs: np.ndarray, gains: np.ndarray) -> None:
        """A process for each total; length and noise that leave the least error left out."""
        self.seen, size = self.place(designs), gains.std(axis=0) + 1e-12
        scaled, best = gains / size, np.full(gains.shape[1], np.inf)
        self.lengths, self.alphas = np.zeros(len(best)), np.zeros_like(gains)
        for length in LENGTHS:
            values, vectors = np.linalg.eigh(_alike(self.seen, self.seen, length))
            turned = vectors.T @ scaled
            for noise in NOISES:
                shrunk = 1.0 / (np.maximum(values, 0.0) + noise)
                alpha = vectors @ (shrunk[:, None] * turned)
                error = ((alpha / ((vectors**2) @ shrunk)[:, None]) ** 2).mean(axis=0)
                better = error < best
                best[better], self.lengths[better] = error[better], length
                self.alphas[:, better] = (alpha * size)[:, better]
        self.explained = 1.0 - best  # of one replication's variance, left out
        self.axis = np.linspace(0.0, self.seen.max(), GRID)
        self.curves = [_curve(self.axis, column) @ self.alphas for column in self.seen.T]
        self.slopes = self.seen.T @ self.alphas
        self.shift = self._mean(self.space.today[None])

    def _mean(self, designs: np.ndarray) -> np.ndarray:
        """The posterior mean of `_alike`; its curves are read from tables, ten times as fast."""
        here = self.place(designs)
        out = self.alphas.sum(axis=0) + here @ self.slopes
        for money, curve in zip(here.T, self.curves, strict=True):
            at = money * ((GRID - 1) / self.axis[-1])
            left = np.clip(at.astype(int), 0, GRID - 2)
            part = (at - left)[:, None]
            out += (1.0 - part) * curve[left] + part * curve[left + 1]
        gaps = cdist(here, self.seen)
        for length in np.unique(self.lengths):
            mine = self.lengths == length
            out[:, mine] += _matern(gaps, length) @ self.alphas[:, mine]
        return out

    def truth(self, designs: np.ndarray) -> np.ndarray:
        """Totals without luck, shape (design, total)."""
        return self.usual + self._mean(designs) - self.shift

    def figures(self, problem: Problem, designs: np.ndarray) -> np.ndarray:
        """Gain and excess over each limit, without luck, shape (design, figure)."""
        anchor = Anchor(self.columns, self.usual[None])
        return expected(problem, anchor, self.truth(designs) - self.usual)

    # -- luck ---------------------------------------------------------------------------------

    def _fit_luck(self, designs: np.ndarray, gains: np.ndarray) -> None:
        """Covariance among totals, the share that is a card's own, the length of the rest.

        Half the squared differences of two cards' luck against their distance: what is left at no
        distance is each card's own.
        """
        count = REPEATED * TOGETHER
        block = gains[:count].reshape(REPEATED, TOGETHER, -1)
        free = TOGETHER / (TOGETHER - 1)
        luck = block - block.mean(axis=1, keepdims=True)
        pairs = list(combinations(range(REPEATED), 2))
        gaps = pdist(self.place(designs[:count:TOGETHER]))
        halves = np.array([((luck[i] - luck[j]) ** 2).mean(axis=0) for i, j in pairs]) * free / 2
        far = halves[gaps > np.median(gaps)].mean(axis=0)
        ratio = (halves[:, far > 0.0] / far[far > 0.0]).mean(axis=1)
        tried = list(product(np.linspace(0.0, 0.6, 25), LENGTHS))
        risen = [own + (1 - own) * (1 - np.exp(-0.5 * (gaps / n) ** 2)) for own, n in tried]
        misses = [((rise - ratio) ** 2).sum() for rise in risen]
        self.own, self.length = tried[int(np.argmin(misses))]
        apart = luck - luck.mean(axis=0)  # what all cards share is today's own luck
        flat = apart.reshape(-1, gains.shape[1])
        self.root = _root(free * REPEATED / (REPEATED - 1) * flat.T @ flat / len(flat))

    def base(self, seed: int, replication: int) -> np.ndarray:
        """Totals of today's scheme in a replication."""
        draw = np.random.default_rng([seed, replication, 1])
        return self.usual + self.spread @ draw.normal(size=len(self.spread))

    def luck(self, seed: int, replication: int, design: np.ndarray) -> np.ndarray:
        """What luck adds to a design's difference from today's scheme in a replication."""
        draw = np.random.default_rng([seed, replication])
        waves = draw.normal(size=(WAVES, self.seen.shape[1])) / self.length
        phases = draw.uniform(0.0, 2.0 * np.pi, WAVES)
        loads = draw.normal(size=(WAVES, len(self.root)))
        both = self.place(np.vstack([self.space.today, design]))
        risen = np.diff(np.cos(both @ waves.T + phases), axis=0)[0] * np.sqrt(2.0 / WAVES)
        own = np.random.default_rng([seed, replication, *np.rint(100 * design).astype(int)])
        mine = own.normal(size=len(self.root))
        return self.root @ (np.sqrt(1 - self.own) * risen @ loads + np.sqrt(self.own) * mine)


def climbed(emulator: Emulator, problem: Problem, starts: int = STARTS) -> np.ndarray:
    """The best design that keeps every limit without luck, by climbs from many starts.

    A climb moves one or two steps of weight from one indicator to another, and the pool with them.
    """
    draw, space = np.random.default_rng(0), emulator.space
    ends = [_climb(emulator, problem, space.today)]
    ends += [_climb(emulator, problem, drawn(space, draw)) for _ in range(starts - 1)]
    return max(ends, key=lambda end: _height(emulator, problem, end[None])[0])


def _climb(emulator: Emulator, problem: Problem, start: np.ndarray) -> np.ndarray:
    space = emulator.space
    here = nearest(space, start)
    while True:
        around = np.array([here, *_around(space, here)])
        best = around[np.argmax(_height(emulator, problem, around))]
        if np.array_equal(best, here):
            return here
        here = best


def _around(space: Space, here: np.ndarray) -> Iterator[np.ndarray]:
    """Cards a step or two away, each with several pools, that the card's rules admit."""
    card, pool = space.card, space.pool(here)
    steps = np.rint(here / pool / card.weight_step)
    for by in (-10, -4, -2, -1, 0, 1, 2, 4, 10):
        other = np.clip(pool + by * card.pool_step, *space.pool_bounds)
        if by:
            yield other * card.weight_step * steps
        for giver, taker, count in product(range(len(steps)), range(len(steps)), (1, 2)):
            if giver != taker and steps[giver] >= count:
                moved = steps.copy()
                moved[giver] -= count
                moved[taker] += count
                if _admitted(space, moved * card.weight_step):
                    yield other * card.weight_step * moved


def _admitted(space: Space, weights: np.ndarray) -> bool:
    """Whether every category has its least weight; the races' card has no other rules."""
    kinds = np.array([INDICATORS[key].category for key in space.indicators])
    floors = space.card.categories.items()
    return all(weights[kinds == kind].sum() >= least - 1e-9 for kind, least in floors)


def _height(emulator: Emulator, problem: Problem, designs: np.ndarray) -> np.ndarray:
    """Gain; a card that breaks limits lies below all others, the deeper the more it breaks them."""
    figures = emulator.figures(problem, designs)
    bounds = [abs(Anchor(emulator.columns, emulator.usual[None]).bound(x)) for x in problem.limits]
    broken = (np.maximum(figures[:, 1:] - 1e-9, 0.0) / np.maximum(bounds, 1e-9)).sum(axis=1)
    return np.where(broken > 0.0, -1e12 * (1.0 + broken), figures[:, 0])


class Emulated(Laboratory):
    """An emulator as a laboratory, with the luck of the space's own seed."""

    def __init__(self, space: Space, emulator: Emulator):
        self.emulator, self.columns = emulator, emulator.columns
        self.seed, self.today = space.scenario.run.seed, space.today
        self.asked: set[tuple[bytes, int]] = set()

    @property
    def calls(self) -> int:
        return len(self.asked)

    def totals(self, tasks: Sequence[tuple[np.ndarray, int]]) -> np.ndarray:
        self.asked.update((design.tobytes(), r) for design, r in tasks)
        emulator = self.emulator
        moved = emulator.truth(np.array([d for d, _ in tasks])) - emulator.usual
        rows = []
        for (design, r), by in zip(tasks, moved, strict=True):
            base = emulator.base(self.seed, r)
            is_today = np.array_equal(design, self.today)
            rows.append(base if is_today else base + by + emulator.luck(self.seed, r, design))
        return np.array(rows)


def _alike(here: np.ndarray, there: np.ndarray, length: float) -> np.ndarray:
    """Prior covariance of two cards' totals: a plane, a curve of each column, and the rest."""
    curves = sum(_curve(h, t) for h, t in zip(here.T, there.T, strict=True))
    return 1.0 + here @ there.T + curves + _matern(cdist(here, there), length)


def _curve(here: np.ndarray, there: np.ndarray) -> np.ndarray:
    """Prior covariance of one column's own curve."""
    return _matern(np.abs(here[:, None] - there[None]), BEND)


def _matern(gaps: np.ndarray, length: float) -> np.ndarray:
    """Matérn 5/2."""
    r = np.sqrt(5.0) * gaps / length
    return (1.0 + r + r * r / 3.0) * np.exp(-r)


def _root(covariance: np.ndarray) -> np.ndarray:
    """A square root; totals that never move have none."""
    values, vectors = np.linalg.eigh(covariance)
    return vectors * np.sqrt(np.maximum(values, 0.0))


def main(
    scenario: Annotated[Path, typer.Argument()] = Path("scenarios/baseline.toml"),
    designs: int = 1400,
    workers: int = 2,
    to: Annotated[Path, typer.Option("--to", help="Where the bank goes.")] = Path(
        "results/bank.npz"
    ),
) -> None:
    """Simulate a bank of designs and say how well it is emulated."""
    today, problem = load(scenario)
    space = Space(today, problem)
    bank = gather(space, designs, workers)
    bank.write(to)
    typer.echo(quality(Emulator(space, bank)))


def quality(found: Emulator) -> str:
    """How much of one replication's variance is explained, left out; and the luck."""
    lines = [f"{name}: {share:.2f} of the variance of one replication explained, left out"
             for name, share in zip(found.columns, found.explained, strict=True)]  # fmt: skip
    lines.append(f"luck: {100 * found.own:.0f} % a card's own, the rest over {found.length:g}")
    return "\n".join(lines)


if __name__ == "__main__":
    typer.run(main)
