package vq

import (
	"context"
	"errors"
	"math"
	"math/rand/v2"
	"reflect"
	"runtime"
	"strings"
	"sync"
	"testing"

	"fourmlab/fourm/modality"
	"fourmlab/internal/fault"
)

// tiny registers a small image modality of the given look.
func tiny(name string, look modality.Look, labels ...string) modality.Modality {
	modality.Register(modality.Modality{Name: name, Look: look, Height: 16, Patch: 4, Vocab: 16, Labels: labels})
	return modality.Lookup(name)
}

// pictures draws n of them: a thing in front of a ground, by what fits the
// look.
func pictures(m modality.Modality, n int) []*modality.Picture {
	r := rand.New(rand.NewPCG(5, 5))
	var out []*modality.Picture
	for range n {
		p := modality.NewPicture(m.Height, m.Height, m.Channels)
		x0, y0, kind := 4*r.IntN(3), 4*r.IntN(3), r.IntN(2)
		for y := range m.Height {
			for x := range m.Height {
				in := x >= x0 && x < x0+8 && y >= y0 && y < y0+8
				for c := range m.Channels {
					v := float32(0)
					switch m.Look {
					case modality.Depth: // a wall of 4 or 6 m, unknown above, a thing at 2 m
						v = float32(4 + 2*kind)
						if y < 4 {
							v = 0
						} else if in {
							v = 2
						}
					case modality.Label:
						if in {
							v = float32(1 + kind)
						}
					case modality.Normal:
						if in && c == 2*kind || !in && c == 1 {
							v = 1
						}
					default:
						v = 0.2
						if in {
							v = 0.9 - 0.5*float32(kind)*float32(c%2)
						}
					}
					p.Set(y, x, c, v)
				}
			}
		}
		out = append(out, p)
	}
	return out
}

var quick = VQ{Steps: 60, Batch: 8, Dim: 16, Latent: 8}

func train(t testing.TB, m modality.Modality, pics []*modality.Picture, c VQ) *Tokenizer {
	t.Helper()
	k, err := Train(context.Background(), m, pics, c, nil)
	if err != nil {
		t.Fatal(err)
	}
	return k
}

func there(t testing.TB, k *Tokenizer, p *modality.Picture) *modality.Picture {
	t.Helper()
	tk, err := k.Encode(p)
	if err != nil {
		t.Fatal(err)
	}
	v, err := k.Decode(tk)
	if err != nil {
		t.Fatal(err)
	}
	return v.(*modality.Picture)
}

func squared(a, b *modality.Picture) float64 {
	s := 0.0
	for i := range a.Pix {
		d := float64(a.Pix[i] - b.Pix[i])
		s += d * d / float64(len(a.Pix))
	}
	return s
}

// More steps give better pictures back, for every look.
func TestRoundTripImproves(t *testing.T) {
	for look, m := range map[string]modality.Modality{
		"color": tiny("vqcolor", modality.Color), "gray": tiny("vqgray", modality.Gray), "normal": tiny("vqnormal", modality.Normal),
		"depth": tiny("vqdepth", modality.Depth), "label": tiny("vqlabel", modality.Label, "ground", "ball", "box")} {
		pics := pictures(m, 24)
		off := func(steps int) (sum float64) {
			c := quick
			c.Steps = steps
			k := train(t, m, pics, c)
			for _, p := range pics {
				sum += squared(p, there(t, k, p)) / float64(len(pics))
			}
			return sum
		}
		first, last := off(1), off(50)
		t.Logf("%s: mean squared error %.4f after 1 step, %.4f after 50", look, first, last)
		if !(last < 0.5*first) {
			t.Errorf("%s: mean squared error %g after 1 step, %g after 50", look, first, last)
		}
	}
}

