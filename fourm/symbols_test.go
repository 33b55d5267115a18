package fourm_test

import (
	"fmt"
	"math"
	"math/rand/v2"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"

	"fourmlab/fourm"
	"fourmlab/fourm/modality"
	"fourmlab/fourm/vq"
)

// sky is a set of stars: a spectrum with a line whose place says the redshift, a
// vector of colours, and a small picture of how bright it is.
type sky struct{ from, n int }

func (s sky) Len() int { return s.n }

func (s sky) Sample(i int) (fourm.Sample, error) {
	i += s.from
	r := rand.New(rand.NewPCG(3, uint64(i)))
	z := r.Float64() * r.Float64()
	spectrum := make([]float32, 64)
	for k := range spectrum {
		d := (float64(k) - 8 - 48*z) / 3
		spectrum[k] = float32(500 + 20*math.Exp(-d*d/2))
	}
	p := fourm.NewPicture(8, 8, 1)
	for k := range p.Pix {
		p.Pix[k] = float32(z)
	}
	leads := fourm.NewPicture(1, 32, 2) // a line in one channel, its mirror in the other
	for k := range 32 {
		leads.Set(0, k, 0, spectrum[2*k])
		leads.Set(0, k, 1, -spectrum[63-2*k])
	}
	return fourm.Sample{Key: fmt.Sprint("star", i), Values: map[string]any{
		"redshift": z, "spectrum": spectrum, "colours": []float64{100 * z, -50 * z, 7}, "stamp": p, "leads": leads}}, nil
}

// stamped has the pictures under another name, too.
type stamped struct{ sky }

func (s stamped) Sample(i int) (fourm.Sample, error) {
	x, err := s.sky.Sample(i)
	x.Values["stamps"] = x.Values["stamp"]
	return x, err
}

func stars(t *testing.T, n int) sky {
	t.Helper()
	fourm.SetHost(&quiet{})
	t.Cleanup(func() { fourm.SetHost(nil) })
	fourm.Register(fourm.Modality{Name: "redshift", Kind: fourm.Symbols, Vocab: 256, MaxTokens: 2})
	fourm.Register(fourm.Modality{Name: "spectrum", Kind: fourm.Symbols, Vocab: 64, MaxTokens: 8})
	fourm.Register(fourm.Modality{Name: "colours", Kind: fourm.Symbols, Vocab: 32, MaxTokens: 4})
	fourm.Register(fourm.Modality{Name: "leads", Kind: fourm.Symbols, Vocab: 64, MaxTokens: 4})
	fourm.Register(fourm.Modality{Name: "stamp", Look: fourm.Gray, Height: 8, Patch: 4, Vocab: 16})
	return sky{0, n}
}

