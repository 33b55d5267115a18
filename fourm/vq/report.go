package vq

// What a tokenizer costs and keeps, measured on a set: the numbers by which two are
// compared.

import (
	"context"
	"fmt"
	"math"
	"slices"
	"strings"
	"time"

	"fourmlab/fourm/metric"
	"fourmlab/fourm/modality"
	"fourmlab/fourm/quantize"
	"fourmlab/internal/fault"
	"fourmlab/internal/show"
)

// Report is a tokenizer in numbers.
type Report struct {
	Name      string `json:"name"` // what tells it from others; yours to change
	Modality  string `json:"modality"`
	Quantizer string `json:"quantizer"` // as quantize.Parse has it
	Decoder   string `json:"decoder"`   // "vit", "mlp", "conv", "none", or a decoder that draws: "flow", "uvit_b_p4_f16"
	Samples   int    `json:"samples"`

	Grid       [2]int         `json:"grid"` // rows and columns of places
	Patch      [2]int         `json:"patch"`
	Parameters int            `json:"parameters"`
	Bits       float64        `json:"bits"`           // of a place, as it is stored: log₂ of the codes of all its books
	PixelBits  float64        `json:"bits_per_pixel"` // of a pixel
	Use        []quantize.Use `json:"use"`            // of each book
	Scores     []Score        `json:"scores"`         // by the metrics of the modality, the first one first
	Features   string         `json:"features"`       // whose the Fréchet distance is; empty: there is none
	Frechet    float64        `json:"frechet"`        // distance between the set and what was decoded
	EncodePerS float64        `json:"encode_per_s"`   // pictures a second, the median of batches of 32
	DecodePerS float64        `json:"decode_per_s"`   // pictures a second, one at a time

	Interrupted bool  `json:"interrupted,omitempty"` // a person stopped it: it is of the samples so far
	Err         error `json:"-"`                     // why there is nothing more, where the world failed
}

// Score is a number by a metric of fourm/metric.
type Score struct {
	Metric string  `json:"metric"`
	Unit   string  `json:"unit,omitempty"`
	Value  float64 `json:"value"`
	Low    float64 `json:"low"` // 95 % of sets drawn from these samples lie from Low ...
	High   float64 `json:"high"`
	Lower  bool    `json:"lower,omitempty"` // lower is better
}

// Perplexity is the mean of the books'.
func (r *Report) Perplexity() float64 {
	return r.mean(func(u quantize.Use) float64 { return u.Perplexity })
}

// Used is the share of codes that occur, the mean of the books'.
func (r *Report) Used() float64 {
	return r.mean(func(u quantize.Use) float64 { return float64(u.Used) / float64(u.Codes) })
}

// Dead counts the codes that do not occur, in all books.
func (r *Report) Dead() int {
	n := 0
	for _, u := range r.Use {
		n += u.Dead
	}
	return n
}

// Carried is how many bits the code numbers of a place carry, at most Bits.
func (r *Report) Carried() float64 {
	return float64(len(r.Use)) * r.mean(func(u quantize.Use) float64 { return u.Entropy })
}

func (r *Report) mean(of func(quantize.Use) float64) float64 {
	if len(r.Use) == 0 {
		return math.NaN()
	}
	sum := 0.0
	for _, u := range r.Use {
		sum += of(u)
	}
	return sum / float64(len(r.Use))
}

// Report measures the tokenizer on all samples of a set that have the modality:
// what a token costs, how codes are used, how near decoded pictures are to the
// true ones, and how fast it is. The Fréchet distance is of Statistics; ReportBy
// takes others. A set without the modality is a panic with a *fault.Error; what
// the world does wrong is in Err.
func (t *Tokenizer) Report(ds modality.Data) *Report { return t.ReportBy(ds, "") }

