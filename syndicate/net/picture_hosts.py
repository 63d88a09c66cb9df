"""Puts pictures where everyone can fetch them, for networks that take only an address: a folder that a web server
publishes, a bucket with the API of S3, a server with SFTP.

Each is a ports.PictureHost. Putting a file again, or removing one that is gone, is fine.
"""

from __future__ import annotations

import os
import subprocess
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import quote

from syndicate.errors import PlatformError, Unavailable
from syndicate.model.dataclass import dataclass
from syndicate.net.child_environment import child_environment

if TYPE_CHECKING:
    from syndicate.ports import Http

SFTP_PATIENCE = 25
"""Seconds for the whole of one transfer; below the 30 of a request."""

_READABLE = 0o644


@dataclass(frozen=True, slots=True)
class FolderHost:
    """A folder on this machine that a web server publishes."""

    folder: Path

    def put(self, name: str, data: bytes, mime: str) -> None:  # noqa: ARG002 - the web server knows types by their names
        """Write a file that everyone may read, whole or not at all. Raises Unavailable."""
        target = self.folder / name
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
            handle, draft = tempfile.mkstemp(dir=self.folder, prefix=".", suffix=".part")
            try:
                with os.fdopen(handle, "wb") as file:
                    file.write(data)
                Path(draft).chmod(_READABLE)
                Path(draft).replace(target)
            except BaseException:
                Path(draft).unlink(missing_ok=True)
                raise
        except OSError as fault:
            raise Unavailable(
                f"media: {target} cannot be written ({(fault.strerror or str(fault)).lower()})"
            ) from fault

    def remove(self, name: str) -> None:
        """Remove a file. Raises Unavailable."""
        try:
            (self.folder / name).unlink(missing_ok=True)
        except OSError as fault:
            raise Unavailable(f"media: {name} cannot be removed ({(fault.strerror or str(fault)).lower()})") from fault


@dataclass(frozen=True, slots=True)
class WebHost:
    """An address that takes files by PUT, and removes them by DELETE."""

    http: Http
    base: str

    def put(self, name: str, data: bytes, mime: str) -> None:
        """Send a file. Raises Unavailable."""
        self._call("PUT", name, data, {"Content-Type": mime})

    def remove(self, name: str) -> None:
        """Remove a file. Raises Unavailable."""
        self._call("DELETE", name, None, {})

    def signed(self, method: str, url: str, data: bytes | None, headers: dict[str, str]) -> dict[str, str]:  # noqa: ARG002
        """The headers with which a request is sent."""
        return headers

    def _call(self, method: str, name: str, data: bytes | None, headers: dict[str, str]) -> None:
        url = f"{self.base}/{quote(name)}"
        try:
            reply = self.http.call(method, url, data=data, headers=self.signed(method, url, data, headers))
        except PlatformError as fault:
            raise Unavailable(f"media: {fault}", hint=fault.hint) from fault
        if reply.status >= 300 and not (method == "DELETE" and reply.status == 404):
            said = " ".join(reply.body[:300].decode("utf-8", "replace").split())
            raise Unavailable(f"media: {method} {url} answers {reply.status}: {said}", hint=_CURES.get(reply.status))


_CURES = {
    403: "check the keys, and that they may write there: syndicate accounts check",
    404: "check the address and the name of the bucket in the setting `media`",
}


@dataclass(frozen=True, slots=True)
class BucketHost(WebHost):
    """A bucket with the API of S3: each request is signed with AWS Signature Version 4 (requests-aws4auth).

    https://docs.aws.amazon.com/AmazonS3/latest/API/sig-v4-header-based-auth.html
    """

    access_key: str
    secret_key: str
    region: str

    def signed(self, method: str, url: str, data: bytes | None, headers: dict[str, str]) -> dict[str, str]:
        """The headers with the signature, which covers the file and the time."""
        from requests import Request
        from requests_aws4auth import AWS4Auth

        prepared = Request(method, url, headers=headers, data=data or b"").prepare()
        AWS4Auth(self.access_key, self.secret_key, self.region, "s3")(prepared)
        return {name: str(value) for name, value in prepared.headers.items() if name.lower() != "content-length"}


@dataclass(frozen=True, slots=True)
class SftpHost:
    """A folder on a server with SFTP, by this machine's own `sftp` (OpenSSH), with its known hosts, agent and config.

    `place` is `user@host`, `folder` the path there. `key`: a file with a private key, where the agent has none.
    `config`: a file of ssh's own settings, instead of ~/.ssh/config.
    """

    place: str
    folder: str
    port: int | None = None
    key: Path | None = None
    config: Path | None = None

    def put(self, name: str, data: bytes, mime: str) -> None:  # noqa: ARG002 - the web server knows types by their names
        """Send a file under another name, and rename it when it is whole. Raises Unavailable."""
        with tempfile.NamedTemporaryFile(suffix=Path(name).suffix) as file:
            file.write(data)
            file.flush()
            there, draft = (_quoted(f"{self.folder}/{each}") for each in (name, f".{name}.part"))
            self._run(
                f"-mkdir {_quoted(self.folder)}",
                f"put {_quoted(file.name)} {draft}",
                f"chmod 644 {draft}",
                f"-rm {there}",
                f"rename {draft} {there}",
            )

    def remove(self, name: str) -> None:
        """Remove a file. Raises Unavailable."""
        self._run(f"-rm {_quoted(f'{self.folder}/{name}')}")

    def _run(self, *commands: str) -> None:
        """Run commands of sftp's own; one that begins with - may fail."""
        passed = ("HOME", "USER", "SSH_AUTH_SOCK")
        environment = child_environment() | {name: os.environ[name] for name in passed if name in os.environ}
        try:
            done = subprocess.run(  # noqa: S603 - the place comes from the config
                ["sftp", *self._options(), "-b", "-", "--", self.place],  # noqa: S607 - the one in PATH
                input="\n".join(commands) + "\n",
                stdout=subprocess.DEVNULL,
                stderr=subprocess.PIPE,
                env=environment,
                text=True,
                errors="replace",
                timeout=SFTP_PATIENCE,
                check=False,
            )
        except FileNotFoundError as fault:
            raise Unavailable("media: there is no command `sftp` on this machine", hint="install OpenSSH") from fault
        except subprocess.TimeoutExpired as fault:
            raise Unavailable(f"media: {self.place} did not take the file within {SFTP_PATIENCE} s") from fault
        if done.returncode:
            last = (done.stderr.strip().splitlines() or ["sftp failed"])[-1]
            raise Unavailable(f"media: {self.place}: {last}", hint=f"try it yourself: sftp {self.place}")

    def _options(self) -> list[str]:
        options = ["-oBatchMode=yes", f"-oConnectTimeout={SFTP_PATIENCE // 2}"]
        options += [f"-oPort={self.port}"] if self.port else []
        options += [f"-oIdentityFile={self.key}"] if self.key else []
        return options + (["-F", str(self.config)] if self.config else [])


def _quoted(path: str) -> str:
    """A path for sftp's command line."""
    return '"' + path.replace("\\", "\\\\").replace('"', '\\"') + '"'
