"""HTTP for the facts."""

from fastapi import APIRouter

from services.crm.routes import files, kinds, versions, workspaces

router = APIRouter(prefix="/api/ml/crm")
for part in (workspaces, files, kinds, versions):
    router.include_router(part.router)
