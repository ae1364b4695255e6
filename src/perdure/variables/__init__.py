"""Variables: state that a session keeps between steps, their scopes and collections."""
