// Command demo trains the model that comes with the program, and judges it:
//
//	make demo-model
//
// A training that was stopped goes on where it was. The same seed gives the same file
// on machines with the same instruction set.
package main

import (
	"errors"
	"flag"
	"fmt"
	"log"
	"os"
	"time"

	"fourmlab/datasets"
	"fourmlab/fourm"
)

const (
	seed       = 1
	unseen     = 999   // seed of the scenes that it is judged by
	manyTexts  = 4000  // of which the vocabulary is made
	manyScenes = 60000 // that it is trained on
)

// size and schedule; docs/bench.md has what was tried beside them.
const (
	width  = 160
	blocks = 3 // of encoder and decoder
	steps  = 14000
	cool   = 2500 // of these, in which the rate falls to 0
)

func main() {
	log.SetFlags(0)
	out := flag.String("o", "fourm/shipped/demo.safetensors", "the file")
	work := flag.String("work", "build/demo", "folder in which the training is kept")
	judged := flag.Int("judge", 100, "unseen scenes that it is judged by")
	only := flag.String("model", "", "judge this file, and train none")
	flag.Parse()
	if err := run(*out, *work, *only, *judged); err != nil {
		log.Fatal(err)
	}
}

func run(out, work, only string, judged int) error {
	if only != "" {
		m, err := fourm.Load(only)
		if err != nil {
			return err
		}
		return judge(m, judged)
	}
	if err := fourm.SceneTokenizers("rgb", "depth", "normal", "semseg", "edge"); err != nil {
		return err
	}
	ds := datasets.Scenes(manyScenes, seed)
	if err := fourm.TrainVocabulary(ds.Head(manyTexts)); err != nil {
		return err
	}
	c := fourm.Tiny("rgb", "depth", "normal", "semseg", "edge", "box", "caption", "palette")
	c.Dim, c.Heads, c.Encoder, c.Decoder, c.QKNorm, c.Seed = width, width/32, blocks, blocks, true, seed
	m := fourm.New(c)
	fmt.Println(m)
	began := time.Now()
	o := fourm.Train{Steps: steps, Batch: 16, LR: 3e-3, Schedule: "inverse-sqrt", Warm: 2000, Cool: cool, Masks: masks(), Seed: seed, Dir: work, Quiet: true,
		Val: datasets.Scenes(128, unseen+1), ValMask: held(), ValEvery: 1000, OnStep: func(p fourm.Point) bool {
			if p.ValLoss > 0 {
				fmt.Printf("step %d of %d, %.0f s, loss %.3f, held out %.3f %.3v\n", p.Step, steps, time.Since(began).Seconds(), p.Loss, p.ValLoss, p.Val)
			}
			return true
		}}
	r := m.Train(ds, o)
	if r.Err != nil {
		return r.Err
	}
	if r.Last().Step < steps {
		return errors.New("stopped; the same command goes on where it was")
	}
	if err := m.SaveAs(out, "BF16"); err != nil {
		return err
	}
	info, err := os.Stat(out)
	if err != nil {
		return err
	}
	fmt.Printf("%s: %d bytes, %.0f s\n", out, info.Size(), time.Since(began).Seconds())
	return judge(m, judged)
}
