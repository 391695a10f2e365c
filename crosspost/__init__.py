"""crosspost: say once what your website publishes, on every network you are on, exactly once."""

__version__ = "0.1.0"
