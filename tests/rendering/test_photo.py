import contextlib
import hashlib
import io
import struct
import sys
import threading
import zlib
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from types import SimpleNamespace

import pytest
from PIL import Image as Pillow
from PIL import ImageCms, PngImagePlugin, features

from syndicate.errors import RenderError, Unavailable
from syndicate.model import Image, Limits
from syndicate.net.address_guard import Guard
from syndicate.net.http import RequestsHttp
from syndicate.rendering import pixels
from syndicate.rendering.photo import AT_ONCE, Pictures
from syndicate.rendering.pixels import encode
from tests import processes
from tests.worlds.pictures import drawn

LIMITS = Limits(text=500)
ADDRESS = "https://gazette.example.com/photos/a.jpg"


def fitted(data, limits=LIMITS, max_bytes=None, edge=None):
    return encode(data, limits, "alt", max_bytes=max_bytes or limits.image_bytes, edge=edge)


def opened(media):
    assert media.mime == "image/jpeg"
    picture = Pillow.open(io.BytesIO(media.data))
    assert picture.size == (media.width, media.height)
    assert not picture.getexif()
    assert not {"exif", "icc_profile", "comment", "xmp"} & set(picture.info)
    assert picture.mode == "RGB"
    return picture


def corner(picture):
    """The colour of the top left pixel, in steps of 64: JPEG is not exact."""
    return tuple(round(channel / 64) for channel in picture.getpixel((4, 4)))


RED = (4, 0, 0)


@pytest.fixture
def noise():
    """A picture that does not compress."""
    return Pillow.effect_noise((700, 500), 100).convert("RGB")


def saved(picture, kind, **options):
    buffer = io.BytesIO()
    picture.save(buffer, kind, **options)
    return buffer.getvalue()


@pytest.mark.parametrize(("kind", "mime"), [("JPEG", "image/jpeg"), ("PNG", "image/png")])
def test_a_clean_picture_that_fits_keeps_its_bytes(draw, kind, mime):
    data = draw(kind=kind)
    media = fitted(data)
    assert media.data is data
    assert (media.mime, media.width, media.height, media.alt) == (mime, 320, 200, "alt")


@pytest.mark.parametrize(
    ("mode", "kind"),
    [
        ("RGB", "WEBP"),
        ("P", "GIF"),
        ("RGB", "BMP"),
        ("RGB", "TIFF"),
        ("CMYK", "JPEG"),
        ("CMYK", "TIFF"),
        ("YCbCr", "TIFF"),
        pytest.param("RGB", "AVIF", marks=pytest.mark.skipif(not features.check("avif"), reason="Pillow without AVIF")),
    ],
)
def test_what_the_network_does_not_take_becomes_a_jpeg(draw, mode, kind):
    picture = opened(fitted(draw(mode=mode, kind=kind)))
    assert picture.size == (320, 200)
    assert corner(picture) == RED


def test_a_type_the_network_takes_stays(draw):
    assert fitted(draw(kind="WEBP"), Limits(text=500, image_types=("image/webp",))).mime == "image/webp"


def exif(orientation=1):
    found = Pillow.Exif()
    found[0x0112] = orientation
    found[0x010F] = "Camera of Ada"
    found.get_ifd(0x8825)[2] = (38.0, 42.0, 0.0)
    return found


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "GIF", "WEBP"])
@pytest.mark.parametrize("size", [(1, 1), (3, 2), (800, 4), (15, 15)])
def test_a_counter_or_spacer_is_no_photo(draw, kind, size):
    with pytest.raises(RenderError, match=f"^{size[0]} x {size[1]} pixels are too few for a photo$"):
        fitted(draw(size, kind=kind))
    assert fitted(draw((16, 16), kind=kind)).width == 16


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP", "TIFF"])
def test_place_and_person_are_taken_out(draw, kind):
    data = draw(kind=kind, exif=exif())
    assert b"Camera of Ada" in data
    media = fitted(data, Limits(text=500, image_types=("image/jpeg", "image/png", "image/webp")))
    assert b"Camera of Ada" not in media.data
    opened(media)


