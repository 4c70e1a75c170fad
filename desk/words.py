"""Words: one language for numbers, names and sentences that people read."""

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass

from optimize.limits import QUANTITIES
from sim import InputError
from sim.indicators import INDICATORS, TASKS
from sim.labels import LANGS, Lang, activity_label, label
from sim.measures import MEASURES
from sim.scheme.measure import IN_YUAN
from sim.shown import shortened, visible

NO_CHINESE = "输入有误，说明原文如下："
MEASURED = {measure.key: measure for measure in MEASURES}


@dataclass(frozen=True)
class Words:
    """Says things in one language: `words("pay", "薪酬")`."""

    lang: Lang

    def __call__(self, english: str, chinese: str) -> str:
        return english if self.lang == "en" else chinese

    def label(self, group: str, key: str) -> str:
        """What the catalogue has for a name."""
        return label(group, key, self.lang)

    def named(self, thing) -> str:
        """The name of an indicator, task or measure."""
        return self(thing.en, thing.zh)

    def task(self, key: str) -> str:
        return self.named(TASKS[key])

    def outcome(self, key: str) -> str:
        """The name of a measure of an outcome."""
        return self.named(MEASURED[key])

    def quantity(self, key: str) -> tuple[str, str]:
        """Name and unit of what may be limited or maximised."""
        quantity = QUANTITIES[key]
        return self.named(quantity), self.unit(quantity.unit)

    def listed(self, items: Iterable[str]) -> str:
        """`a, b and c`."""
        *first, last = list(items)
        if not first:
            return last
        return self(f"{', '.join(first)} and {last}", f"{'、'.join(first)}和{last}")

    # -- what a scheme looks at ---------------------------------------------------------------

    def measure(self, key: str) -> str:
        """An indicator, a column of activity, or a share of columns written out."""
        if key in INDICATORS:
            return self.named(INDICATORS[key])
        sides = [side.split(" + ") for side in key.split(" / ")]
        plus = self(" + ", "＋")
        parts = [plus.join(activity_label(n, self.lang) for n in side) for side in sides]
        return self(" per ", "÷").join(parts)

    def worth(self, key: str, value: float) -> str:
        """A value of such a measure, with its unit."""
        if key in INDICATORS:
            unit = INDICATORS[key].unit
        else:
            columns = key.split(" / ")[0].split(" + ")
            unit = "yuan" if set(columns) <= IN_YUAN else "share" if " / " in key else ""
        if unit == "share":
            return self.percent(value)
        if unit == "yuan":
            return self.yuan(value)
        return plain(value) + (self(" ", "") + self.label("unit", unit) if unit else "")

    # -- numbers ------------------------------------------------------------------------------

    def yuan(self, amount: float) -> str:
        return self(f"{plain(amount)} yuan", f"{plain(amount)}元")

    def percent(self, share: float) -> str:
        return self(f"{plain(100.0 * share)} %", f"{plain(100.0 * share)}%")

    def unit(self, unit: str) -> str:
        return self.label("unit", unit)

    def periods(self, number: int) -> str:
        return self(f"{number} pay period{'s' * (number != 1)}", f"{number}个考核周期")


def plain(number: float) -> str:
    """At most two decimals, thousands set apart: `1,234.5`."""
    text = f"{round(number, 2) or 0.0:,.2f}"
    return text.rstrip("0").rstrip(".")


def short_names(names: Sequence[str]) -> dict[str, str]:
    """A name for each that fits in a table, shows every sign and that no other has."""
    short: dict[str, str] = {}
    for name in names:
        plainly, number = shortened(visible(name)), 1
        text = plainly
        while text in short.values():
            number += 1
            text = f"{plainly} ({number})"
        short[name] = text
    return short


@contextmanager
def spoken(lang: str) -> Iterator[Words]:
    """The words of `--lang`; within the block, what is wrong is said in that language too.

    Raises InputError for a language that we do not write. What is wrong inside a scenario file is
    said in English, as its keys are, below a Chinese line.
    """
    if lang not in LANGS:
        raise InputError(f"--lang {lang[:60]}: expected one of {', '.join(LANGS)}")
    try:
        yield Words(lang)
    except InputError as error:
        if lang == "en":
            raise
        raise InputError(error.zh or f"{NO_CHINESE}\n{error}") from None
