"""How a person connects an account: one file per network, each a conversation that ends with a login that works."""
