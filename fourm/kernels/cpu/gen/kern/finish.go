package kern

// The end of a tile: what is added, and the stores, for all columns or some.

import "fourmlab/fourm/kernels/cpu/gen/asm"

// access reads and writes a row of a tile.
type access interface {
	begin(t tiles)                                 // asm.AX points to the mask
	name(l asm.Label) asm.Label                    // of a label in this copy of the end
	add(t tiles, from asm.Mem, h int, to asm.Vec)  // to += memory
	load(t tiles, from asm.Mem, h int, to asm.Vec) // zeros where there is no column
	store(t tiles, from asm.Vec, h int, to asm.Mem)
}

// finish adds E and the bias to the sums, and stores them.
func (t tiles) finish(x access) {
	x.begin(t)
	t.Op("MOVQ", t.Var("e"), asm.CX)
	t.Op("TESTQ", asm.CX, asm.CX)
	t.Op("JZ", x.name("bias"))
	t.Op("MOVQ", t.field("eStep"), asm.AX)
	t.Op("ADDQ", asm.AX, t.Var("e"))
	t.Op("MOVQ", t.field("lde"), asm.AX)
	for r := range t.rows {
		for h := range 2 {
			x.add(t, asm.Mem{Base: asm.CX, Disp: h * t.size()}, h, t.acc(r, h))
		}
		if r+1 < t.rows {
			t.Op("ADDQ", asm.AX, asm.CX)
		}
	}
	t.At(x.name("bias"))
	t.Op("MOVQ", t.Var("bias"), asm.CX)
	t.Op("TESTQ", asm.CX, asm.CX)
	t.Op("JZ", x.name("store"))
	t.Op("MOVQ", t.field("biasStep"), asm.AX)
	t.Op("ADDQ", asm.AX, t.Var("bias"))
	for h := range 2 {
		x.load(t, asm.Mem{Base: asm.CX, Disp: h * t.size()}, h, t.row(h))
	}
	for r := range t.rows {
		for h := range 2 {
			t.Op("VADDPS", t.row(h), t.acc(r, h), t.acc(r, h))
		}
	}
	t.At(x.name("store"))
	t.Op("MOVQ", asm.DX, asm.CX)
	for r := range t.rows {
		for h := range 2 {
			x.store(t, t.acc(r, h), h, asm.Mem{Base: asm.CX, Disp: h * t.size()})
		}
		if r+1 < t.rows {
			t.Op("ADDQ", asm.R8, asm.CX)
		}
	}
}

// plain is for panels that have all their columns.
type plain struct{}

func (plain) begin(tiles)                                    {}
func (plain) name(l asm.Label) asm.Label                     { return l }
func (plain) add(t tiles, from asm.Mem, h int, to asm.Vec)   { t.Op("VADDPS", from, to, to) }
func (plain) load(t tiles, from asm.Mem, h int, to asm.Vec)  { t.Op("VMOVUPS", from, to) }
func (plain) store(t tiles, from asm.Vec, h int, to asm.Mem) { t.Op("VMOVUPS", from, to) }

// masked touches only the columns that the mask names. With AVX2 the mask is
// in the spare registers, with AVX-512 in K1 and K2.
type masked struct{}

func (masked) name(l asm.Label) asm.Label { return "masked_" + l }

func (masked) begin(t tiles) {
	for h := range 2 {
		from := asm.Mem{Base: asm.AX, Disp: h * t.size()}
		if t.Masks {
			t.Op("VMOVDQU32", from, t.spare(h))
			t.Op("VPTESTMD", t.spare(h), t.spare(h), asm.Mask(1+h))
		} else {
			t.Op("VMOVUPS", from, t.spare(h))
		}
	}
}

func (x masked) add(t tiles, from asm.Mem, h int, to asm.Vec) {
	x.load(t, from, h, t.row(h))
	t.Op("VADDPS", t.row(h), to, to)
}

func (masked) load(t tiles, from asm.Mem, h int, to asm.Vec) {
	if t.Masks {
		t.Op("VMOVUPS.Z", from, asm.Mask(1+h), to)
	} else {
		t.Op("VMASKMOVPS", from, t.spare(h), to)
	}
}

func (masked) store(t tiles, from asm.Vec, h int, to asm.Mem) {
	if t.Masks {
		t.Op("VMOVUPS", from, asm.Mask(1+h), to)
	} else {
		t.Op("VMASKMOVPS", from, t.spare(h), to)
	}
}