// Numbers come back within half a bin, in order; what is none is named.
func TestScalars(t *testing.T) {
	ds := stars(t, 800)
	k := fourm.TrainTokenizer(ds, "redshift", fourm.VQ{Quantizer: "bins:256"})
	if k.Err != nil {
		t.Fatal(k.Err)
	}
	tok := modality.TokenizerOf("redshift")
	edges := k.Params["quantize.edges"].Data
	last, lastID := -1.0, -1
	values := []float64{}
	for i := range 200 {
		s, _ := ds.Sample(i)
		values = append(values, s.Values["redshift"].(float64))
	}
	slices.Sort(values)
	for _, z := range values {
		tk, err := tok.Encode(z)
		if err != nil || len(tk.IDs) != 1 || tk.IDs[0] < lastID {
			t.Fatalf("%g has tokens %v after %d of %g (%v)", z, tk.IDs, lastID, last, err)
		}
		last, lastID = z, tk.IDs[0]
		back, err := tok.Decode(tk)
		if err != nil {
			t.Fatal(err)
		}
		half := float64(edges[lastID+1]-edges[lastID]) / 2
		if d := math.Abs(back.(float64) - z); d > half+1e-6 {
			t.Errorf("%g comes back as %g, half a bin is %g", z, back, half)
		}
	}
	if r := k.Report(sky{1000, 60}); r.Err != nil || r.Scores[0].Metric != "mean absolute error" || !(r.Scores[0].Value < 0.01) || r.Bits != 8 {
		t.Errorf("report %v", r)
	}
	line(t, `decoder "flow" of redshift with bins, which need none`, func() {
		fourm.TrainTokenizer(ds, "redshift", fourm.VQ{Quantizer: "bins:256", Decoder: "flow"})
	})
	if _, err := tok.Encode(math.NaN()); err == nil || !strings.Contains(err.Error(), "redshift: number 0 is NaN, expected a finite one") {
		t.Errorf("no number: %v", err)
	}
	if _, err := tok.Encode([]float64{1, 2}); err == nil || !strings.Contains(err.Error(), "redshift: 2 numbers, expected a number of 1") {
		t.Errorf("two numbers: %v", err)
	}
	list := fourm.TrainTokenizer(ds, "colours", fourm.VQ{Quantizer: "bins:32"})
	one, _ := ds.Sample(3)
	tk := one.Tokens("colours")
	all, part := tk.Value().([]float32), tk
	part.IDs = []int{tk.IDs[0], -1, tk.IDs[2]}
	if some := part.Value().([]float32); some[0] != all[0] || some[1] != 0 || some[2] != all[2] {
		t.Errorf("with one number undecided %v, of %v", some, all)
	}
	list.Params["quantize.edges"].Data[4] = float32(math.NaN())
	broken := filepath.Join(t.TempDir(), "broken.safetensors")
	if err := list.Save(broken); err != nil {
		t.Fatal(err)
	}
	if _, err := fourm.LoadTokenizer(broken); err == nil || !strings.Contains(err.Error(), "number 0: quantize: edge 4 of bins is NaN") {
		t.Errorf("edges that are no numbers: %v", err)
	}
	path := filepath.Join(t.TempDir(), "z.safetensors")
	if err := k.Save(path); err != nil {
		t.Fatal(err)
	}
	read, err := fourm.LoadTokenizer(path)
	if err != nil {
		t.Fatal(err)
	}
	fourm.SetTokenizer("redshift", read)
	a, _ := tok.Encode(values[70])
	b, err := modality.TokenizerOf("redshift").Encode(values[70])
	if err != nil || !slices.Equal(a.IDs, b.IDs) {
		t.Errorf("read again it says %v, not %v (%v)", b.IDs, a.IDs, err)
	}
}

// Signals by convolutions beat the mean signal, vectors come back, and a wrong
// length is named.
func TestSignals(t *testing.T) {
	ds := stars(t, 400)
	k := fourm.TrainTokenizer(ds, "spectrum", fourm.VQ{Net: "conv", Quantizer: "cosine:64x8", Steps: 500, Dim: 32, Depth: 2, LR: 3e-3, Val: sky{2000, 12}})
	if k.Err != nil {
		t.Fatal(k.Err)
	}
	tok := modality.TokenizerOf("spectrum")
	mean := make([]float64, 64)
	for i := range 100 {
		s, _ := ds.Sample(i)
		for k, v := range s.Values["spectrum"].([]float32) {
			mean[k] += float64(v) / 100
		}
	}
	off, base := 0.0, 0.0
	for i := range 100 {
		s, _ := sky{1000, 100}.Sample(i) // not seen
		v := s.Values["spectrum"].([]float32)
		tk, err := tok.Encode(v)
		if err != nil || len(tk.IDs) != 8 {
			t.Fatalf("tokens %v (%v)", tk.IDs, err)
		}
		back, err := tok.Decode(tk)
		if err != nil {
			t.Fatal(err)
		}
		for k, x := range back.([]float32) {
			off += math.Pow(float64(x-v[k]), 2)
			base += math.Pow(mean[k]-float64(v[k]), 2)
		}
	}
	if off > base/10 {
		t.Errorf("spectra come back with %.3f of the error of the mean spectrum", off/base)
	}
	if last := k.Points[len(k.Points)-1]; !(last.ValLoss > 0) || !(last.Metrics["mean absolute error"] > 0) {
		t.Errorf("held-out spectra: %+v", last)
	}
	if r := k.Report(sky{1000, 40}); r.Err != nil || r.Decoder != "conv" || r.Samples != 40 || r.Scores[1].Metric != "RMSE" || r.Features != "" {
		t.Errorf("report %v", r)
	}
	if _, err := tok.Encode(make([]float32, 63)); err == nil || !strings.Contains(err.Error(), "spectrum: 63 numbers, expected a signal of 64") {
		t.Errorf("a short spectrum: %v", err)
	}
	line(t, "signals of 64 samples of spectrum and a stride of 7, expected a multiple of it", func() {
		fourm.TrainTokenizer(ds, "spectrum", fourm.VQ{Net: "conv", Stride: 7})
	})
	if v := fourm.TrainTokenizer(ds, "colours", fourm.VQ{Quantizer: "cosine:32x4", Steps: 400, Dim: 32}); v.Err != nil {
		t.Fatal(v.Err)
	}
	s, _ := ds.Sample(5)
	got := s.Tokens("colours").Value().([]float32)
	for k, want := range s.Values["colours"].([]float64) {
		if d := math.Abs(float64(got[k]) - want); d > 8 {
			t.Errorf("colour %d is %g, was %g", k, got[k], want)
		}
	}
}

