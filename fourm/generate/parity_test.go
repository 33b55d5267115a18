package generate

// Decoding against the official implementation: the same weights, conditions
// and noise must decide the same tokens in every step.

import (
	"context"
	"fmt"
	"math"
	"path/filepath"
	"sort"
	"strings"
	"testing"

	"fourmlab/fourm/mask"
	"fourmlab/fourm/modality"
	"fourmlab/fourm/model"
	"fourmlab/fourm/text"
	"fourmlab/internal/fixture"
)

// decoding is a case of the fixture.
type decoding struct {
	Name     string   `json:"name"`
	Cond     []string `json:"cond"`
	TopK     float64  `json:"top_k"`
	TopP     float64  `json:"top_p"`
	Kinds    []string `json:"tape_kinds"`
	Schedule []struct {
		Target string   `json:"target_domain"`
		Scheme string   `json:"scheme"`
		Tokens int      `json:"num_tokens"`
		Temp   float64  `json:"temperature"`
		Guide  any      `json:"cfg_scale"`
		By     []string `json:"cfg_cond_domains"`
	} `json:"schedule"`
}

// tapes reads the recorded noise of a case in order of its use.
type tapes struct {
	in   map[string]fixture.Tensor
	name string
	kind []string
	at   int
}

func (x *tapes) next() fixture.Tensor {
	t := x.in[fmt.Sprintf("%s.tape%d.%s", x.name, x.at, x.kind[x.at])]
	x.at++
	return t
}

// pick draws the official way: the largest ratio of probability to noise.
func pick(logits []float32, temp, topP float64, topK int, noise []float32) (id int, p float64) {
	ids, probs := choices(logits, temp, topP, topK)
	best := -1.0
	for i := range ids {
		r := 1.0
		if noise != nil {
			r = probs[i] / float64(noise[ids[i]])
		}
		if r > best {
			best, id, p = r, ids[i], probs[i]
		}
	}
	return id, p
}

// official registers the fixture's modalities and gives its model, the
// domains by official name, and its tensors.
func official(t *testing.T) (m *model.Model, domains map[string]modality.Domain, cases []decoding, in, out map[string]fixture.Tensor) {
	dir := fixture.Path(t, "parity", "gen_swiglu")
	var f struct {
		Cases []decoding `json:"cases"`
		Arch  struct {
			Dim     int `json:"dim"`
			Encoder int `json:"encoder_depth"`
			Decoder int `json:"decoder_depth"`
			Heads   int `json:"num_heads"`
		} `json:"arch"`
		In         []string `json:"domains_in"`
		Out        []string `json:"domains_out"`
		Modalities map[string]struct {
			Vocab int `json:"vocab_size"`
			Max   int `json:"max_tokens"`
		} `json:"modalities"`
	}
	fixture.JSON(t, filepath.Join(dir, "config.json"), &f)
	var learned []string
	for i := range 160 - 4 - 40 - 4*2 {
		learned = append(learned, fmt.Sprint("w", i))
	}
	words := text.NewVocab(40, 2, learned)
	c := model.Config{Dim: f.Arch.Dim, Heads: f.Arch.Heads, Encoder: f.Arch.Encoder, Decoder: f.Arch.Decoder}
	short := func(name string) string {
		base, _, _ := strings.Cut(name, "@")
		if base == "det" {
			return "box"
		}
		return strings.TrimPrefix(base, "tok_")
	}
	for name, d := range f.Modalities {
		n := short(name)
		was, had := modality.Find(n)
		tok := modality.TokenizerOf(n)
		t.Cleanup(func() {
			if had {
				modality.Register(was)
				modality.SetTokenizer(n, tok)
			}
		})
		x := modality.Modality{Name: n, Size: 64, Patch: 16, Vocab: d.Vocab, Pixels: n == "rgb"}
		switch {
		case name == "rgb@64":
			x.Vocab = f.Modalities["tok_rgb@64"].Vocab
		case !strings.HasPrefix(name, "tok_"):
			x = modality.Modality{Name: n, Official: name, Kind: modality.Sequence, MaxTokens: d.Max}
		}
		modality.Register(x)
		if x.Kind == modality.Sequence {
			modality.SetTokenizer(n, &text.Tokenizer{Words: words, Of: modality.Lookup(n)})
		} else {
			modality.SetTokenizer(n, levels{m: modality.Lookup(n)})
		}
	}
	ours := func(name string) string {
		if base, _, _ := strings.Cut(name, "@"); base != "det" {
			return base
		}
		return "box"
	}
	for _, n := range f.In {
		c.Inputs = append(c.Inputs, ours(n))
	}
	for _, n := range f.Out {
		c.Outputs = append(c.Outputs, ours(n))
	}
	m = model.New(c)
	domains = map[string]modality.Domain{}
	for i, n := range f.In {
		domains[n] = m.In[i]
	}
	weights := fixture.Tensors(t, filepath.Join(dir, "model.safetensors"))
	for _, p := range m.Params {
		x, ok := weights[p.Name]
		if !ok || len(x.F) != len(p.Data) {
			t.Fatalf("the fixture has %d numbers of %s, the model %d", len(x.F), p.Name, len(p.Data))
		}
		copy(p.Data, x.F)
	}
	return m, domains, f.Cases, fixture.Tensors(t, filepath.Join(dir, "inputs.safetensors")), fixture.Tensors(t, filepath.Join(dir, "expected.safetensors"))
}

