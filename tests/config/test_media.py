"""Where pictures are put for networks that fetch them, as the config says it."""

from __future__ import annotations

import pytest

from syndicate.config.schema import Bucket, MediaConfig, Sftp
from tests.worlds.config_file import SITE

URL = "https://gazette.example/social"


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        (
            "s3: {endpoint: 'https://s3.example', bucket: b, access_key: key1, secret_key: key2}",
            {"s3": Bucket("https://s3.example", "b", "key1", "key2")},
        ),
        ("sftp: {place: web@a.example, folder: /var/www}", {"sftp": Sftp("web@a.example", "/var/www")}),
    ],
)
def test_a_bucket_and_a_server_are_read(read, written, meant):
    assert read(f"{SITE}media: {{url: '{URL}', {written}}}\n").media == MediaConfig(URL, **meant)


def test_a_folder_is_beside_the_config(read, tmp_path):
    assert (
        read(f"{SITE}media: {{url: '{URL}', folder: public/social}}\n").media.folder == tmp_path / "public" / "social"
    )


@pytest.mark.parametrize(
    ("written", "words"),
    [
        (f"{{url: '{URL}'}}", "media: needs one of folder, s3, sftp"),
        (f"{{url: '{URL}', folder: a, sftp: {{place: b, folder: c}}}}", "media: needs one of folder, s3, sftp"),
        ("{folder: a}", "media: needs 'url'"),
        ("{url: social, folder: a}", "media.url"),
        (f"{{url: '{URL}', folder: a, bucket: b}}", "unknown key 'bucket'"),
        (f"{{url: '{URL}', s3: {{bucket: b}}}}", "media.s3: needs 'endpoint', 'access_key' and 'secret_key'"),
        (f"{{url: '{URL}', sftp: {{place: b, folder: c, port: x}}}}", "media.sftp.port"),
    ],
)
def test_a_mistake_is_named_with_its_place(mistakes, written, words):
    told = mistakes(f"{SITE}media: {written}\n")
    assert words in told
    assert "config.yaml:" in told


def test_its_keys_are_never_printed(read):
    config = read(
        f"{SITE}media: {{url: '{URL}', s3: {{endpoint: 'https://s3.example', bucket: b,"
        " access_key: first-key, secret_key: second-key}}\n"
    )
    assert {"first-key", "second-key"} <= set(config.secrets)
    assert "second-key" not in repr(config)
