"""Account dynamics: the only loop over accounts, compiled.

A seat's accounts are one contiguous slice, and a seat is carried through all days of a span
before the next one, so its columns stay in the cache. Every draw is addressed by (account, day).
Functions here are longer than elsewhere: a compiled loop pays for each call boundary.
"""

import numpy as np
from numba import njit, uint64

from sim.chance import GOLDEN, mix
from sim.records import AGES, CLOSED, CURED, FRESH, HARMED, HISTORIES, LAST_MISS, NEVER, REST_DAYS
from sim.units import BUCKETS, CHARGE_OFF_DAY, DAYS_PER_MONTH

# The columns of activity that this loop counts. They stand here, and not with the other columns,
# because compiled code is cached by the age of this file: a changed order must recompile it.
BY_BUCKET = {
    "cash": "cash received on overdue accounts, by bucket when it came (fen)",
    "own_cash": "the part of cash that followed a promise the collector won (fen)",
    "cures": "accounts whose arrears were cleared",
    "own_cures": "the part of cures that followed a promise the collector won",
    "worked": "attempts, by bucket of the account",
    "rolls": "accounts that rolled forward out of the bucket",
    "paid1": "payments that cleared one instalment",
    "paid2": "payments that cleared two instalments at once",
    "paid3": "payments that cleared three instalments or more at once",
}
COUNTED = {
    "due": "arrears at period start, plus arrears that fell due in the period (fen)",
    "exposure": "balance overdue at period start, plus balance that became overdue (fen)",
    "opening_due": "the part of due that was there at period start (fen)",
    "opening_exposure": "the part of exposure that was there at period start (fen)",
    "joined": "balance of the accounts that joined (fen)",
    "released": "balance of cured accounts that went back to the book (fen)",
    "queued": "overdue accounts at each choice of the collector",
    "written_off": "balance charged off (fen)",
    "bad_debt": "balance charged off, or re-aged and as late but for that (fen)",
    "discount": "arrears waived to get a payment (fen)",
    "extended_balance": "balance of accounts re-aged without payment (fen)",
    "extended": "accounts re-aged without payment",
    "parked_due": "the part of due on accounts handed back for the rest of the period (fen)",
    "parked_exposure": "the part of exposure on them (fen)",
    "cure_days": "days in spell of the cured accounts, summed",
    "entries": "accounts that became overdue",
    "relapses": "entries of accounts that had been cured in this run",
    "averted": "entries that a warning call averted",
    "attempts": "work on an account: about two dials",
    "contacts": "conversations with the right party",
    "promises": "promises to pay",
    "kept": "promises kept",
    "harsh_contacts": "conversations under pressure",
    "breaches": "attempts beyond the contact limit",
    "complaints": "complaints made",
    "surveys": "satisfaction ratings asked",
    "happy": "good ratings",
}
COUNTED_COLUMNS = tuple(f"{k}_{b.lower()}" for k in BY_BUCKET for b in BUCKETS) + tuple(COUNTED)
_PLACE = {name: i for i, name in enumerate(COUNTED_COLUMNS)}
CASH, OWN_CASH, CURES, OWN_CURES, WORKED, ROLLS, PAID, _, _ = (
    _PLACE[f"{name}_m1"] for name in BY_BUCKET
)
(
    DUE,
    EXPOSURE,
    WRITTEN_OFF,
    DISCOUNT,
    EXTENDED_BALANCE,
    EXTENDED,
    CURE_DAYS,
    ENTRIES,
    RELAPSES,
    AVERTED,
    ATTEMPTS,
    CONTACTS,
    PROMISES,
    KEPT,
    HARSH,
    BREACHES,
    COMPLAINTS,
    SURVEYS,
    HAPPY,
    JOINED,
    RELEASED,
    QUEUED,
    OPENING_DUE,
    OPENING_EXPOSURE,
    PARKED_DUE,
    PARKED_EXPOSURE,
    BAD_DEBT,
) = (
    _PLACE[name]
    for name in (
        "due",
        "exposure",
        "written_off",
        "discount",
        "extended_balance",
        "extended",
        "cure_days",
        "entries",
        "relapses",
        "averted",
        "attempts",
        "contacts",
        "promises",
        "kept",
        "harsh_contacts",
        "breaches",
        "complaints",
        "surveys",
        "happy",
        "joined",
        "released",
        "queued",
        "opening_due",
        "opening_exposure",
        "parked_due",
        "parked_exposure",
        "bad_debt",
    )
)
RE_AGED_AFTER = (150, 120, 90)  # days late, the latest first
# A restructured account that was bad before stays so until it has paid for half a year, and is
# watched for a year (CBIRC & PBoC 2023, order 1, articles 15, 20 and 22).
PROVEN_DAYS, OBSERVED_DAYS = 180, 365
USUAL_CONTENT = 55.0  # satisfaction to which ordinary treatment leads
LATE = len(BUCKETS) - 1  # bucket index of charged-off accounts
MONTH = DAYS_PER_MONTH
WEEK = 7  # contact limits are counted by calendar week
ODDS_ATTEMPT = uint64(0xA5A3564E2C7D91B3)  # separate words of one account-day
ODDS_CONTACT = uint64(0xC2B2AE3D27D4EB4F)
ODDS_AMOUNT = uint64(0x165667B19E3779F9)
STEP = uint64(GOLDEN)
U16 = 1.0 / 65536.0
U32 = 1.0 / 4294967296.0


