"""The compose file: what Compose takes, nothing secret in it, and each service begins when it can."""

from __future__ import annotations

import re
import shutil

from syndicate.config.reader import load
from tests.worlds.deploy import DEPLOY, documents, judged, strings
from tests.worlds.pages import ROOT

FOLDER = DEPLOY / "compose"
[COMPOSE] = documents(FOLDER / "compose.yaml")
SERVICES = COMPOSE["services"]
OURS = {name: service for name, service in SERVICES.items() if name != "db"}
KEYS = {
    *("image", "build", "read_only", "init", "cap_drop", "security_opt", "tmpfs", "secrets", "volumes", "ports"),
    *("stop_grace_period", "restart", "depends_on", "command", "healthcheck", "deploy", "environment", "shm_size"),
}
"""Of the compose specification, what these services have."""


def test_every_word_is_one_of_the_specification():
    assert {key for key in COMPOSE if not key.startswith("x-")} == {"name", "services", "volumes", "secrets"}
    for name, service in SERVICES.items():
        assert service.keys() <= KEYS, name
        for needed, how in service.get("depends_on", {}).items():
            assert needed in SERVICES
            assert how["condition"] in ("service_healthy", "service_completed_successfully")
        for secret in service["secrets"]:
            assert secret in COMPOSE["secrets"]
        for volume in service["volumes"]:
            assert volume.startswith("./") or volume.partition(":")[0] in COMPOSE["volumes"]


def test_a_fleet_is_a_database_two_workers_and_a_listener_in_their_order():
    assert OURS.keys() == {"upgrade", "worker", "listener"}
    assert SERVICES["worker"]["deploy"]["replicas"] == 2
    assert SERVICES["worker"]["command"][:1] == SERVICES["listener"]["command"][:1] == ["worker"]
    assert [name for name, service in SERVICES.items() if "ports" in service] == ["listener"]
    assert all(port.startswith("127.0.0.1:") for port in SERVICES["listener"]["ports"])
    assert "test" in SERVICES["db"]["healthcheck"]
    assert SERVICES["upgrade"]["depends_on"] == {"db": {"condition": "service_healthy"}}
    for name in ("worker", "listener"):
        assert SERVICES[name]["depends_on"]["upgrade"] == {"condition": "service_completed_successfully"}
        assert "healthcheck" not in SERVICES[name]  # the image's own


def test_each_of_our_containers_is_shut_in():
    for name, service in OURS.items():
        assert service["read_only"] is True, name
        assert service["cap_drop"] == ["ALL"], name
        assert service["security_opt"] == ["no-new-privileges:true"], name
        assert service["tmpfs"] == ["/tmp"], name
        written = [volume for volume in service["volumes"] if not volume.endswith(":ro")]
        assert written == ["state:/srv/syndicate"], name


def test_every_secret_comes_from_a_file_that_is_not_here():
    assert {secret["file"] for secret in COMPOSE["secrets"].values()} == {
        f"./secrets/{name}" for name in COMPOSE["secrets"]
    }
    assert "examples/deploy/compose/secrets/" in (ROOT / ".gitignore").read_text(encoding="utf-8").splitlines()
    assert not [text for text in strings(COMPOSE) if re.search(r"password=|token=", text, re.IGNORECASE)]
    named = set(re.findall(r"/run/secrets/(\w+)", (FOLDER / "config.yaml").read_text(encoding="utf-8")))
    assert named == COMPOSE["secrets"].keys()


def test_its_config_loads(tmp_path):
    config = load(FOLDER / "config.yaml", {}, fill=True)
    assert config.server is not None
    assert config.listen.place == ("0.0.0.0", 8701)


def test_compose_takes_it():
    words = ("--file", str(FOLDER / "compose.yaml"), "config", "--quiet")
    if shutil.which("docker-compose"):
        judged("docker-compose", *words)
    else:
        judged("docker", "compose", *words, needs=("compose", "version"))
