"""How large and how often: the sizes of a full run and of a quick one."""

from dataclasses import dataclass

ACCOUNTS_PER_SEAT = 400
PERIOD_DAYS = 30
YEAR_DAYS = 365


@dataclass(frozen=True)
class Effort:
    """Accounts are those on day 0; more join every day."""

    accounts: int
    periods: int  # of 30 days
    repeats: int  # of the large runs; small ones are repeated more often
    sizes: tuple[int, ...]  # accounts, for the growth of cost with size
    peer_accounts: int
    peer_days: int
    peer_repeats: int
    whole: bool  # also what takes minutes


FULL = Effort(1_000_000, 12, 3, (10_000, 30_000, 100_000, 300_000, 1_000_000), 10_000, 60, 5, True)
QUICK = Effort(100_000, 3, 2, (10_000, 30_000, 100_000), 10_000, 60, 3, False)
