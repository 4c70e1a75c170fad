"""Account dynamics: the only loop over accounts, compiled.

A seat's accounts are one contiguous slice, and a seat is carried through all days of a span
before the next one, so its columns stay in the cache. Every draw is addressed by (account, day).
Functions here are longer than elsewhere: a compiled loop pays for each call boundary.
"""

import numpy as np
from numba import uint64

from sim.best import best_of, cut_of_best
from sim.chance import GOLDEN, mix
from sim.compiled import compiled
from sim.hiding import extend, park
from sim.lateness import LATE, MONTH, age_column, bucket_of, observed, watch
from sim.records import CLOSED, CURED, FRESH, HARMED, HISTORIES, LAST_MISS, NEVER, REST_DAYS
from sim.units import CHARGE_OFF_DAY

USUAL_CONTENT = 55.0  # satisfaction to which ordinary treatment leads
WEEK = 7  # contact limits are counted by calendar week
ODDS_ATTEMPT = uint64(0xA5A3564E2C7D91B3)  # separate words of one account-day
ODDS_CONTACT = uint64(0xC2B2AE3D27D4EB4F)
ODDS_AMOUNT = uint64(0x165667B19E3779F9)
STEP = uint64(GOLDEN)
U16 = 1.0 / 65536.0
U32 = 1.0 / 4294967296.0


@compiled()
def _normal(word):
    low = (float(word & uint64(0xFFFFFFFF)) + 0.5) * U32
    high = (float(word >> uint64(32)) + 0.5) * U32
    return np.sqrt(-2.0 * np.log(low)) * np.cos(2.0 * np.pi * high)


@compiled()
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


@compiled()
def _close(x):
    x.due_from = NEVER
    x.row = CLOSED
    x.promise_due = -1


