"""Changes in short, and a picture of a post."""

from pathlib import Path

from PIL import Image

from crosspost.ledger import Change
from crosspost.model import Picture

ON = "https://scripted.example/1"


def brief(found: list[Change]) -> list[tuple[str, str, str]]:
    return [(change.post, change.kind, change.state) for change in found]


def picture(tmp_path: Path, name: str = "beet.jpg", size: tuple[int, int] = (40, 30), alt: str = "Ein Beet") -> Picture:
    Image.new("RGB", size, "green").save(tmp_path / name)
    return Picture(path=str(tmp_path / name), url=f"https://tal.example/{name}", alt=alt)
