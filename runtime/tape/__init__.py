"""The tape mode: MXNet's `autograd` over NumPy, with the rules of `adjoint.rules`.

`array.Array` (NumPy-like) and `classic.NDArray` hold a NumPy array and an entry of the graph.
While recording, an operation on arrays that lead to a variable adds a `node.Node`; `backward`
walks the nodes from the newest to the oldest. The public faces are `adjoint.autograd`,
`adjoint.nd`, `adjoint.np` and `adjoint.npx`.
"""
