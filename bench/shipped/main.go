// Command shipped trains the tokenizers that come with the program:
//
//	make scene-tokenizers
//
// A training that was stopped goes on where it was. The same seeds give the same
// files on machines with the same instruction set.
package main

import (
	"context"
	"flag"
	"fmt"
	"log"
	"os"
	"os/signal"
	"path/filepath"
	"strings"
	"time"

	"fourmlab/datasets"
	"fourmlab/fourm/checkpoint"
	"fourmlab/fourm/modality"
	"fourmlab/fourm/vq"
	"fourmlab/internal/disk"
)

// recipe says how a tokenizer is made; the modality's own patch and vocabulary
// stand where it says none.
type recipe struct {
	patch  int
	scenes int // that it is trained on; 0 stands for 4000
	vq.VQ
}

// recipes by modality. All see the same scenes, the first of them. What was tried beside them, and
// what it gave: docs/bench.md, "Tokenizers that come with the program".
var recipes = map[string]recipe{
	"rgb":      {patch: 4, VQ: vq.VQ{Vocab: 256, Steps: 4000}},
	"depth":    {patch: 8, VQ: vq.VQ{Net: "local", Vocab: 512, Steps: 8000, Batch: 32}},
	"normal":   {patch: 8, VQ: vq.VQ{Net: "local", Vocab: 512, Steps: 8000}},
	"semseg":   {patch: 8, VQ: vq.VQ{Net: "local", Vocab: 1024, Steps: 8000, Batch: 32}},
	"instance": {patch: 8, scenes: 12000, VQ: vq.VQ{Net: "local", Vocab: 1024, Steps: 12000, Batch: 32}},
	"edge":     {patch: 8, VQ: vq.VQ{Net: "local", Vocab: 1024, Steps: 6000, Loss: "bce"}},
}

// order is that of the training; maps have none.
var order = []string{"rgb", "depth", "normal", "semseg", "instance", "edge"}

const (
	scenes = 4000
	seed   = 1
	unseen = 999 // seed of the scenes that they are judged by
)

func main() {
	log.SetFlags(0)
	out := flag.String("o", "fourm/shipped/tokenizers", "folder of the files")
	work := flag.String("work", "build/scene-tokenizers", "folder in which training is kept")
	only := flag.String("only", strings.Join(order, ","), "modalities, separated by commas")
	flag.Parse()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	for _, name := range strings.Split(*only, ",") {
		r, ok := recipes[name]
		if !ok {
			log.Fatalf("no recipe of %q, expected one of %s", name, strings.Join(order, ", "))
		}
		if err := make1(ctx, name, r, *work, *out); err != nil {
			log.Fatalf("%s: %v", name, err)
		}
	}
}

// make1 trains a tokenizer, says what it keeps of scenes that it has not seen, and
// writes it.
func make1(ctx context.Context, name string, r recipe, work, out string) error {
	m := modality.Lookup(name)
	m.Patch, m.Vocab = r.patch, r.Vocab
	modality.Register(m)
	m = modality.Lookup(name)
	c := r.VQ
	c.Dir, c.Seed, c.EMA = filepath.Join(work, name), seed, 0.99
	c.Val, c.ValEvery = datasets.Scenes(64, unseen+1), 500
	n := r.scenes
	if n == 0 {
		n = scenes
	}
	pics, err := pictures(name, n, seed)
	if err != nil {
		return err
	}
	began := time.Now()
	t, err := vq.Train(ctx, m, pics, c, func(p vq.Point, steps int) {
		if p.Metrics != nil {
			fmt.Printf("%s: step %d of %d, loss %.5f, held out %.5f, %v\n", name, p.Step, steps, p.Loss, p.ValLoss, p.Metrics)
		}
	})
	if err != nil {
		return err
	}
	fmt.Printf("%s: %v, %.0f s\n", name, t, time.Since(began).Seconds())
	path := filepath.Join(out, name+".safetensors")
	if err := disk.MkdirAll(out); err != nil {
		return err
	}
	if err := t.Save(path); err != nil {
		return err
	}
	if err := halve(path); err != nil {
		return err
	}
	return judge(path, name)
}

// halve rewrites a file with half the bytes a number.
func halve(path string) error {
	f, err := checkpoint.Open(path)
	if err != nil {
		return err
	}
	defer f.Close()
	var all []checkpoint.Tensor
	for _, name := range f.Names() {
		v, err := f.Floats(name)
		if err != nil {
			return err
		}
		all = append(all, checkpoint.Tensor{Name: name, Shape: f.Shape(name), Data: v, Dtype: "F16"})
	}
	return checkpoint.Write(path, all, f.Meta)
}

// judge says what the file keeps of scenes that its training has not seen.
func judge(path, name string) error {
	t, err := vq.Load(path)
	if err != nil {
		return err
	}
	r := t.Report(datasets.Scenes(200, unseen))
	if r.Err != nil {
		return r.Err
	}
	fmt.Println(r)
	info, err := os.Stat(path)
	if err != nil {
		return err
	}
	fmt.Printf("%s: %d bytes\n", name, info.Size())
	return nil
}

func pictures(name string, n int, seed int64) (out []*modality.Picture, err error) {
	ds := datasets.Scenes(n, seed)
	for i := range n {
		s, err := ds.Sample(i)
		if err != nil {
			return nil, err
		}
		out = append(out, s.Values[name].(*modality.Picture))
	}
	return out, nil
}
