pytest_plugins = ["crosspost.testing.fixtures"]
