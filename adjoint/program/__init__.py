"""The core language: nodes, traversals, and the grammar that every stage keeps."""
