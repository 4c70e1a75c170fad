"""Closed forms of incentive theory, held against the behaviour code.

Each watch draws another contract under each seed; the figure is the largest relative deviation.
"""

from dataclasses import replace

import numpy as np
from scipy.optimize import brentq, minimize, minimize_scalar
from scipy.stats import norm

from sim.activity import COLUMN
from sim.belief import SLOPED, gaming_cost, hour_values
from sim.chance import Luck
from sim.choice import Response, best_hours
from sim.collector import BUSY, COLUMN_OF_TASK, NORM, Appeal
from sim.evidence.contract import Work
from sim.evidence.fact import Fact
from sim.foresight import Foresight
from sim.indicators import TASKS
from sim.scenario import Scenario
from sim.scheme import Scheme
from sim.script import Script
from sim.work import ROOM
from sim.world import World

# ---- contracts: the response to pay against the textbook ----

IN_CONTRACT = "the behaviour code on tasks with fixed rates"
EVENTS = ("kept", "promises", "contacts")


def drawn(seed: int, *bands: tuple[float, float]) -> np.ndarray:
    """Numbers of a contract within the bands, others under each seed."""
    uniform = Luck(seed, 0).uniform("contract", np.arange(len(bands), dtype=np.uint64))
    low, high = np.array(bands).T
    return low + (high - low) * uniform


def bounty(**yuan: float) -> Scheme:
    """Yuan per event; less than nothing is a penalty."""
    good = {event: each for event, each in yuan.items() if each >= 0.0}
    bad = {event: -each for event, each in yuan.items() if each < 0.0}
    pay = [{"kind": "bounty", "yuan": good}] if good else []
    pay += [{"kind": "penalty", "yuan": bad, "most_yuan": 1e6}] if bad else []
    return Scheme.model_validate({"wage_yuan": 1e5, "pay": pay})


def off(found, expected) -> float:
    """Largest deviation, as a share of what is expected."""
    found, expected = np.atleast_1d(found), np.atleast_1d(expected)
    return float(np.max(np.abs(found - expected) / np.maximum(np.abs(expected), 1e-12)))


def same(seen: float) -> float:
    return seen


def best_rate(work: Work, worth: np.ndarray, low: float, high: float) -> tuple[float, float]:
    """The bounty on `kept` that leaves most, found by search, and what it leaves."""
    found = minimize_scalar(
        lambda rate: -work.surplus(bounty(kept=rate), worth), bounds=(low, high), method="bounded",
        options={"xatol": 1e-6},
    )  # fmt: skip
    return float(found.x), -float(found.fun)


def len_contract(seed: int) -> float:
    """Linear pay, exponential utility, normal noise: the best rate and what it leaves."""
    p, c, r, s2 = drawn(seed, (40, 120), (50, 200), (0.002, 0.01), (0.2, 1.0))
    work = Work({"kept": np.ones(1)}, {"kept": s2**0.5}, cost_yuan=c, risk=r)
    rate, left = best_rate(work, np.array([p]), 0.0, 2 * p)
    expected = p / (1 + r * c * s2)
    return off([rate, left], [expected, p * expected / (2 * c)])


def multitask(seed: int) -> float:
    """Two tasks that tire alike, one of them unmeasured: the best rate on the other."""
    p1, p2, c, k, r, s2 = drawn(
        seed, (60, 100), (20, 120), (4, 8), (3, 9), (0.001, 0.01), (0.2, 2.0)
    )
    work = Work({"kept": np.array([1.0, 0.0])}, {"kept": s2**0.5}, cost_yuan=c, fatigue_yuan=k,
                usual=25.0, risk=r)  # fmt: skip
    rate, _ = best_rate(work, np.array([p1, p2]), -100.0, 100.0)
    own, cross = c + k, k
    expected = (p1 - p2 * cross / own) / (1 + r * s2 * (own - cross**2 / own))
    return abs(rate - expected) / p1


