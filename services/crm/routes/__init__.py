"""HTTP for the facts."""

from fastapi import APIRouter

from services.crm.routes import files, graph, kinds, people, versions, workspaces

router = APIRouter(prefix="/api/ml/crm")
for part in (workspaces, files, graph, people, kinds, versions):
    router.include_router(part.router)
