"""Mistakes put into the code on purpose, of which each must be noticed by a test. Only ``make mutants`` runs it."""
