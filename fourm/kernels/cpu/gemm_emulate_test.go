package cpu

// Tilings whose kernels the emulator runs, from the lists that the assembly was
// printed from: so the products of an instruction set that this processor
// lacks are tested on it, and their kernels for what they touch.

import (
	"bytes"
	"os"
	"reflect"
	"testing"
	"unsafe"

	"fourmlab/fourm/kernels/cpu/gen/asm"
	"fourmlab/fourm/kernels/cpu/gen/kern"
)

func TestAssemblyIsPrintedAnew(t *testing.T) {
	var s, d bytes.Buffer
	kern.Print(&s, &d)
	for name, want := range map[string]*bytes.Buffer{"z_gemm_amd64.s": &s, "z_gemm_amd64.go": &d} {
		if got, err := os.ReadFile(name); err != nil || !bytes.Equal(got, want.Bytes()) {
			t.Errorf("%s is not what gen prints (%v): run go generate", name, err)
		}
	}
}

func TestKernelsReadTheStruct(t *testing.T) {
	x := reflect.TypeFor[tiles]()
	if x.NumField() != len(kern.TilesFields) {
		t.Fatalf("%d fields, expected %d", x.NumField(), len(kern.TilesFields))
	}
	for i, name := range kern.TilesFields {
		if f := x.Field(i); f.Name != name || f.Offset != uintptr(8*i) {
			t.Errorf("field %d is %s at %d, expected %s at %d", i, f.Name, f.Offset, name, 8*i)
		}
	}
}

// UseEmulated is UseISA for an emulated instruction set. Faults of its kernels
// are errors of t.
func UseEmulated(t testing.TB, isa kern.ISA) { tile = emulated(t, isa) }

func emulated(t testing.TB, isa kern.ISA) *tiling {
	e := &tiling{name: "emulated " + isa.Name, rows: isa.Rows, cols: isa.Cols(), fetches: isa.Fetches()}
	for rows := 1; rows <= isa.Rows; rows++ {
		e.tiles[rows] = emulatedTiles(t, kern.Tiles(isa, rows), rows, isa.Cols())
	}
	for i := range e.copy {
		e.copy[i] = emulatedMover(t, kern.Copy(i), func(n int, mask unsafe.Pointer) (int, int) { return n, ones(mask, 8*i) }, 8*i)
	}
	for rows := range e.transpose {
		e.transpose[rows] = emulatedMover(t, kern.Transpose(rows), func(n int, _ unsafe.Pointer) (int, int) { return rows, n }, 8)
	}
	strip := kern.Strip(isa.Rows)
	e.strip = func(n uintptr, src unsafe.Pointer, srcStride uintptr, dst unsafe.Pointer) {
		var mem asm.Memory
		from, to := words(src, (isa.Rows-1)*int(srcStride)/4+int(n)), words(dst, int(n)*isa.Rows)
		report(t, asm.Run(strip, &mem, 100+100*int(n), uint64(n), mem.Add("src", from, false), uint64(srcStride), mem.Add("dst", to, true)))
	}
	spread := kern.Spread(isa.Rows)
	e.spread = func(n uintptr, src unsafe.Pointer, srcStride uintptr, dst unsafe.Pointer, strips, apart uintptr, mask unsafe.Pointer) {
		var mem asm.Memory
		from := words(src, int((n-1)*srcStride/4)+int(strips)*isa.Rows)
		to := words(dst, int((strips-1)*apart/4)+int(n-1)*isa.Rows+ceil(isa.Rows, 8)*8)
		report(t, asm.Run(spread, &mem, 1000+100*int(n*strips), uint64(n), mem.Add("src", from, false), uint64(srcStride),
			mem.Add("dst", to, true), uint64(strips), uint64(apart), mem.Add("mask", words(mask, maxCols), false)))
	}
	return e
}

func report(t testing.TB, err error) {
	if err != nil {
		t.Error(err)
	}
}

func words(p unsafe.Pointer, n int) []float32 { return unsafe.Slice((*float32)(p), n) }

// ones counts those of a mask.
func ones(mask unsafe.Pointer, most int) (n int) {
	if mask == nil {
		return most
	}
	for n < most && unsafe.Slice((*int32)(mask), most)[n] != 0 {
		n++
	}
	return n
}

// emulatedTiles gives a kernel exactly the memory that a call tells it to use.
func emulatedTiles(t testing.TB, k *asm.Kernel, rows, cols int) func(*tiles) {
	return func(x *tiles) {
		var mem asm.Memory
		part := func(name string, p unsafe.Pointer, n, step, rows, stride, across int, writable bool) uint64 {
			if p == nil {
				return 0
			}
			return mem.Add(name, words(p, (n-1)*step/4+(rows-1)*stride/4+across), writable)
		}
		wide, count, depth := ones(x.mask, cols), int(x.count), int(x.k)
		v := map[string]uint64{
			"a":    part("a", x.a, count, int(x.aStep), rows, int(x.rowStride), (depth-1)*int(x.colStride)/4+1, false),
			"b":    part("b", x.b, count, int(x.bStep), depth, int(x.bStride), cols, false),
			"c":    part("c", x.c, count, int(x.cStep), rows, int(x.ldc), wide, true),
			"e":    part("e", x.e, count, int(x.eStep), rows, int(x.lde), wide, false),
			"bias": part("bias", x.bias, count, int(x.biasStep), 1, 0, wide, false),
			"mask": part("mask", x.mask, 1, 0, 1, 0, cols, false),
		}
		fields := make([]float32, 2*len(kern.TilesFields))
		for i, name := range kern.TilesFields {
			at, ok := v[name]
			if !ok {
				at = *(*uint64)(unsafe.Add(unsafe.Pointer(x), 8*i))
			}
			*(*uint64)(unsafe.Pointer(&fields[2*i])) = at
		}
		report(t, asm.Run(k, &mem, count*(2000+200*depth), mem.Add("x", fields, false)))
	}
}

// emulatedMover does so for a mover that writes rows of width numbers; source
// tells how many rows of how many numbers it reads.
func emulatedMover(t testing.TB, k *asm.Kernel, source func(n int, mask unsafe.Pointer) (rows, across int), width int) mover {
	return func(n uintptr, src unsafe.Pointer, srcStride uintptr, dst unsafe.Pointer, dstStride uintptr, mask unsafe.Pointer) {
		var mem asm.Memory
		var from, masked uint64
		if rows, across := source(int(n), mask); rows > 0 {
			from = mem.Add("src", words(src, (rows-1)*int(srcStride)/4+across), false)
		}
		if mask != nil {
			masked = mem.Add("mask", words(mask, width), false)
		}
		to := mem.Add("dst", words(dst, int((n-1)*dstStride/4)+width), true)
		report(t, asm.Run(k, &mem, 1000+100*int(n), uint64(n), from, uint64(srcStride), to, uint64(dstStride), masked))
	}
}
