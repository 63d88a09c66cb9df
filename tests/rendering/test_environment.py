import os
import shutil
import sys
from pathlib import Path

import pytest

from syndicate.errors import RenderError
from syndicate.model import Limits
from syndicate.rendering.environment import Templates, builtin_templates
from syndicate.rendering.fit import fit
from tests import processes
from tests.worlds.template_bombs import LINK, NAMES


class Here:
    """Renders what is not harmless in the test's own process: what it does is tried by the tests of that process."""

    def render(self, folders, name, _shown, variables):
        return Templates(folders).render_here(name, variables)

    def close(self):
        pass


@pytest.fixture
def write(tmp_path):
    """Writes a template of the publisher's and says what it prints; or where it fails."""

    def write(source, name="mastodon/post.txt.j2"):
        path = tmp_path / "templates" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(source if isinstance(source, bytes) else source.encode())
        return Templates([tmp_path / "templates"], Here())

    return write


def printed(templates, platform="mastodon"):
    marked = templates.render(platform, "post.txt.j2", NAMES)
    return fit(marked, Limits(text=10_000), len).text


@pytest.mark.parametrize(
    ("source", "text"),
    [
        ("{{ article.title | fit }}", "Title of the story"),
        ("{{ article.hashtags }}", "#News #Russia #HumanRights"),
        ("{{ article.hashtags[:2] }}", "#News #Russia"),
        ("{{ article.hashtags | join(', ') }}", "#News, #Russia, #HumanRights"),
        ("{% for tag in article.hashtags %}{{ loop.index }}{{ tag }}{% endfor %}", "1#News2#Russia3#HumanRights"),
        ("{% for n in range(3) %}{{ n }}{% endfor %}", "012"),
        ("{{ link }}", LINK),
        ("https://share.example/?u={{ link | urlencode }}", f"https://share.example/?u={LINK.replace(':', '%3A')}"),
        ("{{ 'Read ' ~ link }}{{ ' or ' + link }}", f"Read {LINK} or {LINK}"),
        ("{% if link == article.url %}same{% endif %}", "same"),
        ("{{ article.section }}{{ article.canonical_url }}{{ article.language }}{{ none }}", "News > Russia"),
        ("{{ article.raw['media:rating'] }} {{ article.raw.get('none', '-') }}", "quiet -"),
        ("{{ article.published.strftime('%d.%m.%Y') }}", "23.11.2026"),
        (
            "{{ article.image.alt }}, {{ site.name }}, {{ account.name }}, {{ limits.text }}",
            "alt text, The Gazette, masto, 500",
        ),
        (
            "{{ 'breaking news' | hashtag }} {{ 'paper@social.example' | mention }}",
            "#BreakingNews @paper@social.example",
        ),
        ("{% filter fit %}{{ article.title }} {{ link }}{% endfilter %}", f"Title of the story {LINK}"),
        ("{# a comment #}\n{% if true %}\n  a\n{% endif %}\nb <&>", "a\nb <&>"),
        ("{{ 'ab' * 3 }}{{ 2 * 3 }}", "ababab6"),
    ],
)
def test_a_template_prints(write, source, text):
    assert printed(write(source)) == text


