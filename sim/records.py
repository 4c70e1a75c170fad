"""The compiled loop's records: an account, a seat's practice, the borrowers' chances.

Structured arrays are columns by name from outside and one cache line per account inside.
"""

import numpy as np

from sim.units import BUCKETS, CHARGE_OFF_DAY

NEVER = np.int16(32767)  # due_from of an account that is not overdue
REST_DAYS = 7  # after so many days an attempt is worth as much as the first one
LAST_MISS = 7  # failed contacts in a row that the collector keeps count of
MONTHS_AFTER = 32  # columns of 32 days after the charge-off
AGES = CHARGE_OFF_DAY + 1 + MONTHS_AFTER
FRESH, CURED, HARMED = 0, 1, 2  # history of an account, the fast part of its row
HISTORIES = 3

ACCOUNT = np.dtype(
    [
        ("stream", np.uint64),  # start of the account's own random sequence
        ("balance", np.int64),  # fen, what is owed in all
        ("arrears", np.int64),  # fen, the overdue part of it
        ("instalment", np.int64),  # fen, what falls due each 30 days
        ("reach", np.float32),  # chance that an attempt meets the right party
        ("content", np.float32),  # satisfaction 0..100
        ("arrival", np.int16),  # day
        ("due_from", np.int16),  # day of the oldest unpaid instalment; NEVER if none
        ("spell_from", np.int16),  # first day of the spell
        ("last_attempt", np.int16),  # day
        ("promise_due", np.int16),  # day; -1 if none
        ("hidden", np.int16),  # days of lateness that re-aging took off the record
        ("good_since", np.int16),  # day of the last cure
        ("row", np.uint8),  # latent type x 3 + history; CLOSED when it left
        ("promise", np.uint8),  # 0 will be broken, 1 kept, 2 kept with a discount
        ("tries", np.uint8),  # attempts in this week
        ("misses", np.uint8),  # failed contacts in a row
        ("spare", np.uint8, (6,)),  # pads to a cache line
    ]
)

BUCKET = (len(BUCKETS),)
PRACTICE = np.dtype(
    [  # how a seat works in a span
        ("attempts_per_day", np.float64),
        ("persuasion", np.float64),  # factor on the odds of a promise
        ("pressure", np.float64),  # share of contacts made harshly
        ("discount", np.float64),  # share of promises won with a discount
        ("extended_per_day", np.float64),  # accounts re-aged without payment
        ("parked_per_day", np.float64),  # accounts handed back …
        ("parked_until", np.float64),  # … until this day
        ("prevention", np.float64),  # share of entries averted by early warning
        ("rescue", np.float64),  # gain in kept promises from risk review
        ("rescue_late", np.float64),  # the same in M5 and M6, from settlements before charge-off
        ("record", np.float64),  # factor on reach from good records
        ("courtesy", np.float64),  # satisfaction points gained per contact
        ("breach", np.float64),  # attempts allowed beyond the weekly limit
        ("cycle_value", np.float64),  # felt fen per day in spell of a cured account
        ("cash_value", np.float64, BUCKET),  # felt fen per fen received
        ("cure_value", np.float64, BUCKET),  # felt fen per cure
        ("save_value", np.float64, BUCKET),  # felt fen per fen of balance kept from charge-off
    ]
)

ROWS = 16  # up to five latent types x three histories, and one row for closed accounts
CLOSED = ROWS - 1
CHANCES = np.dtype(
    [  # how borrowers behave, made by `market`
        (
            "natural",
            np.uint32,
            (ROWS, AGES),
        ),  # entry or release if performing, else payment, per day
        ("bound", np.uint32, (ROWS, AGES)),  # the largest of natural within the next week
        ("entry", np.float64, (ROWS,)),  # share of a performing account's events that are entries
        ("log_share", np.float64, (ROWS, *BUCKET)),  # log of the median payment per balance
        ("log_spread", np.float64, (ROWS,)),
        ("payment_base", np.float64),  # fen of balance under which payments fall no further
        ("promise", np.float64, (ROWS, *BUCKET)),  # promises per contact
        ("keep", np.float64, (ROWS,)),  # kept per promise
        ("estimate", np.float32, (*BUCKET, LAST_MISS + 1)),  # what collectors expect of an attempt
        ("weekly_limit", np.float64),  # attempts per account and week
        ("promise_days", np.float64),  # promises fall due within these days
        ("promise_boost", np.float64),  # added to log_share when a kept promise is paid
        ("pressure_promise", np.float64),  # factor on the odds of a promise under pressure
        ("pressure_keep", np.float64),  # added share of promises kept under pressure
        ("pressure_harm", np.float64),  # share of harsh contacts that leave lasting harm
        ("discount_share", np.float64),  # share of arrears waived
        ("discount_keep", np.float64),  # added share of promises kept with a discount
        ("complaint", np.float64),  # complaints per contact
        ("complaint_pressure", np.float64),  # added factor under pressure
        ("complaint_tries", np.float64),  # added factor per attempt in a week beyond the second
        ("survey", np.float64),  # ratings asked per contact
        ("sold_after", np.int64),  # days after charge-off at which a claim leaves the queue
    ]
)
