"""One round of writing back, at the end of a run: find what is not written yet, write it, commit and push it.

What was written is kept in the ledger, so that a run with nothing new reads no file of a post.
"""

import hashlib
from collections.abc import Collection, Iterable, Iterator, Sequence
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import msgspec

from crosspost.app.write_back import data_file, syndication_keys
from crosspost.app.write_back.published_links import Page, pages
from crosspost.app.write_back.repository import GitError, Repository
from crosspost.config.settings import SiteSettings
from crosspost.errors import ConfigError, CrosspostError, SourceError
from crosspost.ledger.facts import COUNT, decoded
from crosspost.model import Value
from crosspost.sources import front_matter, front_matter_edit, whole_file

if TYPE_CHECKING:
    from crosspost.app.application import App
    from crosspost.ledger import Ledger

_FACT = "written back"
#: for so long it is looked whether what was written is still there
_LATELY = timedelta(days=7)


class _Written(Value, frozen=True, kw_only=True, omit_defaults=True):
    """What was written. ``mark`` is how the ledger stood, ``asked`` the settings; ``again`` is whether something could
    not be done, and is to be tried again.

    ``data`` is a checksum of the data file, ``posts`` are the addresses in each post's front matter; ``files`` those
    that are to be committed, with a checksum of what was written into them; ``push`` is whether commits wait for that.
    """

    mark: str = ""
    asked: str = ""
    again: bool = False
    data: str = ""
    posts: dict[str, tuple[str, ...]] = msgspec.field(default_factory=dict)
    files: dict[str, str] = msgspec.field(default_factory=dict)
    push: bool = False


class _Edit(NamedTuple):
    """A file before and after (None: not there); ``post`` and the addresses in it, for a post's own file."""

    file: Path
    before: bytes | None
    after: bytes
    post: str = ""
    urls: tuple[str, ...] = ()


