package model

// The official implementation's numbers: the same weights and inputs must
// give the same outputs, losses, gradients and training steps.

import (
	"fmt"
	"math"
	"path/filepath"
	"slices"
	"sort"
	"strings"
	"testing"

	G "gorgonia.org/gorgonia"

	"fourmlab/fourm/exec"
	"fourmlab/fourm/mask"
	"fourmlab/fourm/modality"
	"fourmlab/fourm/ops"
	"fourmlab/internal/fixture"
)

// words is a tokenizer that only has a vocabulary.
type words int

func (w words) Vocab() int                          { return int(w) }
func (w words) Encode(any) (modality.Tokens, error) { return modality.Tokens{}, nil }
func (w words) Decode(modality.Tokens) (any, error) { return nil, nil }

// reference is a fixture and the model made of its description.
type reference struct {
	Arch struct {
		Dim      int     `json:"dim"`
		Encoder  int     `json:"encoder_depth"`
		Decoder  int     `json:"decoder_depth"`
		Heads    int     `json:"num_heads"`
		MLP      float64 `json:"mlp_ratio"`
		Bias     bool    `json:"qkv_bias"`
		Gated    bool    `json:"gated_mlp"`
		QKNorm   bool    `json:"qk_norm"`
		Causal   bool    `json:"decoder_causal_mask"`
		Separate bool    `json:"decoder_sep_mask"`
		Register int     `json:"num_register_tokens"`
		Share    bool    `json:"share_modality_embeddings"`
	} `json:"arch"`
	Tied       bool                 `json:"share_embedding"`
	In         []string             `json:"domains_in"`
	Out        []string             `json:"domains_out"`
	N          int                  `json:"num_encoder_tokens"`
	M          int                  `json:"num_decoder_tokens"`
	Kept       []int                `json:"logits_positions"` // nil: all
	Modalities map[string]described `json:"modalities"`

	dir     string
	m       *Model
	batch   map[string]fixture.Tensor
	byShort map[string]string // official domain name by ours
}

// described is a modality of a fixture.
type described struct {
	Kind   string `json:"kind"`
	Size   []int  `json:"image_size"`
	Patch  int    `json:"patch_size"`
	Vocab  int    `json:"vocab_size"`
	Max    int    `json:"max_tokens"`
	SinCos *bool  `json:"sincos_pos_emb"`
	ID     int    `json:"id"`
}

// keepRegistry puts the modalities that a test replaces back.
func keepRegistry(t *testing.T) {
	t.Helper()
	var was []modality.Modality
	toks := map[string]modality.Tokenizer{}
	for _, n := range modality.Names() {
		was = append(was, modality.Lookup(n))
		toks[n] = modality.TokenizerOf(n)
	}
	t.Cleanup(func() {
		for _, m := range was {
			modality.Register(m)
			modality.SetTokenizer(m.Name, toks[m.Name])
		}
	})
}

