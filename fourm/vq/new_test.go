package vq

import (
	"context"
	"testing"
)

// A fresh network of every kind encodes and decodes, and its seed decides it.
func TestNewNetwork(t *testing.T) {
	for name, change := range members {
		s := small(t, change).net.Spec
		n, err := NewNetwork(s, 3)
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		p := s.encPatch()
		x := noise(n, 2, 2*p[0], 3*p[1])
		c, err := n.Encode(context.Background(), x)
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		y, err := n.Decode(context.Background(), c)
		if d := s.decPatch(); err != nil || y.B != 2 || y.H != 2*d[0] || y.W != 3*d[1] || y.C != s.out() {
			t.Errorf("%s: pictures (%d, %d, %d, %d) (%v)", name, y.B, y.C, y.H, y.W, err)
		}
		again, err := NewNetwork(s, 3)
		if err != nil {
			t.Fatal(err)
		}
		other, err := NewNetwork(s, 4)
		if err != nil {
			t.Fatal(err)
		}
		w := n.Params["quant_proj.weight"].Data
		if w[0] != again.Params["quant_proj.weight"].Data[0] || w[0] == other.Params["quant_proj.weight"].Data[0] {
			t.Errorf("%s: the seed does not decide the numbers", name)
		}
	}
	if _, err := NewNetwork(Spec{}, 0); err == nil {
		t.Error("the zero configuration was taken")
	}
}
