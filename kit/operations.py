"""The operations of a service as its routes declare them: path, method, the scope each asks for."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from fastapi import FastAPI
from fastapi.dependencies.models import Dependant
from fastapi.routing import iter_route_contexts
from starlette.routing import compile_path

from kit.auth import Required

READS = "ml:read"


@dataclass(frozen=True, slots=True)
class Operation:
    """One method of one path."""

    method: str
    path: str
    pattern: re.Pattern[str]
    scope: str

    @property
    def is_changing_post(self) -> bool:
        """Whether doing it twice is more than doing it once; a POST for ml:read is a question too long for a URL."""
        return self.method == "POST" and self.scope != READS


def operations(app: FastAPI) -> Iterator[Operation]:
    """Yield every operation that asks for a scope."""
    for route in iter_route_contexts(app.routes):
        scope = _scope(route.dependant) if hasattr(route.original_route, "dependant") else None
        if scope is not None and route.path is not None:
            pattern, template, _converters = compile_path(route.path)
            for method in sorted(route.methods or ()):
                yield Operation(method, template, pattern, scope)


def _scope(dependant: Dependant) -> str | None:
    if isinstance(dependant.call, Required):
        return dependant.call.scope
    return next((scope for inner in dependant.dependencies if (scope := _scope(inner)) is not None), None)
