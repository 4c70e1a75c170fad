"""Facts about when, and for whom, pay moves effort: each is one block of the table at the foot."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from sim.activity import COLUMN
from sim.collector import COLUMN_OF_TASK
from sim.evidence.fact import Fact, preset
from sim.evidence.people_facts import AGENCY, CALM, FLAT, PIECE, SETTLE, Seen, gain, seen
from sim.run import finished
from sim.scenario import Scenario
from sim.world import World

OYER = "Oyer 1998: sales rise toward the end of the period that is assessed; no size"
CAO = "Cao, Fisman, Lin & Wang 2023: lending +92 % in a month's last days against its middle"
CHUNG = "Chung, Steenburgh & Sudhir 2014: bonuses move those near the quota, far ones give up"
OVER = "Chung, Steenburgh & Sudhir 2014: pay beyond the quota sustains the best; no size"
CARDELLA = "Cardella & Depew 2018: output is held back when judged singly, not as a group"
PAARSCH = "Paarsch & Shearer 2009: tree planters, elasticity of output to the piece rate 0.39"
GNEEZY = "Gneezy & Rustichini 2000: 1 % of collections 154, none 239, so -36 %"
BRYNJOLFSSON = "Brynjolfsson, Li & Raymond 2025: help on screen, novices +30 %, the best about 0"
MAS = "Mas & Moretti 2009: a mate 10 % better lifts the others' output by 1.5 %"
HARBRING = "Harbring & Irlenbusch 2011: sabotage in tournaments rises with the prize; no size"
WATCHED = "Dickinson & Villeval 2008, Falk & Kosfeld 2006: control deters and demotivates; no size"
YEAR = {"periods": 8, "warm_up": 0}
SMALL_TEAM = 5

# ---- a bonus at a target ----

BONUS_YUAN = 2000.0
GROUP = 6  # of thirty seats the nearest to the target, the farthest below it, the best
PHONE = [COLUMN_OF_TASK[key] for key in ("contact", "pressure", "discount", "book_early")]
LAST_DAYS = 5
MIDDLE = (10, 24)  # days left


@dataclass(frozen=True)
class AtTarget:
    """The same people under a wage, a bonus at a target, and that with pay beyond it."""

    usual: np.ndarray  # promises kept a period under the wage, share of the target (seat,)
    rise: np.ndarray  # of output by the bonus (seat,)
    beyond: np.ndarray  # of output by the pay beyond it (seat,)
    month_end: float  # hours of calling in the last days over those in the middle


def at_target(seed: int) -> AtTarget:
    """Half a year with a bonus for what is kept on average under a wage."""
    base = preset("agency", seed, run=YEAR, portfolio={"accounts": 36_000},
                  workforce={"quits_per_year": 0.0, "seats": 30},
                  platform={"dismissed_after": 1000}, scheme=FLAT)  # fmt: skip
    usual = seen(base).by_seat
    target = float(usual.mean())
    bonus = {"kind": "bounty", "yuan": {"once": [0.0, BONUS_YUAN]},
             "axes": [{"measure": "kept", "edges": [target]}]}  # fmt: skip
    over = {"kind": "bounty", "name": "beyond", "yuan": {"kept": [0.0, 40.0]},
            "axes": [{"measure": "kept", "edges": [target]}]}  # fmt: skip
    paid = base.vary(scheme=FLAT | {"pay": [bonus]})
    more = seen(base.vary(scheme=FLAT | {"pay": [bonus, over]})).by_seat
    with_bonus = seen(paid).by_seat
    return AtTarget(usual / target, with_bonus / usual, more / with_bonus, month_end(paid))


def month_end(scenario: Scenario) -> float:
    """Weekly hours of calling in the last days of the periods over those in their middle."""
    world, days = finished(World(scenario)), scenario.run.period_days
    late, middle = [], []
    for e in world.efforts:
        left = (e["period"] + 1) * days - e["day"]
        if e["period"] >= SETTLE and e["working_days"]:
            hours = float(e["hours"][PHONE].sum()) / e["working_days"]
            if left <= LAST_DAYS:
                late.append(hours)
            elif MIDDLE[0] <= left <= MIDDLE[1]:
                middle.append(hours)
    return float(np.mean(late) / np.mean(middle))


def month_end_rise(found: AtTarget) -> float:
    return found.month_end - 1.0


def near_over_far(found: AtTarget) -> float:
    """Rise of output of those near the target, beyond that of those far below it."""
    near = np.argsort(np.abs(found.usual - 1.0))[:GROUP]
    far = np.argsort(found.usual)[:GROUP]
    return float(found.rise[near].mean() - found.rise[far].mean())


def best_sustained(found: AtTarget) -> float:
    """What pay beyond the target adds to the output of those who pass it easily."""
    return float(found.beyond[np.argsort(found.usual)[-GROUP:]].mean() - 1.0)


# ---- a ratchet ----


def ratchet(seed: int) -> dict[str, Seen]:
    """Half a year under a target that stays, follows one's own results, or the house's."""
    base = preset("agency", seed, run=YEAR, scheme=FLAT, **CALM)
    usual = seen(base).output
    rules = {
        "fixed": {},
        "seat": {"rule": "ratchet", "speed": 0.5},
        "house": {"rule": "ratchet", "speed": 0.5, "results": "house"},
    }
    straight = [[-9.0, -9.0], [9.0, 9.0]]
    return {
        name: seen(base.vary(scheme=FLAT | {"pay": [
            {"kind": "scorecard", "pool_yuan": 3600.0, "weights": {"kept": 1.0}, "curve": straight,
             "targets": {"kept": {"zero": 0.0, "target": usual} | rule}}]}))
        for name, rule in rules.items()
    }  # fmt: skip


def held_back_singly(found: Mapping[str, Seen]) -> float:
    return gain((found["fixed"], found["seat"]))


def held_back_as_a_group(found: Mapping[str, Seen]) -> float:
    return gain((found["fixed"], found["house"]))


# ---- the size of a piece rate ----

MORE = 1.2  # 120 yuan against the usual 100


def piece_rate_sizes(seed: int) -> dict[str, Seen]:
    """Half a year of the same people at several rates a promise kept."""
    base = preset("agency", seed, run=YEAR, **CALM)

    def at(yuan: float) -> dict:
        return {"pay": [{"kind": "bounty", "yuan": {"kept": yuan}}]}

    schemes = {"none": FLAT, "tiny": FLAT | at(1.0), "usual": PIECE, "more": PIECE | at(120.0)}
    return {name: seen(base.vary(scheme=scheme)) for name, scheme in schemes.items()}


def elasticity(found: Mapping[str, Seen]) -> float:
    return float(np.log(found["more"].output / found["usual"].output) / np.log(MORE))


def tiny_pay(found: Mapping[str, Seen]) -> float:
    return gain((found["none"], found["tiny"]))


# ---- claiming what mates won ----

POACH = COLUMN_OF_TASK["poach"]


def against_mates(seed: int) -> float:
    """Share of hours spent on claiming mates' cash in a league, beyond that under commission."""
    base = preset("agency", seed, run=YEAR, **CALM)
    league = {"kind": "rank", "measure": "cash", "places": [8000, 4000, 2000]}
    piece = {"kind": "commission", "rates": {f"M{b}": 0.0035 for b in range(1, 7)}}
    shares = []
    for pay in (piece, league):  # about 2,800 yuan each
        world = finished(World(base.vary(scheme={"wage_yuan": 4000, "pay": [pay]})))
        hours = sum(p["hours"] for p in world.periods[SETTLE:])
        shares.append(hours[:, POACH].sum() / hours.sum())
    return float(shares[1] - shares[0])


