"""A loaded model: its equations, the engine that runs them (made when first asked for), and the questions."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from time import perf_counter
from typing import TYPE_CHECKING, Any, Literal

from leverwise.ask.answer import Answer, Provenance
from leverwise.ask.seeds import BEYOND
from leverwise.errors import Lint, ModelError, Problem, did_you_mean
from leverwise.lang.system import System

if TYPE_CHECKING:
    from leverwise.ask.reading import Source
    from leverwise.ask.report import Report
    from leverwise.ask.schedules import Plan
    from leverwise.engine import Engine

Precision = Literal["float64", "float32"]
SAMPLES, SLOPES = 4096, 512
"""How many samples are run if nothing else is asked for, and of how many the slopes are taken."""
TOO_FEW = "give at least 1 sample, or leave it out"
Progress = Callable[[float, str], None]
"""Told the share done and what is being done."""


@dataclass(frozen=True)
class Model:
    """An equation system ready for questions. Make one with `load` or `from_system`.

    Settings of the plan (budget, objective, confidence) belong to the model; `plan(budget=...)` asks a changed copy.
    """

    system: System
    file: str = ""
    """How to name the model on a command line."""
    sha256: str = ""
    load_seconds: float = 0.0
    precision: Precision = "float64"
    settings: Mapping[str, str] = field(default_factory=dict)
    """What was set over the file."""
    origin: Any = None
    """What `load` was given, to load it again with other settings."""
    mechanisms: Mapping[str, str] | None = None
    """Mechanism of each lever; None for a system made by hand."""
    warnings: tuple[str, ...] = ()
    """What reading the model gave to think about."""
    beside: tuple[str, ...] = ()
    """Files that were read with the model: series, mechanisms of the author's own."""
    lints: tuple[Lint, ...] = ()
    """What can be run but is hardly meant."""

    @property
    def named(self) -> bool:
        """Whether `file` can be read again."""
        return bool(self.file) and isinstance(self.origin, str | Path)

    @cached_property
    def engine(self) -> Engine:
        """The engine of this system; compiles when it is first run."""
        from leverwise.engine import Engine

        return Engine(self.system, precision=self.precision)

    @cached_property
    def accountant(self) -> Engine:
        """An engine that also measures what each lever spends and takes (see `leverwise.ask.accounts`)."""
        from leverwise.ask.accounts import with_accounts
        from leverwise.ask.hours import uses_of
        from leverwise.engine import Engine

        uses = [use.variable for use in uses_of(self.system)]
        return Engine(with_accounts(self.system, tuple(self.levers), uses), precision=self.precision)

    @cached_property
    def levers(self) -> dict[str, str]:
        """Mechanism of each lever, in order."""
        if self.mechanisms is not None:
            return dict(self.mechanisms)
        named: dict[str, str] = {}
        groups = (self.system.values, self.system.decisions, self.system.stocks, self.system.auxiliaries)
        for group in groups:
            for item in group:
                if item.origin.lever and item.origin.mechanism:
                    named.setdefault(item.origin.lever, item.origin.mechanism)
        return {lever: named.get(lever, "") for lever in self.system.switches}

    def switched_off(self, off: Iterable[str]) -> dict[str, bool] | None:
        """The switches with some levers off, or None if there are none to switch off. Raises ModelError."""
        names = [name.strip().replace(" ", "_") for name in off]
        unknown = [name for name in names if name not in self.system.switches]
        if unknown:
            raise ModelError(
                Problem(f"the model has no lever `{name}`", None, did_you_mean(name, self.system.switches))
                for name in unknown
            )
        return {name: name not in names for name in self.system.switches} if names else None

    def alone(self) -> dict[str, bool]:
        """The switches with every lever off."""
        return dict.fromkeys(self.system.switches, False)

    def provenance(self, seed: int, samples: int, seconds: Mapping[str, float]) -> Provenance:
        """What is needed to get an answer again."""
        phases = {"load": self.load_seconds, "compile": seconds.get("compile", 0.0), "run": seconds.get("run", 0.0)}
        backend = str(getattr(self.engine, "backend", "cpu"))
        return Provenance(_version(), seed, samples, self.precision, backend, phases)

    def with_settings(self, settings: Mapping[str, str]) -> Model:
        """The model loaded again with further settings, `path: value` as for `--set`."""
        if not settings:
            return self
        if self.origin is None:
            raise ValueError("a model made from a bare system has no settings; change its `aim` instead")
        return _loaded(self.origin, self.file, {**self.settings, **settings}, self.precision)

    def __repr__(self) -> str:
        """One short line: the name, levers, decisions and horizon."""
        from leverwise.ask.short import in_short

        return f"<{in_short(self)}>"

    def _repr_html_(self) -> str:
        """The same for a notebook."""
        from html import escape

        return f"<p>{escape(repr(self)[1:-1])}</p>"

    def _asked(self, options: Mapping[str, Any], question: Callable[..., Any]) -> dict[str, Any]:
        """The options of a question, with the plan of each answer that is given as a `plan`. Raises TypeError."""
        from leverwise.ask.given import fail_if_unknown, without_answers

        fail_if_unknown(options, question, getattr(type(self), question.__name__))
        return without_answers(options, self.system)

    def simulate(self, samples: int = SAMPLES, seed: int = 0, **options: Any) -> Answer:
        """What will happen: see `leverwise.ask.simulate`."""
        from leverwise.ask.simulate import simulate

        _fail_if_none(samples, seed)
        return simulate(self, samples, seed, **self._asked(options, simulate))

    def diagnose(self, samples: int | None = None, seed: int = 0, **options: Any) -> Answer:
        """What holds the enterprise back: see `leverwise.ask.diagnose`.

        Unless `samples` says otherwise, slopes are taken of 512 of them, and impact is told of those of `simulate`.
        """
        from leverwise.ask.diagnose import diagnose

        _fail_if_none(SAMPLES if samples is None else samples, seed)
        if samples is None:
            return diagnose(self, SLOPES, seed, counted=SAMPLES, **self._asked(options, diagnose))
        return diagnose(self, samples, seed, **self._asked(options, diagnose))

    def plan(
        self,
        samples: int = SAMPLES,
        seed: int = 0,
        *,
        budget: str | float | None = None,
        objective: str | None = None,
        confidence: str | float | None = None,
        **options: Any,
    ) -> Answer:
        """What to do: see `leverwise.ask.plan`.

        `budget` is written as in a model file and on the command line: `$300k`. A bare number is one without a unit,
        which is refused where money counts in $.
        """
        from leverwise.ask.plan import plan

        _fail_if_none(samples, seed)
        asked = {"budget": budget, "objective": objective, "confidence": confidence}
        settings = {f"plan.{key}": _setting(key, value) for key, value in asked.items() if value is not None}
        try:
            asking = self.with_settings(settings)
        except ModelError as error:
            from leverwise.ask.commands import as_typed

            raise as_typed(error, [key for key, value in asked.items() if value is not None]) from None
        return plan(asking, samples, seed, **asking._asked(options, plan))

    def attribute(self, samples: int | None = None, seed: int = 0, **options: Any) -> Answer:
        """What made the difference: see `leverwise.ask.attribute`."""
        from leverwise.ask.attribute import attribute

        _fail_if_none(SAMPLES if samples is None else samples, seed)
        return attribute(self, samples, seed, **self._asked(options, attribute))

    def frontier(self, samples: int = SAMPLES, seed: int = 0, **options: Any) -> Answer:
        """What more money would make, or what care for bad luck costs: see `leverwise.ask.frontier`."""
        from leverwise.ask.frontier import frontier

        _fail_if_none(samples, seed)
        return frontier(self, samples, seed, **self._asked(options, frontier))

    def robust(self, samples: int = SAMPLES, seed: int = 0, **options: Any) -> Answer:
        """What breaks a plan, and what it loses against the best in each scenario: see `leverwise.ask.robust`."""
        from leverwise.ask.robust import robust

        _fail_if_none(samples, seed)
        return robust(self, samples, seed, **self._asked(options, robust))

    def compare(
        self,
        *others: Model | str | Path | Mapping[str, Any],
        plans: Plan | Answer | Sequence[Plan | Answer] = (),
        settings: Mapping[str, Any] | Sequence[Mapping[str, Any]] = (),
        samples: int = SAMPLES,
        seed: int = 0,
        progress: Progress | None = None,
        **options: Any,
    ) -> Answer:
        """How other models (or files), plans or settings of this one differ from it: see `leverwise.ask.compare`.

        `plans` (files, values by decision, answers to `plan`) and `settings` take one or several:
        `compare(settings={"money.start": "$600k"})`.
        """
        from leverwise.ask.compare import compare
        from leverwise.ask.given import without_answers
        from leverwise.ask.schedules import listed

        _fail_if_none(samples, seed)
        models = [other if isinstance(other, Model) else load(other, precision=self.precision) for other in others]
        changed = [settings] if isinstance(settings, Mapping) else list(settings)
        variants = [{path: str(value) for path, value in each.items()} for each in changed if each]
        self._asked(options, compare)
        told = without_answers({"plan": plans}, self.system)["plan"]
        return compare(self, models, samples, seed, plans=listed(told), settings=variants, progress=progress)

    def sensitivity(self, samples: int | None = None, seed: int = 0, **options: Any) -> Answer:
        """Which assumption carries the answer: see `leverwise.ask.sensitivity`.

        `samples` are base samples; left out, as many are taken as take some seconds.
        """
        from leverwise.ask.sensitivity import sensitivity

        _fail_if_none(SAMPLES if samples is None else samples, seed)
        return sensitivity(self, samples, seed, **self._asked(options, sensitivity))

    def information(self, samples: int = SAMPLES, seed: int = 0, **options: Any) -> Answer:
        """What is worth finding out before acting: see `leverwise.ask.information`."""
        from leverwise.ask.information import information

        _fail_if_none(samples, seed)
        return information(self, samples, seed, **self._asked(options, information))

    def explain(self, name: str, samples: int | None = None, seed: int = 0, **options: Any) -> Answer:
        """Where a variable, or a number of an answer, comes from: see `leverwise.ask.explain`."""
        from leverwise.ask.explain import explain

        _fail_if_none(SAMPLES if samples is None else samples, seed)
        return explain(self, name, samples, seed, **self._asked(options, explain))

    def map(self, samples: int | None = None, seed: int = 0, **options: Any) -> Answer:
        """Where each lever is the best one, two inputs varied: see `leverwise.ask.map`. Each cell has 256 samples."""
        from leverwise.ask import map as question

        count = question.SAMPLES if samples is None else samples
        _fail_if_none(count, seed)
        return question.map(self, count, seed, **self._asked(options, question.map))

    def report(self, samples: int | None = None, seed: int = 0, **options: Any) -> Report:
        """A plan, and what happens and what holds back under it: see `leverwise.ask.report`."""
        from leverwise.ask.report import report

        _fail_if_none(SAMPLES if samples is None else samples, seed)
        return report(self, samples, seed, **self._asked(options, report))