@compiled()
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
    flow.cash[b] += cash
    flow.discount += waived
    x.arrears -= cash + waived
    x.balance -= cash + waived
    instalment = x.instalment
    unpaid = (x.arrears + instalment - 1) // instalment
    cleared = (arrears + instalment - 1) // instalment - unpaid
    if cleared >= 3:
        flow.paid3[b] += 1
    elif cleared == 2:
        flow.paid2[b] += 1
    elif cleared == 1:
        flow.paid1[b] += 1
    if own:
        flow.own_cash[b] += cash
    if full:
        flow.cures[b] += 1
        if own:
            flow.own_cures[b] += 1
        if b < LATE:
            flow.cure_days += day - x.spell_from
        if row % HISTORIES == FRESH:
            x.row = row + CURED
        x.due_from = NEVER
        x.good_since = day
        x.promise_due = -1
        if b == LATE or x.balance <= 0:
            _close(x)
    elif b < LATE:
        x.due_from += MONTH * min(cleared, (days - 1) // MONTH)


@compiled()
def _cross_boundary(x, days, c, flow):
    """The account is 31, 61, … days late today: it rolls, is charged off, or leaves the queue."""
    if days > CHARGE_OFF_DAY + 1:
        if days > CHARGE_OFF_DAY + c.sold_after:
            _close(x)
        return
    flow.rolls[bucket_of(days) - 1] += 1
    if x.hidden < CHARGE_OFF_DAY < x.hidden + days:
        flow.bad_debt += x.balance
        x.hidden = CHARGE_OFF_DAY * (x.hidden > 0)  # no second time while it is under observation
    if days == CHARGE_OFF_DAY + 1:
        flow.written_off += x.balance
        x.arrears = x.balance
        return
    added = min(x.instalment, x.balance - x.arrears)
    x.arrears += added
    flow.due += added


@compiled()
def _event(x, day, word, p, c, flow):
    """What happens to account i without an attempt today. True if it became overdue."""
    days = max(day - x.due_from, 0)
    row = x.row
    if (days > MONTH and (days - 1) % MONTH == 0) or days > CHARGE_OFF_DAY + c.sold_after:
        _cross_boundary(x, days, c, flow)
    if x.due_from != NEVER and x.promise_due == day:
        x.promise_due = -1
        if x.promise > 0:
            flow.kept += 1
            _pay(x, day, word + uint64(1), c.promise_boost, x.promise == 2, True, c, flow)
    if np.uint32(word & uint64(0xFFFFFFFF)) >= c.natural[row, age_column(days)]:
        return False
    if days > 0:
        if x.due_from != NEVER:
            _pay(x, day, word, 0.0, False, False, c, flow)
        return False
    luck = float(word >> uint64(32)) * U32
    if luck >= c.entry[row]:
        if observed(x, day):
            return False
        flow.released += x.balance
        _close(x)
        return False
    if luck < p.prevention * c.entry[row]:
        flow.averted += 1
        return False
    if not observed(x, day):
        x.hidden = 0
    x.due_from = day - 1
    x.spell_from = day - 1
    x.arrears = min(x.instalment, x.balance)
    x.misses = 0
    x.tries = 0
    x.last_attempt = day - REST_DAYS
    flow.entries += 1
    if row % HISTORIES != FRESH:
        flow.relapses += 1
    flow.due += x.arrears
    flow.exposure += x.balance
    return True


@compiled()
def _dial(accounts, first, day, p, c, limit, step, hits, found, queue, last_try, ready, flow):
    """Work the accounts at the `found` places of the queue; those who answer come first in `hits`.

    Apart from the conversations, because who answers is a coin that the processor cannot foresee:
    without a branch on it an attempt takes half the time.
    """
    flow.attempts += found
    allowed = np.int64(np.ceil(c.weekly_limit))
    answers = 0
    for h in range(found):
        q = hits[h]
        x = accounts[first + queue[q]]
        odds = mix(mix(x.stream + step) ^ ODDS_ATTEMPT)
        answered = float(odds & uint64(0xFFFF)) * U16 < x.reach * p.record
        flow.worked[bucket_of(day - x.due_from)] += 1
        flow.breaches += x.tries >= allowed
        x.last_attempt = day
        x.tries += 1
        x.misses = min(x.misses + 1, LAST_MISS) * (1 - answered)
        last_try[q] = day
        ready[q] = _ready(x, limit)
        hits[answers] = q
        answers += answered
    flow.contacts += answers
    return answers


@compiled()
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
        flow.harsh_contacts += 1
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
        flow.promises += 1
        delay = 1 + int(float((more >> uint64(16)) & uint64(0xFFFF)) * U16 * c.promise_days)
        x.promise_due = day + delay
        kept = float(odds >> uint64(48)) * U16 < keep
        x.promise = (2 if discounted else 1) if kept else 0
    luck = float(more & uint64(0xFFFF)) * U16
    if luck < complaint:
        flow.complaints += 1
        mood -= 20.0
    elif luck > 1.0 - c.survey:
        flow.surveys += 1
        if (luck - 1.0 + c.survey) / c.survey * 100.0 < x.content:
            flow.happy += 1
    x.content = np.float32(min(max(x.content + mood, 0.0), 100.0))


@compiled()
def _drop_closed(accounts, first, last):
    """Move the queue's open accounts up to its end, in order; the place of the first of them."""
    place = last
    for i in range(last - 1, first - 1, -1):
        if accounts[i].row != CLOSED:
            place -= 1
            if place != i:
                accounts[place] = accounts[i]
    return place


@compiled()
def _open_week(x, day, opens, flow):
    """An overdue account enters the week; at a period's start count what is due."""
    if day % WEEK == 0:
        x.tries = 0
    flow.queued += 1
    if opens and day - 1 - x.due_from <= CHARGE_OFF_DAY:
        flow.due += x.arrears
        flow.exposure += x.balance
        flow.opening_due += x.arrears
        flow.opening_exposure += x.balance


@compiled()
def _arrive(x, day, flow):
    """The account joins the queue. True if it is overdue."""
    if day - 1 - x.due_from <= CHARGE_OFF_DAY:
        flow.joined += x.balance
    if x.due_from == NEVER:
        return False
    if day - 1 - x.due_from <= CHARGE_OFF_DAY:
        flow.due += x.arrears
        flow.exposure += x.balance
    return True


@compiled()
def _enlist(x, q, day, limit, p, c, worth, last, ready):
    """Place q of the queue: what an attempt is worth, when the last was, when the next may be."""
    worth[q] = _attempt_value(x, day, p, c)
    last[q] = x.last_attempt
    ready[q] = _ready(x, limit)


@compiled(inline="always")
def _ready(x, limit):
    """First day on which the account may be worked again; NEVER if it must be left alone."""
    never = (x.due_from == NEVER) | (x.tries >= limit)
    return np.int32(x.promise_due + 1) | np.int32(NEVER * never)  # NEVER has all bits set


@compiled()
def _score_all(worth, last, ready, n, day, score):
    """What an attempt today is worth: the rest since the last one restores it within a week."""
    today = np.int32(day)  # one width throughout lets the compiler vectorise
    for q in range(n):
        gap = np.float32(min(np.int32(today - last[q]), np.int32(REST_DAYS)))
        score[q] = worth[q] * gap * np.float32(ready[q] <= today)


@compiled()
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


@compiled()
def _flag(streams, bounds, coming, n, day, step, flags):
    """Flag who needs a look today; without a branch, so that the compiler vectorises it."""
    today = np.int32(day)
    for j in range(n):
        flags[j] = (np.uint32(mix(streams[j] + step)) < bounds[j]) | (coming[j] == today)


@compiled()
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


@compiled(nogil=True)
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
    counts,
    cuts,
):
    """Carry the seats first_seat..last_seat through len(working) days from first_day.

    `accounts` (ACCOUNT) sorted by seat, then arrival; seat s has firsts[s]..live[s] in its queue
    and live[s]..ends[s] still to come, int64 (seat,) each; `practice` (PRACTICE, seat); `chances`
    (CHANCES, 1); `working` a flag per day; `opens` whether a pay period opens with first_day.
    Adds to `counts` (COUNTS, seat); `cuts` (seat,) keeps each queue's last cut.
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
    for seat in range(first_seat, last_seat):
        p = practice[seat]
        limit = np.int64(np.ceil(c.weekly_limit + p.breach))
        flow = counts[seat]
        last, end = live[seat], ends[seat]
        if opens:
            firsts[seat] = _drop_closed(accounts, firsts[seat], last)
        first = firsts[seat]
        queued = _load(accounts, first, last - first, c, streams, bounds, coming, place, queue)
        for q in range(queued):
            x = accounts[first + queue[q]]
            place[queue[q]] = q
            _open_week(x, first_day, opens, flow)
            watch(x, queue[q], first_day, c, bounds, coming)
            _enlist(x, q, first_day, limit, p, c, worth, last_try, ready)
        for offset in range(working.size):
            day = first_day + offset
            step = STEP * uint64(day + 1)
            while last < end and accounts[last].arrival <= day:
                x = accounts[last]
                j = last - first
                streams[j] = x.stream
                watch(x, j, day, c, bounds, coming)
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
                watch(x, j, day + 1, c, bounds, coming)
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
            cut, ties = cut_of_best(bits, queued, wanted, cuts[seat])
            cuts[seat] = cut
            found = best_of(bits, queued, cut, ties, hits)
            answers = _dial(
                accounts, first, day, p, c, limit, step, hits, found, queue, last_try, ready, flow
            )
            for h in range(answers):
                q = hits[h]
                x = accounts[first + queue[q]]
                _talk(x, day, mix(x.stream + step), p, c, flow)
                ready[q] = _ready(x, limit)
                watch(x, queue[q], day + 1, c, bounds, coming)
            if p.extended_per_day > 0.0:
                share = float((luck >> uint64(8)) & uint64(0xFFFFFF)) / 16777216.0
                wanted = int(p.extended_per_day + share)
                extend(accounts, first, day, queue, queued, wanted, c, bounds, coming, flow)
            if p.parked_per_day > 0.0:
                share = float((luck >> uint64(16)) & uint64(0xFFFF)) * U16
                wanted = int(p.parked_per_day + share)
                left = int(p.parked_until) - day
                park(accounts, first, day, queue, queued, wanted, left, last_try, flow)
        live[seat] = last
