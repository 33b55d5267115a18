package viz_test

import (
	"testing"

	"fourmlab/fourm"
	"fourmlab/viz"
)

// What is settled beforehand: learning rate, tokens and temperature of the steps.
//
//	viz.Schedule(train, plan)
func ExampleSchedule() {
	plan := fourm.Chain("caption").Then("depth", 8).Temp(2).Then("semseg", 4).Temp(0.5)
	save(viz.Schedule(fourm.Train{Steps: 1000, LR: 3e-4, Warm: 100}, plan), "schedule")
}

func TestSchedule(t *testing.T) { golden(t, ExampleSchedule, "schedule") }
