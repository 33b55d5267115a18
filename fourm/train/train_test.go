package train

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"math"
	"os"
	"path/filepath"
	"reflect"
	"runtime"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"fourmlab/fourm/exec"
	"fourmlab/fourm/mask"
	"fourmlab/fourm/modality"
	"fourmlab/fourm/model"
	"fourmlab/fourm/optim"
	"fourmlab/fourm/text"
	"fourmlab/fourm/vq"
	"fourmlab/internal/fault"
	"fourmlab/internal/human"
	"fourmlab/internal/show"
)

// levels tokenizes a picture by the brightness of each patch.
type levels struct{ m modality.Modality }

func (l levels) Vocab() int { return l.m.Vocab }

func (l levels) Encode(v any) (modality.Tokens, error) {
	p, err := l.m.Fit(v)
	t := modality.Tokens{Modality: l.m.Name, Rows: l.m.Grid(), Cols: l.m.Grid()}
	if err != nil {
		return t, err
	}
	for i, x := range modality.Patches(p, l.m.Patch) {
		if i%(l.m.Patch*l.m.Patch) == 0 {
			t.IDs = append(t.IDs, int(x*float32(l.m.Vocab-1)+0.5))
		}
	}
	return t, nil
}

func (l levels) Decode(t modality.Tokens) (any, error) {
	return modality.NewPicture(l.m.Height, l.m.Height, 1), nil
}

// kinds of things, each with a picture of its own in either image modality.
var kinds = []string{"a red ball", "a blue box", "a green cone", "a gray can"}

// set is a source of samples in memory; sample bad fails.
type set struct {
	samples []modality.Sample
	bad     int
}

func (s set) Len() int { return len(s.samples) }

func (s set) Sample(i int) (modality.Sample, error) {
	if s.bad > 0 && i == s.bad {
		return modality.Sample{}, errors.New("the file is cut off")
	}
	return s.samples[i], nil
}

// things registers two small image modalities with their tokenizers and a
// caption, and gives n samples in which each tells the others.
func things(t testing.TB, n int) set {
	t.Helper()
	was, tok := modality.Lookup("caption"), modality.TokenizerOf("caption")
	t.Cleanup(func() {
		modality.Register(was)
		modality.SetTokenizer("caption", tok)
	})
	for _, name := range []string{"shade", "tone"} {
		modality.Register(modality.Modality{Name: name, Look: modality.Gray, Height: 8, Patch: 2, Vocab: 8, Pixels: name == "shade"})
		modality.SetTokenizer(name, levels{modality.Lookup(name)})
	}
	modality.Register(modality.Modality{Name: "caption", Kind: modality.Sequence, MaxTokens: 6})
	modality.SetTokenizer("caption", &text.Tokenizer{Words: text.Train(kinds, 400), Of: modality.Lookup("caption")})
	var out set
	for i := range n {
		k := i * 7 % len(kinds)
		a, b := modality.NewPicture(8, 8, 1), modality.NewPicture(8, 8, 1)
		for j := range a.Pix {
			a.Pix[j] = float32((j/16+2*k)%8) / 7
			b.Pix[j] = float32((3*k+1)%8) / 7
		}
		out.samples = append(out.samples, modality.Sample{Key: fmt.Sprint("thing", i), Values: map[string]any{"shade": a, "tone": b, "caption": kinds[k]}})
	}
	return out
}

func small(t testing.TB) *model.Model {
	t.Helper()
	c := model.Tiny("shade", "tone", "caption")
	c.Dim, c.Heads, c.Encoder, c.Decoder, c.Seed = 16, 2, 1, 1, 3
	return model.New(c)
}

func options(steps int) Options {
	return Options{Steps: steps, Batch: 8, LR: 5e-3, Mask: mask.Mask{In: 12, Out: 12}, ValEvery: 10, ValSize: 12, Seed: 5, Quiet: true}
}

func fit(t testing.TB, m *model.Model, data Data, o Options) *Run {
	t.Helper()
	run, err := Fit(m, data, o)
	if err != nil {
		t.Fatal(err)
	}
	return run
}