# ---- being watched ----


def watched(seed: int) -> dict[str, Seen]:
    """A year of the balanced card, audited as it is and ten times as much."""
    base = preset("balanced", seed, **CALM)
    return {
        name: seen(base.vary(platform={"audited": share, "dismissed_after": 1000}))
        for name, share in (("usual", 0.03), ("much", 0.30))
    }


def gaming_deterred(found: Mapping[str, Seen]) -> float:
    """Change of the share of hours spent on gaming."""
    return float(found["much"].gaming.mean() / found["usual"].gaming.mean() - 1.0)


def willingness_lost(found: Mapping[str, Seen]) -> float:
    """Change of the acceptance of the scheme."""
    return float(found["much"].acceptance.mean() - found["usual"].acceptance.mean())


# ---- help, and able mates ----


NOVICE_MONTHS = 2
TENURES = {"novices": 0.0, "experts": 3000.0}  # mean days on day 0


def helped(seed: int) -> dict[str, tuple[Seen, Seen]]:
    """Two months of a wage, of people who begin and of old hands, without and with help."""
    base = preset("agency", seed, run={"periods": NOVICE_MONTHS, "warm_up": 0}, scheme=FLAT)
    out = {}
    for who, days in TENURES.items():
        house = base.vary(workforce={"quits_per_year": 0.0, "tenure_days": days})
        out[who] = tuple(seen(house.vary(platform={"assistance": x}), 0) for x in (0.0, 1.0))
    return out


