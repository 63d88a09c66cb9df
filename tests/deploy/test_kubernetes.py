"""The Kubernetes example: what the API takes, no rights to spare, and probes that ask what is there to be asked."""

from __future__ import annotations

import importlib.util

import pytest

import syndicate
from syndicate.config.reader import load
from tests.worlds.deploy import DEPLOY, documents

FILES = sorted((DEPLOY / "kubernetes").glob("*.yaml"))
OBJECTS = [each for path in FILES for each in documents(path)]
DEPLOYMENTS = {each["metadata"]["name"]: each for each in OBJECTS if each["kind"] == "Deployment"}
APIS = {
    "Deployment": "apps/v1",
    "Service": "v1",
    "ConfigMap": "v1",
    "Secret": "v1",
    "PodDisruptionBudget": "policy/v1",
}


def pod(deployment):
    return deployment["spec"]["template"]["spec"]


def containers(deployment):
    return pod(deployment)["initContainers"] + pod(deployment)["containers"]


def named(kind):
    return {each["metadata"]["name"]: each for each in OBJECTS if each["kind"] == kind}


def test_it_is_made_of_plain_objects_of_one_api_each():
    assert {each["kind"] for each in OBJECTS} == APIS.keys()
    for each in OBJECTS:
        assert each["apiVersion"] == APIS[each["kind"]]
        assert each["metadata"]["labels"]["app.kubernetes.io/name"] == "syndicate"
    assert DEPLOYMENTS.keys() == {"syndicate-worker", "syndicate-listener"}
    assert DEPLOYMENTS["syndicate-worker"]["spec"]["replicas"] == 2


@pytest.mark.parametrize("name", DEPLOYMENTS)
def test_a_pod_has_no_rights_to_spare(name):
    spec = pod(DEPLOYMENTS[name])
    security = spec["securityContext"]
    assert (security["runAsNonRoot"], security["runAsUser"], security["fsGroup"]) == (True, 10001, 10001)
    assert security["seccompProfile"] == {"type": "RuntimeDefault"}
    assert spec["automountServiceAccountToken"] is False
    for container in containers(DEPLOYMENTS[name]):
        assert container["securityContext"] == {
            "allowPrivilegeEscalation": False,
            "readOnlyRootFilesystem": True,
            "capabilities": {"drop": ["ALL"]},
        }
        assert "memory" in container["resources"]["limits"]
        written = [each["mountPath"] for each in container["volumeMounts"] if not each.get("readOnly")]
        assert written == ["/srv/syndicate", "/tmp"]
        assert container["image"].endswith(f":{syndicate.__version__}")


@pytest.mark.parametrize("name", DEPLOYMENTS)
def test_what_a_pod_names_is_there(name):
    deployment = DEPLOYMENTS[name]
    labels = deployment["spec"]["template"]["metadata"]["labels"]
    assert deployment["spec"]["selector"]["matchLabels"] == labels
    volumes = {each["name"]: each for each in pod(deployment)["volumes"]}
    for container in containers(deployment):
        assert {each["name"] for each in container["volumeMounts"]} == volumes.keys()
        for source in container["envFrom"]:
            assert source["secretRef"]["name"] in named("Secret")
    assert volumes["config"]["configMap"]["name"] in named("ConfigMap")
    assert volumes["key"]["secret"]["secretName"] in named("Secret")
    assert volumes["key"]["secret"]["defaultMode"] == 0o440
    [working] = pod(deployment)["containers"]
    assert working["args"][0] == "worker"
    for probe in ("startupProbe", "readinessProbe", "livenessProbe"):
        assert working[probe]["httpGet"] == {"path": "/healthz", "port": "http"}
    assert working["ports"] == [{"name": "http", "containerPort": 8701}]
    assert pod(deployment)["initContainers"][0]["args"] == ["db", "upgrade"]


def test_the_service_leads_to_the_listener_and_the_budget_keeps_workers():
    [service], [budget] = named("Service").values(), named("PodDisruptionBudget").values()
    listener, worker = (DEPLOYMENTS[name]["spec"]["selector"]["matchLabels"] for name in DEPLOYMENTS)
    assert service["spec"]["selector"] == listener
    assert service["spec"]["ports"][0]["targetPort"] == "http"
    assert budget["spec"]["selector"]["matchLabels"] == worker
    assert budget["spec"]["maxUnavailable"] == 1


def test_the_config_in_it_loads_with_its_secrets(tmp_path):
    path = tmp_path / "config.yaml"
    path.write_text(named("ConfigMap")["syndicate"]["data"]["config.yaml"], encoding="utf-8")
    config = load(path, named("Secret")["syndicate"]["stringData"])
    assert config.server.endswith("sslrootcert=system")
    assert config.listen.place == ("0.0.0.0", 8701)
    mounts = pod(DEPLOYMENTS["syndicate-worker"])["containers"][0]["volumeMounts"]
    assert str(config.key_file.parent) in {each["mountPath"] for each in mounts}
    assert config.key_file.name in named("Secret")["syndicate-key"]["stringData"]


def test_no_real_secret_is_in_it():
    for secret in named("Secret").values():
        assert all("REPLACE-ME" in value for value in secret["stringData"].values())


def test_the_schemas_of_kubernetes_take_it():
    if importlib.util.find_spec("kubernetes_validate") is None:
        pytest.skip("kubernetes-validate is not installed")
    import kubernetes_validate

    for each in OBJECTS:
        kubernetes_validate.validate(each, "1.34", strict=True)
