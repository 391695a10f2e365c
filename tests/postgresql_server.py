"""A PostgreSQL server of the tests' own, from the system's packages: in a temporary folder, on a socket in it."""

import os
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from urllib.parse import quote

#: where Debian keeps the programs, which are not in the PATH
_DEBIAN = Path("/usr/lib/postgresql")
#: who runs the server, which refuses to be run by root
_USER = "postgres"
#: nothing of a test has to survive a power cut
_QUICK = ("fsync=off", "full_page_writes=off", "synchronous_commit=on", "shared_buffers=16MB", "max_connections=60")
#: seconds that connections have for their end when the server is stopped gently, and the server for its own
_HURRY, _ITS_END = 15, 180
#: everybody on the socket is who they say, but the members of one group need a password
_WHO = "local all +guarded scram-sha-256\nlocal all all trust\n"
_LOCKS = """SELECT a.pid, a.application_name, a.state, a.wait_event_type, a.wait_event, now() - a.state_change AS since,
    pg_blocking_pids(a.pid), l.locktype, l.mode, l.granted, l.objid, left(a.query, 200)
    FROM pg_stat_activity a
    LEFT JOIN pg_locks l ON l.pid = a.pid AND l.locktype IN ('advisory', 'transactionid', 'tuple')
    WHERE a.backend_type = 'client backend' ORDER BY a.pid"""


class MissingError(Exception):
    """Why there can be no server here."""


class Server:
    """A running server. Its files are in ``folder``, the socket too.

    :param listen: an address at which it listens beside that
    :param more: settings of its own, as ``name=value``
    """

    def __init__(
        self, programs: Path, folder: Path, *, as_root: bool, listen: str = "", more: Sequence[str] = ()
    ) -> None:
        self.folder, self._programs, self._as_root, self._listen = folder, programs, as_root, listen
        self._more = more
        self._made = 0
        self._process: subprocess.Popen[bytes] | None = None

    def address(self, database: str = "postgres", user: str = _USER) -> str:
        if self._listen:
            return f"postgresql://{user}@{self._listen}/{database}"
        return self._on_socket(database, user)

    def _on_socket(self, database: str, user: str = _USER) -> str:
        return f"postgresql://{user}@/{database}?host={quote(str(self.folder), safe='')}"

    def start(self) -> None:
        settings = [word for one in (*_QUICK, f"listen_addresses={self._listen}",
                                           f"unix_socket_directories={self.folder}", *self._more)
                    for word in ("-c", one)]  # fmt: skip
        with (self.folder / "log").open("ab") as log:
            self._process = subprocess.Popen(
                [self._programs / "postgres", "-D", self.folder / "data", *settings],
                cwd=self.folder, stdout=log, stderr=log, start_new_session=True, **self._user,
            )  # fmt: skip
        for _ in range(600):
            ready = subprocess.run([self._programs / "pg_isready", "-q", "-h", self.folder], check=False)
            if not ready.returncode:
                return
            if self._process.poll() is not None:
                break
            time.sleep(0.05)
        raise MissingError(f"PostgreSQL does not start: {(self.folder / 'log').read_text()[-500:]}")

    def stop(self, *, crash: bool = True) -> None:
        """At once, as a machine that loses its power does.

        :param crash: False: as an update does, which ends each connection; in a hurry after a while
        """
        if self._process is None:
            return
        if not crash:
            self._process.send_signal(signal.SIGINT)
            with suppress(subprocess.TimeoutExpired):
                self._process.wait(_HURRY)
        if self._process.poll() is None:
            self._process.send_signal(signal.SIGQUIT)
            self._process.wait(_ITS_END)
        self._process = None

    def restart(self, *, crash: bool = True) -> None:
        self.stop(crash=crash)
        self.start()

    def ask(self, sql: str, database: str = "postgres") -> str:
        """Run SQL as the server's owner, with its own client."""
        command = [
            self._programs / "psql",
            "-qAtX",
            "-v",
            "ON_ERROR_STOP=1",
            "-d",
            self._on_socket(database),
            "-c",
            sql,
        ]
        return subprocess.run(command, check=True, capture_output=True, text=True, timeout=120).stdout.strip()

    def locks(self) -> str:
        """Who holds and who waits for what, in all databases."""
        return self.ask(_LOCKS)

    def cut(self) -> None:
        """End every connection of crosspost."""
        self.ask(
            "SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity WHERE application_name LIKE 'crosspost%'"
        )

    def new_database(self, *, like: str = "template0", encoding: str = "UTF8", owner: str = _USER) -> str:
        """The name of a new database, empty or a copy of another one."""
        self._made += 1
        name = f"test_{self._made}"
        locale = "" if encoding == "UTF8" else " LOCALE 'C'"
        self.ask(f"CREATE DATABASE {name} OWNER {owner} TEMPLATE {like} ENCODING '{encoding}'{locale}")
        return name

    def new_user(self, password: str = "") -> str:
        """The name of a new user, who needs a password if there is one.

        A user belongs to the whole server, and cannot be dropped while it owns a database: so no two tests have one.
        """
        self._made += 1
        name = f"user_{self._made}"
        self.ask(f"CREATE ROLE {name} LOGIN" + (f" PASSWORD '{password}' IN ROLE guarded" if password else ""))
        return name

    def initialise(self) -> None:
        self.folder.mkdir(parents=True, exist_ok=True)
        if self._as_root:
            shutil.chown(self.folder, _USER)
        made = subprocess.run(
            [self._programs / "initdb", "-D", self.folder / "data", "-U", _USER, "-A", "trust", "--no-sync",
             "-E", "UTF8", "--locale=C.UTF-8"],
            cwd=self.folder, capture_output=True, text=True, check=False, **self._user,
        )  # fmt: skip
        if made.returncode:
            raise MissingError(f"initdb failed: {made.stderr[-500:]}")
        network = "host all all all trust\n" if self._listen else ""
        (self.folder / "data/pg_hba.conf").write_text(_WHO + network, "utf-8")

    @property
    def _user(self) -> dict[str, object]:
        return {"user": _USER, "group": _USER, "extra_groups": []} if self._as_root else {}


