"""A workflow of GitHub Actions in the site's repository, made from the sample of the source's folder ``config``."""

import json
import os
import re
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING

from crosspost.app.ledger_access import refuse_in_database
from crosspost.app.scheduling.base import Ask, Change, Installed, Machine, Scheduler
from crosspost.app.scheduling.job import PERIODS, Job, cron_times, minutes, next_time
from crosspost.app.scheduling.managed_block import Marked, find_whole, whole
from crosspost.app.user_files import Kept
from crosspost.config.credentials import variable
from crosspost.config.toml_text import read_text
from crosspost.errors import ConfigError

if TYPE_CHECKING:
    from crosspost.app.application import App

_FILE = Path(".github/workflows/crosspost.yml")
#: GitHub starts schedules late, worst at the full hour, hence an odd minute; below five minutes it starts none
_FIRST, _LEAST = 17, 5
_TOKEN = "          CROSSPOST_MASTODON_ACCESS_TOKEN: ${{ secrets.CROSSPOST_MASTODON_ACCESS_TOKEN }}\n"  # noqa: S105
_BRANCH = "branches: [main]"


class GitHub(Scheduler):
    """A file in the site's repository; a person commits it and gives GitHub the tokens.

    :param app: the config whose accounts are meant
    """

    key = "github"
    label = "github: a workflow in your website's repository, for when no machine of yours is always on"

    def __init__(self, machine: Machine, app: "App") -> None:
        super().__init__(machine)
        self._app = app

    def lacking(self) -> str:
        try:
            self._places()
        except ConfigError as error:
            return str(error)
        return ""

    def find(self, owner: str) -> Installed | None:  # noqa: ARG002  # in the file is the config's place in the repository
        root = repository(self._app.site)
        if root is None or self.lacking() or (there := self._there(root / _FILE)) is None:
            return None
        said = re.search(r'^\s*- cron: "([^"]+)"', there.body, re.MULTILINE)
        times = said[1] if said is not None else ""
        return Installed(
            kind=self.key,
            where=str(root / _FILE),
            line=times,
            every=next((one for one in PERIODS if times == cron_times(one, _FIRST)), None),
            next=next_time(times, self.machine.clock()) if times else None,
            since=there.since,
            changed=there.changed,
            asleep="" if times else "it has no schedule",
            elsewhere=True,
        )

    def install(self, job: Job, ask: Ask) -> Change:
        root, config = self._places()
        file = root / _FILE
        if job.every < _LEAST:
            raise ConfigError(f"GitHub starts nothing more often than every {_LEAST} minutes; take --every 10 or more")
        names = self._secret_names()
        body = self._text(job, config, names)
        there = self._there(file)
        same = there is not None and there.body == body
        if there is not None and there.changed and not same and not ask(f"You changed {file}. Replace it?"):
            raise ConfigError(f"nothing was changed: {file} is yours now")
        notes = list(_steps(config, names))
        if not same:
            try:
                file.parent.mkdir(parents=True, exist_ok=True)
                copy = Kept(self.machine.clock()).write(
                    file, whole(config, body, self.machine.clock()), keep=there is not None and there.changed
                )
            except OSError as error:
                raise ConfigError(f"{error.filename or file} cannot be written: {error.strerror}") from None
            notes += [f"What the file was before is in {copy}."] if copy is not None else []
        said = f"{file} calls crosspost {minutes(job.every)}, from GitHub."
        told = f"{said} It was there already." if same else said
        return Change(kind=self.key, where=str(file), changed=not same, said=told, notes=tuple(notes))

    def remove(self, owner: str, ask: Ask) -> Change:  # noqa: ARG002
        root = repository(self._app.site)
        there = self._there(root / _FILE) if root is not None else None
        if root is None or there is None:
            return Change(kind=self.key, where=str(_FILE), changed=False, said="There is no workflow for this config.")
        file = root / _FILE
        if there.changed and not ask(f"You changed {file}. Take it away?"):
            raise ConfigError(f"nothing was changed: {file} is yours now")
        file.unlink()
        notes = (
            "Commit and push that: GitHub runs the workflow until then.",
            "What it sent is in the ledger on the branch crosspost-ledger: take its files into your ledger's folder"
            " before anything else runs crosspost.",
        )
        return Change(kind=self.key, where=str(file), changed=True, said=f"Removed {file}.", notes=notes)

    # ── what stands where ─────────────────────────────────────────────────────────────────────────────────────────

    def _places(self) -> tuple[Path, str]:
        """The repository, and in it the config. The ledger's folder is there, too.

        :raises ConfigError: when the workflow could not find them
        """
        refuse_in_database(
            self._app, "and this workflow carries a file. Write one that calls `crosspost run`, or run it on a server"
        )
        assert self._app.settings is not None  # noqa: S101  # for the type checker: it is required
        root = repository(self._app.site)
        if root is None:
            raise ConfigError(
                f"{os.path.realpath(self._app.site)} is in no git repository, so GitHub cannot run crosspost there"
            )
        found = []
        for what, place in (
            ("the config", self._app.settings.file),
            ("the ledger's folder", self._app.ledger_path().parent),
        ):
            try:
                found.append(Path(os.path.realpath(place)).relative_to(root).as_posix())
            except ValueError:
                raise ConfigError(f"{what} ({place}) is not in the website's repository {root}; put it there") from None
        config, state = found
        if state in (".", Path(config).parent.as_posix()):
            raise ConfigError(
                f"on GitHub the ledger needs a folder of its own, not {state}; see `ledger` under [state]"
            )
        if not re.fullmatch(r"[\w./-]+", config + state, re.ASCII):
            raise ConfigError(f"for GitHub, {config} and {state} may have plain letters, digits, - and _ only")
        return root, config

    def _there(self, file: Path) -> Marked | None:
        """What our workflow says; None when there is none.

        :raises ConfigError: when somebody else wrote it, or it is another config's
        """
        if not file.exists():
            return None
        found = find_whole(read_text(file))
        if found is None:
            raise ConfigError(f"{file} was not written by `crosspost schedule`; move it away first")
        owner, there = found
        if owner != self._places()[1]:
            raise ConfigError(f"{file} is for another config, {owner}; one repository has one workflow")
        return there

    def _secret_names(self) -> list[str]:
        """The variables of the accounts' tokens: those that are set here, else all an account could need."""
        found: list[str] = []
        for name in self._app.accounts():
            cls, _, _ = self._app.checked(name)
            found += [variable(name, field) for field in self._app.secrets(name, cls) or cls.credentials]
        return list(dict.fromkeys(found))

    def _text(self, job: Job, config: str, names: Iterable[str]) -> str:
        text = sample().read_text("utf-8")
        folder = f"{Path(config).parent.as_posix()}/".removeprefix("./")
        branch, extras = default_branch(self._app.site), _extras(self._app)
        replaced = {
            "17,47 * * * *": cron_times(job.every, _FIRST),
            _BRANCH: f"branches: [{json.dumps(branch) if re.search('[^a-zA-Z0-9_./-]', branch) else branch}]",
            _TOKEN: "".join(f"          {name}: ${{{{ secrets.{name} }}}}\n" for name in names),
            "--config config/crosspost.toml": f"--config {config}",
            "config/crosspost.toml": config,
            "config/requirements": f"{folder}requirements",
            "crosspost[mastodon]": f"crosspost[{','.join(extras)}]" if extras else "crosspost",
            "crosspost[mastodon,notify]": f"crosspost[{','.join([*extras, 'notify'])}]",
        }
        if missing := [old for old in replaced if old not in text]:
            raise ConfigError(
                f"the sample of the workflow does not say “{missing[0].strip()}”; install crosspost again"
            )
        every = "|".join(re.escape(old) for old in sorted(replaced, key=len, reverse=True))
        return re.sub(every, lambda found: replaced[found[0]], text)  # at once: what is put in is not looked at again


