"""Rows of a table read column by column: what the wire says of a column's different values holds for all its cells.

Only rows that are plainly good are read so, of kinds that come in bulk; whatever there is a doubt about is left to be
read for itself, which says what is wrong with it. Both ways lead to the same rows.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import cache
from itertools import repeat, zip_longest
from typing import Any, Protocol, TypeAlias

from pydantic import TypeAdapter, ValidationError

from services.crm.domain import Item, Reference
from services.crm.schemas.files.identity import ROWS
from services.crm.schemas.rows import ReferenceIn

KINDS = frozenset({"contacts", "interactions"})  # their models have no rule about several fields but that of identity
NAMED = frozenset({"source", "external_id"})
DOUBT = object()  # in the place of a value that is not plainly good

Adapter: TypeAlias = TypeAdapter[list[Any]]
Values: TypeAlias = Sequence[Any]


class Column(Protocol):
    """What is asked of a table's column: the field it is, or is a part of, and how its cells are read."""

    @property
    def whole(self) -> str: ...
    @property
    def part(self) -> str: ...
    @property
    def read(self) -> Callable[[str], Any]: ...


def can_read(kind: str, columns: Sequence[Column | None]) -> bool:
    """Whether each column is a field or half a reference; an object made of cells is judged as a whole."""
    return kind in KINDS and all(_is_reference(kind, one.whole) for one in columns if one is not None and one.part)


def _is_reference(kind: str, name: str) -> bool:
    try:
        _field_adapter(kind, name).validate_python([{"source": "any", "external_id": "any"}])
    except ValidationError:
        return False
    return name != "custom"


def read_columns(
    kind: str, source: str, columns: Sequence[Column | None], lines: Sequence[tuple[int, Sequence[str]]]
) -> Iterator[Item | None]:
    """Yield for each line the row it is plainly, or None; `source` is whose ids they are where the file does not say.

    Plainly a row is named by an external id, has no more cells than there are columns, and every cell is good.
    """
    fields = _fields(kind, columns, [cells for _, cells in lines])
    fields.setdefault("source", [None] * len(lines))
    doubtful = _doubtful(fields, columns, lines)
    names = [name for name in fields if name not in NAMED]
    rows = zip(*(fields[name] for name in names), strict=True) if names else repeat((), len(lines))
    named = zip(fields["source"], fields.get("external_id", [None] * len(lines)), strict=True)
    for number, ((line, _), (given, external_id), values) in enumerate(zip(lines, named, rows, strict=True)):
        if external_id is None or number in doubtful:
            yield None
            continue
        owner = given or source
        patch = {name: value for name, value in zip(names, values, strict=True) if value is not None}
        patch |= {"source": owner, "external_id": external_id}
        yield Item(line, Reference(None, owner, external_id), patch)


def _fields(kind: str, columns: Sequence[Column | None], rows: Sequence[Sequence[str]]) -> dict[str, Values]:
    """Return the values of each field, None where a row has none; a reference is made of its two parts."""
    fields: dict[str, Values] = {}
    parts: dict[str, dict[str, Values]] = {}
    for column, cells in zip(columns, zip_longest(*rows, fillvalue=""), strict=False):
        if column is None:
            continue
        values = _values(column, _adapter(kind, column), [cell.strip() for cell in cells])
        if column.part:
            parts.setdefault(column.whole, {})[column.part] = values
        else:
            fields[column.whole] = values
    for name, halves in parts.items():
        absent: Values = [None] * len(rows)
        pairs = zip(halves.get("source", absent), halves.get("external_id", absent), strict=True)
        fields[name] = [_reference(*pair) for pair in pairs] if name not in fields else [DOUBT] * len(rows)
    return fields


def _values(column: Column, adapter: Adapter, texts: Sequence[str]) -> Values:
    """Judge each different text of a column once."""
    different = dict.fromkeys(texts)
    different.pop("", None)
    known = _judged(adapter, {text: column.read(text) for text in different})
    known[""] = None
    return [known[text] for text in texts]


def _judged(adapter: Adapter, values: Mapping[str, Any]) -> dict[str, Any]:
    """Return each value as a push would keep it, JSON-ready."""
    texts, given = list(values), list(values.values())
    try:
        good = adapter.validate_python(given)
    except ValidationError as error:
        wrong = {texts[int(one["loc"][0])] for one in error.errors(include_url=False, include_input=False)}
        right = {text: value for text, value in values.items() if text not in wrong}
        return dict.fromkeys(wrong, DOUBT) | _judged(adapter, right)
    return dict(zip(texts, adapter.dump_python(good, mode="json"), strict=True))


def _reference(source: Any, external_id: Any) -> Any:
    if source is None and external_id is None:
        return None
    is_whole = None not in (source, external_id) and DOUBT not in (source, external_id)
    return {"source": source, "external_id": external_id} if is_whole else DOUBT


def _doubtful(
    fields: Mapping[str, Values], columns: Sequence[object], lines: Sequence[tuple[int, Sequence[str]]]
) -> set[int]:
    """Return the numbers of the rows that have a cell too many, one that is not plainly good, or an id of ours."""
    found = {number for number, (_, cells) in enumerate(lines) if len(cells) > len(columns)}
    for name, values in fields.items():
        if name == "id":
            found |= {number for number, value in enumerate(values) if value is not None}
        elif DOUBT in values:
            found |= {number for number, value in enumerate(values) if value is DOUBT}
    return found


def _adapter(kind: str, column: Column) -> Adapter:
    """Return what judges a column's values, as the model of its rows does."""
    return _part_adapter(column.part) if column.part else _field_adapter(kind, column.whole)


@cache
def _part_adapter(part: str) -> Adapter:
    return _list_of(ReferenceIn.model_fields[part].rebuild_annotation())


@cache
def _field_adapter(kind: str, name: str) -> Adapter:
    return _list_of(ROWS[kind].model_fields[name].rebuild_annotation())


def _list_of(annotation: Any) -> Adapter:
    return TypeAdapter(list[annotation])
