"""The web process of each house as it is before anything is opened: enough for its document and its routes."""

import importlib
import json
import tempfile
from pathlib import Path
from typing import Any

from fastapi import FastAPI
from pydantic import SecretStr
from pydantic.fields import FieldInfo

from gateway.graph.app import create_app as create_graph
from gateway.graph.settings import GraphSettings
from gateway.proxy.api_keys.app import create_app as create_api_keys_app
from kit.db import open_pool
from kit.settings import Settings
from kit.testing import Keys

ROOT = Path(__file__).parents[2]
NOWHERE = "postgresql://nobody@127.0.0.1:9/nothing"


def houses() -> list[str]:
    """Return the services that have a web process."""
    return sorted(path.parent.name for path in (ROOT / "services").glob("*/app.py"))


def build(house: str) -> FastAPI:
    """Return a house's app; its settings are what their types ask for, and lead nowhere."""
    with tempfile.TemporaryDirectory() as folder:
        app: FastAPI = importlib.import_module(f"services.{house}.app").create_app(_settings(house, Path(folder)))
    return app


def document(house: str) -> dict[str, Any]:
    described: dict[str, Any] = build(house).openapi()
    return described


def build_keys() -> FastAPI:
    """Return what the gateway itself answers under /api/ml, as an app without the door around it."""
    return create_api_keys_app(open_pool(NOWHERE, name="nobody", max_size=1))


def gateway_document() -> dict[str, Any]:
    described: dict[str, Any] = build_keys().openapi()
    return described


def graph_document() -> dict[str, Any]:
    """Return what GraphQL says of itself: a process of the gateway's, reached beside /api/ml."""
    with tempfile.TemporaryDirectory() as name:
        folder, keys = Path(name), Keys("graph")
        (folder / "jwks").write_text(json.dumps(keys.jwks))
        (folder / "key").write_bytes(keys.pem("graph"))
        settings = GraphSettings(services={}, jwks_file=folder / "jwks", signing_key_file=folder / "key")
        described: dict[str, Any] = create_graph(settings).openapi()
    return described


def _settings(house: str, folder: Path) -> Settings:
    keys = Keys(house)
    (folder / "jwks_file").write_text(json.dumps(keys.jwks))
    (folder / "signing_key_file").write_bytes(keys.pem(house))
    module = importlib.import_module(f"services.{house}.settings")
    kind: type[Settings] = next(one for one in vars(module).values() if _is_settings_of(one, module.__name__))
    required = [(name, field) for name, field in kind.model_fields.items() if field.is_required()]
    return kind(**{str(field.validation_alias or name): _value(name, field, folder) for name, field in required})


def _is_settings_of(value: Any, module: str) -> bool:
    return isinstance(value, type) and issubclass(value, Settings) and value.__module__ == module


def _value(name: str, field: FieldInfo, folder: Path) -> Any:
    values: dict[Any, Any] = {SecretStr: NOWHERE, Path: folder / name, str: "http://127.0.0.1:9", int: 16, dict: {}}
    return values[field.annotation]
