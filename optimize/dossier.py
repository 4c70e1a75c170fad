"""The dossier: why this scheme, as one document for programs and as text for people."""

import math
from collections.abc import Iterable
from typing import Any

import numpy as np

from optimize.assess import Estimate
from optimize.found import Found, markdown_table
from optimize.limits import QUANTITIES
from optimize.proposal import Proposal
from optimize.space import Space
from optimize.verify import Stand

SURE = 0.975  # one side of a 95 % interval


def dossier(proposal: Proposal) -> dict[str, Any]:
    """All that was found, as plain values; an unknown number is null."""
    space, verdict = proposal.space, proposal.verdict
    problem = space.problem
    return {
        "verdict": headline(proposal),
        "better": proposal.better,
        "objective": problem.objective,
        "today": _card(space, space.today),
        "proposed": _card(space, proposal.design) if proposal.better else None,
        "gain": _estimate(verdict.accepted.found.gain) if verdict.accepted else None,
        "promised_gain": proposal.promised if verdict.accepted else None,
        "limits": list(_limits(proposal)),
        "measures": list(_measures(proposal)),
        "prices": [price.__dict__ for price in proposal.prices],
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
    """The answer in one sentence."""
    aim = QUANTITIES[proposal.space.problem.objective]
    verdict = proposal.verdict
    if verdict.accepted:
        gain = verdict.accepted.found.gain
        ends = f"{gain.below(SURE):+,.{aim.digits}f} to {gain.above(SURE):+,.{aim.digits}f}"
        said = f"{gain.mean:+,.{aim.digits}f} {aim.unit} (95 % {ends}), within every limit."
        return f"The proposed scheme changes {aim.en} by {said}"
    if not verdict.today_keeps:
        return "Infeasible: neither today's scheme nor any that was found keeps every limit."
    return "Nothing beats today's scheme beyond the error; it stays."


def relaxations(proposal: Proposal) -> list[dict[str, Any]]:
    """If nothing keeps every limit: by how much each must be relaxed for the nearest finalist."""
    verdict, problem = proposal.verdict, proposal.space.problem
    if verdict.accepted or verdict.today_keeps:
        return []

    def need(found) -> dict[str, float]:
        room = {limit.name: found.excess[limit.name].above(limit.confidence)
                for limit in problem.limits}  # fmt: skip
        return {name: by for name, by in room.items() if by > 0.0}

    def size(found) -> float:
        bounds = {limit.name: abs(verdict.anchor.bound(limit)) for limit in problem.limits}
        return sum(by / max(bounds[name], 1e-9) for name, by in need(found).items())

    judged = [s.found for s in verdict.stands if s.replications == problem.verified]
    nearest = min([verdict.today, *judged], key=size)
    units = {limit.name: QUANTITIES[limit.on].unit for limit in problem.limits}
    return [{"limit": n, "by": by, "unit": units[n]} for n, by in need(nearest).items()]


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
    for limit in proposal.space.problem.limits:
        excess, quantity = found.excess[limit.name], QUANTITIES[limit.on]
        yield {
            "limit": limit.name,
            "bound": verdict.anchor.bound(limit),
            "figure": verdict.anchor.bound(limit) + limit.sense * excess.mean,
            "today": verdict.anchor.figure(limit),
            "se": excess.se,
            "unit": quantity.unit,
            "confidence": limit.confidence,
        }


def _measures(proposal: Proposal) -> Iterable[dict[str, Any]]:
    for key, rows in proposal.measures.items():
        quantity = QUANTITIES[key]
        row = {"measure": key, "meaning": quantity.en, "unit": quantity.unit,
               "today": float(rows[0].mean())}  # fmt: skip
        if len(rows) > 1:
            moved = rows[1] - rows[0]
            se = float(moved.std(ddof=1) / math.sqrt(len(moved)))
            change = Estimate(float(moved.mean()), se, len(moved))
            row |= {"proposed": float(rows[1].mean()), "difference": change.mean,
                    "low": change.below(SURE), "high": change.above(SURE)}  # fmt: skip
        yield row


def _stand(space: Space, stand: Stand) -> dict[str, Any]:
    return _card(space, stand.design) | {
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
    parts += [_prices_text(found), _rejected_text(found), _relaxed_text(found), _trust_text(found)]
    return "\n\n".join(part for part in parts if part) + "\n"


def _cards(found: dict[str, Any]) -> str:
    today, proposed = found["today"], found["proposed"] or found["today"]
    keys = dict.fromkeys([*today["weights"], *proposed["weights"]])
    rows = [["pool, yuan", f"{today['pool_yuan']:,.0f}", f"{proposed['pool_yuan']:,.0f}"]]
    rows += [
        [k, *(f"{100 * card['weights'].get(k, 0.0):.4g} %" for card in (today, proposed))]
        for k in keys
    ]
    rows += [[k, str(today["levers"][k]), str(v)] for k, v in proposed["levers"].items()]
    return "## The card\n\n" + markdown_table(["", "today", "proposed"], rows)


def _limits_text(found: dict[str, Any]) -> str:
    rows = [
        [r["limit"], f"{r['bound']:.6g}", f"{r['today']:.6g}", f"{r['figure']:.6g} ± {r['se']:.2g}",
         r["unit"]]
        for r in found["limits"]
    ]  # fmt: skip
    heads = ["limit", "bound", "today", "proposed" if found["better"] else "today again", "unit"]
    return "## Limits\n\n" + markdown_table(heads, rows) if rows else ""


def _measures_text(found: dict[str, Any]) -> str:
    digits = {key: q.digits for key, q in QUANTITIES.items()}
    rows = []
    for r in found["measures"]:
        if "difference" in r:
            d = digits[r["measure"]]
            ends = f"{r['low']:+,.{d}f} to {r['high']:+,.{d}f}"
            rows.append([f"{r['meaning']}, {r['unit']}", f"{r['today']:,.{d}f}",
                         f"{r['difference']:+,.{d}f}", ends])  # fmt: skip
    title = "## Proposed against today's, same fresh luck\n\n"
    heads = ["measure", "today", "difference", "95 % interval"]
    return title + markdown_table(heads, rows) if rows else ""


def _prices_text(found: dict[str, Any]) -> str:
    lines = []
    for p in found["prices"]:
        if not p["binding"]:
            lines.append(f"- {p['limit']}: does not bind near the best design; price 0")
            continue
        simulated = "not simulated"
        if p["simulated"] is not None:
            simulated = f"by simulation {p['simulated']:,.3g} ± {p['simulated_se']:,.2g}"
        agree = "" if p["agrees"] else ", which disagrees"
        lines.append(
            f"- {p['limit']}: one more buys {p['price']:,.3g} {p['unit']} "
            f"(95 % {p['low']:,.3g} to {p['high']:,.3g}; solved again {p['solved_again']:,.3g}"
            f"{agree}; {simulated})"
        )
    return "## Prices of the limits\n\n" + "\n".join(lines) if lines else ""


def _rejected_text(found: dict[str, Any]) -> str:
    aim = QUANTITIES[found["objective"]]
    rows = [
        [", ".join(f"{k} {100 * w:.3g} %" for k, w in s["weights"].items()),
         f"{s['pool_yuan']:,.0f}", f"{s['gain']['mean']:+,.{aim.digits}f}",
         str(s["replications"]), s["why"]]
        for s in found["rejected"]
    ]  # fmt: skip
    heads = ["weights", "pool", "gain", "replications", "why not"]
    return "## What was rejected\n\n" + markdown_table(heads, rows) if rows else ""


def _relaxed_text(found: dict[str, Any]) -> str:
    lines = [f"- {r['limit']}: by {r['by']:.4g} {r['unit']}" for r in found["relaxations"]]
    title = "## Smallest relaxations that were found\n\n"
    return title + "\n".join(lines) if lines else ""


def _trust_text(found: dict[str, Any]) -> str:
    aim = QUANTITIES[found["objective"]]
    calls, lines = found["calls"], []
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