def load(
    source: str | Path | Mapping[str, Any],
    set: Mapping[str, Any] | None = None,
    precision: Precision = "float64",
    *,
    to_run: bool = False,
) -> Model:
    """Read a model file (or the same as a dict) and check it. Raises ModelError with every problem.

    `set` replaces entries, for example `{"money.start": "$600k"}`. `to_run` says that it will be run at once: where
    there is a second core, what that needs is then imported while the file is being read.
    """
    from leverwise.ask.reading import opened

    file = "" if isinstance(source, Mapping) else str(source)
    settings = {key: str(value) for key, value in (set or {}).items()}
    return _loaded(opened(source), file, settings, precision, _imported if to_run else None)


def _imported() -> None:
    from leverwise.engine import Engine

    Engine.import_all()


def _loaded(
    origin: Source,
    file: str,
    settings: Mapping[str, str],
    precision: Precision,
    meanwhile: Callable[[], object] | None = None,
) -> Model:
    from leverwise.ask.reading import checked

    begun = perf_counter()
    found = checked(origin, settings, meanwhile)
    seconds = perf_counter() - begun
    known = (found.mechanisms, found.warnings, tuple(path for path, _ in found.beside), found.lints)
    return Model(found.system, file, found.sha256, seconds, precision, settings, origin, *known)


def from_system(system: System, precision: Precision = "float64") -> Model:
    """A model of a system made by hand."""
    return Model(system, precision=precision)


def _fail_if_none(samples: int, seed: int) -> None:
    """Raise ModelError unless there is a sample to run, and a seed that is one."""
    problems = []
    if isinstance(samples, bool) or samples != int(samples) or samples < 1:
        problems.append(Problem(f"`samples` must be a whole number from 1 on, not {samples}", None, TOO_FEW))
    if isinstance(seed, bool) or seed != int(seed) or not 0 <= seed < BEYOND:
        message = f"`seed` must be a whole number from 0 to {BEYOND - 1}, not {seed}"
        problems.append(Problem(message, None, "leave it out"))
    if problems:
        raise ModelError(problems)


def _setting(key: str, value: str | float) -> str:
    return f"{value:.15g}" if key == "budget" and isinstance(value, int | float) else str(value)


def _version() -> str:
    from importlib.metadata import PackageNotFoundError, version

    try:
        return version("leverwise")
    except PackageNotFoundError:
        return "0"