def repository(folder: Path) -> Path | None:
    """The top of the git repository that contains a folder; None when it is not in one."""
    place = Path(os.path.realpath(folder))
    return next((above for above in (place, *place.parents) if (above / ".git").exists()), None)


def default_branch(folder: Path) -> str:
    """The branch the site is made from: what the remote calls its own, else the one that is checked out."""
    from crosspost.sources.git_checkout import DETACHED, checkout

    root = repository(folder)
    head = root / ".git/refs/remotes/origin/HEAD" if root is not None else None
    said = head.read_text("utf-8", "replace") if head is not None and head.is_file() else ""
    if found := re.search(r"refs/remotes/origin/([\w./-]+)", said):
        return found[1]
    known = checkout(folder)
    return known.branch if known is not None and known.branch != DETACHED else "main"


def sample() -> Path:
    """The sample workflow: of a checkout, or the copy inside an installed package.

    :raises ConfigError: when it is missing
    """
    package = Path(__file__).parents[2]
    for folder in (package / "_config", package.parent / "config"):
        if (place := next(folder.glob("*-workflow.yml"), None)) is not None:
            return place
    raise ConfigError("the sample of the workflow is missing from this installation; install crosspost again")


def _extras(app: "App") -> list[str]:
    """The extras of the accounts' networks: each extra that is named like one."""
    from crosspost.config.installer import extras

    known = extras()
    used = {account.network for account in app.accounts().values()}
    used |= {"facebook"} if used & {"instagram", "threads"} else set()  # the same library
    return [name for name in sorted(used) if name in known]


def _steps(config: str, names: Iterable[str]) -> Iterable[str]:
    """What the person has to do next."""
    yield "In GitHub, under Settings > Secrets and variables > Actions, make these secrets: " + ", ".join(names) + "."
    folder = f"{Path(config).parent.as_posix()}/".removeprefix("./")
    yield f"Make {folder}requirements.txt: the first lines of the workflow say how."
    yield f"Commit the workflow, {config} and {folder}requirements.txt (never secrets.env or the ledger), and push."
    yield "It has a ledger of its own, on the branch crosspost-ledger: its first run sends nothing that is there now."
