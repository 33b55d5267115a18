package fourm_test

import (
	"errors"
	"fmt"
	"math"
	"path/filepath"
	"reflect"
	"strings"
	"sync/atomic"
	"testing"

	"fourmlab/fourm"
)

// shelf is a set of small scenes: a square before a ground in two image
// modalities, and its caption.
type shelf struct{ n, bad int }

func (s shelf) Len() int { return s.n }

func (s shelf) Sample(i int) (fourm.Sample, error) {
	if s.bad > 0 && i == s.bad {
		return fourm.Sample{}, errors.New("cut off")
	}
	ink := &fourm.Picture{H: 16, W: 16, C: 1, Pix: make([]float32, 256)}
	far := &fourm.Picture{H: 16, W: 16, C: 1, Pix: make([]float32, 256)}
	for y := range 16 {
		for x := range 16 {
			in := x/8 == i%2 && y/8 == i/2%2
			far.Pix[y*16+x] = 4
			if in {
				ink.Pix[y*16+x], far.Pix[y*16+x] = 1, 2
			}
		}
	}
	words := fmt.Sprintf("a square %s", [...]string{"at the top left", "at the top right", "at the bottom left", "at the bottom right"}[i%4])
	return fourm.Sample{Key: fmt.Sprint("shelf", i), Values: map[string]any{"ink": ink, "far": far, "caption": words}}, nil
}

// dark is a shelf of which no depth is known.
type dark struct{ n int }

func (d dark) Len() int { return d.n }

func (d dark) Sample(i int) (fourm.Sample, error) {
	s, err := shelf{n: d.n}.Sample(i)
	return s.With("far", &fourm.Picture{H: 16, W: 16, C: 1, Pix: make([]float32, 256)}), err
}

// quiet is a host that shows nothing and may ask for a stop.
type quiet struct {
	stop atomic.Bool
	seen atomic.Int64
}

func (q *quiet) Show(map[string]any) string    { q.seen.Add(1); return "h" }
func (q *quiet) Update(string, map[string]any) { q.seen.Add(1) }
func (q *quiet) Interrupted() bool             { return q.stop.Load() }

// line tells whether f panics with one line that has want in it.
func line(t *testing.T, want string, f func()) {
	t.Helper()
	defer func() {
		t.Helper()
		e, ok := recover().(error)
		if !ok || !strings.Contains(e.Error(), want) || strings.Contains(e.Error(), "\n") {
			t.Errorf("got %v, expected a line with %q", e, want)
		}
	}()
	f()
}

// sameTokens compares tokens by their ids: the model from a file has
// tokenizers of its own.
func sameTokens(a, b fourm.Sample) bool {
	for n, t := range a.Toks {
		if !reflect.DeepEqual(t.IDs, b.Toks[n].IDs) || t.Fits(b.Toks[n].Tokenizer()) != nil {
			return false
		}
	}
	return len(a.Toks) == len(b.Toks)
}

