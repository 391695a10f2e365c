"""JSON Schemas of the files people write: ``crosspost.toml`` and a post's front matter. Editors check and complete.

Draft 7, which every editor understands (https://json-schema.org/draft-07).
"""
