"""Building nodes of linear algebra."""