@pytest.mark.parametrize(
    ("source", "words"),
    [
        ("\n\n{{ article.titel }}", "mastodon/post.txt.j2:3: 'titel' is undefined (did you mean 'title'?)"),
        ("{{ artikle.title }}", "post.txt.j2:1: 'artikle' is undefined (did you mean 'article'?)"),
        ("{{ zzz }}", "post.txt.j2:1: 'zzz' is undefined"),
        ("{{ article.titel | fit }}", "post.txt.j2:1: 'titel' is undefined (did you mean 'title'?)"),
        ("{% if article.titel %}{% endif %}", "post.txt.j2:1: 'titel' is undefined"),
        ("{{ article.raw['media:ratign'] }}", "'media:ratign' is undefined (did you mean 'media:rating'?)"),
        ("a\n{% if %}", "post.txt.j2:2: Expected an expression"),
        ("a\n{{ article.title | fitt }}", "post.txt.j2:2: No filter named 'fitt'"),
        ("{{ article.title", "post.txt.j2:1: unexpected end of template"),
        ("a\n\n{{ 1 / 0 }}", "post.txt.j2:3: ZeroDivisionError: division by zero"),
        (
            "{{ article.title | fit(priority=11) }}",
            "post.txt.j2:1: ValueError: a priority is a number from 0 to 9, not 11",
        ),
        ("{{ article.title | fit(dorp=true) }}", "post.txt.j2:1: TypeError: "),
        ("{{ ''.__class__.__mro__ }}", "post.txt.j2:1: access to attribute '__class__'"),
        ("{{ article.categories.__len__() }}", "post.txt.j2:1: access to attribute"),
        ("{% set _ = article.raw.update({'a': 'b'}) %}", "post.txt.j2:1: access to attribute 'update'"),
        ("{% include 'gone.j2' %}", "post.txt.j2:1: there is no template 'gone.j2'"),
        ("{% include '../../secret' %}", "post.txt.j2:1: there is no template '../../secret'"),
        ("{% include 'mastodon/post.txt.j2' %}", "includes itself without an end"),
        (
            "{% for a in range(100000) %}{% for b in range(100000) %}{% endfor %}{% endfor %}",
            "loops take more than 100000 steps",
        ),
        ("{% for a in range(90000) %}{{ article.title }}{% endfor %}", "prints more than 200000 characters"),
        ("{{ 'a' * 1000000000 }}", "'*' may make at most 100000 characters"),
        ("{{ 9 ** 9 ** 9 }}", "powers are not available in templates"),
        (b"\xff\xfe", "mastodon/post.txt.j2: UnicodeDecodeError"),
    ],
)
def test_a_mistake_is_one_line_with_file_line_and_name(write, source, words):
    with pytest.raises(RenderError) as caught:
        printed(write(source))
    assert words in str(caught.value)
    assert str(caught.value).startswith("templates/mastodon/post.txt.j2")
    assert "\n" not in str(caught.value)


def test_a_mistake_in_an_included_file_names_that_file(write):
    write("a\n\n{{ article.titel }}", "parts/lead.j2")
    with pytest.raises(RenderError, match=r"^templates/parts/lead\.j2:3: 'titel' is undefined"):
        printed(write("{% include 'parts/lead.j2' %}"))


@pytest.mark.parametrize("target", ["../../outside.env", "/etc/passwd"])
def test_a_template_reads_nothing_outside_its_folder(write, tmp_path, target):
    (tmp_path / "outside.env").write_text("DB_PASSWORD=example")
    templates = write("{{ article.title }} {% include 'mastodon/x.txt' ignore missing %}")
    link = tmp_path / "templates" / "mastodon" / "x.txt"
    link.symlink_to(target)
    told = "^templates/mastodon/x.txt is a link that leads out of its folder$"
    with pytest.raises(RenderError, match=told):
        printed(templates)
    link.unlink()
    (link.parent / "own.txt").write_text("of mine")
    link.symlink_to("own.txt")
    assert printed(templates) == "Title of the story of mine"


@pytest.mark.parametrize(
    ("make", "told"),
    [
        (lambda path: path.symlink_to("../../outside.env"), "a link that leads out of its folder"),
        (lambda path: path.symlink_to("/dev/zero"), "a link that leads out of its folder"),
        (lambda path: path.symlink_to("nowhere"), "a link that leads nowhere"),
        (lambda path: path.symlink_to("post.txt.j2"), "a link that leads to itself"),
        (os.mkfifo, "no regular file"),
        (lambda path: path.mkdir(), "no regular file"),
        (lambda path: path.write_text("x" * 1_000_001), "too large"),
    ],
)
def test_the_template_of_a_network_is_a_regular_file_of_its_folder_or_nothing_is_sent(write, tmp_path, make, told):
    """It is told, instead of another template being used."""
    (tmp_path / "outside.env").write_text("DB_PASSWORD=example")
    templates = write("ours", "default/post.txt.j2")
    path = tmp_path / "templates" / "mastodon" / "post.txt.j2"
    path.parent.mkdir()
    make(path)
    with pytest.raises(RenderError, match=rf"^templates/mastodon/post\.txt\.j2 is {told}$"):
        printed(templates)


