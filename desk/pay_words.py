"""A scheme's pay components in plain words, as the collector reads them.

Each kind has one function from a component's own fields to its sentences; the table is at the foot.
"""

from collections.abc import Callable, Iterable, Mapping
from itertools import pairwise

from desk.words import Words, plain
from sim.curves import CURVES, knots_of
from sim.scheme import (
    Axis,
    Booster,
    Bounty,
    Clawback,
    Commission,
    Component,
    Condition,
    Deferral,
    Draw,
    Gate,
    Guarantee,
    Ladder,
    Penalty,
    PoolCap,
    Rank,
    Scorecard,
    Target,
    TeamPay,
)
from sim.scheme.base import Adjustment
from sim.scheme.bounty import ONCE
from sim.scheme.measure import measure_of

Sentences = list[str]
NO_LIMIT = 1e9  # yuan: a limit that nobody reaches is not told


def title(component: Component, w: Words) -> str:
    """The component's name with its kind."""
    kind = w.label("component", component.kind)
    return (
        w(f"{component.name} ({kind})", f"{component.name}（{kind}）") if component.name else kind
    )


def sentences(component: Component, w: Words) -> Sentences:
    """All that the component pays and on what, a sentence each."""
    return [*WORDS[component.kind](component, w), *_common(component, w)]


def _common(c: Component, w: Words) -> Sentences:
    """What every component can say of when and on what it acts."""
    said = []
    if isinstance(c, Adjustment) and c.on:
        on = w.listed(c.on)
        said.append(w(f"It concerns only: {on}.", f"仅针对：{on}。"))
    if c.every > 1:
        said.append(w(f"Assessed and paid once for {c.every} pay periods together; amounts are "
                      "for all of them.",
                      f"每{c.every}个考核周期合并考核、一次发放；所列金额为合计。"))  # fmt: skip
        said.append(_cut_short(c, w))
    if c.during:
        numbers = w.listed(map(str, c.during))
        said.append(w(f"Only in pay periods number {numbers}.", f"仅在考核周期{numbers}有效。"))
    return said


def _cut_short(c: Component, w: Words) -> str:
    """What becomes of periods together that end before their time."""
    if c.cut_short == "paid":
        return w("If the scheme changes or one leaves before they are over, what they have earned "
                 "so far is paid in proportion.",
                 "中途更换方案或离职的，按已过周期的比例发放已得部分。")  # fmt: skip
    if c.cut_short == "stayers":
        return w("If the scheme changes before they are over, what they have earned so far is paid "
                 "in proportion; who leaves gets nothing of it.",
                 "中途更换方案的，按已过周期的比例发放已得部分；中途离职的不发。")  # fmt: skip
    return w("If the scheme changes or one leaves before they are over, what they have earned is "
             "lost.", "中途更换方案或离职的，已得部分作废。")  # fmt: skip


# ---- what is earned ----


def _scorecard(c: Scorecard, w: Words) -> Sentences:
    said = [
        w(f"Pays {w.yuan(c.pool_yuan)} where every indicator is at its target.",
          f"各项指标全部达标时，发放{w.yuan(c.pool_yuan)}。"),
        {"sum": w("Each indicator earns its weight times its payout.",
                  "各指标按“权重×兑付率”计分，相加得出总分。"),
         "product": w("The payouts are multiplied, each to the power of its weight: a weak one "
                      "pulls all down.",
                      "各项兑付率按权重取幂后相乘：任何一项过低都会拉低总分。"),
         "minimum": w("The weakest indicator decides alone.", "总分取各项兑付率的最低值。"),
         }[c.combine],
        w("Payout by attainment: ", "兑付规则：") + _curve(c.curve, w) + w(".", "。"),
    ]  # fmt: skip
    said += [_scored(c, key, weight, w) for key, weight in c.weights.items() if weight]
    said += _whose(c.of, w)
    said += [
        w(f"{w.percent(points)} of full pay is taken off for each case of: {w.measure(event)}.",
          f"每发生一次“{w.measure(event)}”，扣减全额奖金的{w.percent(points)}。")
        for event, points in c.deductions.items()
    ]  # fmt: skip
    if c.reweighting:
        rule = c.reweighting
        where = {"indicator": w("the weakest indicator", "最弱的指标"),
                 "category": w("the weakest category", "最弱的类别")}[rule.onto]  # fmt: skip
        who = w.label("who", rule.results)
        said.append(w(
            f"After each period {w.percent(rule.speed)} of all weight moves to {where}, judged "
            f"by {who} results.",
            f"每期末将全部权重的{w.percent(rule.speed)}移向{where}"
            f"（按{who}业绩评定）。"))  # fmt: skip
    return said