// sameRun compares two runs bit by bit, but for the time they took.
func sameRun(t *testing.T, a, b *Run, x, y *model.Model) {
	t.Helper()
	strip := func(ps []Point) []Point {
		out := append([]Point(nil), ps...)
		for i := range out {
			out[i].Seconds = 0
		}
		return out
	}
	p, q := strip(a.Points), strip(b.Points)
	if len(p) != len(q) {
		t.Fatalf("%d and %d points", len(p), len(q))
	}
	for i := range p {
		if !reflect.DeepEqual(p[i], q[i]) {
			t.Fatalf("step %d: %+v and %+v", i+1, p[i], q[i])
		}
	}
	if !reflect.DeepEqual(a.Marginal, b.Marginal) {
		t.Errorf("marginals %v and %v", a.Marginal, b.Marginal)
	}
	for i := range x.Params {
		for j, v := range x.Params[i].Data {
			if w := y.Params[i].Data[j]; math.Float32bits(v) != math.Float32bits(w) {
				t.Fatalf("%s[%d] is %g and %g", x.Params[i].Name, j, v, w)
			}
		}
	}
}

// A tiny model learns what each modality tells of the others: on held-out
// masks it ends far below the loss of knowing the tokens' frequencies alone.
func TestLearns(t *testing.T) {
	data := things(t, 32)
	m := small(t)
	o := options(300)
	o.Val = data
	o.ValEvery = 300
	run := fit(t, m, data, o)
	v := run.LastVal()
	if len(run.Points) != 300 || v.Step != 300 || run.Interrupted {
		t.Fatalf("%v ended at step %d, validated at %d", run, run.Last().Step, v.Step)
	}
	for _, d := range []string{"tok_shade", "tok_tone", "caption"} {
		t.Logf("%s: %.3f nats a token, marginal %.3f", d, v.Val[d], run.Marginal[d])
		if !(v.Val[d] < 0.6*run.Marginal[d]) {
			t.Errorf("%s: loss %.3f, expected far below the marginal's %.3f", d, v.Val[d], run.Marginal[d])
		}
	}
}

// The same seed gives the same run to the last bit, on one processor and on
// two.
func TestSameSeedSameRun(t *testing.T) {
	data := things(t, 20)
	o := options(15)
	o.Val = data
	x, y, z := small(t), small(t), small(t)
	a := fit(t, x, data, o)
	sameRun(t, a, fit(t, y, data, o), x, y)
	procs := runtime.GOMAXPROCS(1)
	b := fit(t, z, data, o)
	runtime.GOMAXPROCS(max(procs, 2))
	defer runtime.GOMAXPROCS(procs)
	sameRun(t, a, b, x, z)
	w := small(t)
	sameRun(t, a, fit(t, w, data, o), x, w)
	o.Seed++
	if c := fit(t, small(t), data, o); c.Last().Loss == a.Last().Loss {
		t.Error("another seed gave the same loss")
	}
}

// A run that was stopped, or cut off without notice, and goes on later ends
// as one that never stopped: same points, same weights, same best checkpoint.
func TestResume(t *testing.T) {
	data := things(t, 20)
	o := options(30)
	o.Val, o.Dir = data, t.TempDir()
	x := small(t)
	whole := fit(t, x, data, o)

	t.Run("stopped", func(t *testing.T) {
		o := o
		o.Dir = filepath.Join(t.TempDir(), "a", "run")
		for _, stop := range []int{1, 14, 20} {
			o.OnStep = func(p Point) bool { return p.Step < stop }
			if r := fit(t, small(t), data, o); r.Last().Step != stop {
				t.Fatalf("stopped at %d, expected %d", r.Last().Step, stop)
			}
		}
		o.OnStep = nil
		y := small(t)
		r := fit(t, y, data, o)
		sameRun(t, whole, r, x, y)
		if r.Last().Seconds < r.Points[0].Seconds {
			t.Error("time runs backwards over the sessions")
		}
		again := small(t)
		sameRun(t, whole, fit(t, again, data, o), x, again)
	})
	t.Run("cut off", func(t *testing.T) {
		o, p := o, o
		o.Dir, p.Dir = t.TempDir(), filepath.Join(t.TempDir(), "copy")
		o.OnStep = func(q Point) bool {
			if q.Step == 17 {
				if err := os.CopyFS(p.Dir, os.DirFS(o.Dir)); err != nil {
					t.Fatal(err)
				}
			}
			return q.Step < 17
		}
		fit(t, small(t), data, o)
		history := filepath.Join(p.Dir, "history.jsonl")
		b, err := os.ReadFile(history)
		if err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(history, b[:len(b)-20], 0o644); err != nil {
			t.Fatal(err)
		}
		y := small(t)
		sameRun(t, whole, fit(t, y, data, p), x, y)
		for _, name := range []string{"best", "last"} {
			u, err := model.Load(filepath.Join(o.Dir, name+".safetensors"))
			if err != nil {
				t.Fatal(err)
			}
			if got := len(u.Params); got != len(x.Params) {
				t.Errorf("%s holds %d parameters", name, got)
			}
		}
	})
	points, err := ReadHistory(filepath.Join(whole.Dir, "history.jsonl"))
	if err != nil || !reflect.DeepEqual(points, whole.Points) {
		t.Errorf("history.jsonl differs from the run (%v)", err)
	}
}

