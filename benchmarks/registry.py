"""What is measured, in order of importance. A family is imported only when it is run."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from importlib import import_module

from benchmarks.rows import Row


@dataclass(frozen=True)
class Family:
    """Cases that belong together: a module with `rows()`."""

    name: str
    about: str
    asked: bool = False
    """Whether it is measured only when asked for by name."""
    goal: str = ""
    """The goal (see `goals`) of which the family holds a measure."""

    @property
    def rows(self) -> Callable[[], Iterator[Row]]:
        """Measures one row after the other."""
        found: Callable[[], Iterator[Row]] = import_module(f"benchmarks.{self.name}").rows
        return found


FAMILIES = (
    Family("start", "whole commands from the shell", goal="first answer"),
    Family("many", "many samples: time and peak memory"),
    Family("logistic", "60 months of noisy logistic growth, against NumPy", goal="logistic"),
    Family("native", "20 mechanisms x 120 steps x 100,000 samples, against C", goal="native"),
    Family("large", "300 variables x 400 steps x 1,000 samples, against C from the same description"),
    Family("phases", "load, compile, run and gradient of each example; shadow prices", goal="shadow prices"),
    Family("epidemic", "a stock-flow model, sample by sample, against PySD"),
    Family("fermi", "an estimate without time, 100,000 samples, against squigglepy"),
    Family("sobol", "Sobol indices that are known, against SALib and SciPy", goal="sobol indices"),
    Family("plan", "optima that are known, against SciPy, CasADi, CMA-ES and Optuna"),
    Family("information", "value of partial information, against nested Monte Carlo", goal="information"),
    Family("risk", "optima under risk, against SciPy on the closed form"),
    Family("whole", "whole purchases under several limits, against HiGHS"),
    Family("shaped", "a budget over S-shaped returns, against SciPy from one and from many starts", goal="shaped"),
    Family("budget", "192 and 832 decisions on 500 draws, against SciPy, CasADi, CMA-ES and Optuna", goal="budget"),
    Family("rivals", "plans of the examples, against long searches that begin from them (an hour)", asked=True),
)


def chosen(names: list[str]) -> list[Family]:
    """The families of these names, in the registry's order; all if there are none. Raises ValueError."""
    known = {family.name for family in FAMILIES}
    unknown = [name for name in names if name not in known]
    if unknown:
        raise ValueError(f"no such case: {', '.join(unknown)}. There are: {', '.join(f.name for f in FAMILIES)}")
    return [family for family in FAMILIES if family.name in names or not (names or family.asked)]
