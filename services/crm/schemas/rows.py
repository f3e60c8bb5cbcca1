"""What goes over the wire: pushed rows with their limits, rows read, outcomes."""

import re
from dataclasses import asdict
from typing import Annotated, Any, Generic, Literal, Self, TypeVar
from uuid import UUID

from pydantic import (
    AfterValidator,
    BaseModel,
    ConfigDict,
    Discriminator,
    Field,
    StringConstraints,
    WithJsonSchema,
    model_validator,
)
from pydantic import Tag as Shape

from kit.wire import Instant, Pushed, Storable
from services.crm.domain import Fact, Item, Outcome, Reference
from services.crm.schemas import examples

PUSH_LIMIT = 1_000

EMAIL_PATTERN = re.compile(r"[^@\s]+@[^@\s]+")
EMAIL_SCHEMA = {"type": "string", "maxLength": 320, "pattern": r"^[^@\s]+@[^@\s]+$"}


def _address(text: str) -> str:
    if not EMAIL_PATTERN.fullmatch(text):
        raise ValueError("must be an e-mail address, such as ada@example.org")
    return text


Source = Annotated[str, StringConstraints(min_length=1, max_length=50), Storable]
ExternalId = Annotated[str, StringConstraints(min_length=1, max_length=200), Storable]
Name = Annotated[str, StringConstraints(max_length=200), Storable]
Phrase = Annotated[str, StringConstraints(max_length=300), Storable]
Email = Annotated[
    str, StringConstraints(max_length=320), Storable, AfterValidator(_address), WithJsonSchema(EMAIL_SCHEMA)
]
Phone = Annotated[str, StringConstraints(min_length=1, max_length=50), Storable]
Url = Annotated[str, StringConstraints(min_length=1, max_length=2_000), Storable]
Tag = Annotated[str, StringConstraints(min_length=1, max_length=100), Storable]
Notes = Annotated[str, StringConstraints(max_length=20_000), Storable]


class ReferenceIn(BaseModel, extra="forbid"):
    """A row by the id another system gave it."""

    source: Source
    external_id: ExternalId


def _shape(value: Any) -> str:
    return "(reference)" if isinstance(value, dict | ReferenceIn) else "(id)"


RowId = Annotated[
    Annotated[UUID, Shape("(id)")] | Annotated[ReferenceIn, Shape("(reference)")],
    Discriminator(_shape),
]


def _not_cleared(value: Any) -> Any:
    if value is None:
        raise ValueError("cannot be cleared")
    return value


# For fields that may be left out of a push, but not emptied.
Kept = AfterValidator(_not_cleared)
Count = Annotated[int, Field(ge=0, lt=2**31)]
CreatedAt = Annotated[Instant | None, Kept]


class RowIn(BaseModel):
    """What every pushed row has: our `id`, or the `source` and `external_id` another system knows it by."""

    model_config = ConfigDict(extra="forbid")

    id: RowId | None = None
    source: Source | None = None
    external_id: ExternalId | None = None

    @model_validator(mode="after")
    def _has_identity(self) -> Self:
        if self.id is None and (self.source is None or self.external_id is None):
            raise ValueError("give id, or source and external_id")
        if isinstance(self.id, ReferenceIn) and self.model_fields_set & {"source", "external_id"}:
            raise ValueError("give source and external_id inside id or beside it, not both")
        return self

    def to_domain(self, index: int) -> Item:
        """Return the fields that were given, JSON-ready; those left out stay as they are."""
        patch = self.model_dump(mode="json", exclude_unset=True, exclude={"id"})
        if isinstance(self.id, ReferenceIn):
            patch |= self.id.model_dump()
        reference = Reference(
            id=self.id if isinstance(self.id, UUID) else None,
            source=patch.get("source"),
            external_id=patch.get("external_id"),
        )
        return Item(index, reference, patch)


RowType = TypeVar("RowType", bound=RowIn)
OutType = TypeVar("OutType", bound="RowOut")


class Push(BaseModel, Generic[RowType], extra="forbid"):
    """Up to 1,000 rows of one kind."""

    items: list[Pushed[RowType]] = Field(max_length=PUSH_LIMIT)


class RowOut(BaseModel):
    """What every row read has; its fields are those of the fact."""

    id: UUID
    source: str
    external_id: str | None

    @classmethod
    def from_domain(cls, fact: Fact) -> Self:
        return cls(**asdict(fact))


class Page(BaseModel, Generic[OutType]):
    """A page of rows in the order of their ids."""

    items: list[OutType]
    next_cursor: str | None = None


class FieldErrorOut(BaseModel):
    place: Literal["body"] = Field(default="body", serialization_alias="in")
    pointer: str
    detail: str
    allowed: dict[str, Any] | None = None


class ItemErrorOut(BaseModel):
    code: str
    errors: list[FieldErrorOut]


class OutcomeOut(BaseModel, json_schema_extra=examples.OUTCOME):
    """What became of one pushed item."""

    index: int
    id: UUID | None
    status: Literal["created", "updated", "unchanged", "rejected"]
    error: ItemErrorOut | None = None

    @classmethod
    def from_domain(cls, outcome: Outcome) -> Self:
        error = None
        if outcome.code is not None:
            fields = [  # as in every problem document: from the root of what was sent
                FieldErrorOut(
                    pointer=f"#/items/{outcome.index}{f.pointer[1:]}", detail=f.detail, allowed=_dict(f.allowed)
                )
                for f in outcome.fields
            ]
            error = ItemErrorOut(code=outcome.code, errors=fields)
        return cls(index=outcome.index, id=outcome.id, status=outcome.status, error=error)


class OutcomesOut(BaseModel):
    results: list[OutcomeOut]


def _dict(value: Any) -> dict[str, Any] | None:
    return None if value is None else dict(value)