// A run that goes on uses the tokenizers that it began with, whatever was
// registered since.
func TestResumeBringsItsTokenizers(t *testing.T) {
	data := things(t, 20)
	m := modality.Lookup("tone")
	var pics []*modality.Picture
	for _, s := range data.samples {
		pics = append(pics, s.Picture("tone"))
	}
	learn := func(seed int64) *vq.Tokenizer {
		k, err := vq.Train(context.Background(), m, pics, vq.VQ{Steps: 10, Batch: 8, Dim: 16, Latent: 4, Seed: seed}, nil)
		if err != nil {
			t.Fatal(err)
		}
		modality.SetTokenizer("tone", k)
		return k
	}
	a := learn(1)
	o := options(12)
	x := small(t)
	whole := fit(t, x, data, o)
	o.Dir = t.TempDir()
	o.OnStep = func(p Point) bool { return p.Step < 7 }
	fit(t, small(t), data, o)
	o.OnStep = nil
	learn(2)
	y := small(t)
	sameRun(t, whole, fit(t, y, data, o), x, y)
	for _, k := range []modality.Tokenizer{y.Tokenizers["tone"], modality.TokenizerOf("tone")} {
		if b, ok := k.(*vq.Tokenizer); !ok || !reflect.DeepEqual(a.Params, b.Params) {
			t.Error("the tokenizer is another one than the run began with")
		}
	}
}

// The state that is kept with a validated step knows that step's loss, so
// that a run cut off there does not replace its best model by a worse one.
func TestBestIsKnownToTheState(t *testing.T) {
	data := things(t, 20)
	o := options(10)
	o.Val, o.Dir = data, t.TempDir()
	var kept facts
	o.OnStep = func(p Point) bool {
		b, err := os.ReadFile(filepath.Join(o.Dir, "run.json"))
		if errors.Is(err, fs.ErrNotExist) {
			return true
		}
		if err == nil {
			err = json.Unmarshal(b, &kept)
		}
		if err != nil {
			t.Fatal(err)
		}
		return true
	}
	run := fit(t, small(t), data, o)
	if kept.Best == 0 || kept.Best != run.LastVal().ValLoss {
		t.Errorf("the state holds %g as the best loss, the run %g", kept.Best, run.LastVal().ValLoss)
	}
}

// A folder of another run is refused, and the error names what differs.
func TestForeignFolder(t *testing.T) {
	data := things(t, 20)
	o := options(3)
	o.Dir = t.TempDir()
	fit(t, small(t), data, o)
	for what, change := range map[string]func(*Options, *model.Config){
		"LR is 0.005 there, 0.25 now;":              func(o *Options, _ *model.Config) { o.LR = 0.25 },
		"Seed is 5 there, 77 now;":                  func(o *Options, _ *model.Config) { o.Seed = 77 },
		"Masks.0.InAlpha is 0 there, 0.125 now;":    func(o *Options, _ *model.Config) { o.Mask.InAlpha = 0.125 },
		"Model.MLP is 4 there, 2 now;":              func(_ *Options, c *model.Config) { c.MLP = 2 },
		"Model.Seed is 3 there, 78 now;":            func(_ *Options, c *model.Config) { c.Seed = 78 },
		"Schedule is none there, cosine now;":       func(o *Options, _ *model.Config) { o.Schedule = "cosine" },
		"DecayEnd is none there, 0.01 now;":         func(o *Options, _ *model.Config) { o.DecayEnd = 0.01 },
		"Batch is 8 there, 4 now, LR is 0.005 ther": func(o *Options, _ *model.Config) { o.Batch, o.LR = 4, 1 },
	} {
		p, c := o, small(t).Config
		change(&p, &c)
		m := model.New(c)
		before := append([]float32(nil), m.Params[0].Data...)
		run, err := Fit(m, data, p)
		if err == nil || run.Err != err || !errors.Is(err, ErrForeignRun) || !strings.Contains(err.Error(), what) || !strings.Contains(err.Error(), o.Dir) {
			t.Errorf("expected %q: error %v", what, err)
		}
		if !reflect.DeepEqual(before, m.Params[0].Data) {
			t.Errorf("%s: the model's weights were changed", what)
		}
	}
	if err := os.WriteFile(filepath.Join(o.Dir, "state.safetensors"), []byte("rubbish"), 0o644); err != nil {
		t.Fatal(err)
	}
	if _, err := Fit(small(t), data, o); err == nil || !strings.Contains(err.Error(), "state.safetensors") {
		t.Errorf("a broken state: error %v", err)
	}
}

