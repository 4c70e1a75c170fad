"""The dossier: why this scheme, as one document for programs and as text for people."""

import math
from collections.abc import Iterable
from dataclasses import asdict
from typing import Any

import numpy as np

from optimize.assess import Estimate
from optimize.found import Found, markdown_table
from optimize.limits import QUANTITIES, WORSE
from optimize.proposal import Proposal
from optimize.space import Space
from optimize.verify import Stand

SURE = 0.975  # one side of a 95 % interval
GUESS = 0.1  # share of variance explained below which a surrogate only guesses


def dossier(proposal: Proposal) -> dict[str, Any]:
    """All that was found, as plain values; an unknown number is null."""
    space, verdict = proposal.space, proposal.verdict
    problem = space.problem
    return {
        "verdict": headline(proposal),
        "better": proposal.better,
        "objective": problem.objective,
        "has_card": space.place is not None,
        "today": _card(space, space.today),
        "today_breaks": list(verdict.broken),
        "proposed": _card(space, proposal.design) if proposal.better else None,
        "gain": _estimate(verdict.accepted.found.gain) if verdict.accepted else None,
        "promised_gain": proposal.promised if verdict.accepted else None,
        "limits": list(_limits(proposal)),
        "measures": list(_measures(proposal)),
        "without_bonus": list(_without_bonus(proposal)),
        "prices": [asdict(p) | {"solved_again": _known(p.solved_again)} for p in proposal.prices],
        "rejected": [_stand(space, s) for s in verdict.stands if s is not verdict.accepted],
        "relaxations": relaxations(proposal),
        "surrogate": _surrogate(proposal),
        "calls": {"search": problem.calls, "all": proposal.calls, "verified": problem.verified},
        "problem": problem.model_dump(mode="json"),
        "scenario_digest": space.scenario.digest,
        "seed": space.scenario.run.seed,
    }


def explained(proposal: Proposal) -> Found:
    """The dossier as document and text."""
    document = dossier(proposal)
    return Found(proposal.better, document, text(document))


def headline(proposal: Proposal) -> str:
    """The answer in one sentence, what gets worse included."""
    aim = QUANTITIES[proposal.space.problem.objective]
    verdict = proposal.verdict
    breaks = "; ".join(verdict.broken)
    if verdict.accepted:
        gain = verdict.accepted.found.gain
        ends = f"{gain.below(SURE):+,.{aim.digits}f} to {gain.above(SURE):+,.{aim.digits}f}"
        said = f"{gain.mean:+,.{aim.digits}f} {aim.unit} (95 % {ends}), within every limit"
        worse = "; ".join(_moved(row) for row in _measures(proposal) if _is_worse(row, aim.key))
        said += f"; worse: {worse}." if worse else "."
        said += f" Today's breaks what was asked: {breaks}." if breaks else ""
        return f"The proposed scheme changes {aim.en} by {said}"
    if breaks:
        return (
            f"Infeasible: today's scheme breaks what was asked ({breaks}), and no scheme that was "
            "found keeps every limit."
        )
    if not verdict.today_keeps:
        return "Infeasible: neither today's scheme nor any that was found keeps every limit."
    return "Nothing beats today's scheme beyond the error; it stays."


def _is_worse(row: dict[str, Any], aim: str) -> bool:
    """Whether a measure that nobody wants worse is, beyond the error."""
    way = WORSE.get(row["measure"])
    if way is None or row["measure"] == aim or None in (row["low"], row["high"]):
        return False
    return min(way * row["low"], way * row["high"]) > 0.0


def _moved(row: dict[str, Any]) -> str:
    digits = QUANTITIES[row["measure"]].digits
    return f"{row['meaning']} {row['difference']:+,.{digits}f} {row['unit']}"


def relaxations(proposal: Proposal) -> list[dict[str, Any]]:
    """If nothing keeps every limit: by how much each must be relaxed for the nearest finalist."""
    verdict, problem = proposal.verdict, proposal.space.problem
    if verdict.accepted or verdict.today_keeps:
        return []
    units = {limit.name: QUANTITIES[limit.on].unit for limit in problem.limits}
    short = verdict.shortfall(problem)
    return [{"limit": name, "by": by, "unit": units[name]} for name, by in short.items()]


def _card(space: Space, design: np.ndarray) -> dict[str, Any]:
    levers = {lever.key: setting for lever, setting in space.settings(design).items()}
    weights = space.weights(design) if space.pool(design) else {}
    return {"pool_yuan": space.pool(design), "weights": weights, "levers": levers}


def _estimate(found: Estimate) -> dict[str, float | None]:
    return {
        "mean": found.mean,
        "low": _known(found.below(SURE)),
        "high": _known(found.above(SURE)),
        "replications": found.count,
    }


