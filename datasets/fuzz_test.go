package datasets

// Readers of files from elsewhere: whatever the bytes, an error and no panic,
// and nothing outside the file is ever pointed at.

import (
	"bytes"
	"testing"

	"fourmlab/datasets/npy"
)

func FuzzMeta(f *testing.F) {
	f.Add([]byte(`{"id":"a","caption":"x","box":[1,2,3,4],"palette":["#010203"],"group":"g","split":"val"}` + "\n\n" + `{"id":7}`))
	f.Add([]byte(`{"key":"a","objects":[{"category":"c","bbox":[0,0,1,1]}],"captions":["one","two"]}`))
	f.Add([]byte(`{"id":"a","box":{"instances":[{"boxes":[0,0,1,1],"class_name":"c","score":1}]},"palette":[{"1":[[1,2,3]]}]}`))
	f.Add([]byte("\ufeff{\"id\":\"a\"}\n{\"id\":\"b\",\"captions\":[\"one\",\"two\"],\"caption\":null,\"note\":\"caf\xe9\"}"))
	f.Add([]byte("\xff\xfe{\x00\"\x00i\x00d\x00\"\x00:\x001\x00}\x00"))
	f.Fuzz(func(t *testing.T, b []byte) {
		m, _ := indexMeta(bytes.NewReader(b), "meta.jsonl", nil)
		if all := m.unpacked[0]; all != nil {
			b = all
		}
		for i, e := range m.entries {
			if e.off < 0 || e.off+e.size > int64(len(b)) || m.keys[i] == "" {
				t.Fatalf("line %+v of %d bytes", e, len(b))
			}
			if v, err := m.parse(b[e.off:e.off+e.size], shape{64, 64}, first); err == nil && len(v) != len(m.fields) {
				t.Errorf("%d values of %d fields", len(v), len(m.fields))
			}
		}
		if m.splits != nil && len(m.splits) != len(m.keys) {
			t.Errorf("%d splits of %d lines", len(m.splits), len(m.keys))
		}
	})
}

func FuzzDecode(f *testing.F) {
	f.Add("rgb", "png", pngOf(f, 4, 4, 9))
	f.Add("caption", "json", []byte(`[{"caption":"a"}]`))
	f.Add("semseg", "jpg", photo(f, 9))
	f.Add("depth", "png", depthOf(f, 9)[:40])
	f.Add("caption", "txt", []byte("\ufeffone\n\ncaf\xe9"))
	f.Add("caption", "json", []byte(`{"captions": ["a", "b"]}`))
	f.Add("box", "json.gz", []byte{0x1f, 0x8b})
	f.Fuzz(func(t *testing.T, name, ext string, b []byte) {
		// A small file may claim a large picture; that is slow, not wrong.
		if v, _, err := decode(name, ext, b, 0); err == nil && v == nil {
			t.Errorf("%s.%s: neither value nor error", name, ext)
		}
	})
}

func FuzzNPY(f *testing.F) {
	f.Add("tok_rgb@224", npy.Table(1, 196, make([]int, 196)))
	f.Add("depth", npyFile(dict("<f4", "False", "(1, 1, 1)"), 0, 0, 0, 0))
	f.Add("crop_settings", npy.Table(1, 5, []int{0, 0, 4, 4, 1}))
	f.Add("normal", npyFile(dict(">f8", "True", "(3, 1, 1)"), make([]byte, 24)...))
	f.Add("semseg", npyFile("{'shape': (1L, 1), 'fortran_order': False, 'descr': '|b1'}", 1))
	f.Add("", npyFile(dict("<i8", "False", "(0, 9999999999)")))
	f.Fuzz(func(t *testing.T, name string, b []byte) {
		if rows, cols, v, err := tableOf(b); err == nil && len(v) != rows*cols {
			t.Errorf("%d numbers in %d rows of %d", len(v), rows, cols)
		}
		if all, err := parseWindows(b); err == nil && len(all) == 0 {
			t.Error("no windows, and no error")
		}
		if tk, err := decodeTokens(name, b, 1, 0); err == nil && len(tk.IDs) != tk.Rows*tk.Cols {
			t.Errorf("%d tokens on a grid of %dx%d", len(tk.IDs), tk.Rows, tk.Cols)
		}
		if v, _, err := decode(name, "npy", b, 0); err == nil && v == nil {
			t.Error("neither value nor error")
		}
	})
}
