package main

// One figure of every kind from one set.

import (
	"fmt"
	"strings"

	"fourmlab/datasets"
	"fourmlab/fourm"
	"fourmlab/fourm/vq"
	"fourmlab/viz"
)

// draw trains tokenizers, a model and a small ablation, and draws them.
func draw(s show, steps int, train, val, test *datasets.Set) plots {
	p := plots{of: s}
	add := func(name, call, about string, f *viz.Figure) {
		p.list = append(p.list, plot{name: name, call: call, about: about, fig: f})
	}
	first, others := s.modalities[0], s.modalities[1:]
	image := others[0] // what is looked at closely: an image, where another than the first is
	if fourm.Lookup(image).Kind != fourm.Image {
		image = first
	}

	var toks []*vq.Tokenizer
	for _, n := range s.modalities {
		if fourm.Lookup(n).Kind == fourm.Image {
			tok := fourm.TrainTokenizer(train, n, fourm.VQ{Vocab: 128, Steps: 300})
			toks = append(toks, tok)
		}
	}
	fourm.TrainVocabulary(train)
	tok := toks[0]

	sample := test.MustSample(s.sample)
	known := sample.Only(s.modalities...)
	mask := fourm.Mask{In: 48, Out: 48, InAlpha: 0.5, OutAlpha: 0.5, Seed: 4}
	cfg := fourm.Tiny(s.modalities...)
	cfg.Dim, cfg.Heads, cfg.Encoder, cfg.Decoder = 64, 4, 2, 2
	m := fourm.New(cfg)
	from := fourm.Mask{In: 64, Out: 64, InAlphas: map[string]float64{first: 1}, OutAlpha: 0.5}
	for _, n := range s.modalities {
		if n != first {
			from.InAlphas[n] = 0
		}
	}
	from.InAlphas["tok_"+first] = 0
	settings := fourm.Train{Steps: steps, Batch: 16, LR: 4e-3, Val: val, Seed: 1, Masks: []fourm.Mask{mask, from}}
	run := m.Train(train, settings)
	if run.Err != nil {
		panic(run.Err)
	}

	add("sample", "viz.Sample(s)", "One sample in all its modalities.", viz.Sample(sample))
	add("samples", "viz.Samples(ds, 5)", "Samples as rows, modalities as columns.", viz.Samples(test, 5))
	add("tokens", fmt.Sprintf("viz.Tokens(s.Tokens(%q))", image), "What a tokenizer makes of a picture: a colour an id.", viz.Tokens(sample.Tokens(image)))
	add("tokens_of_text", `viz.Tokens(s.Tokens("caption"))`, "The pieces of a text, with their ids.", viz.Tokens(sample.Tokens("caption")))
	add("tokens_on", fmt.Sprintf("viz.TokensOn(s.Picture(%q), s.Tokens(%q))", first, first), "The same over the picture.", viz.TokensOn(sample.Picture(first), sample.Tokens(first)))
	add("codebook", "viz.Codebook(tok, tok.Usage(ds)...)", "What each code looks like, the most used first.", viz.Codebook(tok, tok.Usage(test)...))
	add("code_use", "viz.CodeUse(tok.Usage(ds))", "How often each code is used; the fewer are dead, the better.", viz.CodeUse(tok.Usage(test)))
	add("diff", fmt.Sprintf("viz.Diff(s.Picture(%q), s.Tokens(%q).Picture(), %q)", image, image, image), "A picture beside what its tokens decode to, and where they differ.", viz.Diff(sample.Picture(image), sample.Tokens(image).Picture(), image))

	mk := m.Mask(mask).Draw(known)
	add("masks", "mk := m.Mask(mask).Draw(s); viz.Masks(mk)", "What a mask gives the model, and what it asks for.", viz.Masks(mk))
	add("mask_budget", "viz.MaskBudget(m.Mask(mask), 5000)", "How the alpha of a mask shares tokens out among the modalities.", viz.MaskBudget(m.Mask(mask), 5000))
	plan := fourm.Chain(first)
	for _, n := range others {
		plan.Then(n, 8).Temp(0.3)
	}
	add("schedule", "viz.Schedule(train, plan)", "What is settled beforehand: learning rate, tokens and temperature of the steps.", viz.Schedule(settings, backwards(s, image)))
	add("curves", "viz.Curves(run)", "The losses of a training, together and by modality.", viz.Curves(run))

	add("recon", "viz.Recon(s, mk, m.Reconstruct(mk))", "What the model makes of a masked sample, in one look.", viz.Recon(known, mk, m.Reconstruct(mk)))
	out := m.Generate(known, plan, 0)
	add("predict", "out := m.Generate(s, plan, 0); viz.Predict(out, s)", "What it predicts from one modality, over the truth.", viz.Predict(out, known))
	add("chain", "viz.Chain(out)", "The same as a chain, each stage with its settings.", viz.Chain(out))
	back := backwards(s, image)
	grown := m.Generate(known, back, 1)
	add("steps", "viz.Steps(out)", "How a picture is decoded, step by step.", viz.Steps(grown))
	add("variations", "viz.Variations(m.Vary(s, plan, 6))", "One condition, six seeds.", viz.Variations(m.Vary(known, back, 6)))
	add("guidance", "viz.Guidance(m.Sweep(s, plan, []float64{1, 2, 4}, []float64{0.3, 1, 2}))", "What the weight of guidance and the temperature do.", viz.Guidance(m.Sweep(known, back, []float64{1, 2, 4}, []float64{0.3, 1, 2})))
	add("grid", "viz.Grid(m.Grid(s))", "From each modality to each other one.", viz.Grid(m.Grid(known)))

	add("attention", "viz.Attention(m.Attention(s, 1, 0))", "What one head of the encoder looks at from one patch.", viz.Attention(m.Attention(known, 1, 0)))
	add("attention_of_the_decoder", "viz.Attention(m.Attention(s, 3, 2))", "What a target looks at.", viz.Attention(m.Attention(known, 3, 2)))
	add("embed", "viz.Embed(m)", "What marks the modalities and the positions.", viz.Embed(m))
	add("retrieval", "viz.Retrieval(m.Retrieve(s, ds, 5))", "The samples that are nearest to one in the encoder's mean output.", viz.Retrieval(m.Retrieve(known, test, 5)))

	var tasks []string
	for i, a := range s.modalities {
		for j, b := range s.modalities {
			if i != j && !(fourm.Lookup(a).Kind == fourm.Sequence && fourm.Lookup(b).Kind == fourm.Sequence) {
				tasks = append(tasks, a+"->"+b)
			}
		}
	}
	add("matrix", `viz.Matrix(m.Eval(ds, "`+strings.Join(tasks[:2], `", "`)+`", ...))`, "Scores of every task beside what one gets without looking.", viz.Matrix(m.Eval(test.Head(24), tasks...)))
	ab := fourm.Ablate(fourm.Experiment{
		Modalities: s.modalities, Seeds: []int64{1, 2, 3},
		Train: fourm.Train{Steps: max(steps/10, 2), Batch: 8, LR: 4e-3, Val: val, Quiet: true},
	}, train, fourm.Vary("mask.in_alpha", 0.1, 0.5, 1, 10))
	if ab.Err != nil {
		panic(ab.Err)
	}
	add("bars", `viz.Bars(fourm.Ablate(base, ds, fourm.Vary("mask.in_alpha", 0.1, 0.5, 1, 10)))`, "What a choice costs, over seeds.", viz.Bars(ab))
	return p
}

// backwards is the plan from the text, and what else is no target, to an image.
func backwards(s show, image string) *fourm.Plan {
	given := []string{"caption"}
	for _, n := range s.modalities[1:] {
		if n != image && n != "caption" {
			given = append(given, n)
		}
	}
	return fourm.Chain(given...).Then(image, 8).Temp(1).Guide(2)
}
