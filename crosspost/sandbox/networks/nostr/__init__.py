"""Stand-in of a Nostr relay and a Blossom server."""