// A loss that is no longer a number ends the run with an error that names the
// domain, and the weights stay as they were before that step.
func TestNotANumber(t *testing.T) {
	data := things(t, 20)
	m := small(t)
	head := m.Param("decoder_embeddings.tok_tone@8.token_emb.weight")
	o := options(20)
	var before [][]float32
	o.OnStep = func(p Point) bool {
		if p.Step == 4 {
			for i := range head.Data {
				head.Data[i] = float32(math.NaN())
			}
			for _, q := range m.Params {
				before = append(before, append([]float32(nil), q.Data...))
			}
		}
		return true
	}
	run, err := Fit(m, data, o)
	if err == nil || run.Err != err || !strings.Contains(err.Error(), "tok_tone") || !strings.Contains(err.Error(), "step 5") || run.Last().Step != 4 {
		t.Fatalf("error %v after step %d", err, run.Last().Step)
	}
	for i, p := range m.Params {
		for j, v := range p.Data {
			if math.Float32bits(v) != math.Float32bits(before[i][j]) {
				t.Fatalf("%s changed in the step that failed", p.Name)
			}
		}
	}
}

// A learning rate that blows up ends the run with an error instead of
// nonsense, with and without validation, and with a folder.
func TestBlowUp(t *testing.T) {
	data := things(t, 20)
	for _, val := range []bool{false, true} {
		o := options(60)
		o.LR, o.Warm, o.Clip, o.ValEvery = 1e30, 1, -1, 1
		o.Dir = t.TempDir()
		if val {
			o.Val = data
		}
		run, err := Fit(small(t), data, o)
		if err == nil || !strings.Contains(err.Error(), "train:") || !strings.Contains(err.Error(), "1e+30") {
			t.Errorf("validation %v: error %v after step %d", val, err, run.Last().Step)
		}
	}
}

// What the data do wrong comes back as an error that names the sample.
func TestFailingData(t *testing.T) {
	data := things(t, 20)
	data.bad = 13
	run, err := Fit(small(t), data, options(3))
	if err == nil || run.Err != err || !strings.Contains(err.Error(), "sample 13") || !strings.Contains(err.Error(), "cut off") {
		t.Errorf("a sample that cannot be read: error %v", err)
	}
	o := options(3)
	o.Val, data.bad = data, 0
	if o.Val.(set).bad != 13 {
		t.Fatal("the held-out set should fail")
	}
	o.ValSize = 20
	if _, err = Fit(small(t), data, o); err == nil || !strings.Contains(err.Error(), "sample 13") {
		t.Errorf("a held-out sample that cannot be read: error %v", err)
	}
	data.samples[2].Values["tone"] = modality.NewPicture(4, 4, 1)
	if _, err = Fit(small(t), data, options(3)); err == nil || !strings.Contains(err.Error(), "thing2") || !strings.Contains(err.Error(), "tone") {
		t.Errorf("a picture of the wrong size: error %v", err)
	}
}

// A checkpoint that cannot be written ends the run with an error; the one
// before it stays readable.
func TestFullDisk(t *testing.T) {
	data := things(t, 20)
	o := options(30)
	dir := t.TempDir()
	o.Dir, o.Val = filepath.Join(dir, "run"), data
	moved := filepath.Join(dir, "moved")
	m := small(t)
	var at10 []float32
	o.OnStep = func(p Point) bool {
		if p.Step == 10 {
			at10 = append(at10, m.Params[0].Data...)
		}
		if p.Step == 15 { // from now on nothing can be made in the folder
			if err := os.Rename(o.Dir, moved); err != nil {
				t.Fatal(err)
			}
			if err := os.WriteFile(o.Dir, nil, 0o644); err != nil {
				t.Fatal(err)
			}
		}
		return true
	}
	run, err := Fit(m, data, o)
	if err == nil || run.Err != err || run.Last().Step != 20 {
		t.Fatalf("error %v after step %d", err, run.Last().Step)
	}
	old, err := model.Load(filepath.Join(moved, "last.safetensors"))
	if err != nil {
		t.Fatal(err)
	}
	if !reflect.DeepEqual(old.Params[0].Data, at10) {
		t.Error("the older checkpoint does not hold the weights of its step")
	}
	files, _ := os.ReadDir(moved)
	for _, f := range files {
		if strings.HasPrefix(f.Name(), ".") {
			t.Errorf("%s is left over", f.Name())
		}
	}
}

