"""Collection indicators 回款."""

from sim.indicators.base import Indicator, Task, ratio

CONTACT = Task("contact", "call overdue accounts", "联系逾期客户", room=24.0, norm=24.0)
PRESSURE = Task(
    "pressure",
    "press and threaten",
    "施压催收",
    room=40.0,
    lifts=0.45,
    manner=True,
    practice="pressure",
    top=1.0,
    scale=12.0,
    caught=0.02,
    wrong=0.12,
)

RECOVERY_RATE = Indicator(
    "recovery_rate",
    "overdue recovery rate",
    "逾期回收率",
    "collection",
    "share",
    zero=0.22,
    target=0.36,
    reads=("cash", "due"),
    measure=lambda a: ratio(a["cash"], a["due"]),
    honest=CONTACT,
    gamed=Task(
        "drop_hard",
        "hand back hard accounts before the count",
        "退回难催账户",
        room=2.0,
        fake={"due": -3.0},
        caught=0.10,
        wrong=1.0,
    ),
)
AMOUNT_COMPLETION = Indicator(
    "amount_completion",
    "amount completion rate",
    "回款金额完成率",
    "collection",
    "yuan",
    zero=70_000.0,
    target=150_000.0,
    reads=("cash",),
    measure=lambda a: a["cash"] / 100.0,
    honest=CONTACT,
    gamed=Task(
        "discount",
        "give discounts to pull cash forward",
        "让利提前回款",
        room=40.0,
        lifts=0.40,
        pulls_forward=True,
        manner=True,
        practice="discount",
        top=1.0,
        scale=10.0,
        caught=0.02,
        wrong=0.10,
    ),
)
COLLECTION_CYCLE = Indicator(
    "collection_cycle",
    "average collection cycle",
    "平均回款周期",
    "collection",
    "days",
    zero=42.0,
    target=28.0,
    reads=("cures", "cure_days"),
    measure=lambda a: ratio(a["cure_days"], a["cures"], prior=45.0, weight=1.0),
    honest=CONTACT,
    gamed=Task(
        "restart_clock",
        "book old cases as new spells",
        "重置账龄",
        room=2.0,
        fake={"cure_days": -60.0},
        caught=0.15,
        wrong=1.0,
    ),
)

INDICATORS = (RECOVERY_RATE, AMOUNT_COMPLETION, COLLECTION_CYCLE)
TASKS = (PRESSURE,)
