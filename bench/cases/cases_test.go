package cases

import (
	"context"
	"encoding/json"
	"fmt"
	"math"
	"slices"
	"strings"
	"testing"

	"fourmlab/fourm/model"
)

// small is a model with the domains of 4M-7 that runs in a blink.
func small() model.Config {
	c := model.Published("4M-7", "Ti")
	c.Untied, c.Dim, c.Heads, c.Encoder, c.Decoder = false, 12, 2, 1, 2
	return c
}

// Every kind of case runs, on a model of no weight, the way it is timed.
func TestSmall(t *testing.T) {
	for _, j := range []job{training{2, 16, 12}, picture{1}, caption{5}} {
		r, err := Case{Name: "small", job: j}.with(context.Background(), small(), 2, 0)
		if err != nil {
			t.Fatalf("%T: %v", j, err)
		}
		if len(r.Seconds.All) != 2 || r.Seconds.Best <= 0 || r.Seconds.Best > r.Seconds.Median || r.GFLOP <= 0 || r.Threads < 1 || r.PeakRSS < 0 {
			t.Errorf("%T: %+v", j, r)
		}
	}
}

// A tokenizer's case tells how many pictures a second go either way, and its
// count is what one finds by hand: 16 tokens, 512 wide, 8 blocks.
func TestTokenizerCase(t *testing.T) {
	small := tokenizing{batch: 2, size: 32, patch: 8, letter: "s", codes: 64, latent: 4}
	r, err := Case{Name: "small", tokenizer: &small}.alone(context.Background(), 2, 0)
	if err != nil {
		t.Fatal(err)
	}
	if len(r.Seconds.All) != 2 || r.EncodePerS <= 0 || r.DecodePerS <= 0 || !strings.Contains(r.String(), "pictures encoded") {
		t.Errorf("%+v", r)
	}
	const n, d = 16, 512
	one := 8*(n*12*d*d+2*n*n*d) + n*8*d*d + n*d*8*8*3 + n*d*4
	if want := 2 * float64(2*(2*one+n*4*64)) / 1e9; math.Abs(r.GFLOP-want) > 1e-9 {
		t.Errorf("%g GFLOP, expected %g", r.GFLOP, want)
	}
}

// A step changes the weights: what is timed is training.
func TestStepTrains(t *testing.T) {
	m := model.New(small())
	run, _, err := training{2, 16, 12}.prepare(m)
	if err != nil {
		t.Fatal(err)
	}
	before := slices.Clone(m.Param("decoder.1.mlp.fc2.weight").Data)
	loss := func() float64 { return m.Graph(model.Training, model.Shape{B: 2, N: 16, M: 12}).Loss() }
	if err := run(context.Background(), 0); err != nil {
		t.Fatal(err)
	}
	if first := loss(); math.IsNaN(first) || first <= 0 {
		t.Errorf("the loss is %g", first)
	}
	moved := 0.0
	for i, v := range m.Param("decoder.1.mlp.fc2.weight").Data {
		moved = max(moved, math.Abs(float64(v-before[i])))
	}
	if moved < rate/2 || moved > 2*rate {
		t.Errorf("weights move by %g, expected about the learning rate of %g", moved, rate)
	}
}

// The count of a case is what one finds by hand: D = 12, H = 2*4*12/3 = 32,
// one encoder block and two decoder blocks.
func TestWorkByHand(t *testing.T) {
	m := model.New(small())
	w := macsOf(m)
	if w != (macs{12, 32, 1, 2}) {
		t.Fatalf("sizes %+v", w)
	}
	// five tokens: maps of 4*144 + 3*384 = 1728 each, 2*25 pairs of 12, and a
	// context of 144 each
	if got, want := w.encode(5), int64(5*1728+600+720); got != want {
		t.Errorf("encoder: %d, expected %d", got, want)
	}
	// three targets of 6*144 + 3*384 = 2016, 2*9 and 2*15 pairs of 12, keys and
	// values of five tokens of 288, in two blocks
	if got, want := w.decode(5, 3), int64(2*(6048+216+360+1440)); got != want {
		t.Errorf("decoder: %d, expected %d", got, want)
	}
	if got, want := w.logits(3, 30000), int64(3*30000*12); got != want {
		t.Errorf("logits: %d, expected %d", got, want)
	}
	b := m.Graph(model.Training, model.Shape{B: 1, N: 5, M: 3}).Batch
	b.Labels["caption"][1], b.Labels["tok_semseg@224"][0] = 7, 9
	// two rows of logits, and 196 patches of 768 numbers
	want := 3*(int64(8640+600+720)+16128+30000*12+4096*12) + 2*196*768*12
	if got := w.step(m, b); got != want {
		t.Errorf("step: %d, expected %d", got, want)
	}
}

