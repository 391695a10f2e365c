"""The ledger in a PostgreSQL database: what differs from a file. Imported only where the config names a database."""