def _scored(c: Scorecard, key: str, weight: float, w: Words) -> str:
    """One indicator: weight, from where to where, curve of its own, rule of its target."""
    usual, own = measure_of(key), c.targets.get(key, Target())
    zero = w.worth(key, usual.zero if own.zero is None else own.zero)
    target = w.worth(key, usual.target if own.target is None else own.target)
    said = w(f"{w.measure(key)}, weight {w.percent(weight)}: nothing at {zero}, full at {target}",
             f"{w.measure(key)}，权重{w.percent(weight)}：{zero}起评，{target}为达标")  # fmt: skip
    if key in c.curves:
        said += w("; payout ", "；兑付") + _curve(c.curves[key], w)
    if own.rule == "difficulty":
        said += w("; the target is adjusted to how hard your queue is", "；目标按队列难易度调整")
    if own.rule == "ratchet":
        who, speed = w.label("who", own.results or "seat"), w.percent(own.speed)
        said += w(f"; each period the target moves {speed} of the way to {who} result",
                  f"；每期目标向{who}业绩靠拢{speed}")  # fmt: skip
    return said + w(".", "。")


def _curve(curve, w: Words) -> str:
    if curve in tuple(CURVES):
        return w.label("curve", curve)
    knots = [w(f"{w.percent(x)} attained pays {w.percent(y)}",
               f"达成{w.percent(x)}兑付{w.percent(y)}") for x, y in knots_of(curve)]  # fmt: skip
    return w(", ", "，").join([*knots, w("straight between", "其间按直线")])


def _commission(c: Commission, w: Words) -> Sentences:
    of = (w("of the fee that the cash brings", "（按服务费计）") if c.fee_shares
          else w("of the cash received", "（按回款计）"))  # fmt: skip
    said = []
    for bucket, rate in c.rates.items():
        place = w.label("bucket", bucket)
        said.append(w(f"{place}: {w.percent(rate)} {of}.", f"{place}：{w.percent(rate)}{of}。"))
        if c.fee_shares:
            fee = w.percent(c.fee_shares[bucket])
            said[-1] += w(f" The fee is {fee} of the cash.", f"服务费为回款的{fee}。")
    thing = w("fees", "服务费") if c.fee_shares else w("cash", "回款")
    start = [w.yuan(c.above_yuan)] * bool(c.above_yuan)
    start += [w(f"{plain(c.above_wages)} times the wage",
                f"固定工资的{plain(c.above_wages)}倍")] * bool(c.above_wages)  # fmt: skip
    if start:
        sum_ = w(" plus ", "加").join(start)
        said.append(w(f"The first {sum_} of {thing} in a period earns nothing.",
                      f"每期{thing}在{sum_}以内的部分不计提成。"))  # fmt: skip
    for tier in c.tiers:
        part = w("all of it", "全部金额") if c.retroactive else w("what lies above", "超出部分")
        said.append(w(f"From {w.yuan(tier.above_yuan)} of {thing} on, {part} earns "
                      f"{plain(tier.factor)} times the rate.",
                      f"{thing}达到{w.yuan(tier.above_yuan)}起，"
                      f"{part}按{plain(tier.factor)}倍比例计提。"))  # fmt: skip
    return said + _shared(c.of, w)


