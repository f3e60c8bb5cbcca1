"""HTTP for the facts."""

from services.crm.routes import duplicates, files, graph, kinds, many, people, versions, workspaces

# One level only: of a router inside a router the metrics would see a path without its beginning.
ROUTERS = (
    [part.router for part in (workspaces, files, graph, duplicates, many, people)] + kinds.routers + [versions.router]
)
