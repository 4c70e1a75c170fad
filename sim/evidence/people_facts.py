"""Facts about people under pay: each is one block of the table at the foot.

Every figure compares runs under the same luck. Output is the number of promises kept per seat with
a collector: what collectors cause, and less noisy than cash.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from sim.activity import COLUMN
from sim.collector import GAMING
from sim.evidence.fact import Fact, preset
from sim.measures import measures_of
from sim.run import finished
from sim.scenario import Scenario
from sim.tables import period_columns
from sim.world import World

LAZEAR = "Lazear 2000: +44 % output from piece rates, +22 % of the same workers"
AGARWAL = "Agarwal & Ben-David 2018: volume pay, default +24 %; band widened by judgement"
LARKIN = "Larkin 2014: gaming of accelerators costs 6-8 % of revenue; band widened by judgement"
FRIEBEL = "Friebel et al. 2017: team bonus graded from the target on, sales +3 %, wages +2.2 %"
NAGIN = "Nagin et al. 2002: call centre; many cheat more when audits look rarer, others never"
JACOB = "Jacob & Levitt 2003: after detection and dismissals cheating fell by 30 %"
COLE = "Cole, Kanz & Klapper 2015: pay deferred by three months cuts effort; no size"
BANDIERA = "Bandiera, Barankay & Rasul 2005: output at least 50 % higher than under relative pay"
MANTHEI = "Manthei & Sliwka 2019: objective data raise effort; no size"
FLORY = "Flory, Leibbrandt & List 2016: relative pay raises output and cheating; no size"
ASSET = "Asset Acceptance 2006: collections beyond a year's tenure 1.51 times those below"
CFPB = "CFPB 2016, Asset Acceptance 2006: 75-100 % a year at large agencies, 76 %"
EMADI = "Emadi & Staats 2020: +20 % pay, -5 % attrition; band widened by judgement"
AGENCY = "agency.toml"
SETTLE = 2  # periods left out


@dataclass(frozen=True)
class Seen:
    """What is looked at of a world, (period, seat) each, after the settling periods."""

    kept: np.ndarray
    present: np.ndarray
    tenure: np.ndarray
    leaving: np.ndarray
    gaming: np.ndarray  # share of hours
    proven: np.ndarray
    acceptance: np.ndarray

    @property
    def output(self) -> float:
        """Promises kept per period of a seat with a collector."""
        return float(self.kept[self.present].mean())

    @property
    def by_seat(self) -> np.ndarray:
        return (self.kept * self.present).sum(axis=0) / np.maximum(self.present.sum(axis=0), 1)


def seen(scenario: Scenario, settle: int = SETTLE) -> Seen:
    """The world of a scenario, carried to its horizon."""
    periods = finished(World(scenario)).periods[settle:]

    def column(name: str) -> np.ndarray:
        return np.array([p["true"][:, COLUMN[name]] for p in periods])

    hours = np.array([p["hours"] for p in periods])
    return Seen(
        kept=column("kept"),
        present=np.array([p["present"] for p in periods]),
        tenure=np.array([p["tenure"] for p in periods]),
        leaving=np.array([p["leaving"] for p in periods]),
        gaming=hours[:, :, GAMING].sum(axis=2) / np.maximum(hours.sum(axis=2), 1e-9),
        proven=column("caught"),
        acceptance=np.array([p["acceptance"] for p in periods]),
    )


# ---- one metric against a balanced card ----


def one_metric(seed: int) -> dict[str, dict[str, float]]:
    """Measures under a balanced card and under the recovery rate alone."""
    found = {}
    for name in ("balanced", "recovery_only"):
        world = finished(World(preset(name, seed)))
        found[name] = measures_of(period_columns(world), SETTLE)
    return found


def rise(found: Mapping[str, Mapping[str, float]], measure: str) -> float:
    """By what share the measure is higher under the one metric."""
    return found["recovery_only"][measure] / found["balanced"][measure] - 1.0


def complaints_rise(found: Any) -> float:
    return rise(found, "complaints")


def default_rise(found: Any) -> float:
    return rise(found, "later_default")


def report_rise(found: Any) -> float:
    return rise(found, "reported_recovery_rate")


def value_lost(found: Any) -> float:
    """Net value lost, share of the cash from overdue accounts."""
    balanced, one = found["balanced"], found["recovery_only"]
    return (balanced["net_value"] - one["net_value"]) / balanced["recovered"]


# ---- from a wage to piece rates ----

FLAT = {"wage_yuan": 8000, "pay": []}
PIECE = {"wage_yuan": 4000, "pay": [{"kind": "bounty", "yuan": {"kept": 100}}]}
GUARANTEED = {"wage_yuan": 0, "pay": [
    {"kind": "bounty", "yuan": {"kept": 125}}, {"kind": "guarantee", "yuan": 8000}]}  # fmt: skip
CALM = {"workforce": {"quits_per_year": 0.0}, "platform": {"dismissed_after": 1000}}


def piece_rates(seed: int) -> dict[str, tuple[Seen, Seen]]:
    """A year and a half of a wage and of piece rates, with the same people and with open hiring.

    As at Safelite the former wage is guaranteed, and pay rises by about a tenth.
    """
    months = {"periods": 18, "warm_up": 0}
    out = {}
    for name, people in (("same", CALM), ("open", {})):
        base = preset("agency", seed, run=months, **people)
        out[name] = tuple(seen(base.vary(scheme=pay), 12) for pay in (FLAT, GUARANTEED))
    return out


def gain(pair: tuple[Seen, Seen]) -> float:
    return pair[1].output / pair[0].output - 1.0


def same_workers_gain(found: Any) -> float:
    return gain(found["same"])


def open_hiring_gain(found: Any) -> float:
    return gain(found["open"])


def spread_gain(found: Any) -> float:
    """Variance of output across workers under piece rates, against the wage."""
    flat, piece = found["same"]
    return float(np.var(piece.by_seat) / np.var(flat.by_seat))


# ---- other pay for the same promises ----

RELATIVE = {
    "kind": "team",
    "measure": "kept",
    "pool": [[0.0, 3600.0], [1e6, 3600.0]],
    "split": "result",
}
LATER = {"kind": "deferral", "share": 1.0, "vesting": [1.0], "spacing": 3}
OTHER_PAY = {
    "flat": {"scheme": FLAT},
    "piece": {"scheme": PIECE},
    "later": {"scheme": PIECE | {"pay": [*PIECE["pay"], LATER]}},
    "relative": {"scheme": PIECE | {"pay": [RELATIVE]}},
    "on record": {"scheme": PIECE | {"pay": [RELATIVE | {"measure": "promises"}]}},
    "unseen": {"scheme": PIECE, "platform": {"dismissed_after": 1000, "dashboard": 0.0}},
    "shown": {"scheme": PIECE, "platform": {"dismissed_after": 1000, "dashboard": 1.0}},
}


def other_pay(seed: int) -> dict[str, Seen]:
    """Half a year of the same people under each pay."""
    base = preset("agency", seed, run={"periods": 8, "warm_up": 0}, **CALM)
    return {name: seen(base.vary(**changes)) for name, changes in OTHER_PAY.items()}


def deferral_loss(found: dict[str, Seen]) -> float:
    return gain((found["piece"], found["later"]))


def piece_over_relative(found: dict[str, Seen]) -> float:
    return gain((found["relative"], found["piece"]))


def shown_gain(found: dict[str, Seen]) -> float:
    return gain((found["unseen"], found["shown"]))


def relative_gain(found: dict[str, Seen]) -> float:
    return gain((found["flat"], found["relative"]))


def relative_cheating(found: dict[str, Seen]) -> float:
    """Share of hours spent on gaming, beyond that under a wage."""
    return float(found["on record"].gaming.mean() - found["flat"].gaming.mean())


# ---- a small team bonus ----


STEPS = ((0.999, 0.0), (1.0, 1 / 3), (1.04, 1.0))  # of the usual result: shares of the full bonus
FULL = 0.05  # of the wage; at usual work half of it is earned


def team_bonus(seed: int) -> dict[int, float]:
    """Rise of output by a bonus for a team's usual promises and up to 4 % more, by team size.

    As in the bakery's shops: nothing below the month's target, a third at it, then graded.
    """
    rises = {}
    for size in (6, 24):
        base = preset(
            "agency", seed, run={"periods": 8, "warm_up": 0}, portfolio={"accounts": 28_800},
            workforce={"quits_per_year": 0.0, "seats": 24, "seats_per_team": size},
            platform={"dismissed_after": 1000}, scheme=FLAT,
        )  # fmt: skip
        usual = seen(base)
        pool = [[x * usual.output, share * FULL * FLAT["wage_yuan"]] for x, share in STEPS]
        bonus = {"kind": "team", "measure": "kept", "pool": pool}
        rises[size] = seen(base.vary(scheme=FLAT | {"pay": [bonus]})).output / usual.output - 1.0
    return rises


def small_team_gain(found: dict[int, float]) -> float:
    return found[6]


def small_over_large(found: dict[int, float]) -> float:
    return found[6] - found[24]


# ---- audits and dismissals ----

SERIOUS = 0.05  # share of hours, two a week, from which gaming is called serious
MORE = 0.01  # share of hours by which a seat games more, to be counted


def audits(seed: int) -> tuple[Seen, Seen]:
    """A year of the balanced card as it is, and believed to be audited a third as often."""
    base = preset("balanced", seed, **CALM)
    return seen(base), seen(base.vary(workforce={"perceived_audit": 0.3}))


def share_that_cheats_more(found: tuple[Seen, Seen]) -> float:
    more = found[1].gaming.mean(axis=0) - found[0].gaming.mean(axis=0)
    return float((more > MORE).mean())


def serious_gaming(found: tuple[Seen, Seen]) -> float:
    return float((found[0].gaming[found[0].present] > SERIOUS).mean())


def dismissals(seed: int) -> float:
    """Gaming of team mates in the period after a dismissal, against mates who take no alarm."""
    base = preset("recovery_only", seed, platform={"dismissed_after": 1, "audited": 0.1})
    alarmed, calm = (seen(base.vary(workforce={"alarm": a}), 0) for a in (4.0, 0.0))
    size = base.workforce.seats_per_team
    team = np.arange(alarmed.present.shape[1]) // size
    struck = (alarmed.leaving & (alarmed.proven >= 1))[:-1]
    hit = np.array([np.bincount(team, row) > 0 for row in struck])[:, team] & ~struck
    after = hit & alarmed.present[1:] & calm.present[1:]
    return float(alarmed.gaming[1:][after].mean() / calm.gaming[1:][after].mean() - 1.0)


# ---- turnover and tenure ----


def agency_year(seed: int) -> tuple[Seen, Seen]:
    """A year of a large agency, and the same with a fifth more fixed pay."""
    base = preset(
        "agency", seed, portfolio={"accounts": 48_000}, workforce={"seats": 40},
        run={"periods": 14, "warm_up": 0},
    )  # fmt: skip
    total = base.scheme.wage_yuan + 3600.0  # with what commission brings
    richer = base.vary(scheme={"wage_yuan": base.scheme.wage_yuan + 0.2 * total})
    return seen(base), seen(richer)


def turnover(found: tuple[Seen, Seen]) -> float:
    return float(found[0].leaving.sum() / found[0].present.sum() * 365.0 / 30.0)


def output_by_tenure(found: tuple[Seen, Seen]) -> float:
    """Output beyond a year's tenure over output below."""
    it = found[0]
    here = it.present & (it.tenure >= 30)
    veterans, others = here & (it.tenure > 365), here & (it.tenure <= 365)
    return float(it.kept[veterans].mean() / it.kept[others].mean())


