// Package shipped holds what comes with the program, so that a notebook starts at
// once: tokenizers of the rendered scenes, one for each of their image
// modalities, and a model of them.
//
//	err := shipped.Tokenizers("rgb", "depth")
//	m, err := shipped.Demo()
//
// They were trained by bench/shipped (make scene-tokenizers) and bench/demo (make
// demo-model), from seeds, and are embedded as the files that these write: official
// names, half precision.
package shipped

import (
	"embed"
	"fmt"
	"slices"
	"strings"

	"fourmlab/fourm/checkpoint"
	"fourmlab/fourm/modality"
	"fourmlab/fourm/model"
	"fourmlab/fourm/vq"
	"fourmlab/internal/fault"
)

//go:embed tokenizers
var files embed.FS

//go:embed demo.safetensors
var demo []byte

// Demo reads the model, with its tokenizers, which become the registered ones.
func Demo() (*model.Model, error) {
	const name = "demo.safetensors"
	f, err := checkpoint.OpenBytes(name, demo)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	return model.Read(f, name)
}

const folder = "tokenizers"

// Names lists the modalities that have a shipped tokenizer, in alphabetical
// order.
func Names() []string {
	list, err := files.ReadDir(folder)
	if err != nil {
		panic(err) // of what is part of the program
	}
	var out []string
	for _, f := range list {
		if name, ok := strings.CutSuffix(f.Name(), ".safetensors"); ok {
			out = append(out, name)
		}
	}
	return out
}

// Tokenizer gives the tokenizer of a modality. Each call reads it anew. A name
// that has none is a panic with a *fault.Error.
func Tokenizer(name string) (*vq.Tokenizer, error) {
	if !slices.Contains(Names(), name) {
		fault.Panic("fourm.SceneTokenizers", "no tokenizer of %q comes with the program (there are %s)", name, strings.Join(Names(), ", "))
	}
	file := name + ".safetensors"
	b, err := files.ReadFile(folder + "/" + file)
	if err != nil {
		return nil, err
	}
	f, err := checkpoint.OpenBytes(file, b)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	return vq.Read(f, file)
}

// Tokenizers registers the named modalities as their shipped tokenizers take
// them, and these; without names, all.
func Tokenizers(names ...string) error {
	if len(names) == 0 {
		names = Names()
	}
	var all []*vq.Tokenizer
	for _, name := range names {
		k, err := Tokenizer(name)
		if err != nil {
			return fmt.Errorf("fourm.SceneTokenizers: %s: %w", name, err)
		}
		all = append(all, k)
	}
	for _, k := range all {
		modality.Register(k.Of)
		modality.SetTokenizer(k.Of.Name, k)
	}
	return nil
}
