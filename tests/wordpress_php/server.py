"""A real WordPress with PHP and MariaDB, from Debian's packages: unpacked into the user's cache, run on 127.0.0.1."""

import json
import os
import re
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import NamedTuple

import pytest

from tests.debian_packages import environment, unpacked
from tests.local_server import free_port, serving

HERE = Path(__file__).parent
#: in the order in which PHP loads them
MODULES = ("mysqlnd", "mysqli", "ctype", "tokenizer", "mbstring", "dom", "xml", "simplexml", "fileinfo", "exif", "gd")
DATABASE = ("mariadb-server-core", "mariadb-client-core")
PACKAGES = ("cli", "common", "gd", "mbstring", "mysql", "opcache", "xml")


class Site(NamedTuple):
    """A running WordPress: its address, and the login of its administrator."""

    url: str
    username: str
    password: str
    version: str


def cache() -> Path:
    """Where it is kept between runs: ``CROSSPOST_WORDPRESS_CACHE``, or the user's cache folder."""
    home = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")
    return Path(os.environ.get("CROSSPOST_WORDPRESS_CACHE") or home / "crosspost-wordpress")


def install() -> Path:
    """The folder with everything; takes some seconds and 260 MB the first time. Skips where it cannot be had."""
    if shutil.which("apt-cache") is None:
        pytest.skip("WordPress, PHP and MariaDB come from Debian's packages, and this is not a Debian")
    said = subprocess.run(["apt-cache", "depends", "php-cli"], capture_output=True, text=True, check=False).stdout
    found = re.search(r"Depends: (php[\d.]+)-cli", said)
    if found is None:
        pytest.skip("apt-cache knows no php-cli; `apt-get update` as root may help")
    modules = tuple(f"{found[1]}-{name}" for name in PACKAGES)
    names = ("wordpress", "wordpress-theme-twentytwentythree", "php-getid3", *DATABASE, *modules)
    return unpacked(cache() / found[1], *names, libraries_of=("mariadb-server-core", *modules))


@contextmanager
def running(*, permalinks: str = "/%postname%/") -> Iterator[Site]:
    """Start an empty database and a site; stops both afterwards.

    :param permalinks: how addresses look; "" for those with ``?p=``, with which ``/wp-json`` is not there
    """
    root = install()
    with TemporaryDirectory(prefix="wordpress-") as data, _database(root, Path(data)) as database:
        blog = Path(data, "site/blog")
        shutil.copytree(root / "usr/share/wordpress", blog, ignore_dangling_symlinks=True)
        (blog / "wp-content/uploads").mkdir()
        shutil.copyfile(HERE / "wp-config.php", blog / "wp-config.php")
        port = free_port()
        url = f"http://127.0.0.1:{port}/blog"
        given = environment(root) | {"SITE_URL": url, "DATABASE_PORT": str(database), "PATH": os.environ["PATH"]}
        given |= {"PERMALINKS": permalinks, "PHP_CLI_SERVER_WORKERS": "4"}
        command = _php(root)
        made = subprocess.run(
            [*command, str(HERE / "setup.php"), str(blog)], env=given, capture_output=True, text=True, check=False
        )
        assert made.returncode == 0, made.stdout + made.stderr
        told = json.loads(made.stdout.splitlines()[-1])
        listen = ["-S", f"127.0.0.1:{port}", "-t", str(blog.parent), str(HERE / "router.php")]
        with serving([*command, *listen], url, Path(data, "php.log"), cwd=Path(data), environment=given):
            yield Site(url, told["username"], told["password"], told["version"])


def _php(root: Path) -> list[str]:
    """PHP without any settings of this machine."""
    (program,) = (root / "usr/bin").glob("php[0-9].[0-9]")
    (modules,) = (root / "usr/lib/php").glob("[0-9]" * 8)
    options = [f"zend_extension={modules / 'opcache.so'}", "opcache.enable_cli=1", f"extension_dir={modules}"]
    options += [f"extension={name}" for name in MODULES if (modules / f"{name}.so").exists()]
    options += ["upload_max_filesize=20M", "post_max_size=25M", "memory_limit=256M"]
    return [str(program), "-n", *(word for option in options for word in ("-d", option))]


@contextmanager
def _database(root: Path, data: Path) -> Iterator[int]:
    """MariaDB with an empty folder; gives its port. Whoever is on this machine may log in for as long as it runs."""
    where = ["--no-defaults", f"--basedir={root / 'usr'}", f"--datadir={data / 'database'}"]
    user = ["--user=root"] if os.geteuid() == 0 else []
    given = os.environ | environment(root)
    make = [str(root / "usr/bin/mariadb-install-db"), *where, *user, "--auth-root-authentication-method=normal"]
    made = subprocess.run([*make, "--skip-test-db"], env=given, capture_output=True, text=True, check=False)
    assert made.returncode == 0, made.stdout + made.stderr
    port = free_port()
    command = [str(root / "usr/sbin/mariadbd"), *where, *user, "--bind-address=127.0.0.1", f"--port={port}"]
    command += [f"--socket={data / 'mariadb.sock'}", f"--pid-file={data / 'mariadb.pid'}", "--skip-name-resolve"]
    command += [f"--plugin-dir={root / 'usr/lib/mysql/plugin'}", "--innodb-flush-log-at-trx-commit=0"]
    with serving(command, f"tcp://127.0.0.1:{port}", data / "mariadb.log", cwd=data, environment=given):
        yield port
