"""What the demo says there is: counted where it is, not in the sample's files."""

import io
from uuid import uuid4

import httpx
from rich.console import Console

from deploy import summary
from deploy.client import Api
from deploy.endpoint import Endpoint

GRAPH = {"interactions": 7, "given_links": 1, "derived_links": 2, "communities": 1}
THERE = {"contacts": 3, "accounts": 250}


def gateway(request: httpx.Request) -> httpx.Response:
    """Serve pages of what is there; nobody is in a community."""
    there = THERE.get(request.url.path.rsplit("/", 1)[1], 0)
    first = int(request.url.params.get("cursor", "0"))
    last = min(first + int(request.url.params["limit"]), there)
    return httpx.Response(
        200, json={"items": [{}] * (last - first), "next_cursor": str(last) if last < there else None}
    )


def test_the_figures_are_those_of_the_workspace_however_many_pages_they_take() -> None:
    with Api(Endpoint("http://127.0.0.1:1", uuid4(), {}), "token", transport=httpx.MockTransport(gateway)) as api:
        told = summary.tell(api, GRAPH)
    screen = Console(file=io.StringIO(), width=120)
    with screen.capture() as shown:
        screen.print(told)
    assert "3 people, 7 interactions, 3 links, 1 communities, 250 accounts" in shown.get()
