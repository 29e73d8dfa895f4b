"""Tools for the cases: homes, servers, terminals, and the search for leaked secrets."""