@contextmanager
def running(listen: str = "", *, more: Sequence[str] = ()) -> Iterator[Server]:
    """A new server, which ends with the block; Ctrl-C does not reach it, so that it can be asked until then.

    :param listen: an address at which it listens beside its socket
    :param more: settings of its own, as ``name=value``
    :raises MissingError: when there can be none here, with the reason
    """
    programs, as_root = _programs(), os.name == "posix" and os.geteuid() == 0
    if as_root:
        import pwd  # only where there are users

        try:
            pwd.getpwnam(_USER)
        except KeyError:
            raise MissingError(f"PostgreSQL does not run as root, and there is no user {_USER}") from None
    # a socket's path may have a hundred characters only, so it is not in pytest's folders
    folder = Path(tempfile.mkdtemp(prefix="crosspost-postgresql-"))
    server = Server(programs, folder, as_root=as_root, listen=listen, more=more)
    try:
        server.initialise()
        server.start()
        server.ask("CREATE ROLE guarded")
        yield server
    finally:
        server.stop()
        shutil.rmtree(folder, ignore_errors=True)


def _programs() -> Path:
    """Where the newest server's programs are."""
    found = [*sorted(_DEBIAN.glob("*/bin"), key=lambda one: float(one.parent.name), reverse=True)]
    if there := shutil.which("postgres"):
        found.append(Path(there).resolve().parent)
    for folder in found:
        if (folder / "postgres").exists() and (folder / "initdb").exists():
            return folder
    raise MissingError("PostgreSQL's server is not installed (Debian: apt-get install postgresql)")