// Unknown depth stays unknown where it was clearly so, and known depth is in
// metres within what was seen.
func TestDepth(t *testing.T) {
	m := tiny("vqdepth", modality.Depth)
	pics := pictures(m, 24)
	k := train(t, m, pics, VQ{Steps: 70, Batch: 8, Dim: 16, Latent: 8})
	if k.Scale.Near != 2 || k.Scale.Far != 6 {
		t.Errorf("depth of 2 to 6 m was measured as %v", k.Scale)
	}
	wrong, n := 0, 0
	for _, p := range pics {
		q := there(t, k, p)
		for i, v := range q.Pix {
			n++
			if (v == 0) != (p.Pix[i] == 0) {
				wrong++
			}
			if v != 0 && (v < 1.999 || v > 6.001) {
				t.Fatalf("a depth of %g m", v)
			}
		}
	}
	if wrong > n/20 {
		t.Errorf("%d of %d pixels are wrongly known or unknown", wrong, n)
	}
}

// Labels come back as whole numbers of known classes, mostly the right ones.
func TestLabels(t *testing.T) {
	m := tiny("vqlabel", modality.Label, "ground", "ball", "box")
	pics := pictures(m, 24)
	k := train(t, m, pics, VQ{Steps: 70, Batch: 8, Dim: 16, Latent: 8})
	right, n := 0, 0
	for _, p := range pics {
		q := there(t, k, p)
		for i, v := range q.Pix {
			if v != 0 && v != 1 && v != 2 {
				t.Fatalf("class %g", v)
			}
			n++
			if v == p.Pix[i] {
				right++
			}
		}
	}
	if right < n*9/10 {
		t.Errorf("%d of %d pixels have their class back", right, n)
	}
}

// The same pictures and seed give the same tokenizer, on one processor and on
// two; another seed another one.
func TestDeterminism(t *testing.T) {
	m := tiny("vqcolor", modality.Color)
	pics := pictures(m, 10)
	c := quick
	c.Steps = 12
	a, b := train(t, m, pics, c), train(t, m, pics, c)
	procs := runtime.GOMAXPROCS(1)
	d := train(t, m, pics, c)
	runtime.GOMAXPROCS(procs)
	c.Seed = 9
	e := train(t, m, pics, c)
	if !reflect.DeepEqual(a.Params, b.Params) || a.Loss != b.Loss {
		t.Error("two trainings differ")
	}
	if !reflect.DeepEqual(a.Params, d.Params) {
		t.Error("the number of processors makes a difference")
	}
	if reflect.DeepEqual(a.Params, e.Params) {
		t.Error("another seed makes no difference")
	}
}

// One picture at a time or many, from one goroutine or several: the tokens
// are the same.
func TestEncodeAll(t *testing.T) {
	m := tiny("vqcolor", modality.Color)
	pics := pictures(m, 37)
	k := train(t, m, pics, VQ{Steps: 5, Batch: 8, Dim: 16, Latent: 8})
	var values []any
	for _, p := range pics {
		values = append(values, p)
	}
	all, err := k.EncodeAll(values)
	if err != nil || len(all) != 37 {
		t.Fatalf("%d of 37 (%v)", len(all), err)
	}
	var wg sync.WaitGroup
	for i := range pics {
		wg.Add(1)
		go func() {
			defer wg.Done()
			one, err := k.Encode(pics[i])
			if err != nil || !reflect.DeepEqual(one, all[i]) {
				t.Errorf("picture %d: %v alone, %v among others (%v)", i, one.IDs, all[i].IDs, err)
			}
			if _, err := k.Decode(one); err != nil {
				t.Error(err)
			}
		}()
	}
	wg.Wait()
	for i, tk := range all {
		if tk.Modality != "vqcolor" || tk.Rows != 4 || tk.Cols != 4 || len(tk.IDs) != 16 {
			t.Errorf("picture %d has tokens %v", i, tk)
		}
	}
	want := make([]int, 16)
	for _, tk := range all {
		for _, id := range tk.IDs {
			want[id]++
		}
	}
	if use := k.Usage(set{pics}); !reflect.DeepEqual(use, want) {
		t.Errorf("usage %v, expected %v", use, want)
	}
	if none, err := k.EncodeAll(nil); err != nil || len(none) != 0 {
		t.Errorf("nothing gives %v (%v)", none, err)
	}
	if e, err := k.Entries(); err != nil || len(e) != 16 || e[0].H != 4 || e[0].C != 3 {
		t.Errorf("%d entries (%v)", len(e), err)
	}
}

