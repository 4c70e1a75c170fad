"""Collection indicators 回款."""

from sim.formula import Formula
from sim.indicators.base import (
    COSMETIC,
    HARMFUL,
    SHIFTING,
    TIMING,
    Indicator,
    Task,
)

CONTACT = Task("contact", "call overdue accounts", "联系逾期客户", room=24.0, norm=24.0)
PRESSURE = Task(
    "pressure",
    "press and threaten",
    "施压催收",
    room=40.0,
    lifts=0.45,
    believed={"complaints": 0.07, "relapses": 0.03},
    manner=True,
    heard=True,
    practice={"pressure": 1.0},
    scale=12.0,
    kind=HARMFUL,
    caught=0.02,
    wrong=0.08,
)
HOLD_BACK = Task(
    "hold_back",
    "book cash a period late",
    "延后入账",
    room=1.5,
    postpones=2.0,
    kind=TIMING,
    caught=0.10,
    wrong=0.5,
)
BOOK_EARLY = Task(
    "book_early",
    "book promised cash before it comes",
    "提前入账",
    room=1.5,
    postpones=-2.0,
    kind=TIMING,
    caught=0.15,
    wrong=0.6,
)
POACH = Task(
    "poach",
    "claim cash that a team mate won",
    "抢占同事回款",
    room=1.5,
    poaches=1.5,
    kind=SHIFTING,
    caught=0.15,
    wrong=0.8,
)
TAKE_PROMISES = Task(
    "take_promises",
    "book promises nobody made",
    "虚报还款承诺",
    room=1.5,
    fake={"promises": 6.0},
    practice={"record": -0.04},  # the next caller trusts them
    kind=COSMETIC,
    caught=0.15,
    wrong=0.5,
)

RECOVERY_RATE = Indicator(
    "recovery_rate",
    "overdue recovery rate",
    "逾期回收率",
    "collection",
    "share",
    zero=0.24,
    target=0.42,
    measure=Formula(("cash",), ("due",)),
    ease="ease_rate",
    honest=CONTACT,
    gamed=Task(
        "drop_hard",
        "hand back hard accounts before the count",
        "退回难催账户",
        room=2.0,
        believed={"due": -3.0},
        practice={"parked_per_day": 6.0},
        scale=10.0,
        kind=COSMETIC,
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
    measure=Formula(("cash",), in_yuan=("cash",)),
    ease="ease_amount",
    honest=CONTACT,
    gamed=Task(
        "discount",
        "give discounts to pull cash forward",
        "让利提前回款",
        room=40.0,
        lifts=0.40,
        pulls_forward=True,
        manner=True,
        heard=True,
        practice={"discount": 1.0},
        scale=10.0,
        kind=TIMING,
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
    zero=38.0,
    target=24.0,
    measure=Formula(("cure_days",), ("cures",), prior=45.0, weight=1.0),
    honest=CONTACT,
    gamed=Task(
        "restart_clock",
        "book old cases as new spells",
        "重置账龄",
        room=2.0,
        fake={"cure_days": -60.0},
        practice={"record": -0.04},  # nobody knows how old a case is
        kind=COSMETIC,
        caught=0.15,
        wrong=1.0,
    ),
)

INDICATORS = (RECOVERY_RATE, AMOUNT_COMPLETION, COLLECTION_CYCLE)
TASKS = (PRESSURE, HOLD_BACK, BOOK_EARLY, POACH, TAKE_PROMISES)
