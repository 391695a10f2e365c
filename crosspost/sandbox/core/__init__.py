"""What every stand-in shares: the HTTP server, accounts and posts, counting, links, faults."""
