"""A network whose refresh tokens are good once, and a process that renews a login there.

`python -m tests.worlds.rotating LEDGER URL [STEP]` renews what is due for the account `masto`; with a STEP, it stops
there and says so, and waits to be killed: `asked` (before the request), `rotated` (answered, and nothing stored yet),
`stored`.
"""

from __future__ import annotations

import json
import sys
import threading
import time
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from types import SimpleNamespace
from urllib.error import HTTPError
from urllib.request import Request, urlopen

from syndicate.delivery.session import renew_ahead
from syndicate.errors import AuthError
from syndicate.ledger import Ledger
from syndicate.ledger.credentials import key_beside
from syndicate.ledger.sqlite import SqliteDatabase
from tests.waiting import PATIENCE
from tests.worlds.accounts import MASTO


class Network:
    """Knows one refresh token at a time, and counts how often it was rotated and how often an old one came."""

    def __init__(self) -> None:
        self.good = "refresh-token-0"
        self.rotations = self.refusals = 0
        guard = threading.Lock()
        network = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                said = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
                with guard:
                    if said["refresh_token"] != network.good:
                        network.refusals += 1
                        self.send_error(400)
                        return
                    network.rotations += 1
                    network.good = f"refresh-token-{network.rotations}"
                    body = json.dumps({"token": f"token-{network.rotations}", "refresh_token": network.good}).encode()
                self.send_response(200)
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *_: object) -> None:
                """Nothing."""

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self._server.server_port}/"
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.02,))
        self._thread.start()

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()


def opened(path: Path) -> Ledger:
    return Ledger(SqliteDatabase(path), lambda: datetime.now(UTC), lambda: key_beside(path))


def stopping(step: str, wanted: str) -> None:
    if step == wanted:
        sys.stdout.write(f"{step}\n")
        sys.stdout.flush()
        time.sleep(PATIENCE)


def renewed(path: Path, url: str, wanted: str = "") -> None:
    ledger = opened(path)

    def refresh(held):
        stopping("asked", wanted)
        body = json.dumps({"refresh_token": held["refresh_token"]}).encode()
        try:
            with urlopen(Request(url, body, {"Content-Type": "application/json"}), timeout=PATIENCE) as reply:
                said = json.loads(reply.read())
        except HTTPError as fault:
            raise AuthError("the refresh token was used already") from fault
        stopping("rotated", wanted)
        return said | {"renew_at": (datetime.now(UTC) + timedelta(hours=1)).isoformat()}

    lane = SimpleNamespace(account=MASTO, refresh=refresh, renews=True)
    try:
        done = renew_ahead(lane, ledger).done
        stopping("stored", wanted)
        sys.stdout.write(f"{done}\n")
    except AuthError as fault:
        sys.stdout.write(f"{fault}\n")
    ledger.close()


if __name__ == "__main__":
    renewed(Path(sys.argv[1]), *sys.argv[2:])