def exits_by_pay(found: tuple[Seen, Seen]) -> float:
    """Change of the settled collectors' rate of exit by a fifth more pay."""
    usual, richer = (float(it.leaving[it.present & (it.tenure >= 90)].mean()) for it in found)
    return richer / usual - 1.0


ONE_METRIC = "balanced.toml against recovery_only.toml"
RELATIVE_PAY = f"{AGENCY}, a wage of 8,000 yuan against 4,000 and a fixed pool by result"
PIECE_RATES = f"{AGENCY}, a wage of 8,000 yuan against 125 a promise kept and no less than the wage"

FACTS = (
    Fact("one_metric_report", "one metric lifts what is reported", AGARWAL, (0.0, 0.5), "share",
         ONE_METRIC, one_metric, report_rise),
    Fact("one_metric_complaints", "one metric raises complaints", AGARWAL, (0.10, 0.30), "share",
         ONE_METRIC, one_metric, complaints_rise),
    Fact("one_metric_default", "one metric raises later default", AGARWAL, (0.10, 0.30), "share",
         ONE_METRIC, one_metric, default_rise),
    Fact("one_metric_value", "gaming of one metric costs value", LARKIN, (0.03, 0.10), "share",
         ONE_METRIC, one_metric, value_lost),
    Fact("piece_rate_same", "piece rates raise output of the same workers", LAZEAR, (0.15, 0.27),
         "share", PIECE_RATES, piece_rates, same_workers_gain),
    Fact("piece_rate_open", "with open hiring they raise it by twice as much", LAZEAR,
         (0.35, 0.55), "share", PIECE_RATES, piece_rates, open_hiring_gain),
    Fact("piece_rate_spread", "piece rates spread output across workers", LAZEAR, (1.0, 10.0),
         "ratio of variances", PIECE_RATES, piece_rates, spread_gain),
    Fact("deferred_pay", "pay deferred by three months moves less", COLE, (-0.5, -0.001), "share",
         f"{AGENCY}, 100 yuan a promise kept, at once or 3 months later", other_pay, deferral_loss),
    Fact("piece_over_relative", "piece rates move more than pay relative to mates", BANDIERA,
         (0.5, 1.0), "share", f"{AGENCY}, 100 yuan a promise kept against a fixed pool by result",
         other_pay, piece_over_relative),
    Fact("objective_data", "who see their figures work more for their pay", MANTHEI, (0.001, 0.3),
         "share", f"{AGENCY}, 100 yuan a promise kept, dashboard 0 against 1", other_pay,
         shown_gain),
    Fact("relative_output", "relative pay raises output over a wage", FLORY, (0.001, 0.5), "share",
         f"{RELATIVE_PAY}, by promises kept", other_pay, relative_gain),
    Fact("relative_cheating", "relative pay raises cheating over a wage", FLORY, (0.001, 0.5),
         "share of hours", f"{RELATIVE_PAY}, by promises recorded", other_pay, relative_cheating),
    Fact("team_bonus", "a team bonus of 2-3 % of wages raises output, teams of 5-10", FRIEBEL,
         (0.01, 0.06), "share", f"{AGENCY}, a wage and a bonus at the usual result, teams of 6",
         team_bonus, small_team_gain),
    Fact("team_size", "the effect falls with the size of the team", FRIEBEL, (0.001, 0.06),
         "share", f"{AGENCY}, the same bonus, teams of 6 against 24", team_bonus, small_over_large),
    Fact("fewer_audits", "of agents who believe audits are rarer, some violate more", NAGIN,
         (0.30, 0.70), "share of agents", "balanced.toml, audits believed 0.3 times as many",
         audits, share_that_cheats_more),
    Fact("serious_gaming", "serious gaming is rare under ordinary audits", NAGIN, (0.03, 0.08),
         "share of agent-periods", "balanced.toml", audits, serious_gaming),
    Fact("dismissals", "dismissals for proven cases cut gaming in the next period", JACOB,
         (-1.0, -0.25), "share", "recovery_only.toml, one proven act ends employment",
         dismissals, float),
    Fact("turnover", "agencies lose most of their staff in a year", CFPB, (0.60, 0.90),
         "per year", AGENCY, agency_year, turnover),
    Fact("output_by_tenure", "experienced collectors collect more", ASSET, (1.35, 1.65), "ratio",
         AGENCY, agency_year, output_by_tenure),
    Fact("exits_by_pay", "a fifth more pay cuts exits weakly", EMADI, (-0.10, -0.03), "share",
         AGENCY, agency_year, exits_by_pay),
)  # fmt: skip
