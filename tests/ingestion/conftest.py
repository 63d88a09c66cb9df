import pytest

from tests.worlds.press import Press


@pytest.fixture
def press(tmp_path, clock):
    made = []

    def begin(*known, **options):
        """A press whose first run has seen three old stories, and `known`."""
        new = Press(tmp_path, clock, **options)
        made.append(new)
        new.items = [*known, *(new.story(n, ago=60 * n) for n in (1, 2, 3))]
        assert new.run() == []
        clock.move(hours=1)
        return new

    yield begin
    for each in made:
        each.shut()
