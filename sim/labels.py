"""The catalogue: what people read for the names of files and tables, in English and Chinese.

Indicators, tasks and measures carry both names where they are declared; all other names stand here.
"""

from typing import Literal

Lang = Literal["en", "zh"]
LANGS: tuple[Lang, ...] = ("en", "zh")
Pair = tuple[str, str]  # English, Chinese

COMPONENTS: dict[str, Pair] = {
    "scorecard": ("scorecard", "绩效考核表"),
    "commission": ("commission", "回款提成"),
    "bounty": ("bounty", "计件奖励"),
    "team": ("team pay", "团队奖金"),
    "rank": ("league table", "排名奖"),
    "ladder": ("promotion ladder", "晋级阶梯"),
    "gate": ("gate", "达标门槛"),
    "booster": ("booster", "达标加成"),
    "penalty": ("penalty", "扣罚"),
    "guarantee": ("guarantee", "保底收入"),
    "draw": ("draw", "预支保底"),
    "pool_cap": ("pool cap", "奖金池封顶"),
    "deferral": ("deferral", "延期支付"),
    "clawback": ("clawback", "绩效追索"),
}
FIELDS: dict[str, Pair] = {
    "above_wages": ("break-even, multiples of the wage", "保本线（工资倍数）"),
    "above_yuan": ("threshold, yuan", "起算金额（元）"),
    "action": ("what a miss does", "未达标的处理"),
    "all_of": ("conditions that must all hold", "须全部满足的条件"),
    "among": ("who are compared", "排名范围"),
    "any_of": ("conditions of which one must hold", "满足其一的条件"),
    "at_least": ("at least", "不低于"),
    "at_most": ("at most", "不高于"),
    "axes": ("dimensions of the table", "奖励表的维度"),
    "best": ("which value comes first", "名次方向"),
    "cap_yuan": ("most that is paid, yuan", "上限（元）"),
    "combine": ("how payouts are combined", "得分合成方式"),
    "curve": ("payout curve", "兑付曲线"),
    "curves": ("payout curves of single indicators", "单项兑付曲线"),
    "deductions": ("points off per event", "每次事件扣分"),
    "down": ("bar below which one falls", "降级线"),
    "cut_short": ("who is paid if they end early", "中途终止的处理"),
    "during": ("periods in which it acts", "生效周期"),
    "edges": ("where the next cell begins", "分档界限"),
    "every": ("periods assessed together", "合并考核周期数"),
    "factor": ("multiple", "倍数"),
    "fee_shares": ("fee per yuan of cash", "服务费率"),
    "first_days": ("first days of tenure", "入职天数以内"),
    "floor_yuan": ("legal minimum, yuan", "最低工资线（元）"),
    "judged": ("how periods are judged", "评定方式"),
    "kind": ("kind", "类型"),
    "leaver": ("what leavers get", "离职处理"),
    "measure": ("measure", "考核量"),
    "most_yuan": ("limit, yuan", "限额（元）"),
    "name": ("name", "名称"),
    "of": ("whose results", "业绩归属"),
    "on": ("components it acts on", "作用的薪酬项"),
    "onto": ("what weight moves to", "权重移向"),
    "periods": ("periods judged", "评定周期数"),
    "places": ("prizes by place, yuan", "名次奖金（元）"),
    "pool": ("pool by result", "按业绩的奖金池"),
    "pool_yuan": ("pay at full attainment, yuan", "全额达标奖金（元）"),
    "rates": ("rates by bucket", "各阶段提成比例"),
    "reading": ("value or change", "取值方式"),
    "results": ("whose results move it", "依据谁的业绩调整"),
    "retroactive": ("a tier holds for all cash", "达档后全额适用"),
    "reweighting": ("moving weights", "动态权重"),
    "rule": ("how the target is set", "目标规则"),
    "share": ("share", "比例"),
    "shares": ("shares", "比例表"),
    "spacing": ("periods between instalments", "兑付间隔（周期）"),
    "speed": ("share moved in a period", "每期调整比例"),
    "split": ("how it is divided", "分配方式"),
    "steps_yuan": ("pay of each grade, yuan", "各等级加薪（元）"),
    "target": ("full attainment", "目标值"),
    "targets": ("targets", "目标"),
    "tiers": ("tiers", "分段"),
    "up": ("bar to climb", "晋级线"),
    "vesting": ("instalments", "分期比例"),
    "weights": ("weights", "权重"),
    "window": ("periods within reach", "追索期（周期）"),
    "yuan": ("yuan", "金额（元）"),
    "yuan_per_seat": ("budget per seat, yuan", "席位预算（元）"),
    "zero": ("counts as nothing", "起评值"),
}
ACTIVITY: dict[str, Pair] = {
    "attempts": ("calls attempted", "拨打次数"),
    "averted": ("overdue cases averted", "避免逾期的账户"),
    "breaches": ("attempts beyond the contact limit", "超频联系"),
    "cash": ("cash from overdue accounts", "逾期回款"),
    "caught": ("proven gaming acts", "查实的操纵行为"),
    "checked": ("operations under the rules", "受检操作"),
    "complaints": ("complaints", "投诉"),
    "complaints_in_time": ("complaints settled in time", "及时处理的投诉"),
    "compliant": ("compliant operations", "合规操作"),
    "contacts": ("contacts with the right party", "有效联系"),
    "cure_days": ("days to cure, summed", "结清账户逾期天数合计"),
    "cures": ("cured accounts", "结清逾期的账户"),
    "discount": ("discounts", "减免金额"),
    "due": ("arrears due", "应收逾期款"),
    "ease_amount": ("expected cash of the queue", "队列预期回款"),
    "ease_rate": ("ease of the queue", "队列难易度"),
    "entries": ("accounts that became overdue", "新增逾期账户"),
    "entries_due": ("entries to be made", "应录入条目"),
    "entries_right": ("right entries", "录入正确的条目"),
    "exposure": ("balance overdue", "逾期余额"),
    "extended": ("extended accounts", "展期账户"),
    "extended_balance": ("extended balance", "展期余额"),
    "files_complete": ("complete files", "完整的资料"),
    "files_due": ("files to complete", "应完善的资料"),
    "happy": ("good ratings", "满意评价"),
    "harsh_contacts": ("contacts under pressure", "施压联系"),
    "inquiries": ("customer messages", "客户咨询"),
    "joined": ("balance that joined", "转入余额"),
    "kept": ("promises kept", "兑现的承诺"),
    "once": ("each period that is assessed", "每个考核期"),
    "opening_due": ("arrears at period start", "期初逾期款"),
    "opening_exposure": ("overdue balance at period start", "期初逾期余额"),
    "parked_due": ("arrears handed back", "退回账户的逾期款"),
    "parked_exposure": ("balance handed back", "退回账户的余额"),
    "period": ("pay period", "考核周期"),
    "promises": ("promises to pay", "还款承诺"),
    "queued": ("accounts in the queue", "队列账户数"),
    "relapses": ("cured accounts overdue again", "再次逾期的账户"),
    "released": ("balance of cured accounts", "结清转出余额"),
    "replies_in_time": ("messages answered in time", "及时回复的咨询"),
    "risk_flags": ("customers reported as risky", "上报的风险客户"),
    "risk_hits": ("risky customers found", "识别准确的风险客户"),
    "surveys": ("ratings asked", "回访评价数"),
    "team": ("team", "小组"),
    "staffed": ("with a collector", "有人在岗"),
    "tenure_days": ("days since the start", "入职天数"),
    "wage": ("wage", "固定工资"),
    "warning_hits": ("right early warnings", "准确的预警案例"),
    "warnings": ("early warnings", "预警案例"),
    "written_off": ("balance charged off", "核销余额"),
    "bad_debt": ("balance gone bad, re-aged or not", "真实坏账余额"),
}
BY_BUCKET: dict[str, Pair] = {
    "cash": ("cash", "回款"),
    "own_cash": ("cash won oneself", "本人催回款"),
    "cures": ("cured accounts", "结清账户"),
    "own_cures": ("accounts cured oneself", "本人结清账户"),
    "worked": ("accounts in the queue", "在催账户"),
    "rolls": ("accounts that rolled on", "滚入下一阶段的账户"),
    "paid1": ("accounts that paid one instalment", "还一期的账户"),
    "paid2": ("accounts that paid two instalments", "还两期的账户"),
    "paid3": ("accounts that paid three instalments or more", "还三期以上的账户"),
}
BUCKETS: dict[str, Pair] = {
    "M1": ("M1, 1 to 30 days overdue", "M1（逾期1–30天）"),
    "M2": ("M2, 31 to 60 days overdue", "M2（逾期31–60天）"),
    "M3": ("M3, 61 to 90 days overdue", "M3（逾期61–90天）"),
    "M4": ("M4, 91 to 120 days overdue", "M4（逾期91–120天）"),
    "M5": ("M5, 121 to 150 days overdue", "M5（逾期121–150天）"),
    "M6": ("M6, 151 to 180 days overdue", "M6（逾期151–180天）"),
    "M7": ("M7, charged off", "M7（已核销）"),
}
CATEGORIES: dict[str, Pair] = {
    "collection": ("collection", "回款"),
    "risk": ("risk", "风险控制"),
    "service": ("service", "客户服务"),
    "process": ("process", "流程规范"),
}
CURVES: dict[str, Pair] = {
    "linear": ("in proportion, up to one and a half times", "按比例兑付，最高一点五倍"),
    "capped": (
        "nothing below 60 % of the target, then in proportion up to the target",
        "达成六成起付，按比例至目标封顶",
    ),
    "threshold": ("all or nothing at the target", "达标全付，不达标不付"),
    "accelerated": (
        "in proportion to the target, twice as steep beyond, up to double",
        "目标内按比例，超额部分加倍，最高两倍",
    ),
}
UNITS: dict[str, Pair] = {
    "yuan": ("yuan", "元"),
    "yuan per period": ("yuan per period", "元/周期"),
    "yuan per seat and period": ("yuan per seat and period", "元/席位·周期"),
    "share": ("share", "比例"),
    "share per period": ("share per period", "比例/周期"),
    "share per year": ("share per year", "比例/年"),
    "share of contacts": ("share of contacts", "占联系次数比例"),
    "share of cures": ("share of cures", "占结清账户比例"),
    "share of hours": ("share of hours", "占工时比例"),
    "per 1,000 contacts": ("per 1,000 contacts", "每千次联系"),
    "per seat and week": ("per seat and week", "每席位每周"),
    "per seat and period": ("per seat and period", "每席位每周期"),
    "customers": ("customers", "户"),
    "cases": ("cases", "件"),
    "days": ("days", "天"),
}
KINDS: dict[str, Pair] = {
    "honest": ("real", "真实改善"),
    "timing": ("pulled forward", "跨期调节"),
    "shifting": ("shifted from a colleague", "同事间转移"),
    "harmful": ("harmful", "损害客户或机构"),
    "cosmetic": ("cosmetic", "虚假美化"),
    "lift": ("lift", "总提升"),
}
WHO: dict[str, Pair] = {
    "seat": ("your own", "本人"),
    "team": ("your team's average", "小组平均"),
    "house": ("the whole house's average", "全体平均"),
}
PROFIT: dict[str, Pair] = {
    "cash from overdue accounts": ("cash from overdue accounts", "逾期回款"),
    "recovered after charge-off": ("recovered after charge-off", "核销后回收"),
    "wages": ("wages", "固定工资"),
    "incentive pay": ("incentive pay", "激励薪酬"),
    "incentive pay earned, paid later": (
        "incentive pay earned, paid later",
        "已计提未付的激励薪酬",
    ),
    "discounts": ("discounts", "减免"),
    "harm: complaints": ("harm: complaints", "投诉成本"),
    "replacing leavers": ("replacing leavers", "离职补员成本"),
    "platform": ("platform", "数据平台"),
    "training and communication": ("training and communication", "培训与沟通"),
    "balances repaid: the lender's own money": (
        "balances repaid: the lender's own money",
        "收回本金（贷方自有资金）",
    ),
    "charge-offs": ("charge-offs", "核销"),
    "rise of expected losses": ("rise of expected losses", "预期损失增加"),
    "net cash": ("net cash", "净回款"),
    "net value": ("net value", "净价值"),
}  # lines of profit and loss
COLUMNS: dict[str, Pair] = {
    "scenario": ("scenario", "情景"),
    "replication": ("replication", "重复"),
    "period": ("period", "周期"),
    "days": ("days", "天数"),
    "seats": ("seats", "席位数"),
    "seat": ("seat", "席位"),
    "team": ("team", "小组"),
    "present": ("present", "在岗"),
    "left": ("left", "离职"),
    "tenure_days": ("tenure, days", "入职天数"),
    "cash_yuan": ("cash from overdue accounts, yuan", "逾期回款（元）"),
    "queue_months": ("mean age of the queue, months", "队列平均逾期月数"),
    "own_cash_yuan": ("cash won oneself, yuan", "本人催回款（元）"),
    "late_cash_yuan": ("cash after charge-off, yuan", "核销后回款（元）"),
    "recorded_cash_yuan": ("cash as recorded, yuan", "上报回款（元）"),
    "recorded_due_yuan": ("arrears as recorded, yuan", "上报应收逾期款（元）"),
    "pay_yuan": ("pay, yuan", "薪酬（元）"),
    "wage_yuan": ("wages, yuan", "固定工资（元）"),
    "incentive_yuan": ("incentive pay, yuan", "激励薪酬（元）"),
    "owed_yuan": ("pay earned and not yet paid, yuan", "已计提未支付薪酬（元）"),
    "deferred_yuan": ("rise of pay earned and not yet paid, yuan", "已计提未支付薪酬增加（元）"),
    "platform_yuan": ("data platform, yuan", "数据平台成本（元）"),
    "support_yuan": ("training and communication, yuan", "培训沟通成本（元）"),
    "turnover_yuan": ("cost of leavers, yuan", "离职成本（元）"),
    "harm_yuan": ("cost of complaints, yuan", "投诉成本（元）"),
    "due_yuan": ("arrears due, yuan", "应收逾期款（元）"),
    "exposure_yuan": ("balance overdue, yuan", "逾期余额（元）"),
    "written_off_yuan": ("charged off, yuan", "核销金额（元）"),
    "bad_debt_yuan": ("gone bad, re-aged or not, yuan", "真实坏账金额（元）"),
    "expected_loss_yuan": ("rise of expected losses, yuan", "预期损失增加（元）"),
    "discount_yuan": ("discounts, yuan", "减免金额（元）"),
    "net_cash_yuan": ("net cash, yuan", "净回款（元）"),
    "net_yuan": ("net value, yuan", "净价值（元）"),
    "hours": ("effective hours", "有效工时"),
    "gaming_hours": ("hours of gaming", "操纵工时"),
    "leavers": ("leavers", "离职人数"),
    "acceptance": ("acceptance of the scheme", "方案接受度"),
    "indicator": ("indicator", "指标"),
    "category": ("category", "类别"),
    "unit": ("unit", "单位"),
    "truth": ("truth", "真实值"),
    "record": ("record", "上报值"),
    "day": ("day", "日"),
    "days_left": ("days to the period's end", "距期末天数"),
    "task": ("task", "工作任务"),
    "gaming": ("gaming", "是否操纵"),
    "hours_per_week": ("hours per week", "每周工时"),
    "entry": ("entry of the books", "分录"),
    "debit": ("account debited", "借方科目"),
    "credit": ("account credited", "贷方科目"),
    "fen": ("fen", "金额（分）"),
    "measure": ("measure", "衡量项"),
    "meaning": ("meaning", "含义"),
    "mean": ("mean", "均值"),
    "low": ("low end of the 95 % interval", "95%区间下限"),
    "high": ("high end of the 95 % interval", "95%区间上限"),
    "base": ("base", "基准"),
    "difference": ("difference", "差异"),
    "runs": ("replications", "重复次数"),
    "unpaired_runs": ("replications if unpaired", "不配对所需重复次数"),
}  # besides these, tables have the columns of activity by their names