// Every run validates on the same masks, whatever its seed.
func TestValidationMasks(t *testing.T) {
	data := things(t, 20)
	draw := func(seed int64) []fixedBatch {
		o := options(10).resolved()
		o.Seed, o.Val = seed, data
		l := &loop{m: small(t), o: o, run: &Run{}}
		if err := l.validation(context.Background()); err != nil {
			t.Fatal(err)
		}
		return l.fixed
	}
	a, b := draw(1), draw(2)
	if len(a) != 2 || len(a[0].samples)+len(a[1].samples) != 12 {
		t.Errorf("%d batches, expected 12 samples in 2", len(a))
	}
	if !reflect.DeepEqual(a, b) {
		t.Error("two runs validate on different masks")
	}
}

// An epoch visits every sample once.
func TestShuffled(t *testing.T) {
	for _, n := range []int{1, 2, 5, 17, 64, 1000} {
		seen := map[int]bool{}
		for i := range n {
			seen[shuffled(i, n, 9)] = true
		}
		if len(seen) != n {
			t.Errorf("%d of %d samples visited", len(seen), n)
		}
	}
}

// The estimate of memory is within a factor of two of what training holds.
func TestMemory(t *testing.T) {
	things(t, 1)
	for _, dim := range []int{16, 64, 128} {
		c := model.Tiny("shade", "tone", "caption")
		c.Dim, c.Encoder, c.Decoder = dim, 3, 2
		m := model.New(c)
		s := model.Shape{B: 16, N: 24, M: 20}
		_, all := m.Size()
		held := m.Graph(model.Training, s).Machine.(*exec.Machine).Bytes() + 4*3*int64(all) // weights and AdamW's two means
		if f := float64(m.Memory(s)) / float64(held); f < 0.5 || f > 2 {
			t.Errorf("dim %d: estimate %s, held %s", dim, human.Bytes(float64(m.Memory(s))), human.Bytes(float64(held)))
		} else {
			t.Logf("dim %d: the estimate is %.2f of what is held", dim, f)
		}
	}
}

// OnStep ends a run by saying false; that is no interrupt and no error.
func TestOnStep(t *testing.T) {
	o := options(20)
	var steps []int
	o.OnStep = func(p Point) bool {
		steps = append(steps, p.Step)
		return p.Step < 4
	}
	data := things(t, 8)
	run := fit(t, small(t), data, o)
	if !reflect.DeepEqual(steps, []int{1, 2, 3, 4}) || len(run.Points) != 4 || run.Interrupted {
		t.Errorf("steps %v, %d points, interrupted %v", steps, len(run.Points), run.Interrupted)
	}
}

// person is a host whose person asks for a stop.
type person struct{ stop atomic.Bool }

func (p *person) Show(map[string]any) string    { return "x" }
func (p *person) Update(string, map[string]any) {}
func (p *person) Interrupted() bool             { return p.stop.Load() }

// A person's interrupt ends the run soon, without an error, with the folder
// in order.
func TestInterrupt(t *testing.T) {
	data := things(t, 20)
	p := &person{}
	show.SetHost(p)
	defer show.SetHost(nil)
	o := options(1 << 30)
	o.Dir, o.Val, o.Quiet = t.TempDir(), data, false
	var asked time.Time
	o.OnStep = func(q Point) bool {
		if q.Step == 5 {
			p.stop.Store(true)
			asked = time.Now()
		}
		return true
	}
	m := small(t)
	run := fit(t, m, data, o)
	if took := time.Since(asked); !run.Interrupted || run.Err != nil || took > 5*time.Second {
		t.Fatalf("interrupted %v, error %v, %v after the request", run.Interrupted, run.Err, took)
	}
	kept, err := model.Load(filepath.Join(o.Dir, "last.safetensors"))
	if err != nil {
		t.Fatal(err)
	}
	if !reflect.DeepEqual(kept.Params[3].Data, m.Params[3].Data) {
		t.Error("the checkpoint does not hold the weights of the last step")
	}
	points, err := ReadHistory(filepath.Join(o.Dir, "history.jsonl"))
	if err != nil || len(points) != len(run.Points) {
		t.Errorf("%d of %d points are kept (%v)", len(points), len(run.Points), err)
	}
}

