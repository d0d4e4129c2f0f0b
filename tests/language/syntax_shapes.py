"""Syntax trees on one line, with all their structure in brackets."""

from __future__ import annotations

from typing import Any

from segrules.language import syntax


def shape(node: Any) -> str:
    """A tree with all its structure in parentheses."""
    match node:
        case syntax.Name(parts=parts):
            return ".".join(repr(part.text) if part.quoted else part.text for part in parts)
        case syntax.Constant(value=value):
            return repr(value) if isinstance(value, str | bool) else str(value)
        case syntax.Percent(value=value):
            return f"{value}"
        case syntax.Length(count=count, unit=unit):
            return f"{count}{unit}"
        case syntax.Ago(length=length):
            return f"ago({shape(length)})"
        case syntax.Moment(reading=reading):
            return reading
        case syntax.ListOf(items=items):
            return "[" + " ".join(shape(item) for item in items) + "]"
        case syntax.Parentheses(inner=inner):
            return f"<{shape(inner)}>"
        case syntax.Unary(operator=operator, operand=operand):
            return f"({operator} {shape(operand)})"
        case syntax.Logic(operator=operator, operands=operands):
            return f"({f' {operator} '.join(shape(operand) for operand in operands)})"
        case syntax.Arithmetic() | syntax.Comparison():
            return f"({shape(node.left)} {node.operator} {shape(node.right)})"
        case syntax.In(negated=negated, item=item, values=values):
            return f"({shape(item)} {'not ' * negated}in {shape(values)})"
        case syntax.Between(negated=negated, item=item, low=low, high=high):
            return f"({shape(item)} {'not ' * negated}between {shape(low)} {shape(high)})"
        case syntax.Is(item=item, state=state):
            return f"({shape(item)} {state})"
        case syntax.TextTest(test=test, negated=negated, left=left, right=right):
            return f"({shape(left)} {'not ' * negated}{test} {shape(right)})"
        case syntax.ListTest(quantity=quantity, negated=negated, left=left, right=right):
            return f"({shape(left)} {'not ' * negated}{quantity}-of {shape(right)})"
        case syntax.InWindow(item=item, window=window):
            return f"({shape(item)} {shape(window)})"
        case syntax.Trailing(direction=direction, length=length):
            return f"{direction}:{shape(length)}"
        case syntax.Calendar(which=which, unit=unit):
            return f"{which}:{unit}"
        case syntax.FromTo(low=low, high=high):
            return f"from:{shape(low)}..{shape(high)}"
        case syntax.Since(bound=bound):
            return f"since:{shape(bound)}"
        case syntax.Before(bound=bound):
            return f"before:{shape(bound)}"
        case syntax.Case(arms=arms, otherwise=otherwise):
            pairs = [f"{shape(condition)}->{shape(value)}" for condition, value in arms]
            return f"case({' '.join([*pairs, *([f'else {shape(otherwise)}'] if otherwise else [])])})"
        case syntax.Step(directly=directly, negated=negated, test=test):
            return f"{'directly-' * directly}then{'-not' * negated}:{shape(test)}"
        case syntax.Argument(value=value, direction=direction, alias=alias, keyword=keyword):
            named = f"{keyword.text}=" if keyword else ""
            return named + shape(value) + (f"-{direction}" if direction else "") + (f"~{alias.text}" if alias else "")
        case syntax.Call():
            words = [shape(argument) for argument in node.arguments]
            words += [f"where:{shape(node.where)}"] if node.where else []
            words += [shape(step) for step in node.steps]
            words += [shape(node.window)] if node.window else []
            words += [f"within:{shape(node.within)}"] if node.within else []
            words += [f"by:{shape(node.by)}"] if node.by else []
            return f"{node.function.text}({' '.join(words)})"
    raise AssertionError(node)