@njit(cache=True, inline="always")
def age_column(overdue_days):
    """Column of the age tables: 0 performing, days past due, then 32-day steps."""
    if overdue_days <= CHARGE_OFF_DAY:
        return max(overdue_days, 0)
    return min(CHARGE_OFF_DAY + 1 + ((overdue_days - CHARGE_OFF_DAY - 1) >> 5), AGES - 1)


@njit(cache=True, inline="always")
def bucket_of(overdue_days):
    """0 for M1 … 5 for M6, 6 for charged off."""
    return min((overdue_days - 1) // MONTH, LATE)


@njit(cache=True)
def _normal(word):
    low = (float(word & uint64(0xFFFFFFFF)) + 0.5) * U32
    high = (float(word >> uint64(32)) + 0.5) * U32
    return np.sqrt(-2.0 * np.log(low)) * np.cos(2.0 * np.pi * high)


@njit(cache=True)
def _attempt_value(x, day, p, c):
    """Felt fen of an attempt on the account."""
    days = day - x.due_from
    b = bucket_of(days)
    value = (
        p.cash_value[b] * x.arrears
        + p.cure_value[b]
        + (p.cycle_value * (day - x.spell_from) if b < LATE else 0.0)
        + p.save_value[b] * x.balance
    )
    return np.float32(max(value, 0.0) * c.estimate[b, x.misses])


@njit(cache=True, inline="always")
def _observed(x, day):
    """Whether a performing account was re-aged and is still under observation."""
    return x.hidden > 0 and day - x.good_since < OBSERVED_DAYS


@njit(cache=True)
def _close(x):
    x.due_from = NEVER
    x.row = CLOSED
    x.promise_due = -1


@njit(cache=True)
def _pay(x, day, word, boost, discounted, own, c, flow):
    """A payment arrives: the arrears in full, or a part of them that may lift the bucket."""
    days = day - x.due_from
    b = bucket_of(days)
    row = x.row
    arrears = x.arrears
    waived = np.int64(c.discount_share * arrears) if discounted and b < LATE else np.int64(0)
    offered = max(float(x.balance), c.payment_base) * np.exp(
        c.log_share[row, b] + boost + c.log_spread[row] * _normal(mix(word ^ ODDS_AMOUNT))
    )
    cash = np.int64(min(max(offered, 1.0), float(arrears - waived)))
    full = cash >= arrears - waived
    if not full:
        waived = np.int64(0)
    flow[CASH + b] += cash
    flow[DISCOUNT] += waived
    x.arrears -= cash + waived
    x.balance -= cash + waived
    instalment = x.instalment
    unpaid = (x.arrears + instalment - 1) // instalment
    cleared = (arrears + instalment - 1) // instalment - unpaid
    if cleared > 0:
        flow[PAID + len(BUCKETS) * (min(cleared, 3) - 1) + b] += 1
    if own:
        flow[OWN_CASH + b] += cash
    if full:
        flow[CURES + b] += 1
        if own:
            flow[OWN_CURES + b] += 1
        if b < LATE:
            flow[CURE_DAYS] += day - x.spell_from
        if row % HISTORIES == FRESH:
            x.row = row + CURED
        x.due_from = NEVER
        x.good_since = day
        x.promise_due = -1
        if b == LATE or x.balance <= 0:
            _close(x)
    elif b < LATE:
        x.due_from += MONTH * min(cleared, (days - 1) // MONTH)


@njit(cache=True)
def _cross_boundary(x, days, c, flow):
    """The account is 31, 61, … days late today: it rolls, is charged off, or leaves the queue."""
    if days > CHARGE_OFF_DAY + 1:
        if days > CHARGE_OFF_DAY + c.sold_after:
            _close(x)
        return
    flow[ROLLS + bucket_of(days) - 1] += 1
    if x.hidden < CHARGE_OFF_DAY < x.hidden + days:
        flow[BAD_DEBT] += x.balance
        x.hidden = CHARGE_OFF_DAY * (x.hidden > 0)  # no second time while it is under observation
    if days == CHARGE_OFF_DAY + 1:
        flow[WRITTEN_OFF] += x.balance
        x.arrears = x.balance
        return
    added = min(x.instalment, x.balance - x.arrears)
    x.arrears += added
    flow[DUE] += added


@njit(cache=True)
def _event(x, day, word, p, c, flow):
    """What happens to account i without an attempt today. True if it became overdue."""
    days = max(day - x.due_from, 0)
    row = x.row
    if (days > MONTH and (days - 1) % MONTH == 0) or days > CHARGE_OFF_DAY + c.sold_after:
        _cross_boundary(x, days, c, flow)
    if x.due_from != NEVER and x.promise_due == day:
        x.promise_due = -1
        if x.promise > 0:
            flow[KEPT] += 1
            _pay(x, day, word + uint64(1), c.promise_boost, x.promise == 2, True, c, flow)
    if np.uint32(word & uint64(0xFFFFFFFF)) >= c.natural[row, age_column(days)]:
        return False
    if days > 0:
        if x.due_from != NEVER:
            _pay(x, day, word, 0.0, False, False, c, flow)
        return False
    luck = float(word >> uint64(32)) * U32
    if luck >= c.entry[row]:
        if _observed(x, day):
            return False
        flow[RELEASED] += x.balance
        _close(x)
        return False
    if luck < p.prevention * c.entry[row]:
        flow[AVERTED] += 1
        return False
    if not _observed(x, day):
        x.hidden = 0
    x.due_from = day - 1
    x.spell_from = day - 1
    x.arrears = min(x.instalment, x.balance)
    x.misses = 0
    x.tries = 0
    x.last_attempt = day - REST_DAYS
    flow[ENTRIES] += 1
    if row % HISTORIES != FRESH:
        flow[RELAPSES] += 1
    flow[DUE] += x.arrears
    flow[EXPOSURE] += x.balance
    return True


@njit(cache=True)
def _dial(accounts, first, day, p, c, limit, step, hits, found, queue, last_try, ready, flow):
    """Work the accounts at the `found` places of the queue; those who answer come first in `hits`.

    Apart from the conversations, because who answers is a coin that the processor cannot foresee:
    without a branch on it an attempt takes half the time.
    """
    flow[ATTEMPTS] += found
    allowed = np.int64(np.ceil(c.weekly_limit))
    answers = 0
    for h in range(found):
        q = hits[h]
        x = accounts[first + queue[q]]
        odds = mix(mix(x.stream + step) ^ ODDS_ATTEMPT)
        answered = float(odds & uint64(0xFFFF)) * U16 < x.reach * p.record
        flow[WORKED + bucket_of(day - x.due_from)] += 1
        flow[BREACHES] += x.tries >= allowed
        x.last_attempt = day
        x.tries += 1
        x.misses = min(x.misses + 1, LAST_MISS) * (1 - answered)
        last_try[q] = day
        ready[q] = _ready(x, limit)
        hits[answers] = q
        answers += answered
    flow[CONTACTS] += answers
    return answers


@njit(cache=True)
def _talk(x, day, word, p, c, flow):
    """A conversation with the right party: promise, complaint, rating."""
    b = bucket_of(day - x.due_from)
    row = x.row
    odds = mix(word ^ ODDS_ATTEMPT)
    more = mix(word ^ ODDS_CONTACT)
    harsh = float((odds >> uint64(16)) & uint64(0xFFFF)) * U16 < p.pressure
    chance = c.promise[row, b]
    ratio = chance / (1.0 - chance) * p.persuasion * (0.5 + 0.01 * x.content)
    keep = c.keep[row] * (1.0 + p.rescue + (p.rescue_late if 4 <= b < LATE else 0.0))
    complaint = c.complaint * (1.0 + c.complaint_tries * max(x.tries - 2, 0))
    mood = 0.25 * (USUAL_CONTENT + p.courtesy - x.content)
    if harsh:
        flow[HARSH] += 1
        ratio *= c.pressure_promise
        keep += c.pressure_keep
        complaint *= 1.0 + c.complaint_pressure
        mood -= 15.0
        if float(more >> uint64(48)) * U16 < c.pressure_harm:
            x.row = row - row % HISTORIES + HARMED
    discounted = float((more >> uint64(32)) & uint64(0xFFFF)) * U16 < p.discount
    if discounted:
        keep += c.discount_keep
    if float((odds >> uint64(32)) & uint64(0xFFFF)) * U16 < ratio / (1.0 + ratio):
        flow[PROMISES] += 1
        delay = 1 + int(float((more >> uint64(16)) & uint64(0xFFFF)) * U16 * c.promise_days)
        x.promise_due = day + delay
        kept = float(odds >> uint64(48)) * U16 < keep
        x.promise = (2 if discounted else 1) if kept else 0
    luck = float(more & uint64(0xFFFF)) * U16
    if luck < complaint:
        flow[COMPLAINTS] += 1
        mood -= 20.0
    elif luck > 1.0 - c.survey:
        flow[SURVEYS] += 1
        if (luck - 1.0 + c.survey) / c.survey * 100.0 < x.content:
            flow[HAPPY] += 1
    x.content = np.float32(min(max(x.content + mood, 0.0), 100.0))


@njit(cache=True)
def _count_at_least(bits, n, cut):
    count = np.int32(0)
    limit = np.int32(cut)
    for j in range(n):
        count += np.int32(bits[j] >= limit)
    return np.int64(count)


@njit(cache=True)
def _cut_of_best(bits, n, wanted, guess):
    """A cut on positive scores, as float bits, and how many ties at the cut to take.

    Bisection on the bit patterns: positive floats order as their bits do. The guess is
    yesterday's cut, around which the search gallops before it bisects.
    """
    low, high = 1, 0x7F800000
    if _count_at_least(bits, n, low) <= wanted:
        return low, n
    middle = min(max(guess, low + 1), high - 1)
    stride = 1 << 19
    while high - low > 1:
        count = _count_at_least(bits, n, middle)
        if count == wanted:
            return middle, n
        if count > wanted:
            low = middle
            middle = (
                min(middle + stride, (low + high) >> 1) if high == 0x7F800000 else (low + high) >> 1
            )
        else:
            high = middle
            middle = max(middle - stride, (low + high) >> 1) if low == 1 else (low + high) >> 1
        stride <<= 1
        if middle <= low:
            middle = low + 1
        if middle >= high:
            middle = high - 1
    return low, wanted - _count_at_least(bits, n, high)


@njit(cache=True, inline="always")
def _next_day(x, day, c):
    """The next day after `day` on which something is due whatever the luck."""
    if x.due_from == NEVER:
        return np.int32(NEVER)
    age = day - x.due_from
    if age <= CHARGE_OFF_DAY:
        coming = x.due_from + (max(age - 1, 0) // MONTH + 1) * MONTH + 1
    else:
        coming = x.due_from + CHARGE_OFF_DAY + c.sold_after + 1
    if x.promise_due > day:
        coming = min(coming, x.promise_due)
    return np.int32(max(coming, day + 1))


@njit(cache=True)
def _drop_closed(accounts, first, last):
    """Move the queue's open accounts up to its end, in order; the place of the first of them."""
    place = last
    for i in range(last - 1, first - 1, -1):
        if accounts[i].row != CLOSED:
            place -= 1
            if place != i:
                accounts[place] = accounts[i]
    return place


@njit(cache=True)
def _open_week(x, day, opens, flow):
    """An overdue account enters the week; at a period's start count what is due."""
    if day % WEEK == 0:
        x.tries = 0
    flow[QUEUED] += 1
    if opens and day - 1 - x.due_from <= CHARGE_OFF_DAY:
        flow[DUE] += x.arrears
        flow[EXPOSURE] += x.balance
        flow[OPENING_DUE] += x.arrears
        flow[OPENING_EXPOSURE] += x.balance


@njit(cache=True)
def _watch(x, j, day, c, bounds, coming):
    """From `day` on, account j needs a look if its draw is below the bound or its day has come."""
    bounds[j] = c.bound[x.row, age_column(day - np.int64(x.due_from))]
    coming[j] = _next_day(x, day - 1, c)


@njit(cache=True)
def _arrive(x, day, flow):
    """The account joins the queue. True if it is overdue."""
    if day - 1 - x.due_from <= CHARGE_OFF_DAY:
        flow[JOINED] += x.balance
    if x.due_from == NEVER:
        return False
    if day - 1 - x.due_from <= CHARGE_OFF_DAY:
        flow[DUE] += x.arrears
        flow[EXPOSURE] += x.balance
    return True


@njit(cache=True)
def _enlist(x, q, day, limit, p, c, worth, last, ready):
    """Place q of the queue: what an attempt is worth, when the last was, when the next may be."""
    worth[q] = _attempt_value(x, day, p, c)
    last[q] = x.last_attempt
    ready[q] = _ready(x, limit)


@njit(cache=True, inline="always")
def _ready(x, limit):
    """First day on which the account may be worked again; NEVER if it must be left alone."""
    never = (x.due_from == NEVER) | (x.tries >= limit)
    return np.int32(x.promise_due + 1) | np.int32(NEVER * never)  # NEVER has all bits set


@njit(cache=True)
def _score_all(worth, last, ready, n, day, score):
    """What an attempt today is worth: the rest since the last one restores it within a week."""
    today = np.int32(day)  # one width throughout lets the compiler vectorise
    for q in range(n):
        gap = np.float32(min(np.int32(today - last[q]), np.int32(REST_DAYS)))
        score[q] = worth[q] * gap * np.float32(ready[q] <= today)


@njit(cache=True)
def _load(accounts, first, n, c, streams, bounds, coming, place, queue):
    """Copy what a quiet day reads of the seat's n accounts; how many of them are overdue."""
    queued = 0
    for j in range(n):
        x = accounts[first + j]
        streams[j] = x.stream
        bounds[j] = c.bound[x.row, 0]
        coming[j] = NEVER
        place[j] = -1
        queue[queued] = j
        queued += x.due_from != NEVER
    return queued


@njit(cache=True)
def _flag(streams, bounds, coming, n, day, step, flags):
    """Flag who needs a look today; without a branch, so that the compiler vectorises it."""
    today = np.int32(day)
    for j in range(n):
        flags[j] = (np.uint32(mix(streams[j] + step)) < bounds[j]) | (coming[j] == today)


@njit(cache=True)
def _flagged(flags, n, hits):
    """The places of the flags among the first n, and their number; eight flags are one word."""
    words = flags.view(np.uint64)
    found = 0
    for k in range((n + 7) >> 3):
        if words[k] != 0:
            for j in range(8 * k, min(8 * k + 8, n)):
                hits[found] = j
                found += flags[j]
    return found


@njit(cache=True)
def _best(bits, n, cut, ties, hits):
    """The places in the queue above the cut, and of the first `ties` at it, and their number."""
    found = 0
    if ties >= n:
        for q in range(n):
            hits[found] = q
            found += bits[q] >= cut
        return found
    for q in range(n):
        tie = bits[q] == cut and ties > 0
        ties -= tie
        hits[found] = q
        found += tie or bits[q] > cut
    return found


@njit(cache=True)
def _extend(accounts, first, day, queue, n, wanted, c, bounds, coming, flow):
    """Extend and pretend: re-age without payment the accounts nearest to charge-off."""
    for floor in RE_AGED_AFTER:
        for j in range(n):
            if wanted <= 0:
                return
            x = accounts[first + queue[j]]
            days = day - x.due_from
            if x.due_from == NEVER or days <= floor or days > CHARGE_OFF_DAY:
                continue
            wanted -= 1
            flow[EXTENDED] += 1
            flow[EXTENDED_BALANCE] += x.balance
            x.due_from = day - 1
            x.arrears = min(x.instalment, x.balance)
            x.hidden += days - 1
            x.promise_due = -1
            _watch(x, queue[j], day + 1, c, bounds, coming)


@njit(cache=True)
def _park(accounts, first, day, queue, n, wanted, days, last_try, flow):
    """Hand back the oldest accounts: nobody works them for so many days."""
    for floor in (120, 90, 60, 30):
        for q in range(n):
            if wanted <= 0:
                return
            x = accounts[first + queue[q]]
            late = day - x.due_from
            if late <= floor or late > CHARGE_OFF_DAY or x.last_attempt > day:
                continue
            wanted -= 1
            flow[PARKED_DUE] += x.arrears
            flow[PARKED_EXPOSURE] += x.balance
            x.last_attempt = day + days
            last_try[q] = x.last_attempt


@njit(cache=True, nogil=True)
def advance(
    accounts,
    firsts,
    live,
    ends,
    seat_streams,
    practice,
    chances,
    first_seat,
    last_seat,
    first_day,
    working,
    opens,
    activity,
    cuts,
):
    """Carry the seats first_seat..last_seat through len(working) days from first_day.

    `accounts` (ACCOUNT) sorted by seat, then arrival; seat s has firsts[s]..live[s] in its queue
    and live[s]..ends[s] still to come, int64 (seat,) each; `practice` (PRACTICE, seat); `chances`
    (CHANCES, 1); `working` a flag per day; `opens` whether a pay period opens with first_day.
    Adds to `activity` (seat, column) int64; `cuts` (seat,) keeps each queue's last cut.
    """
    c = chances[0]
    size = 1
    for seat in range(first_seat, last_seat):
        size = max(size, ends[seat] - firsts[seat])
    # by place in the seat's slice
    streams = np.empty(size, np.uint64)
    flags = np.empty(size + 7 & ~7, np.uint8)
    bounds = np.empty(size, np.uint32)
    coming = np.empty(size, np.int32)
    place = np.empty(size, np.int32)  # in the queue; -1 if not in it
    hits = np.empty(size, np.int32)
    # by place in the queue, which holds the accounts that are or were overdue in this span
    queue = np.empty(size, np.int32)
    worth = np.empty(size, np.float32)
    last_try = np.empty(size, np.int32)
    ready = np.empty(size, np.int32)
    score = np.empty(size, np.float32)
    bits = score.view(np.int32)
    flow = np.empty(activity.shape[1], np.int64)
    for seat in range(first_seat, last_seat):
        p = practice[seat]
        limit = np.int64(np.ceil(c.weekly_limit + p.breach))
        flow[:] = activity[seat]
        last, end = live[seat], ends[seat]
        if opens:
            firsts[seat] = _drop_closed(accounts, firsts[seat], last)
        first = firsts[seat]
        queued = _load(accounts, first, last - first, c, streams, bounds, coming, place, queue)
        for q in range(queued):
            x = accounts[first + queue[q]]
            place[queue[q]] = q
            _open_week(x, first_day, opens, flow)
            _watch(x, queue[q], first_day, c, bounds, coming)
            _enlist(x, q, first_day, limit, p, c, worth, last_try, ready)
        for offset in range(working.size):
            day = first_day + offset
            step = STEP * uint64(day + 1)
            while last < end and accounts[last].arrival <= day:
                x = accounts[last]
                j = last - first
                streams[j] = x.stream
                _watch(x, j, day, c, bounds, coming)
                place[j] = -1
                if _arrive(x, day, flow):
                    queue[queued] = j
                    place[j] = queued
                    _enlist(x, queued, day, limit, p, c, worth, last_try, ready)
                    queued += 1
                last += 1
            _flag(streams, bounds, coming, last - first, day, step, flags)
            found = _flagged(flags, last - first, hits)
            for h in range(found):
                j = hits[h]
                x = accounts[first + j]
                entered = _event(x, day, mix(x.stream + step), p, c, flow)
                _watch(x, j, day + 1, c, bounds, coming)
                if entered and place[j] < 0:
                    queue[queued] = j
                    place[j] = queued
                    queued += 1
                if entered:
                    _enlist(x, place[j], day, limit, p, c, worth, last_try, ready)
                elif place[j] >= 0:
                    ready[place[j]] = _ready(x, limit)
            if not working[offset]:
                continue
            luck = mix(seat_streams[seat] + step)
            wanted = int(p.attempts_per_day + float(luck >> uint64(40)) / 16777216.0)
            _score_all(worth, last_try, ready, queued, day, score)
            cut, ties = _cut_of_best(bits, queued, wanted, cuts[seat])
            cuts[seat] = cut
            found = _best(bits, queued, cut, ties, hits)
            answers = _dial(
                accounts, first, day, p, c, limit, step, hits, found, queue, last_try, ready, flow
            )
            for h in range(answers):
                q = hits[h]
                x = accounts[first + queue[q]]
                _talk(x, day, mix(x.stream + step), p, c, flow)
                ready[q] = _ready(x, limit)
                _watch(x, queue[q], day + 1, c, bounds, coming)
            if p.extended_per_day > 0.0:
                share = float((luck >> uint64(8)) & uint64(0xFFFFFF)) / 16777216.0
                wanted = int(p.extended_per_day + share)
                _extend(accounts, first, day, queue, queued, wanted, c, bounds, coming, flow)
            if p.parked_per_day > 0.0:
                share = float((luck >> uint64(16)) & uint64(0xFFFF)) * U16
                wanted = int(p.parked_per_day + share)
                left = int(p.parked_until) - day
                _park(accounts, first, day, queue, queued, wanted, left, last_try, flow)
        live[seat] = last
        activity[seat] = flow


@njit(cache=True, inline="always")
def _true_lateness(x, day):
    """Days late that the account counts for, whatever re-aging took off the record."""
    late = day - np.int64(x.due_from)
    if late > 0:
        return min(late + x.hidden, max(late, CHARGE_OFF_DAY))
    if not _observed(x, day):
        return 0
    return RE_AGED_AFTER[-1] + 1 if day - x.good_since < PROVEN_DAYS else 1


@njit(cache=True)
def balances(accounts, firsts, live, day):
    """What arrived accounts that are not charged off owe, int64 fen: performing, M1 … M6.

    Re-aging hides a loss and does not lessen it, so a re-aged account is as late as it was and
    has become since. Cured, it counts as M4 until it has proven itself, then as M1 while observed.
    """
    total = np.zeros(LATE + 1, np.int64)
    for seat in range(live.size):
        for i in range(firsts[seat], live[seat]):
            x = accounts[i]
            late = _true_lateness(x, day)
            if late <= CHARGE_OFF_DAY and x.row != CLOSED:
                total[bucket_of(late) + 1 if late > 0 else 0] += x.balance
    return total


@njit(cache=True)
def arrears_by_bucket(accounts, firsts, live, day):
    """Overdue fen in each seat's queue on a day, float64 (seat, bucket)."""
    total = np.zeros((live.size, LATE + 1))
    for seat in range(live.size):
        for i in range(firsts[seat], live[seat]):
            late = day - np.int64(accounts[i].due_from)
            if late > 0:
                total[seat, bucket_of(late)] += accounts[i].arrears
    return total
