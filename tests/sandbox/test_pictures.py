from __future__ import annotations

import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from syndicate.sandbox.pictures import Picture, look


def picture(kind, **options):
    from PIL import Image

    out = io.BytesIO()
    Image.new("RGB", (37, 21), "teal").save(out, kind, **options)
    return out.getvalue()


@pytest.mark.parametrize(
    ("kind", "options", "mime"),
    [
        ("PNG", {}, "image/png"),
        ("JPEG", {}, "image/jpeg"),
        ("JPEG", {"progressive": True, "exif": b"Exif\0\0" + b"x" * 300}, "image/jpeg"),
        ("GIF", {}, "image/gif"),
        ("WEBP", {}, "image/webp"),
        ("WEBP", {"lossless": True}, "image/webp"),
        ("WEBP", {"exif": b"Exif\0\0II*\0"}, "image/webp"),
    ],
)
def test_type_and_size_are_read_from_the_bytes(kind, options, mime):
    data = picture(kind, **options)
    assert look(data) == Picture(mime, 37, 21)
    assert look(data[:20]) in (None, Picture(mime, 37, 21))


@given(
    st.binary(max_size=60), st.sampled_from([b"", b"\xff\xd8\xff", b"\x89PNG\r\n\x1a\n", b"GIF89a", b"RIFFxxxxWEBP"])
)
def test_of_any_bytes_a_type_and_a_size_are_read_or_nothing(data, start):
    found = look(start + data)
    assert found is None or (found.mime.startswith("image/") and min(found.width, found.height) >= 0)


def test_what_is_no_picture_is_none():
    assert look(b"<svg xmlns='http://www.w3.org/2000/svg'/>") is None
