"""What the networks of Meta share: the Graph API, containers, renewal of tokens, pictures on the web."""
