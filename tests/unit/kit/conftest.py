"""Logging is the process's own: a test that configures it puts it back."""

import logging
from collections.abc import Iterator

import pytest
import structlog


@pytest.fixture
def logging_put_back() -> Iterator[None]:
    root, kept = logging.getLogger(), (logging.getLogger().handlers, logging.getLogger().level)
    yield
    root.handlers, root.level = kept
    structlog.reset_defaults()
    structlog.contextvars.clear_contextvars()
