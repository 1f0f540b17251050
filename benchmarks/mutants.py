"""Where a module can be made wrong on purpose, a fair draw of these places, and the module made wrong there.

The operators are cosmic-ray's, and three of our own beside them (`RemoveStatement`, `ReturnNone`, `NegateFurther`).
A place is drawn first and what is done to it second, so that a `+`, which eleven operators change, weighs no more than
an `if`. Left out is what no patient could ever notice: types, the arguments of `@dataclass` (frozen, slots), and
`is` for `==`, which are the same for the words we compare.
"""

from __future__ import annotations

import ast
import random
import warnings
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from cosmic_ray.ast import ast_nodes, get_ast
from cosmic_ray.mutating import mutate_code
from cosmic_ray.operators.operator import Operator
from cosmic_ray.operators.provider import OperatorProvider
from parso.python.tree import Keyword, Name
from parso.tree import search_ancestor

Place = tuple[int, int]  # line, from 1, and column, from 0, in characters
NEED_ARGUMENTS = {"VariableReplacer", "VariableInserter"}
ALIKE = ({"Is", "Eq"}, {"IsNot", "NotEq"})
STARRED = {"parameters", "param", "argument", "lambdef", "testlist_star_expr"}  # where a star multiplies nothing
REMOVABLE = {"expr_stmt", "atom_expr", "raise_stmt", "del_stmt", "power"}


class RemoveStatement(Operator):  # type: ignore[misc]
    """An assignment, a call or a raise inside a function becomes `pass`."""

    def mutation_positions(self, node: Any) -> Iterator[tuple[Place, Place]]:
        if node.type == "simple_stmt" and node.children[0].type in REMOVABLE and search_ancestor(node, "funcdef"):
            yield node.children[0].start_pos, node.children[0].end_pos

    def mutate(self, node: Any, index: int) -> Any:
        first = node.children[0]
        node.children[0] = Name("pass", first.start_pos, first.get_first_leaf().prefix)
        return node

    @classmethod
    def examples(cls) -> tuple[()]:
        return ()


class ReturnNone(Operator):  # type: ignore[misc]
    """What is returned becomes None."""

    def mutation_positions(self, node: Any) -> Iterator[tuple[Place, Place]]:
        if node.type == "return_stmt" and node.children[1].get_code().strip() != "None":
            yield node.children[1].start_pos, node.children[1].end_pos

    def mutate(self, node: Any, index: int) -> Any:
        node.children[1] = Keyword("None", node.children[1].start_pos, " ")
        return node

    @classmethod
    def examples(cls) -> tuple[()]:
        return ()


class NegateFurther(Operator):  # type: ignore[misc]
    """The conditions that cosmic-ray's AddNot leaves alone: of `elif`, and of comprehensions."""

    def mutation_positions(self, node: Any) -> Iterator[tuple[Place, Place]]:
        for place in self._places(node):
            yield node.children[place].start_pos, node.children[place].end_pos

    def mutate(self, node: Any, index: int) -> Any:
        place = self._places(node)[index]
        condition = node.children[place]
        code = f"not ({condition.get_code().strip()})"
        node.children[place] = Name(code, condition.start_pos, " ")
        return node

    @staticmethod
    def _places(node: Any) -> list[int]:
        if node.type == "comp_if":
            return [1]
        if node.type == "if_stmt":
            return [place + 1 for place, child in enumerate(node.children) if child == "elif"]
        return []

    @classmethod
    def examples(cls) -> tuple[()]:
        return ()


@dataclass(frozen=True, slots=True)
class Mutant:
    """One way to make a module wrong: the how-manieth place of an operator, and the lines of the statement it is in."""

    module: str
    operator: str
    occurrence: int
    start: Place
    end: Place
    first: int
    last: int
    at_import: bool


def operators() -> dict[str, Operator]:
    """Every operator that is used, by name."""
    provider = OperatorProvider()
    known = {name: provider[name]() for name in provider if name not in NEED_ARGUMENTS and not _alike(name)}
    own = (RemoveStatement, ReturnNone, NegateFurther)
    return known | {each.__name__: each() for each in own}


def _alike(name: str) -> bool:
    words = set(name.removeprefix("ReplaceComparisonOperator_").split("_"))
    return name.startswith("ReplaceComparisonOperator_") and words in ALIKE


