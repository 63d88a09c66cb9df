"""Pictures of ours, and a shelf that serves them in place of the network."""

import io
import threading
from datetime import UTC, datetime

from syndicate.ports import Reply

NOW = datetime(2026, 11, 23, 10, 0, tzinfo=UTC)


class Shelf:
    """ports.Http that answers from memory: bytes, a status, or a failure for each address."""

    def __init__(self, answers=()):
        self.answers = dict(answers)
        self.asked = []
        self._lock = threading.Lock()

    def call(self, method, url, *, headers=None, **others):
        assert method == "GET"
        assert not any(others.values())
        with self._lock:
            self.asked.append(url)
        answer = self.answers.get(url, 404)
        if isinstance(answer, Exception):
            raise answer
        if isinstance(answer, int):
            return Reply(answer, {}, b"", url, NOW)
        return Reply(200, {}, answer, url, NOW)


def drawn(size=(320, 200), mode="RGB", kind="JPEG", **saved):
    """A picture with a gradient and a red top left corner, as a file."""
    from PIL import Image

    picture = Image.linear_gradient("L").resize(size).convert("RGB")
    picture.paste((255, 0, 0), (0, 0, size[0] // 4, size[1] // 4))
    buffer = io.BytesIO()
    picture.convert(mode).save(buffer, kind, **saved)
    return buffer.getvalue()


def saved(picture, kind="JPEG", **options):
    buffer = io.BytesIO()
    picture.save(buffer, kind, **options)
    return buffer.getvalue()