def test_templates_in_a_volume_are_read_and_read_again_when_it_changed(tmp_path):
    """A volume of Kubernetes: each file is a link to the data of the day, which is a link as well."""
    folder = tmp_path / "templates" / "default"
    for day in ("..1", "..2"):
        (folder / day).mkdir(parents=True)
        (folder / day / "post.txt.j2").write_text(f"of day {day}")
    (folder / "..data").symlink_to("..1")
    (folder / "post.txt.j2").symlink_to("..data/post.txt.j2")
    templates = Templates([tmp_path / "templates"])
    assert printed(templates) == "of day ..1"
    (folder / "new").symlink_to("..2")
    (folder / "new").rename(folder / "..data")
    assert printed(templates) == "of day ..2"


def test_the_publishers_templates_come_first_as_a_whole(write):
    assert printed(write("own default", "default/post.txt.j2"), "x") == "own default"
    assert printed(write("own x", "x/post.txt.j2"), "x") == "own x"
    assert printed(write("own x", "x/post.txt.j2"), "bluesky") == "own default"


def test_what_is_missing_comes_from_the_built_in_ones(write):
    templates = write("own x", "x/post.txt.j2")
    assert printed(templates, "mastodon").startswith("Title of the story\n\nSummary")
    assert printed(templates, "unheard-of").startswith("Title of the story\n\nSummary")
    assert templates.shown(templates.find("mastodon", "post.txt.j2")) == "templates/mastodon/post.txt.j2"


def test_a_template_is_read_again_when_it_changed(write):
    templates = write("before")
    assert printed(templates) == "before"
    write("afterwards")
    assert printed(templates) == "afterwards"


def test_a_byte_order_mark_is_not_printed(write):
    templates = write("\ufeff{% include 'default/foot.txt.j2' %}!")
    write("\ufeff{{ article.title | fit }}\r\n", "default/foot.txt.j2")
    assert printed(templates) == "Title of the story!"


def test_a_directory_that_is_missing_is_passed_over(tmp_path):
    assert printed(Templates([tmp_path / "nothing"])).startswith("Title of the story")


def test_the_built_in_templates_are_found():
    assert (builtin_templates() / "default" / "alt.txt.j2").is_file()


def test_every_built_in_template_begins_with_a_comment_for_the_publisher():
    files = sorted(builtin_templates().glob("*/*.txt.j2"))
    assert len(files) >= 6
    assert all(path.read_text(encoding="utf-8").startswith("{#") for path in files)


def test_importing_rendering_loads_neither_jinja2_nor_pillow():
    code = (
        "import sys; import syndicate.rendering.post; from syndicate.rendering.environment import *; Templates();"
        "sys.exit(bool({'jinja2', 'PIL', 'regex', 'requests'} & set(sys.modules)))"
    )
    assert processes.run([sys.executable, "-c", code], check=False, cwd=Path(__file__).parents[2]).returncode == 0


def test_the_built_in_templates_are_found_in_an_installed_wheel(tmp_path):
    checkout = Path(__file__).parents[2]
    shutil.copytree(checkout / "syndicate", tmp_path / "syndicate", ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copytree(checkout / "templates", tmp_path / "syndicate" / "templates")
    code = "from syndicate.rendering.environment import builtin_templates; print(builtin_templates())"
    found = processes.run([sys.executable, "-c", code], cwd=tmp_path)
    assert found.stdout.strip() == str(tmp_path / "syndicate" / "templates")
