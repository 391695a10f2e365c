"""The Homebrew formula of a release: see ``python -m tests.homebrew --help``."""