def test_comments_profiles_and_hidden_segments_are_taken_out(draw):
    words = PngImagePlugin.PngInfo()
    words.add_text("Author", "Ada of Lisbon")
    profile = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    jpeg = draw()
    segment = b"\xff\xed\x00\x0fAda of Lisbon"
    for data in (
        draw(kind="PNG", pnginfo=words),
        draw(comment=b"Ada of Lisbon"),
        draw(icc_profile=profile),
        jpeg[:2] + segment + jpeg[2:],
        jpeg + b"Ada of Lisbon",
        jpeg + b"Ada of Lisbon\xff\xd9",
        jpeg + draw(comment=b"Ada of Lisbon"),
    ):
        assert b"Ada of Lisbon" not in opened(fitted(data)).info
        assert b"Ada of Lisbon" not in fitted(data).data
        assert fitted(data).data != data


@pytest.mark.parametrize(
    ("orientation", "size", "red"),
    [
        (1, (320, 200), (4, 4)),
        (2, (320, 200), (315, 4)),
        (3, (320, 200), (315, 195)),
        (4, (320, 200), (4, 195)),
        (5, (200, 320), (4, 4)),
        (6, (200, 320), (195, 4)),
        (7, (200, 320), (195, 315)),
        (8, (200, 320), (4, 315)),
    ],
)
def test_the_picture_stands_upright(draw, orientation, size, red):
    picture = opened(fitted(draw(exif=exif(orientation))))
    assert picture.size == size
    assert picture.getpixel(red)[0] > 200
    assert picture.getpixel(red)[1] < 60


def test_only_the_first_frame_is_shown():
    frames = [Pillow.new("RGB", (64, 48), colour) for colour in ("red", "blue")]
    for kind in ("GIF", "WEBP", "PNG"):
        data = saved(
            frames[0], kind, save_all=True, append_images=frames[1:], **({"lossless": True} if kind == "WEBP" else {})
        )
        picture = opened(fitted(data, Limits(text=500, image_types=("image/gif", "image/webp", "image/png"))))
        assert corner(picture) == RED


def test_transparent_parts_are_white():
    clear = Pillow.new("RGBA", (64, 48), (0, 0, 0, 0))
    assert corner(opened(fitted(saved(clear, "WEBP")))) == (4, 4, 4)


def test_sixteen_bits_become_eight():
    grey = Pillow.new("I;16", (64, 48), 0x8000)
    assert corner(opened(fitted(saved(grey, "TIFF")))) == (2, 2, 2)


def test_a_broken_colour_profile_is_passed_over(draw):
    assert corner(opened(fitted(draw(icc_profile=b"no profile")))) == RED


def test_bytes_are_kept_within_the_limit_by_quality_then_by_size(noise):
    data = saved(noise, "PNG")
    best = fitted(data, max_bytes=len(data) - 1)
    less = fitted(data, max_bytes=len(best.data) - 1)
    small = fitted(data, max_bytes=40_000)
    assert len(best.data) > len(less.data) > 40_000 >= len(small.data)
    assert opened(best).size == opened(less).size == (700, 500)
    assert opened(small).width < 700
    assert opened(small).width / small.height == pytest.approx(1.4, abs=0.02)
    with pytest.raises(RenderError, match="cannot be made as small as 100 bytes"):
        fitted(data, max_bytes=100)


def test_pixels_are_kept_within_the_limit(draw):
    media = fitted(draw((800, 500)), Limits(text=500, image_pixels=100_000))
    assert media.width * media.height <= 100_000
    assert opened(media).width / media.height == pytest.approx(1.6, abs=0.02)


@pytest.mark.parametrize(
    ("size", "cut"), [((800, 500), (800, 500)), ((1000, 200), (382, 200)), ((200, 1000), (200, 250)), ((4, 5), None)]
)
def test_a_picture_is_cut_to_a_shape_that_the_network_takes(draw, size, cut):
    limits = Limits(text=500, shapes=(0.8, 1.91), image_types=("image/jpeg",))
    if cut is None:
        size = cut = (400, 500)
    media = fitted(draw(size), limits)
    assert (media.width, media.height) == cut
    assert opened(media).size == cut


