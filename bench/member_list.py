"""A course list of any length in pages of 500: ``python -m bench.member_list PORT MEMBERS``."""

from __future__ import annotations

import json
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

from bench.servers import BenchFailed, free_port

ROOT = Path(__file__).parents[1]
PAGE = 500
TOKEN = {"access_token": "t", "token_type": "bearer", "expires_in": 3600}


class List(BaseHTTPRequestHandler):
    """Answers as a platform with ``members`` people in its only course."""

    protocol_version = "HTTP/1.1"
    members = 0

    def do_POST(self) -> None:
        """Give a token."""
        self.rfile.read(int(self.headers["Content-Length"]))
        self._answer(TOKEN)

    def do_GET(self) -> None:
        """Give a page."""
        query = parse_qs(urlsplit(self.path).query)
        start = int(query.get("from", ["0"])[0])
        end = min(start + PAGE, self.members)
        people = [
            {
                "user_id": str(number),
                "roles": ["Learner"],
                "status": "Active",
                "name": f"Person {number}",
                "given_name": "Person",
                "family_name": str(number),
                "email": f"person{number}@library.example",
            }
            for number in range(start, end)
        ]
        here = f"http://{self.headers['Host']}/members"
        link = f'<{here}?limit={PAGE}&from={end}>; rel="next"' if end < self.members else ""
        self._answer({"id": here, "context": {"id": "1"}, "members": people}, link)

    def _answer(self, body: object, link: str = "") -> None:
        data = json.dumps(body).encode()
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(data)))
        if link:
            self.send_header("Link", link)
        self.end_headers()
        self.wfile.write(data)

    def log_message(self, *_args: object) -> None:
        """Stay silent."""


@contextmanager
def serve(members: int) -> Iterator[str]:
    """Run the list as a process of its own, so that its memory is not ours; give its URL."""
    port = free_port()
    command = [sys.executable, "-m", "bench.member_list", str(port), str(members)]
    process = subprocess.Popen(command, cwd=ROOT)
    try:
        url = f"http://127.0.0.1:{port}"
        for _ in range(100):
            try:
                socket.create_connection(("127.0.0.1", port), timeout=5).close()
                break
            except OSError:
                time.sleep(0.1)
        else:
            raise BenchFailed("the course list did not start")
        yield url
    finally:
        process.terminate()
        process.wait(10)


if __name__ == "__main__":
    List.members = int(sys.argv[2])
    ThreadingHTTPServer(("127.0.0.1", int(sys.argv[1])), List).serve_forever()
