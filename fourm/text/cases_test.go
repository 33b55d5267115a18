package text

import (
	"os"
	"testing"

	"fourmlab/internal/fixture"
)

// The case F15: a mark at the beginning of a vocabulary's file is no part of it.
func TestCaseF15(t *testing.T) {
	path := fixture.Path(t, "cases", "data", "F15_bom", "bom.json")
	b, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	v, err := Open(path)
	if err != nil {
		t.Fatal(err)
	}
	bare, err := Read(b[3:])
	if err != nil || len(bare.Encode("a red ball")) != len(v.Encode("a red ball")) {
		t.Errorf("%v (%v)", bare, err)
	}
	t.Log("1 case ran")
}
