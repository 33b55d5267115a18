package cpu

// Which instruction set the kernels use: one switch for all of them.

// isa is an instruction set, with all that is computed by it.
type isa struct {
	name string
	tile *tiling // of the matrix product
	vec  vector
}

// isas are those that the processor can run, the best first.
var isas = append(fastISAs(), isa{name: "go", tile: &goTiling, vec: plain})

// What is in use.
var (
	tile = isas[0].tile
	vec  = isas[0].vec
)

// ISAs names the instruction sets that this processor can run; the first is the
// best, which is in use from the start, the last is "go".
func ISAs() []string {
	names := make([]string, len(isas))
	for i, s := range isas {
		names[i] = s.name
	}
	return names
}

// UseISA makes all kernels use one of ISAs, for tests and comparisons; nothing
// may be computed meanwhile. It tells whether there is such a one.
func UseISA(name string) bool {
	for _, s := range isas {
		if s.name == name {
			tile, vec = s.tile, s.vec
			return true
		}
	}
	return false
}

// Peak multiplies and adds for n rounds in registers alone and tells how many
// operations these were: no product makes more of them in that time. It does
// nothing and tells 0 where Go is the instruction set in use.
func Peak(n int) (operations float64) {
	if tile.peak == nil || n <= 0 {
		return 0
	}
	tile.peak(uintptr(n))
	return float64(n) * peakSums * float64(tile.cols)
}