def distortion(seed: int) -> float:
    """A measure that is not the aim: the best rate, and the share it reaches of the first best."""
    f, g = drawn(seed, *[(10, 60)] * 3), drawn(seed + 1000, *[(0.3, 2.0)] * 3)
    sure = Work({"kept": g}, {"kept": 1.0}, cost_yuan=20.0)
    rate, left = best_rate(sure, f, 0.0, 200.0)
    whole = Work({"kept": f}, {"kept": 1.0}, cost_yuan=20.0)
    first_best = whole.surplus(bounty(kept=1.0), f)
    r, s2 = 0.01, 2.0
    risky = Work({"kept": g}, {"kept": s2**0.5}, cost_yuan=20.0, risk=r)
    with_risk, _ = best_rate(risky, f, 0.0, 200.0)
    cosine = f @ g / np.linalg.norm(f) / np.linalg.norm(g)
    return off(
        [rate, left / first_best, with_risk],
        [f @ g / (g @ g), cosine**2, f @ g / (g @ g + r * 20.0 * s2)],
    )


def card(weights: np.ndarray) -> Scheme:
    """A scorecard that pays so many yuan per event of each of the columns."""
    pool = max(weights.sum(), 1e-9)
    return Scheme.model_validate({"pay": [{
        "kind": "scorecard", "pool_yuan": 1e4 * pool,
        "weights": dict(zip(EVENTS, (weights / pool).tolist(), strict=True)),
        "targets": {key: {"zero": 0.0, "target": 1e4} for key in EVENTS},
        "curve": [[-1.0, -1.0], [1.0, 1.0]],
    }]})  # fmt: skip


def many_indicators(seed: int) -> float:
    """Three indicators of four tasks: the best weights of a card, and what they leave."""
    f = drawn(seed, *[(40, 90)] * 4)
    g = drawn(seed + 1000, *[(0.05, 0.4)] * 12).reshape(3, 4) + np.eye(3, 4)
    c, r, s2 = 60.0, 0.004, np.array([0.5, 1.0, 1.5])
    work = Work(dict(zip(EVENTS, g, strict=True)), dict(zip(EVENTS, s2**0.5, strict=True)),
                cost_yuan=c, risk=r)  # fmt: skip
    found = minimize(
        lambda w: -work.surplus(card(w), f), np.full(3, 20.0), bounds=[(0.0, 300.0)] * 3,
        method="L-BFGS-B", options={"ftol": 1e-14, "gtol": 1e-6, "eps": 1e-3},
    )  # fmt: skip
    expected = np.linalg.solve(g @ g.T + r * c * np.diag(s2), g @ f)
    return off([*found.x, -found.fun], [*expected, expected @ (g @ f) / (2 * c)])


def tournament(seed: int) -> float:
    """Two rivals for a prize: effort where both expect the same."""
    first, second, c, s = drawn(seed, (1000, 4000), (0, 800), (30, 90), (10, 30))
    prizes = {"kind": "rank", "measure": "kept", "places": [first, second]}
    work = Work({"kept": np.ones(1)}, {"kept": s}, cost_yuan=c, seats=2)
    hours = work.hours(Scheme.model_validate({"pay": [prizes]}))
    return off(hours, (first - second) / (2 * s * np.pi**0.5 * c))


def threshold_bonus(seed: int) -> float:
    """A bonus at a target: effort over targets near and far, and that it is highest between."""
    bonus, c, s = drawn(seed, (1000, 2000), (20, 30), (8, 12))
    work = Work({"kept": np.ones(1)}, {"kept": s}, cost_yuan=c, usual=60.0)
    found, expected = [], []
    for target in 60.0 + s * np.array([-3.0, -1.0, 0.0, 0.5, 1.0, 3.0, 8.0]):
        pay = {
            "kind": "scorecard",
            "pool_yuan": bonus,
            "curve": "threshold",
            "weights": {"kept": 1.0},
            "targets": {"kept": {"zero": 0.0, "target": target}},
        }
        found.append(float(work.hours(Scheme.model_validate({"pay": [pay]}))[0, 0]) - 60.0)
        expected.append(brentq(
            lambda e, t=target: c * e - bonus * norm.pdf((t - 60.0 - e) / s) / s, 0.0, bonus
        ))  # fmt: skip
    found, expected = np.array(found), np.array(expected)
    humped = found.argmax() not in (0, found.size - 1) and found[-1] < 1e-3 * found.max()
    return float(np.abs(found - expected).max() / expected.max()) if humped else np.inf