def test_a_picture_of_a_shape_that_is_taken_keeps_its_bytes(draw):
    limits = Limits(text=500, shapes=(0.8, 1.91))
    assert fitted(draw((400, 300)), limits).data == draw((400, 300))
    assert fitted(draw((900, 300)), limits).data != draw((900, 300))


def test_a_thumb_is_made_no_larger_than_it_is_drawn(noise):
    media = fitted(saved(noise, "PNG"), max_bytes=300_000, edge=320)
    assert max(opened(media).size) == 320


def test_the_same_bytes_give_the_same_bytes(draw):
    data = draw(mode="CMYK")
    assert fitted(data).data == fitted(data).data


@pytest.mark.parametrize(
    "data",
    [
        b"<html>not found</html>",
        b"\x89PNG\r\n\x1a\nbroken",
        b"GIF89a",
        b"<svg xmlns='http://www.w3.org/2000/svg'/>",
        b"%PDF-1.4",
    ],
)
def test_what_is_no_picture_is_refused_in_one_line(data):
    with pytest.raises(RenderError, match=r"^not a picture we can read \(\w+\)$"):
        fitted(data)


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "GIF", "WEBP", "TIFF"])
def test_a_picture_that_was_cut_off_is_refused(draw, kind):
    data = draw(kind=kind)
    with pytest.raises(RenderError, match="not a picture we can read"):
        fitted(data[: len(data) // 2])


@pytest.mark.parametrize("side", [5_001, 10_000, 20_000])
def test_a_decompression_bomb_is_refused_before_it_is_opened(side):
    header = b"IHDR" + struct.pack(">IIBBBBB", side, side, 8, 2, 0, 0, 0)
    data = b"\x89PNG\r\n\x1a\n" + struct.pack(">I", 13) + header + struct.pack(">I", zlib.crc32(header))
    pixels = zlib.compress(b"")
    data += struct.pack(">I", len(pixels)) + b"IDAT" + pixels + struct.pack(">I", zlib.crc32(b"IDAT" + pixels))
    with pytest.raises(RenderError, match="more than the 25000000"):
        fitted(data)


@pytest.mark.parametrize(("share", "left"), [((5200, 5200), 2600), ((5000, 5000), 2700)])
def test_a_jpeg_of_too_many_pixels_is_decoded_at_half_its_size(share, left):
    """Only JPEG can be, so another format of this size is refused."""
    media = fitted(saved(Pillow.new("RGB", share, "teal"), "JPEG", comment=b"so that it is encoded anew"), edge=2700)
    assert (media.width, media.height) == (left, left)


def test_a_jpeg_has_a_limit_as_well():
    data = bytearray(drawn())
    frame = data.index(b"\xff\xc0")
    for sides, refused in (((8000, 7501), True), ((8000, 7500), False)):
        data[frame + 5 : frame + 9] = struct.pack(">HH", *sides)
        if refused:
            with pytest.raises(RenderError, match=r"^7501 x 8000 pixels are more than the 60000000 we open$"):
                pixels.check(bytes(data))
        else:
            pixels.check(bytes(data))


@pytest.mark.slow
def test_of_a_picture_of_the_most_pixels_few_copies_are_made_at_once():
    """What a process takes at most is measured in one of its own."""
    if not Path("/proc/self/status").exists():
        pytest.skip("no /proc here")
    script = (
        "import re, sys; from pathlib import Path\n"
        "from syndicate.model import Limits\n"
        "from syndicate.rendering.pixels import encode\n"
        "media = encode(sys.stdin.buffer.read(), Limits(text=1), '', max_bytes=5_000_000)\n"
        "print(media.width, re.search(r'VmHWM:\\s*(\\d+)', Path('/proc/self/status').read_text())[1])"
    )
    data = saved(Pillow.new("RGBA", (4990, 4990), (0, 90, 90, 128)), "WEBP", lossless=True)
    done = processes.run([sys.executable, "-c", script], input=data, text=False)
    width, peak = map(int, done.stdout.split())
    assert width == 4096
    assert peak < 700_000


def test_accounts_share_one_request(shelf, draw):
    shelf.answers[ADDRESS] = draw()
    pictures = Pictures(shelf, lambda: pixels)
    with ThreadPoolExecutor(8) as pool:
        jobs = [pool.submit(pictures.fetch, Image(ADDRESS), LIMITS, f"alt {number}") for number in range(8)]
    assert {hashlib.sha256(job.result().data).hexdigest() for job in jobs} == {hashlib.sha256(draw()).hexdigest()}
    assert [job.result().alt for job in jobs] == [f"alt {number}" for number in range(8)]
    assert shelf.asked == [ADDRESS]


def test_a_failure_is_asked_about_again(shelf, draw):
    shelf.answers[ADDRESS] = Unavailable("gazette.example.com: refused")
    pictures = Pictures(shelf, lambda: pixels)
    with pytest.raises(
        RenderError, match=r"^https://gazette\.example\.com/photos/a\.jpg: gazette\.example\.com: refused$"
    ):
        pictures.fetch(Image(ADDRESS), LIMITS, "")
    shelf.answers[ADDRESS] = draw()
    assert pictures.fetch(Image(ADDRESS), LIMITS, "").width == 320


def test_memory_is_bounded(shelf, draw):
    data = draw()
    shelf.answers |= {f"{ADDRESS}?{number}": data for number in range(5)}
    pictures = Pictures(shelf, lambda: pixels, kept_bytes=3 * len(data))
    for number in (0, 1, 2, 3, 4, 4, 3, 0):
        pictures.fetch(Image(f"{ADDRESS}?{number}"), LIMITS, "")
    assert [url[-1] for url in shelf.asked] == list("012340")


@pytest.mark.parametrize(
    ("url", "answer", "words"),
    [
        (ADDRESS, 404, f"{ADDRESS}: HTTP 404"),
        (ADDRESS, b"", f"{ADDRESS}: the answer is empty"),
        (ADDRESS, b"x" * 20_000_001, f"{ADDRESS}: 20000001 bytes are more than the 20000000 we read"),
        (ADDRESS, b"<html>", f"{ADDRESS}: not a picture we can read (UnidentifiedImageError)"),
        ("data:image/png;base64,AAAA", None, "data:image/png;base64,AAAA: not an http address"),
        ("file:///etc/passwd", None, "file:///etc/passwd: not an http address"),
    ],
)
def test_a_photo_that_cannot_be_had_says_which_and_why(shelf, url, answer, words):
    shelf.answers[url] = answer
    with pytest.raises(RenderError) as caught:
        Pictures(shelf, lambda: pixels).fetch(Image(url), LIMITS, "")
    assert str(caught.value) == words


@pytest.fixture
def site(draw):
    """A site on loopback that shows one photo."""
    data = draw()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self):
            self.send_response(200)
            self.send_header("Content-Length", str(len(data)))
            self.end_headers()
            self.wfile.write(data)

        def log_message(self, *_):
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, args=(0.01,))
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join()
    server.server_close()


