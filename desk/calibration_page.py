"""The report of a calibration as blocks: what was checked, found, seen and left alone."""

import re
from collections.abc import Mapping

import numpy as np

from desk.blocks import Block, Heading, Paragraph, Picture, Table
from desk.words import Words
from sim.calibrate import FittedBehaviour
from sim.calibrate.account_fit import AccountFit
from sim.history_plots import holdout_figure, roll_figure, vintage_figure
from sim.shown import visible

UNLIKE = 0.02  # of the simulated histories that are as odd, below which the fit is not believed
CHINESE = (  # of what tables say: pattern, translation
    (r"overdue stock", "逾期账户占比"),
    (r"cure hazard, month (\d+) of the spell", r"逾期第\1个月的回正率"),
    (r"cured after two months \(first-order chain (.*)\)", r"两个月内回正率（一阶链：\1）"),
    (r"payment of early accounts, (.*) quantile", r"早期逾期账户还款占余额，\1分位数"),
    (r"identified", "可识别"),
    (r"not identified", "不可识别，沿用先验"),
    (r"at its bound", "位于边界"),
    (r"counted", "直接统计"),
    (r"seen in payments", "由还款看出"),
    (r"none seen in payments", "还款中未见"),
    (r"prior: no path of unemployment in the history", "先验：历史中无失业率路径"),
    (r"prior: not fitted; needs several years", "先验：未拟合，需要数年数据"),
    (r"prior: set to 1: not told apart from the types' own entry",
     "先验：设为1，无法与各类型自身的逾期率区分"),
    (r"prior: no days within a month", "先验：没有月内天数"),
    (r"prior: not told by accounts or counts of contacts", "先验：账户与联络次数均看不出"),
    (r"prior: accounts are not read after their charge-off", "先验：核销后的账户不读取"),
)  # fmt: skip


def calibration_document(
    found: AccountFit, behaved: FittedBehaviour | None, name: str, sources: Mapping[str, str],
    w: Words,
) -> list[Block]:  # fmt: skip
    """The report on a history; `sources` are what its numbers rest on, by name."""
    name = visible(name)
    fails = int((~found.holdout["holds"]).sum())
    checks = len(found.holdout)
    return [
        Heading(w(f"Calibration on {name}", f"{name}的校准"), 1),
        Paragraph(w(
            f"{found.accounts:,} accounts over {found.months} months; the search read "
            f"{found.read:,} accounts. Of {checks} checks on the last month, which was left out of "
            f"the fit, {fails} fail.",
            f"{found.accounts:,}个账户，{found.months}个月；搜索读取其中{found.read:,}个。最后一个月"
            f"未参与拟合，对它的{checks}项检验中有{fails}项不成立。")),
        Heading(w("The month left out", "未参与拟合的月份")),
        Table(*holdout_rows(found.holdout, w)),
        Picture(holdout_figure(_said(found.holdout, w), name, w.lang),
                w("Predicted and seen, the last month", "最后一个月：预测与实际")),
        *(_behaviour(behaved, w) if behaved else []),
        Heading(w("Parameters", "参数")),
        Paragraph(w(
            "Errors are of the likelihood, accounts being independent; intervals hold 90 %. Not "
            "identified: the interval of a share is wider than 0.4, or the standard error of the "
            "log of a size is over 0.5; the number is then that of the scenario which the new one "
            "extends, as it is for a prior. At its bound: the search may go no further, the "
            "interval ends there, and there is no error. Sizes of payments are foretold from those "
            "seen; the simulated ones follow what statuses tell.",
            "误差来自似然函数，假定账户相互独立；区间覆盖90%。不可识别：占比的区间宽于0.4，或金额对数的标准误超过0.5，"
            "此时与先验一样沿用被扩展情景的数值。位于边界：搜索不能再远，区间止于此，没有标准误。还款额按已见分布预测；模拟的还款额由状态变化推出。")),
        Table(
            w("parameter estimate standard_error from to verdict",
              "参数 估计值 标准误 90%下限 上限 结论").replace("_", "\N{NO-BREAK SPACE}").split(" "),
            [[row.key, *map(_number, (row.estimate, row.error, row.low, row.high)),
              _in(w, row.verdict)] for row in found.parameters.itertuples()],
        ),
        Heading(w("Roll rates and vintages", "滚动率与账龄")),
        Picture(roll_figure(found.rolls, name, w.lang),
                w("Shares of accounts by state, a month later", "一个月后各状态账户占比")),
        Picture(vintage_figure(found.vintages, name, w.lang),
                w("Share still overdue by months later", "此后各月仍逾期占比")),
        Heading(w("What the numbers rest on", "数据来源")),
        Table([w("source", "来源"), ""], [[key, visible(told)] for key, told in sources.items()]),
    ]  # fmt: skip


