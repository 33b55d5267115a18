package fourm_test

import (
	"math"
	"regexp"
	"strings"
	"testing"
	"time"

	"fourmlab/datasets"
	"fourmlab/datasets/augment"
	"fourmlab/fourm"
	"fourmlab/fourm/generate"
	"fourmlab/fourm/modality"
	"fourmlab/fourm/text"
	"fourmlab/internal/fault"
	"fourmlab/internal/memory"
)

// Numbers that no memory holds are refused by name, with their value and the
// bytes they would need beside those that there are: at once, in a line, and
// before anything is made. Those that wrap around are no smaller for it.
func TestNumbersTooLarge(t *testing.T) {
	if total, _ := memory.Machine(); total == 0 {
		t.Skip("the system does not tell how much memory it has")
	}
	ds := datasets.Scenes(12, 1)
	fourm.TrainVocabulary(ds)
	config := func(change func(c *fourm.Config)) fourm.Config {
		c := fourm.Tiny("caption")
		c.Dim, c.Encoder, c.Decoder = 16, 1, 1
		if change != nil {
			change(&c)
		}
		return c
	}
	m := fourm.New(config(nil))
	s := ds.MustSample(0)
	model := func(change func(c *fourm.Config)) func() { return func() { fourm.New(config(change)) } }
	train := func(o fourm.Train) func() { return func() { m.Train(ds, o) } }
	tokenizer := func(v fourm.VQ) func() { return func() { fourm.TrainTokenizer(ds, "depth", v) } }
	none := func(any) {}
	bytes := regexp.MustCompile(` needs (over 1000 EB|[0-9.]+ [TPE]B|[0-9.]+ GB) of memory, [0-9.]+ [kMGT]B are free$`)
	for _, c := range []struct {
		what, names string // what the sentence must name
		plain       bool   // it is no matter of bytes
		f           func()
	}{
		{"dim", "dim 1048576", false, model(func(c *fourm.Config) { c.Dim = 1 << 20 })},
		{"dim", "dim 1099511627776", false, model(func(c *fourm.Config) { c.Dim = 1 << 40 })},
		{"dim that wraps around", "dim 4611686018427387904", false, model(func(c *fourm.Config) { c.Dim = 1 << 62 })},
		{"encoder", "encoder 1073741824", false, model(func(c *fourm.Config) { c.Encoder = 1 << 30 })},
		{"encoder that wraps around", "encoder 4611686018427387904", false, model(func(c *fourm.Config) { c.Encoder = 1 << 62 })},
		{"decoder", "decoder 1073741824", false, model(func(c *fourm.Config) { c.Decoder = 1 << 30 })},
		{"mlp", "mlp 1e+09", false, model(func(c *fourm.Config) { c.MLP = 1e9 })},
		{"mlp beyond whole numbers", "mlp 1e+300", false, model(func(c *fourm.Config) { c.MLP = 1e300 })},
		{"mlp that is no number", "mlp NaN", true, model(func(c *fourm.Config) { c.MLP = math.NaN() })},
		{"registers", "registers 1099511627776", false, model(func(c *fourm.Config) { c.Registers = 1 << 40 })},
		{"heads", "1099511627776 heads", true, model(func(c *fourm.Config) { c.Heads = 1 << 40 })},

		{"batch", "batch 100000000 ", false, train(fourm.Train{Batch: 100000000})},
		{"batch that wraps around", "batch 4611686018427387904 ", false, train(fourm.Train{Batch: 1 << 62})},
		{"steps", "steps 4611686018427387904 ", true, train(fourm.Train{Steps: 1 << 62})},
		{"accum", "accum 4611686018427387904 ", true, train(fourm.Train{Accum: 1 << 62})},
		{"rates of many steps", "steps 1099511627776", false, func() { none(fourm.Train{Steps: 1 << 40}.Rates()) }},
		{"decays of many steps", "steps 4611686018427387904", false, func() { none(fourm.Train{Steps: 1 << 62}.Decays()) }},

		{"vocab", "vocab 1099511627776", false, tokenizer(fourm.VQ{Vocab: 1 << 40})},
		{"vq dim", "dim 1048576", false, tokenizer(fourm.VQ{Dim: 1 << 20})},
		{"vq dim that wraps around", "dim 4611686018427387904", false, tokenizer(fourm.VQ{Dim: 1 << 62})},
		{"vq depth", "depth 1073741824", false, tokenizer(fourm.VQ{Depth: 1 << 30})},
		{"vq latent", "latent 1099511627776", false, tokenizer(fourm.VQ{Latent: 1 << 40})},
		{"vq batch", "batch 1099511627776", false, tokenizer(fourm.VQ{Batch: 1 << 40})},

		{"a picture of a modality", "1099511627776", true, func() { fourm.Register(fourm.Modality{Name: "large", Height: 1 << 40}) }},
		{"pixels of a modality", "1048576x1048576", true, func() { fourm.Register(fourm.Modality{Name: "large", Height: 1 << 20}) }},
		{"channels", "4611686018427387904", true, func() { fourm.Register(fourm.Modality{Name: "large", Channels: 1 << 62}) }},
		{"channels of large pictures", "64x64x1073741824", false, func() { fourm.Register(fourm.Modality{Name: "large", Channels: 1 << 30}) }},
		{"tokens of a text", "1125899906842624", true, func() { fourm.Register(fourm.Modality{Name: "large", Kind: fourm.Sequence, MaxTokens: 1 << 50}) }},
		{"symbols", "1152921504606846976", true, func() { fourm.Register(fourm.Modality{Name: "large", Kind: fourm.Symbols, Vocab: 1 << 60}) }},
		{"vectors", "1125899906842624", true, func() { fourm.Register(fourm.Modality{Name: "large", Kind: fourm.Vectors, Dim: 1 << 50}) }},

		{"results", "1099511627776 results", false, func() { m.Vary(s, fourm.Chain().Then("caption", 1), 1<<40) }},
		{"samples to search", "1099511627776 samples", false, func() { m.Retrieve(s, datasets.Scenes(1<<40, 1), 3) }},
		{"samples to evaluate on", "1099511627776 samples", false, func() { m.Eval(datasets.Scenes(1<<40, 1), "caption->caption") }},
		{"scenes split", "1099511627776 samples", false, func() { datasets.Scenes(1<<40, 1).Split("train") }},
		{"scenes' head", "4611686018427387904 samples", false, func() { datasets.Scenes(1<<62, 1).Head(1 << 62) }},
		{"scenes' keys", "4611686018427387904 keys", false, func() { datasets.Scenes(1<<62, 1).Keys() }},
		{"a picture", "1048576x1048576x3", false, func() { modality.NewPicture(1<<20, 1<<20, 3) }},
		{"a picture that wraps around", "4611686018427387904x4x1", false, func() { modality.NewPicture(1<<62, 4, 1) }},
		{"bytes", "1048576x1048576x3", false, func() { augment.NewBytes(1<<20, 1<<20, 3) }},
		{"windows", "1099511627776 windows", false, func() { augment.Rows(nil, 10, 10, 1<<40, 0) }},
		{"a schedule", "1099511627776 steps", false, func() { generate.LinearTokens(1<<40, 1<<40) }},
		{"the official schedule", "1099511627776 steps", false, func() { generate.OfficialCosine(1<<40, 10) }},
		{"points", "1.20893e+24 points", false, func() { text.GridPoints(1<<40, 10, 10) }},
		{"orders", "1099511627776 people", false, func() { text.PoseOrders(1<<40, nil) }},
	} {
		began := time.Now()
		err := func() (err error) {
			defer fault.Catch(&err)
			c.f()
			return nil
		}()
		switch {
		case err == nil:
			t.Errorf("%s: not refused", c.what)
		case !strings.Contains(err.Error(), c.names) || strings.Contains(err.Error(), "\n") || len(err.Error()) > 300:
			t.Errorf("%s: %v, expected a line that names %q", c.what, err, c.names)
		case !c.plain && !bytes.MatchString(err.Error()):
			t.Errorf("%s: %v, expected the bytes it needs and those that there are", c.what, err)
		}
		if spent := time.Since(began); spent > 10*time.Second {
			t.Errorf("%s took %v", c.what, spent)
		}
	}
	if len(m.Train(ds, fourm.Train{Steps: 1, Batch: 2, Quiet: true, Mask: fourm.Mask{In: 1 << 40}}).Points) > 0 {
		t.Error("a budget of 2^40 tokens was drawn")
	}
}

// A picture whose shape wraps around to the number of its pixels is none.
func TestShapesThatWrapAround(t *testing.T) {
	m := fourm.Lookup("depth")
	for _, p := range []fourm.Picture{{H: 1 << 62, W: 4, C: 1}, {H: 1 << 32, W: 1 << 32, C: 1}, {H: -1, W: -4, C: 1, Pix: make([]float32, 4)}} {
		if _, err := m.AsPicture(&p); err == nil {
			t.Errorf("a picture of %dx%dx%d with %d numbers is taken", p.H, p.W, p.C, len(p.Pix))
		}
	}
}
