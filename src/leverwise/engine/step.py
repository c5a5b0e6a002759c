"""From the start to the end: one pure function of a chunk of rows, stepping with `lax.scan`.

One pass of the scan takes one step: stage by stage it reads the auxiliaries, then moves the stocks. Decisions, noise,
purchases in service and nudges are constant within a step; the time and the stocks advance from stage to stage. The
scan makes one pass more than there are steps, of length zero, in which the variables at the final time are
read: so the equations are compiled once per stage and no more.

Impact is an integral like any stock, of the discounted rate. With Euler and a step of 1 it is the sum over
t = 0 ... T-1. A stock with bounds is kept inside them after each step and between stages; steps in which it would have
left them are marked in a bit mask per row, from which `health` makes warnings.

Purchases in service count for the fraction of each step that lies within their life, which starts with a step, so that
a purchase serves exactly as long as its life whatever the method.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import cached_property
from typing import Any, NamedTuple

import jax
import numpy as np
from jax import lax

from leverwise.engine.compile import Given, Moment
from leverwise.engine.delay import Delay, places, written
from leverwise.engine.guards import fence
from leverwise.engine.inputs import Inputs, constants, decided, nudged, paths, values
from leverwise.engine.layout import EXTREMES, IMPACT, Layout
from leverwise.engine.normal import normal
from leverwise.engine.ops import Ops, Rows, row_of, rows_of, spread, stacked, uniform
from leverwise.engine.segments import in_segments
from leverwise.engine.stages import looped
from leverwise.engine.watch import checks
from leverwise.lang.system import Stock, names_in

STAGES = {"euler": (0.0,), "heun": (0.0, 1.0), "rk4": (0.0, 0.5, 0.5, 1.0)}
"""The stage times of each method, in steps. Each stage starts from the slope of the one before."""
WEIGHTS = {"euler": (1.0,), "heun": (0.5, 0.5), "rk4": (1 / 6, 1 / 3, 1 / 3, 1 / 6)}


class Outputs(NamedTuple):
    """What a chunk gives."""

    measures: Any
    """(m, n)"""
    trajectories: Any
    """(T+1, R, n) of the recorded names"""
    marks: Any
    """(W, n) uint32: by row, which checks failed"""
    when: Any
    """(T+1, W) uint32: by step, which checks failed in some row"""


class _Carry(NamedTuple):
    stocks: tuple[Rows, ...]
    rings: tuple[Rows, ...]
    marks: Rows
    """(W, n)"""
    measures: tuple[Rows, ...]


_Fresh = tuple[Any, Any] | None
_Scope = Callable[[], tuple[dict[str, Rows], Given]]


class Stepper:
    """Builds the function of one chunk. `recorded=False` leaves trajectories out, `guarded` is for gradients.

    The one with trajectories serves the first answer, and so is made to compile quickly.
    """

    def __init__(self, layout: Layout, dtype: Any, *, guarded: bool = False, recorded: bool = True) -> None:
        clock = layout.system.clock
        self.layout, self.system, self.clock = layout, layout.system, clock
        self.dtype = np.dtype(dtype)
        self.guarded = guarded
        self.recorded = layout.record if recorded else ()
        offset = 1.0 if clock.method == "euler" else 0.5
        self.ops = Ops(dtype, guarded=guarded, quick=recorded, offset=offset, step=clock.step)
        self.checks = checks(layout, dtype)
        self.words = (len(self.checks) + 31) // 32

    @property
    def loops(self) -> bool:
        """Whether stages are gone through in a loop, to compile less.

        Heun's two, written out in a small system, give the same bits: weights are powers of two, products are fenced.
        """
        written_out = self.layout.delays or (self.clock.method == "heun" and self.layout.small)
        return len(STAGES[self.clock.method]) > 1 and not written_out

    @cached_property
    def kept(self) -> frozenset[str]:
        """What is used of the start of a step besides its slopes: recorded, watched, or part of a measure."""
        system = self.system
        others = [s.change for s in system.stocks if s.kind in EXTREMES] + [m.value for m in system.measures]
        others += [system.final] if system.final is not None else []
        named = {name for expression in others for name in names_in(expression)}
        return frozenset(named | set(self.recorded) | {check.name for check in self.checks if not check.delay})

    @cached_property
    def needed(self) -> tuple[frozenset[str], frozenset[str]]:
        """Auxiliaries to read at the start of a step, and at its later stages."""
        flows = [s.change for s in self.system.stocks if s.kind == "flow"] + [self.system.impact]
        later = {name for expression in flows for name in names_in(expression)}
        return self.layout.needed(self.kept | later), self.layout.needed(later)

    def __call__(self, inputs: Inputs) -> Outputs:
        """Run one chunk."""
        rows = inputs.index.shape[0]
        fixed = constants(self.layout, self.ops, inputs)
        segment = self.layout.segment if self.guarded else 1
        steps, slow = paths(self.layout, self.ops, inputs, fixed, segment)
        carry = self._start(fixed, inputs, steps | slow, rows)

        def body(carry: _Carry, x: dict[str, Any]) -> tuple[_Carry, tuple[Any, Any]]:
            return self._step(carry, x, fixed, inputs, rows)

        if self.guarded and not self.loops:
            body = jax.checkpoint(body)  # type: ignore[no-untyped-call, unused-ignore]
        carry, (trajectories, when) = in_segments(body, carry, steps, slow, segment)
        return Outputs(stacked(carry.measures, rows, self.dtype), trajectories, carry.marks, when)

    def _scope(self, x: Mapping[str, Any], inputs: Inputs, fixed: Mapping[str, Rows], fresh: _Fresh) -> _Scope:
        """Reads what has one value all through a step, anew wherever it is called: see `values`."""

        def read() -> tuple[dict[str, Rows], Given]:
            names = values(self.layout, inputs) | dict(fixed)
            names |= decided(self.layout, names, x) | {"t": x["time"]}
            return names, self._given(x, inputs, names, fresh)

        return read

    def _fresh(self, x: Mapping[str, Any], inputs: Inputs) -> _Fresh:
        """Noise of one step, (J, n) uniform and normal."""
        if not self.layout.noises:
            return None
        number = lax.convert_element_type(x["number"], np.uint32)
        fresh = fence(uniform(inputs.keys, inputs.index, number, self.dtype))
        return fresh, fence(normal(fresh)) if any(f != "uniform" for _, f in self.layout.noises) else fresh

    def _given(self, x: Mapping[str, Any], inputs: Inputs, known: Mapping[str, Rows], fresh: _Fresh) -> Given:
        """The inputs of one step."""
        layout = self.layout
        given = Given(x["time"])
        for column, decision in enumerate(self.system.decisions):
            given.first = {**given.first, decision.name: lax.index_in_dim(x["first"], column, 0, keepdims=False)}
        if fresh:
            given.noise = {
                key: row_of(fresh[family != "uniform"], place) for place, (key, family) in enumerate(layout.noises)
            }
        if layout.steady_services:
            given.service = dict(zip(layout.steady_services, rows_of(x["services"]), strict=True))
        varying = {str(c.static[0]) for c in layout.services if c not in given.service and len(c.static) == 1}
        given.bought = {name: self._bought(name, inputs, known) for name in varying}
        nudges = nudged(self.layout, x)
        for resource, auxiliary in self.system.capacities if nudges else ():
            old, amount = given.capacity.get(auxiliary), nudges[resource]
            given.capacity = {**given.capacity, auxiliary: amount if old is None else lax.add(old, amount)}
        return given

    def _bought(self, name: str, inputs: Inputs, fixed: Mapping[str, Rows]) -> tuple[Rows, ...]:
        decision = next(d for d in self.system.decisions if d.name == name)
        slot = self.layout.slots[name]
        amounts = tuple(row_of(inputs.decisions, row) for row in range(slot.start, slot.stop))
        if decision.switch:
            amounts = tuple(lax.mul(amount, fixed[f"{decision.switch}.on"]) for amount in amounts)
        return amounts

    def _start(self, fixed: Mapping[str, Rows], inputs: Inputs, steps: Mapping[str, Any], rows: int) -> _Carry:
        """Stocks at time 0, empty delays, no marks."""
        layout = self.layout
        x = {name: lax.index_in_dim(path, 0, 0, keepdims=False) for name, path in steps.items()}
        names, given = self._scope(x, inputs, fixed, self._fresh(x, inputs))()
        given.delayed = {key: _constantly(self.ops.number(start)) for key, _, start in layout.delays}
        moment = Moment(layout, self.ops, names, given, x["number"])
        by_name = {stock.name: stock for stock in self.system.stocks}
        auxiliaries = {a.name: a.value for a in self.system.auxiliaries}
        for name in layout.unread_extremes:
            moment.names[name] = self.ops.number(np.inf if by_name[name].kind == "lowest" else -np.inf)
        for name in layout.starting:
            if name in moment.names:
                continue
            if name in by_name:
                moment.names[name] = self._inside(by_name[name], moment.number(by_name[name].start))
            else:
                moment.read_one(name, auxiliaries[name])
        stocks = [spread(moment.names[stock.name], (rows,)) for stock in self.system.stocks]
        rings = tuple(
            lax.full((places(lag / self.clock.step), rows), start, self.dtype) for _, lag, start in layout.delays
        )
        zero = lax.full((rows,), 0, self.dtype)
        marks = lax.full((self.words, rows), 0, np.uint32)
        return _Carry((*stocks, zero), rings, marks, (zero,) * (1 + len(self.system.measures)))

    def _inside(self, stock: Stock, value: Rows) -> Rows:
        if stock.low is not None:
            value = self.ops.most(value, self.ops.number(stock.low))
        if stock.high is not None:
            value = self.ops.least(value, self.ops.number(stock.high))
        return value

    def _step(
        self, carry: _Carry, x: Mapping[str, Any], fixed: Mapping[str, Rows], inputs: Inputs, rows: int
    ) -> tuple[_Carry, tuple[Any, Any]]:
        """One step: the new carry, and what is recorded at its start."""
        ops, system = self.ops, self.system
        nudges = nudged(self.layout, x)
        begin = [
            lax.add(rows, nudges[stock.nudge]) if stock.nudge and nudges else rows
            for stock, rows in zip(system.stocks, carry.stocks, strict=False)
        ] + [carry.stocks[-1]]
        scope = self._scope(x, inputs, fixed, self._fresh(x, inputs))
        begin = self._held(begin, x, scope, rows)
        first, sums = (self._looped if self.loops else self._unrolled)(carry, x, scope, begin, rows)
        extremes = {s.name: self._extreme(s, first) for s in system.stocks if s.kind in EXTREMES}
        first.names |= extremes
        moved = [fence(each) for each in self._move(begin, sums, x["span"], rows, inside=False)]
        end = [self._inside(stock, rows) for stock, rows in zip(system.stocks, moved, strict=False)] + [moved[-1]]
        for position, stock in enumerate(system.stocks):
            if stock.name in extremes:
                moved[position] = end[position] = spread(extremes[stock.name], (rows,))
        marks = self._marks(first, moved, rows)
        measures = tuple(spread(value, (rows,)) for value in self._measures(first))
        rings = tuple(
            written(ring, spread(first.inputs[key], (rows,)), x["number"]) if key in first.inputs else ring
            for ring, (key, _, _) in zip(carry.rings, self.layout.delays, strict=True)
        )
        recorded = stacked(tuple(spread(ops.real(first.names[n]), (rows,)) for n in self.recorded), rows, self.dtype)
        when = lax.reduce(marks, np.uint32(0), lax.bitwise_or, (1,))
        return _Carry(tuple(end), rings, lax.bitwise_or(carry.marks, marks), measures), (recorded, when)

    def _held(self, begin: list[Rows], x: Mapping[str, Any], scope: _Scope, rows: int) -> list[Rows]:
        """The stocks when the step opens, those that are held at what they hold from here on."""
        stocks = self.system.stocks
        if all(stock.kind != "held" for stock in stocks):
            return begin
        known, given = scope()
        given.opening = self._named(begin)
        moment = Moment(self.layout, self.ops, known | self._named(begin), given, x["number"])
        held = list(begin)
        for position, stock in enumerate(stocks):
            if stock.kind == "held":
                moment.read(self.layout.needed(names_in(stock.change)))
                held[position] = fence(spread(moment.number(stock.change), (rows,)))
                moment.names[stock.name] = held[position]
        return held

    def _unrolled(
        self, carry: _Carry, x: Mapping[str, Any], scope: _Scope, begin: list[Rows], rows: int
    ) -> tuple[Moment, list[Rows]]:
        """The variables at the start of the step, and the weighted slopes, stage by stage."""
        ops = self.ops
        known, given = scope()
        given.opening = self._named(begin)
        place, slopes = begin, list[Rows]()
        sums: list[Rows] = [None] * len(begin)
        first: Moment | None = None
        for fraction, weight in zip(STAGES[self.clock.method], WEIGHTS[self.clock.method], strict=True):
            if first is not None:
                place = self._move(begin, slopes, lax.mul(x["span"], ops.number(fraction)), rows)
                known["t"] = lax.add(x["time"], lax.mul(x["span"], ops.number(fraction)))
            given.delayed = self._delays(carry, x["number"], fraction, first)
            moment = Moment(self.layout, ops, known | self._named(place), given, x["number"])
            moment.read(self.needed[0] if first is None else self.needed[1])
            apart = zip(self._slopes(moment), self.layout.products, strict=True)
            slopes = [fence(slope) if ends and slope is not None else slope for slope, ends in apart]
            sums = [self._weighted(total, slope, weight) for total, slope in zip(sums, slopes, strict=True)]
            first = first or moment
        assert first is not None
        return first, sums

    def _looped(
        self, carry: _Carry, x: Mapping[str, Any], scope: _Scope, begin: list[Rows], rows: int
    ) -> tuple[Moment, list[Rows]]:
        """The same in a loop over the stages, for systems without fixed delays."""
        ops, stocks = self.ops, self.system.stocks
        known, given = scope()
        given.opening = self._named(begin)
        moving = [i for i in range(len(begin)) if i == len(stocks) or stocks[i].kind == "flow"]
        names = sorted(self.kept - known.keys() - {s.name for s in stocks} - {IMPACT})

        def filled(some: Sequence[Rows]) -> list[Rows]:
            full = list(begin)
            for position, rows_ in zip(moving, some, strict=True):
                full[position] = rows_
            return full

        def equations(place: Sequence[Rows], fraction: Rows) -> tuple[list[Rows], list[Rows]]:
            time = lax.add(x["time"], lax.mul(x["span"], fraction))
            known, given = scope()
            given.opening = self._named(begin)
            moment = Moment(self.layout, ops, known | {"t": time} | self._named(filled(place)), given, x["number"])
            moment.read(self.needed[0])
            return [slope for slope in self._slopes(moment) if slope is not None], [moment.names[n] for n in names]

        def move(place: Sequence[Rows], slopes: Sequence[Rows], fraction: Rows) -> list[Rows]:
            moved = self._move(
                filled(place), [*_placed(slopes, moving, len(begin))], lax.mul(x["span"], fraction), rows
            )
            return [moved[i] for i in moving]

        start = [begin[i] for i in moving]
        method = self.clock.method
        sums, at_first = looped(ops, equations, start, move, STAGES[method], WEIGHTS[method], rows)
        first = Moment(self.layout, ops, known | self._named(begin), given, x["number"])
        first.names |= dict(zip(names, at_first, strict=True))
        return first, _placed(sums, moving, len(begin))

    def _named(self, stocks: list[Rows]) -> dict[str, Rows]:
        return {s.name: rows for s, rows in zip(self.system.stocks, stocks, strict=False)} | {IMPACT: stocks[-1]}

    def _slopes(self, moment: Moment) -> list[Rows]:
        """Change per time of every stock (None for extremes), and last of the impact."""
        slopes = [moment.number(s.change) if s.kind == "flow" else None for s in self.system.stocks]
        rate = moment.number(self.system.impact)
        return [*slopes, lax.mul(rate, self._discount(moment.names["t"]))]

    def _discount(self, time: Rows) -> Rows:
        if not self.system.discount:
            return self.ops.number(1)
        return lax.exp(lax.mul(time, self.ops.number(-self.system.discount)))

    def _move(self, begin: list[Rows], slopes: list[Any], span: Rows, rows: int, *, inside: bool = True) -> list[Rows]:
        moved = []
        for position, (stock, slope) in enumerate(zip(begin, slopes, strict=True)):
            if slope is not None:
                stock = spread(lax.add(stock, lax.mul(slope, span)), (rows,))
                if inside and position < len(self.system.stocks):
                    stock = self._inside(self.system.stocks[position], stock)
            moved.append(stock)
        return moved

    def _weighted(self, total: Rows, slope: Rows, weight: float) -> Rows:
        if slope is None:
            return None
        part = lax.mul(slope, self.ops.number(weight))
        return part if total is None else lax.add(total, part)

    def _extreme(self, stock: Stock, moment: Moment) -> Rows:
        pick = self.ops.least if stock.kind == "lowest" else self.ops.most
        return pick(moment.names[stock.name], moment.number(stock.change))

    def _measures(self, moment: Moment) -> list[Rows]:
        """The measures as they would be if the run ended here."""
        impact = moment.names[IMPACT]
        if self.system.final is not None:
            final = lax.mul(moment.number(self.system.final), self._discount(moment.names["t"]))
            impact = lax.add(impact, final)
        moment.names[IMPACT] = impact
        return [impact, *(moment.number(m.value) for m in self.system.measures)]

    def _marks(self, first: Moment, moved: list[Rows], rows: int) -> Rows:
        """(W, n) which checks fail in this step, as bits."""
        ops = self.ops
        later = self._named(moved)
        words: list[Rows] = [lax.full((rows,), 0, np.uint32) for _ in range(self.words)]
        bounds = {i.name: (i.low, i.high) for g in (self.system.stocks, self.system.auxiliaries) for i in g}
        for bit, check in enumerate(self.checks):
            value = lax.stop_gradient(later[check.name] if check.delay else first.names[check.name])
            if check.kind == "lost":
                failed = lax.bitwise_not(lax.is_finite(value))
            elif check.kind == "low":
                failed = lax.lt(value, ops.number((bounds[check.name][0] or 0.0) - check.tolerance))
            else:
                failed = lax.gt(value, ops.number((bounds[check.name][1] or 0.0) + check.tolerance))
            word = words[bit // 32]
            marked = lax.bitwise_or(word, np.uint32(1 << bit % 32))
            words[bit // 32] = lax.select(spread(failed, (rows,)), marked, word)
        return stacked(tuple(words), rows, np.uint32)

    def _delays(
        self, carry: _Carry, number: Rows, fraction: float, first: Moment | None
    ) -> dict[str, Callable[[Rows], Rows]]:
        found: dict[str, Callable[[Rows], Rows]] = {}
        for ring, (key, lag, start) in zip(carry.rings, self.layout.delays, strict=True):
            begun = None if first is None else _input_of(first, key)
            found[key] = Delay(self.ops, ring, number, fraction, lag / self.clock.step, start, begun)
        return found


def _placed(some: Sequence[Rows], positions: Sequence[int], size: int) -> list[Rows]:
    """A list of `size` with some entries filled and None elsewhere."""
    full: list[Rows] = [None] * size
    for position, rows in zip(positions, some, strict=True):
        full[position] = rows
    return full


def _input_of(moment: Moment, key: str) -> Callable[[], Rows]:
    return lambda: moment.inputs[key]


def _constantly(value: Rows) -> Callable[[Rows], Rows]:
    return lambda _: value
