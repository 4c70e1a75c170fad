"""Solves programmes: answers that are proven or say so, and prices beside a finite difference."""

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import numpy as np
import pulp
from pulp.apis.coin_api import pulp_cbc_path

from optimize.programme import FREE, Programme
from sim import InputError

NODES = 20_000  # a limit in seconds would make answers depend on the machine's load
GAP = 1e-6


@dataclass(frozen=True)
class Solution:
    """What a solver found."""

    found: bool  # whether there is a feasible point
    proven: bool  # whether it is proven best
    height: float  # its objective, recomputed from the values
    bound: float  # nothing better can be expected than this
    design: np.ndarray
    relaxed: dict[str, float]  # by how much rows had to be relaxed, in their units


def solver_named(name: str, nodes: int = NODES, mip: bool = True) -> pulp.LpSolver:
    """The solver. Raises InputError if it is not installed."""
    if name == "cbc":
        found = pulp.COIN_CMD(
            path=pulp_cbc_path, msg=False, maxNodes=nodes, gapRel=GAP, threads=1, mip=mip
        )
    else:
        found = pulp.HiGHS(
            msg=False,
            gapRel=GAP,
            threads=1,
            mip=mip,
            mip_max_nodes=nodes,
            random_seed=0,
        )
    if not found.available():
        remedy = "pip install 'postloan[highs]'" if name == "highs" else "reinstall pulp"
        raise InputError(f"[optimise] solver = {name!r}: it is not installed; {remedy}")
    return found


def solve(programme: Programme, solver: str = "cbc", nodes: int = NODES) -> Solution:
    """The best design of a programme within a number of branch-and-bound nodes."""
    model = programme.model
    status = _run(model, solver_named(solver, nodes))
    if status not in ("proven", "capped"):
        return Solution(False, status == "infeasible", np.nan, np.nan, np.array([]), {})
    height = objective(model)
    design = np.round([_number(x) for x in programme.design], 6)  # equal designs, equal bytes
    relaxed = {n: s.value() for n, s in programme.relaxed.items() if (s.value() or 0.0) > FREE}
    bound = height if status == "proven" else _relaxation_bound(model, solver)
    return Solution(True, status == "proven", height, bound, design, relaxed)


def _run(model: pulp.LpProblem, solver: pulp.LpSolver) -> str:
    """`proven`, `capped`, `infeasible` or `nothing`.

    A capped search also calls itself optimal; only `sol_status` tells that it was cut short.
    """
    with _hushed():
        try:
            model.solve(solver)
        except KeyError:  # PuLP has no word for HiGHS's node limit; the values are set by then
            feasible = model.solverModel.getInfo().primal_solution_status == 2
            return "capped" if feasible else "nothing"
    if model.sol_status == pulp.LpSolutionOptimal:
        return "proven"
    if model.sol_status == pulp.LpSolutionIntegerFeasible:
        return "capped"
    return "infeasible" if model.sol_status == pulp.LpSolutionInfeasible else "nothing"


@contextmanager
def _hushed() -> Iterator[None]:
    """Without what libraries print on stdout by themselves: HiGHS greets whoever it starts for."""
    kept = os.dup(1)
    try:
        with open(os.devnull, "wb") as nowhere:
            os.dup2(nowhere.fileno(), 1)
        yield
    finally:
        os.dup2(kept, 1)
        os.close(kept)


def objective(model: pulp.LpProblem) -> float:
    """The objective at the variables' values, its constant included."""
    return float(_number(model.objective))


def _number(expression: pulp.LpAffineExpression) -> float:
    return expression.constant + sum(c * (v.value() or 0.0) for v, c in expression.items())


def _relaxation_bound(model: pulp.LpProblem, solver: str) -> float:
    """The objective without integrality: a bound that needs no trust in a solver's report."""
    values = {v: v.value() for v in model.variables()}
    _run(model, solver_named(solver, mip=False))
    bound = objective(model)
    for variable, before in values.items():
        variable.varValue = before
    return bound


@dataclass(frozen=True)
class Price:
    """What one more unit of a bound buys."""

    row: str
    price: float  # from the linear program with the integers fixed
    rise: float  # change of the objective per unit when solved again, integers fixed
    rise_free: float  # the same with the integers free
    agrees: bool  # price and rise within 1 %, and no corner within the step


def price(
    build: Callable[[float], Programme],
    row: str,
    step: float,
    solver: str = "cbc",
    again: bool = True,
) -> Price | None:
    """The price of a row per unit by which its bound is raised.

    `build(by)` makes the programme with the row's bound raised `by`. Solvers disagree on the sign
    and even the meaning of a price at integer solutions (HiGHS through PuLP gives 0, or with the
    integers fixed the wrong sign when maximising); so it is taken on a linear program and shown
    beside a second solve (unless not wanted `again`). None if the programme has no solution.
    """
    here = build(0.0)
    if not solve(here, solver).found:
        return None
    best = objective(here.model)
    integers = {v.name: round(v.value()) for v in here.model.variables() if v.cat == "Integer"}
    dual = _dual(_fixed(here, integers), row)
    if not again:
        return Price(row, dual, np.nan, np.nan, False)
    richer, free = _fixed(build(step), integers), build(step)
    solved_again = _run(richer.model, solver_named("cbc")) == "proven"
    rise = (objective(richer.model) - best) / step if solved_again else np.nan
    solved = solve(free, solver)
    rise_free = (solved.height - best) / step if solved.found else np.nan
    agrees = bool(abs(rise - dual) <= 0.01 * max(abs(dual), 1e-9))
    return Price(row, dual, rise, rise_free, agrees)


def _fixed(programme: Programme, integers: dict[str, int]) -> Programme:
    """The programme with its integers at these values: a linear program."""
    for variable in programme.model.variables():
        if variable.name in integers:
            variable.cat = "Continuous"
            variable.lowBound = variable.upBound = integers[variable.name]
    return programme


def _dual(programme: Programme, row: str) -> float:
    """The rise of the objective per unit of the row's bound; CBC's sign is that of the rise."""
    _run(programme.model, solver_named("cbc"))
    return float(programme.rows[row].pi or 0.0)
