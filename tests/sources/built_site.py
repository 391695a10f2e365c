"""A small site that some generator built."""

from datetime import UTC, datetime
from pathlib import Path

from crosspost.sources.web.built import BuiltSource

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
URL = "https://tal.example.org"
HOME = f"""<!doctype html><html lang="de"><head><title>Das Tal</title><link rel="canonical" href="{URL}/">
<meta property="og:site_name" content="Das Tal"><meta property="og:description" content="Ein Verein im Tal.">
<meta property="og:image" content="{URL}/logo.png"></head><body><h1>Das Tal</h1></body></html>
"""


def write(root: Path, name: str, text: str) -> Path:
    file = root / name
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(text, "utf-8")
    return file


def page(
    title: str, *, head: str = "", text: str = "<p>Ein Absatz.</p>", date: str = "2026-11-20", end: str = "</html>\n"
) -> str:
    published = f'<meta property="article:published_time" content="{date}">' if date else ""
    return (
        f'<!doctype html><html lang="de"><head><meta charset="utf-8"><title>{title} | Das Tal</title>'
        f'<meta property="og:title" content="{title}"><meta property="og:site_name" content="Das Tal">'
        f'<meta property="og:type" content="article">{published}{head}</head>'
        f"<body><nav>Menü</nav><article><h1>{title}</h1>{text}</article><footer>2026</footer></body>{end}"
    )


def source(root: Path, **given: str) -> BuiltSource:
    return BuiltSource(root, now=NOW, **given)  # type: ignore[arg-type]  # texts only, in these tests


def states(made: BuiltSource) -> dict[str, str]:
    return {entry.id: f"{entry.state}: {entry.reason}" for entry in made.scan()}