def ahead_of(work: Work, scheme: Scheme, periods: int, impatience: float, leaving: float = 0.0,
             days: int = 73) -> Foresight:  # fmt: skip
    """What lies ahead of people who expect their usual hours."""
    response = Response(mode="rational", impatience=impatience)
    usual = work.expected(scheme, np.full((work.seats, work.tasks), work.usual)).columns
    return Foresight(
        [scheme] * periods, {name: usual[name] for name in work.brings},
        response.later(periods, days, np.full(work.seats, leaving)), days,
    )  # fmt: skip


def ratchet(seed: int) -> float:
    """A target that follows results: the power left of a bonus that is linear around it."""
    beta, rho = drawn(seed, (0.90, 0.99), (0.2, 0.8))
    card = {"kind": "scorecard", "pool_yuan": 1e4, "weights": {"kept": 1.0},
            "targets": {"kept": {"zero": 0.0, "target": 30.0, "rule": "ratchet", "speed": rho}},
            "curve": [[-9.0, -9.0], [9.0, 9.0]]}  # fmt: skip
    scheme = Scheme.model_validate({"pay": [card]})
    work = Work({"kept": np.ones(1)}, {"kept": 1.0}, usual=30.0)
    hours = work.usual * np.ones((1, 1))
    forward = ahead_of(work, scheme, 300, -5.0 * np.log(beta))
    power = (work.slopes(scheme, hours, forward)["kept"] / work.slopes(scheme, hours)["kept"])[0]
    return off(power, (1 - beta) / (1 - beta * (1 - rho)))


def deferred_pay(seed: int) -> float:
    """Pay held back for a year that leavers forfeit: what is felt of it."""
    leaving, impatience = drawn(seed, (0.3, 1.0), (0.05, 0.3))
    now = {"kind": "bounty", "yuan": {"kept": 50.0}}
    later = {"kind": "deferral", "share": 1.0, "vesting": [1.0], "spacing": 5}
    scheme = Scheme.model_validate({"pay": [now, later]})
    work = Work({"kept": np.ones(1)}, {"kept": 1.0}, usual=30.0)
    forward = ahead_of(work, scheme, 5, impatience, leaving)
    felt = work.slopes(scheme, work.usual * np.ones((1, 1)), forward)["kept"][0] / 5000.0
    return off(felt, np.exp(-(leaving + impatience)))


def team_share(seed: int) -> float:
    """A team's bonus divided equally: effort over team sizes."""
    b, c = drawn(seed, (100, 400), (5, 20))
    found = []
    for members in (1, 2, 5, 10):
        pay = {"kind": "team", "measure": "kept", "pool": [[0.0, 0.0], [1000.0, 1000.0 * b]]}
        work = Work({"kept": np.ones(1)}, {"kept": 1.0}, cost_yuan=c, usual=10.0, seats=members)
        found.append(work.hours(Scheme.model_validate({"pay": [pay]}))[0, 0] - 10.0)
    return off(found, b / (c * np.array([1, 2, 5, 10])))


def two_sided(seed: int) -> float:
    """Pay that falls on either side of a target (newsvendor): the result that pays most."""
    under, over, s = drawn(seed, (0.5, 2.0), (0.5, 2.0), (20, 60))
    tent = {"kind": "scorecard", "pool_yuan": 1e4, "weights": {"kept": 1.0}, "curve":
            [[0.0, 1.0 - under], [1.0, 1.0], [2.0, 1.0 - over]],
            "targets": {"kept": {"zero": 0.0, "target": 500.0}}}  # fmt: skip
    scheme = Scheme.model_validate({"pay": [tent]})
    work = Work({"kept": np.ones(1)}, {"kept": s})
    most = brentq(
        lambda x: work.slopes(scheme, np.full((1, 1), x))["kept"][0], 500.0 - 3 * s, 500.0 + 3 * s
    )
    return abs(most - 500.0 - s * norm.ppf(under / (under + over))) / s


