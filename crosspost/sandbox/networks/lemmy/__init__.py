"""Stand-in of a Lemmy or PieFed server."""
