"""Files that are one picture and nothing else, and those that hold something more."""

import io
import struct
import zlib

import pytest
from PIL import Image as Pillow

from syndicate.rendering.picture_files import only_picture
from tests.worlds.pictures import drawn, saved

KINDS = ("JPEG", "PNG", "GIF", "WEBP")


def plain(kind, **options):
    return drawn(mode="P" if kind == "GIF" else "RGB", kind=kind, **options)


@pytest.mark.parametrize("kind", KINDS)
def test_a_plain_picture_is_only_a_picture(kind):
    assert only_picture(plain(kind), kind)


@pytest.mark.parametrize(
    ("kind", "options"),
    [
        ("JPEG", {"progressive": True}),
        ("JPEG", {"restart_marker_rows": 1}),
        ("JPEG", {"optimize": True, "dpi": (72, 72)}),
        ("WEBP", {"lossless": True}),
        ("PNG", {"dpi": (72, 72)}),
    ],
)
def test_other_ways_to_write_the_same_are_only_a_picture(kind, options):
    assert only_picture(plain(kind, **options), kind)


@pytest.mark.parametrize(
    ("mode", "kind"),
    [("L", "JPEG"), ("CMYK", "JPEG"), ("RGBA", "PNG"), ("1", "PNG"), ("RGBA", "WEBP"), ("1", "GIF")],
)
def test_other_modes_are_only_a_picture(mode, kind):
    assert only_picture(drawn(mode=mode, kind=kind), kind)


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("more", [b"\0", b"PK\x03\x04<script>", b"PK\xff\xd9", plain("JPEG"), plain("PNG")])
def test_bytes_behind_the_end_are_something_more(kind, more):
    assert not only_picture(plain(kind) + more, kind)


@pytest.mark.parametrize("kind", KINDS)
def test_a_file_that_ends_early_is_no_whole_picture_wherever_it_ends(kind):
    data = plain(kind, **({"quality": 20} if kind == "JPEG" else {}))
    assert not any(only_picture(data[:size], kind) for size in range(0, len(data), 7))


def test_an_end_in_a_thumbnail_or_comment_is_not_the_end():
    thumb = saved(Pillow.new("RGB", (20, 20)))
    jpeg = plain("JPEG")
    for marker in (b"\xff\xe1", b"\xff\xfe", b"\xff\xf0"):
        inside = marker + struct.pack(">H", len(thumb) + 2) + thumb
        assert not only_picture(jpeg[:2] + inside + jpeg[2:], "JPEG"), "nor is it passed on"
    fill = jpeg[:-2] + b"\xff" + jpeg[-2:]
    assert only_picture(fill, "JPEG"), "bytes FF may stand before a marker"


def test_a_jfif_segment_with_a_thumbnail_is_something_more():
    jpeg = plain("JPEG")
    assert jpeg[2:4] == b"\xff\xe0"
    old = 2 + 2 + 16
    thumb = b"JFIF\0\1\1\0\0\1\0\1\1\1" + b"\xff\0\0"
    assert not only_picture(jpeg[:2] + b"\xff\xe0" + struct.pack(">H", len(thumb) + 2) + thumb + jpeg[old:], "JPEG")
    extension = b"JFXX\0\x10" + bytes(8)
    assert not only_picture(jpeg[:old] + b"\xff\xe0\0\x10" + extension + jpeg[old:], "JPEG")


def chunk(name, data):
    return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))


@pytest.mark.parametrize("name", [b"tEXt", b"zTXt", b"iTXt", b"eXIf", b"iCCP", b"prVt", b"acTL", b"caBX"])
def test_a_png_chunk_that_is_no_pixel_is_something_more(name):
    png = plain("PNG")
    assert not only_picture(png[:33] + chunk(name, b"x") + png[33:], "PNG")
    assert not only_picture(png[:-12] + chunk(name, b"x") + png[-12:], "PNG")
    assert only_picture(png[:33] + chunk(b"gAMA", struct.pack(">I", 45455)) + png[33:], "PNG")


def test_a_gif_with_words_or_an_applications_data_is_something_more():
    gif = plain("GIF")
    at = 13 + (3 << (gif[10] & 7) + 1)
    control = b"\x21\xf9\x04\0\0\0\0\0"
    assert only_picture(gif[:at] + control + gif[at:], "GIF")
    for extension in (b"\x21\xfe\x01a\0", b"\x21\xff\x0bXMP DataXMP\x01a\0", b"\x21\x01\x0c" + bytes(12) + b"\0"):
        assert not only_picture(gif[:at] + extension + gif[at:], "GIF")


def test_a_webp_with_another_chunk_is_something_more():
    webp = plain("WEBP")
    for name in (b"EXIF", b"XMP ", b"ICCP", b"UNKN"):
        body = webp[8:] + name + struct.pack("<I", 2) + b"ab"
        assert not only_picture(b"RIFF" + struct.pack("<I", len(body)) + body, "WEBP")


def test_a_webp_ends_where_it_says_whatever_follows():
    webp = plain("WEBP")
    assert not only_picture(webp + b"ALPH\2\0\0\0ab", "WEBP")


def test_another_kind_is_not_known():
    buffer = io.BytesIO()
    Pillow.new("RGB", (20, 20)).save(buffer, "TIFF")
    assert not only_picture(buffer.getvalue(), "TIFF")
    assert not only_picture(plain("PNG"), "JPEG")
