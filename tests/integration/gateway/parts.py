"""Real servers around the gateway: one that behaves (uvicorn), one that does what a test scripts, and a raw client."""

import asyncio
import hashlib
import json
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any, Self, cast
from uuid import uuid4

import jwt
import uvicorn
from starlette.types import ASGIApp, Receive, Scope, Send

SECRET = "a shared secret of more than thirty-two bytes"
CHUNK = b"0123456789abcdef" * 4096  # 64 KiB


def bearer(**changes: Any) -> str:
    claims = {"workspace_id": str(uuid4()), "sub": str(uuid4()), "scope": "ml:read", "exp": int(time.time()) + 3600}
    return "Bearer " + jwt.encode(claims | changes, SECRET)


@contextmanager
def serving(app: ASGIApp, *, port: int = 0) -> Iterator[str]:
    """Run an application under uvicorn in a thread, as production does, until the block ends."""
    config = uvicorn.Config(
        app,
        host="127.0.0.1",
        port=port,
        log_config=None,
        access_log=False,
        proxy_headers=False,
        timeout_graceful_shutdown=2,
    )
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run)
    thread.start()
    while not server.started:
        time.sleep(0.01)
    try:
        yield f"http://127.0.0.1:{server.servers[0].sockets[0].getsockname()[1]}"
    finally:
        server.should_exit = True
        thread.join()


@contextmanager
def running(app: str, *options: str, **environment: str) -> Iterator["Process"]:
    """Run an application under uvicorn in a process of its own."""
    command = [sys.executable, "-m", "uvicorn", app, "--port", "0", *options]
    process = subprocess.Popen(  # noqa: S603 our own command
        command, env=os.environ | environment, stderr=subprocess.PIPE, text=True
    )
    assert process.stderr is not None
    try:
        line = next(line for line in process.stderr if "running on" in line)
        yield Process(line.split("running on ")[1].split()[0].rstrip('",'), process)
    finally:
        process.send_signal(signal.SIGCONT)
        process.terminate()
        process.communicate(timeout=10)


@dataclass
class Process:
    """A server in a process of its own, which a test may freeze, stop or measure."""

    url: str
    popen: "subprocess.Popen[str]"

    def signal(self, number: int) -> None:
        self.popen.send_signal(number)


async def echo(scope: Scope, receive: Receive, send: Send) -> None:
    """A well-behaved service under /api/ml/churn: says what it got, streams, waits, answers without a body."""
    if scope["type"] == "lifespan":
        return
    what, _, argument = scope["path"].removeprefix("/api/ml/churn/").partition("/")
    match what:
        case "stream":
            await _answer(send, 200, [(b"x-size", argument.encode())], int(argument))
        case "empty":
            headers = (
                [(b"etag", b'"a"'), (b"content-length", b"5")] if argument != "200" else [(b"content-length", b"0")]
            )
            await send({"type": "http.response.start", "status": int(argument), "headers": headers})
            await send({"type": "http.response.body"})
        case "wait":
            await asyncio.sleep(float(argument))
            await _json(send, {"waited": argument})
        case "early":
            await _json(send, {"body": "not read"})
        case _:
            await _json(send, await _seen(scope, receive))


async def _seen(scope: Scope, receive: Receive) -> dict[str, Any]:
    digest, size, more = hashlib.sha256(), 0, True
    while more:
        message = await receive()
        more = message.get("more_body", False)
        digest.update(message.get("body", b""))
        size += len(message.get("body", b""))
    return {
        "method": scope["method"],
        "raw_path": scope["raw_path"].decode("latin-1"),
        "query": scope["query_string"].decode("latin-1"),
        "headers": [(name.decode("latin-1"), value.decode("latin-1")) for name, value in scope["headers"]],
        "size": size,
        "sha256": digest.hexdigest(),
    }


async def _json(send: Send, document: object) -> None:
    body = json.dumps(document).encode()
    headers = [(b"content-type", b"application/json"), (b"content-length", b"%d" % len(body))]
    cookies = [(b"set-cookie", b"a=1"), (b"set-cookie", b"b=2"), (b"x-name", b"Andr\xe9")]
    await send({"type": "http.response.start", "status": 200, "headers": headers + cookies})
    await send({"type": "http.response.body", "body": body})


