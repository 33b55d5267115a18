package text_test

import (
	"reflect"
	"testing"
	"unicode/utf8"

	"fourmlab/fourm/modality"
	"fourmlab/fourm/text"
)

// Whatever the bytes: an error, or a vocabulary that works and can be saved.
func FuzzRead(f *testing.F) {
	f.Add([]byte(`{}`))
	f.Add(tokenizer(f, small, nil, nil))
	f.Add(tokenizer(f, small, []map[string]any{{"content": "[PAD]", "special": true}, {"content": "[S_1]"}, {"content": " é", "lstrip": true, "rstrip": true, "normalized": true}}, nil))
	f.Add(tokenizer(f, small, nil, func(m map[string]any) { m["normalizer"], m["pre_tokenizer"], m["decoder"] = nil, nil, nil }))
	f.Fuzz(func(t *testing.T, b []byte) {
		v, err := text.Read(b)
		if err != nil {
			if v != nil || len(err.Error()) > 1000 {
				t.Errorf("%v and an error of %d bytes", v, len(err.Error()))
			}
			return
		}
		tok := &text.Tokenizer{Words: v, Of: modality.Lookup("caption")}
		s, err := tok.Store()
		if err != nil {
			t.Fatal(err)
		}
		back, err := modality.Restore(tok.Of, s)
		if err != nil {
			t.Fatal(err)
		}
		for _, s := range []string{"A aé 日 [S_1] [PAD]  v0=0", string(b[:min(len(b), 200)])} {
			ids := v.Encode(s)
			for _, id := range ids {
				if id < 0 || id >= v.Len() {
					t.Fatalf("id %d of %d", id, v.Len())
				}
			}
			if again := back.(*text.Tokenizer).Words.Encode(s); !reflect.DeepEqual(ids, again) {
				t.Errorf("%q is %v, after saving %v", s, ids, again)
			}
			v.Decode(ids)
		}
	})
}

// Encoding and decoding take any text and any ids; what comes out is a text
// again, and structured values can be read from it.
func FuzzEncode(f *testing.F) {
	for _, s := range []string{"a red ball", "v0=1 v1=2 v2=3 v3=4 wine glass", "[S_1][EOS] \xff\xc3 É日\u0301 hot dogs", "v1=5 v0=2 v1=20 v0=9",
		"human v0=1 v1=1 v2=2 v3=2 pose v0=1 v1=2", "point v0=1 v1=2 polygon v0=1 v1=1 v2=3 v3=3 v1=7", "none"} {
		f.Add(s, []byte(s))
	}
	v := text.Trainer{Size: 4500, Sentinels: 5, Classes: []string{"wine glass", "hot dog", "dog"}}.Train([]string{"a red ball", "hot dogs and a wine glass", "crème brûlée!"})
	f.Fuzz(func(t *testing.T, s string, b []byte) {
		ids := v.Encode(s)
		for _, id := range ids {
			if id < 0 || id >= v.Len() {
				t.Fatalf("id %d of %d", id, v.Len())
			}
		}
		for _, x := range b[:min(len(b), 300)] {
			ids = append(ids, int(x)*37-5)
		}
		for _, s := range []string{s, v.Join(ids, false), v.Join(ids, true), v.Decode(ids)} {
			for _, style := range []text.Style{{}, {Bins: 64}, {Compat: true}} {
				for _, box := range style.ReadBoxes(s) {
					if !(box.X0 >= 0 && box.X1 <= 1 && box.X0 <= box.X1 && box.Y0 <= box.Y1) {
						t.Errorf("box %+v", box)
					}
				}
				style.ReadPalette(s)
				style.ReadMetadata(s)
				style.ReadPoses(s)
				style.ReadInstances(s, 1)
			}
		}
		if utf8.ValidString(s) && !utf8.ValidString(v.Decode(ids)) {
			t.Errorf("%q", v.Decode(ids))
		}
		v.Merge(ids, ids)
	})
}