// ReportBy is Report with the Fréchet distance of the features that the network
// in a file has of pictures, the mean over places of its last layer: a
// tokenizer's encoder, or torchvision's VGG-16.
func (t *Tokenizer) ReportBy(ds modality.Data, features string) *Report {
	const op = "Tokenizer.Report"
	if t.Err != nil {
		return &Report{Modality: t.Of.Name, Err: t.Err}
	}
	if ds == nil {
		fault.Panic(op, "the set is nil")
	}
	m := measuring{t: t, r: t.facts(), tallies: t.tallies()}
	var err error
	if m.look, m.r.Features, err = t.describer(features); err != nil {
		return &Report{Modality: t.Of.Name, Err: err}
	}
	m.r.Interrupted = show.Interruptible(func(ctx context.Context) { err = m.all(ctx, ds) })
	if err != nil && !m.r.Interrupted {
		m.r.Err = err
	}
	if m.r.Samples == 0 && m.r.Err == nil && !m.r.Interrupted {
		fault.Panic(op, "no sample of the set has %q", t.Of.Name)
	}
	m.sum()
	return m.r
}

// facts are what is known without a set.
func (t *Tokenizer) facts() *Report {
	s := t.net.Spec
	r := &Report{Frechet: math.NaN(), Modality: t.Of.Name, Quantizer: fmt.Sprint(t.net.quant), Decoder: s.decoderName(), Grid: [2]int{t.rows(), t.cols()}, Patch: s.encPatch(), Parameters: t.net.numbers()}
	if t.Config.Decoder != "" && s.Diffusion != nil {
		r.Decoder = t.Config.Decoder
	}
	r.Bits = float64(s.Books) * math.Log2(float64(s.Codes))
	r.PixelBits = r.Bits / float64(r.Patch[0]*r.Patch[1])
	r.Name = fmt.Sprintf("%s, patches of %d", r.Quantizer, r.Patch[0])
	if r.Decoder != "vit" {
		r.Name += ", " + r.Decoder
	}
	return r
}

// decoderName says how the decoder is made.
func (s Spec) decoderName() string {
	switch {
	case s.Diffusion != nil:
		return fmt.Sprint(s.Diffusion["dec_type"])
	case s.Dec.mlp():
		return "mlp"
	case s.Dec.Kind == Conv:
		return "conv"
	case s.Dec.Kind == Identity:
		return "none"
	}
	return "vit"
}

// measuring is a report at work.
type measuring struct {
	t        *Tokenizer
	r        *Report
	look     describer // nil: no features
	tallies  []*metric.Tally
	ids      []int32 // (R, books)
	truths   [][]float64
	guesses  [][]float64
	encoding []float64 // pictures a second, by batch
	decoding []float64
}

const together = 32 // pictures that are encoded at a time

func (m *measuring) all(ctx context.Context, ds modality.Data) error {
	for from := 0; from < ds.Len(); from += together {
		samples, err := modality.Collect(ds, from, min(from+together, ds.Len()))
		if err != nil {
			return err
		}
		var keys []string
		var pics []*modality.Picture
		var values []any
		for _, s := range samples {
			if !s.Has(m.t.Of.Name) {
				continue
			}
			p, err := m.t.serial().Fit(s.Values[m.t.Of.Name])
			if err != nil {
				return fmt.Errorf("vq: sample %s: %w", s.Key, err)
			}
			keys, pics, values = append(keys, s.Key), append(pics, p), append(values, p)
		}
		if err := m.batch(ctx, keys, pics, values); err != nil {
			return err
		}
	}
	return nil
}