async def _answer(send: Send, status: int, headers: list[tuple[bytes, bytes]], size: int) -> None:
    await send({"type": "http.response.start", "status": status, "headers": headers})
    for _ in range(size // len(CHUNK)):
        await send({"type": "http.response.body", "body": CHUNK, "more_body": True})
    await send({"type": "http.response.body", "body": CHUNK[: size % len(CHUNK)]})


Script = Callable[[bytes, asyncio.StreamReader, asyncio.StreamWriter], Awaitable[bool]]
OK = b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok"


@dataclass
class Scripted:
    """A service that writes the bytes a test wants; a script returns whether its connection stays open."""

    script: Script
    heads: list[bytes] = field(default_factory=list)
    connections: int = 0
    gone: asyncio.Event = field(default_factory=asyncio.Event)
    port: int = 0
    host: str = "127.0.0.1"
    _server: asyncio.Server | None = None
    _writers: set[asyncio.StreamWriter] = field(default_factory=set)
    _tasks: set[asyncio.Task[None]] = field(default_factory=set)

    async def __aenter__(self) -> Self:
        self._server = await asyncio.start_server(self._serve, self.host, self.port)
        self.port = self._server.sockets[0].getsockname()[1]
        return self

    async def __aexit__(self, *_: object) -> None:
        assert self._server is not None
        self._server.close()
        for writer in self._writers:
            writer.transport.abort()
        for task in self._tasks:
            task.cancel()
        await self._server.wait_closed()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.connections += 1
        self._writers.add(writer)
        self._tasks.add(cast(asyncio.Task[None], asyncio.current_task()))
        try:
            stays = True
            while stays:
                head = await reader.readuntil(b"\r\n\r\n")
                self.heads.append(head)
                stays = await self.script(head, reader, writer)
                await writer.drain()
        except (asyncio.IncompleteReadError, ConnectionError, asyncio.CancelledError):
            self.gone.set()
        finally:
            writer.close()


@dataclass
class Answer:
    """An answer as it came over the wire."""

    status: int
    headers: list[tuple[bytes, bytes]]
    body: bytes
    whole: bool

    def values(self, name: bytes) -> list[bytes]:
        return [value for key, value in self.headers if key == name]

    @property
    def problem(self) -> dict[str, Any]:
        assert self.values(b"content-type") == [b"application/problem+json"]
        document: dict[str, Any] = json.loads(self.body)
        assert document["status"] == self.status
        assert [document["request_id"].encode()] == self.values(b"x-request-id")
        return document


class Client:
    """One raw connection to the gateway: tests must see bytes, breaks and closings as they are."""

    def __init__(self, url: str) -> None:
        host, port = url.removeprefix("http://").split(":")
        self._at = (host, int(port))

    async def __aenter__(self) -> Self:
        self.reader, self.writer = await asyncio.open_connection(*self._at)
        return self

    async def __aexit__(self, *_: object) -> None:
        self.writer.transport.abort()

    async def ask(self, method: str, path: str, body: bytes = b"", *headers: tuple[bytes, bytes]) -> Answer:
        await self.send(method, path, (b"content-length", b"%d" % len(body)), *headers)
        self.writer.write(body)
        return await self.answer(to_head=method == "HEAD")

    async def get(self, path: str, *headers: tuple[bytes, bytes], method: str = "GET") -> Answer:
        await self.send(method, path, *headers)
        return await self.answer(to_head=method == "HEAD")

    async def send(self, method: str, path: str, *headers: tuple[bytes, bytes]) -> None:
        sent = [(b"host", b"gateway"), *headers]
        if b"authorization" not in dict(sent):
            sent.append((b"authorization", bearer().encode()))
        lines = b"".join(b"%b: %b\r\n" % header for header in sent if header[1])
        self.writer.write(b"%b %b HTTP/1.1\r\n%b\r\n" % (method.encode(), path.encode(), lines))
        await self.writer.drain()

    async def answer(self, *, to_head: bool = False) -> Answer:
        status, headers = 100, list[tuple[bytes, bytes]]()
        while status < 200:
            first, *lines = (await self.reader.readuntil(b"\r\n\r\n"))[:-4].split(b"\r\n")
            status = int(first.split()[1])
            headers = [(name.lower(), value) for name, _, value in (line.partition(b": ") for line in lines)]
        if to_head or status in {204, 304}:
            return Answer(status, headers, b"", whole=True)
        body, whole = await self._body(dict(headers))
        return Answer(status, headers, body, whole)

    async def _body(self, headers: dict[bytes, bytes]) -> tuple[bytes, bool]:
        body = b""
        try:
            if headers.get(b"transfer-encoding") != b"chunked":
                return await self.reader.readexactly(int(headers[b"content-length"])), True
            while size := int(await self.reader.readuntil(b"\r\n"), 16):
                body += (await self.reader.readexactly(size + 2))[:-2]
            await self.reader.readexactly(2)
        except (asyncio.IncompleteReadError, ConnectionError) as error:
            return body + getattr(error, "partial", b""), False
        return body, True

    async def closed(self) -> bool:
        try:
            return await self.reader.read(1) == b""
        except ConnectionError:
            return True
