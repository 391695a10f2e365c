"""An example of a network and a source of posts that live in a package of their own."""
