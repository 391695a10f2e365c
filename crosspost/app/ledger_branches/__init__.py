"""Carries the ledger from one build machine to the next, on branches of its own in the site's git repository.

``git.py`` calls git, ``files.py`` turns the ledger's folder into a tree and back, ``note.py`` remembers what this
checkout took, ``branch.py`` decides who may work.
"""
