package checkpoint

import (
	"math"
	"math/rand/v2"
	"testing"
)

// Every half widens and narrows to itself.
func TestHalvesRoundTrip(t *testing.T) {
	for h := range 1 << 16 {
		x := fromHalf(uint16(h))
		if got := toHalf(x); got != uint16(h) && x == x {
			t.Fatalf("%#04x is %g and came back as %#04x", h, x, got)
		}
		if x != x {
			if y := fromHalf(toHalf(x)); y == y {
				t.Fatalf("%#04x is no number and came back as %g", h, y)
			}
		}
		b := math.Float32frombits(uint32(h) << 16)
		if got := toBrain(b); got != uint16(h) && b == b {
			t.Fatalf("%#04x is %g as bfloat16 and came back as %#04x", h, b, got)
		}
	}
	for x, want := range map[uint16]float32{0x3C00: 1, 0xC000: -2, 0x0001: 5.9604645e-08, 0x7BFF: 65504, 0x8000: float32(math.Copysign(0, -1))} {
		if got := fromHalf(x); math.Float32bits(got) != math.Float32bits(want) {
			t.Errorf("%#04x is %g, expected %g", x, got, want)
		}
	}
}

// nearest finds the closest of the halves around h by their distance, the even
// one of two that are as close.
func nearest(x float32, h uint16) uint16 {
	best, at := math.Inf(1), h
	for c := int(h) - 1; c <= int(h)+1; c++ {
		if c < 0 || c&0x7fff > 0x7bff {
			continue
		}
		d := math.Abs(float64(fromHalf(uint16(c))) - float64(x))
		if d < best || d == best && c&1 == 0 {
			best, at = d, uint16(c)
		}
	}
	return at
}

// Halves are rounded to the nearest, ties to even.
func TestHalvesAreNearest(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	for range 300_000 {
		x := math.Float32frombits(r.Uint32()&0x800fffff | uint32(90+r.IntN(60))<<23 | r.Uint32()&7<<20)
		got := toHalf(x)
		if math.Abs(float64(x)) >= 65520 { // halfway to what would be the next
			if got&0x7fff != 0x7c00 {
				t.Fatalf("%g became %#04x, expected infinity", x, got)
			}
			continue
		}
		if want := nearest(x, got); got != want {
			t.Fatalf("%g became %#04x (%g), expected %#04x (%g)", x, got, fromHalf(got), want, fromHalf(want))
		}
	}
	for h := uint16(0); h < 0x7bff; h++ { // exact ties
		mid := float32((float64(fromHalf(h)) + float64(fromHalf(h+1))) / 2)
		if got, want := toHalf(mid), h+h&1; got != want {
			t.Fatalf("between %#04x and the next: %#04x, expected %#04x", h, got, want)
		}
		if got := toHalf(math.Nextafter32(mid, 1e9)); got != h+1 {
			t.Fatalf("above the middle of %#04x and the next: %#04x", h, got)
		}
		if got := toHalf(math.Nextafter32(mid, -1)); got != h {
			t.Fatalf("below the middle of %#04x and the next: %#04x", h, got)
		}
	}
}

func TestBrainIsNearest(t *testing.T) {
	for x, want := range map[uint32]uint16{
		0x3f800000: 0x3f80, 0x3f807fff: 0x3f80, 0x3f808000: 0x3f80, 0x3f808001: 0x3f81, 0x3f818000: 0x3f82,
		0x7f7fffff: 0x7f80, 0xff800000: 0xff80, 0x7f800001: 0x7fc0, 0x00008000: 0, 0x00018000: 2, 0x80000000: 0x8000,
	} {
		if got := toBrain(math.Float32frombits(x)); got != want {
			t.Errorf("%#08x became %#04x, expected %#04x", x, got, want)
		}
	}
}