// set is pictures as samples, every other one of which has nothing else.
type set struct{ pics []*modality.Picture }

func (s set) Len() int { return 2 * len(s.pics) }

func (s set) Sample(i int) (modality.Sample, error) {
	v := map[string]any{"caption": "a picture"}
	if i%2 == 0 {
		v["vqcolor"] = s.pics[i/2]
	}
	return modality.Sample{Values: v}, nil
}

// What does not fit is an error that says what would.
func TestErrors(t *testing.T) {
	m := tiny("vqlabel", modality.Label, "ground", "ball", "box")
	k := train(t, m, pictures(m, 8), VQ{Steps: 2, Batch: 8, Dim: 16, Latent: 8})
	seven := modality.NewPicture(16, 16, 1)
	seven.Pix[40] = 7
	below := modality.NewPicture(16, 16, 1)
	below.Pix[0] = -1
	tokens := func(n, id int) modality.Tokens {
		t := modality.Tokens{IDs: make([]int, n)}
		t.IDs[n-1] = id
		return t
	}
	for _, c := range []struct {
		what, want string
		do         func() error
	}{
		{"size", "picture of 8x8x1, expected 16x16x1", func() error { _, err := k.Encode(modality.NewPicture(8, 8, 1)); return err }},
		{"kind", "a string is no picture", func() error { _, err := k.Encode("x"); return err }},
		{"nothing", "no picture", func() error { _, err := k.Encode(nil); return err }},
		{"class", "class 7 in a picture of vqlabel, expected one below 3", func() error { _, err := k.Encode(seven); return err }},
		{"negative class", "class -1", func() error { _, err := k.Encode(below); return err }},
		{"id", "token 16 of vqlabel, expected one below 16", func() error { _, err := k.Decode(tokens(16, 16)); return err }},
		{"number", "9 tokens of vqlabel, expected 16", func() error { _, err := k.Decode(tokens(9, 0)); return err }},
		{"no pictures", "no pictures of vqlabel", func() error { _, err := Train(context.Background(), m, nil, quick, nil); return err }},
		{"wrong pictures", "expected 16x16x1", func() error {
			_, err := Train(context.Background(), m, []*modality.Picture{modality.NewPicture(4, 4, 1)}, quick, nil)
			return err
		}},
	} {
		if err := c.do(); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: error %v, expected one with %q", c.what, err, c.want)
		}
	}
	for want, c := range map[string]VQ{"dim 18 is no multiple of 4": {Dim: 18}, "steps of vqlabel is too small": {Steps: -1}, "vocab of vqlabel is too small": {Vocab: 1}} {
		func() {
			defer func() {
				if e, ok := recover().(*fault.Error); !ok || !strings.Contains(e.Error(), want) {
					t.Errorf("got %v, expected %q", e, want)
				}
			}()
			Train(context.Background(), m, pictures(m, 2), c, nil)
		}()
	}
}