// open builds the model of a fixture and gives it the fixture's weights.
func open(t *testing.T, name, weights, inputs string) *reference {
	t.Helper()
	r := &reference{dir: fixture.Path(t, "parity", name), byShort: map[string]string{}}
	fixture.JSON(t, filepath.Join(r.dir, "config.json"), r)
	if r.Arch.Dim == 0 { // a published model's folder: the modalities are 4M's own
		fixture.JSON(t, filepath.Join(r.dir, "config.json"), &r.Arch)
		fixture.JSON(t, filepath.Join(r.dir, "fixture.json"), r)
		r.Modalities = map[string]described{
			"rgb@224":        {Kind: "rgb", Size: []int{224, 224}, Patch: 16, ID: 20716},
			"tok_semseg@224": {Kind: "tok", Size: []int{224, 224}, Patch: 16, Vocab: 4096, ID: 12515},
		}
	}
	a := r.Arch
	if a.Bias || !a.Gated || a.QKNorm || a.Causal || !a.Separate || a.Register > 0 || !a.Share {
		t.Skipf("%s is no SwiGLU model without biases, with separate targets and shared modality embeddings", name)
	}
	for _, d := range r.Modalities {
		if d.SinCos != nil && !*d.SinCos {
			t.Skipf("%s has learned positions; the model has fixed ones only", name)
		}
	}
	keepRegistry(t)
	short := func(domain string) string {
		base, _, _ := strings.Cut(domain, "@")
		if m, ok := modality.Find(base); ok {
			return m.Name
		}
		return strings.TrimPrefix(base, "tok_")
	}
	for domain, d := range r.Modalities {
		m := modality.Modality{Name: short(domain), Kind: modality.Image, Vocab: d.Vocab, Patch: d.Patch}
		if d.Kind == "seq" {
			m = modality.Modality{Name: short(domain), Official: domain, Kind: modality.Sequence, MaxTokens: d.Max}
		} else {
			m.Size = d.Size[0]
		}
		if m.Name == "rgb" {
			m.Pixels, m.Vocab = true, r.Modalities["tok_"+strings.TrimPrefix(domain, "tok_")].Vocab
		}
		if modality.ID(domain) != d.ID {
			t.Errorf("id of %s is %d, expected %d", domain, modality.ID(domain), d.ID)
		}
		modality.Register(m)
		if d.Kind != "rgb" {
			modality.SetTokenizer(m.Name, words(d.Vocab))
		}
	}
	c := Config{Dim: a.Dim, Heads: a.Heads, Encoder: a.Encoder, Decoder: a.Decoder, MLP: a.MLP, Untied: !r.Tied}
	ours := func(domain string) string {
		n, _, _ := strings.Cut(domain, "@")
		if r.Modalities[domain].Kind == "seq" {
			n = short(domain)
		}
		r.byShort[n] = domain
		return n
	}
	for _, d := range r.In {
		c.Inputs = append(c.Inputs, ours(d))
	}
	for _, d := range r.Out {
		c.Outputs = append(c.Outputs, ours(d))
	}
	r.m = New(c)
	r.load(t, fixture.Tensors(t, filepath.Join(r.dir, weights)))
	r.batch = fixture.Tensors(t, filepath.Join(r.dir, inputs))
	return r
}

// load fills the parameters by their official names, and checks our position
// tables against the official ones.
func (r *reference) load(t *testing.T, file map[string]fixture.Tensor) {
	t.Helper()
	used := map[string]bool{}
	for _, p := range r.m.Params {
		x, ok := file[p.Name]
		if !ok || !slices.Equal(x.Shape, p.Shape) {
			t.Fatalf("the fixture has %s as %v, the model as %v", p.Name, x.Shape, p.Shape)
		}
		copy(p.Data, x.F)
		used[p.Name] = true
	}
	for name, x := range file {
		pre, rest, _ := strings.Cut(strings.TrimPrefix(strings.TrimPrefix(name, "encoder_embeddings."), "decoder_embeddings."), ".")
		switch {
		case used[name]:
		case strings.HasSuffix(name, ".bias") && strings.Contains(name, "norm"):
			if slices.ContainsFunc(x.F, func(v float32) bool { return v != 0 }) {
				t.Errorf("%s of a model without biases is not zero", name)
			}
		case rest == "pos_emb":
			for ours, official := range r.byShort {
				if official != pre {
					continue
				}
				table := r.m.pos[ours]
				if d := distance(table, x.F[:len(table)]); d > 1e-6 {
					t.Errorf("positions of %s differ by %g", pre, d)
				}
			}
		case rest == "mod_emb" && slices.Equal(x.F, file["encoder_embeddings."+pre+".mod_emb"].F):
		case rest == "to_logits.weight" && slices.Equal(x.F, file["decoder_embeddings."+pre+".token_emb.weight"].F):
		case rest == "token_emb.weight" && r.m.Config.Untied: // of images: never read
		default:
			t.Errorf("nothing in the model is %s", name)
		}
	}
}