// A whole session: tokenizers, a model, training, generation, evaluation, a
// file, and the model from that file.
func TestSession(t *testing.T) {
	host := &quiet{}
	fourm.SetHost(host)
	defer fourm.SetHost(nil)
	was := fourm.Lookup("caption")
	defer fourm.Register(was)
	fourm.Register(fourm.Modality{Name: "ink", Look: fourm.Gray, Height: 16, Patch: 4, Vocab: 16, Pixels: true})
	fourm.Register(fourm.Modality{Name: "far", Look: fourm.Depth, Height: 16, Patch: 4, Vocab: 16})
	fourm.SetTokenizer("ink", nil)
	line(t, `"ink" has no tokenizer (train one: fourm.TrainTokenizers(ds, "ink")`, func() { fourm.New(fourm.Tiny("ink")) })
	data := shelf{n: 24}
	for _, n := range []string{"ink", "far"} {
		k := fourm.TrainTokenizer(data, n, fourm.VQ{Steps: 60, Batch: 8, Dim: 16, Latent: 8})
		if k.Vocab() != 16 || host.seen.Load() == 0 {
			t.Errorf("%v after %d displays", k, host.seen.Load())
		}
	}
	fourm.TrainVocabulary(data)
	if s := fmt.Sprint(fourm.Modalities()); !strings.Contains(s, "4x4 of 16") || !strings.Contains(s, "16 codes") || !strings.Contains(s, "none yet") {
		t.Errorf("modalities:\n%s", s)
	}

	cfg := fourm.Tiny("ink", "far", "caption")
	cfg.Dim, cfg.Heads, cfg.Encoder, cfg.Decoder = 32, 2, 1, 1
	m := fourm.New(cfg)
	if s := m.String(); !strings.Contains(s, "32 wide, 1+1 blocks") || !strings.Contains(s, "tok_far") || !strings.Contains(s, "16 patches of 16 numbers") {
		t.Errorf("the model prints as\n%s", s)
	}
	run := m.Train(data, fourm.Train{Steps: 150, Batch: 16, LR: 5e-3, Mask: fourm.Mask{In: 20, Out: 20}, Val: data, ValEvery: 150})
	if run.Err != nil || run.Last().Step != 150 || !(run.LastVal().ValLoss < 0.7*run.Points[0].Loss) {
		t.Fatalf("%v; it began with a loss of %.3f", run, run.Points[0].Loss)
	}

	s, _ := data.Sample(2)
	plan := fourm.Chain("ink").Then("far", 4).Temp(0.5).Then("caption", 1).Temp(0.5)
	out := m.Generate(s, plan, 1)
	if !reflect.DeepEqual(out.Generated, []string{"far", "caption"}) || !reflect.DeepEqual(out, m.Generate(s, plan, 1)) {
		t.Errorf("%v", out)
	}
	// probabilities may differ in their last bits
	if v := m.Vary(s, plan, 3); len(v) != 3 || !reflect.DeepEqual(v[1].Sample, out.Sample) || len(v[1].Trace) != len(out.Trace) {
		t.Error("Vary is not Generate with seeds from 0")
	}
	if v := m.GenerateAll([]fourm.Sample{s, s}, plan); len(v) != 2 || !reflect.DeepEqual(v[1].Sample, out.Sample) || len(v[1].Trace) != 0 {
		t.Error("GenerateAll is not Generate with seeds from 0")
	}
	if v := m.GenerateAll(nil, plan); len(v) != 0 {
		t.Errorf("%d results of no samples", len(v))
	}
	mk := m.Mask(fourm.Mask{In: 10, Out: 10}).Draw(s)
	if rec := m.Reconstruct(mk); len(rec.Values) != 3 {
		t.Errorf("reconstructed %v", rec)
	}
	rep := m.Eval(shelf{n: 4}, "ink->far", "ink->caption")
	if len(rep.Rows) != 2 || math.IsNaN(rep.Rows[0].Value) || !strings.Contains(rep.String(), "RMSE, m") {
		t.Errorf("report\n%v", rep)
	}

	if r := rep.Rows[1]; r.Given != "ink" || r.Target != "caption" {
		t.Errorf("row %+v", r)
	}
	if rep := m.Eval(dark{4}, "ink->far"); rep.Rows[0].Samples != 0 || rep.Rows[0].Better() || !strings.Contains(rep.String(), "nothing known   no sample has a known far") {
		t.Errorf("where no depth is known the report is\n%v", rep)
	}
	inside(t, m, data, plan)

	path := filepath.Join(t.TempDir(), "m.safetensors")
	if err := m.Save(path); err != nil {
		t.Fatal(err)
	}
	if about, err := fourm.Peek(path); err != nil || !strings.Contains(about, "32 wide") {
		t.Errorf("%q (%v)", about, err)
	}
	back := fourm.MustLoad(path)
	if again := back.Generate(s, plan, 1); !sameTokens(again.Sample, out.Sample) || !reflect.DeepEqual(back.Config(), m.Config()) {
		t.Error("the model from the file generates something else")
	}

	// what the world does wrong is in the run, or a line
	if r := m.Train(shelf{24, 7}, fourm.Train{Steps: 2, Batch: 4}); r.Err == nil || !strings.Contains(r.Err.Error(), "sample 7: cut off") {
		t.Errorf("error %v", r.Err)
	}
	failing(t, m, data)
	line(t, "no such file", func() { fourm.MustLoad(path + "x") })
	// and what a typist does wrong is a line, too
	line(t, `"caption" is text (fourm.TrainVocabulary(ds))`, func() { fourm.TrainTokenizer(data, "caption", fourm.VQ{}) })
	line(t, `no sample has "edge"`, func() { fourm.TrainTokenizer(data, "edge", fourm.VQ{}) })
	line(t, "the set has no samples", func() { fourm.TrainTokenizers(shelf{}) })
	line(t, "no samples to evaluate on", func() { m.Eval(shelf{}, "ink->far") })
	line(t, `no modality given (for example fourm.Tiny("rgb", "depth", "caption"))`, func() { fourm.Tiny() })

	// a person's interrupt is no failure
	host.stop.Store(true)
	if r := m.Train(data, fourm.Train{Steps: 1 << 30, Batch: 4}); !r.Interrupted || r.Err != nil {
		t.Errorf("%v", r)
	}
}

// A device that is not there is said so before anything begins.
func TestDevice(t *testing.T) {
	if fourm.CheckDevice("") != nil || fourm.CheckDevice("cpu") != nil {
		t.Error("the cpu is refused")
	}
	if err := fourm.CheckDevice("tpu:7"); err == nil || !strings.Contains(err.Error(), `no device "tpu:7"`) {
		t.Errorf("error %v", err)
	}
	t.Setenv("FOURM_DEVICE", "abacus")
	line(t, `fourm.New: no device "abacus"`, func() { fourm.New(fourm.Config{}) })
	line(t, `fourm.Load: no device "abacus"`, func() { fourm.Load("x") })
}