CLASSES: dict[str, Pair] = {
    "all seats": ("all seats", "全部席位"),
    "under half a year": ("under half a year", "入职不满半年"),
    "half to two years": ("half to two years", "入职半年至两年"),
    "over two years": ("over two years", "入职两年以上"),
    "young queue": ("young queue", "较新的案件队列"),
    "middling queue": ("middling queue", "中等账龄队列"),
    "old queue": ("old queue", "较老的案件队列"),
}  # of seats, in the table of winners and losers

PAGE: dict[str, Pair] = {
    "title": ("Pay schemes side by side", "薪酬方案对比"),
    "base": ("A: today's scenario", "A：现行情景"),
    "other": ("B: proposed, starts from", "B：拟议方案，起点情景"),
    "load": ("Load a scenario file …", "载入情景文件……"),
    "not loaded": (
        "This file was not loaded, and nothing was changed. What is wrong in it:",
        "文件未载入，页面没有任何改动。问题所在（原文）：",
    ),
    "draft": ("Proposed scheme", "拟议方案"),
    "money": ("Money", "金额"),
    "shape": ("Payout curve, threshold and cap", "兑付曲线、起付点与封顶"),
    "targets": ("Targets: where an indicator pays in full", "目标值（全额兑付点）"),
    "bars": ("Bars of gates", "门槛条件"),
    "platform": ("Data platform", "数据平台"),
    "budget": ("Budget", "预算"),
    "budget of": ("Incentive budget, yuan per seat and period", "激励预算，元/席位·周期"),
    "points": ("Weights", "权重"),
    "lock": ("Lock this weight", "锁定此权重"),
    "wage": ("flat wage, yuan", "固定工资（元）"),
    "prizes": ("prizes, % of the file's", "名次奖金，文件金额的%"),
    "deductions": ("deductions, % of the file's", "扣罚，文件金额的%"),
    "rates": ("commission, % of the file's rates", "提成，文件费率的%"),
    "reach": ("pays from … to …, % of the target", "起付点至封顶点，目标值的%"),
    "own curve": ("as in the file", "与文件相同"),
    "audited": ("audited by hand, % of operations", "人工质检，占操作的%"),
    "analytics": ("heard by speech analytics, % of calls", "语音分析，占通话的%"),
    "none here": ("This scheme has none.", "该方案没有此项。"),
    "no card": ("This scheme has no scorecard to weigh.", "该方案没有可调权重的绩效考核表。"),
    "no points": (
        "Give at least one weight that is not locked some points.",
        "请至少给一项未锁定的权重分配分值。",
    ),
    "replications": ("Replications", "重复次数"),
    "run": ("Compare", "运行对比"),
    "cancel": ("Cancel", "取消"),
    "reset": ("Reset", "恢复初始值"),
    "take away": ("Take away", "导出"),
    "file": ("Scenario file", "情景文件"),
    "report": ("Report", "报告"),
    "workbook": ("Workbook", "工作簿"),
    "checks title": ("Obvious flaws", "明显缺陷"),
    "no flaw": ("A look at the scheme finds no obvious flaw.", "初步检查未发现明显缺陷。"),
    "instant title": ("What the proposal pays", "拟议方案如何兑付"),
    "replayed": (
        "Pay if nobody changed behaviour: the last comparison's base run, priced again",
        "行为不变时的薪酬：按最近一次对比中现行情景的记录重新计价",
    ),
    "not yet": (
        "Compare once: then pay on the recorded run follows the controls at once.",
        "先运行一次对比，之后调整参数时即按已有记录重新计价。",
    ),
    "today": ("A: today's scheme", "A：现行方案"),
    "proposed": ("B: proposed scheme", "B：拟议方案"),
    "mean pay": ("yuan per seat and period", "元/席位·周期"),
    "results title": ("Compared by simulation", "模拟对比"),
    "results empty": (
        "Nothing is simulated yet. Compare runs both schemes under the same luck and shows what "
        "changes, with intervals.",
        "尚未模拟。点击“运行对比”，两个方案将在相同随机因素下模拟，并给出差异及区间。",
    ),
    "ledger title": ("Gaming ledger", "操纵账本"),
    "ledger empty": (
        "After a comparison: how much of each indicator's lift is real, and how much is moved, "
        "harmful or cosmetic.",
        "对比完成后显示：各指标的提升中，多少是真实改善，多少是跨期、转移、有害或虚假。",
    ),
    "ledger note": (
        "Lift of each indicator's record over the same run without response to pay, split by what "
        "it is made of; the parts sum to the lift.",
        "各指标上报值相对“对薪酬无反应”的同一模拟的提升，按构成拆分；各部分之和等于总提升。",
    ),
    "view title": ("Collector's view", "催收员视角"),
    "view empty": (
        "After a comparison: what an hour more of each task adds to pay, by day and attainment.",
        "对比完成后显示：各项工作多投入一小时可增加多少薪酬，按日期和达成情况展开。",
    ),
    "view note": (
        "What collectors believe an hour more of a task adds to their pay, by day of the period "
        "and by the incentive they are heading for; means over people and replications.",
        "催收员认为某项工作多做一小时可增加的薪酬，按周期内日期和预计激励展开；为人员与重复的均值。",
    ),
    "an hour of": ("an hour more of", "多做一小时的工作"),
    "winners title": ("Whose pay changes", "谁的薪酬有变化"),
    "winners empty": (
        "After a comparison: whose pay rises and whose falls, by tenure and age of the queue.",
        "对比完成后显示：按入职时间和案件账龄，谁的薪酬上升、谁的下降。",
    ),
    "waiting": ("Preparing the simulation …", "正在准备模拟……"),
    "going": ("Simulating: replications done", "正在模拟，已完成重复次数"),
    "looking": (
        "Compared. Now gaming ledger and collector's view",
        "对比已完成，正在计算操纵账本与催收员视角",
    ),
    "cancelled": ("Cancelled.", "已取消。"),
    "lost": (
        "The simulation was ended from outside: expected more memory, or fewer accounts.",
        "模拟进程被外部终止：请增加内存或减少账户数。",
    ),
    "busy": (
        "Four comparisons go on already: cancel one or wait.",
        "已有四个对比正在运行：请取消一个或稍候。",
    ),
    "stale": (
        "Controls or scenarios have changed since this comparison.",
        "对比完成后，参数或情景已更改。",
    ),
}

