"""Writes the Homebrew formula of a release, for a tap of one's own: its version and hash are those of the sdist.

A formula cannot stand in the source it has the hash of, so the release workflow writes it from what was built.
"""

import argparse
import hashlib
import re
import sys
from collections.abc import Sequence
from pathlib import Path

#: what the formula installs, all with hashes, out of the sdist itself: what crosspost needs, and what builds it
LISTS = ("config/build-services.txt", "config/build-backend.txt")
PYTHON = "3.13"

_FORMULA = """\
class Crosspost < Formula
  include Language::Python::Virtualenv

  desc "Says what your website publishes on every network you are on, exactly once"
  homepage "https://github.com/{repository}"
  url "https://github.com/{repository}/releases/download/v{version}/crosspost-{version}.tar.gz"
  sha256 "{sha256}"
  license "MIT"

  depends_on "python@{python}"

  def install
    virtualenv_create(libexec, "python{python}")
    # Homebrew's environments have no pip: that of its Python is told which one is meant
    pip = ["python{python}", "-m", "pip", "--python", libexec/"bin/python", "install", "--quiet"]
{installs}
    system(*pip, "--no-deps", "--no-build-isolation", buildpath)
    bin.install_symlink libexec/"bin/crosspost"
    man1.install_symlink libexec/"share/man/man1/crosspost.1"
    generate_completions_from_executable(bin/"crosspost", "completion")
  end

  test do
    assert_match version.to_s, shell_output("#{{bin}}/crosspost --version")
    system bin/"crosspost", "demo"
  end
end
"""


def formula(sdist: Path, repository: str) -> str:
    """The formula's text.

    :param repository: where the release is, such as ``owner/crosspost``
    :raises ValueError: when the file or the repository is not named as it should be
    """
    named = re.fullmatch(r"crosspost-(\d+\.\d+\.\d+)\.tar\.gz", sdist.name)
    if named is None or not re.fullmatch(r"[\w.-]+/[\w.-]+", repository, re.ASCII):
        raise ValueError(f"{sdist.name} of {repository} is no crosspost-VERSION.tar.gz of OWNER/NAME")
    installs = "\n".join(
        f'    system(*pip, "--require-hashes", "--only-binary", ":all:", "--requirement", "{one}")' for one in LISTS
    )
    sha256 = hashlib.sha256(sdist.read_bytes()).hexdigest()
    return _FORMULA.format(repository=repository, version=named[1], sha256=sha256, python=PYTHON, installs=installs)


def main(words: Sequence[str] | None = None) -> int:
    """:returns: the exit code"""
    parser = argparse.ArgumentParser(prog="python -m tests.homebrew", description=__doc__)
    parser.add_argument("sdist", type=Path)
    parser.add_argument("repository", help="where the release is, such as owner/crosspost")
    parser.add_argument("out", type=Path, help="the formula's file, crosspost.rb in a tap")
    asked = parser.parse_args(words)
    try:
        text = formula(asked.sdist, asked.repository)
    except (OSError, ValueError) as error:
        parser.error(str(error))
    asked.out.write_text(text, "utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