def _bounty(c: Bounty, w: Words) -> Sentences:
    said = []
    for event, cells in c.yuan.items():
        thing = w.measure(event) if event != ONCE else w.label("activity", ONCE)
        if not isinstance(cells, tuple):
            said.append(w(f"{w.yuan(cells)} for: {thing}.", f"{thing}：每次{w.yuan(cells)}。"))
            continue
        said.append(w(f"For {thing}, by the table of {w.listed(_axis(x, w) for x in c.axes)}:",
                      f"{thing}，按{w.listed(_axis(x, w) for x in c.axes)}查表："))  # fmt: skip
        said += [where + w(": ", "：") + w.yuan(each) for where, each in _cells(cells, c.axes, w)]
    return said + _shared(c.of, w)


def _axis(x: Axis, w: Words) -> str:
    reading = {
        "now": "",
        "before": w(" of the assessment before", "（上一期）"),
        "change": w(", its change since the assessment before", "（较上一期变动）"),
    }[x.reading]
    who = w(f" ({w.label('who', x.of)})", f"（{w.label('who', x.of)}）") if x.of != "seat" else ""
    return w.measure(x.measure) + reading + who


def _cells(cells, axes: tuple[Axis, ...], w: Words) -> Iterable[tuple[str, float]]:
    """Every cell of a table, with the ranges that lead to it."""
    if not isinstance(cells, tuple):
        yield "", cells
        return
    first, *rest = axes
    edges = [w.worth(first.measure, edge) for edge in first.edges]
    ranges = [w(f"below {edges[0]}", f"低于{edges[0]}")]
    ranges += [w(f"{low} to below {high}", f"{low}至不足{high}") for low, high in pairwise(edges)]
    ranges += [w(f"{edges[-1]} or more", f"{edges[-1]}及以上")]
    for where, inner in zip(ranges, cells, strict=True):
        for deeper, each in _cells(inner, tuple(rest), w):
            yield w("; ", "；").join(filter(None, (where, deeper))), each


def _team(c: TeamPay, w: Words) -> Sentences:
    group = {"team": w("the team", "小组"), "house": w("the whole house", "全体")}[c.of]
    what = w.measure(c.measure)
    said = [w(f"{group} earns a pool by its mean {what} per seat:".capitalize(),
              f"{group}按席均“{what}”形成奖金池：")]  # fmt: skip
    said += [w(f"at {w.worth(c.measure, x)}: {w.yuan(y)} per seat",
               f"{w.worth(c.measure, x)}：每席位{w.yuan(y)}") for x, y in c.pool]  # fmt: skip
    said.append({
        "equal": w("Every member gets an equal part.", "成员平均分配。"),
        "result": w(f"Each gets a part by the own {what}.", f"按本人“{what}”的比例分配。"),
    }[c.split])  # fmt: skip
    return said


def _rank(c: Rank, w: Words) -> Sentences:
    among = {"team": w("your team", "小组内"), "house": w("the whole house", "全体")}[c.among]
    less = bool(c.measure) and measure_of(c.measure).less_is_better
    lowest = c.best == "lowest" if c.best else less
    order = w("the lowest", "由低到高") if lowest else w("the highest", "由高到低")
    what = _judged(c, w)
    said = [w(f"A league table in {among} by {what}, {order} value first; equal results share.",
              f"{among}按“{what}”{order}排名；成绩相同者均分奖金。")]  # fmt: skip
    said += [w(f"Place {place}: {w.yuan(prize)}.", f"第{place}名：{w.yuan(prize)}。")
             for place, prize in enumerate(c.places, 1)]  # fmt: skip
    before = 0.0
    for share, prize in c.shares:
        said.append(w(f"From the best {w.percent(before)} to the best {w.percent(share)}: "
                      f"{w.yuan(prize)}.",
                      f"前{w.percent(before)}至前{w.percent(share)}："
                      f"{w.yuan(prize)}。"))  # fmt: skip
        before = share
    return said


def _judged(c: Rank | Ladder, w: Words) -> str:
    return w.measure(c.measure) if c.measure else w("pay of the earlier components", "前述薪酬合计")


