package generate

import (
	"reflect"
	"testing"

	"fourmlab/fourm/modality"
)

func TestPaces(t *testing.T) {
	p := Chain("caption").Then("depth", 6).Temp(2).Then("caption", 1)
	got := p.Paces()
	if len(got) != 2 || len(got[1]) != 0 {
		t.Fatalf("%v", got)
	}
	room := modality.Lookup("depth").TokenDomain(10).Max
	want := CosineTokens(6, room)
	temps := LinearTemps(2, want)
	for i, s := range got[0] {
		if !reflect.DeepEqual(s, Pace{"depth", want[i], temps[i]}) {
			t.Errorf("step %d: %v, expected %d tokens at %v", i, s, want[i], temps[i])
		}
	}
	if len(got[0]) != len(want) {
		t.Errorf("%d steps, expected %d", len(got[0]), len(want))
	}
}
