package datasets

import (
	"fmt"
	"strings"
	"testing"

	"fourmlab/fourm/modality"
)

// A scene shows its own caption, and what it does not show is said.
func ExampleVerify() {
	s := Scenes(10, 1).MustSample(3)
	v, err := Verify(s, s.Text("caption"))
	fmt.Println(v, v.Right(), err)
	v, err = Verify(s, "a large white cone on a gray floor")
	fmt.Println(v, v.Score(), err)
	// Output:
	// a large red ring: there; a large orange can: there; the red ring right of the orange can true <nil>
	// a large white cone: not there; a floor that is gray: no 0 <nil>
}

// What cannot be judged is an error.
func TestVerifyWhatIsMissing(t *testing.T) {
	s := Scenes(10, 1).MustSample(3)
	bare := modality.Sample{Key: "bare", Values: map[string]any{"rgb": s.Values["rgb"], "semseg": "sky"}}
	if _, err := Verify(bare, "a large red ball on a gray floor"); err == nil || !strings.Contains(err.Error(), "sample bare has a string as semseg, expected a picture") {
		t.Error(err)
	}
	if _, err := Verify(s, "two cats"); err == nil || !strings.Contains(err.Error(), `caption "two cats" is none of a rendered scene`) {
		t.Error(err)
	}
}
