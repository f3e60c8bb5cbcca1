"""The shipped model, loaded once."""

import pytest

from services.sentiment.model import prior
from services.sentiment.model.prior import Prior


@pytest.fixture(scope="session")
def shipped() -> Prior:
    return prior.load()
