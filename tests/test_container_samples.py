"""The samples for compose and Kubernetes: valid by their own schemas, and true to image, commands and settings."""

import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import click
import pytest
import yaml

from crosspost.cli.health_page import Where
from crosspost.cli.program import cli
from crosspost.config import registry, settings_file
from crosspost.config.credentials import variable
from crosspost.config.settings import Settings
from crosspost.daemon import ticks
from crosspost.daemon.health_server import pages
from crosspost.web import monitoring
from crosspost.web.serving import _GRACE

ROOT = Path(__file__).parents[1]
COMPOSE, KUBERNETES = ROOT / "config/compose.yaml", ROOT / "config/kubernetes.yaml"
IMAGE = (ROOT / "Containerfile").read_text("utf-8")


def tool(name: str, *words: str | Path) -> "subprocess.CompletedProcess[str]":
    """A program of the dev group."""
    command = [Path(sys.executable).with_name(name), *words]
    return subprocess.run(command, capture_output=True, text=True, check=False)


@pytest.fixture(scope="module")
def compose() -> dict[str, Any]:
    return dict(yaml.safe_load(COMPOSE.read_text("utf-8")))


@pytest.fixture(scope="module")
def objects() -> dict[str, dict[str, Any]]:
    """Kind and name → object."""
    every = yaml.safe_load_all(KUBERNETES.read_text("utf-8"))
    return {f"{one['kind']}/{one['metadata']['name']}": one for one in every}


@pytest.mark.long
def test_compose_is_valid_by_its_schema() -> None:
    done = tool("check-jsonschema", "--builtin-schema", "vendor.compose-spec", COMPOSE)
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.long
@pytest.mark.parametrize("version", ["1.30", "1.37"])
def test_kubernetes_is_valid_by_its_schemas(version: str) -> None:
    pytest.importorskip("kubernetes_validate", reason="kubernetes-validate is not installed")
    done = tool("kubernetes-validate", "--strict", "--kubernetes-version", version, KUBERNETES)
    assert done.returncode == 0, done.stdout + done.stderr
    assert done.stdout.count("passed for resource") == 7


def ours(compose: dict[str, Any]) -> dict[str, dict[str, Any]]:
    """The services of crosspost's image."""
    return {name: one for name, one in compose["services"].items() if "crosspost" in one["image"]}


def pods(objects: dict[str, dict[str, Any]]) -> Iterator[tuple[dict[str, Any], dict[str, Any]]]:
    """Each pod, and each of its containers."""
    for one in objects.values():
        pod = one.get("spec", {}).get("template", {}).get("spec")
        for container in [*pod.get("initContainers", ()), *pod["containers"]] if pod else ():
            yield pod, container


def understood(words: list[str]) -> dict[str, Any]:
    """The options of a command line, as crosspost reads them; what it does not know is an error."""
    command: click.Command = cli.commands[words[0]]
    rest = words[1:]
    if isinstance(command, click.Group) and rest[0] in command.commands:
        command, rest = command.commands[rest[0]], rest[1:]
    # a command keeps the help option of its first context, so this one has to be as in a terminal
    context = click.Context(command, parent=cli.make_context("crosspost", [], resilient_parsing=True))
    options, left, _ = command.make_parser(context).parse_args(list(rest))
    assert len(left) <= 1, left
    assert options["config"] == "/config/crosspost.toml"
    return dict(options)


def test_commands_are_understood(compose: dict[str, Any], objects: dict[str, dict[str, Any]]) -> None:
    lines = [one["command"] for one in ours(compose).values()] + [one["args"] for _, one in pods(objects)]
    said = [understood(line) for line in lines]
    assert len(said) == 4 + 3
    assert 'ENTRYPOINT ["crosspost"]' in IMAGE
    told = re.findall(r"crosspost (web allow .*)", COMPOSE.read_text("utf-8") + KUBERNETES.read_text("utf-8"))
    assert len(told) == 2
    assert [understood(line.split())["role"] for line in told] == ["admin", "admin"]


