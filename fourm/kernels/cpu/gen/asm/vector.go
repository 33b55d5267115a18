package asm

// The vector instructions, lane by lane.

// lanes is a register's or a memory operand's numbers.
type lanes [16]uint32

// vector executes a vector instruction.
func (m *machine) vector(in *Inst) {
	a := in.Args
	for _, x := range a {
		if v, ok := x.(Vec); ok && v.N >= 16 && v.Bits < 512 {
			panic(faultf("%v takes more than AVX2 and AVX-512's foundation", v))
		}
	}
	last := a[len(a)-1]
	if mem, ok := last.(Mem); ok {
		m.toMemory(in, mem)
		return
	}
	if k, ok := last.(Mask); ok && in.Op == "VPTESTMD" {
		x, y := m.read(a[0], 16, nil), m.read(a[1], 16, nil)
		m.mask[k] = 0
		for i := range 16 {
			if x[i]&y[i] != 0 {
				m.mask[k] |= 1 << i
			}
		}
		return
	}
	to, ok := last.(Vec)
	if !ok {
		panic(faultf("%v is no place for a vector", last))
	}
	var keep *Mask // lanes that are not written
	zeroing := false
	if k, ok := a[len(a)-2].(Mask); ok {
		keep = &k
		a = append(append([]Arg(nil), a[:len(a)-2]...), last)
	}
	n := to.lanes()
	src := func(i int) lanes { return m.read(a[i], n, keep) }
	var out lanes
	each := func(f func(i int) uint32) {
		for i := range n {
			if keep == nil || m.mask[*keep]>>i&1 != 0 {
				out[i] = f(i)
			} else if !zeroing {
				out[i] = m.vec[to.N][i]
			}
		}
	}
	if in.Op == "VXORPS" && n == 16 || in.Op == "VPXORD" && n < 16 || in.Op == "VMASKMOVPS" && n == 16 {
		panic(faultf("takes more than AVX2 and AVX-512's foundation"))
	}
	switch in.Op {
	case "VXORPS", "VPXORD":
		x, y := src(0), src(1)
		each(func(i int) uint32 { return x[i] ^ y[i] })
	case "VMOVUPS", "VMOVDQU32":
		x := src(0)
		each(func(i int) uint32 { return x[i] })
	case "VMOVUPS.Z":
		zeroing = true
		x := src(0)
		each(func(i int) uint32 { return x[i] })
	case "VBROADCASTSS":
		w := m.mem.load(m.address(a[0]))
		each(func(int) uint32 { return w })
	case "VADDPS":
		x, y := src(0), src(1)
		each(func(i int) uint32 { return word(float(x[i]) + float(y[i])) })
	case "VFMADD231PS":
		x, y := src(0), src(1)
		each(func(i int) uint32 { return word(FMA(float(x[i]), float(y[i]), float(m.vec[to.N][i]))) })
	case "VMASKMOVPS":
		mask := m.read(a[1], n, nil)
		at := m.address(a[0])
		each(func(i int) uint32 {
			if mask[i]>>31 == 0 {
				return 0
			}
			return m.mem.load(at + uint64(4*i))
		})
	default:
		m.shuffle(in, to, a, out)
		return
	}
	m.write(to, out)
}

// shuffle executes what moves numbers between the quarters of AVX registers.
func (m *machine) shuffle(in *Inst, to Vec, a []Arg, out lanes) {
	n := to.lanes()
	if n != 8 {
		panic(faultf("not known for %v", to))
	}
	switch in.Op {
	case "VUNPCKLPS", "VUNPCKHPS":
		y, x := m.read(a[0], n, nil), m.read(a[1], n, nil)
		for q := 0; q < n; q += 4 {
			from := q
			if in.Op == "VUNPCKHPS" {
				from += 2
			}
			out[q], out[q+1], out[q+2], out[q+3] = x[from], y[from], x[from+1], y[from+1]
		}
	case "VSHUFPS":
		c, y, x := int(a[0].(Imm)), m.read(a[1], n, nil), m.read(a[2], n, nil)
		for q := 0; q < n; q += 4 {
			out[q], out[q+1] = x[q+c&3], x[q+c>>2&3]
			out[q+2], out[q+3] = y[q+c>>4&3], y[q+c>>6&3]
		}
	case "VUNPCKLPD", "VUNPCKHPD", "VSHUFPD":
		c := map[string]int{"VUNPCKHPD": 15}[in.Op]
		if in.Op == "VSHUFPD" {
			c, a = int(a[0].(Imm)), a[1:]
		}
		y, x := m.read(a[0], n, nil), m.read(a[1], n, nil)
		for q := 0; q < n; q += 4 {
			copy(out[q:q+2], x[q+2*(c&1):])
			copy(out[q+2:q+4], y[q+(c&2):])
			c >>= 2
		}
	case "VINSERTF128":
		y, x := m.read(a[1], 4, nil), m.read(a[2], n, nil)
		out = x
		copy(out[4*int(a[0].(Imm)):], y[:4])
	case "VPERM2F128":
		c, y, x := int(a[0].(Imm)), m.read(a[1], n, nil), m.read(a[2], n, nil)
		four := append(x[:8:8], y[:8]...)
		for h := range 2 {
			pick := c >> (4 * h)
			if pick&8 == 0 {
				copy(out[4*h:4*h+4], four[4*(pick&3):])
			}
		}
	default:
		panic(faultf("no such instruction is known"))
	}
	m.write(to, out)
}

// read gives n numbers of a register, or of memory: of those only that a mask
// names are touched.
func (m *machine) read(x Arg, n int, only *Mask) (l lanes) {
	switch x := x.(type) {
	case Vec:
		copy(l[:], m.vec[x.N][:x.lanes()])
	case Mem:
		at := m.address(x)
		for i := range n {
			if only == nil || m.mask[*only]>>i&1 != 0 {
				l[i] = m.mem.load(at + uint64(4*i))
			}
		}
	default:
		panic(faultf("%v is no source of vectors", x))
	}
	return l
}

// write sets a register; what is beyond its end becomes 0.
func (m *machine) write(to Vec, l lanes) {
	clear(m.vec[to.N][:])
	copy(m.vec[to.N][:to.lanes()], l[:])
	m.upper = m.upper || to.Bits > 128
}

// toMemory stores a register, all of it or what a mask names.
func (m *machine) toMemory(in *Inst, to Mem) {
	a := in.Args
	if in.Op == "VEXTRACTF128" {
		from := a[1].(Vec).N
		for i := range 4 {
			m.mem.store(m.address(to)+uint64(4*i), m.vec[from][4*int(a[0].(Imm))+i])
		}
		return
	}
	from, ok := a[0].(Vec)
	if !ok {
		panic(faultf("%v is no register to store", a[0]))
	}
	stored := func(i int) bool { return true }
	switch {
	case in.Op == "VMOVUPS" && len(a) == 2:
	case in.Op == "VMOVUPS":
		k := a[1].(Mask)
		stored = func(i int) bool { return m.mask[k]>>i&1 != 0 }
	case in.Op == "VMASKMOVPS":
		mask := m.read(a[1], from.lanes(), nil)
		stored = func(i int) bool { return mask[i]>>31 != 0 }
	default:
		panic(faultf("no such store is known"))
	}
	at := m.address(to)
	for i := range from.lanes() {
		if stored(i) {
			m.mem.store(at+uint64(4*i), m.vec[from.N][i])
		}
	}
}
