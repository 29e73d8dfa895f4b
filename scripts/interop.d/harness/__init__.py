"""What the cases stand on: homes, servers, terminals, and the search for leaked secrets."""
