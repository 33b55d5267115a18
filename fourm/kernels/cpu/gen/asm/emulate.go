package asm

// Running a kernel instruction by instruction.

import (
	"fmt"
	"math"
)

// machine is what a kernel sees of a processor.
type machine struct {
	gp     [registers]uint64
	vec    [32][16]uint32
	mask   [8]uint16
	zero   bool // the last result was 0
	upper  bool // a vector register was written beyond its 128th bit
	args   []uint64
	locals []uint64
	mem    *Memory
}

// Run calls a kernel with its arguments: numbers, and addresses that mem gave.
// It is an error to touch memory that mem does not have, to return with the
// upper halves of vector registers in use, or to run for more than limit
// instructions.
func Run(k *Kernel, mem *Memory, limit int, args ...uint64) (err error) {
	if len(args) != len(k.Params) {
		return fmt.Errorf("asm: %s takes %d arguments, not %d", k.Name, len(k.Params), len(args))
	}
	labels := map[Label]int{}
	for i, in := range k.Code {
		if in.Label != "" {
			labels[in.Label] = i
		}
	}
	m := &machine{args: append([]uint64(nil), args...), locals: make([]uint64, len(k.Locals)), mem: mem}
	at := 0
	defer func() {
		switch x := recover().(type) {
		case nil:
		case fault:
			err = fmt.Errorf("asm: %s, instruction %d, %s: %s", k.Name, at, k.Code[at], x.text)
		default:
			panic(x)
		}
	}()
	for range limit {
		if at >= len(k.Code) {
			return fmt.Errorf("asm: %s runs past its end", k.Name)
		}
		in := &k.Code[at]
		jump := false
		switch in.Op {
		case "", "PCALIGN":
		case "RET":
			if m.upper {
				panic(faultf("upper halves of vector registers are in use"))
			}
			return nil
		case "JMP":
			jump = true
		case "JZ":
			jump = m.zero
		case "JNZ":
			jump = !m.zero
		default:
			m.do(in)
		}
		if jump {
			to, ok := labels[in.Args[0].(Label)]
			if !ok {
				panic(faultf("no such label"))
			}
			at = to
			continue
		}
		at++
	}
	return fmt.Errorf("asm: %s did not return after %d instructions", k.Name, limit)
}

// do executes an instruction that does not jump.
func (m *machine) do(in *Inst) {
	a := in.Args
	switch in.Op {
	case "MOVQ":
		m.set(a[1], m.get(a[0]))
	case "LEAQ":
		m.set(a[1], m.address(a[0]))
	case "ADDQ":
		m.result(a[1], m.get(a[1])+m.get(a[0]))
	case "ANDQ":
		m.result(a[1], m.get(a[1])&m.get(a[0]))
	case "SHRQ":
		m.result(a[1], m.get(a[1])>>m.get(a[0]))
	case "DECQ":
		m.result(a[0], m.get(a[0])-1)
	case "TESTQ":
		m.zero = m.get(a[0])&m.get(a[1]) == 0
	case "PREFETCHT0":
		m.address(a[0]) // any address is right
	case "VZEROUPPER":
		for i := range 16 {
			clear(m.vec[i][4:])
		}
		m.upper = false
	default:
		m.vector(in)
	}
}

// get reads 8 bytes.
func (m *machine) get(x Arg) uint64 {
	switch x := x.(type) {
	case GP:
		return m.gp[x]
	case Imm:
		return uint64(int64(x))
	case Slot:
		return m.args[x.Off/8]
	case Local:
		return m.locals[x.Index]
	case Field:
		at := m.gp[x.Base] + uint64(8*x.Index)
		return uint64(m.mem.load(at)) | uint64(m.mem.load(at+4))<<32
	}
	panic(faultf("%v is no source of 8 bytes", x))
}

// set writes 8 bytes.
func (m *machine) set(x Arg, v uint64) {
	switch x := x.(type) {
	case GP:
		m.gp[x] = v
	case Local:
		m.locals[x.Index] = v
	default:
		panic(faultf("%v is no place for 8 bytes", x))
	}
}

// result is set for what sets the zero flag.
func (m *machine) result(x Arg, v uint64) {
	m.set(x, v)
	m.zero = v == 0
}

func (m *machine) address(x Arg) uint64 {
	p, ok := x.(Mem)
	if !ok {
		panic(faultf("%v is no address", x))
	}
	return m.gp[p.Base] + m.gp[p.Index]*uint64(p.Scale) + uint64(int64(p.Disp))
}

// String is the instruction as Go's assembler reads it.
func (in Inst) String() string {
	if in.Label != "" {
		return string(in.Label) + ":"
	}
	s := in.Op
	for i, a := range in.Args {
		s += map[bool]string{true: " ", false: ", "}[i == 0] + a.String()
	}
	return s
}

func float(w uint32) float32 { return math.Float32frombits(w) }
func word(f float32) uint32  { return math.Float32bits(f) }
