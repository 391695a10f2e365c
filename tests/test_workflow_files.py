"""Every file that a build service reads: valid by the service's own schema, and an auditor finds nothing unsafe."""

import re
import subprocess
import sys
from pathlib import Path

import pytest

from tests.build_job import ACTION, CHECK, COMMENT, FORGEJO, GITHUB, GITLAB, ROOT

pytestmark = pytest.mark.long

WORKFLOWS = sorted((ROOT / ".github/workflows").glob("*.yml"))
#: Forgejo reads what GitHub reads
SCHEMAS = {ACTION: "github-actions", GITLAB: "gitlab-ci"} | dict.fromkeys(
    [*WORKFLOWS, GITHUB, CHECK, COMMENT, FORGEJO], "github-workflows"
)


def tool(name: str, *words: str | Path) -> "subprocess.CompletedProcess[str]":
    """A program of the dev group."""
    command = [Path(sys.executable).with_name(name), *words]
    return subprocess.run(command, capture_output=True, text=True, check=False)


def by_name(file: Path) -> str:
    return str(file.relative_to(ROOT))


def test_no_file_is_forgotten() -> None:
    found = {file for folder in (ROOT, ROOT / "config") for file in folder.glob("*.yml")} | set(WORKFLOWS)
    assert found == set(SCHEMAS)


@pytest.mark.parametrize("schema", sorted(set(SCHEMAS.values())))
def test_they_are_valid_by_the_services_schema(schema: str) -> None:
    files = [file for file, one in SCHEMAS.items() if one == schema]
    done = tool("check-jsonschema", "--builtin-schema", f"vendor.{schema}", *files)
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.parametrize("file", [one for one in SCHEMAS if one != GITLAB], ids=by_name)
def test_an_auditor_finds_nothing(file: Path) -> None:
    done = tool("zizmor", "--offline", "--persona", "pedantic", "--no-progress", file)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "No findings to report" in done.stdout + done.stderr


def test_both_notice_a_mistake(tmp_path: Path) -> None:
    wrong = tmp_path / "wrong.yml"
    text = GITHUB.read_text("utf-8")
    wrong.write_text(text.replace("timeout-minutes: 20", "timeout: 20"), "utf-8")
    assert tool("check-jsonschema", "--builtin-schema", "vendor.github-workflows", wrong).returncode == 1
    wrong.write_text(re.sub("@[0-9a-f]{40} # ", "@", text), "utf-8")
    assert tool("zizmor", "--offline", "--persona", "pedantic", "--no-progress", wrong).returncode != 0


def test_no_job_runs_for_hours() -> None:
    files = [GITHUB, CHECK, COMMENT, *WORKFLOWS]
    done = tool("check-jsonschema", "--builtin-schema", "custom.github-workflows-require-timeout", *files)
    assert done.returncode == 0, done.stdout + done.stderr
