"""The gateway's own endpoints as an application inside the door: identity, ids, limits and logs are the door's."""

from fastapi import FastAPI
from fastapi.middleware.asyncexitstack import AsyncExitStackMiddleware
from fastapi.routing import APIRoute
from starlette.middleware.exceptions import ExceptionMiddleware

from gateway.proxy.api_keys.routes import router
from kit.answers import answer_errors
from kit.db import Pool
from kit.openapi import describe_api


def create_app(pool: Pool) -> FastAPI:
    """Build it on a pool that its caller opens; it expects `identity` in the scope of each request."""
    app = FastAPI(
        title="Rapport: the door",
        version="1",
        openapi_url=None,
        docs_url=None,
        redoc_url=None,
        redirect_slashes=False,
        generate_unique_id_function=_operation_id,
    )
    app.include_router(router)
    app.state.pool = pool
    answer_errors(app)
    describe_api(app, None)  # its own conventions: a key is told once, so no answer is kept to be given again
    # Without Starlette's outermost layer, which answers a fault in plain text: the door has its own net.
    app.middleware_stack = ExceptionMiddleware(AsyncExitStackMiddleware(app.router), app.exception_handlers)
    return app


def _operation_id(route: APIRoute) -> str:
    return route.name
