"""The gateway under uvicorn on loopback, before a service that behaves or one that a test scripts."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest

from gateway.proxy import resolver
from gateway.proxy.app import create_app
from gateway.proxy.resolver import Lookup
from gateway.proxy.routes import Route, Table
from gateway.proxy.settings import GatewaySettings
from tests.integration.gateway.parts import SECRET, echo, serving

KIB = 1024
TABLE = Table(
    [
        Route("/api/ml/churn/*", "churn", body_limit_bytes=256 * KIB * KIB),
        Route("/api/ml/churn/brief/*", "churn", first_byte_timeout_s=0.3),
        Route("/api/ml/churn/small/*", "churn", body_limit_bytes=KIB * KIB),
        Route("/api/ml/churn/dear", "churn", cost=10),
        Route("/api/ml/crm/*", "crm"),
        Route("/api/ml/search", "embeddings", ("POST",)),
    ]
)
Open = Callable[..., str]


@pytest.fixture
def door(key_files: Path) -> Iterator[Open]:
    """Return what opens a gateway before the given services."""
    with ExitStack() as stack:

        def open_door(services: dict[str, str], *, look_up: Lookup = resolver.look_up, **changes: Any) -> str:
            given: dict[str, Any] = {
                "services": services,
                "signing_key_file": key_files / "gateway.pem",
                "jwt_secret": SECRET,
                "log_level": "error",
                "idle_timeout_s": 0.5,
            }
            settings = GatewaySettings(**(given | changes))
            return stack.enter_context(serving(create_app(settings, table=TABLE, look_up=look_up)))

        yield open_door


@pytest.fixture(scope="session")
def service() -> Iterator[str]:
    with serving(echo) as url:
        yield url


@pytest.fixture
def gateway(door: Open, service: str) -> str:
    return door({"churn": service})