// A caption of one token is worth one look; pictures are worth what is open in
// each step, twice.
func TestWorkOfGeneration(t *testing.T) {
	m := model.New(small())
	w := macsOf(m)
	_, worth, err := caption{2}.prepare(m)
	if err != nil {
		t.Fatal(err)
	}
	if got, want := worth(0), w.encode(197)+w.decode(197, 1)+w.decode(197, 2)+3*30000*12; got != want {
		t.Errorf("caption: %d, expected %d", got, want)
	}
	_, worth, err = picture{2}.prepare(m)
	if err != nil {
		t.Fatal(err)
	}
	// 98 tokens each; 20 words and the end, or one sentinel
	want := w.encode(21) + w.decode(21, 196) + w.encode(1) + w.decode(1, 196) + w.encode(119) + w.decode(119, 98) + w.encode(99) + w.decode(99, 98) + 2*294*16384*12
	if got := worth(0); got != want {
		t.Errorf("picture: %d, expected %d", got, want)
	}
}

// The sizes of the cases are those of the published models: parameters in
// millions, in the blocks and in all, and GFLOP within what masks decide.
func TestSizes(t *testing.T) {
	if testing.Short() {
		t.Skip("makes models of full size")
	}
	seen := map[string]bool{}
	for _, c := range All() {
		if seen[c.Name] || c.About == "" {
			t.Errorf("%q is there twice, or not described", c.Name)
		}
		seen[c.Name] = true
	}
	cfg := model.Published("4M-7", "Ti")
	cfg.Untied = false
	m := model.New(cfg)
	if trunk, all := m.Size(); math.Round(float64(trunk)/1e5) != 249 || math.Round(float64(all)/1e6) != 106 {
		t.Errorf("%d parameters, %d in the blocks, expected 106 M and 25 M", all, trunk)
	}
	// 12 tokens of 384 numbers in, 3 numbers of 384: order of size of a step
	b := m.Graph(model.Training, model.Shape{B: 1, N: tokens, M: tokens}).Batch
	if g := 2 * float64(macsOf(m).step(m, b)) / 1e9; g < 19 || g > 22 {
		t.Errorf("a step without logits is worth %.1f GFLOP", g)
	}
}

// The JSON object has the fields that the table is made of.
func TestJSON(t *testing.T) {
	b, err := json.Marshal(Result{Case: "x", Seconds: Seconds{1, 0.5, []float64{0.5, 1.5}}, GFLOP: 3, PeakRSS: 4, Threads: 2})
	if err != nil {
		t.Fatal(err)
	}
	if want := `{"case":"x","seconds":{"median":1,"best":0.5,"all":[0.5,1.5]},"gflop":3,"peak_rss_mb":4,"threads":2}`; string(b) != want {
		t.Errorf("%s, expected %s", b, want)
	}
}

// Wrong calls say what is wrong; a cancelled one ends.
func TestWrongCalls(t *testing.T) {
	if _, ok := Find("train_huge"); ok {
		t.Error("there is a case train_huge")
	}
	for _, n := range strings.Fields(Names()) {
		if c, ok := Find(n); !ok || c.Name != n {
			t.Errorf("%s is not found", n)
		}
	}
	fails := func(what string, f func()) {
		defer func() {
			if r := recover(); r == nil || !strings.Contains(fmt.Sprint(r), what) {
				t.Errorf("%v, expected a panic with %q", r, what)
			}
		}()
		f()
	}
	fails("an empty case", func() { Case{}.Run(context.Background(), 1) })
	fails("0 repetitions", func() { Case{job: caption{1}}.with(context.Background(), small(), 0, 0) })
	ctx, stop := context.WithCancel(context.Background())
	stop()
	if _, err := (Case{Name: "small", job: caption{1}}).with(ctx, small(), 1, 0); err == nil {
		t.Error("a cancelled run has no error")
	}
	cfg := small()
	cfg.Outputs = []string{"tok_clip@224"}
	if _, err := (Case{Name: "small", job: caption{1}}).with(context.Background(), cfg, 1, 0); err == nil || !strings.Contains(err.Error(), "no way from tok_rgb@224 to caption") {
		t.Errorf("a model without captions: %v", err)
	}
}

// Medians, and the generator's first numbers, which are those of the paper.
func TestNumbers(t *testing.T) {
	if a, b := median([]float64{3, 1, 2}), median([]float64{4, 1, 3, 2}); a != 2 || b != 2.5 {
		t.Errorf("medians %g and %g", a, b)
	}
	d := dice(1234567)
	if a, b := d.next(), d.next(); a != 6457827717110365317 || b != 3203168211198807973 {
		t.Errorf("%d, %d", a, b)
	}
	p := make([]float32, 7)
	d.Dirichlet(nil, p)
	sum := float32(0)
	for _, v := range p {
		sum += v
	}
	if slices.Min(p) < 0 || math.Abs(float64(sum)-1) > 1e-6 {
		t.Errorf("shares %v", p)
	}
}
