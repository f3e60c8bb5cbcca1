"""The worker process of services/crm: imports and erasures."""

import asyncio
import io
import tempfile
from functools import partial
from typing import IO, Any
from uuid import UUID

from kit import logs
from kit.auth import read_signer
from kit.db import open_pool
from kit.http import ServiceClient
from kit.jobs import Queue, Run
from services.crm.schemas.csv_file import Utf8Check, open_csv
from services.crm.settings import CrmSettings
from services.crm.usecases import erasures, facts, imports, uploads

MEMORY_BYTES = 8 * 1024 * 1024


async def run_import(run: Run) -> dict[str, Any]:
    """Import a stored file; running it again finds the rows unchanged. The file goes with the job's end."""
    job = run.job
    with tempfile.SpooledTemporaryFile(MEMORY_BYTES) as spool:
        lines = await _fetch(run, spool)
        spool.seek(0)
        file = open_csv(io.TextIOWrapper(spool, encoding="utf-8-sig", newline=""), job.arguments["kind"])
        await run.progress(0, lines)
        tally = await imports.import_rows(
            run.pool,
            job.workspace_id,
            facts.KINDS[job.arguments["kind"]],
            file,
            strict=job.arguments["strict"],
            progress=partial(run.progress, total=lines),
        )
    return tally.report() | {"ignored_columns": list(file.ignored_columns)}


async def _fetch(run: Run, spool: IO[bytes]) -> int:
    """Write a stored file into `spool`; return its lines. It is refused before its first row where it is not UTF-8."""
    encoding = Utf8Check()
    async for piece in uploads.pieces(run.pool, run.job.workspace_id, run.job.id):
        encoding.feed(piece)
        spool.write(piece)
    encoding.close()
    return encoding.lines


async def run_erase(run: Run, *, client: ServiceClient) -> dict[str, Any]:
    """Wait for every follower to confirm that an erased row is gone from its tables."""
    row_id = UUID(run.job.arguments["id"])
    confirmed = await erasures.confirm(client, run.job.workspace_id, row_id, run.progress)
    return {"confirmed_by": ["crm", *confirmed]}


async def main() -> None:
    settings = CrmSettings()
    logs.configure("crm-worker", level=settings.log_level, format=settings.log_format)
    client = ServiceClient(settings.followers, read_signer("crm", settings.signing_key_file))
    pool = open_pool(
        settings.database_url.get_secret_value(), name="crm-worker", max_size=settings.worker_concurrency + 2
    )
    queue = Queue("crm", settings.direct_database_url)
    queue.handle("import", run_import)
    queue.handle("erase", partial(run_erase, client=client))
    async with client, pool:
        await queue.work(pool, concurrency=settings.worker_concurrency)


if __name__ == "__main__":
    asyncio.run(main())
