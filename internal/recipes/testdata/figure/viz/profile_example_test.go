package viz_test

import (
	"testing"

	"fourmlab/viz"
)

// The mean of each row of a picture.
//
//	viz.Profile(viz.Rows{3, 1, 4, 1, 5})
func ExampleProfile() {
	save(viz.Profile(viz.Rows{3, 1, 4, 1, 5}), "profile")
}

func TestProfile(t *testing.T) { golden(t, ExampleProfile, "profile") }
