"""An example of a network that lives in a package of its own."""
