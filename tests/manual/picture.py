"""The picture in the README: a terminal in which crosspost really runs, on the sandbox.

``python -m tests.manual.picture`` draws it anew; ``make docs`` does that, and a test compares.
"""

import io
import re
import tempfile
from pathlib import Path

from crosspost.config.secrecy import concealed
from tests.manual.console import lasting
from tests.manual.pages import MANUAL
from tests.manual.world import COLUMNS, world

PICTURE = MANUAL / "terminal.svg"
POST = "my-site/_posts/2026-11-20-rain.md"
COMMANDS = (f"crosspost preview {POST} --to mastodon", f"crosspost {POST}", f"crosspost {POST}")


def recorded() -> list[str]:
    """What stands on the terminal after the commands, colours in it."""
    lines: list[str] = []
    with tempfile.TemporaryDirectory() as folder, world(Path(folder)) as here:
        for command in COMMANDS:
            lines += [*([""] if lines else []), f"\x1b[1m$ {command}\x1b[0m", *here.run(command, colours=True)]
    return [lasting(concealed(line)) for line in lines]


def drawn(lines: list[str]) -> str:
    """The lines as a picture of a terminal."""
    from rich.console import Console
    from rich.terminal_theme import SVG_EXPORT_THEME
    from rich.text import Text

    console = Console(record=True, width=COLUMNS, file=io.StringIO(), force_terminal=True)
    for line in lines:
        console.print(Text.from_ansi(line), soft_wrap=True)
    svg = console.export_svg(title="crosspost", theme=SVG_EXPORT_THEME, unique_id="crosspost")
    # no font of another server: who looks at the picture tells nobody
    svg = re.sub(r"@font-face \{.*?\}\s*", "", svg, flags=re.DOTALL)
    return svg.replace("Fira Code, monospace", "ui-monospace, Menlo, Consolas, monospace")


def write() -> None:
    """Draw the picture anew, where what it shows has changed."""
    svg = drawn(recorded())
    if not PICTURE.exists() or PICTURE.read_text("utf-8") != svg:
        PICTURE.write_text(svg, "utf-8")


if __name__ == "__main__":
    write()
