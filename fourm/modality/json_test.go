package modality_test

import (
	"encoding/json"
	"testing"

	"fourmlab/fourm/modality"
)

// The metadata of checkpoints say Size, Wide and Width for what are Height,
// Width and Dim here, and give kinds and looks as numbers: what was written so
// is read, and is written the same.
func TestWrittenModalities(t *testing.T) {
	const strip = `{"Name":"strip","Official":"tok_strip","Kind":0,"Look":2,"Size":16,"Wide":32,"Patch":4,"Channels":1,"Vocab":8,"Width":0,"MaxTokens":0,"Positions":0,"Learned":false,"Pixels":true,"Labels":null}`
	const sound = `{"Name":"sound","Official":"sound","Kind":3,"Look":5,"Size":0,"Wide":0,"Patch":0,"Channels":0,"Vocab":0,"Width":3,"MaxTokens":12,"Positions":12,"Learned":false,"Pixels":false,"Labels":null}`
	const pixels = `{"Name":"strip","Official":"strip@16x32","Modality":"strip","Kind":0,"Pixels":true,"Look":2,"Max":32,"Rows":4,"Cols":8,"Vocab":0,"Width":16,"Patch":4,"Channels":1,"Learned":false,"Positions":0,"Table":0,"Offset":0,"Bottleneck":0}`
	read := func(text string, into any) {
		t.Helper()
		if err := json.Unmarshal([]byte(text), into); err != nil {
			t.Fatal(err)
		}
		if b, err := json.Marshal(into); err != nil || string(b) != text {
			t.Errorf("written again as %s (%v)", b, err)
		}
	}
	var m modality.Modality
	if read(strip, &m); m.Height != 16 || m.Width != 32 || m.Dim != 0 || m.Look != modality.Depth || m.Cols() != 8 {
		t.Errorf("read as %+v", m)
	}
	if d := m.PixelDomain(); d.Official != "strip@16x32" || d.Dim != 16 {
		t.Errorf("its pixels are %+v", d)
	}
	m = modality.Modality{}
	if read(sound, &m); m.Height != 0 || m.Width != 0 || m.Dim != 3 || m.Kind != modality.Vectors || m.Look != modality.Caption {
		t.Errorf("read as %+v", m)
	}
	var d modality.Domain
	if read(pixels, &d); d.Dim != 16 || d.Look != modality.Depth {
		t.Errorf("read as %+v", d)
	}
}

// A token domain is called by its modality.
func TestShort(t *testing.T) {
	for domain, want := range map[string]string{"tok_depth": "depth", "caption": "caption", "rgb": "rgb", "tok_rgb": "rgb", "tok_nobody": "tok_nobody", "depth": "depth"} {
		if got := modality.Short(domain); got != want {
			t.Errorf("%s: %s, expected %s", domain, got, want)
		}
	}
}
