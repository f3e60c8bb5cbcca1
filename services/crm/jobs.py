"""The worker process of services/crm: imports, erasures, and the graph, on demand and every night."""

import asyncio
import tempfile
from datetime import UTC, datetime, time
from functools import partial
from typing import Any
from uuid import UUID

from kit import logs
from kit.auth import read_signer
from kit.db import open_pool
from kit.http import ServiceClient
from kit.jobs import Queue, Run, nightly
from services.crm.schemas.files.encoding import Utf8Writer
from services.crm.schemas.files.formats import AUTO, open_file
from services.crm.settings import CrmSettings
from services.crm.usecases import erasures, facts, graph, imports, uploads

MEMORY_BYTES = 8 * 1024 * 1024
NIGHTLY = (nightly.Stage("graph", time(3, 45)),)


async def run_import(run: Run, *, erasure_key: bytes) -> dict[str, Any]:
    """Import a stored file; running it again finds the rows unchanged. The file goes with the job's end."""
    job = run.job
    with tempfile.SpooledTemporaryFile(MEMORY_BYTES) as spool:
        writer = Utf8Writer(spool)
        async for piece in uploads.pieces(run.pool, job.workspace_id, job.id):
            writer.write(piece)
        writer.close()
        kind = job.arguments["kind"]
        file = await asyncio.to_thread(open_file, spool, kind, job.arguments.get("format", AUTO))
        await run.progress(0, file.size)
        tally = await imports.import_rows(
            run.pool,
            job.workspace_id,
            facts.KINDS[kind],
            file,
            optional=file.optional,
            strict=job.arguments["strict"],
            progress=partial(run.progress, total=file.size),
            erasure_key=erasure_key,
        )
    await run.progress(tally.rows, tally.rows)  # the size was that of the file, with its header and empty lines
    return {"format": file.format} | tally.report() | {"ignored_columns": list(file.ignored_columns)}


async def run_erase(run: Run, *, client: ServiceClient) -> dict[str, Any]:
    """Wait for every follower to confirm that an erased row is gone; say whose texts still mention the person."""
    row_id = UUID(run.job.arguments["id"])
    confirmed = await erasures.confirm(client, run.job.workspace_id, row_id, run.progress)
    mentions = run.job.arguments.get("mentions", {"items": [], "omitted": 0})
    return {"confirmed_by": ["crm", *confirmed], "mentions": mentions}


async def run_graph(run: Run) -> dict[str, Any]:
    """Derive links, influence and communities as of a moment, now where none is named."""
    as_of = run.job.arguments.get("as_of")
    instant = datetime.fromisoformat(as_of) if as_of else datetime.now(UTC)
    return await graph.derive(run.pool, run.job.workspace_id, instant, run.progress)


async def main() -> None:
    imports.take_short_turns()
    settings = CrmSettings()
    logs.configure("crm-worker", level=settings.log_level, format=settings.log_format)
    client = ServiceClient(settings.followers, read_signer("crm", settings.signing_key_file, settings.signing_key_id))
    pool = open_pool(
        settings.database_url.get_secret_value(), name="crm-worker", max_size=settings.worker_concurrency + 2
    )
    queue = Queue("crm", settings.direct_database_url)
    erasure_key = settings.erasure_key.get_secret_value().encode()
    queue.handle("import", partial(run_import, erasure_key=erasure_key))
    queue.handle("erase", partial(run_erase, client=client), patient=True)
    queue.handle("graph", run_graph)
    async with client, pool:
        every_night = partial(nightly.keep, pool, queue, NIGHTLY)
        await queue.work(pool, concurrency=settings.worker_concurrency, beside=every_night)


if __name__ == "__main__":
    asyncio.run(main())