// A 4M of a spectrum, a number and a picture: the number is predicted from the
// spectrum far better than by chance, also after the model was saved and loaded.
func TestModelOfSymbols(t *testing.T) {
	ds := stars(t, 400)
	fourm.TrainTokenizer(ds, "redshift", fourm.VQ{Quantizer: "bins:64"})
	fourm.TrainTokenizer(ds, "spectrum", fourm.VQ{Net: "conv", Quantizer: "cosine:64x8", Steps: 300, Dim: 32, LR: 3e-3})
	fourm.TrainTokenizer(ds, "stamp", fourm.VQ{Steps: 60, Dim: 16, Latent: 4})
	m := tinyModel("spectrum", "redshift", "stamp")
	run := m.Train(ds, fourm.Train{Steps: 1200, Batch: 16, LR: 3e-3, Masks: []fourm.Mask{
		{Inputs: []string{"spectrum"}, Outputs: []string{"redshift"}, In: 16, Out: 4},
		{In: 12, Out: 12},
	}})
	if run.Err != nil {
		t.Fatal(run.Err)
	}
	row := m.Eval(sky{1000, 60}, "spectrum->redshift").Rows[0]
	if row.Metric != "mean absolute error" || !(row.Value < row.Baseline/2) {
		t.Errorf("redshift of spectra: %+v", row)
	}
	s, _ := ds.Sample(420)
	out := m.Generate(s, fourm.Chain("redshift").Then("spectrum", 1).Greedy(), 0)
	if v, ok := out.Sample.Values["spectrum"].([]float32); !ok || len(v) != 64 || out.Err != nil {
		t.Errorf("a generated spectrum is %T, %v", out.Sample.Values["spectrum"], out.Err)
	}
	path := filepath.Join(t.TempDir(), "m.safetensors")
	if err := m.Save(path); err != nil {
		t.Fatal(err)
	}
	modality.SetTokenizer("redshift", nil)
	back, err := fourm.Load(path)
	if err != nil {
		t.Fatal(err)
	}
	a := m.Generate(s, fourm.Chain("spectrum").Then("redshift", 1).Greedy(), 0)
	b := back.Generate(s, fourm.Chain("spectrum").Then("redshift", 1).Greedy(), 0)
	if !reflect.DeepEqual(a.Sample.Values["redshift"], b.Sample.Values["redshift"]) {
		t.Errorf("%v before, %v after", a.Sample.Values["redshift"], b.Sample.Values["redshift"])
	}
}

