"""Runs what the manual shows: its ``console`` blocks, against the sandbox, as at a terminal of 76 columns.

Around them a page may set the scene:

- a block with a file name behind its language (``markdown my-site/_posts/….md``) is written to that file; one of
  ``toml`` whose file exists is merged into it, table by table;
- ``<!-- world: accounts mastodon newsletter -->`` says which accounts the config has (else: mastodon, x, bluesky);
- ``<!-- world: empty -->`` begins with the site only, without a config;
- ``<!-- world: fault mastodon cut-after -->`` makes the sandbox lose an answer;
- ``<!-- world: ran crosspost run -->`` runs a command without a word, ``<!-- world: post NAME TITLE -->`` writes a
  post into the site, ``<!-- world: picture my-site/images/bed.jpg 640 100 -->`` a picture of this size.

``python -m tests.manual.console FILE…`` writes into the blocks what the commands say today.
"""

import re
import sys
import tempfile
from pathlib import Path

from tests.manual.pages import Block, blocks
from tests.manual.steps import agrees
from tests.manual.world import world

_VARIES = re.compile(r"(http://127\.0\.0\.1:8765/\S*?|id )(?:\d{9,}|(?<=post/)\w{10,}|did:plc:\w+)")


def lasting(line: str) -> str:
    """A line with ``…`` for what is different in each run: the ends of addresses.

    >>> lasting("http://127.0.0.1:8765/@verein/118000000000000002")
    'http://127.0.0.1:8765/@verein/…'
    """
    return _VARIES.sub(r"\1…", line)


def rewritten(text: str, root: Path) -> str:
    """A page whose blocks say what the commands say today."""
    lines = text.split("\n")
    written: list[tuple[Block, list[str]]] = []
    with world(root) as here:
        for block in blocks(text):
            said: list[str] = []
            for step, shown in here.meet(block):
                said += [*step.typed, *(step.expected if agrees(step.expected, shown) else map(lasting, shown))]
            written += [(block, said)] if said else []
    for block, said in reversed(written):
        lines[block.line : block.line + block.text.count("\n")] = said
    return "\n".join(lines)


def main(files: list[str]) -> None:
    for name in files:
        with tempfile.TemporaryDirectory() as folder:
            file = Path(name).absolute()
            file.write_text(rewritten(file.read_text("utf-8"), Path(folder)), "utf-8")


if __name__ == "__main__":
    main(sys.argv[1:])
