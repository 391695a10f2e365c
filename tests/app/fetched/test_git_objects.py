"""The files of a commit are written into folders."""

from pathlib import Path

from crosspost.app.fetched import git_objects
from crosspost.app.fetched.git_objects import Blob


def test_folders_are_made_as_deep_as_the_files_are(tmp_path: Path) -> None:
    texts = {"a/b/c.md": b"one\ntwo\n", "a/d.md": b"", "e.md": b"three"}
    wanted = [Blob(path=path, content=f"{number:040}", size=len(texts[path])) for number, path in enumerate(texts)]

    def git(*words: str, given: bytes = b"") -> bytes:
        assert words == ("cat-file", "--batch")
        asked = [wanted[int(line)] for line in given.split()]
        return b"".join(b"%s blob %d\n%s\n" % (one.content.encode(), one.size, texts[one.path]) for one in asked)

    git_objects.write(git, wanted, tmp_path, {}, None)
    assert {path: (tmp_path / path).read_bytes() for path in texts} == texts
