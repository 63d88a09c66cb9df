"""Where pictures are put for networks that fetch them: a real folder, a bucket that checks signatures, a real sshd."""

from __future__ import annotations

import getpass
import hashlib
import os
import shutil
import stat
from datetime import UTC, datetime
from subprocess import DEVNULL

import pytest

from syndicate.errors import Unavailable
from syndicate.net.http import RequestsHttp
from syndicate.net.picture_hosts import BucketHost, FolderHost, SftpHost, WebHost
from tests import processes
from tests.waiting import wait_for
from tests.worlds.bucket import ACCESS, SECRET, Bucket, canonical, signature
from tests.worlds.waiting import accepts

NAME, DATA = "0a1b.jpg", b"\xff\xd8 a picture"


@pytest.fixture
def bucket():
    opened = Bucket()
    yield opened
    opened.close()


@pytest.fixture
def http():
    door = RequestsHttp(clock=lambda: datetime.now(UTC), secrets=[SECRET])
    yield door
    door.close()


@pytest.fixture
def s3(bucket, http):
    def s3(access=ACCESS, secret=SECRET, base="/gazette/social pictures"):
        return BucketHost(http, bucket.url + base.replace(" ", "%20"), access, secret, "eu-central-1")

    return s3


def test_a_folder_has_the_file_for_everyone_to_read_and_nothing_else(tmp_path):
    host = FolderHost(tmp_path / "public" / "social")
    host.put(NAME, b"earlier", "image/jpeg")
    host.put(NAME, DATA, "image/jpeg")
    [file] = (tmp_path / "public" / "social").iterdir()
    assert (file.name, file.read_bytes(), stat.S_IMODE(file.stat().st_mode)) == (NAME, DATA, 0o644)
    host.remove(NAME)
    host.remove(NAME)
    assert not file.exists()


