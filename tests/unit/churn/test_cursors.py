"""A place in the list of ties survives the way through a cursor."""

from dataclasses import replace
from uuid import UUID, uuid4

import numpy as np
import pytest

from kit.paging import MAX_BIGINT, decode_number
from services.churn.routes import _cursor, _place
from tests.unit.churn.test_words import SCORE


@pytest.mark.parametrize("probability", [0.001, 0.4, 0.7, 0.999, None])
def test_the_page_goes_on_behind_the_last_one_shown(probability: float | None) -> None:
    kept = None if probability is None else float(np.float32(probability))
    contact_id = uuid4()
    cursor = _cursor(replace(SCORE, probability=kept, contact_id=contact_id))
    assert decode_number(cursor) <= MAX_BIGINT
    place, after = _place(cursor)
    assert place == (kept or 0)
    assert after >= contact_id
    assert UUID(int=contact_id.int + (1 << 96)) > after