// A residual code of pictures comes in as symbols, and its tokens decode to the
// picture.
func TestResidualSymbols(t *testing.T) {
	ds := stars(t, 200)
	fourm.TrainTokenizer(ds, "redshift", fourm.VQ{Quantizer: "bins:64"})
	k := fourm.TrainTokenizer(ds, "stamp", fourm.VQ{Quantizer: "rvq:2x8", Steps: 100, Dim: 16})
	if k.Err != nil || k.Network().Spec.Books != 2 {
		t.Fatal(k)
	}
	line(t, "a tokenizer of stamp for short: it gives 8 tokens, expected at most 4 (MaxTokens)", func() {
		fourm.Register(fourm.Modality{Name: "short", Kind: fourm.Symbols, Vocab: 8, MaxTokens: 4})
		fourm.SetTokenizer("short", k)
	})
	fourm.Register(fourm.Modality{Name: "stamps", Kind: fourm.Symbols, Vocab: 8, MaxTokens: 8})
	fourm.SetTokenizer("stamps", k)
	s, _ := ds.Sample(1)
	p := s.Picture("stamp")
	grid, err := k.Encode(p)
	if err != nil {
		t.Fatal(err)
	}
	tk, err := modality.TokenizerOf("stamps").Encode(p)
	if err != nil || len(tk.IDs) != 8 || tk.IDs[0] != grid.IDs[0] || tk.IDs[1] != grid.IDs[4] || tk.IDs[2] != grid.IDs[1] {
		t.Fatalf("symbols %v of a grid %v (%v)", tk.IDs, grid.IDs, err)
	}
	if a, b := tk.Value().(*fourm.Picture), grid.Value().(*fourm.Picture); !reflect.DeepEqual(a, b) {
		t.Error("the symbols stand for another picture")
	}
	with := stamped{ds}
	m := tinyModel("redshift", "stamps")
	if run := m.Train(with, fourm.Train{Steps: 800, Batch: 16, LR: 3e-3, Masks: []fourm.Mask{{Inputs: []string{"redshift"}, Outputs: []string{"stamps"}, In: 4, Out: 12}}}); run.Err != nil {
		t.Fatal(run.Err)
	}
	row := m.Eval(stamped{sky{1000, 60}}, "redshift->stamps").Rows[0]
	if row.Metric != "PSNR, dB" || !(row.Value > row.Baseline+3) {
		t.Errorf("%+v", row)
	}
	var _ *vq.Serial = modality.TokenizerOf("stamps").(*vq.Serial)
}

// Signals of two channels come back as pictures of one row, from a file too; what
// has another shape is named, and too short a sequence before training.
func TestChannels(t *testing.T) {
	ds := stars(t, 300)
	k := fourm.TrainTokenizer(ds, "leads", fourm.VQ{Net: "conv", Quantizer: "cosine:64x8", Steps: 400, Dim: 32, Depth: 2, LR: 3e-3})
	if k.Err != nil {
		t.Fatal(k.Err)
	}
	path := filepath.Join(t.TempDir(), "leads.safetensors")
	if err := k.Save(path); err != nil {
		t.Fatal(err)
	}
	read, err := fourm.LoadTokenizer(path)
	if err != nil {
		t.Fatal(err)
	}
	off, all := 0.0, 0.0
	var back *fourm.Picture
	for i := range 20 {
		s, _ := sky{2000, 20}.Sample(i)
		p := s.Picture("leads")
		fourm.SetTokenizer("leads", k)
		tk := s.Tokens("leads")
		if len(tk.IDs) != 4 {
			t.Fatalf("%d tokens, expected 4", len(tk.IDs))
		}
		back = tk.Picture()
		if back.H != 1 || back.W != 32 || back.C != 2 {
			t.Fatalf("comes back as %dx%dx%d", back.H, back.W, back.C)
		}
		fourm.SetTokenizer("leads", read)
		if again := s.Tokens("leads"); !slices.Equal(again.IDs, tk.IDs) || !reflect.DeepEqual(again.Picture(), back) {
			t.Fatalf("read again it says %v, not %v", again.IDs, tk.IDs)
		}
		for j, v := range p.Pix {
			mean := float32(500 * (1 - 2*(j%2)))
			off += float64((v - back.Pix[j]) * (v - back.Pix[j]))
			all += float64((v - mean) * (v - mean))
		}
	}
	if off > all/3 {
		t.Errorf("two channels come back with %.3f of the error of their means", off/all)
	}
	if _, err := modality.TokenizerOf("leads").Encode(fourm.NewPicture(1, 16, 2)); err == nil || !strings.Contains(err.Error(), "leads: a picture of 1x16x2, expected a picture of 1x32x2: 32 samples of 2 channels") {
		t.Errorf("half a signal: %v", err)
	}
	if _, err := modality.TokenizerOf("leads").Encode(back.Pix); err == nil || !strings.Contains(err.Error(), "leads: 64 numbers, expected a picture of 1x32x2") {
		t.Errorf("a list: %v", err)
	}
	line(t, "leads: it gives 16 tokens, expected at most 4 (MaxTokens)", func() {
		fourm.TrainTokenizer(ds, "leads", fourm.VQ{Net: "conv", Stride: 2})
	})
}

