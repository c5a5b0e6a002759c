"""What may be seen when a period opens: stocks, and what rests on stocks and values alone.

Decisions, noise and delays are not seen, since what opens with the period is not known before it, nor a drawn value by
itself. What rests on a stock and on drawn values is seen as what it comes to: the author, who names it, says by that
that someone could know it. Whether a threshold has been crossed is seen as 0 or 1.
"""

from __future__ import annotations

from dataclasses import replace

from leverwise.errors import did_you_mean
from leverwise.lang.context import Context
from leverwise.lang.declarations import PlanDeclaration
from leverwise.lang.finish import variables
from leverwise.lang.system import Call, Expression, Name, Number, System, walk

HIDDEN = frozenset({"noise", "delay_fixed", "at_start", "in_service"})
"""Functions that tell of more than the state."""
LONGEST = 2000
"""Most parts of an expression that is seen."""


class UnseenError(Exception):
    """Says why a variable can't be seen."""


class Seeing:
    """What can be seen of one system."""

    def __init__(self, system: System) -> None:
        self.auxiliaries = {auxiliary.name: auxiliary for auxiliary in system.auxiliaries}
        self.stocks = {stock.name for stock in system.stocks}
        self.decisions = {decision.name for decision in system.decisions}
        self._parts = 0

    def expression(self, name: str) -> Expression:
        """The variable in terms of stocks, values and time. Raises UnseenError."""
        if name in self.stocks:
            return Name(name)
        if name not in self.auxiliaries or self.auxiliaries[name].constant:
            raise UnseenError(f"`{name}` does not come of what happens: a rule sees stocks, and what rests on them")
        self._parts = 0
        found = self._opened(self.auxiliaries[name].value, name)
        if not any(isinstance(part, Name) and part.name in self.stocks for part in walk(found)):
            raise UnseenError(f"`{name}` rests on no stock, so that there is nothing to be learned from it")
        return found

    def _opened(self, expression: Expression, name: str) -> Expression:
        self._parts += 1
        if self._parts > LONGEST:
            raise UnseenError(f"`{name}` rests on too much to be seen")
        if isinstance(expression, Number):
            return expression
        if isinstance(expression, Name):
            if expression.name in self.decisions:
                raise UnseenError(f"`{name}` rests on the decision `{expression.name}` of the period that opens")
            known = self.auxiliaries.get(expression.name)
            return expression if known is None or known.constant else self._opened(known.value, name)
        if expression.function in HIDDEN:
            raise UnseenError(f"`{name}` rests on `{expression.function}`, which is not known when a period opens")
        if expression.function == "opening":
            return Name(str(expression.static[0]))
        if expression.function == "crossed":
            x, threshold = (self._opened(each, name) for each in expression.arguments[:2])
            return Call("if", (Call("ge", (x, threshold)), Number(1.0), Number(0.0)))
        return replace(expression, arguments=tuple(self._opened(each, name) for each in expression.arguments))


def in_sight(system: System) -> tuple[list[str], list[str]]:
    """Names to tell of what can be seen: stocks, and those of the whole that are worked out from stocks at once."""
    stocks = [stock.name for stock in system.stocks if stock.kind == "flow" and not stock.hidden]
    seeing, resting = Seeing(system), []
    for each in system.auxiliaries:
        if "." in each.name or not any(isinstance(part, Name) and part.name in stocks for part in walk(each.value)):
            continue
        try:
            seeing.expression(each.name)
        except UnseenError:
            continue
        resting.append(each.name)
    return stocks, resting


def read_react(plan: PlanDeclaration, system: System, context: Context) -> tuple[str, ...]:
    """The variables that rules may look at, as the author names them; what can't be seen is reported."""
    seeing, names, sound = Seeing(system), [], not len(context.problems)
    for written in plan.react:
        text = written.text.strip().replace(" ", "_")
        found = [name for _, name in variables(text, context)]
        if not found:
            hint = did_you_mean(text, [*seeing.stocks, *seeing.auxiliaries]) or _such_as(system)
            context.problems.at(written, "plan", f"there is no variable `{written.text}` to react to", hint=hint)
        for name in found if sound else ():
            try:
                seeing.expression(name)
                names.append(name)
            except UnseenError as error:
                context.problems.at(written, "plan", str(error), hint=_such_as(system))
    return tuple(dict.fromkeys(names))


def _such_as(system: System) -> str:
    stocks, resting = in_sight(system)
    like = ", such as " + " or ".join(f"`{name}`" for name in stocks[:2]) if stocks else ""
    return f"name a stock{like}{f', or what rests on stocks, such as `{resting[0]}`' if resting else ''}"