def novices_gain(found: Mapping[str, tuple[Seen, Seen]]) -> float:
    return gain(found["novices"])


def experts_gain(found: Mapping[str, tuple[Seen, Seen]]) -> float:
    return gain(found["experts"])


def able_mates(seed: int) -> float:
    """Output of the mates of one who has become half as good again, by a tenth of that."""
    scenario = preset("agency", seed, run=YEAR, scheme=FLAT, **CALM)
    worlds = [World(scenario), World(scenario)]
    worlds[1].people.skill[0] *= 1.5
    usual, beside = (kept_by_seat(world)[1:SMALL_TEAM].mean() for world in worlds)
    return float((beside / usual - 1.0) / (0.5 / (SMALL_TEAM - 1)) * 0.1)


def kept_by_seat(world: World) -> np.ndarray:
    """Promises kept a period (seat,), carried to the horizon."""
    periods = finished(world).periods[SETTLE:]
    return np.mean([p["true"][:, COLUMN["kept"]] for p in periods], axis=0)


BONUS = f"{AGENCY}, 2,000 yuan for what a wage brings on average, 30 seats"
SIZES = f"{AGENCY}, a wage and so much a promise kept, the same people"
AUDITS = "balanced.toml, 3 % audited against 30 %"
HELP = f"{AGENCY}, a wage, the first two months or after years, help on screen 0 against 1"

FACTS = (
    Fact("month_end", "calling rises toward the end of the period", OYER, (0.001, 2.0), "share",
         BONUS, at_target, month_end_rise),
    Fact("month_end_size", "by as much as Chinese lending did", CAO, (0.5, 1.4), "share",
         BONUS, at_target, month_end_rise),
    Fact("near_target", "a bonus moves those near its target more than those far below", CHUNG,
         (0.001, 0.5), "share", BONUS, at_target, near_over_far),
    Fact("beyond_target", "pay beyond the target moves those who pass it easily", OVER,
         (0.001, 0.5), "share", f"{BONUS}, and 40 yuan for each of them then", at_target,
         best_sustained),
    Fact("ratchet_single", "a target that follows one's own results holds output back", CARDELLA,
         (-0.5, -0.001), "share", f"{AGENCY}, a straight card that stays or ratchets", ratchet,
         held_back_singly),
    Fact("ratchet_group", "one that follows the group's does not", CARDELLA, (-0.02, 0.02),
         "share", f"{AGENCY}, a straight card that stays or ratchets with the house", ratchet,
         held_back_as_a_group),
    Fact("rate_elasticity", "output rises with the piece rate", PAARSCH, (0.2, 0.6),
         "elasticity", SIZES, piece_rate_sizes, elasticity),
    Fact("tiny_pay", "pay too small to matter lowers output", GNEEZY, (-0.5, -0.1), "share",
         SIZES, piece_rate_sizes, tiny_pay),
    Fact("rank_sabotage", "a league makes people take from mates", HARBRING, (0.0005, 0.2),
         "share of hours", f"{AGENCY}, prizes by cash against commission of the same money",
         against_mates, float),
    Fact("watched_gaming", "who is audited more games less", WATCHED, (-1.0, -0.001), "share",
         AUDITS, watched, gaming_deterred),
    Fact("watched_willingness", "and is less willing", WATCHED, (-0.2, -0.001), "acceptance",
         AUDITS, watched, willingness_lost),
    Fact("helped_novices", "help on screen lifts novices most", BRYNJOLFSSON, (0.2, 0.4), "share",
         HELP, helped, novices_gain),
    Fact("helped_experts", "it does not lift the best", BRYNJOLFSSON, (-0.05, 0.05), "share",
         HELP, helped, experts_gain),
    Fact("able_mates", "a mate who is a tenth better lifts the others", MAS, (0.005, 0.03),
         "share", f"{AGENCY}, a wage, one of five half as good again, per tenth", able_mates,
         float),
)  # fmt: skip