def _ladder(c: Ladder, w: Words) -> Sentences:
    what = _judged(c, w)
    value = (lambda x: w.worth(c.measure, x)) if c.measure else w.yuan
    said = [w(f"Grade {n}: {w.yuan(step)} per period above the wage.",
              f"第{n}级：每期加薪{w.yuan(step)}。")
            for n, step in enumerate(c.steps_yuan, 1)]  # fmt: skip
    each = c.judged == "in_a_row"
    how = (w(f"in each of {c.periods} periods in a row", f"连续{c.periods}期") if each
           else w(f"on average of {c.periods} periods", f"{c.periods}期平均"))  # fmt: skip
    said.append(w(f"You climb with {what} of at least {value(c.up)} {how}.",
                  f"“{what}”{how}不低于{value(c.up)}，升一级。"))  # fmt: skip
    if c.down is not None:
        said.append(w(f"You fall with {what} below {value(c.down)} {how}.",
                      f"“{what}”{how}低于{value(c.down)}，降一级。"))  # fmt: skip
    return said + _whose(c.of, w)


# ---- what changes it ----


def _conditions(c: Gate | Booster, w: Words) -> str:
    every = w(" and ", "且").join(_condition(x, w) for x in c.all_of)
    some = w(" or ", "或").join(_condition(x, w) for x in c.any_of)
    if every and some:
        return w(f"{every}, and besides {some}", f"{every}，并且{some}")
    return every or some


def _condition(x: Condition, w: Words) -> str:
    what = w.measure(x.measure)
    if x.of != "seat":
        what += w(f" ({w.label('who', x.of)})", f"（{w.label('who', x.of)}）")
    if x.at_least is None:
        bar = w.worth(x.measure, x.at_most)
        return w(f"{what} is at most {bar}", f"{what}不高于{bar}")
    bar = w.worth(x.measure, x.at_least)
    return w(f"{what} is at least {bar}", f"{what}不低于{bar}")


def _gate(c: Gate, w: Words) -> Sentences:
    left = {
        "zero": w("the pay earned before it is lost", "前述薪酬清零"),
        "cap": w(f"the pay earned before it is at most {w.yuan(c.cap_yuan or 0)}",
                 f"前述薪酬最高{w.yuan(c.cap_yuan or 0)}"),
        "factor": w(f"only {w.percent(c.factor or 0)} of the pay earned before it stands",
                    f"前述薪酬只发{w.percent(c.factor or 0)}"),
    }[c.action]  # fmt: skip
    bar = _conditions(c, w)
    return [w(f"Required: {bar}. If not, {left}.", f"要求：{bar}；否则{left}。")]


def _booster(c: Booster, w: Words) -> Sentences:
    bar = _conditions(c, w)
    return [w(f"If {bar}, {w.percent(c.share)} is added to the pay earned before it.",
              f"若{bar}，前述薪酬加发{w.percent(c.share)}。")]  # fmt: skip


def _penalty(c: Penalty, w: Words) -> Sentences:
    said = [w(f"{w.yuan(each)} is deducted for each case of: {w.measure(event)}.",
              f"每发生一次“{w.measure(event)}”，扣{w.yuan(each)}。")
            for event, each in c.yuan.items()]  # fmt: skip
    said.append(w(f"At most {w.yuan(c.most_yuan)} is deducted in a period.",
                  f"每期最多扣{w.yuan(c.most_yuan)}。"))  # fmt: skip
    return said + _floor(c.floor_yuan, w)


def _guarantee(c: Guarantee, w: Words) -> Sentences:
    until = ""
    if c.first_days is not None:
        until = w(
            f", in the first {c.first_days} days after the start", f"（入职{c.first_days}天内）"
        )
    return [w(f"Wage and pay together come to at least {w.yuan(c.yuan)} in a period{until}.",
              f"每期固定工资与薪酬合计不低于{w.yuan(c.yuan)}{until}。")]  # fmt: skip


