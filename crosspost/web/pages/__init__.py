"""The pages, one module each: a function takes a request and gives an answer."""
