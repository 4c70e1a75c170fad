"""The plan document: what a collector needs to know of a scheme, in the order in which one asks."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from math import lcm

import numpy as np
import pandas as pd

from desk.blocks import Block, Bullets, Heading, Paragraph, Table
from desk.pay_words import sentences, title
from desk.words import Words
from sim import Scenario, World
from sim.activity import Activity
from sim.indicators import INDICATORS, TASKS, Task
from sim.run import finished
from sim.scheme import Bounty, Clawback, Component, Deferral, Draw, Guarantee, Scheme
from sim.scheme.measure import measure_of
from sim.shown import visible
from sim.units import to_yuan

MONTHS = (0.1, 0.5, 0.9)  # quantiles of pay over the seats: a weak, a usual and a strong month
MOST_SEATS, MOST_PERIODS = 50, 12  # of the simulation that gives the examples


def plan_document(scenario: Scenario, w: Words) -> list[Block]:
    """The plan as blocks; a scheme that comes later in the run has a chapter of its own."""
    blocks: list[Block] = [
        Heading(w("Your pay plan: ", "薪酬方案说明：") + _name(scenario.scheme, scenario, w), 1),
        *plan_chapter(scenario, w),
    ]
    for change in scenario.change:
        later = scenario.model_copy(update={"scheme": change.scheme, "change": ()})
        number = change.period
        blocks += [
            Heading(w(f"From pay period {number} on: ", f"自考核周期{number}起：")
                    + _name(change.scheme, later, w), 1),
            *_change(change, w),
            *plan_chapter(later, w),
        ]  # fmt: skip
    return blocks


def plan_chapter(scenario: Scenario, w: Words) -> list[Block]:
    """What is measured, paid and forbidden under the scenario's scheme, with examples."""
    scheme = scenario.scheme
    return [
        Heading(w("What is measured", "考核什么")), *_measured(scheme, w),
        Heading(w("What is paid", "怎么发薪")), *scheme_blocks(scheme, w),
        Heading(w("Examples", "举例")), *_examples(scenario, w),
        Heading(w("What is not allowed", "禁止行为")), *_forbidden(scenario, w),
        Heading(w("When it is paid, and what happens later", "发放时间与后续处理")),
        Bullets(list(_later(scenario, w))),
    ]  # fmt: skip


def scheme_blocks(scheme: Scheme, w: Words) -> list[Block]:
    """The wage and every component in plain words."""
    wage = w.yuan(scheme.wage_yuan)
    blocks: list[Block] = [
        Paragraph(w(f"The fixed wage is {wage} in a pay period.", f"每个考核周期固定工资{wage}。"))
    ]
    if not scheme.pay:
        blocks.append(Paragraph(w("Nothing else is paid.", "没有其他浮动薪酬。")))
    for component in scheme.pay:
        blocks += [
            Heading(visible(title(component, w)), 3),
            Bullets([visible(text) for text in sentences(component, w)]),
        ]
    return blocks


def _name(scheme: Scheme, scenario: Scenario, w: Words) -> str:
    return visible(scheme.title or scenario.title) or w("pay plan", "薪酬方案")


def _change(change, w: Words) -> Iterator[Block]:
    said = w(f"Announced in pay period {change.known_from}.",
             f"于考核周期{change.known_from}公布。")  # fmt: skip
    if change.grandfathered:
        kept = w.periods(change.grandfathered)
        said += w(f" Who was there before keeps the old plan for {kept}.",
                  f"此前在岗者继续适用原方案{kept}。")  # fmt: skip
    yield Paragraph(said)


# ---- what is measured ----


def _measured(scheme: Scheme, w: Words) -> Iterator[Block]:
    keys = [key for key in INDICATORS if key in scheme.indicators]
    if keys:
        yield Table(
            [w("indicator", "指标"), w("category", "类别"),
             w("honest work behind it", "对应的实际工作")],
            [[w.named(i), w.label("category", i.category), w.named(i.honest)]
             for i in map(INDICATORS.get, keys)],
            words=3,
        )  # fmt: skip
    others = [w.measure(key) for key in looked_at(scheme) if key not in keys]
    if others:
        which = w.listed(others)
        yield Paragraph(w(f"Besides, these are counted: {which}.", f"另外统计：{which}。") if keys
                        else w(f"These are counted: {which}.", f"统计：{which}。"))  # fmt: skip
    if not keys and not others:
        yield Paragraph(w("Nothing that changes the pay.", "没有影响薪酬的考核。"))
    else:
        yield Paragraph(w("What counts is what is recorded. Audits check the record.",
                          "以系统记录为准，并接受质检核查。"))  # fmt: skip


def looked_at(scheme: Scheme) -> list[str]:
    """Indicators and columns that the pay depends on."""
    keys = {key for c in scheme.pay for key in (*c.indicators, *_counted(c))}
    return [key for key in INDICATORS if key in keys] + sorted(keys - INDICATORS.keys())


