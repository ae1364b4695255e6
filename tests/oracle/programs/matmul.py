"""Products of matrices and tensors in all their forms, with gradients."""

import tensorflow as tf

a = tf.placeholder(tf.float32, [2, 3], "a")
b = tf.placeholder(tf.float32, [3, 4], "b")
rows = tf.placeholder(tf.float32, [None, 3], "rows")
batch = tf.placeholder(tf.float32, [5, 2, 3], "batch")
open_batch = tf.placeholder(tf.float32, [None, 3, 4], "open_batch")
deep = tf.placeholder(tf.float32, [6, 1, 3, 4], "deep")
anything = tf.placeholder(tf.float32, None, "anything")
z = tf.placeholder(tf.complex64, [2, 2], "z")


def both(product, sources, second=False):
    first = tf.gradients(product, sources, grad_ys=product)
    if second:
        tf.gradients(first, sources)


with tf.name_scope("flags"):
    for ta in (False, True):
        for tb in (False, True):
            left = tf.transpose(a) if ta else a
            right = tf.transpose(b) if tb else b
            both(tf.matmul(left, right, transpose_a=ta, transpose_b=tb), [a, b], second=True)
            left = tf.transpose(batch, [0, 2, 1]) if ta else batch
            right = tf.transpose(open_batch, [0, 2, 1]) if tb else open_batch
            both(tf.matmul(left, right, adjoint_a=ta, adjoint_b=tb), [batch, open_batch])
            both(tf.matmul(left, right, transpose_a=ta, transpose_b=tb), [batch, open_batch])
            both(tf.matmul(z, z, adjoint_a=ta, adjoint_b=tb), z)
with tf.name_scope("ranks"):
    both(tf.matmul(rows, b), [rows, b])
    both(tf.matmul(batch, b), [batch, b])
    both(tf.matmul(batch, deep), [batch, deep])
    both(tf.matmul(batch, batch, transpose_b=True), batch)
    both(tf.matmul(anything, b), [anything, b])
    both(tf.matmul(a, [[1.0], [2.0], [3.0]], name="column"), a)
    both(a @ b, [a, b])
    both(tf.linalg.matvec(a, [1.0, 2.0, 3.0]), a)
    tf.linalg.matvec(a, [1.0, 2.0], transpose_a=True)
with tf.name_scope("sparse"):
    both(tf.matmul(a, b, a_is_sparse=True), [a, b])
    both(tf.matmul(a, b, b_is_sparse=True), [a, b])
    both(tf.sparse_matmul(a, b, a_is_sparse=True), [a, b])
    tf.matmul(tf.cast(a, tf.bfloat16), tf.cast(b, tf.bfloat16), a_is_sparse=True)
with tf.name_scope("tensordot"):
    both(tf.tensordot(a, b, 1), [a, b])
    both(tf.tensordot(batch, deep, [[2], [2]]), [batch, deep])
    both(tf.tensordot(batch, deep, [[-1], [-2]]), batch)
    tf.tensordot(a, b, 0)
    tf.tensordot(rows, b, [1, 0])
    tf.tensordot(rows, open_batch, [[1], [1]])
    tf.tensordot(anything, b, 1)
    tf.tensordot(a, b, tf.constant([[1], [0]]))
    tf.tensordot(anything, anything, [[0], [1]], name="named")
with tf.name_scope("einsum"):
    both(tf.einsum("ij,jk->ik", a, b), [a, b])
    both(tf.einsum("bij,jk->bik", batch, b), [batch, b])
    tf.einsum("ij,jk", a, b)
    tf.einsum("ij->ji", a)
    tf.einsum("ij->", a)
    tf.einsum("ij,kl->ijkl", a, b)
    tf.einsum("ij,ij->ij", a, a)
    tf.einsum("bij,bkj->bik", batch, batch)
    tf.einsum("...ij,jk->...ik", batch, b)
    tf.einsum("bij,bjk->bik", batch, open_batch)
    tf.einsum("ni,ij->nj", rows, b)
    tf.einsum("ij,jk,kl->il", a, b, tf.transpose(b))
    tf.einsum("ij,ij,ij->i", a, a, a)
    tf.einsum("ii", z)
    tf.einsum("bij,bij->b", batch, batch, name="dots")
    tf.einsum("xaij,bij->xb", deep, open_batch)
with tf.name_scope("trace"):
    both(tf.trace(z), z)
    both(tf.trace(batch), batch)
    both(tf.reduce_sum(tf.matmul(a, b) ** 2.0), [a, b])