def test_the_photo_comes_through_the_guarded_door(site):
    url = f"{site}/a.jpg"
    for origins, words in (([site], None), ([], "127.0.0.1")):
        http = RequestsHttp(clock=lambda: datetime.now(UTC), guard=Guard(origins=origins))
        try:
            if words is None:
                assert Pictures(http, lambda: pixels).fetch(Image(url), LIMITS, "").width == 320
            else:
                with pytest.raises(RenderError, match=words):
                    Pictures(http, lambda: pixels).fetch(Image(url), LIMITS, "")
        finally:
            http.close()


def test_few_photos_are_in_hand_at_a_time_however_many_accounts_want_one():
    """The first ones wait half a second for one more than there may be, which never comes."""
    one_more = threading.Barrier(AT_ONCE + 1)
    met = []

    class Waiting:
        def ready(self):
            pass

        def encode(self, data, *_, **__):
            with contextlib.suppress(threading.BrokenBarrierError):
                met.append(one_more.wait(0.5))
            return data

    pictures = Pictures(SimpleNamespace(call=lambda *_, **__: SimpleNamespace(status=200, body=b"photo")), Waiting)
    with ThreadPoolExecutor(2 * AT_ONCE) as pool:
        asked = [pool.submit(pictures.fetch, Image(f"{ADDRESS}?{n}"), LIMITS, "") for n in range(2 * AT_ONCE)]
        assert [each.result() for each in asked] == [b"photo"] * (2 * AT_ONCE)
    assert met == []
