"""Carries the ledger from one build machine to the next, on branches of its own in the site's git repository.

``git.py`` calls git, ``git_tree.py`` turns the ledger's folder into a tree and back, ``checkout_note.py`` remembers
what this checkout took, ``branch.py`` decides who may work.
"""
