"""One run of the embedded stack: databases, migrations, services, endpoint.json; then serve until told to stop."""

import asyncio
import json
import os
import signal
from collections.abc import Awaitable, Callable
from functools import partial
from pathlib import Path
from uuid import UUID

import psycopg

from deploy import secrets
from deploy.embedded import postgres, workspace
from deploy.embedded.home import Home, is_free, locked, prepare
from deploy.embedded.output import Output
from deploy.embedded.program import Program
from deploy.embedded.supervisor import Supervisor
from deploy.embedded.table import MIGRATED, Site, programs, settle
from deploy.errors import StackError
from kit.migrate import ChangedMigration, migrate

OLD_GATEWAY_ENDS_S = 3.0
Then = Callable[[Home], Awaitable[None]]


async def serve(
    root: Path,
    port: int,
    then: Then,
    *,
    show_logs: bool,
    exit_when_ready: bool,
    table: Callable[[Site], list[Program]] = programs,
) -> None:
    """Bring everything up, do `then`, and serve until SIGINT, SIGTERM or SIGHUP; a second one ends it by force."""
    home = prepare(root)
    with locked(home):
        home.endpoint.unlink(missing_ok=True)  # a killed launcher leaves it behind
        await _port_is_free(port)
        await asyncio.to_thread(postgres.clear_orphans, home)  # first, so that its port is free again
        await asyncio.to_thread(postgres.create, home)
        site = settle(home, port, os.environ)
        await _run(site, table(site), then, show_logs=show_logs, exit_when_ready=exit_when_ready)


async def _run(site: Site, table: list[Program], then: Then, *, show_logs: bool, exit_when_ready: bool) -> None:
    output = Output(site.home.logs, [program.name for program in table], show_logs=show_logs)
    supervisor = Supervisor(table, output, {0: lambda: _prepare_database(site, output)})
    stopped = _listen_for_signals(supervisor, output)
    addresses = {program.name: program.address for program in table if program.address}

    async def work() -> None:
        await supervisor.start()
        has_facts = partial(postgres.has_facts, site.home, site.ports["postgres"])
        _announce(site, addresses, await asyncio.to_thread(workspace.meant, site.home, has_facts))
        await then(site.home)

    working = asyncio.create_task(work())
    stopping = asyncio.create_task(stopped.wait())
    try:
        await asyncio.wait([working, stopping], return_when=asyncio.FIRST_COMPLETED)
        if working.done():
            await working
            if not exit_when_ready:
                await stopping
    finally:
        site.home.endpoint.unlink(missing_ok=True)
        working.cancel()
        stopping.cancel()
        await asyncio.gather(working, stopping, return_exceptions=True)
        await supervisor.stop()
        output.close()


async def _prepare_database(site: Site, output: Output) -> None:
    home, port = site.home, site.ports["postgres"]
    await asyncio.to_thread(postgres.provision, home, port)
    for service in (*MIGRATED, "gateway"):
        try:
            owner = postgres.conninfo(home, port, f"{service}_owner")
            applied = await asyncio.to_thread(migrate, owner, service)
        except (psycopg.Error, ChangedMigration) as error:
            raise StackError(f"the migrations of {service} failed: {error}") from error
        if applied:
            output.event(f"{service}: {len(applied)} migrations applied")


def _listen_for_signals(supervisor: Supervisor, output: Output) -> asyncio.Event:
    stopped = asyncio.Event()

    def stop() -> None:
        if stopped.is_set():
            supervisor.kill()
        else:
            output.event("stopping (once more to end everything at once)")
            stopped.set()

    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        asyncio.get_running_loop().add_signal_handler(number, stop)
    return stopped


async def _port_is_free(port: int) -> None:
    """Allow a killed stack's gateway a moment to let go of it."""
    for _ in range(int(OLD_GATEWAY_ENDS_S / 0.1)):
        if is_free(port):
            return
        await asyncio.sleep(0.1)
    raise StackError(f"port {port} is already in use: choose another with --port or RAPPORT_PORT")


def _announce(site: Site, addresses: dict[str, str], workspace_id: UUID) -> None:
    """Tell other programs of this person where everything is."""
    content = {
        "url": site.url("gateway"),
        "workspace_id": str(workspace_id),
        "services": addresses,
    }
    secrets.write_private(site.home.endpoint, json.dumps(content, indent=2).encode())
