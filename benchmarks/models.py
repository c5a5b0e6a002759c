"""Models that are measured, in the plain layer, and the samples of them that peers share."""

from __future__ import annotations

from typing import Any

MONTHS = 60
RATE, RATE_SD = 0.08, 0.02
ROOM = (30.0, 70.0)
SHAKE = 0.05


def noisy_growth() -> dict[str, Any]:
    """Logistic growth at an unknown rate into unknown room, shaken every month."""
    return {
        "leverwise": 1,
        "model": "noisy-growth",
        "time": {"step": 1, "horizon": MONTHS, "method": "heun"},
        "values": {"rate": f"normal({RATE}, {RATE_SD})", "room": spread(ROOM), "shake": SHAKE},
        "stocks": {"size": {"start": 1, "change": "size*(rate*(1 - size/room) + shake*noise())"}},
        "impact": {"is": 0, "final": "size"},
    }


MECHANISMS, STEPS = 20, 120
PUSH, FADE, SENSE = (0.05, 0.4), (0.02, 0.1), (0.5, 3.0)
FIRST = 0.1


def ring() -> dict[str, Any]:
    """Twenty mechanisms in a ring: each is pushed by the one before it, with diminishing effect, fills up and fades."""
    values: dict[str, str] = {}
    stocks: dict[str, Any] = {}
    equations: dict[str, str] = {}
    for i in range(MECHANISMS):
        values |= {f"push{i}": spread(PUSH), f"fade{i}": spread(FADE), f"sense{i}": spread(SENSE)}
        equations[f"felt{i}"] = f"1 - exp(-sense{i}*x{(i - 1) % MECHANISMS})"
        stocks[f"x{i}"] = {"start": FIRST, "change": f"push{i}*felt{i}*(1 - x{i}) - fade{i}*x{i}"}
    return {
        "leverwise": 1,
        "model": "ring",
        "time": {"step": 1, "horizon": STEPS, "method": "heun"},
        "values": values,
        "stocks": stocks,
        "equations": equations,
        "impact": {"is": 0, "final": " + ".join(stocks)},
    }


def spread(ends: tuple[float, float]) -> str:
    """A value of which only the ends are known."""
    return f"uniform({ends[0]}, {ends[1]})"
