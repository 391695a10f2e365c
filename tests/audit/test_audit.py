"""The SBOM is valid and names exactly what is installed; the audit says plainly when it could ask nobody."""

import json
from pathlib import Path
from typing import Any

import pytest
from cyclonedx.schema import OutputFormat, SchemaVersion
from cyclonedx.validation import make_schemabased_validator

from tests.audit import sbom
from tests.audit.__main__ import audit, main


@pytest.fixture(scope="module")
def written(tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("audit") / "crosspost.cdx.json"
    sbom.write(out)
    return out


def parts(file: Path) -> list[dict[str, Any]]:
    found = json.loads(file.read_bytes())["components"]
    assert isinstance(found, list)
    return found


def test_it_is_valid_by_the_formats_own_schema(written: Path) -> None:
    validator = make_schemabased_validator(OutputFormat.JSON, SchemaVersion.from_version(sbom.VERSION))
    text = written.read_text("utf-8")
    assert validator.validate_str(text) is None
    assert validator.validate_str(text.replace('"library"', '"bookshop"')) is not None


def test_it_names_exactly_the_packages_of_the_list(written: Path) -> None:
    named = {one["name"].lower().replace("_", "-").replace(".", "-"): one["version"] for one in parts(written)}
    assert named == sbom.listed(sbom.LISTED.read_text("utf-8"))
    assert {"requests", "pillow", "tzdata"} <= set(named), "also what only some systems need"
    assert len(named) == len(parts(written))


def test_each_package_has_its_hashes(written: Path) -> None:
    known = set(sbom.LISTED.read_text("utf-8").replace("--hash=sha256:", " ").replace("\\", " ").split())
    for one in parts(written):
        hashes = {entry["content"] for where in one["externalReferences"] for entry in where.get("hashes", ())}
        assert hashes, one["name"]
        assert hashes <= known


def test_the_same_list_gives_the_same_bytes(written: Path, tmp_path: Path) -> None:
    sbom.write(tmp_path / "again.json")
    assert (tmp_path / "again.json").read_bytes() == written.read_bytes()


def auditor(folder: Path, script: str) -> Path:
    file = folder / "pip-audit"
    file.write_text(f"#!/bin/sh\n{script}\n", "utf-8")
    file.chmod(0o755)
    return file


@pytest.mark.parametrize(
    ("script", "code", "said"),
    [
        ("echo 'No known vulnerabilities found' >&2", 0, "No known vulnerabilities found"),
        ("echo 'Found 1 known vulnerability' >&2; echo 'requests 2.0 CVE-2018-18074'; exit 1", 1, "CVE-2018-18074"),
        (
            "echo 'requests.exceptions.ConnectionError: no route' >&2; exit 1",
            2,
            "Nothing was audited: the list of known",
        ),
    ],
)
def test_what_it_says(tmp_path: Path, capsys: pytest.CaptureFixture[str], script: str, code: int, said: str) -> None:
    assert audit(auditor(tmp_path, script), sbom.LISTED) == code
    assert said in capsys.readouterr().out


def test_the_auditor_is_given_the_whole_list_and_resolves_nothing(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = auditor(tmp_path, 'echo "$@"')
    assert main(["--sbom", str(tmp_path / "out.json"), "--auditor", str(file), "--strict"]) == 0
    said = capsys.readouterr().out
    assert f"--requirement {sbom.LISTED} --require-hashes --disable-pip" in said
    assert "--strict" in said
    assert f"packages are listed in {tmp_path / 'out.json'}" in said


def test_without_the_auditor_it_says_that_nothing_was_audited(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert audit(tmp_path / "pip-audit", sbom.LISTED) == 2
    assert "Nothing was audited: pip-audit is not installed" in capsys.readouterr().out
