"""Programs of several tasks: clusters, servers, and where variables go."""
