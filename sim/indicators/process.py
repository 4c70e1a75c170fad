"""Process indicators 流程规范."""

from sim.formula import Formula
from sim.indicators.base import COSMETIC, HARMFUL, Indicator, Service, Task

COMPLIANCE = Indicator(
    "compliance",
    "compliant-operation rate",
    "合规操作率",
    "process",
    "share",
    zero=0.75,
    target=0.98,
    measure=Formula(("compliant",), ("checked",), prior=0.9, weight=5.0),
    honest=Task(
        "keep_rules",
        "follow script and checks",
        "按规范操作",
        room=3.0,
        norm=2.0,
        serves=Service("checked", "compliant", base=0.78, rate=60.0),
    ),
    gamed=Task(
        "off_record",
        "contact off the record",
        "违规私下联系",
        room=2.0,
        fake={"compliant": 12.0},
        practice={"breach": 4.0},
        kind=HARMFUL,
        caught=0.30,
        wrong=1.0,
    ),
)
DOCUMENTS = Indicator(
    "documents",
    "document completeness",
    "资料完整率",
    "process",
    "share",
    zero=0.40,
    target=0.95,
    measure=Formula(("files_complete",), ("files_due",), prior=0.7, weight=5.0),
    honest=Task(
        "file",
        "complete the files",
        "完善资料",
        room=2.5,
        norm=1.8,
        serves=Service("files_due", "files_complete", base=0.35, rate=30.0),
        practice={"record": 0.10},
    ),
    gamed=Task(
        "dummy_files",
        "file dummies",
        "虚假资料",
        room=1.5,
        fake={"files_complete": 25.0},
        practice={"record": -0.08},
        kind=COSMETIC,
        caught=0.20,
        wrong=0.7,
    ),
)
ENTRY_ACCURACY = Indicator(
    "entry_accuracy",
    "entry accuracy",
    "系统录入准确率",
    "process",
    "share",
    zero=0.60,
    target=0.97,
    measure=Formula(("entries_right",), ("entries_due",), prior=0.8, weight=5.0),
    honest=Task(
        "enter",
        "enter data with care",
        "认真录入",
        room=2.0,
        norm=1.2,
        serves=Service("entries_due", "entries_right", base=0.60, rate=40.0),
        practice={"record": 0.04},
    ),
    gamed=Task(
        "copy_entries",
        "copy old entries",
        "复制录入",
        room=1.5,
        fake={"entries_right": 30.0},
        practice={"record": -0.06},
        kind=COSMETIC,
        caught=0.15,
        wrong=0.5,
    ),
)

INDICATORS = (COMPLIANCE, DOCUMENTS, ENTRY_ACCURACY)
TASKS = ()