// Tokens that are not decided yet leave their patch blank: white, no depth,
// class 0.
func TestBlank(t *testing.T) {
	for _, c := range []struct {
		m    modality.Modality
		want float32
	}{{tiny("vqcolor", modality.Color), 1}, {tiny("vqgray", modality.Gray), 1}, {tiny("vqdepth", modality.Depth), 0}, {tiny("vqnormal", modality.Normal), 0}, {tiny("vqlabel", modality.Label, "a", "b", "c"), 0}} {
		pics := pictures(c.m, 8)
		k := train(t, c.m, pics, VQ{Steps: 3, Batch: 8, Dim: 16, Latent: 8})
		tk, err := k.Encode(pics[0])
		if err != nil {
			t.Fatal(err)
		}
		tk.IDs[6] = -1 // row 1, column 2
		v, err := k.Decode(tk)
		if err != nil {
			t.Fatal(err)
		}
		p := v.(*modality.Picture)
		for y := 4; y < 8; y++ {
			for x := 8; x < 12; x++ {
				for ch := range p.C {
					if p.At(y, x, ch) != c.want {
						t.Fatalf("%s: pixel (%d, %d) is %g, expected %g", c.m.Name, y, x, p.At(y, x, ch), c.want)
					}
				}
			}
		}
	}
}

// A stored tokenizer comes back and makes the same tokens and pictures.
func TestStore(t *testing.T) {
	for _, m := range []modality.Modality{tiny("vqcolor", modality.Color), tiny("vqdepth", modality.Depth), tiny("vqlabel", modality.Label, "a", "b", "c")} {
		pics := pictures(m, 8)
		k := train(t, m, pics, VQ{Steps: 5, Batch: 8, Dim: 16, Latent: 8})
		s, err := k.Store()
		if err != nil {
			t.Fatal(err)
		}
		back, err := modality.Restore(m, s)
		if err != nil {
			t.Fatal(err)
		}
		b := back.(*Tokenizer)
		if b.Config != k.Config || !reflect.DeepEqual(b.Scale, k.Scale) || b.Vocab() != k.Vocab() {
			t.Errorf("%s came back as %v, was %v", m.Name, b, k)
		}
		for i, p := range pics {
			if !reflect.DeepEqual(there(t, k, p), there(t, b, p)) {
				t.Fatalf("%s: picture %d is another one", m.Name, i)
			}
		}
		broken := s
		broken.Tensors = map[string]modality.StoredTensor{}
		for n, x := range s.Tensors {
			broken.Tensors[n] = x
		}
		delete(broken.Tensors, "quant_proj.bias")
		if _, err := modality.Restore(m, broken); err == nil || !strings.Contains(err.Error(), `lacks "quant_proj.bias"`) {
			t.Errorf("a missing tensor: %v", err)
		}
		broken.Tensors["quant_proj.bias"] = modality.StoredTensor{Shape: []int{3}, Data: make([]float32, 3)}
		if _, err := modality.Restore(m, broken); err == nil || !strings.Contains(err.Error(), "has shape [3], expected [8]") {
			t.Errorf("a tensor of the wrong shape: %v", err)
		}
		broken.Config = "{"
		if _, err := modality.Restore(m, broken); err == nil {
			t.Error("a broken configuration gave no error")
		}
	}
}

// Training stops when its context ends, and reports every step until then.
func TestStops(t *testing.T) {
	m := tiny("vqgray", modality.Gray)
	ctx, cancel := context.WithCancel(context.Background())
	var steps []int
	k, err := Train(ctx, m, pictures(m, 8), quick, func(p Point, of int) {
		steps = append(steps, p.Step)
		if math.IsNaN(p.Loss) || of != 60 {
			t.Errorf("step %d of %d, loss %g", p.Step, of, p.Loss)
		}
		if p.Step == 4 {
			cancel()
		}
	})
	if k != nil || !errors.Is(err, context.Canceled) || !reflect.DeepEqual(steps, []int{1, 2, 3, 4}) {
		t.Errorf("%v after steps %v, error %v", k, steps, err)
	}
}

// A learning rate that blows up is an error.
func TestBlowUp(t *testing.T) {
	m := tiny("vqgray", modality.Gray)
	c := quick
	c.LR = 1e30
	if _, err := Train(context.Background(), m, pictures(m, 8), c, nil); err == nil || !strings.Contains(err.Error(), "lower the learning rate") {
		t.Errorf("error %v", err)
	}
}