class Round:
    """One round; ``wrong`` gathers what could not be done, ``told`` what a person has to do once."""

    def __init__(self, app: "App", ledger: "Ledger", said: SiteSettings) -> None:
        self._app, self._ledger, self._said = app, ledger, said
        self._site = app.site
        self._state = decoded(ledger.fact(_FACT), _Written) or _Written()
        self._wrong: list[str] = []
        self._told: list[str] = []
        self._missing: set[str] = set()

    def go(self) -> tuple[list[str], list[str]]:
        """:returns: what could not be done, and what a person has to do; sentences"""
        syndication_keys.check(self._said.write_back_fields)
        mark, asked, was = self._mark(), self._asked(), self._state
        same = (was.mark, was.asked) == (mark, asked)
        lost = self._lost()
        if same and not (was.again or was.files or was.push or lost):
            return [], []
        found = pages(self._app, self._ledger)
        edits = self._data(found) if self._said.write_back == "data" else self._front_matter(found)
        self._write(list(edits))
        if self._said.write_back_git:
            self._bring()
        self._keep(mark=mark, asked=asked, again=bool(self._wrong))
        return self._wrong, self._told

    def _mark(self) -> str:
        """Something that is another one when anything new is out, gone, or moved."""
        sent = sum(number for (_, state), number in self._ledger.counts().items() if state == "sent")
        return repr((self._ledger.fact(COUNT), sent, *self._ledger.history.newest()))

    def _asked(self) -> str:
        said = self._said
        return repr((said.write_back, said.write_back_file, said.write_back_git, said.write_back_fields))

    def _lost(self) -> bool:
        """Whether the site has not what was written: on a machine that is new each time, a push may have failed."""
        if self._said.write_back == "data":
            file = data_file.place(self._site, self._said.write_back_file)
            return bool(self._state.data) and _checksum(_content(file)) != self._state.data
        recent: dict[str, list[str]] = {}
        for went in self._ledger.history.out(since=self._ledger.clock() - _LATELY):
            if went.part == 1 and went.url in self._state.posts.get(went.post, ()):
                recent.setdefault(went.post, []).append(went.url)
        self._missing = {post for post, urls in recent.items() if self._lacks(post, urls)}
        return bool(self._missing)

    def _lacks(self, post: str, urls: Iterable[str]) -> bool:
        content = _content(Path(self._ledger.listing.file_of(post)))
        return content is not None and not all(url.encode() in content for url in urls)

    # ── what is to be written ─────────────────────────────────────────────────────────────────────────────────────

    def _data(self, found: Sequence[Page]) -> Iterator[_Edit]:
        """The data file with every page."""
        file = data_file.place(self._site, self._said.write_back_file)
        if not self._site.is_dir():
            raise ConfigError(f"write_back: there is no folder {self._site} to write into")
        before = _content(file)
        if before is not None and not data_file.is_ours(before):
            raise SourceError(
                f"{file}: crosspost did not write it, so it is left alone; move it away, or name another one in "
                "write_back_file"
            )
        if found or before is not None:
            yield _Edit(file, before, data_file.text(found, file.suffix).encode())

    def _front_matter(self, found: Sequence[Page]) -> Iterator[_Edit]:
        """Every post of whose links others were written than it has now."""
        if not self._app.source().front_matter:
            raise ConfigError(
                'write_back = "front-matter": this site\'s posts have no front matter that could be changed; '
                'write_back = "data" writes a file beside them'
            )
        now, before = {page.post: page for page in found}, self._state.posts
        there = self._ledger.posts.there() if before.keys() - now else {}
        for post in before.keys() - now:  # taken back, or its file is gone
            if post in there:
                now[post] = Page(post=post, path=there[post].path, url=there[post].url, links=())
        for post, page in now.items():
            urls, written = tuple(link.url for link in page.links), before.get(post, ())
            if urls != written or post in self._missing or self._state.asked != self._asked():
                try:
                    yield self._edited(page, urls, set(written) - set(urls))
                except CrosspostError as error:
                    self._wrong.append(f"{error}. Where it went is not written into it")

    def _edited(self, page: Page, urls: tuple[str, ...], gone: Collection[str]) -> _Edit:
        """:raises CrosspostError: when the file cannot be read or changed"""
        raw = _content(Path(page.path)) or b""
        data = front_matter.parse(raw, page.path).data
        keys = syndication_keys.keys(data, page.links, gone, self._said.write_back_fields)
        wanted: dict[tuple[str, ...], Any] = {
            (name,): value or front_matter_edit.REMOVE for name, value in keys.items()
        }
        change = front_matter_edit.propose(page.path, wanted)
        return _Edit(Path(page.path), change.before, change.after, page.post, urls)

    # ── writing ───────────────────────────────────────────────────────────────────────────────────────────────────

    def _write(self, edits: Sequence[_Edit]) -> None:
        """Write each file; which were to be written is kept first, so that a run that is killed is taken up again."""
        new = [edit for edit in edits if edit.before != edit.after]
        if self._said.write_back_git and new:
            theirs = Repository(self._site).changed([edit.file for edit in new if edit.before is not None])
            mine = {str(edit.file): _checksum(edit.after) for edit in new if not self._theirs(edit, theirs)}
            self._keep(files={**self._state.files, **mine})
        done = {edit.post: edit.urls for edit in edits if edit.before == edit.after}
        for edit in new:
            try:
                edit.file.parent.mkdir(parents=True, exist_ok=True)
                whole_file.replace(edit.file, edit.before, edit.after)
                done[edit.post] = edit.urls
            except whole_file.FileChanged:
                self._wrong.append(f"{edit.file}: the file changed meanwhile; the next run writes where the post went")
            except OSError as error:
                why = error.strerror or error
                self._wrong.append(f"{edit.file}: cannot be written: {why}; make it writable for this user")
        posts = {post: urls for post, urls in {**self._state.posts, **done}.items() if post and urls}
        data = next((_checksum(edit.after) for edit in edits if not edit.post), "")
        self._keep(posts=posts, data=data)

    def _theirs(self, edit: _Edit, changed: Collection[Path]) -> bool:
        """Whether a file has changes of a person, which are not ours to commit."""
        known = edit.before is not None and self._state.files.get(str(edit.file)) == _checksum(edit.before)
        if edit.file not in changed or not edit.post or known:
            return False
        self._told.append(f"{edit.file}: has changes that are not committed; commit it yourself, with what was added")
        return True

    def _bring(self) -> None:
        """Commit what was written, and push it when that is asked for."""
        try:
            repository = Repository(self._site)
            files = [Path(name) for name, seen in self._state.files.items() if _checksum(_content(Path(name))) == seen]
            repository.commit(files, f"Where {'posts' if len(files) > 1 else 'a post'} went, by crosspost")
            push = self._said.write_back_git == "push"
            self._keep(files={}, push=push and (self._state.push or bool(files)))
            if self._state.push:
                repository.push()
                self._keep(push=False)
        except GitError as error:
            self._wrong.append(str(error))

    def _keep(self, **changes: Any) -> None:
        self._state = msgspec.structs.replace(self._state, **changes)
        self._ledger.keep_fact(_FACT, msgspec.json.encode(self._state).decode())


def _content(file: Path) -> bytes | None:
    """:raises SourceError: when the file is there and cannot be read"""
    try:
        return file.read_bytes()
    except FileNotFoundError:
        return None
    except OSError as error:
        raise SourceError(f"{file}: cannot be read: {error.strerror}") from None


def _checksum(content: bytes | None) -> str:
    return hashlib.sha256(content or b"").hexdigest()