// Features of a whole picture get sixteen tokens that lie on a grid of 4x4, as
// DINOv2's and ImageBind's in 4M-21; a model learns them, and is given them.
func TestWhole(t *testing.T) {
	ds := stars(t, 200)
	fourm.TrainTokenizer(ds, "redshift", fourm.VQ{Quantizer: "bins:64"})
	fourm.Register(fourm.Modality{Name: "globe", Look: fourm.Feature, Channels: 8, Height: 1, Width: 1, Patch: 1, Vocab: 16})
	fourm.Register(fourm.Modality{Name: "globes", Look: fourm.Feature, Channels: 8, Height: 8, Patch: 2, Vocab: 16, Learned: true})
	with := globes{ds}
	k := fourm.TrainTokenizer(with, "globe", fourm.VQ{Net: "mlp", Quantizer: "memcodes:16x16", Steps: 200, Dim: 32})
	if k.Err != nil {
		t.Fatal(k.Err)
	}
	fourm.SetTokenizer("globes", k)
	s, _ := with.Sample(1)
	tk := s.Tokens("globes")
	if len(tk.IDs) != 16 || tk.Rows != 4 || tk.Cols != 4 {
		t.Fatalf("tokens %v", tk)
	}
	if p := tk.Picture(); p.H != 1 || p.W != 1 || p.C != 8 {
		t.Errorf("comes back as %dx%dx%d", p.H, p.W, p.C)
	}
	m := tinyModel("redshift", "globes")
	if run := m.Train(with, fourm.Train{Steps: 300, Batch: 16, LR: 3e-3}); run.Err != nil {
		t.Fatal(run.Err)
	}
	row := m.Eval(globes{sky{1000, 40}}, "globes->redshift").Rows[0]
	if !(row.Value < row.Baseline) {
		t.Errorf("%+v", row)
	}
	path := filepath.Join(t.TempDir(), "m.safetensors")
	if err := m.Save(path); err != nil {
		t.Fatal(err)
	}
	back, err := fourm.Load(path)
	if err != nil {
		t.Fatal(err)
	}
	plan := fourm.Chain("redshift").Then("globes", 4).Greedy()
	a, b := m.Generate(s, plan, 0).Sample, back.Generate(s, plan, 0).Sample
	if !reflect.DeepEqual(a.Values["globes"], b.Values["globes"]) {
		t.Error("the model that was read makes other features")
	}
	line(t, "globe for small: it gives 16 tokens, expected those of a grid of 2x2", func() {
		fourm.Register(fourm.Modality{Name: "small", Look: fourm.Feature, Channels: 8, Height: 2, Patch: 1, Vocab: 16})
		fourm.SetTokenizer("small", k)
	})
}

// globes has features of the pictures beside them.
type globes struct{ sky }

