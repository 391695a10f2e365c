"""The Nix flake: its test, and what writes the list of wheels it takes. See ``python -m tests.nix --help``."""
