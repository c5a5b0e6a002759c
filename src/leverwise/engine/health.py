"""Warnings about a run: numbers lost and bounds hit.

`step` marks, per sample and per step, which checks failed; here the marks become sentences.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from leverwise.engine.watch import Check
from leverwise.lang.system import System, Unit
from leverwise.units import amount


class Marks:
    """Failed checks, summed over chunks: samples per check, and the first step of each."""

    def __init__(self, checks: Sequence[Check], steps: int) -> None:
        self.checks = checks
        self.samples = np.zeros(len(checks), np.int64)
        self.first = np.full(len(checks), steps + 1, np.int64)

    def add(self, marks: np.ndarray, when: np.ndarray) -> None:
        """Count a chunk: marks (W, n) by sample, when (T+1, W) by step (of these samples; padding repeats one)."""
        for word in range(len(marks)):
            seen = int(np.bitwise_or.reduce(marks[word], initial=0))
            for bit in range(32):
                place = word * 32 + bit
                if seen >> bit & 1:
                    self.samples[place] += int(((marks[word] >> np.uint32(bit)) & np.uint32(1)).sum())
                    step = int(np.argmax((when[:, word] >> np.uint32(bit)) & np.uint32(1)))
                    self.first[place] = min(self.first[place], step + self.checks[place].delay)

    def warnings(self, system: System, samples: int) -> list[str]:
        """One sentence per failed check, lost numbers first (of them those that were lost first)."""
        clock = system.clock
        units: dict[str, Unit] = {i.name: i.unit for g in (system.stocks, system.auxiliaries) for i in g}
        bounds = {i.name: (i.low, i.high) for g in (system.stocks, system.auxiliaries) for i in g}
        stocks = {s.name for s in system.stocks}
        found = []
        failed = [(self.first[i], c, self.samples[i]) for i, c in enumerate(self.checks) if self.samples[i]]
        lost = min((first for first, check, _ in failed if check.kind == "lost"), default=None)
        for first, check, count in sorted(failed, key=lambda f: (f[1].kind != "lost", f[0])):
            at = show(first * clock.step, clock.unit)
            often = f"in {count:,} of {samples:,} sample{'s' * (samples != 1)}"
            if check.kind == "lost":
                if first == lost:
                    found.append(f"`{check.name}` stops being a finite number at time {at}, {often}")
                continue
            side = "below its least" if check.kind == "low" else "above its greatest"
            bound = bounds[check.name][0 if check.kind == "low" else 1] or 0.0
            held = " and was held there" if check.name in stocks else ""
            value = show(bound, units[check.name])
            found.append(f"`{check.name}` went {side} value {value}{held}, first at time {at}, {often}")
        return found


def show(value: float, unit: Unit) -> str:
    """A number in the unit it is shown in."""
    return amount(value / unit.factor, unit.text)
