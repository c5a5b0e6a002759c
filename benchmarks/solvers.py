"""General solvers as peers of the planner: SLSQP, IPOPT (through CasADi), CMA-ES and Optuna, on one kind of problem.

All of them get more than they would usually have: a value and slope that are compiled before the clock starts.
"""

from __future__ import annotations

import warnings
from collections.abc import Callable
from dataclasses import dataclass
from time import perf_counter
from types import ModuleType
from typing import Any

import numpy as np
from scipy.optimize import minimize

from benchmarks.rows import MissingPeerError

Value = Callable[[np.ndarray], float]
Slope = Callable[[np.ndarray], tuple[float, np.ndarray]]


@dataclass(frozen=True)
class Problem:
    """Make a value large, between 0 and `most`, with a sum of at most `budget`."""

    size: int
    most: float
    budget: float | None
    slope: Slope
    """Value and derivative."""
    expression: Callable[[Any, ModuleType], Any]
    """The value from CasADi's symbols and CasADi."""
    exact_curvature: bool = True
    """Whether IPOPT gets second derivatives (where they cost more than they bring, it estimates them)."""
    begin: np.ndarray | None = None
    """Where to start; left out, the even split, or without a budget a tenth of the most."""

    @property
    def start(self) -> np.ndarray:
        """Where solvers start."""
        if self.begin is not None:
            return self.begin
        return np.full(self.size, 0.1 * self.most if self.budget is None else self.budget / self.size)


def casadi() -> ModuleType:
    """CasADi. Raises MissingPeerError."""
    try:
        import casadi as found
    except ImportError as error:
        raise MissingPeerError(f"CasADi can't be imported ({error}): pip install 'leverwise[bench]'") from error
    return found


def slope_of(size: int, expression: Callable[[Any, ModuleType], Any]) -> Slope:
    """Value and derivative by CasADi."""
    ca = casadi()
    x = ca.SX.sym("x", size)
    value = expression(x, ca)
    function = ca.Function("slope", [x], [value, ca.gradient(value, x)])

    def slope(at: np.ndarray) -> tuple[float, np.ndarray]:
        found, change = function(at)
        return float(found), np.asarray(change).ravel()

    return slope


class _OutOfTimeError(Exception):
    """A solver has had its seconds."""


def slsqp(problem: Problem, seconds: float = np.inf) -> Callable[[], np.ndarray]:
    """SciPy's sequential quadratic programming, ready to be called; after so many seconds, the best it has seen."""
    budget = problem.budget
    limits = () if budget is None else (
        {"type": "ineq", "fun": lambda x: budget - x.sum(), "jac": lambda x: -np.ones(problem.size)},
    )  # fmt: skip

    def solve() -> np.ndarray:
        begun, best, reached = perf_counter(), problem.start, -np.inf

        def negative(x: np.ndarray) -> tuple[float, np.ndarray]:
            nonlocal best, reached
            value, slope = problem.slope(np.maximum(x, 1e-12))
            if value > reached and (budget is None or x.sum() <= budget * (1 + 1e-9)):
                best, reached = x.copy(), value
            if perf_counter() - begun > seconds:
                raise _OutOfTimeError
            return -value, -slope

        options = {"maxiter": 1000, "ftol": 1e-10}
        bounds = [(0, problem.most)] * problem.size
        try:
            found = minimize(
                negative, problem.start, jac=True, bounds=bounds, constraints=limits, method="SLSQP", options=options
            ).x
        except _OutOfTimeError:
            found = best
        return np.clip(found, 0, problem.most)

    return solve


def ipopt(problem: Problem) -> Callable[[], np.ndarray]:
    """The interior-point solver, ready to be called."""
    ca = casadi()
    kind = ca.SX if problem.exact_curvature else ca.MX
    x = kind.sym("x", problem.size)
    task = {"x": x, "f": -problem.expression(x, ca)}
    limit: dict[str, Any] = {}
    if problem.budget is not None:
        task["g"] = ca.sum1(x)
        limit = {"ubg": problem.budget, "lbg": -ca.inf}
    options: dict[str, Any] = {"ipopt.print_level": 0, "print_time": False, "ipopt.sb": "yes", "ipopt.tol": 1e-7}
    if not problem.exact_curvature:
        options["ipopt.hessian_approximation"] = "limited-memory"
    solver = ca.nlpsol("solver", "ipopt", task, options)

    def solve() -> np.ndarray:
        found = solver(x0=problem.start, lbx=0, ubx=problem.most, **limit)
        return np.clip(np.asarray(found["x"]).ravel(), 0, problem.most)

    return solve


def cma_es(problem: Problem, seconds: float) -> Callable[[], np.ndarray]:
    """Evolution without slopes, for so many seconds at most."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # it misses matplotlib, which is not needed here
            import cma
    except ImportError as error:
        raise MissingPeerError(f"cma can't be imported ({error}): pip install 'leverwise[bench]'") from error

    def solve() -> np.ndarray:
        begun = perf_counter()
        options = {"verbose": -9, "seed": 1, "bounds": [0, problem.most], "tolfun": 1e-9, "tolx": 1e-9}
        search = cma.CMAEvolutionStrategy(problem.start, 0.3 * float(problem.start[0]), options)
        while not search.stop() and perf_counter() - begun < seconds:
            asked = search.ask()
            search.tell(asked, [-problem.slope(np.maximum(allowed(problem, x), 1e-12))[0] for x in asked])
        return allowed(problem, search.result.xbest)

    return solve


def tree_parzen(problem: Problem, seconds: float) -> Callable[[], np.ndarray]:
    """Optuna with its usual sampler, from the same start, for so many seconds; without slopes."""
    try:
        import optuna
    except ImportError as error:
        raise MissingPeerError(f"Optuna can't be imported ({error}): pip install 'leverwise[bench]'") from error
    optuna.logging.set_verbosity(optuna.logging.WARNING)
    names = [f"x{i}" for i in range(problem.size)]

    def worth(trial: Any) -> float:
        asked = np.array([trial.suggest_float(name, 0, problem.most) for name in names])
        return problem.slope(np.maximum(allowed(problem, asked), 1e-12))[0]

    def solve() -> np.ndarray:
        study = optuna.create_study(direction="maximize", sampler=optuna.samplers.TPESampler(seed=1))
        study.enqueue_trial(dict(zip(names, problem.start, strict=True)))
        study.optimize(worth, timeout=seconds)
        return allowed(problem, np.array([study.best_params[name] for name in names]))

    return solve


def allowed(problem: Problem, x: np.ndarray) -> np.ndarray:
    """What is asked, between its bounds; what exceeds the budget is scaled down to it."""
    kept = np.clip(x, 0, problem.most)
    total = kept.sum()
    return kept if problem.budget is None or total <= problem.budget else kept * (problem.budget / total)
