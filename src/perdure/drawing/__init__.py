"""Drawing: pages and pictures of graphs, sessions and recorded programs, made of plain data."""
