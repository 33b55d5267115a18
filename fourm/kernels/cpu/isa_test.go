package cpu

import (
	"math"
	"reflect"
	"testing"
)

// tilings are those of all instruction sets that the processor has.
func tilings() []*tiling {
	var all []*tiling
	for _, s := range isas {
		all = append(all, s.tile)
	}
	return all
}

// Every loop of an instruction set has an implementation, but for the one that
// may lack it, and one switch moves all kernels.
func TestUseISA(t *testing.T) {
	defer UseISA(isas[0].name)
	for i, s := range isas {
		v := reflect.ValueOf(s.vec)
		for k := range v.NumField() {
			if name := v.Type().Field(k).Name; v.Field(k).IsNil() && name != "dots4" {
				t.Errorf("%s has no %s", s.name, name)
			}
		}
		if !UseISA(s.name) || tile != s.tile || ISAs()[i] != s.name {
			t.Errorf("%s is not in use", s.name)
		}
		if same := reflect.ValueOf(vec.add).Pointer() == reflect.ValueOf(plain.add).Pointer(); same != (s.name == "go") {
			t.Errorf("%s adds as Go does: %v", s.name, same)
		}
		x := []float32{1, -2, 3, -4, 5, -6, 7, -8, 9}
		y := make([]float32, 9)
		Silu(y, x)
		for k, v := range x {
			if want := float64(v) / (1 + math.Exp(-float64(v))); math.Abs(float64(y[k])-want) > 1e-5 {
				t.Errorf("%s: silu(%g) is %g, expected %g", s.name, v, y[k], want)
			}
		}
	}
	if UseISA("abacus") {
		t.Error("an unknown instruction set is in use")
	}
}