def _draw(c: Draw, w: Words) -> Sentences:
    said = [w(f"What is missing to {w.yuan(c.yuan)} in a period is advanced, and taken back from "
              "what you later earn above it.",
              f"每期收入不足{w.yuan(c.yuan)}的部分先行预支，以后超出部分用于归还。")]  # fmt: skip
    if c.most_yuan < NO_LIMIT:
        said.append(w(f"Advances end at a debt of {w.yuan(c.most_yuan)}.",
                      f"累计欠款达到{w.yuan(c.most_yuan)}后不再预支。"))  # fmt: skip
    return [*said, w("Who leaves owes nothing.", "离职时未还部分不再追讨。")]


def _pool_cap(c: PoolCap, w: Words) -> Sentences:
    return [w(f"All seats together get at most {w.yuan(c.yuan_per_seat)} per seat and period; "
              "beyond that everybody's pay is scaled down alike.",
              f"全体席位每期人均最多{w.yuan(c.yuan_per_seat)}；"
              "超出时所有人按同一比例下调。")]  # fmt: skip


def _deferral(c: Deferral, w: Words) -> Sentences:
    said = [w(f"{w.percent(c.share)} of the pay earned before it is held back.",
              f"前述薪酬的{w.percent(c.share)}延期支付。")]  # fmt: skip
    said += [w(f"{w.percent(part)} of that is paid after {w.periods(n * c.spacing)}.",
               f"其中{w.percent(part)}在{w.periods(n * c.spacing)}后发放。")
             for n, part in enumerate(c.vesting, 1)]  # fmt: skip
    said.append({
        "forfeit": w("Who leaves loses what has not been paid yet.", "离职者未到期部分不再发放。"),
        "keep": w("Who leaves is paid the rest at once.", "离职者未到期部分一次发放。"),
    }[c.leaver])  # fmt: skip
    return said


def _clawback(c: Clawback, w: Words) -> Sentences:
    said = [w(f"{w.yuan(each)} is taken back for each case of: {w.measure(event)}.",
              f"每发生一次“{w.measure(event)}”，追回{w.yuan(each)}。")
            for event, each in c.yuan.items()]  # fmt: skip
    said += [w(f"{w.percent(part)} of the pay within reach is taken back for each case of: "
               f"{w.measure(event)}.",
               f"每发生一次“{w.measure(event)}”，追回追索期内薪酬的{w.percent(part)}。")
             for event, part in c.shares.items()]  # fmt: skip
    said.append(w(f"Within reach is the pay of the last {w.periods(c.window)}, this one included.",
                  f"追索期为最近{w.periods(c.window)}（含本期）的薪酬。"))  # fmt: skip
    return said + _floor(c.floor_yuan, w)


# ---- parts of sentences ----


def _floor(yuan: float | None, w: Words) -> Sentences:
    if not yuan:
        return []
    return [w(f"Wage and pay together never fall below {w.yuan(yuan)} by it.",
              f"扣减后固定工资与薪酬合计不低于{w.yuan(yuan)}。")]  # fmt: skip


def _whose(of: str, w: Words) -> Sentences:
    """Whose results count, where they are not the own."""
    who = w.label("who", of)
    return [] if of == "seat" else [w(f"What counts is {who}.", f"以{who}业绩为准。")]


def _shared(of: str, w: Words) -> Sentences:
    """Whose cases count, where all get an equal share of them."""
    if of == "seat":
        return []
    group = {"team": w("the team", "小组"), "house": w("the whole house", "全体")}[of]
    return [w(f"What {group} achieves counts; each gets an equal share.",
              f"按{group}业绩计算，人均平分。")]  # fmt: skip


WORDS: Mapping[str, Callable[[Component, Words], Sentences]] = {
    "scorecard": _scorecard,
    "commission": _commission,
    "bounty": _bounty,
    "team": _team,
    "rank": _rank,
    "ladder": _ladder,
    "gate": _gate,
    "booster": _booster,
    "penalty": _penalty,
    "guarantee": _guarantee,
    "draw": _draw,
    "pool_cap": _pool_cap,
    "deferral": _deferral,
    "clawback": _clawback,
}
