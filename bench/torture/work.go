package main

// The commands that write, each with inputs of a few seconds.

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"image"
	"image/color"
	"image/png"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
)

// work is one command and what it works on.
type work struct {
	name   string
	inputs func(dir string) error
	args   []string // in the folder of the inputs
	// holds tells what is wrong with a folder that was disturbed, given what
	// the command had said before; nil asks nothing.
	holds func(w *work, dir, said string) (kept int, err error)

	bin, ref string            // the program; a folder that nobody disturbed
	keep     string            // where folders of broken promises go
	sums     map[string]string // of its results
	took     float64           // seconds
}

func names() (out []string) {
	for _, w := range works() {
		out = append(out, w.name)
	}
	return out
}

func works() []*work {
	return []*work{
		{name: "train", inputs: texts(map[string]string{"train.go": trainGo}), args: []string{"run", "train.go"}, holds: checkpoints},
		{name: "ablate", inputs: texts(map[string]string{"small.yaml": smallYAML}), args: []string{"ablate", "small.yaml"}, holds: cells},
		{name: "pack", inputs: pictures, args: []string{"data", "pack", "photos", "-o", "sets/packed", "-size", "16"}, holds: wholeSet},
		{name: "save", inputs: texts(map[string]string{"save.go": saveGo}), args: []string{"run", "save.go"}, holds: versions},
		{name: "notebook", inputs: texts(map[string]string{"nb.ipynb": nbJSON}), args: []string{"notebook", "run", "nb.ipynb", "-o", "out/nb.ipynb", "-html", "out/nb.html"}, holds: wholeNotebook},
	}
}

// texts are inputs that are given in words.
func texts(files map[string]string) func(string) error {
	return func(dir string) error {
		var errs []error
		for name, text := range files {
			errs = append(errs, os.WriteFile(filepath.Join(dir, name), []byte(text), 0o644))
		}
		return errors.Join(errs...)
	}
}

// pictures are photographs of noise, of three modalities and with captions.
func pictures(dir string) error {
	var captions strings.Builder
	captions.WriteString("file,caption\n")
	for i := range 400 {
		key := fmt.Sprintf("p%03d", i)
		fmt.Fprintf(&captions, "%s,a picture with the number %d\n", key, i)
		for _, mod := range []string{"rgb", "semseg"} {
			var b bytes.Buffer
			var img image.Image
			if mod == "rgb" {
				c := image.NewNRGBA(image.Rect(0, 0, 20, 20))
				for j := range c.Pix {
					c.Pix[j] = uint8(i*7 + j*j*13)
				}
				img = c
			} else {
				c := image.NewGray(image.Rect(0, 0, 20, 20))
				for j := range 400 {
					c.SetGray(j%20, j/20, color.Gray{Y: uint8((i + j/20) % 9)})
				}
				img = c
			}
			if err := png.Encode(&b, img); err != nil {
				return err
			}
			path := filepath.Join(dir, "photos", mod, key+".png")
			if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
				return err
			}
			if err := os.WriteFile(path, b.Bytes(), 0o644); err != nil {
				return err
			}
		}
	}
	return os.WriteFile(filepath.Join(dir, "photos", "captions.csv"), []byte(captions.String()), 0o644)
}

// command is the program at work in a folder.
func (w *work) command(ctx context.Context, dir string, out *bytes.Buffer) *exec.Cmd {
	cmd := exec.CommandContext(ctx, w.bin, w.args...)
	cmd.Dir = dir
	cmd.Stdout, cmd.Stderr = out, out
	alone(cmd)
	return cmd
}

const trainGo = `// Trains a small model in a folder, or goes on there, and says what is kept.
package main

import (
	"fmt"
	"os"

	"fourmlab/datasets"
	"fourmlab/fourm"
)

func main() {
	ds := datasets.Scenes(40, 1)
	fourm.TrainTokenizer(ds, "depth", fourm.VQ{Vocab: 16, Steps: 2, Dim: 16, Latent: 4, Batch: 4})
	fourm.TrainVocabulary(ds)
	cfg := fourm.Tiny("depth", "caption")
	cfg.Dim, cfg.Encoder, cfg.Decoder = 32, 1, 1
	first := true
	run := fourm.New(cfg).Train(ds.Split("train"), fourm.Train{Steps: 400, Batch: 4, ValEvery: 20, Val: ds.Split("val"), Mask: fourm.Mask{In: 16, Out: 16}, Dir: "runs/a",
		OnStep: func(p fourm.Point) bool {
			if first {
				fmt.Println("from", p.Step)
				first = false
			}
			if p.Step%20 == 0 {
				fmt.Println("kept", p.Step)
			}
			return true
		}})
	if run.Err != nil {
		fmt.Println("failed:", run.Err)
		os.Exit(1)
	}
	if run.Interrupted {
		os.Exit(3)
	}
}
`

const smallYAML = `# An ablation of a second.
data: {name: scenes, n: 40, seed: 1}
modalities: [depth, caption]
tokenizers:
  depth: {steps: 2, dim: 16, vocab: 16, latent: 4}
model: {dim: 32, encoder: 1, decoder: 1}
mask: {in: 16, out: 16}
train: {steps: 60, batch: 4, val_every: 20, val_size: 4}
vary:
  mask.in_alpha: [0.1, 1]
seeds: [1, 2]
`

const saveGo = `// Saves figures, a checkpoint and a table, again and again.
package main

import (
	"fmt"
	"os"

	"fourmlab/datasets"
	"fourmlab/fourm"
	"fourmlab/viz"
)

func main() {
	ds := datasets.Scenes(8, 1)
	cfg := fourm.Tiny("depth", "caption")
	cfg.Dim, cfg.Encoder, cfg.Decoder = 32, 1, 1
	fourm.TrainTokenizer(ds, "depth", fourm.VQ{Vocab: 16, Steps: 2, Dim: 16, Latent: 4, Batch: 4})
	fourm.TrainVocabulary(ds)
	if err := os.MkdirAll("saved", 0o777); err != nil {
		panic(err)
	}
	must := func(err error) {
		if err != nil {
			fmt.Println("failed:", err)
			os.Exit(1)
		}
	}
	for i := range 8 {
		cfg.Seed = int64(i)
		m := fourm.New(cfg)
		for _, name := range []string{"same", fmt.Sprint(i)} {
			must(viz.Samples(ds.Head(i + 1), i + 1).Save("saved/" + name + ".png"))
			must(m.Save("saved/" + name + ".safetensors"))
		}
		fmt.Println("kept", i)
	}
}
`

const nbJSON = `{"cells":[
{"cell_type":"code","id":"a","metadata":{},"execution_count":null,"outputs":[],"source":["import (\"fmt\"; \"fourmlab/datasets\"; \"fourmlab/viz\")\n","ds := datasets.Scenes(8, 1)\n","for i := range 3 { fmt.Println(i) }"]},
{"cell_type":"code","id":"b","metadata":{},"execution_count":null,"outputs":[],"source":["viz.Samples(ds, 4)"]},
{"cell_type":"code","id":"c","metadata":{},"execution_count":null,"outputs":[],"source":["ds.Keys()"]}],
"metadata":{"kernelspec":{"display_name":"Go (fourm)","language":"go","name":"fourm"},"language_info":{"name":"go"}},"nbformat":4,"nbformat_minor":5}
`
