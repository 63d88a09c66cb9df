"""Which characters a font has: as fontTools reads it, and whatever the file holds."""

import struct
import zlib
from contextlib import suppress
from io import BytesIO
from types import SimpleNamespace

import pytest
from fontTools.ttLib import TTFont
from fontTools.ttLib.tables._c_m_a_p import CmapSubtable
from hypothesis import given
from hypothesis import strategies as st

from syndicate.rendering.cards.coverage import coverage
from syndicate.rendering.environment import builtin_templates

FONTS = sorted((builtin_templates() / "cards" / "fonts").glob("*.ttf"))


@pytest.mark.parametrize("path", FONTS, ids=lambda path: path.name)
def test_it_is_what_fonttools_reads(path):
    assert coverage(path.read_bytes()) == set(TTFont(BytesIO(path.read_bytes())).getBestCmap())


def font(*tables):
    """A font with nothing but these tables of characters: platform, encoding and bytes."""
    head = struct.pack(">HH", 0, len(tables))
    place, body = 4 + 8 * len(tables), b""
    for platform, encoding, data in tables:
        head += struct.pack(">HHI", platform, encoding, place + len(body))
        body += data
    table = head + body
    return b"\0\1\0\0" + struct.pack(">HHHH4sIII", 1, 0, 0, 0, b"cmap", 0, 28, len(table)) + table


def mapped(kind, characters, platform=3, encoding=1):
    """A table of characters as fontTools writes it; every character has a glyph."""
    made = CmapSubtable.newSubtable(kind)
    made.platformID, made.platEncID, made.language = platform, encoding, 0
    made.cmap = {code: f"g{number}" for number, code in enumerate(characters)}

    glyphs = {f"g{number}": number + 1 for number in range(len(characters))}
    names = SimpleNamespace(
        getGlyphID=glyphs.get,
        getGlyphIDMany=lambda wanted: [glyphs[name] for name in wanted],
        getReverseGlyphMap=lambda: glyphs,
    )
    return platform, encoding, made.compile(names)


@pytest.mark.parametrize(
    ("kind", "characters"),
    [
        (4, [65, 66, 70, 0x4E00]),
        (6, [65, 66, 67]),
        (12, [65, 66, 0x1F600]),
        (13, [65, 0x1F600]),
        (4, range(200, 900, 7)),
    ],
)
def test_each_format_is_read(kind, characters):
    assert coverage(font(mapped(kind, list(characters)))) == set(characters)


def test_a_character_whose_glyph_is_the_empty_box_is_none():
    holes = struct.pack(">HHHHH4H", 6, 18, 0, 65, 4, 1, 0, 2, 0)
    assert coverage(font((3, 1, holes))) == {65, 67}
    assert coverage(font((0, 3, struct.pack(">HHH", 0, 262, 0) + bytes([0, 1, 0, 1]) + bytes(252)))) == {1, 3}
    wide = struct.pack(">HHIIII2H", 10, 0, 24, 0, 0x1F600, 2, 0, 5)
    assert coverage(font((3, 10, wide))) == {0x1F601}


def test_the_widest_table_counts_and_symbols_are_no_unicode():
    narrow, wide = mapped(4, [65]), mapped(12, [65, 0x1F600], encoding=10)
    assert coverage(font(narrow, wide)) == {65, 0x1F600}
    assert coverage(font((3, 0, narrow[2]))) == frozenset()


def test_a_woff_is_unpacked_and_a_collection_is_its_first_font():
    plain = FONTS[0].read_bytes()
    packed = BytesIO()
    loaded = TTFont(BytesIO(plain))
    loaded.flavor = "woff"
    loaded.save(packed)
    assert coverage(packed.getvalue()) == coverage(plain)
    bare = font(mapped(6, [65]))
    moved = bare[:20] + struct.pack(">II", 28 + 16, len(bare) - 28) + bare[28:]
    assert coverage(b"ttcf" + struct.pack(">III", 0x10000, 1, 16) + moved) == {65}


def woff(body, length):
    head = b"wOFF" + bytes(8) + struct.pack(">H", 1) + bytes(30)
    return head + struct.pack(">4sIIII", b"cmap", 64, len(body), length, 0) + body


def test_a_table_is_unpacked_no_further_than_it_says():
    bomb = zlib.compress(bytes(10_000_000))
    with pytest.raises(ValueError, match="cut off"):
        coverage(woff(bomb, 2))


@pytest.mark.parametrize(
    ("data", "told"),
    [
        (b"", "begins as no font does"),
        (b"not a font at all", "begins as no font does"),
        (b"wOF2" + bytes(100), "WOFF2"),
        (b"\0\1\0\0" + bytes(30), "maps no characters"),
        (b"\0\1\0\0", "cut off"),
        (woff(b"", 0).replace(b"cmap", b"head"), "maps no characters"),
        (font((3, 1, struct.pack(">HHH", 2, 6, 0))), "in format 2"),
        (font((3, 10, struct.pack(">HHIIIIII", 13, 0, 40, 0, 2, 0, 0x10FFFF, 0) + bytes(12))), None),
        (
            font((3, 10, struct.pack(">HHIII", 12, 0, 40, 0, 9) + struct.pack(">III", 0, 0x10FFFF, 1) * 9)),
            "more characters than there are",
        ),
    ],
)
def test_what_is_no_font_is_said_to_be_none(data, told):
    if told is None:
        assert coverage(data) == frozenset()
        return
    with pytest.raises(ValueError, match=told):
        coverage(data)


@given(st.integers(0, 1200), st.binary(max_size=8))
def test_a_damaged_font_ends_in_a_set_or_in_one_error(place, junk):
    whole = font(mapped(4, [65, 66, 70, 0x4E00]), mapped(12, [65, 0x1F600], encoding=10))
    place = min(place, len(whole))
    with suppress(ValueError):
        assert isinstance(coverage(whole[:place] + junk + whole[place + len(junk) :]), frozenset)