func (s globes) Sample(i int) (fourm.Sample, error) {
	x, err := s.sky.Sample(i)
	z := float32(x.Values["redshift"].(float64))
	p := fourm.NewPicture(1, 1, 8)
	for c := range p.Pix {
		p.Pix[c] = float32(math.Sin(float64(z) * float64(c+1)))
	}
	x.Values["globe"], x.Values["globes"] = p, p
	return x, err
}

// tune is a set of melodies: eight notes upwards from a first one, by steps that a
// mood says.
type tune struct{ from, n int }

func (s tune) Len() int { return s.n }

func (s tune) Sample(i int) (fourm.Sample, error) {
	i += s.from
	first, by := i%16, 1+i/16%3
	notes := make([]int, 8)
	for k := range notes {
		notes[k] = first + by*k
	}
	return fourm.Sample{Key: fmt.Sprint("tune", i), Values: map[string]any{"notes": notes, "mood": []int{by - 1}}}, nil
}

// Whole numbers that are tokens already go the whole way: in, out, guided, with a
// part of them given, and by a model that was saved. Too many are an error that says
// how many there may be.
func TestNotes(t *testing.T) {
	fourm.SetHost(&quiet{})
	t.Cleanup(func() { fourm.SetHost(nil) })
	fourm.Register(fourm.Modality{Name: "notes", Kind: fourm.Symbols, Vocab: 40, MaxTokens: 12})
	fourm.Register(fourm.Modality{Name: "mood", Kind: fourm.Symbols, Vocab: 3, MaxTokens: 3})
	m := tinyModel("notes", "mood")
	ds := tune{0, 48}
	if run := m.Train(ds, fourm.Train{Steps: 1200, Batch: 16, LR: 3e-3, Masks: []fourm.Mask{
		{Inputs: []string{"notes"}, Outputs: []string{"mood"}, In: 12, Out: 6},
		{Inputs: []string{"mood"}, Outputs: []string{"notes"}, In: 6, Out: 12},
		{In: 12, Out: 12},
	}}); run.Err != nil {
		t.Fatal(run.Err)
	}
	path := filepath.Join(t.TempDir(), "m.safetensors")
	if err := m.Save(path); err != nil {
		t.Fatal(err)
	}
	back, err := fourm.Load(path)
	if err != nil {
		t.Fatal(err)
	}
	right, steps := 0, 0
	plan := fourm.Chain("notes").Then("mood", 1).Greedy()
	guided := fourm.Chain("mood").Then("notes", 1).Greedy().Guide(1.5)
	for i := range 48 {
		s, _ := ds.Sample(i)
		out := m.Generate(s, plan, 0).Sample
		if reflect.DeepEqual(out.Values["mood"], s.Values["mood"]) {
			right++
		}
		a, b := m.Generate(s, guided, 0).Sample.Values["notes"], back.Generate(s, guided, 0).Sample.Values["notes"]
		if !reflect.DeepEqual(a, b) {
			t.Fatalf("%v of the model, %v of the one that was read", a, b)
		}
		notes := a.([]int)
		up := len(notes) == 8
		for k := 1; up && k < len(notes); k++ {
			up = notes[k]-notes[k-1] == s.Values["mood"].([]int)[0]+1
		}
		if up {
			steps++
		}
	}
	if right < 40 || steps < 24 {
		t.Errorf("%d of 48 moods and %d of 48 melodies are right", right, steps)
	}
	s, _ := ds.Sample(5)
	tk := s.Tokens("notes")
	tk.IDs, tk.Cols = tk.IDs[:3], 3
	s.Values = map[string]any{}
	s.Toks = map[string]fourm.Tokens{"notes": tk}
	if v := m.Generate(s, plan, 0).Sample.Values["mood"]; !reflect.DeepEqual(v, []int{0}) {
		t.Errorf("of the first three notes the mood is %v, expected [0]", v)
	}
	long, _ := ds.Sample(1)
	long.Values["notes"] = make([]int, 13)
	line(t, "notes: 13 symbols, expected at most 12 (MaxTokens)", func() { long.Tokens("notes") })
}
