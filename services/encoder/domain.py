"""What the encoder speaks of: its one model, a batch of vectors, and the reasons it refuses an artifact."""

from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

MODEL = "all-MiniLM-L6-v2"
DIMENSIONS = 384
MAX_TOKENS_PER_TEXT = 256
MAX_TEXTS = 2_048
MAX_TOKENS = 300_000

Precision = Literal["fp32", "int8"]
Vectors = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Embedded:
    """Unit vectors, one row a text in the order asked for, and how many tokens the model read."""

    vectors: Vectors
    token_count: int


class ModelRefused(Exception):
    """The weights, the tokenizer or what was built of them is not what it has to be; `name` says which."""

    def __init__(self, name: str, detail: str) -> None:
        super().__init__(f"{name}: {detail}")
        self.name = name