// row gives sample b of a tensor.
func row(x fixture.Tensor, b int) []int {
	n := len(x.I) / x.Shape[0]
	return x.I[b*n : (b+1)*n]
}

func open(mask []int) []bool {
	out := make([]bool, len(mask))
	for i, m := range mask {
		out[i] = m == 0
	}
	return out
}

// Every step of MaskGIT, ROAR and autoregressive decoding, with and without
// filters and guidance, decides what the official code decides.
func TestDecodingParity(t *testing.T) {
	m, domains, cases, in, out := official(t)
	ctx := context.Background()
	decided := 0
	for _, c := range cases {
		guide, single := c.Schedule[0].Guide.(float64)
		switch {
		case !single:
			t.Logf("%s: left out, it weighs several conditions", c.Name)
			continue
		case guide != 1 && c.Schedule[0].Scheme == "roar":
			t.Logf("%s: left out, its two passes look at different positions (inventory 6.4)", c.Name)
			continue
		case len(c.Schedule) > 1 && c.Schedule[len(c.Schedule)-1].Target != c.Schedule[0].Target:
			t.Logf("%s: its first stage alone is compared", c.Name)
		}
		states := make([]*state, 2)
		for b := range states {
			st := &state{m: m, s: modality.Sample{Values: map[string]any{}}}
			for _, name := range c.Cond {
				d := domains[name]
				p := mask.Part{Domain: d.Name, Modality: d.Modality, Pixels: d.Pixels}
				visible := open(row(in[c.Name+".start."+name+".input_mask"], b))
				switch raw := in["raw."+name]; {
				case d.Pixels:
					pic := modality.NewPicture(64, 64, 3)
					mean, dev := [3]float64{0.485, 0.456, 0.406}, [3]float64{0.229, 0.224, 0.225}
					for i := range pic.Pix {
						ch := i % 3
						pic.Pix[i] = float32(float64(raw.F[(b*3+ch)*64*64+i/3])*dev[ch] + mean[ch])
					}
					st.s.Values[d.Modality] = pic
					p.Input, p.Target = visible, make([]bool, d.Max)
				case d.Kind == modality.Sequence:
					p.In.IDs = []int{}
					for i, id := range row(raw, b) {
						if visible[i] {
							p.In.IDs = append(p.In.IDs, id)
						}
					}
				default:
					p.Tokens.IDs, p.Input, p.Target = row(raw, b), visible, make([]bool, d.Max)
				}
				st.known = append(st.known, p)
			}
			// officially the prompts of later targets are visible from the start
			for _, step := range c.Schedule {
				if d := domains[step.Target]; d.Kind == modality.Sequence && step.Target != c.Schedule[0].Target {
					first := m.Tokenizers[d.Modality].(*text.Tokenizer).Words.Sentinel(1)
					st.known = append(st.known, mask.Part{Domain: d.Name, Modality: d.Modality, In: modality.Tokens{IDs: []int{first}}})
				}
			}
			states[b] = st
		}
		d := domains[c.Schedule[0].Target]
		k := int(c.TopK)
		if c.TopK < 1 {
			k = int(c.TopK * float64(d.Vocab))
		}
		tape := &tapes{in: in, name: c.Name, kind: c.Kinds}
		if d.Kind == modality.Sequence {
			decided += followText(t, ctx, c, d, states, tape, k, guide, out)
			continue
		}
		now := [2]mask.Part{}
		for b := range now {
			now[b] = mask.Part{Domain: d.Name, Modality: d.Modality, Tokens: modality.Tokens{IDs: make([]int, d.Max)}, Input: make([]bool, d.Max), Target: make([]bool, d.Max)}
		}
		for s, step := range c.Schedule {
			if step.Target != c.Schedule[0].Target {
				break
			}
			want := out[fmt.Sprintf("%s.step%d.tensor", c.Name, s)]
			masks := out[fmt.Sprintf("%s.step%d.input_mask", c.Name, s)]
			var noise fixture.Tensor
			var order []int // ROAR's, the same for the whole batch
			if step.Scheme == "roar" {
				order = argsort(tape.next().F)
			}
			if step.Temp >= 1e-6 {
				noise = tape.next()
			}
			line := 0
			for b, st := range states {
				after := open(row(masks, b))
				var places, rows []int // asked positions as the official rows lie, and our row of each
				clear(now[b].Target)
				for _, at := range orNatural(order, d.Max) {
					if !now[b].Input[at] && (order == nil || len(places) < step.Tokens) {
						places, now[b].Target[at] = append(places, at), true
					}
				}
				for _, at := range places {
					n := 0
					for _, other := range places {
						if other < at {
							n++
						}
					}
					rows = append(rows, n)
				}
				logits := guided(t, ctx, st, d, now[b], len(places), guide, step.By, domains)
				if l := out[fmt.Sprintf("%s.logits_call%d", c.Name, s)]; guide == 1 && s < 2 {
					for i := range places {
						for v, x := range logits[rows[i]] {
							if diff := math.Abs(float64(x - l.F[(line+i)*d.Vocab+v])); diff > 3e-5 {
								t.Fatalf("%s, step %d, sample %d: logit %d at %d is off by %g", c.Name, s, b, v, places[i], diff)
							}
						}
					}
				}
				type choice struct {
					at, id int
					p      float64
				}
				var all []choice
				for i, at := range places {
					var q []float32
					if noise.F != nil {
						q = noise.F[(line+i)*d.Vocab : (line+i+1)*d.Vocab]
					}
					id, p := pick(logits[rows[i]], step.Temp, c.TopP, k, q)
					all = append(all, choice{at, id, p})
				}
				line += len(places)
				sort.SliceStable(all, func(i, j int) bool { return all[i].p > all[j].p })
				for _, x := range all[:step.Tokens] {
					now[b].Tokens.IDs[x.at], now[b].Input[x.at] = x.id, true
					decided++
				}
				for at, id := range row(want, b) {
					if after[at] != now[b].Input[at] || after[at] && id != now[b].Tokens.IDs[at] {
						t.Fatalf("%s, step %d, sample %d, position %d: %d decided %v, expected %d decided %v", c.Name, s, b, at, now[b].Tokens.IDs[at], now[b].Input[at], id, after[at])
					}
				}
			}
		}
	}
	t.Logf("%d tokens decided as officially", decided)
}

