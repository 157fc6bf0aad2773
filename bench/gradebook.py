"""A gradebook that takes 50 ms for each answer; a process: ``python -m bench.gradebook PORT``."""

from __future__ import annotations

import asyncio
import http.client
import json
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlsplit

from bench.servers import BenchFailed, free_port

ROOT = Path(__file__).parents[1]
ANSWER_SECONDS = 0.05
TOKEN = json.dumps({"access_token": "t", "token_type": "bearer", "expires_in": 3600})
taken = {"scores": 0, "tokens": 0, "now": 0, "most": 0}


async def converse(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """Answer the requests of one connection, one after the other."""
    try:
        while head := await reader.readuntil(b"\r\n\r\n"):
            lines = head.decode("latin-1").split("\r\n")
            sizes = [
                line.partition(":")[2] for line in lines if line.lower().startswith("content-l")
            ]
            await reader.readexactly(int(sizes[0]) if sizes else 0)
            body = await _answer(lines[0].split(" ")[1])
            start = (
                f"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: {len(body)}"
            )
            writer.write(f"{start}\r\n\r\n{body}".encode())
            await writer.drain()
    except (asyncio.IncompleteReadError, ConnectionError):
        writer.close()


async def _answer(path: str) -> str:
    if path == "/taken":
        return json.dumps(taken)
    taken["now"] += 1
    taken["most"] = max(taken["most"], taken["now"])
    await asyncio.sleep(ANSWER_SECONDS)
    taken["now"] -= 1
    taken["tokens" if path.startswith("/token") else "scores"] += 1
    return TOKEN if path.startswith("/token") else "null"


@contextmanager
def serve() -> Iterator[str]:
    """Run the gradebook; give its URL."""
    port = free_port()
    process = subprocess.Popen([sys.executable, "-m", "bench.gradebook", str(port)], cwd=ROOT)
    try:
        url = f"http://127.0.0.1:{port}"
        for _ in range(100):
            try:
                counts(url)
                break
            except OSError:
                time.sleep(0.1)
        else:
            raise BenchFailed("the gradebook did not start")
        yield url
    finally:
        process.terminate()
        process.wait(10)


def counts(url: str) -> dict[str, int]:
    """Return what the gradebook has taken so far, and the most requests at once."""
    connection = http.client.HTTPConnection(urlsplit(url).netloc, timeout=5)
    try:
        connection.request("GET", "/taken")
        found: dict[str, int] = json.load(connection.getresponse())
    finally:
        connection.close()
    return found


async def main(port: int) -> None:
    """Serve until ended."""
    server = await asyncio.start_server(converse, "127.0.0.1", port)
    await server.serve_forever()


if __name__ == "__main__":
    asyncio.run(main(int(sys.argv[1])))
