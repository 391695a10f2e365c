"""A site of Jekyll in a temporary folder."""

import io
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from PIL import Image

from crosspost.model import Entry, Post
from crosspost.sources.jekyll import JekyllSource

NOW = datetime(2024, 6, 1, 12, tzinfo=UTC)


CONFIG = "url: https://example.org\ntitle: Unsere Seite\nlang: de_DE\ntimezone: Europe/Berlin\n"


def picture(width: int = 300, height: int = 200) -> bytes:
    """A picture file."""
    out = io.BytesIO()
    Image.new("RGB", (width, height), "green").save(out, "PNG")
    return out.getvalue()


class Site:
    """A site in a temporary folder."""

    def __init__(self, root: Path, config: str = CONFIG) -> None:
        self.root = root
        self.put("_config.yml", config)

    def put(self, path: str, text: str | bytes = b"x") -> Path:
        file = self.root / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(text if isinstance(text, bytes) else text.encode())
        return file

    def post(self, front: str, body: str = "Ein Satz.", path: str = "_posts/2024-05-01-beitrag.md") -> Path:
        return self.put(path, f"---\n{front}\n---\n{body}\n")

    def source(self, **given: Any) -> JekyllSource:
        return JekyllSource(self.root, now=NOW, **given)

    def entries(self, **given: Any) -> dict[str, Entry]:
        return {Path(entry.path).relative_to(self.root).as_posix(): entry for entry in self.source(**given).scan()}

    def entry(self, front: str, body: str = "Ein Satz.", **given: Any) -> Entry:
        return self.source(**given).entry(self.post(front, body))

    def load(self, front: str, body: str = "Ein Satz.", path: str = "_posts/2024-05-01-beitrag.md") -> Post:
        source = self.source()
        return source.load(source.entry(self.post(front, body, path)))