// guided gives the logits of a target. Guidance that empties some of the
// conditions only, which plans do not offer, is put together from two passes.
func guided(t *testing.T, ctx context.Context, st *state, d modality.Domain, part mask.Part, rows int, guide float64, by []string, domains map[string]modality.Domain) [][]float32 {
	t.Helper()
	look := func(st *state, w float64) [][]float32 {
		logits, err := st.logits(ctx, d, part, rows, w)
		if err != nil {
			t.Fatal(err)
		}
		return logits
	}
	if guide == 1 || len(by) == 0 || len(by) == len(st.known) {
		return look(st, guide)
	}
	less := *st
	less.known = append([]mask.Part{}, st.known...)
	for i, k := range less.known {
		for _, name := range by {
			if domains[name].Name == k.Domain {
				less.known[i] = st.emptied(k)
			}
		}
	}
	c, u := look(st, 1), look(&less, 1)
	for i := range c {
		for v := range c[i] {
			c[i][v] = u[i][v] + float32(guide)*(c[i][v]-u[i][v])
		}
	}
	return c
}

// argsort gives the places of x from the smallest to the largest.
func argsort(x []float32) []int {
	at := make([]int, len(x))
	for i := range at {
		at[i] = i
	}
	sort.SliceStable(at, func(i, j int) bool { return x[at[i]] < x[at[j]] })
	return at
}

// orNatural gives the order, or that of reading where there is none.
func orNatural(order []int, n int) []int {
	if order != nil {
		return order
	}
	return argsort(make([]float32, n))
}

// followText decodes a text token by token and compares it with the official
// one up to the sentinel that ends it.
func followText(t *testing.T, ctx context.Context, c decoding, d modality.Domain, states []*state, tape *tapes, topK int, guide float64, out map[string]fixture.Tensor) int {
	tok := states[0].m.Tokenizers[d.Modality].(*text.Tokenizer)
	first := tok.Words.Sentinel(1)
	want := out[c.Name+".step0.tensor"]
	ids, ended := [][]int{{first}, {first}}, [2]bool{}
	decided := 0
	for at := range want.Shape[1] {
		var noise fixture.Tensor
		temp := 0.0
		if tape.at < len(tape.kind) {
			noise, temp = tape.next(), c.Schedule[0].Temp
		}
		for b, st := range states {
			query := mask.Part{Domain: d.Name, Modality: d.Modality, In: tok.Tokens([]int{first}), Out: tok.Tokens(append(append([]int{}, ids[b]...), text.Pad))}
			logits := guided(t, ctx, st, d, query, len(ids[b]), guide, nil, nil)
			var q []float32
			if noise.F != nil {
				q = noise.F[b*d.Vocab : (b+1)*d.Vocab]
			}
			id, _ := pick(logits[len(ids[b])-1], temp, c.TopP, topK, q)
			ids[b] = append(ids[b], id)
			if ended[b] = ended[b] || tok.Words.IsSentinel(id); ended[b] {
				continue
			}
			if w := row(want, b)[at]; id != w {
				t.Fatalf("%s, sample %d, token %d is %d, expected %d of %v", c.Name, b, at, id, w, row(want, b))
			}
			decided++
		}
	}
	return decided
}