// samples gives the fixture's batch as masked samples.
func (r *reference) samples() []mask.Masked {
	n := 0
	for _, x := range r.batch {
		n = x.Shape[0]
	}
	out := make([]mask.Masked, n)
	for i := range out {
		out[i] = mask.Masked{Sample: modality.Sample{Key: fmt.Sprint(i), Values: map[string]any{}}}
		for ours, domain := range r.byShort {
			d, _ := modality.Find(ours)
			x := r.batch[domain+".tensor"]
			row := func(what string) []int {
				v := r.batch[domain+"."+what]
				return v.I[i*v.Shape[1] : (i+1)*v.Shape[1]]
			}
			in, target := row("input_mask"), row("target_mask")
			p := mask.Part{Domain: ours, Modality: d.Name}
			if d.Kind == modality.Sequence {
				ids := x.I[i*len(in) : (i+1)*len(in)]
				p.In.IDs, p.Out.IDs = []int{}, []int{}
				for k, id := range ids {
					if in[k] == 0 {
						p.In.IDs = append(p.In.IDs, id)
					}
					if target[k] == 0 {
						p.Out.IDs = append(p.Out.IDs, id)
					}
				}
				out[i].Parts = append(out[i].Parts, p)
				continue
			}
			for k := range in {
				p.Input, p.Target = append(p.Input, in[k] == 0), append(p.Target, target[k] == 0)
			}
			if x.F != nil { // pixels, normalised and channel by channel
				p.Pixels = true
				pic := modality.NewPicture(d.Size, d.Size, 3)
				mean, dev := [3]float64{0.485, 0.456, 0.406}, [3]float64{0.229, 0.224, 0.225}
				for y := range d.Size {
					for z := range d.Size {
						for c := range 3 {
							v := float64(x.F[((i*3+c)*d.Size+y)*d.Size+z])
							pic.Set(y, z, c, float32(v*dev[c]+mean[c]))
						}
					}
				}
				out[i].Sample.Values[d.Name] = pic
			} else {
				p.Tokens.IDs = x.I[i*len(in) : (i+1)*len(in)]
			}
			out[i].Parts = append(out[i].Parts, p)
		}
	}
	return out
}

func distance(a, b []float32) float64 {
	d := 0.0
	for i := range a {
		d = math.Max(d, math.Abs(float64(a[i])-float64(b[i])))
	}
	if len(a) != len(b) {
		return math.Inf(1)
	}
	return d
}

// report collects differences in units of their tolerances.
type report struct {
	t     *testing.T
	worst map[string]float64
	count map[string]int
}

func (r *report) check(group, what string, diff, tolerance float64) {
	if r.worst == nil {
		r.worst, r.count = map[string]float64{}, map[string]int{}
	}
	r.worst[group] = max(r.worst[group], diff/tolerance)
	r.count[group]++
	if !(diff <= tolerance) {
		r.t.Errorf("%s differs by %.3g, tolerance %.3g", what, diff, tolerance)
	}
}

func (r *report) log() {
	var groups []string
	for g := range r.worst {
		groups = append(groups, g)
	}
	sort.Strings(groups)
	for _, g := range groups {
		r.t.Logf("%-12s %3d compared, largest difference %.3f of its tolerance", g, r.count[g], r.worst[g])
	}
}

// tokenWeights are the shares of the domains in the official loss "token":
// those of their numbers of logits (summary B11).
func tokenWeights(n *Net) []float32 {
	var w []float32
	sum := float32(0)
	for _, d := range n.m.Out {
		w = append(w, float32(n.Counts(d.Name)*d.Vocab))
		sum += w[len(w)-1]
	}
	for i := range w {
		w[i] /= sum
	}
	return w
}

// Outputs, losses and gradients are those of the official implementation, by
// our machine and by gorgonia's own.
func TestParity(t *testing.T) {
	for _, name := range []string{"fm_swiglu_nobias", "fm_hf_config", "fm_small_activations", "fm_gelu_bias", "fm_qknorm_causal", "fm_nonsquare_t5_registers"} {
		t.Run(name, func(t *testing.T) {
			r := open(t, name, "model.safetensors", "inputs.safetensors")
			want := fixture.Tensors(t, filepath.Join(r.dir, "expected.safetensors"))
			forward, backward := r.tolerances(t)
			samples := r.samples()
			n := r.m.build(Shape{B: len(samples), N: r.N, M: r.M}, "evaluate")
			if err := r.m.Fill(n.Batch, samples); err != nil {
				t.Fatal(err)
			}
			// gradients are of the fixture's loss, where it has them
			loss := n.loss
			var grads G.Nodes
			var wantGrads map[string]fixture.Tensor
			if backward != nil {
				wantGrads = fixture.Tensors(t, filepath.Join(r.dir, "grads_token.safetensors"))
				var all []*G.Node
				for _, d := range r.m.Out {
					all = append(all, n.losses[d.Name])
				}
				loss = ops.Sum(tokenWeights(n), all...)
				var wrt G.Nodes
				for _, p := range r.m.Params {
					wrt = append(wrt, n.param(p.Name))
				}
				var err error
				if grads, err = G.Grad(loss, wrt...); err != nil {
					t.Fatal(err)
				}
			}
			outputs := append(G.Nodes{n.encoded, n.context, n.out, n.loss, loss}, grads...)
			for _, d := range r.m.Out {
				outputs = append(outputs, n.losses[d.Name])
			}
			machine, err := exec.New(n.g, outputs...)
			if err != nil {
				t.Fatal(err)
			}
			if err := machine.RunAll(); err != nil {
				t.Fatal(err)
			}
			values := map[*G.Node][]float32{}
			for _, o := range outputs {
				values[o] = machine.Floats(o)
			}
			t.Run("exec", func(t *testing.T) { r.compare(t, n, loss, grads, values, want, wantGrads, forward, backward) })

			got := make([]G.Value, len(outputs))
			for i, o := range outputs {
				G.Read(o, &got[i])
			}
			vm := G.NewTapeMachine(n.g)
			defer vm.Close()
			if err := vm.RunAll(); err != nil {
				t.Fatal(err)
			}
			for i, o := range outputs {
				values[o] = ops.ArgOf(got[i]).F
			}
			t.Run("tape machine", func(t *testing.T) { r.compare(t, n, loss, grads, values, want, wantGrads, forward, backward) })
		})
	}
}

