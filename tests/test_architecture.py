"""What the layout promises: a light start, one door to the network, names in order."""

from __future__ import annotations

import ast
import re
import sys
from graphlib import TopologicalSorter
from pathlib import Path

import grimp
import pytest

import syndicate
from syndicate.cli import COMMANDS
from tests import processes

ROOT = Path(syndicate.__file__).parent
HEAVY = ("requests", "urllib3", "jinja2", "apscheduler", "pydantic", "ruamel", "PIL", "rich", "cryptography", "sqlite3")
OF_SERVERS = ("psycopg", "psycopg_pool", "procrastinate", "asgiref")

COMMAND = re.compile(rf"\bsyndicate (?:{'|'.join(COMMANDS)})\b")


def parsed(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"))


def loaded(code: str) -> set[str]:
    script = f"import sys\n{code}\nprint(' '.join(sorted(sys.modules)))"
    done = processes.run([sys.executable, "-c", script])
    return set(done.stdout.splitlines()[-1].split())


def test_help_loads_click_and_little_else():
    modules = loaded(
        "import contextlib, io\n"
        "from syndicate.cli import main\n"
        "with contextlib.suppress(SystemExit), contextlib.redirect_stdout(io.StringIO()):\n    main(['--help'])"
    )
    assert "click" in modules
    assert not modules.intersection((*HEAVY, *OF_SERVERS))


def test_without_a_server_the_daemon_loads_nothing_that_only_servers_need():
    modules = loaded("from syndicate.app.engines.installed import load_rooms\nload_rooms()")
    assert "syndicate.app.engines.daemon" in modules
    assert not modules.intersection(OF_SERVERS)


@pytest.mark.parametrize(
    "module", ["app.wiring", "delivery.deliver", "rendering.post", "sources.feed", "platforms.x", "net.http"]
)
def test_a_module_loads_no_more_than_it_needs_at_once(module):
    modules = loaded(f"import syndicate.{module}")
    assert not modules.intersection({"PIL", "jinja2", "requests", "pydantic", "rich", "twitter_text", "feedparser"})


def test_no_module_leads_back_to_itself():
    graph = grimp.build_graph("syndicate", cache_dir=None)
    assert graph.find_modules_directly_imported_by("syndicate.sandbox.server")
    imports = {module: graph.find_modules_directly_imported_by(module) for module in graph.modules}
    TopologicalSorter(imports).prepare()  # a CycleError names the loop


def abilities() -> set[str]:
    """What the protocols of ports.py that can be asked for with `isinstance` are made of."""
    kinds = [node for node in parsed(ROOT / "ports.py").body if isinstance(node, ast.ClassDef) and node.decorator_list]
    members = [member for kind in kinds for member in kind.body]
    return {member.name for member in members if isinstance(member, ast.FunctionDef)} | {
        member.target.id for member in members if isinstance(member, ast.AnnAssign)
    }


def test_no_ability_is_asked_for_by_its_name():
    names = abilities()
    assert {"price", "whose", "door", "not_built", "redirected"} <= names
    for path in ROOT.rglob("*.py"):
        for node in ast.walk(parsed(path)):
            if isinstance(node, ast.Call) and getattr(node.func, "id", "") in ("getattr", "hasattr"):
                asked = node.args[1].value if isinstance(node.args[1], ast.Constant) else None
                assert asked not in names, f"{path}:{node.lineno}: ask with isinstance"


def test_only_the_app_reads_the_clock():
    """Stand-ins have clocks of their own: what they stand for keeps time by itself."""
    read = set()
    for path in ROOT.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            asked = ast.unparse(node) if isinstance(node, ast.Attribute) else ""
            if asked in ("datetime.now", "datetime.utcnow", "date.today", "time.time", "time.time_ns"):
                read.add(path.relative_to(ROOT).parts[0])
    assert read == {"app", "sandbox", "testing"}


def test_what_decides_prints_no_command():
    """The web has no shell: faces add the command to what was decided."""
    for room in ("planning", "ingestion", "delivery", "app/monitoring"):
        for path in (ROOT / room).rglob("*.py"):
            tree = ast.parse(path.read_text(encoding="utf-8"))
            said = [node.value for node in ast.walk(tree) if isinstance(node, ast.Constant)]
            shell = [text for text in said if isinstance(text, str) and COMMAND.search(text)]
            assert not shell, (path, shell)


def test_exported_names_are_sorted_and_there():
    for path in ROOT.rglob("*.py"):
        for node in parsed(path).body:
            if isinstance(node, ast.Assign) and getattr(node.targets[0], "id", "") == "__all__":
                names = [item.value for item in node.value.elts]
                assert names == sorted(names, key=lambda name: (not name.isupper(), name[0].islower(), name)), path


def test_every_module_says_what_it_is():
    for path in ROOT.rglob("*.py"):
        assert ast.get_docstring(parsed(path)), path


def test_what_tests_share_is_in_worlds_and_not_in_another_test():
    named = re.compile(r"\btests(\.\w+)*\.(conftest|test_\w+)\b")
    found = {
        f"{path.name}: {line.strip()}"
        for path in Path(__file__).parent.rglob("*.py")
        for line in path.read_text(encoding="utf-8").splitlines()
        if line.lstrip().startswith(("from ", "import ")) and named.search(line)
    }
    assert not found


def test_networks_do_not_know_each_other():
    """A network's modules import each other, and what several share: modules named after no network."""
    networks = {path.stem for path in (ROOT / "platforms").iterdir() if not path.name.startswith("_")}
    graph = grimp.build_graph("syndicate", cache_dir=None)

    def network(module: str) -> str | None:
        name = module.removeprefix("syndicate.platforms.").partition(".")[0].lstrip("_")
        return next((each for each in networks if name == each or name.startswith(f"{each}_")), None)

    modules = [each for each in graph.modules if each.startswith("syndicate.platforms.")]
    assert len({network(each) for each in modules} - {None}) == len(networks)
    for module in modules:
        for imported in graph.find_modules_directly_imported_by(module):
            other = network(imported) if imported.startswith("syndicate.platforms.") else None
            assert other is None or other == network(module), f"{module} imports {imported}"
