"""The sites of an installation: which of them is meant, where its posts are, and what they share."""
