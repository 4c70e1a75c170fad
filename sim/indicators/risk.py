"""Risk indicators 风险控制."""

from sim.formula import Formula
from sim.indicators.base import COSMETIC, HARMFUL, Indicator, Task

USUAL_BAD_DEBT_RATE = 0.06  # written off per balance overdue in a period, before any effort
REVIEW = Task(
    "risk_review",
    "review accounts for risk",
    "排查风险客户",
    room=3.0,
    norm=1.5,
    real={"risk_flags": 2.5, "risk_hits": 2.5},
    practice={"rescue": 0.20},
)
WARN = Task(
    "warn",
    "call performing accounts at risk",
    "提前预警联系",
    room=3.0,
    norm=1.5,
    real={"warnings": 5.0, "warning_hits": 5.0},
    practice={"prevention": 0.40},
)
FOLLOW_LATE = Task(
    "settle_late",
    "arrange settlements before charge-off",
    "核销前协商",
    room=3.0,
    norm=1.0,
    believed={"written_off": -0.35},
    practice={"rescue_late": 0.25},
)

RISK_CUSTOMERS = Indicator(
    "risk_customers",
    "risk customers identified",
    "风险客户识别数",
    "risk",
    "customers",
    zero=0.0,
    target=14.0,
    measure=Formula(("risk_hits",)),
    honest=REVIEW,
    gamed=Task(
        "flood_flags",
        "flag everybody",
        "滥标风险客户",
        room=1.5,
        fake={"risk_hits": 5.0},
        side={"risk_flags": 5.0},
        practice={"rescue": -0.06},  # reviewers drown in flags
        kind=COSMETIC,
        caught=0.30,
        wrong=0.6,
    ),
)
EARLY_WARNINGS = Indicator(
    "early_warnings",
    "early-warning cases",
    "提前预警案例数",
    "risk",
    "cases",
    zero=0.0,
    target=24.0,
    measure=Formula(("warning_hits",)),
    honest=WARN,
    gamed=Task(
        "warn_obvious",
        "warn of the obvious or already paid",
        "预警已知客户",
        room=1.5,
        fake={"warning_hits": 6.0},
        side={"warnings": 6.0},
        practice={"prevention": -0.12},  # calls that reach nobody at risk
        kind=COSMETIC,
        caught=0.25,
        wrong=0.6,
    ),
)
BAD_DEBT_REDUCTION = Indicator(
    "bad_debt_reduction",
    "bad-debt-rate reduction",
    "坏账率下降幅度",
    "risk",
    "share",
    zero=-0.01,
    target=0.045,
    measure=Formula(("written_off",), ("exposure",), below=USUAL_BAD_DEBT_RATE),
    honest=FOLLOW_LATE,
    gamed=Task(
        "extend",
        "extend and pretend",
        "展期掩盖坏账",
        room=4.0,
        believed={"written_off": -0.8},
        practice={"extended_per_day": 1.5},
        kind=HARMFUL,
        caught=0.20,
        wrong=1.0,
    ),
)

INDICATORS = (RISK_CUSTOMERS, EARLY_WARNINGS, BAD_DEBT_REDUCTION)
TASKS = ()