def mutants_of(module: str, source: str) -> list[Mutant]:
    """Every mutant of a module's text, in the order of the operators and then of the text."""
    nodes = list(ast_nodes(get_ast(source)))
    statements, unseen = _Statements(source), _unseen(source)
    found = []
    for name, operator in operators().items():
        places = (
            ((-1, -1), (-1, -1)) if _is_star(node) else place
            for node in nodes
            for place in operator.mutation_positions(node)
        )
        for occurrence, (start, end) in enumerate(places):
            if start[0] > 0 and not any(first <= start and end <= last for first, last in unseen):
                found.append(Mutant(module, name, occurrence, start, end, *statements.around(start)))
    return found


def _is_star(node: Any) -> bool:
    return node.type == "operator" and node.value in ("*", "**", "/") and node.parent.type in STARRED


def mutated(source: str, mutant: Mutant) -> str | None:
    """The module made wrong, or None where Python would not take it or would read the same."""
    text = mutate_code(source, operators()[mutant.operator], mutant.occurrence)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        try:
            tree = ast.parse(text)
            compile(text, mutant.module, "exec")
        except (SyntaxError, SyntaxWarning):
            return None
    return None if ast.dump(tree) == ast.dump(ast.parse(source)) else str(text)


def draw(module: str, source: str, wanted: int, seed: int) -> list[tuple[Mutant, str]]:
    """That many mutants of a module with their texts, no two of one place; the same ones for the same seed and text."""
    chance = random.Random(f"{seed} {module}")
    places: dict[tuple[Place, Place], list[Mutant]] = {}
    for mutant in mutants_of(module, source):
        places.setdefault((mutant.start, mutant.end), []).append(mutant)
    order = sorted(places)
    chance.shuffle(order)
    drawn: list[tuple[Mutant, str]] = []
    for place in order:
        if len(drawn) == wanted:
            break
        mutant = chance.choice(places[place])
        text = mutated(source, mutant)
        if text is not None:
            drawn.append((mutant, text))
    return drawn


def shares(places: dict[str, int], wanted: int) -> dict[str, int]:
    """How many mutants to draw of each module: by its places, and at least one where there is any."""
    total = sum(places.values())
    exact = {module: wanted * count / total for module, count in places.items() if count}
    shared = {module: max(1, int(share)) for module, share in exact.items()}
    for module in sorted(exact, key=lambda module: int(exact[module]) - exact[module]):
        if sum(shared.values()) >= wanted:
            break
        shared[module] += 1
    return shared


class _Statements:
    """The statements of a module, to tell which of its lines belong together."""

    def __init__(self, source: str) -> None:
        tree = ast.parse(source)
        self._ranges: list[tuple[int, int, bool]] = []
        self._collect(tree.body, at_import=True)

    def _collect(self, body: Iterable[ast.stmt], *, at_import: bool) -> None:
        for statement in body:
            last = statement.end_lineno or statement.lineno
            inner = [block for name in ("body", "orelse", "finalbody") for block in getattr(statement, name, [])]
            inner += [line for handler in getattr(statement, "handlers", []) for line in handler.body]
            if inner:
                last = max(statement.lineno, inner[0].lineno - 1)
            first = min([statement.lineno, *(each.lineno for each in getattr(statement, "decorator_list", []))])
            self._ranges.append((first, last, at_import))
            self._collect(inner, at_import=at_import and not isinstance(statement, ast.FunctionDef))

    def around(self, place: Place) -> tuple[int, int, bool]:
        """First and last line of the statement at a place, and whether it is run when the module is imported."""
        around = [each for each in self._ranges if each[0] <= place[0] <= each[1]]
        return min(around, key=lambda each: each[1] - each[0]) if around else (place[0], place[0], True)


def _unseen(source: str) -> list[tuple[Place, Place]]:
    """The stretches of a module's text that nobody could notice: types, and how dataclasses are made."""
    lines = source.splitlines()
    tree = ast.parse(source)
    nodes: list[ast.expr] = []
    for node in ast.walk(tree):
        if isinstance(node, ast.arg | ast.AnnAssign) and node.annotation:
            nodes.append(node.annotation)
        elif isinstance(node, ast.FunctionDef) and node.returns:
            nodes.append(node.returns)
        elif isinstance(node, ast.ClassDef):
            nodes += [each for each in node.decorator_list if "dataclass" in ast.unparse(each)]
    found = []
    for node in nodes:
        last, end = node.end_lineno or node.lineno, node.end_col_offset or 0
        found.append(((node.lineno, _column(lines, node.lineno, node.col_offset)), (last, _column(lines, last, end))))
    return found


def _column(lines: list[str], line: int, offset: int) -> int:
    return len(lines[line - 1].encode()[:offset].decode())
