"""Finds the running stack through endpoint.json."""

import json
from dataclasses import dataclass
from pathlib import Path
from uuid import UUID

from deploy.errors import StackError


@dataclass(frozen=True, slots=True)
class Endpoint:
    """Where the stack of one home answers, and the workspace meant where none is named."""

    url: str
    workspace_id: UUID
    services: dict[str, str]


def find(home: Path) -> Endpoint:
    path = home / "endpoint.json"
    try:
        content = json.loads(path.read_text())
        return Endpoint(content["url"], UUID(content["workspace_id"]), dict(content["services"]))
    except FileNotFoundError:
        raise StackError(f"no stack is running in {home}: start it with `rapport up`") from None
    except PermissionError:
        raise StackError(f"{path} belongs to another user: run this as the one who started the stack") from None
    except (ValueError, KeyError, TypeError):
        raise StackError(f"{path} is damaged: stop the stack and start it again with `rapport up`") from None