def test_they_run_as_the_image_does_and_write_nowhere_else(
    compose: dict[str, Any], objects: dict[str, dict[str, Any]]
) -> None:
    (user,) = re.findall(r"^USER (\d+):(\d+)$", IMAGE, re.MULTILINE)
    assert "VOLUME /data" in IMAGE
    for one in ours(compose).values():
        assert one["user"] == ":".join(user)
        assert (one["read_only"], one["cap_drop"], one["tmpfs"]) == (True, ["ALL"], ["/tmp"])
        assert "no-new-privileges:true" in one["security_opt"]
        writable = [volume for volume in one["volumes"] if not volume.endswith(":ro")]
        assert [volume.partition(":")[2] for volume in writable] == ["/data"]
    for pod, container in pods(objects):
        assert pod["securityContext"]["runAsNonRoot"] is True
        assert {pod["securityContext"][key] for key in ("runAsUser", "runAsGroup", "fsGroup")} == {int(user[0])}
        assert pod["automountServiceAccountToken"] is False
        locked = container["securityContext"]
        assert (locked["readOnlyRootFilesystem"], locked["allowPrivilegeEscalation"]) == (True, False)
        assert locked["capabilities"] == {"drop": ["ALL"]}
        writable = [mount["mountPath"] for mount in container["volumeMounts"] if not mount.get("readOnly")]
        assert sorted(writable) == ["/data", "/tmp"]


def configs(compose: dict[str, Any], objects: dict[str, dict[str, Any]]) -> list[Settings]:
    texts = [compose["configs"]["crosspost"]["content"], objects["ConfigMap/crosspost"]["data"]["crosspost.toml"]]
    return [settings_file.parse(text, Path("/config/crosspost.toml")) for text in texts]


def test_configs_are_understood_and_every_token_comes_from_a_file(
    compose: dict[str, Any], objects: dict[str, dict[str, Any]]
) -> None:
    for said in configs(compose, objects):
        assert said.state.database.startswith("postgresql://crosspost@")
        assert str(said.beside(said.state.ledger)).startswith("/data/")
        wanted = {variable("database", "password"), variable("tokens", "key")} | {
            variable(name, field)
            for name, account in said.accounts.items()
            for field in registry.load(account.network).credentials
        }
    files = {f"{name}_FILE" for name in wanted}
    for one in ours(compose).values():
        assert set(one["environment"]) == files
        assert set(one["environment"].values()) == {f"/run/secrets/{name}" for name in one["secrets"]}
        assert set(one["secrets"]) == set(compose["secrets"])
    told = set(re.findall(r"--from-literal=(\w+)=", KUBERNETES.read_text("utf-8")))
    for _, container in pods(objects):
        assert {one["name"] for one in container["env"]} == files
        assert {one["value"] for one in container["env"]} == {f"/secrets/{name}" for name in told}


def test_probes_ask_what_is_there(compose: dict[str, Any], objects: dict[str, dict[str, Any]]) -> None:
    known = {*pages(None, None, None), monitoring.LIVE, monitoring.READY}  # type: ignore[arg-type]  # nobody asks
    for pod, container in pods(objects):
        if container in pod.get("initContainers", ()):
            continue
        said = understood(container["args"])
        port = Where().convert(said["health"], None, None)[1] if "health" in said else int(said["port"])
        (named,) = container["ports"]
        assert named["containerPort"] == port
        probes = {key: one["httpGet"] for key, one in container.items() if key.endswith("Probe")}
        assert {one["port"] for one in probes.values()} == {named["name"]}
        assert (probes["livenessProbe"]["path"], probes["readinessProbe"]["path"]) == ("/livez", "/readyz")
        assert {one["path"] for one in probes.values()} <= known
    for name, one in ours(compose).items():
        if name == "first-login":
            continue
        said = understood(one["command"])
        port = int(said.get("health") or 8788)
        assert f"'http://127.0.0.1:{port}/livez'" in one["healthcheck"]["test"][-1]


def test_there_is_time_to_end_what_was_begun(compose: dict[str, Any], objects: dict[str, dict[str, Any]]) -> None:
    seconds = {"30s": 30, "2m": 120, "3m": 180}
    every = [SimpleNamespace(accounts=lambda said=said: said.accounts) for said in configs(compose, objects)]
    needed = max(ticks.grace(app) for app in every)  # type: ignore[arg-type]  # it asks for accounts alone
    for name, one in ours(compose).items():
        if name.startswith("worker"):
            assert seconds[one["stop_grace_period"]] > needed
    for pod, container in pods(objects):
        said = understood(container["args"])
        if container["args"][0] == "worker":
            assert pod["terminationGracePeriodSeconds"] > needed
        elif "drain" in said:
            assert pod["terminationGracePeriodSeconds"] > float(said["drain"]) + 2 * _GRACE
    web = ours(compose)["web"]
    assert seconds[web["stop_grace_period"]] > float(understood(web["command"])["drain"]) + 2 * _GRACE