def idle_weights(seed: int) -> float:
    """What no hour moves, and the scale of weights against the slope of pay, change no hour."""
    w = drawn(seed, (10, 60), (10, 60), (10, 60))
    work = Work({"kept": np.array([1.0, 0.3]), "promises": np.array([0.2, 1.0]),
                 "contacts": np.zeros(2)},
                dict.fromkeys(EVENTS, 1.0), cost_yuan=20.0, usual=10.0)  # fmt: skip
    moved = work.hours(card(w * (1, 1, 0)))
    idle = work.hours(card(w))
    scaled = card(2.0 * w).model_dump(mode="json")["pay"][0]
    scaled["targets"] = {key: {"zero": 0.0, "target": 2e4} for key in EVENTS}
    again = work.hours(Scheme.model_validate({"pay": [scaled]}))
    return max(off(idle, moved), off(again, idle))


# ---- people of the world itself ----

TAKE = TASKS["take_promises"]


def deterrence(seed: int) -> float:
    """Who cheats when the cost of doing wrong is exponential: shares over the gain."""
    fine, mu = drawn(seed, (300, 900), (20, 60))
    found, expected = [], []
    for gain in (2.0, 10.0, 20.0, 40.0):  # yuan per promise on record
        world = World(Scenario.of({
            "run": {"seed": seed}, "portfolio": {"accounts": 1000},
            "workforce": {"seats": 1000, "seats_per_team": 1000}, "response": {"fatigue_yuan": 0.0},
            "platform": {"audited": 0.5, "recall": 0.9, "penalty_yuan": fine},
            "scheme": {"pay": [{"kind": "bounty", "yuan": {"promises": gain}}]},
        }))  # fmt: skip
        world.step()
        world.step()
        found.append(share_cheating(world, mu))
        net = 0.55 * TAKE.fake["promises"] * gain - 0.45 * TAKE.caught * fine
        expected.append(1.0 - np.exp(-max(net, 0.0) / (mu * TAKE.wrong)))
    return float(np.abs(np.array(found) - expected).max())


def share_cheating(world: World, mu_yuan: float) -> float:
    """Share of seats that would fake promises, were their integrity exponential."""
    s, seats = world.scenario, world.seats
    ranks = (np.arange(seats) + 0.5) / seats
    people = replace(
        world.people, integrity=-100.0 * mu_yuan * np.log1p(-ranks), hours=np.tile(NORM, (seats, 1))
    )
    value = hour_values(world.minds.outlook(world.now, world.slopes), people)
    fine = s.platform.penalty_yuan
    value = value - gaming_cost(people, s.workforce, world.minds.terms, fine, world.slopes)
    hours = best_hours(value, NORM, ROOM, BUSY, s.response)
    return float((hours[:, COLUMN_OF_TASK["take_promises"]] > 0).mean())


def caught_once(seed: int) -> float:
    """Chance that at least one of 25 acts is found, where 2 % are audited: over many seats."""
    seats, acts = 40_000, 25.0
    scenario = Scenario.of({
        "run": {"periods": 1, "period_days": 28, "seed": seed}, "portfolio": {"accounts": 1},
        "workforce": {"seats": seats, "vacancy_days": 0},
        "platform": {"audited": 0.02, "recall": 0.9, "dismissed_after": 1000},
        "scheme": {"pay": []},
    })  # fmt: skip
    hours = np.zeros((seats, len(TASKS)))
    hours[:, COLUMN_OF_TASK["flood_flags"]] = acts / 4 / TASKS["flood_flags"].caught
    nobody, nothing = np.zeros(seats, bool), np.zeros((seats, len(SLOPED)))
    script = Script(hours=[hours] * 5, slopes=[nothing] * 5, felt=[np.zeros(seats)] * 5,
                    leaving=[nobody], appeal=[Appeal()])  # fmt: skip
    world = World(scenario, script=script)
    while world.running:
        world.step()
    share = (world.periods[0]["true"][:, COLUMN["caught"]] > 0).mean()
    return float(share / (1.0 - (1.0 - 0.02 * 0.9) ** acts))


