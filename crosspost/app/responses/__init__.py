"""What came back to what is out: asking for it, showing it, and giving it to the site's pages."""
