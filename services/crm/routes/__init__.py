"""HTTP for the facts."""

from fastapi import APIRouter

from services.crm.routes import duplicates, files, graph, kinds, people, versions, workspaces

router = APIRouter(prefix="/api/ml/crm")
for part in (workspaces, files, graph, duplicates, people, kinds, versions):
    router.include_router(part.router)
