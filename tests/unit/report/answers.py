"""Answers made by hand, close to what a real model gives, for every report to show."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any

from leverwise.ask.answer import Answer, Chart, Estimate, Provenance

MONTHS = range(0, 49)
PERIODS = range(0, 36, 3)
KEYS = ("low", "lower", "middle", "upper", "high")
Z = (-1.64, -0.67, 0, 0.67, 1.64)


def simulate_answer() -> Answer:
    """A simulation with impact, leverage, three fans and a warning."""
    return _answer(
        "simulate",
        "With these levers the star reaches 14 times the impact she would have alone.",
        next_="leverwise diagnose superstar.yaml",
        numbers={
            "impact": Estimate(16.6e6, 11.2e6, 81e3, 5.21e6, 13.9e6, 41.3e6, "deals"),
            "leverage": Estimate(14.2, 9.7, 0.07, 4.12, 11.8, 38.4, ""),
            "log10_leverage": Estimate(1.07, 0.28, 0.002, 0.615, 1.07, 1.58, ""),
        },
        charts=(
            _fan("cash", "Cash", "$", 4e5, 1.9e6, 0.5),
            _fan("recognised", "People who recognise her", "person", 2e4, 1.4e6, 0.6),
            _fan("trust", "Trust", "", 0.3, 0.78, 0.08),
            Chart(
                "hours",
                "area",
                "Where her hours go",
                "Chores and managing come first; what is left is work.",
                [
                    {"time": month, "series": use, "value": share * (1 + 0.2 * math.sin(month / 6 + phase))}
                    for month in MONTHS
                    for use, share, phase in HOURS
                ],
                "time (month)",
                "hours (hour/month)",
            ),
        ),
        warnings=("Cash fell to its floor in 3 % of the samples, first in month 7.",),
        notes=("41 of the model's 63 numbers are defaults of the mechanisms; half of the spread comes from them.",),
    )


HOURS = (
    ("writing", 110, 0.0),
    ("singing", 24, 1.0),
    ("chores", 60, 2.0),
    ("managing", 30, 3.0),
    ("publicity", 14, 4.0),
)


def diagnose_answer() -> Answer:
    """A diagnosis with the bottleneck tables and its timeline."""
    bottlenecks = [
        _bottleneck("hours of star", "hour", 8120, 2210, 19500, 0.91),
        _bottleneck("cash", "$", 1.31, 0.02, 4.4, 0.06),
        _bottleneck("seats for sound", "person", 31.0, 0.0, 144.0, 0.03),
        _bottleneck("trust", "%", 40210, 11900, 90400, 0.0),
        _bottleneck("members", "person", 12.2, -0.4, 51.0, 0.0),
    ]
    hours = [
        {"use": use, "hours": share * 36, "value_per_hour": value}
        for (use, share, _), value in zip(HOURS, (8120, 7900, 0.0, 310, 12400), strict=True)
    ]
    return _answer(
        "diagnose",
        "The star's own hours are the bottleneck: one more hour a month is worth 8,120 deals.",
        next_="leverwise plan superstar.yaml --budget $300k",
        numbers={"impact": Estimate(16.6e6, 11.2e6, 81e3, 5.21e6, 13.9e6, 41.3e6, "deals")},
        rows={"bottlenecks": bottlenecks, "hours": hours},
        charts=(
            Chart(
                "binding",
                "area",
                "What holds her back, and when",
                "Chance that each resource is the binding one, month by month.",
                [
                    {"time": month, "series": name, "value": value}
                    for month in MONTHS
                    for name, value in _binding(month).items()
                ],
                "time (month)",
                "chance of being the bottleneck",
            ),
            Chart(
                "marginals",
                "bars",
                "What one per cent more of each would bring",
                "Bars are means, whiskers the 5 to 95 % range over the samples.",
                [
                    {"label": "hours of star", "value": 181e3, "low": 60e3, "high": 402e3},
                    {"label": "trust", "value": 92e3, "low": 31e3, "high": 180e3},
                    {"label": "cash", "value": 14e3, "low": 200, "high": 48e3},
                    {"label": "members", "value": 2400, "low": -300, "high": 9000},
                ],
                "",
                "impact (deals)",
            ),
        ),
        notes=("She is rich in money and short of talent: buy infrastructure that frees her hours.",),
    )


def plan_answer() -> Answer:
    """A plan with a schedule over twelve quarters, two fans compared, and levers."""
    schedule = [
        _scheduled(lever, decision, index, start, value(index), unit)
        for lever, decision, unit, value in DECISIONS
        for index, start in enumerate(PERIODS)
    ]
    return _answer(
        "plan",
        "Hire the crew first, buy the studio in month 6, and stop paying for media once the fan club grows by itself.",
        next_="leverwise simulate superstar.yaml --plan plan.yaml",
        numbers={
            "objective": Estimate(24.9e6, 15.5e6, 0.11e6, 8.3e6, 21.4e6, 55.1e6, "deals"),
            "impact": Estimate(24.9e6, 15.5e6, 0.11e6, 8.3e6, 21.4e6, 55.1e6, "deals"),
            "leverage": Estimate(31.0, 20.1, 0.12, 9.1, 25.4, 74.0, ""),
            "log10_leverage": Estimate(1.4, 0.27, 0.002, 0.96, 1.4, 1.87, ""),
            "baseline_impact": Estimate(1.17e6, 0.4e6, 3e3, 0.6e6, 1.1e6, 2.0e6, "deals"),
            "even_split_impact": Estimate(9.9e6, 6.2e6, 44e3, 3.1e6, 8.4e6, 21.9e6, "deals"),
            "cash_shadow_price": Estimate(1.31, 1.2, 0.01, 0.02, 0.9, 4.4, "deals/$"),
        },
        rows={
            "schedule": schedule,
            "levers": [
                {"lever": "crew", "mechanism": "delegation", "spending": 612e3, "hours": 402.0},
                {"lever": "studio", "mechanism": "capital", "spending": 250e3, "hours": 0.0},
                {"lever": "media", "mechanism": "capital", "spending": 118e3, "hours": 0.0},
                {"lever": "fan club", "mechanism": "network", "spending": 0.0, "hours": 355.0},
            ],
        },
        charts=(
            Chart(
                "impact",
                "fan",
                "Impact so far: the plan against doing nothing",
                "The plan pulls ahead after a year, once the studio is in use.",
                [
                    *_fan_rows(0, 24.9e6, 0.6, "plan"),
                    *_fan_rows(0, 1.2e6, 0.3, "doing nothing"),
                ],
                "time (month)",
                "impact (deals)",
            ),
            Chart(
                "schedule",
                "steps",
                "The plan",
                "Each decision holds through its quarter.",
                [
                    {"time": time, "series": _series(row), "value": row["value"]}
                    for row in schedule
                    for time in ((row["start"],) if row["start"] < 33 else (33, 36))
                ],
                "time (month)",
                "",
            ),
            Chart(
                "spending",
                "line",
                "Spending by lever",
                "Wages carry the plan; the studio is one payment.",
                [
                    {"time": month, "series": name, "value": value}
                    for month in MONTHS
                    for name, value in (
                        ("crew", 17e3 if month > 3 else 5e3),
                        ("media", 8e3 * math.exp(-month / 10)),
                        ("fan club", 1e3 + 60 * month),
                    )
                ],
                "time (month)",
                "spending ($/month)",
            ),
        ),
        warnings=("Checked again at half the step: the objective moves by 0.2 %.",),
        notes=("The plan keeps its cash floor in 96 % of the samples (asked: 95 %).",),
    )


def skewed_chart() -> Chart:
    """Impact that starts at zero and whose upper end is far above its middle."""
    rows = [
        {"time": month, **{key: 1e6 * month**2 * math.exp(z * month / 16) for key, z in zip(KEYS, Z, strict=True)}}
        for month in MONTHS
    ]
    return Chart(
        "impact", "fan", "impact", "Impact so far: median, half and 90 %.", rows, "time (month)", "impact (deals)"
    )


def plain_answer() -> Answer:
    """A model of the plain layer: no levers, no units, one deterministic number."""
    return _answer(
        "simulate",
        "Impact is 1,164.5.",
        model="nerlove-arrow",
        next_="leverwise plan nerlove-arrow.yaml",
        numbers={"impact": Estimate(1164.508324, 0.0, 0.0, 1164.508324, 1164.508324, 1164.508324)},
        charts=(_fan("G", "G", "", 5.0, 30.0, 0.0),),
        samples=1,
    )


def awkward_answer() -> Answer:
    """Everything that breaks careless reports: NaN, infinities, markup, control characters, no data."""
    nan, inf = math.nan, math.inf
    return _answer(
        "simulate",
        "A [bold]headline[/bold] with </script><script>alert(1)</script> & \x1b[31mcolour",
        model='[red]x<y>&"z"',
        next_="leverwise plan 'a b.yaml'",
        numbers={"impact": Estimate(nan, inf, -inf, nan, 1e-9, 1e30, "$/month"), "x" * 90: Estimate(1, 1, 1, 1, 1, 1)},
        rows={
            "odd": [{"a": nan, "b": None, "c": True, "d": "[/]<b>"}, {"a": inf, "e": (1, 2)}],
            "empty": [],
        },
        charts=(
            Chart("none", "fan", "No rows", "Nothing.", [], "months", ""),
            Chart(
                "nan", "line", "Not a number", "Gaps.", [{"time": t, "series": "<a>", "value": nan} for t in range(3)]
            ),
            Chart("one", "bars", "One bar", "Alone.", [{"label": "x", "value": -3.0}], "", "loss ($)"),
        ),
        warnings=("[bold]5 % of samples[/bold] went NaN.",),
    )


def _answer(
    question: str,
    headline: str,
    *,
    next_: str,
    numbers: Mapping[str, Estimate],
    model: str = "superstar",
    rows: Mapping[str, Sequence[Mapping[str, Any]]] | None = None,
    charts: Sequence[Chart] = (),
    warnings: Sequence[str] = (),
    notes: Sequence[str] = (),
    samples: int = 4096,
) -> Answer:
    return Answer(
        question=question,
        headline=headline,
        model=model,
        sha256="9f2c" * 16,
        next=next_,
        numbers=numbers,
        rows=rows or {},
        charts=charts,
        warnings=warnings,
        provenance=Provenance("0.1.0", 0, samples, "float64", "cpu", {"load": 0.08, "compile": 0.61, "run": 0.42}),
        notes=notes,
    )


def _fan(name: str, title: str, unit: str, start: float, end: float, spread: float) -> Chart:
    caption = f"{title} over time: median, half and 90 % of the samples."
    y = f"{title} ({unit})" if unit else title
    return Chart(name, "fan", title, caption, _fan_rows(start, end, spread), "time (month)", y)


def _fan_rows(start: float, end: float, spread: float, series: str = "") -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = []
    for month in MONTHS:
        grown = 1 / (1 + math.exp(-(month - 22) / 6))
        middle = start + (end - start) * grown
        width = spread * month / 48
        values = [middle * math.exp(width * z) for z in Z]
        row: dict[str, Any] = {
            "time": month,
            **dict(zip(KEYS, values, strict=True)),
        }
        rows.append(row | {"series": series} if series else row)
    return rows


def _series(row: Mapping[str, Any]) -> str:
    return f"{row['lever']} {row['decision']} ({row['unit']})".removesuffix(" ()")


def _binding(month: int) -> dict[str, float]:
    cash = 0.7 * math.exp(-month / 8)
    seats = 0.5 * math.exp(-(((month - 20) / 7) ** 2))
    return {"cash": cash, "hours of star": max(0.0, 1 - cash - seats), "seats for sound": seats}


def _bottleneck(resource: str, unit: str, mean: float, p5: float, p95: float, chance: float) -> dict[str, Any]:
    return {
        "resource": resource,
        "unit": unit,
        "marginal_mean": mean,
        "marginal_p5": p5,
        "marginal_p95": p95,
        "binding_probability": chance,
    }


def _scheduled(lever: str | None, decision: str, index: int, start: float, value: float, unit: str) -> dict[str, Any]:
    return {"lever": lever, "decision": decision, "period": index, "start": start, "value": value, "unit": unit}


DECISIONS = (
    ("crew", "positions", "person", lambda i: min(3, i)),
    ("studio", "bought", "", lambda i: float(i == 2)),
    ("media", "spent", "$/month", lambda i: 8000 * math.exp(-i / 3)),
    ("fan club", "tending", "hour/month", lambda i: 4.0 + 2 * i),
    ("feud", "polarisation", "", lambda i: 0.0),
    ("manager", "positions", "person", lambda i: float(i > 4)),
)
