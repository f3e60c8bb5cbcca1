"""Waits until the gateway in its container is ready, then tells other programs of this person where it is.

`python -m deploy.containers.announce HOME` writes endpoint.json as the embedded stack does, so that
`rapport --home HOME token|import|status` work with the containers too.
"""

import json
import os
import sys
import time
from pathlib import Path

import httpx

from deploy import secrets
from deploy.embedded import workspace
from deploy.embedded.home import LOOPBACK, Home

READY_TIMEOUT_S = 300.0  # the first start makes the database and the encoder's model file
PAUSE_S = 0.5


def announce(home: Home, url: str) -> None:
    """Write endpoint.json; the gateway is the only address that this machine sees."""
    content = {"url": url, "workspace_id": str(workspace.own(home)), "services": {"gateway": url}}
    secrets.write_private(home.endpoint, json.dumps(content, indent=2).encode())


def wait_until_ready(url: str, timeout_s: float) -> bool:
    """Ask /readyz until the gateway and every service behind it are ready, or the time is over."""
    deadline = time.monotonic() + timeout_s
    with httpx.Client(trust_env=False, timeout=5) as client:
        while not _is_ready(client, url):
            if time.monotonic() > deadline:
                return False
            time.sleep(PAUSE_S)
    return True


def _is_ready(client: httpx.Client, url: str) -> bool:
    """The gateway calls itself ready when it can serve something; a start is over when it can serve everything."""
    try:
        answer = client.get(f"{url}/readyz")
        return answer.is_success and set(answer.json()["services"].values()) == {"ready"}
    except (httpx.HTTPError, ValueError, KeyError):
        return False


def main() -> None:
    if len(sys.argv) != 2:
        sys.exit("usage: python -m deploy.containers.announce HOME")
    home = Home(Path(sys.argv[1]).resolve())
    url = f"http://{LOOPBACK}:{os.environ.get('RAPPORT_PORT', '8000')}"
    if not wait_until_ready(url, READY_TIMEOUT_S):
        sys.exit(f"{url}/readyz was not ready after {READY_TIMEOUT_S:.0f} s: see the containers' logs")
    announce(home, url)
    print(f"Rapport answers at {url}; a token: .venv/bin/rapport token --home {home.root}")


if __name__ == "__main__":
    main()