func (r *reference) compare(t *testing.T, n *Net, loss *G.Node, grads G.Nodes, got map[*G.Node][]float32, want, wantGrads map[string]fixture.Tensor, forward, backward map[string]float64) {
	rep := &report{t: t}
	defer rep.log()
	d := r.m.Config.Dim
	// encoder rows lie alike; decoder rows are ours in the order of the
	// domains, theirs in an order of their own
	for b := range n.B {
		visible := int(n.EncSpan[2*b*n.N+1])
		for _, x := range []struct {
			name string
			node *G.Node
		}{{"encoder_output", n.encoded}, {"context", n.context}} {
			rows := func(v []float32) []float32 { return v[b*n.N*d : (b*n.N+visible)*d] }
			rep.check(x.name, x.name, distance(rows(got[x.node]), rows(want[x.name].F)), forward[x.name])
		}
		for i := range n.N {
			id := -1
			if k := n.EncMod[2*(b*n.N+i)]; k >= 0 {
				id = modality.ID(r.byShort[r.m.In[k].Name])
			}
			if w := want["encoder_mod_mask"].I[b*n.N+i]; id != w {
				t.Fatalf("sample %d, encoder token %d has modality %d, expected %d", b, i, id, w)
			}
		}
		theirs := map[int][]int{} // rows by modality
		for i := range n.M {
			if id := want["decoder_mod_mask"].I[b*n.M+i]; id >= 0 {
				theirs[id] = append(theirs[id], i)
			}
		}
		for i := range n.M {
			k := n.DecMod[2*(b*n.M+i)]
			if k < 0 {
				continue
			}
			dom := r.m.Out[k]
			official := r.byShort[dom.Name]
			id := modality.ID(official)
			if len(theirs[id]) == 0 {
				t.Fatalf("sample %d: more targets of %s than expected", b, official)
			}
			at := b*n.M + theirs[id][0]
			theirs[id] = theirs[id][1:]
			mine := got[n.out][(b*n.M+i)*d : (b*n.M+i+1)*d]
			rep.check("decoder_output", "decoder_output", distance(mine, want["decoder_output"].F[at*d:(at+1)*d]), forward["decoder_output"])
			if l := int(n.Labels[dom.Name][b*n.M+i]); l != want["target_ids"].I[at] {
				t.Fatalf("sample %d, target %d of %s is %d, expected %d", b, i, official, l, want["target_ids"].I[at])
			}
			logits := make([]float32, dom.Vocab)
			for v := range logits {
				for j, h := range r.m.Head(dom)[v*d : (v+1)*d] {
					logits[v] += h * mine[j]
				}
			}
			// where logits of some positions are kept, others are left out
			row, rows := theirRow(r.Kept, at-b*n.M), n.M
			if r.Kept != nil {
				rows = len(r.Kept)
			}
			if row >= 0 {
				l := "logits." + official
				from := (b*rows + row) * dom.Vocab
				rep.check("logits", l, distance(logits, want[l].F[from:from+dom.Vocab]), forward[l])
			}
		}
		for id, left := range theirs {
			if len(left) > 0 {
				t.Fatalf("sample %d: %d targets of modality %d are missing", b, len(left), id)
			}
		}
	}
	one := func(name string, node *G.Node) {
		rep.check("losses", name, math.Abs(float64(got[node][0]-want[name].F[0])), max(forward[name], 1e-30))
	}
	one("loss.mod", n.loss)
	if loss != n.loss {
		one("loss.token", loss)
	}
	for _, dom := range r.m.Out {
		one("mod_loss."+r.byShort[dom.Name], n.losses[dom.Name])
	}
	seen := map[string]bool{}
	for i, g := range grads {
		name := r.m.Params[i].Name
		seen[name] = true
		rep.check("gradients", name, distance(got[g], wantGrads[name].F), max(backward[name], 1e-12))
	}
	for name, x := range wantGrads {
		if !seen[name] && slices.ContainsFunc(x.F, func(v float32) bool { return v != 0 }) {
			t.Errorf("the official model has a gradient for %s, ours none", name)
		}
	}
}