def renewal(seed: int) -> float:
    """Mean productivity of a staff that quits and learns at constant rates (Whitt 2006)."""
    quits, kappa, gap = drawn(seed, (0.4, 1.2), (1.5, 4.0), (0.3, 0.5))
    world = World(Scenario.of({
        "run": {"periods": 36, "seed": seed}, "portfolio": {"accounts": 1},
        "workforce": {"seats": 2000, "quits_per_year": quits, "newcomer_quits": 1.0,
                      "vacancy_days": 0, "tenure_days": 365.0 / quits, "mentoring": 0.0,
                      "learning_days": 365.0 / kappa, "start_skill": 1.0 - gap},
        "support": {"learning": 0.0}, "response": {"mode": "replay"},
    }))  # fmt: skip
    seen = []
    while world.running:
        world.step()
        seen.append(world.people.productivity(world.scenario.workforce).mean())
    return float(np.mean(seen[52:]) / (1.0 - gap * quits / (quits + kappa)))


# ---- the table ----


def closed_form(key: str, text: str, source: str, watch, on: str = IN_CONTRACT) -> Fact:
    """A fact that the code deviates from the formula by at most 1 %."""
    return Fact(key, text, source, (0.0, 0.01), "relative deviation", on, watch, same)


def near_one(key: str, text: str, source: str, watch, on: str) -> Fact:
    """A fact that what is simulated with luck comes within 1 % of the formula."""
    return Fact(key, text, source, (0.99, 1.01), "ratio", on, watch, same)


FACTS = (
    closed_form(
        "linear_pay",
        "Best linear rate p/(1 + r c s2), and what it leaves",
        "Holmström and Milgrom 1987, linear contract, exponential utility, normal noise",
        len_contract,
    ),
    closed_form(
        "unmeasured_task",
        "Best rate on one task when another, unmeasured, tires alike; it may be below 0",
        "Holmström and Milgrom 1991",
        multitask,
    ),
    closed_form(
        "distorted_measure",
        "Best rate on a measure that is not the aim, and cos2 of the first best",
        "Baker 1992, 2002",
        distortion,
    ),
    closed_form(
        "many_indicators",
        "Best weights (GG' + r S)^-1 G f of a card, and what they leave",
        "Feltham and Xie 1994; algebra",
        many_indicators,
    ),
    closed_form(
        "tournament_effort", "Effort dW/(2 s sqrt(pi) c) for a prize", "Lazear and Rosen 1981",
        tournament,
    ),
    closed_form(
        "threshold_effort",
        "Effort for a bonus at a target, B phi(z)/(s c): highest near it, none far away",
        "algebra; people give up far from quota (Chung, Steenburgh & Sudhir 2014)",
        threshold_bonus,
    ),
    closed_form(
        "ratchet_power",
        "Power left under a ratchet, (1 - beta)/(1 - beta (1 - rho))",
        "Weitzman 1980",
        ratchet,
    ),
    closed_form(
        "deferral_power", "Deferred pay is felt as exp(-(leaving + impatience) t)", "algebra",
        deferred_pay,
    ),
    closed_form("team_effort", "Effort b/(n c) in a team of n", "Holmström 1982", team_share),
    closed_form(
        "two_sided_pay", "Newsvendor: the result that pays most is the quantile cu/(cu + co)",
        "algebra", two_sided,
    ),
    closed_form(
        "idle_weights", "Weights that no hour moves, and scale of weights against pay, do nothing",
        "invariance", idle_weights,
    ),
    closed_form(
        "deterrence", "Share who cheat 1 - exp(-(g - q F)+/mu), none where q F exceeds g",
        "Becker 1968 with exponential integrity", deterrence, "1,000 seats, faked promises",
    ),
    near_one(
        "caught_once", "Chance of being caught 1 - (1 - q d)^n, against the formula", "algebra",
        caught_once, "40,000 seats, 25 acts each",
    ),
    near_one(
        "staff_renewal", "Mean productivity 1 - gap h/(h + k), against the formula",
        "Whitt 2006, exponential case", renewal, "2,000 seats, three years",
    ),
)  # fmt: skip
