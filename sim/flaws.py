"""Obvious flaws of a scheme: what a look at it finds before anything is simulated.

A rule is a block: what it looks for, and what it says, in English and Chinese.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
import pandas as pd

from sim.activity import START_OF_FACTS, Activity
from sim.curves import Knots, knots_of, reach
from sim.indicators import CATEGORIES, INDICATORS
from sim.labels import CATEGORIES as CATEGORY_NAMES
from sim.labels import LANGS, Lang, Pair
from sim.morale import SIMPLE
from sim.scenario import Scenario
from sim.scheme import (
    Commission,
    Component,
    Gate,
    Guarantee,
    Parts,
    PoolCap,
    Scheme,
    Scorecard,
)
from sim.shown import shown
from sim.units import BUCKETS

STEP = 0.2  # of the pay at the target: a jump of so much is a cliff
FAINT = 0.05  # a weight below it is hardly felt
HEAVY = 0.6  # a weight above it crowds out the rest
CROWDED = 0.1  # share of seats and periods at the cap, from which on the cap dulls effort
AT_STAKE = 0.5  # share of pay that is variable, above which it is mostly so
MONEY = ("cash", "cures", "paid")  # how columns begin that pay for what was collected
CONDUCT = {"complaints", "complaints_in_time", "caught", "breaches", "compliant", "harsh_contacts",
           "happy"}  # fmt: skip
LEAST_AUDIT = 0.01  # share of operations that must be looked at for a record to be believed

Filling = Mapping[str, float | Pair]  # what a rule found, by the names in its sentence


@dataclass(frozen=True)
class Case:
    """What is looked at: a scenario; what its cards paid on a run and the budget, if known."""

    scenario: Scenario
    points: pd.DataFrame | None
    budget_yuan: float | None

    @property
    def scheme(self) -> Scheme:
        return self.scenario.scheme

    @property
    def cards(self) -> list[Scorecard]:
        return [c for c in self.scheme.pay if isinstance(c, Scorecard)]


@dataclass(frozen=True)
class Rule:
    """What is looked for, and what is said of each place where it is found."""

    key: str
    find: Callable[[Case], Iterable[Filling]]
    en: str
    zh: str


@dataclass(frozen=True)
class Flaw:
    """A flaw that was found."""

    rule: Rule
    filling: Filling

    def text(self, lang: Lang) -> str:
        """What is wrong and what would repair it."""
        at = LANGS.index(lang)
        words = {k: v[at] if isinstance(v, tuple) else v for k, v in self.filling.items()}
        return (self.rule.en, self.rule.zh)[at].format(**words)


def flaws(
    scenario: Scenario, points: pd.DataFrame | None = None, budget_yuan: float | None = None
) -> list[Flaw]:
    """Every flaw of the scenario's scheme, in the order of the rules.

    `points` is what `reprice.priced` found on a run, where caps are reached or not;
    `budget_yuan` what incentive pay may cost per seat and period, beside the scheme's pool caps.
    """
    case = Case(scenario, points, budget_yuan)
    return [Flaw(rule, found) for rule in RULES for found in rule.find(case)]


def _name(text: str) -> Pair:
    return (shown(text), shown(text))


def _measure(key: str) -> Pair:
    return (INDICATORS[key].en, INDICATORS[key].zh) if key in INDICATORS else _name(key)


def _listed(names: Iterable[Pair]) -> Pair:
    english, chinese = zip(*names, strict=True)
    return ", ".join(english), "、".join(chinese)


def _weights(case: Case) -> dict[str, float]:
    """Yuan at full attainment by measure, over all cards."""
    yuan: dict[str, float] = {}
    for card in case.cards:
        for key, weight in card.weights.items():
            yuan[key] = yuan.get(key, 0.0) + card.pool_yuan * weight
    return yuan


# ---- the shape of pay ----


def _curves(card: Scorecard) -> list[Knots]:
    """The different curves of the indicators that have a weight."""
    held = (card.curves.get(key, card.curve) for key, weight in card.weights.items() if weight)
    return list(dict.fromkeys(map(knots_of, held)))


def _cliffs(case: Case) -> Iterator[Filling]:
    for card in case.cards:
        steps = [step for knots in _curves(card) for step in pairwise(knots)]
        for (x, y), (after, higher) in steps:
            if after == x and abs(higher - y) >= STEP:
                yield {"card": _name(card.label), "at": 100 * x, "jump": 100 * (higher - y)}


CLIFF = Rule(
    "cliff",
    _cliffs,
    "{card}: at {at:.3g} % of the target the payout jumps by {jump:.3g} points. Close to it people "
    "push or bend the record, far from it they give up; a slope in its place pays every step.",
    "{card}：达到目标的{at:.3g}%时，兑付率突变{jump:.3g}个百分点。临近者突击或美化数据，"
    "差距大者放弃；改为斜坡可使每一步都有回报。",
)


def _back_dated(case: Case) -> Iterator[Filling]:
    for c in case.scheme.pay:
        if isinstance(c, Commission) and c.retroactive:
            yield {"name": _name(c.label), "yuan": c.tiers[0].above_yuan}


BACK_DATED = Rule(
    "retroactive tier",
    _back_dated,
    "{name}: a tier reached at {yuan:,.0f} yuan holds for all cash before it, so one yuan there is "
    "worth a jump in pay and cash is moved between periods. Let the tier hold for the rest only.",
    "{name}：回款达{yuan:,.0f}元后，提成比例对此前全部回款生效，临界处一元即带来薪酬跳升，"
    "会诱发跨期调节。宜仅对超出部分适用。",
)


def _all_or_nothing(case: Case) -> Iterator[Filling]:
    for c in case.scheme.pay:
        if isinstance(c, Gate) and c.action == "zero":
            yield {"name": _name(c.label)}


GATE = Rule(
    "gate to zero",
    _all_or_nothing,
    "{name}: who misses the gate loses everything, so the gated figure is worth bending and the "
    "rest is worth nothing once it is lost. A factor or a cap keeps part of the pay.",
    "{name}：未达标则全部扣除，既诱发对门槛指标的操纵，失守后其余指标也不再有激励。"
    "改用系数或封顶可保留部分薪酬。",
)


def _low_caps(case: Case) -> Iterator[Filling]:
    for card in case.cards:
        for knots in _curves(card):
            if reach(knots)[1] <= 1.0:
                yield {"card": _name(card.label), "at": 100 * reach(knots)[1]}


LOW_CAP = Rule(
    "cap at the target",
    _low_caps,
    "{card}: nothing more is paid beyond {at:.3g} % of the target. Who gets there stops, or keeps "
    "results for the next period; let the curve go on a little, less steeply if it must.",
    "{card}：超过目标的{at:.3g}%后不再多付。达标者会停手或留到下期；可让曲线继续上升，斜率可放缓。",
)


def _caps_reached(case: Case) -> Iterator[Filling]:
    if case.points is None:
        return
    for row in case.points[case.points["capped"] >= CROWDED].itertuples():
        yield {"card": _name(row.component), "measure": _measure(row.indicator),
               "share": 100 * row.capped}  # fmt: skip


CAPPED = Rule(
    "cap reached",
    _caps_reached,
    "{card}: on the recorded run {share:.0f} % of seats and periods are at the cap of the "
    "{measure}: for them one more result is worth nothing. Raise the target or the cap.",
    "{card}：按已有记录，{share:.0f}%的席位·周期已达“{measure}”封顶，多做不再多得。"
    "宜提高目标或上限。",
)


# ---- how much is at stake ----


def _fixed(scheme: Scheme) -> float:
    """Yuan per period that nobody can lose."""
    floors = (c.yuan for c in scheme.pay if isinstance(c, Guarantee) and c.first_days is None)
    return max(scheme.wage_yuan, *floors, 0.0)


def _at_target(c: Component, scheme: Scheme) -> float:
    """Yuan per period of a card or a commission at the usual target, cash even over M1 to M6."""
    if isinstance(c, Scorecard):
        return c.pool_yuan / c.every
    if not isinstance(c, Commission):
        return 0.0
    cash = 100.0 * c.every * INDICATORS["amount_completion"].target / (len(BUCKETS) - 1)
    a = {f"cash_{b.lower()}": cash * (b != BUCKETS[-1]) for b in BUCKETS} | START_OF_FACTS
    a["wage"] = 100.0 * scheme.wage_yuan
    fen = c.pay(Activity({name: np.array([value]) for name, value in a.items()}), Parts())
    return float(fen.sum()) / 100.0 / c.every


def _stakes(case: Case) -> Iterator[Filling]:
    fixed = _fixed(case.scheme)
    variable = sum(_at_target(c, case.scheme) for c in case.scheme.pay)
    if (share := variable / max(fixed + variable, 1.0)) > AT_STAKE:
        yield {"share": 100 * share, "fixed": fixed}


STAKES = Rule(
    "mostly variable pay",
    _stakes,
    "{share:.0f} % of the pay at the usual target hangs on results, only {fixed:,.0f} yuan a "
    "period are safe. Mostly variable pay is among the features that raise the risk of harm to "
    "customers by the British regulator's FG18/2; raise the wage or guarantee a minimum.",
    "按通常目标，{share:.0f}%的薪酬取决于业绩，每期仅{fixed:,.0f}元有保障。大部分浮动的薪酬"
    "属于英国监管指引FG18/2所列易损害客户的做法；宜提高固定工资或设最低保障。",
)


def _looks_at_conduct(c: Component) -> bool:
    of_conduct = {k for k, i in INDICATORS.items() if i.category in ("service", "process")}
    return not (c.indicators.isdisjoint(of_conduct) and c.reads().isdisjoint(CONDUCT))


def _ungated(case: Case) -> Iterator[Filling]:
    if any(_looks_at_conduct(c) for c in case.scheme.pay):
        return
    for c in case.scheme.pay:
        if not isinstance(c, Scorecard) and any(n.startswith(MONEY) for n in c.reads()):
            yield {"name": _name(c.label)}


UNGATED = Rule(
    "cash without conduct",
    _ungated,
    "{name}: cash is paid for however it was got: nothing in the scheme looks at complaints, "
    "proven acts, compliance or service. Add a gate on compliance, or a penalty or clawback per "
    "upheld complaint and proven act.",
    "{name}：无论以何种方式回款均计酬，方案未考虑投诉、查实违规、合规或服务。"
    "宜增设合规门槛，或对成立的投诉及查实行为扣罚、追回。",
)


# ---- what is weighed ----


def _forgotten(case: Case) -> Iterator[Filling]:
    held = {INDICATORS[k].category for k in case.scheme.indicators if k in INDICATORS}
    missing = [CATEGORY_NAMES[c] for c in CATEGORIES if c not in held]
    if case.cards and missing:
        yield {"categories": _listed(missing)}


FORGOTTEN = Rule(
    "category without weight",
    _forgotten,
    "Nothing is paid for: {categories}. Time moves away from there to what is paid; give it a "
    "weight, or a gate that keeps a floor.",
    "以下类别没有权重：{categories}。工时会从中流向有回报的指标；宜给予权重，或设门槛守住底线。",
)


def _too_many(case: Case) -> Iterator[Filling]:
    many = len(case.scheme.indicators)
    if many > SIMPLE:
        yield {"many": many, "simple": SIMPLE}


TOO_MANY = Rule(
    "too many indicators",
    _too_many,
    "{many} indicators move the pay. Up to {simple} are taken to be followed by anybody; with each "
    "one more acceptance falls. Join or drop the lightest.",
    "共有{many}项指标影响薪酬。模型假定人人能兼顾{simple}项，每多一项，方案接受度随之下降。"
    "宜合并或删去权重最低的指标。",
)


def _faint(case: Case) -> Iterator[Filling]:
    yuan = _weights(case)
    small = [k for k, y in yuan.items() if 0 < y < FAINT * sum(yuan.values()) * (1 - 1e-9)]
    if small:
        yield {"measures": _listed([_measure(k) for k in small]), "least": 100 * FAINT}


FAINT_WEIGHT = Rule(
    "weight too small to feel",
    _faint,
    "Weights below {least:.0f} % are hardly felt and still have to be measured: {measures}.",
    "权重低于{least:.0f}%的指标几乎感受不到，却仍需统计：{measures}。",
)


def _heavy(case: Case) -> Iterator[Filling]:
    yuan = _weights(case)
    for key, y in yuan.items():
        if y > HEAVY * sum(yuan.values()):
            yield {"measure": _measure(key), "share": 100 * y / sum(yuan.values())}


HEAVY_WEIGHT = Rule(
    "one weight crowds out the rest",
    _heavy,
    "The {measure} carries {share:.0f} % of the card: what can be counted under it crowds out the "
    "rest, and its gaming pays best. Spread the weight, or gate it by conduct.",
    "“{measure}”占考核的{share:.0f}%：易被计入的工作会挤占其余工作，操纵它的回报也最高。"
    "宜分散权重，或以合规作门槛。",
)


# ---- money and truth ----


def _above_budget(case: Case) -> Iterator[Filling]:
    full = sum(_weights(case).values())
    pools = [c.yuan_per_seat for c in case.scheme.pay if isinstance(c, PoolCap)]
    budgets = [*pools, *([] if case.budget_yuan is None else [case.budget_yuan])]
    if budgets and full > min(budgets):
        yield {"full": full, "budget": min(budgets)}


ABOVE_BUDGET = Rule(
    "rewards above budget",
    _above_budget,
    "At full attainment the cards promise {full:,.0f} yuan per seat and period, the budget holds "
    "{budget:,.0f}: what is promised would be cut or overspent. Lower the pool or raise the "
    "targets.",
    "全部达标时应付{full:,.0f}元/席位·周期，预算仅{budget:,.0f}元：承诺将被打折或超支。"
    "宜下调奖金池或提高目标。",
)


def _unwatched(case: Case) -> Iterator[Filling]:
    seen = 1.0 - (1.0 - case.scenario.platform.audited) * (1.0 - case.scenario.platform.analytics)
    if case.scheme.pay and seen < LEAST_AUDIT:
        yield {"share": 100 * seen}


UNWATCHED = Rule(
    "nobody looks at the record",
    _unwatched,
    "Only {share:.2g} % of operations are audited or heard: what is paid is the record, and nobody "
    "checks it against the truth.",
    "仅{share:.2g}%的操作经过质检或语音分析：薪酬依据上报数据，却无人核对真实情况。",
)

RULES = (
    CLIFF,
    BACK_DATED,
    GATE,
    LOW_CAP,
    CAPPED,
    STAKES,
    UNGATED,
    FORGOTTEN,
    TOO_MANY,
    FAINT_WEIGHT,
    HEAVY_WEIGHT,
    ABOVE_BUDGET,
    UNWATCHED,
)