FAIRNESS: dict[str, Pair] = {  # what spreads pay, and how far it follows contribution
    "effort": ("hours and what they go to", "工时及其去向"),
    "skill": ("skill, tenure and team mates", "能力、司龄与组员"),
    "case mix": ("the accounts of the queue", "案件难易"),
    "luck": ("luck, and errors of the record", "运气与记录误差"),
    "spread": ("standard deviation of incentive pay", "激励薪酬的标准差"),
    "gini_incentive": ("Gini coefficient of incentive pay", "激励薪酬的基尼系数"),
    "gini_pay": ("Gini coefficient of pay", "薪酬的基尼系数"),
    "rank_correlation": ("rank correlation of incentive pay and true contribution",
                         "激励薪酬与真实贡献的秩相关"),
}  # fmt: skip
FAIRNESS_UNITS: dict[str, Pair] = {
    "share of variance": ("share of variance", "方差占比"),
    "yuan per period": ("yuan per period", "元/周期"),
    "0..1": ("from 0 to 1", "0至1"),
    "-1..1": ("from -1 to 1", "-1至1"),
}
GROUPS = {
    "component": COMPONENTS, "field": FIELDS, "activity": ACTIVITY, "by bucket": BY_BUCKET,
    "bucket": BUCKETS, "category": CATEGORIES, "curve": CURVES, "unit": UNITS, "kind": KINDS,
    "who": WHO, "profit": PROFIT, "column": COLUMNS,
    "fairness": FAIRNESS, "fairness unit": FAIRNESS_UNITS,
    "class": CLASSES, "page": PAGE,
}  # fmt: skip


def label(group: str, key: str, lang: Lang) -> str:
    """What people read for a name of the group; raises KeyError for one it does not hold."""
    return GROUPS[group][key][LANGS.index(lang)]


def activity_label(name: str, lang: Lang) -> str:
    """What people read for a column of activity, those by bucket included."""
    if name in ACTIVITY:
        return label("activity", name, lang)
    stem, _, bucket = name.rpartition("_m")
    thing = label("by bucket", stem, lang)
    return f"{thing} M{bucket}" if lang == "en" else f"M{bucket}{thing}"


def column_label(name: str, lang: Lang) -> str:
    """What people read for a column of a table; a component's pay keeps the component's name."""
    if name in COLUMNS:
        return label("column", name, lang)
    if name.startswith("pay_"):
        own = name.removeprefix("pay_").removesuffix("_yuan")
        return f"pay of {own}, yuan" if lang == "en" else f"薪酬：{own}（元）"
    money = name.endswith("_yuan")
    text = activity_label(name.removesuffix("_yuan"), lang)
    return text + (", yuan" if lang == "en" else "（元）") * money
