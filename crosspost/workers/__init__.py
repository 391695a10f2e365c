"""Several processes, on any number of machines, deliver from one ledger in PostgreSQL."""
