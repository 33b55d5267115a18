package fourm_test

import (
	"strings"
	"testing"

	"fourmlab/fourm"
	"fourmlab/fourm/modality"
	"fourmlab/internal/fixture"
)

// The published vocabulary serves the published models: a caption becomes the
// ids that the official tokenizer gives, at the lengths of those models.
func TestOpenVocabulary(t *testing.T) {
	path := fixture.Path(t, "4m", "text_tokenizer_4m_wordpiece_30k.json")
	was := map[string]fourm.Tokenizer{}
	for _, n := range []string{"caption", "box", "palette"} {
		was[n] = modality.TokenizerOf(n)
	}
	t.Cleanup(func() {
		for n, k := range was {
			fourm.SetTokenizer(n, k)
		}
	})
	if err := fourm.OpenVocabulary(path); err != nil {
		t.Fatal(err)
	}
	s := fourm.Sample{Key: "s", Values: map[string]any{"caption": "a photo of a cat",
		"box": []fourm.Box{{X0: 0.1, Y0: 0.2, X1: 0.5, Y1: 1, Class: "baseball bat"}}}}
	if got := s.Tokens("caption"); len(got.IDs) != 6 || got.IDs[0] != 4321 || got.IDs[4] != 4224 || got.IDs[5] != 3 {
		t.Errorf("caption %v", got)
	}
	if got := s.Tokens("box"); got.Text() != "v0=100 v1=200 v2=500 v3=999 baseball bat [EOS]" || len(got.IDs) != 6 {
		t.Errorf("boxes %v", got)
	}
	c := fourm.Published("4M-7", "Ti")
	c.Dim, c.Heads, c.Encoder, c.Decoder = 8, 2, 1, 1
	m := fourm.New(c)
	mk := m.Mask(fourm.Mask{In: 128, Out: 128})
	if !strings.Contains(m.String(), "det") || mk.Inputs[1] != "det" {
		t.Errorf("%v, mask %v", m, mk)
	}
	out := m.Generate(s, fourm.Chain("caption").Then("tok_semseg@224", 2), 1)
	if toks := out.Sample.Toks["semseg@224"]; len(toks.IDs) != 196 || toks.Rows != 14 {
		t.Errorf("generated %v", out)
	}
	out = m.Generate(s, fourm.Chain("box").Then("caption", 1), 1)
	if n := len(out.Sample.Toks["caption"].IDs); n == 0 || n > 256 {
		t.Errorf("generated %v", out)
	}
	defer func() {
		if e, ok := recover().(error); !ok || !strings.Contains(e.Error(), "expected a sequence") {
			t.Errorf("got %v", e)
		}
	}()
	_ = fourm.OpenVocabulary(path, "rgb")
}
