package tfevents_test

import (
	"fmt"
	"os"

	"fourmlab/fourm/train/tfevents"
)

func Example() {
	dir, err := os.MkdirTemp("", "events")
	if err != nil {
		panic(err)
	}
	defer os.RemoveAll(dir)
	w, err := tfevents.Create(dir, 0)
	if err != nil {
		panic(err)
	}
	if err := w.Write(tfevents.Event{Step: 1, Wall: 1.7e9, Scalars: []tfevents.Scalar{{Tag: "train/loss", Value: 2.5}}}); err != nil {
		panic(err)
	}
	if err := w.Close(); err != nil {
		panic(err)
	}
	events, note, err := tfevents.Read(w.Name())
	if err != nil {
		panic(err)
	}
	for _, e := range events {
		for _, s := range e.Scalars {
			fmt.Println(e.Step, s.Tag, s.Value, note)
		}
	}
	// Output: 1 train/loss 2.5
}
