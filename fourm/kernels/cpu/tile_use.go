package cpu

// Which instruction set the matrix product uses.

// tilings are those that the processor can run, the best first.
var tilings = append(fastTilings(), &goTiling)

// tile is the one in use.
var tile = tilings[0]

// ISAs names the instruction sets that the matrix product can use on this
// processor; the first is the best, which it does use, the last is "go".
func ISAs() []string {
	names := make([]string, len(tilings))
	for i, t := range tilings {
		names[i] = t.name
	}
	return names
}

// UseISA makes the matrix product use one of ISAs, for tests and comparisons;
// no product may be under way. It tells whether there is such a one.
func UseISA(name string) bool {
	for _, t := range tilings {
		if t.name == name {
			tile = t
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
