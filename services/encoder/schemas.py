"""The wire of /v1, as OpenAI defines it: https://platform.openai.com/docs/api-reference/embeddings."""

import base64
from typing import Annotated, Any, Literal, Self

import numpy as np
from pydantic import BaseModel, BeforeValidator, ConfigDict, Field

from services.encoder.domain import MAX_TEXTS, MODEL, Embedded, Vectors

EncodingFormat = Literal["float", "base64"]
PUBLISHED_AT = 1_630_281_600  # 2021-08-30, when the model was published


def _as_texts(value: Any) -> Any:
    if isinstance(value, str):
        return [value]
    if isinstance(value, list) and value and isinstance(value[0], (int, list)):
        raise ValueError("arrays of tokens are not taken: their numbers mean another vocabulary; send text")
    return value


Texts = Annotated[
    list[Annotated[str, Field(min_length=1)]],
    Field(min_length=1, max_length=MAX_TEXTS),
    BeforeValidator(_as_texts, json_schema_input_type=str | list[str]),
]


class EmbeddingsIn(BaseModel):
    """`dimensions` is taken when it says what is true anyway; `user` is taken and ignored."""

    model_config = ConfigDict(extra="forbid")

    input: Texts
    model: str
    encoding_format: EncodingFormat = "float"
    dimensions: int | None = None
    user: str | None = None


class EmbeddingOut(BaseModel):
    object: Literal["embedding"] = "embedding"
    index: int
    embedding: list[float] | str


class UsageOut(BaseModel):
    prompt_tokens: int
    total_tokens: int


class EmbeddingsOut(BaseModel):
    object: Literal["list"] = "list"
    data: list[EmbeddingOut]
    model: str = MODEL
    usage: UsageOut

    @classmethod
    def from_domain(cls, embedded: Embedded, encoding_format: EncodingFormat) -> Self:
        values = _base64(embedded.vectors) if encoding_format == "base64" else embedded.vectors.tolist()
        return cls(
            data=[EmbeddingOut(index=index, embedding=value) for index, value in enumerate(values)],
            usage=UsageOut(prompt_tokens=embedded.token_count, total_tokens=embedded.token_count),
        )


class ModelOut(BaseModel):
    id: str = MODEL
    object: Literal["model"] = "model"
    created: int = PUBLISHED_AT
    owned_by: str = "sentence-transformers"


class ModelsOut(BaseModel):
    object: Literal["list"] = "list"
    data: list[ModelOut]


def _base64(vectors: Vectors) -> list[str]:
    little_endian = np.ascontiguousarray(vectors, "<f4")
    return [base64.b64encode(row.tobytes()).decode("ascii") for row in little_endian]