def _limits(proposal: Proposal) -> Iterable[dict[str, Any]]:
    verdict = proposal.verdict
    found = verdict.accepted.found if verdict.accepted else verdict.today
    binds = {price.limit: price.binding for price in proposal.prices}
    for limit in proposal.space.problem.limits:
        excess, quantity = found.excess[limit.name], QUANTITIES[limit.on]
        yield {
            "limit": limit.name,
            "on": limit.on,
            "binds": binds[limit.name],
            "bound": verdict.anchor.bound(limit),
            "figure": verdict.anchor.bound(limit) + limit.sense * excess.mean,
            "today": verdict.anchor.figure(limit),
            "se": excess.se,
            "unit": quantity.unit,
            "confidence": limit.confidence,
        }


def _measures(proposal: Proposal) -> Iterable[dict[str, Any]]:
    """Every quantity of today's scheme, and of the proposed one beside it."""
    for key, rows in proposal.measures.items():
        usual = {"today": float(rows[0].mean())}
        yield _named(key) | usual | (_beside(*rows, "proposed") if len(rows) > 1 else {})


def _without_bonus(proposal: Proposal) -> Iterable[dict[str, Any]]:
    """The aim, its cost and what should not get worse, under the wage alone."""
    for key in dict.fromkeys([proposal.space.problem.objective, "net_value", "incentive", *WORSE]):
        if key in proposal.without_bonus:
            usual = proposal.measures[key][0]
            beside = _beside(usual, proposal.without_bonus[key], "without")
            yield _named(key) | {"today": float(usual.mean())} | beside


def _named(key: str) -> dict[str, str]:
    return {"measure": key, "meaning": QUANTITIES[key].en, "unit": QUANTITIES[key].unit}


def _beside(usual: np.ndarray, other: np.ndarray, name: str) -> dict[str, float | None]:
    """Another scheme's figure and its difference from the usual one, replication by replication."""
    moved = other - usual
    se = float(moved.std(ddof=1) / math.sqrt(len(moved)))
    change = Estimate(float(moved.mean()), se, len(moved))
    ends = {"low": _known(change.below(SURE)), "high": _known(change.above(SURE))}
    return {name: _known(other.mean()), "difference": _known(change.mean)} | ends


def _stand(space: Space, stand: Stand) -> dict[str, Any]:
    return _card(space, stand.design) | {
        "scheme": space.told(stand.design),
        "from": stand.origin,
        "replications": stand.replications,
        "gain": _estimate(stand.found.gain),
        "why": stand.verdict,
    }


def _surrogate(proposal: Proposal) -> dict[str, Any]:
    surrogate = proposal.state.surrogate
    names = proposal.state.evidence.anchor.columns
    return {
        "explained_left_out": dict(zip(names, map(_known, surrogate.explained), strict=True)),
        "error_left_out": dict(zip(names, map(_known, surrogate.error), strict=True)),
    }


def _known(number: float) -> float | None:
    return float(number) if math.isfinite(number) else None


# ---- text ----


def text(found: dict[str, Any]) -> str:
    """The dossier as Markdown."""
    parts = [f"# {found['verdict']}", _cards(found), _limits_text(found), _measures_text(found)]
    parts += [_bonus_text(found), _prices_text(found), _rejected_text(found), _relaxed_text(found)]
    parts.append(_trust_text(found))
    return "\n\n".join(part for part in parts if part) + "\n"


def _cards(found: dict[str, Any]) -> str:
    cards = [found["today"], found["proposed"]] if found["proposed"] else [found["today"]]
    keys = dict.fromkeys(key for card in cards for key in card["weights"])
    rows = [[k, *(f"{100 * card['weights'].get(k, 0.0):.4g} %" for card in cards)] for k in keys]
    if any(card["pool_yuan"] for card in cards):
        rows.insert(0, ["pool, yuan", *(f"{card['pool_yuan']:,.0f}" for card in cards)])
    rows += [[k, *(str(card["levers"][k]) for card in cards)] for k in cards[0]["levers"]]
    table = markdown_table(["", "today", "proposed"][: 1 + len(cards)], rows)
    return "\n\n".join(["## The scheme", *([] if found["has_card"] else [NO_CARD]), table])


NO_CARD = "The scheme has no scorecard: levers are decided, and rules for a card do not apply."


def _limits_text(found: dict[str, Any]) -> str:
    rows = []
    for r in found["limits"]:
        d = QUANTITIES[r["on"]].digits
        bound, today, figure = (f"{r[key]:,.{d}f}" for key in ("bound", "today", "figure"))
        binds = "yes" if r["binds"] else "no"
        rows.append([r["limit"], bound, today, f"{figure} ± {r['se']:.2g}", binds, r["unit"]])
    whose = "proposed" if found["better"] else "today again"
    heads = ["limit", "bound", "today", f"{whose} ± standard error", "binds", "unit"]
    return "## Limits\n\n" + markdown_table(heads, rows) if rows else ""


def _measures_text(found: dict[str, Any]) -> str:
    rows = [_row(r) for r in found["measures"] if "difference" in r]
    title = "## Proposed against today's, same fresh luck\n\n"
    return title + markdown_table(BESIDE, rows) if rows else ""


def _bonus_text(found: dict[str, Any]) -> str:
    rows = [_row(r) for r in found["without_bonus"]]
    title = "## Is a bonus worth having? The wage alone against today's\n\n"
    return title + markdown_table(BESIDE, rows) if rows else ""


