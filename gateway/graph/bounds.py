"""What a query may ask for, measured on its text before anything is looked up: cheap to refuse, however it is written.

First its words and signs are counted while it is read, then one walk over each definition gives depth, fields named,
aliases and how many values the answer could hold: a list counts as often as its `limit` says. Fragments are measured
once and counted where they are spread. Only then is it compared with the schema, which costs more.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from graphql import (
    DocumentNode,
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    GraphQLNamedType,
    GraphQLObjectType,
    GraphQLSchema,
    InlineFragmentNode,
    IntValueNode,
    OperationDefinitionNode,
    SelectionNode,
    SelectionSetNode,
    VariableNode,
    get_named_type,
    is_leaf_type,
)

from gateway.graph.texts import said
from kit.errors import BadRequest

MAX_TOKENS = 2_000
MAX_FIELDS = 300  # named in the text: comparing them with each other costs their square
MAX_ALIASES = 30
MAX_DEPTH = 15  # the question of all tools about the schema itself has 15
MAX_COST = 20_000
USUAL_LENGTH = 10  # of a list without a limit of its own: reasons, interventions, clusters
COUNTED_ABOVE = frozenset({"items"})  # lists whose limit stands at the field above them


@dataclass(frozen=True, slots=True)
class Size:
    """What a part of a query comes to."""

    depth: int = 0
    cost: int = 0

    def beside(self, other: "Size") -> "Size":
        return Size(max(self.depth, other.depth), self.cost + other.cost)


def refused(code: str, **values: Any) -> BadRequest:
    return BadRequest(said(code, **values), code=code, extra=values)


def check(
    schema: GraphQLSchema, document: DocumentNode, operation: OperationDefinitionNode, variables: Mapping[str, Any]
) -> Size:
    """Return what an operation comes to; raise BadRequest with the limit that it breaks."""
    _check_text(document)
    walk = _Walk(schema, document, variables)
    root = schema.get_root_type(operation.operation)
    size = walk.below(operation.selection_set, root, 0)
    if size.depth > MAX_DEPTH:
        raise refused("query_too_deep", limit=MAX_DEPTH)
    if size.cost > MAX_COST:
        raise refused("query_too_costly", limit=MAX_COST, cost=min(size.cost, 10**12))
    return size


def _check_text(document: DocumentNode) -> None:
    """Count what is written, fragments that are not used too: each is compared with the schema."""
    fields = aliases = 0
    waiting: list[tuple[SelectionSetNode, int]] = [
        (one.selection_set, 1)
        for one in document.definitions
        if isinstance(one, OperationDefinitionNode | FragmentDefinitionNode)
    ]
    while waiting:
        selections, depth = waiting.pop()
        if depth > MAX_DEPTH:
            raise refused("query_too_deep", limit=MAX_DEPTH)
        for one in selections.selections:
            fields += 1
            aliases += isinstance(one, FieldNode) and one.alias is not None
            inner = None if isinstance(one, FragmentSpreadNode) else getattr(one, "selection_set", None)
            if inner is not None:
                waiting.append((inner, depth + 1))
    if aliases > MAX_ALIASES:
        raise refused("too_many_aliases", limit=MAX_ALIASES)
    if fields > MAX_FIELDS:
        raise refused("too_many_fields", limit=MAX_FIELDS)


class _Walk:
    """Measures selections; remembers each fragment."""

    def __init__(self, schema: GraphQLSchema, document: DocumentNode, variables: Mapping[str, Any]) -> None:
        self._schema = schema
        self._variables = variables
        self._fragments = {
            one.name.value: one for one in document.definitions if isinstance(one, FragmentDefinitionNode)
        }
        self._measured: dict[str, Size | None] = {}  # None: being measured

    def below(self, selections: SelectionSetNode, parent: GraphQLNamedType | None, above: int) -> Size:
        size = Size()
        for one in selections.selections:
            size = size.beside(self._one(one, parent, above))
        return size

    def _one(self, one: SelectionNode, parent: GraphQLNamedType | None, above: int) -> Size:
        match one:
            case FieldNode():
                return self._field(one, parent, above)
            case InlineFragmentNode():
                condition = one.type_condition
                inner = self._schema.get_type(condition.name.value) if condition else parent
                return self.below(one.selection_set, inner, above)
            case FragmentSpreadNode():
                size = self._fragment(one.name.value)
                return Size(above + size.depth, size.cost)
        return Size()

    def _field(self, one: FieldNode, parent: GraphQLNamedType | None, above: int) -> Size:
        field = self._schema.get_field(parent, one.name.value) if isinstance(parent, GraphQLObjectType) else None
        kind = None if field is None else get_named_type(field.type)
        if one.selection_set is None or is_leaf_type(kind):
            return Size(above + 1, 1)
        inner = self.below(one.selection_set, kind, above + 1)
        return Size(max(inner.depth, above + 1), 1 + inner.cost * self._length(one, field))

    def _length(self, one: FieldNode, field: Any) -> int:
        """Return how many items a field may have: its limit, or a usual number where a list has none."""
        if field is None:
            return 1
        if "limit" in field.args:
            given = next((argument.value for argument in one.arguments or () if argument.name.value == "limit"), None)
            return max(1, self._number(given, field.args["limit"].default_value))
        kind = str(field.type)
        of_schema = "__" in kind  # about the schema itself: its size is ours, and a rule bounds its depth
        return USUAL_LENGTH if "[" in kind and not of_schema and one.name.value not in COUNTED_ABOVE else 1

    def _number(self, given: Any, default: Any) -> int:
        value = default
        if isinstance(given, IntValueNode):
            value = int(given.value)
        elif isinstance(given, VariableNode):
            value = self._variables.get(given.name.value, default)
        return value if isinstance(value, int) else int(default or USUAL_LENGTH)

    def _fragment(self, name: str) -> Size:
        fragment = self._fragments.get(name)
        if fragment is None:
            return Size()  # the schema's rules say that it is missing
        if name not in self._measured:
            self._measured[name] = None
            inner = self._schema.get_type(fragment.type_condition.name.value)
            self._measured[name] = self.below(fragment.selection_set, inner, 0)
        size = self._measured[name]
        if size is None:
            raise refused("fragment_cycle", name=name)
        return size
