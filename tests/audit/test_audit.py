"""The SBOM is valid and names exactly what is installed; the audit says plainly when it could ask nobody."""

import json
from pathlib import Path
from typing import Any

import pytest
from cyclonedx.schema import OutputFormat, SchemaVersion
from cyclonedx.validation import make_schemabased_validator

from tests.audit import sbom
from tests.audit.__main__ import audit, main

pytestmark = pytest.mark.long


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


FINE = {"name": "idna", "version": "3.7", "vulns": []}
HOLE = {"name": "requests", "version": "2.0", "vulns": [{"id": "CVE-2018-18074", "fix_versions": ["2.20.0"]}]}
SKIPPED = {"name": "pillow", "skip_reason": "not found"}


@pytest.mark.parametrize(
    ("answers", "code", "said"),
    [
        ([FINE], 0, "1 packages were looked up, 0 have a known hole."),
        ([FINE, HOLE], 1, "requests 2.0: CVE-2018-18074, mended in 2.20.0"),
        ([FINE, SKIPPED], 2, "Not audited, because the list does not know them or cannot be reached: pillow."),
        ([HOLE, SKIPPED], 1, "cannot be reached: pillow."),
        ([], 2, "0 packages were looked up"),
    ],
)
def test_what_it_says(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], answers: list[Any], code: int, said: str
) -> None:
    text = json.dumps({"dependencies": answers, "fixes": []})
    assert audit(auditor(tmp_path, f"echo '{text}'"), sbom.LISTED) == code
    assert said in capsys.readouterr().out


def test_without_the_internet_it_says_that_nothing_was_audited(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    failing = auditor(tmp_path, "echo Traceback >&2; echo 'ConnectionError: no route' >&2; exit 1")
    assert audit(failing, sbom.LISTED) == 2
    assert "gave no answer (ConnectionError: no route). It needs the internet." in capsys.readouterr().out


def test_the_auditor_is_given_the_whole_list_and_resolves_nothing(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = auditor(tmp_path, f"echo \"$@\" > '{tmp_path}/asked'; echo '{json.dumps({'dependencies': [FINE]})}'")
    assert main(["--sbom", str(tmp_path / "out.json"), "--auditor", str(file), "--strict"]) == 0
    said, asked = capsys.readouterr().out, (tmp_path / "asked").read_text()
    assert f"--requirement {sbom.LISTED} --require-hashes --disable-pip" in asked
    assert "--strict" in asked
    assert f"packages are listed in {tmp_path / 'out.json'}" in said


def test_without_the_auditor_it_says_that_nothing_was_audited(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert audit(tmp_path / "pip-audit", sbom.LISTED) == 2
    assert "Nothing was audited: pip-audit is not installed" in capsys.readouterr().out