BESIDE = ["measure", "today", "difference", "95 % interval"]


def _row(r: dict[str, Any]) -> list[str]:
    d = QUANTITIES[r["measure"]].digits
    today = "-" if math.isnan(r["today"]) else f"{r['today']:,.{d}f}"
    if None in (r["difference"], r["low"], r["high"]):
        return [f"{r['meaning']}, {r['unit']}", today, "-", "-"]
    ends = f"{r['low']:+,.{d}f} to {r['high']:+,.{d}f}"
    return [f"{r['meaning']}, {r['unit']}", today, f"{r['difference']:+,.{d}f}", ends]


def _prices_text(found: dict[str, Any]) -> str:
    rows = [_price_row(p) for p in found["prices"] if p["binding"]]
    free = [p["limit"] for p in found["prices"] if p["known"] and not p["binding"]]
    unknown = [p["limit"] for p in found["prices"] if not p["known"]]
    parts = [PRICES_TOLD, markdown_table(PRICE_HEADS, rows)] if rows else []
    if free:
        parts.append(f"Price 0, for they do not bind near the best design: {'; '.join(free)}.")
    if unknown:
        parts.append("No price, for no design within reach keeps all limits: "
                     f"{'; '.join(unknown)}.")  # fmt: skip
    return "\n\n".join(["## Prices of the limits", *parts]) if parts else ""


PRICE_HEADS = [
    "limit", "in", "looser buys", "by simulation", "tighter costs", "by simulation", "at the bound",
    "solved again",
]  # fmt: skip
PRICES_TOLD = (
    "What a bound buys if it is loosened and costs if it is tightened, the best design chosen anew "
    "by the surrogate (95 % interval by resampled experiments) and both designs simulated. At the "
    "bound: the linear program's own price, which holds as far as the next bend, and a second "
    "solve close by; the two differ where a bend lies between."
)


def _price_row(p: dict[str, Any]) -> list[str]:
    sides = []
    for side in (p["looser"], p["tighter"]):
        if side is None:
            sides += ["nothing keeps it", "-"]
        else:
            ends = f"{_short(side['low'])} to {_short(side['high'])}"
            sides.append(f"{_short(side['rise'])} ({ends})")
            sides.append(f"{_short(side['simulated'])} ± {_short(side['simulated_se'])}")
    again = _short(p["solved_again"]) + ("" if p["agrees"] else " (a bend)")
    d = QUANTITIES[p["on"]].digits
    moved = f"{p['limit']}, moved by {p['moved']:,.{d}f}"
    return [moved, p["unit"], *sides, _short(p["price"]), again]


def _short(number: float | None) -> str:
    """Three figures, without exponents."""
    if number is None:
        return "-"
    return f"{number:,.0f}" if abs(number) >= 100.0 else f"{number:,.3g}"


def _rejected_text(found: dict[str, Any]) -> str:
    aim = QUANTITIES[found["objective"]]
    rows = [
        [s["scheme"], f"{s['pool_yuan']:,.0f}", f"{s['gain']['mean']:+,.{aim.digits}f}",
         str(s["replications"]), s["why"]]
        for s in found["rejected"]
    ]  # fmt: skip
    heads = ["scheme", "pool", "gain", "replications", "why not"]
    told = (
        "Finalists meet ever more fresh replications, and those that gain less, or may not keep a "
        "limit, fall out on the way; gains on few replications flatter."
    )
    title = f"## What was rejected\n\n{told}\n\n"
    return title + markdown_table(heads, rows) if rows else ""


def _relaxed_text(found: dict[str, Any]) -> str:
    lines = [f"- {r['limit']}: by {r['by']:.4g} {r['unit']}" for r in found["relaxations"]]
    title = "## Smallest relaxations that were found\n\n"
    return title + "\n".join(lines) if lines else ""


def _trust_text(found: dict[str, Any]) -> str:
    aim = QUANTITIES[found["objective"]]
    calls, lines = found["calls"], [_explained(found["surrogate"])]
    if found["gain"]:
        promised, gain = (
            f"{n:+,.{aim.digits}f}" for n in (found["promised_gain"], found["gain"]["mean"])
        )
        lines.append(
            f"The surrogate promised {promised}, simulation on {calls['verified']} fresh "
            f"replications found {gain}."
        )
    lines.append(
        f"{calls['all']:,} replications in all, {calls['search']:,} of them for the search; "
        f"seed {found['seed']}."
    )
    return "## How far to trust it\n\n" + " ".join(lines)


def _explained(surrogate: dict[str, dict[str, float | None]]) -> str:
    """How much of each total that moves the surrogate explains, left out."""
    shares, errors = surrogate["explained_left_out"], surrogate["error_left_out"]
    told = {name: share for name, share in shares.items() if share is not None and errors[name]}
    kept = [f"{name} {100 * share:.0f} %" for name, share in told.items() if share >= GUESS]
    lost = [name for name, share in told.items() if share < GUESS]
    said = f"Left out, the surrogate explains {', '.join(kept) or 'nothing'} of what schemes change"
    return f"{said}, and only guesses {', '.join(lost)}." if lost else f"{said}."
