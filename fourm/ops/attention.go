package ops

import (
	"fmt"

	G "gorgonia.org/gorgonia"

	"fourmlab/fourm/kernels/cpu"
)

// SelfAttention is scaled dot-product attention of a packed qkv (B, T, 3D),
// rows ordered q, k, v and each split by head (docs/4m.md, 4.2); the result is
// (B, T, D). span (B, T, 4) holds two ranges for each query, the keys that it
// may see and a hole among them, which covers all of 4M's masks: visible
// tokens are packed first, and those of one modality lie together, before the
// padding and in it (docs/4m.md, 4.7). An empty range sees all keys alike.
func SelfAttention(qkv, span *G.Node, heads int) *G.Node {
	s := qkv.Shape()
	expect(len(s) == 3 && s[2]%(3*heads) == 0, "SelfAttention", "qkv %v is not (B, T, 3D) with D a multiple of %d heads", s, heads)
	expect(span.Shape().TotalSize() == 4*s[0]*s[1], "SelfAttention", "span %v does not fit qkv %v", span.Shape(), s)
	d := s[2] / 3
	shape := cpu.Heads{B: s[0], Tq: s[1], Tk: s[1], H: heads, D: d / heads, QStride: 3 * d, KStride: 3 * d, VStride: 3 * d}
	return apply(spec{
		name: fmt.Sprintf("SelfAttention(%d)", heads),
		out:  []int{s[0], s[1], d},
		forward: func(y []float32, in []Arg) {
			x := in[0].F
			cpu.Attend(y, x, x[d:], x[2*d:], shape, in[1].I)
		},
		diff: []bool{true, false},
		backward: func(in G.Nodes, _, dy *G.Node) G.Nodes {
			return G.Nodes{apply(spec{name: fmt.Sprintf("SelfAttentionBack(%d)", heads), out: s, forward: func(dx []float32, a []Arg) {
				x := a[1].F
				cpu.AttendBack(dx, dx[d:], dx[2*d:], a[0].F, x, x[d:], x[2*d:], shape, a[2].I)
			}}, dy, in[0], in[1]), nil}
		},
	}, qkv, span)
}

// CrossAttention attends from q (B, M, D) to a packed kv (B, N, 2D); the
// result is (B, M, D). span (B, M, 4) is as in SelfAttention.
func CrossAttention(q, kv, span *G.Node, heads int) *G.Node {
	s, t := q.Shape(), kv.Shape()
	expect(len(s) == 3 && len(t) == 3 && s[0] == t[0] && t[2] == 2*s[2] && s[2]%heads == 0, "CrossAttention",
		"q %v and kv %v are not (B, M, D) and (B, N, 2D) with D a multiple of %d heads", s, t, heads)
	expect(span.Shape().TotalSize() == 4*s[0]*s[1], "CrossAttention", "span %v does not fit q %v", span.Shape(), s)
	d := s[2]
	shape := cpu.Heads{B: s[0], Tq: s[1], Tk: t[1], H: heads, D: d / heads, QStride: d, KStride: 2 * d, VStride: 2 * d}
	return apply(spec{
		name: fmt.Sprintf("CrossAttention(%d)", heads),
		out:  s,
		forward: func(y []float32, in []Arg) {
			cpu.Attend(y, in[0].F, in[1].F, in[1].F[d:], shape, in[2].I)
		},
		diff: []bool{true, true, false},
		backward: func(in G.Nodes, _, dy *G.Node) G.Nodes {
			nq, nkv := s.TotalSize(), t.TotalSize()
			both := apply(spec{name: fmt.Sprintf("CrossAttentionBack(%d)", heads), out: []int{nq + nkv}, forward: func(dx []float32, a []Arg) {
				dq, dkv := dx[:nq], dx[nq:]
				cpu.AttendBack(dq, dkv, dkv[d:], a[0].F, a[1].F, a[2].F, a[2].F[d:], shape, a[3].I)
			}}, dy, in[0], in[1], in[2])
			return G.Nodes{part(both, 0, s), part(both, nq, t), nil}
		},
	}, q, kv, span)
}

// part is a piece of a flat tensor as a tensor of a shape: how an op whose
// gradients are computed together hands them out. An executor that knows of
// views copies nothing.
func part(x *G.Node, from int, shape []int) *G.Node {
	return apply(spec{
		name: fmt.Sprintf("Part(%d)", from),
		out:  shape,
		view: true,
		from: from,
		forward: func(y []float32, in []Arg) {
			copy(y, in[0].F[from:])
		},
	}, x)
}
