package model

// The tables that tell tokens apart before anything is computed: one vector a
// modality, and one a position.

import "fourmlab/fourm/modality"

// Embedding is what marks the tokens of one domain on one side of the model.
type Embedding struct {
	Domain   modality.Domain
	Decoder  bool      // the targets' side; false is the inputs'
	Modality []float32 // D numbers
	Position []float32 // (positions, D)
}

// Embeddings gives those of every input domain, then of every output domain.
func (m *Model) Embeddings() []Embedding {
	var out []Embedding
	add := func(d modality.Domain, pre, mod string, decoder bool) {
		e := Embedding{Domain: d, Decoder: decoder, Modality: m.byName[mod].Data, Position: m.pos[pre+".pos_emb"]}
		if p := m.byName[pre+".pos_emb"]; p != nil {
			e.Position = p.Data
		}
		out = append(out, e)
	}
	for _, d := range m.In {
		add(d, encoderName(d), encoderName(d)+".mod_emb", false)
	}
	for _, d := range m.Out {
		add(d, decoderName(d), m.modName(d), true)
	}
	return out
}