def _counted(component) -> list[str]:
    """Columns that a component counts besides the columns of its indicators."""
    of_indicators = {name for key in component.indicators for name in measure_of(key).reads}
    return sorted(component.reads() - of_indicators)


# ---- examples ----


@dataclass(frozen=True)
class Counted:
    """A measure in the examples."""

    measure: str
    periods: int = 1  # that are taken together
    before: bool = False  # in the assessment before

    def words(self, w: Words) -> str:
        said = w.measure(self.measure)
        if self.before:
            said += w(", the assessment before", "（上一期）")
        if self.periods > 1:
            said += w(f", in {w.periods(self.periods)}", f"（{w.periods(self.periods)}合计）")
        return said


def examples(scenario: Scenario) -> tuple[pd.DataFrame, dict[str, Counted]]:
    """A weak, a usual and a strong month: what was recorded and what the scheme paid for it.

    Rows are the measures of the pay, `wage`, the components that are paid each period and `total`;
    then, for pay of several periods together, their measures in all of these, what is paid for
    them, and at last `mean`, all pay per period; columns are the months. The second part are the
    rows of measures. From one short simulation of the scenario.
    """
    scheme, periods = scenario.scheme, finished(World(_short(scenario))).periods
    cycle = lcm(*(component.every for component in scheme.pay))
    ended = periods[: len(periods) // cycle * cycle] or periods
    last, whole = ended[-1], ended[-cycle:]
    seats = _ranked(whole, [c.label for c in scheme.pay if isinstance(c, Guarantee | Draw)])
    rows, counted = {}, {}
    for every in sorted({1, *(c.every for c in scheme.pay)}):
        mine = scheme.model_copy(update={"pay": tuple(c for c in scheme.pay if c.every == every)})
        for shown in _counts(mine, every):
            name = f"{shown.measure} {every} {shown.before}"
            counted[name], rows[name] = shown, _value(shown, ended)[seats]
        pay = {f"pay.{c.label}": to_yuan(last["paid"][c.label][seats]) for c in mine.pay}
        if every == 1:
            pay = {"wage": to_yuan(last["wage"][seats]), **pay}
            pay["total"] = sum(pay.values())
        rows |= pay
    if cycle > 1:
        rows["mean"] = to_yuan(sum(map(_total, whole))[seats]) / len(whole)
    return pd.DataFrame(rows).T, counted


def _counts(scheme: Scheme, every: int) -> Iterator[Counted]:
    """What pay of so many periods together depends on."""
    axes = [axis for c in scheme.pay if isinstance(c, Bounty) for axis in c.axes]
    earlier = {axis.measure for axis in axes if axis.reading != "now"}
    for key in looked_at(scheme):
        if key in earlier:
            yield Counted(key, every, before=True)
        yield Counted(key, every)


def _value(shown: Counted, ended: Sequence[dict]) -> np.ndarray:
    """The measure of every seat; of a first assessment it is itself the one before."""
    if shown.before and len(ended) > shown.periods:
        ended = ended[: -shown.periods]
    together = sum(p["record"] for p in ended[-shown.periods :])
    a = Activity.of(together, ended[-1]["facts"])
    return np.broadcast_to(measure_of(shown.measure).value(a), len(together))


def _total(period: dict) -> np.ndarray:
    return period["wage"] + sum(period["paid"].values(), start=np.zeros_like(period["wage"]))


def _short(scenario: Scenario) -> Scenario:
    """The scenario with its first scheme alone, small enough to answer at once."""
    cycle = lcm(*(component.every for component in scenario.scheme.pay))
    periods = min(max(cycle, min(scenario.run.periods, MOST_PERIODS)), 120)
    run = scenario.run.model_copy(update={"periods": periods, "warm_up": 0})
    short = scenario.model_copy(update={"run": run, "change": ()})
    seats = scenario.workforce.seats
    if scenario.portfolio.file or seats <= MOST_SEATS:
        return short
    accounts = max(1, scenario.portfolio.accounts * MOST_SEATS // seats)
    return short.model_copy(update={
        "workforce": scenario.workforce.model_copy(update={"seats": MOST_SEATS}),
        "portfolio": scenario.portfolio.model_copy(update={"accounts": accounts}),
    })  # fmt: skip


def _ranked(periods: Sequence[dict], floors: Sequence[str]) -> list[int]:
    """Seats that worked the periods through, at the quantiles of pay; of equal pay, before floors.

    `floors` are the components that only fill up to a minimum.
    """
    wage, total = sum(p["wage"] for p in periods), sum(map(_total, periods))
    earned = total - sum(p["paid"][name] for p in periods for name in floors)
    whole = np.flatnonzero(wage == wage.max())
    order = whole[np.lexsort((earned[whole], total[whole]))]
    return [int(order[round(q * (len(order) - 1))]) for q in MONTHS]


def _examples(scenario: Scenario, w: Words) -> Iterator[Block]:
    table, counted = examples(scenario)
    names = {
        "wage": w("wage", "固定工资"),
        "total": w("together", "合计"),
        "mean": w("all pay, a period on average", "全部薪酬，每期平均"),
    } | {f"pay.{c.label}": _paid(c, w) for c in scenario.scheme.pay}
    if "mean" in table.index:
        names["total"] = w("together in a period like others", "无合并考核发放的一期合计")
    rows = [
        [visible(names.get(key) or counted[key].words(w)),
         *(w.worth(counted[key].measure, x) if key in counted else w.yuan(x) for x in cells)]
        for key, cells in zip(table.index, table.to_numpy(), strict=True)
    ]  # fmt: skip
    yield Table(
        [
            "",
            w("weak month", "较差的一期"),
            w("usual month", "一般的一期"),
            w("strong month", "较好的一期"),
        ],
        rows,
    )
    yield Paragraph(
        w("Months of three collectors in a simulation of this plan: one in ten is paid less than "
          "the weak one, half less than the usual, nine in ten less than the strong. Amounts are "
          "computed by the plan itself.",
          "取自本方案模拟中三名催收员的同一期：一成人员低于“较差”，半数低于“一般”，九成低于“较好”。"
          "金额由方案规则计算得出。"),
        note=True,
    )  # fmt: skip


def _paid(c: Component, w: Words) -> str:
    said = w(f"pay: {title(c, w)}", f"薪酬：{title(c, w)}")
    if c.every > 1:
        said += w(f", once in {w.periods(c.every)}", f"（每{w.periods(c.every)}一次）")
    return said


# ---- what is not allowed ----


def tempting(scheme: Scheme) -> list[Task]:
    """Gaming tasks that would lift what the scheme measures."""
    gamed = {INDICATORS[key].gamed.key for key in scheme.indicators if key in INDICATORS}
    cash = any(name.startswith(("cash_", "own_cash_")) or name == "cash" for name in scheme.reads)
    return [
        task
        for task in TASKS.values()
        if task.gaming
        and (
            task.key in gamed
            or not scheme.reads.isdisjoint(task.fake)
            or (cash and (task.lifts or task.postpones or task.poaches))
        )
    ]


def _forbidden(scenario: Scenario, w: Words) -> Iterator[Block]:
    tasks = tempting(scenario.scheme)
    limit, platform = scenario.conduct.attempts_per_week, scenario.platform
    rules = [
        w(f"No account is called more than {limit} times a week.",
          f"同一账户每周联系不超过{limit}次。"),
        *(w(f"Forbidden: to {task.en}.", f"禁止：{task.zh}。") for task in tasks),
    ]  # fmt: skip
    yield Bullets(rules)
    fine, acts = w.yuan(platform.penalty_yuan), platform.dismissed_after
    proven = [
        w(f"Every proven act costs {fine}, besides what the plan itself deducts.",
          f"每查实一次，个人承担{fine}，方案内的扣罚另计。"),
        w(f"{acts} proven acts in one pay period end the employment.",
          f"同一考核周期内查实{acts}次，解除劳动关系。"),
        w(f"{w.percent(platform.audited)} of all operations are audited by hand, "
          f"{w.percent(platform.analytics)} of all calls are heard by speech analytics.",
          f"人工质检覆盖{w.percent(platform.audited)}的操作，语音分析覆盖{w.percent(platform.analytics)}的通话。"),
    ]  # fmt: skip
    yield Paragraph(w("What happens when an act is proven:", "查实后的处理："))
    yield Bullets(proven)


# ---- later ----


def _later(scenario: Scenario, w: Words) -> Iterator[str]:
    days, scheme = scenario.run.period_days, scenario.scheme
    yield w(f"A pay period has {days} days; pay is settled at its end.",
            f"一个考核周期为{days}天，期末结算发放。")  # fmt: skip
    for component in scheme.pay:
        if component.every > 1:
            yield w(f"{title(component, w)}: once in {w.periods(component.every)}.",
                    f"{title(component, w)}：每{w.periods(component.every)}发放一次。")  # fmt: skip
    kinds = {type(component) for component in scheme.pay}
    if Deferral not in kinds:
        yield w("Nothing is deferred.", "没有延期支付。")
    if Clawback not in kinds:
        yield w("What has been paid is not taken back later.", "已发放的薪酬事后不追回。")
    for component in scheme.pay:
        if isinstance(component, Deferral | Clawback):
            yield f"{title(component, w)}{w(': ', '：')}{w(' ', '').join(sentences(component, w))}"
    yield w("Who leaves within a period is paid the wage for the days worked.",
            "期中离职者，固定工资按在岗天数发放。")  # fmt: skip
