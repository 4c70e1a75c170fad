"""The table of speed of README.md and README.zh.md, made of the figures kept beside this file.

`python -m benchmarks.readme` renews it, and with `--check` says whether it is up to date.
"""

import re
import sys
from dataclasses import dataclass
from pathlib import Path

from benchmarks.answer import Known, read

FIGURES = Path(__file__).with_name("figures.json")
ROOT = Path(__file__).resolve().parent.parent
HEADS = {
    ROOT / "README.md": "| | measured | aim |\n|---|---|---|\n",
    ROOT / "README.zh.md": "| | 实测 | 目标 |\n|---|---|---|\n",
}
UNKNOWN = "not measured yet"
CHINESE = {UNKNOWN: "尚未测量", " million": " 百万", " bytes an account": " 字节/账户", " s": " 秒"}


@dataclass(frozen=True)
class Row:
    """A line of the table: a figure by benchmark and key, and how it is told."""

    benchmark: str
    key: str
    text: str
    form: str
    aim: str = ""
    zh: str = ""

    def told(self, known: Known, chinese: bool) -> str:
        value = known.get((self.benchmark, self.key))
        shown = UNKNOWN if value is None else self.form.format(value)
        figures = f"| {shown} | {self.aim} |\n"
        for word, translated in CHINESE.items() if chinese else ():
            figures = figures.replace(word, translated)
        return f"| {self.zh if chinese else self.text} {figures}"


ROWS = (
    Row("whole_run", "year",
        "a million accounts for a year, 2,500 seats, all decisions and pay", "{:.1f} s", "10 s",
        zh="一百万账户、2,500 席位模拟一年，含全部决策与计薪"),
    Row("whole_run", "live rate",
        "live account-days per second, whole run", "{:.0f} million", "100 million",
        zh="整个运行每秒处理的在催账户·天"),
    Row("memory", "many seconds",
        "ten million accounts for a year, drawing included, one thread", "{:.0f} s", "60 s",
        zh="一千万账户模拟一年（含抽样），单线程"),
    Row("memory", "many GiB", "its memory at the peak", "{:.1f} GiB", "4 GiB",
        zh="其内存峰值"),
    Row("sweeping", "two workers", "two workers against one", "{:.2f} ×", "1.8 ×",
        zh="两个进程与一个进程之比"),
    Row("sweeping", "overhead", "a task of a sweep beyond its run", "{:.1f} ms", "5 ms",
        zh="扫描任务在运行之外的开销"),
    Row("sweeping", "thousand",
        "1,000 runs of 50,000 accounts for a year, two workers", "{:.0f} s", "180 s",
        zh="1,000 次运行，每次 50,000 账户一年，两个进程"),
    Row("roofline", "run / records",
        "whole run against a loop that draws for, reads and writes each account's 64 bytes once a "
        "day", "{:.1f} ×", "10 ×",
        zh="整个运行与“每日对每账户抽一次签并读写其 64 字节”的循环之比"),
    Row("roofline", "run / columns",
        "the same against 11 bytes an account, too few for balances, which the compiler vectorises",
        "{:.1f} ×", "10 ×",
        zh="与每账户仅 11 字节（放不下余额）且可向量化的同一循环之比"),
    Row("peers", "tutorial / same",
        "Mesa with one agent per account as its tutorial has it, same work, against our loop",
        "{:.0f} ×", "300 ×",
        zh="Mesa 按教程每账户一个智能体、做同样工作，与本程序主循环之比"),
    Row("peers", "lean / same",
        "the same written leanly: no shuffling, Python's own generator", "{:.0f} ×",
        zh="同上但精简：不打乱次序、用 Python 自带随机数"),
    Row("peers", "agentpy / same", "the same in agentpy", "{:.0f} ×",
        zh="agentpy 做同样工作"),
    Row("peers", "numpy / same", "the same in NumPy, a pass over columns each day", "{:.0f} ×",
        zh="NumPy 每日整列计算做同样工作"),
    Row("memory", "hot bytes", "hot state", "{:.0f} bytes an account", "200",
        zh="热状态"),
    Row("growth", "accounts",
        "cost per account-day from 10,000 accounts to a million, dearest to cheapest", "{:.1f} ×",
        "1.5 ×",
        zh="一万到一百万账户，每账户·天成本的最大最小比"),
    Row("growth", "seats", "whole run with 16 times as many seats", "{:.1f} ×",
        zh="席位增至 16 倍时的整个运行"),
    Row("growth", "periods", "cost per account-day, one period to twelve", "{:.1f} ×",
        zh="每账户·天成本，一个周期与十二个周期之比"),
    Row("growth", "schemes", "a run among five schemes of one comparison to a run of one",
        "{:.2f} ×",
        zh="五方案比较中的一次运行与单方案运行之比"),
)  # fmt: skip


def table(head: str) -> str:
    """The table in Markdown, in the language of its head."""
    known, chinese = read(FIGURES), not head.isascii()
    return head + "".join(row.told(known, chinese) for row in ROWS)


def renewed(page: str, head: str) -> str:
    """The page with the table as the figures have it."""
    return re.sub(re.escape(head) + r"(\|.*\n)*", lambda _: table(head), page)


def renew() -> None:
    """Write the table into both pages."""
    for path, head in HEADS.items():
        text = renewed(path.read_text("utf-8"), head)
        path.write_text(text, encoding="utf-8", newline="\n")


def check() -> None:
    """End with a message if a page has other figures."""
    for path, head in HEADS.items():
        page = path.read_text("utf-8")
        if head not in page or page != renewed(page, head):
            sys.exit(f"{path.name}: expected the figures of {FIGURES.name}: {__doc__}")


if __name__ == "__main__":
    check() if sys.argv[1:] == ["--check"] else renew()