// theirRow gives the place among the kept positions, or -1.
func theirRow(kept []int, at int) int {
	if kept == nil {
		return at
	}
	return slices.Index(kept, at)
}

// tolerances reads those of forward values and of gradients; the latter are
// nil where the fixture has no gradients.
func (r *reference) tolerances(t *testing.T) (forward, backward map[string]float64) {
	t.Helper()
	path := filepath.Join(r.dir, "noise.json")
	if r.Kept != nil {
		var flat struct {
			Tolerance map[string]float64 `json:"recommended_abs_tol"`
		}
		fixture.JSON(t, path, &flat)
		return flat.Tolerance, nil
	}
	var noise struct {
		Tolerance map[string]map[string]float64 `json:"recommended_abs_tol"`
	}
	fixture.JSON(t, path, &noise)
	return noise.Tolerance["forward"], noise.Tolerance["grads.token"]
}

// Five steps of AdamW end at the official weights, by way of the official
// losses, gradient norms and learning rates.
func TestTrainingParity(t *testing.T) {
	r := open(t, "train_swiglu_nobias", "model_init.safetensors", "batch_0.safetensors")
	want := fixture.Tensors(t, filepath.Join(r.dir, "final_params.safetensors"))
	var expected struct {
		Steps []struct {
			LR     float64              `json:"lr"`
			Losses []float64            `json:"losses"`
			Mod    []map[string]float64 `json:"mod_losses"`
			Norm   float64              `json:"grad_norm_before_clip"`
		} `json:"steps_f64"`
	}
	fixture.JSON(t, filepath.Join(r.dir, "expected.json"), &expected)
	var groups struct {
		Groups map[string]struct {
			Decay  float64  `json:"weight_decay"`
			Params []string `json:"params"`
		} `json:"param_groups"`
	}
	fixture.JSON(t, filepath.Join(r.dir, "config.json"), &groups)
	decays := map[string]bool{}
	for _, g := range groups.Groups {
		for _, p := range g.Params {
			decays[p] = g.Decay > 0
		}
	}
	samples := r.samples()
	n := r.m.Train(Shape{B: len(samples), N: r.N, M: r.M})
	if err := r.m.Fill(n.Batch, samples); err != nil {
		t.Fatal(err)
	}
	rep := &report{t: t}
	defer rep.log()
	opt := exec.AdamW{Decay: 0.05}
	for i, s := range expected.Steps {
		if err := n.Machine.RunAll(); err != nil {
			t.Fatal(err)
		}
		rep.check("losses", fmt.Sprintf("loss of step %d", i), math.Abs(n.Loss()-s.Losses[0]), 1e-5)
		for _, d := range r.m.Out {
			official := r.byShort[d.Name]
			rep.check("losses", fmt.Sprintf("loss of %s in step %d", official, i), math.Abs(n.DomainLoss(d.Name)-s.Mod[0][official]), 1e-5)
		}
		var params, grads [][]float32
		var decay []bool
		for k, p := range r.m.Params {
			params, grads, decay = append(params, p.Data), append(grads, n.Grad(k)), append(decay, p.Decays())
			if d, ok := decays[p.Name]; !ok || d != p.Decays() {
				t.Fatalf("%s decays: %v, expected %v", p.Name, p.Decays(), d)
			}
		}
		norm := exec.Norm(grads)
		rep.check("norms", fmt.Sprintf("gradient norm of step %d", i), math.Abs(norm-s.Norm), 5e-5*s.Norm)
		opt.Apply(params, grads, decay, s.LR, norm, 1)
	}
	for _, p := range r.m.Params {
		top := 0.0
		for _, v := range want[p.Name].F {
			top = max(top, math.Abs(float64(v)))
		}
		rep.check("parameters", p.Name, distance(p.Data, want[p.Name].F), 1e-4*top)
	}
}
