"""Service indicators 客户服务."""

from sim.formula import Formula
from sim.indicators.base import COSMETIC, Indicator, Service, Task

SATISFACTION = Indicator(
    "satisfaction",
    "satisfaction score",
    "客户满意度评分",
    "service",
    "share",
    zero=0.55,
    target=0.90,
    measure=Formula(("happy",), ("surveys",), prior=0.6, weight=5.0),
    honest=Task(
        "follow_up",
        "follow up after the call",
        "回访跟进",
        room=2.5,
        norm=1.5,
        serves=Service("surveys", "happy", base=0.0, rate=4.0),
        practice={"courtesy": 20.0},
    ),
    gamed=Task(
        "pick_raters",
        "ask only happy customers to rate",
        "挑选客户评价",
        room=1.5,
        fake={"happy": 5.0},
        practice={"courtesy": -6.0},
        kind=COSMETIC,
        caught=0.15,
        wrong=0.6,
    ),
)
COMPLAINT_TIMELINESS = Indicator(
    "complaint_timeliness",
    "complaint timeliness",
    "投诉处理及时率",
    "service",
    "share",
    zero=0.30,
    target=0.95,
    measure=Formula(("complaints_in_time",), ("complaints",), prior=0.7, weight=0.5),
    honest=Task(
        "settle_complaints",
        "settle complaints",
        "处理投诉",
        room=1.5,
        norm=0.7,
        serves=Service("complaints", "complaints_in_time", base=0.30, rate=2.0),
    ),
    gamed=Task(
        "close_early",
        "close complaints unsettled",
        "提前关闭投诉",
        room=1.0,
        fake={"complaints_in_time": 4.0},
        side={"complaints": 0.1},  # unsettled, some come back
        practice={"courtesy": -4.0},
        kind=COSMETIC,
        caught=0.25,
        wrong=0.8,
    ),
)
RESPONSE_SPEED = Indicator(
    "response_speed",
    "response speed",
    "服务响应速度",
    "service",
    "share",
    zero=0.30,
    target=0.90,
    measure=Formula(("replies_in_time",), ("inquiries",), prior=0.6, weight=1.0),
    honest=Task(
        "reply",
        "answer customers",
        "回复客户咨询",
        room=1.5,
        norm=0.8,
        serves=Service("inquiries", "replies_in_time", base=0.25, rate=6.0),
    ),
    gamed=Task(
        "empty_reply",
        "send empty first replies",
        "空洞首次回复",
        room=1.0,
        fake={"replies_in_time": 10.0},
        side={"inquiries": 4.0},  # unanswered, they ask again
        practice={"courtesy": -3.0},
        kind=COSMETIC,
        caught=0.12,
        wrong=0.4,
    ),
)

INDICATORS = (SATISFACTION, COMPLAINT_TIMELINESS, RESPONSE_SPEED)
DISCOURAGE = Task(
    "discourage",
    "talk customers out of complaints",
    "劝阻客户投诉",
    room=1.5,
    fake={"complaints": -2.0},
    practice={"courtesy": -8.0},
    heard=True,
    kind=COSMETIC,
    caught=0.10,
    wrong=0.7,
)
TASKS = (DISCOURAGE,)