// Two batches of a step weigh as one of twice the size: the gradient is their
// mean. Rates follow the schedule that is asked for.
func TestAccumulation(t *testing.T) {
	data := things(t, 8)
	o := options(3)
	o.Accum, o.Schedule, o.MinLR, o.Warm = 3, "cosine", 1e-4, 1
	run := fit(t, small(t), data, o)
	if n := len(run.Points); n != 3 || run.Points[0].LR != 0 || run.Points[2].LR <= 1e-4 || run.Points[1].LR != o.LR {
		t.Fatalf("points %v", run.Points)
	}
	for i, lr := range o.Rates() {
		if lr != run.Points[i].LR {
			t.Errorf("the rate of step %d is said to be %v, and was %v", i, lr, run.Points[i].LR)
		}
	}
	one := options(3)
	one.Schedule, one.MinLR, one.Warm = "cosine", 1e-4, 1
	single := fit(t, small(t), data, one)
	if got, want := run.Points[2].Tokens, 2*single.Points[2].Tokens; got < want {
		t.Errorf("%d tokens in steps of three batches, one has %d", got, single.Points[2].Tokens)
	}
	again := fit(t, small(t), data, o)
	for i := range run.Points {
		if run.Points[i].Loss != again.Points[i].Loss || run.Points[i].GradNorm != again.Points[i].GradNorm {
			t.Errorf("step %d differs between two runs", i)
		}
	}
	// the mean of equal gradients is that gradient
	l := &loop{m: small(t), o: o.resolved(), run: &Run{}}
	src, err := newSource(context.Background(), l.m, data)
	if err != nil {
		t.Fatal(err)
	}
	steps := NewStepper(l.m, optim.AdamW{})
	gradients := func(first, n int) ([]optim.Grad, error) {
		return steps.gradients(context.Background(), Step{Batches: n, Batch: func(k int) (*model.Net, error) {
			samples, net, err := l.draw(context.Background(), src, first+k)
			if err != nil {
				return nil, err
			}
			return net, l.m.Fill(net.Batch, samples)
		}})
	}
	l.net = l.m.Graph(model.Training, l.o.shape(l.m, l.o.Masks))
	var mean [][]float32
	for k := range 3 {
		g, err := gradients(k, 1)
		if err != nil {
			t.Fatal(err)
		}
		for i := range g {
			if k == 0 {
				mean = append(mean, make([]float32, len(l.m.Params[i].Data)))
			}
			g[i].AddTo(mean[i], 1.0/3)
		}
	}
	g, err := gradients(0, 3)
	if err != nil {
		t.Fatal(err)
	}
	for i := range g {
		for j, v := range g[i].F {
			if math.Abs(float64(v-mean[i][j])) > 1e-6 {
				t.Fatalf("gradient of %s is %g, the mean of three is %g", l.m.Params[i].Name, v, mean[i][j])
			}
		}
	}
}

// What was typed cannot be right: one line that says so.
func TestWrongOptions(t *testing.T) {
	data := things(t, 4)
	for _, c := range []struct {
		want string
		o    Options
	}{
		{"Model.Train: steps is -1, expected 1 or more", Options{Steps: -1}},
		{"Model.Train: batch is -2, expected 1 or more", Options{Batch: -2}},
		{"Model.Train: accum is -3, expected 1 or more", Options{Accum: -3}},
		{`Model.Train: schedule "linear", expected cosine, inverse-sqrt or none`, Options{Schedule: "linear"}},
		{"Model.Train: the learning rate falls to 2 over the last 0 steps, expected 0 to 1 and 0 or more", Options{LR: 1, MinLR: 2}},
		{"Model.Train: learning rate -1, expected a positive one", Options{LR: -1}},
		{"Model.Train: budgets of -1 and 0 tokens, expected 0 or more", Options{Mask: mask.Mask{In: -1}, Quiet: true}},
	} {
		func() {
			defer func() {
				if e, ok := recover().(*fault.Error); !ok || e.Error() != c.want {
					t.Errorf("got %v, expected %q", e, c.want)
				}
			}()
			Fit(small(t), data, c.o)
		}()
	}
	func() {
		defer func() {
			if e, ok := recover().(*fault.Error); !ok || e.Error() != "Model.Train: no samples to train on" {
				t.Errorf("got %v", e)
			}
		}()
		Fit(small(t), set{}, Options{})
	}()
}