func (m *measuring) batch(ctx context.Context, keys []string, pics []*modality.Picture, values []any) error {
	if len(pics) == 0 {
		return nil
	}
	if m.encoding == nil { // graphs are made, and do not count
		if _, err := m.t.EncodeAll(values); err != nil {
			return m.t.blame(keys, values, err)
		}
	}
	began := time.Now()
	tokens, err := m.t.EncodeAll(values)
	if err != nil {
		return m.t.blame(keys, values, err)
	}
	m.encoding = append(m.encoding, float64(len(pics))/time.Since(began).Seconds())
	if m.decoding == nil {
		if _, err := m.t.Decode(tokens[0]); err != nil {
			return err
		}
	}
	for i, tk := range tokens {
		if err := ctx.Err(); err != nil {
			return err
		}
		began := time.Now()
		v, err := m.t.Decode(tk)
		if err != nil {
			return err
		}
		m.decoding = append(m.decoding, 1/time.Since(began).Seconds())
		back := v.(*modality.Picture)
		m.t.count(m.tallies, pics[i], back)
		if m.look != nil {
			for _, side := range []struct {
				to *[][]float64
				p  *modality.Picture
			}{{&m.truths, pics[i]}, {&m.guesses, back}} {
				x, err := m.look(ctx, side.p)
				if err != nil {
					return err
				}
				*side.to = append(*side.to, x)
			}
		}
		m.ids = append(m.ids, byPlace(tk.IDs, m.t.net.Spec.Books)...)
		m.r.Samples++
	}
	return nil
}

// blame names the sample that could not be encoded.
func (t *Tokenizer) blame(keys []string, values []any, err error) error {
	for i, v := range values {
		if _, err := t.EncodeAll([]any{v}); err != nil {
			return fmt.Errorf("sample %s: %w", keys[i], err)
		}
	}
	return err
}

// sum makes numbers of what was counted.
func (m *measuring) sum() {
	r, s := m.r, m.t.net.Spec
	if r.Samples == 0 {
		return
	}
	var err error
	if r.Use, err = quantize.Count(m.ids, s.Books, s.Codes); err != nil && r.Err == nil {
		r.Err = err
	}
	for _, t := range m.tallies {
		low, high := t.Interval(0.95, 1)
		r.Scores = append(r.Scores, Score{t.Metric.Name, t.Metric.Unit, t.Value(), low, high, t.Metric.Lower})
	}
	if m.look != nil {
		r.Frechet = distance(r.Features, m.truths, m.guesses)
	}
	r.EncodePerS, r.DecodePerS = median(m.encoding), median(m.decoding)
}

func median(v []float64) float64 {
	v = slices.Sorted(slices.Values(v))
	return v[len(v)/2]
}

// lines are the report as names and values.
func (r *Report) lines() [][2]string {
	f := fmt.Sprintf
	out := [][2]string{
		{"tokens", f("%dx%d places, %d books; %s", r.Grid[0], r.Grid[1], len(r.Use), r.Quantizer)},
		{"bits", f("%.3g a place, %.3g carried; %.3g a pixel", r.Bits, r.Carried(), r.PixelBits)},
		{"codes", f("%.0f %% used, %d dead, perplexity %.4g", 100*r.Used(), r.Dead(), r.Perplexity())},
	}
	for _, s := range r.Scores {
		out = append(out, [2]string{s.Metric, strings.TrimSpace(f("%.4g %s", s.Value, s.Unit)) + f("  (%.4g to %.4g)", s.Low, s.High)})
	}
	if r.Features != "" {
		out = append(out, [2]string{"Fréchet distance", f("%.3g  (%s)", r.Frechet, r.Features)})
	}
	return append(out, [2]string{"pictures a second", f("%.3g encoded, %.3g decoded", r.EncodePerS, r.DecodePerS)},
		[2]string{"parameters", f("%d, decoder %s", r.Parameters, r.Decoder)})
}

func (r *Report) String() string {
	var b strings.Builder
	if r.Samples == 0 {
		return fmt.Sprintf("no report of a tokenizer of %s: %v", r.Modality, r.Err)
	}
	fmt.Fprintf(&b, "%s: %s, on %d samples\n", r.Modality, r.Name, r.Samples)
	for _, l := range r.lines() {
		fmt.Fprintf(&b, "  %-18s %s\n", l[0], l[1])
	}
	switch {
	case r.Interrupted:
		b.WriteString("  (interrupted)")
	case r.Err != nil:
		fmt.Fprintf(&b, "  (stopped: %v)", r.Err)
	}
	return strings.TrimRight(b.String(), "\n")
}