def _behaviour(behaved: FittedBehaviour, w: Words) -> list[Block]:
    unlike = behaved.likeness < UNLIKE
    odd = behaved.moments.assign(
        out=np.maximum(behaved.moments["bank_low"] - behaved.moments["history"],
                       behaved.moments["history"] - behaved.moments["bank_high"])
        / (behaved.moments["bank_high"] - behaved.moments["bank_low"])
    ).nlargest(1, "out")["moment"].iloc[0]  # fmt: skip
    return [
        Heading(w("Behaviour of collectors", "催收员行为")),
        Paragraph(w(
            "From what collectors reported and were paid, by simulated moments: intervals hold "
            "90 % of the truths that give such figures. Not identified: the interval is not 40 % "
            "narrower than the prior's; the scenario then keeps its own number. The fit takes the "
            "scheme of the scenario that is extended for the lender's own.",
            "依据催收员上报数据与薪酬，用模拟矩估计：区间覆盖90%能产生此类数据的真值。不可识别：区间"
            "未比先验窄40%，此时沿用情景原值。拟合假定被扩展情景的方案就是本机构的方案。")),
        Paragraph(w(
            f"{behaved.likeness:.0%} of the simulated histories are as odd as this one; its oddest "
            f"figure is: {odd}."
            + (" The model makes no such history: do not believe these intervals." * unlike),
            f"{behaved.likeness:.0%}的模拟历史与本历史同样异常；最异常的指标：{odd}。"
            + "模型产生不了这样的历史，下列区间不可信。" * unlike)),
        Table(*behaviour_rows(behaved, w)),
    ]  # fmt: skip


def behaviour_rows(behaved: FittedBehaviour, w: Words) -> tuple[list[str], list[list[str]]]:
    """Headings and rows of the table of behaviour."""
    heads = [w("parameter", "参数"), w("estimate", "估计值"), w("90 % from", "90%下限"),
             w("to", "上限"), w("prior", "先验"), w("verdict", "结论")]  # fmt: skip
    rows = [
        [row.parameter, *map(_number, (row.estimate, row.low90, row.high90)),
         f"{_number(row.prior_low)} – {_number(row.prior_high)}",
         _in(w, "identified" if row.identified else "not identified")]
        for row in behaved.table.itertuples()
    ]  # fmt: skip
    return heads, rows


def holdout_rows(holdout, w: Words) -> tuple[list[str], list[list[str]]]:
    """Headings and rows of the hold-out table: predicted, seen, permitted difference, verdict."""
    heads = [w("measure", "检验"), w("predicted", "预测"), w("seen", "实际"),
             w("permitted", "允许误差"), w("verdict", "结论")]  # fmt: skip
    rows = [
        [row.measure, *(f"{x:.2%}" for x in (row.predicted, row.seen, row.permitted)),
         w("holds", "成立") if row.holds else w("fails", "不成立")]
        for row in _said(holdout, w).itertuples()
    ]  # fmt: skip
    return heads, rows


def _said(holdout, w: Words):
    """The table with its measures in the language."""
    return holdout.assign(measure=[_in(w, measure) for measure in holdout["measure"]])


def _in(w: Words, text: str) -> str:
    """What a table says, in the language."""
    found = (re.sub(f"^{said}$", zh, text) for said, zh in CHINESE if re.fullmatch(said, text))
    return w(text, next(found, text))


def _number(x: float) -> str:
    return f"{x:,.4g}" if np.isfinite(x) else "-"