def test_a_folder_that_cannot_be_written_is_one_line(tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(Unavailable, match=r"media: .*0a1b\.jpg cannot be written \("):
        FolderHost(tmp_path / "file").put(NAME, DATA, "image/jpeg")


def test_the_bucket_of_these_tests_computes_what_the_documentation_does():
    """The example "PUT Object" of the page that tests.worlds.bucket names."""
    body = hashlib.sha256(b"Welcome to Amazon S3.").hexdigest()
    headers = {
        "date": "Fri, 24 May 2013 00:00:00 GMT",
        "host": "examplebucket.s3.amazonaws.com",
        "x-amz-content-sha256": body,
        "x-amz-date": "20130524T000000Z",
        "x-amz-storage-class": "REDUCED_REDUNDANCY",
    }
    request = canonical("PUT", "/test%24file.text", headers, ";".join(headers), body)
    right = "98ad721746da40c64f1a55b78f14c238d841ea1380cd77a1b5971af0ece108bd"
    assert signature(SECRET, "20130524/us-east-1/s3/aws4_request", request, headers["x-amz-date"]) == right


def test_a_bucket_takes_signed_files_and_removes_them(bucket, s3):
    s3().put(NAME, DATA, "image/jpeg")
    assert bucket.objects == {f"/gazette/social%20pictures/{NAME}": ("image/jpeg", DATA)}
    s3().remove(NAME)
    s3().remove(NAME)
    assert (bucket.objects, bucket.refused) == ({}, [])


@pytest.mark.parametrize(
    ("change", "code"),
    [({"secret": "another"}, "SignatureDoesNotMatch"), ({"access": "ANOTHER"}, "InvalidAccessKeyId")],
)
def test_wrong_keys_are_told_in_the_bucket_s_own_words_with_a_cure(s3, change, code):
    with pytest.raises(Unavailable, match=f"answers 403: .*{code}") as caught:
        s3(**change).put(NAME, DATA, "image/jpeg")
    assert "check the keys" in caught.value.hint
    assert SECRET not in str(caught.value)


def test_a_bucket_that_is_down_is_tried_again_later(bucket, s3):
    bucket.fail = 503
    with pytest.raises(Unavailable, match="answers 503"):
        s3().put(NAME, DATA, "image/jpeg")
    bucket.close()
    with pytest.raises(Unavailable, match="media: "):
        s3().put(NAME, DATA, "image/jpeg")


def test_the_sandbox_takes_pictures_and_shows_them(http, sandbox):
    name = f"{hashlib.sha256(DATA).hexdigest()}.jpg"
    WebHost(http, f"{sandbox.url}/_sandbox/media").put(name, DATA, "image/jpeg")
    assert http.call("GET", f"{sandbox.url}/_sandbox/media/{name}").body == DATA


@pytest.fixture
def ssh(tmp_path):
    """A real sshd on loopback for the user who runs the tests, and a client's settings that know it."""
    daemon = shutil.which("sshd") or shutil.which("/usr/sbin/sshd")
    if daemon is None or shutil.which("sftp") is None:
        pytest.skip("no sshd or sftp here: apt install openssh-server")
    if os.getuid() == 0:
        os.makedirs("/run/sshd", exist_ok=True)  # noqa: PTH103 - where sshd of Debian locks itself in
    for name in ("host", "user"):
        processes.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", str(tmp_path / name)])
    port = processes.free_port()
    (tmp_path / "sshd_config").write_text(
        f"Port {port}\nListenAddress 127.0.0.1\nHostKey {tmp_path}/host\nPidFile none\nStrictModes no\nUsePAM no\n"
        f"AuthorizedKeysFile {tmp_path}/user.pub\nPasswordAuthentication no\nPermitRootLogin yes\n"
        "Subsystem sftp internal-sftp\n"
    )
    (tmp_path / "known").write_text(f"[127.0.0.1]:{port} {(tmp_path / 'host.pub').read_text()}")
    (tmp_path / "ssh_config").write_text(f"UserKnownHostsFile {tmp_path}/known\nIdentitiesOnly yes\n")
    process = processes.start([daemon, "-D", "-e", "-f", str(tmp_path / "sshd_config")], stderr=DEVNULL)
    assert wait_for(lambda: accepts(port) or process.poll() is not None)
    if process.poll() is not None:
        pytest.skip("sshd does not run here")

    def host(**change):
        there = {"folder": str(tmp_path / 'a "folder"'), "port": port, "key": tmp_path / "user"} | change
        return SftpHost(f"{getpass.getuser()}@127.0.0.1", config=tmp_path / "ssh_config", **there)

    yield host
    processes.end(process)


def test_a_server_with_sftp_has_the_file_for_everyone_to_read(ssh, tmp_path):
    ssh().put(NAME, b"earlier", "image/jpeg")
    ssh().put(NAME, DATA, "image/jpeg")
    [file] = (tmp_path / 'a "folder"').iterdir()
    assert (file.name, file.read_bytes(), stat.S_IMODE(file.stat().st_mode)) == (NAME, DATA, 0o644)
    ssh().remove(NAME)
    ssh().remove(NAME)
    assert not file.exists()


def test_a_login_that_is_refused_and_a_folder_that_is_not_there_are_one_line_each(ssh, tmp_path):
    processes.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", str(tmp_path / "stranger")])
    with pytest.raises(Unavailable, match=r"media: .*@127\.0\.0\.1: .*(Permission denied|closed)") as caught:
        ssh(key=tmp_path / "stranger").put(NAME, DATA, "image/jpeg")
    assert caught.value.hint.startswith("try it yourself: sftp ")
    with pytest.raises(Unavailable, match=r"media: .*No such file"):
        ssh(folder=str(tmp_path / "no" / "such" / "folder")).put(NAME, DATA, "image/jpeg")


def test_a_server_that_nobody_knows_is_refused(ssh, tmp_path):
    (tmp_path / "known").write_text("")
    with pytest.raises(Unavailable, match=r"media: .*: .*(verification failed|closed)"):
        ssh().put(NAME, DATA, "image/jpeg")


def test_without_sftp_on_this_machine_that_is_said(monkeypatch, tmp_path):
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(Unavailable, match="no command `sftp`") as caught:
        SftpHost("web@gazette.example", "/var/www").put(NAME, DATA, "image/jpeg")
    assert "OpenSSH" in caught.value.hint
