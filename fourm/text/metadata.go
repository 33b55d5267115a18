package text

// Facts about a picture and its caption as pairs of tokens (docs/4m.md, 1.4).

import (
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"
)

// Metadata holds facts by name ("original_width", "colorfulness",
// "n_humans", ...); MetadataNames lists the 21 that there are.
type Metadata map[string]float64

// fact says how one of them becomes a number of bins.
type fact struct {
	name   string
	kind   factKind
	top    float64   // largest value of a measure, from 0
	edges  []float64 // where grades begin
	middle []float64 // what a grade stands for, one more
}

type factKind int

const (
	length  factKind = iota // pixels, in steps of 32
	number                  // whole, as it is
	measure                 // real, in 50 steps
	grade                   // real, by edges
)

// Steps of lengths and measures.
const (
	pixelStep    = 32
	measureSteps = 50
)

// facts are in the order of their numbers, which models know them by.
var facts = []fact{
	{name: "original_width", kind: length},
	{name: "original_height", kind: length},
	{name: "caption_n_chars", kind: number},
	{name: "caption_n_words", kind: number},
	{name: "caption_n_sentences", kind: number},
	{name: "n_humans", kind: number},
	{name: "n_sam_instances", kind: number},
	{name: "n_coco_instances", kind: number},
	{name: "coco_instance_diversity", kind: number},
	{name: "colorfulness", kind: measure, top: 150},
	{name: "brightness", kind: measure, top: 255},
	{name: "contrast", kind: measure, top: 127},
	{name: "saturation", kind: measure, top: 255},
	{name: "entropy", kind: measure, top: 10},
	{name: "walkability", kind: measure, top: 1},
	{name: "objectness", kind: measure, top: 1},
	{name: "semantic_diversity", kind: number},
	{name: "geometric_complexity", kind: measure, top: 0.75},
	{name: "occlusion_score", kind: measure, top: 0.25},
	{name: "watermark_score", kind: grade, edges: []float64{0.5}, middle: []float64{0.25, 0.75}},
	{name: "aesthetic_score", kind: grade, edges: []float64{4.5, 5.5}, middle: []float64{4, 5, 6}},
}

// MetadataNames lists the names of facts in the order of their numbers.
func MetadataNames() []string {
	var out []string
	for _, f := range facts {
		out = append(out, f.name)
	}
	return out
}

// Metadata gives one chunk "v1=type v0=value" for each fact: what masking
// keeps together. They are in the order of their types, shuffled by r where
// that is not nil. An error names a fact that is unknown or no number.
func (s Style) Metadata(m Metadata, r Chance) ([]string, error) {
	if err := s.need(measureSteps, "metadata"); err != nil {
		return nil, err
	}
	for name := range m {
		if !slices.ContainsFunc(facts, func(f fact) bool { return f.name == name }) {
			return nil, fmt.Errorf("text: no metadata of the name %q, expected one of %s", name, strings.Join(MetadataNames(), ", "))
		}
	}
	out := []string{}
	for i, f := range facts {
		x, ok := m[f.name]
		if !ok {
			continue
		}
		if math.IsNaN(x) {
			return nil, fmt.Errorf("text: metadata %s is no number", f.name)
		}
		out = append(out, coordinate(1, i)+" "+coordinate(0, f.value(x, s.bins()-1)))
	}
	if r != nil {
		shuffle(r, len(out), func(i, j int) { out[i], out[j] = out[j], out[i] })
	}
	return out, nil
}

// value gives the number that is written, at most top.
func (f fact) value(x float64, top int) int {
	whole := func(x float64) int { return int(min(max(x, 0), float64(top))) }
	switch f.kind {
	case length:
		return whole(math.Floor(x / pixelStep))
	case number:
		return whole(math.RoundToEven(x))
	case measure:
		return int(min(max(x, 0), f.top) / f.top * (measureSteps - 1))
	}
	n := 0
	for n < len(f.edges) && x >= f.edges[n] {
		n++
	}
	return n
}

// ReadMetadata reads chunks, in any order and with or without gaps. A length,
// measure or grade becomes the middle of what is written like it, so writing
// it again gives the same. Compat gives what the official code does: the
// lower edge of a length, a measure as if there were one step more, and the
// number of a grade (docs/4m.md, 11.2).
func (s Style) ReadMetadata(text string) Metadata {
	m := Metadata{}
	fields := strings.Fields(text)
	for i := 0; i < len(fields); {
		from := i
		for i++; i < len(fields) && !strings.HasPrefix(fields[i], "v1="); {
			i++
		}
		if i-from != 2 {
			continue
		}
		a, kind, ok := s.token(fields[from])
		b, n, ok2 := s.token(fields[from+1])
		if !ok || !ok2 || a != 1 || b != 0 || kind >= len(facts) {
			continue
		}
		if x, ok := facts[kind].middleOf(n, s.Compat); ok {
			m[facts[kind].name] = x
		}
	}
	return m
}

// middleOf gives a value that is written as n.
func (f fact) middleOf(n int, compat bool) (float64, bool) {
	k := float64(n)
	switch {
	case f.kind == number:
		return k, true
	case compat:
		return map[factKind]float64{length: k * pixelStep, measure: float64(f.top * (k / measureSteps)), grade: k}[f.kind], true
	case f.kind == length:
		return k*pixelStep + pixelStep/2, true
	case f.kind == grade:
		if n >= len(f.middle) {
			return 0, false
		}
		return f.middle[n], true
	case n >= measureSteps:
		return 0, false
	}
	return f.top * min((k+0.5)/(measureSteps-1), 1), true
}

func (m Metadata) String() string {
	var w []string
	for _, f := range facts {
		if x, ok := m[f.name]; ok {
			w = append(w, f.name+" "+strconv.FormatFloat(x, 'g', 4, 64))
		}
	}
	return strings.Join(w, ", ")
}
