package datasets

import (
	"archive/tar"
	"bytes"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"fourmlab/datasets/npy"
)

// shardOf is an archive of members of any kind.
func shardOf(t *testing.T, members ...tar.Header) []byte {
	t.Helper()
	var b bytes.Buffer
	w := tar.NewWriter(&b)
	for _, h := range members {
		data := pngOf(t, 8, 8, 3)
		if h.Typeflag != tar.TypeReg {
			data = nil
		}
		h.Mode, h.Size = 0o644, int64(len(data))
		if err := w.WriteHeader(&h); err != nil {
			t.Fatal(err)
		}
		w.Write(data)
	}
	w.Close()
	return b.Bytes()
}

// Check says all that is no part of a set, by kind, count and first name, and
// says nothing of a set that is all there is.
func TestCheckSaysWhatItPassedOver(t *testing.T) {
	p := pngOf(t, 8, 8, 3)
	file := func(names ...string) (out []tar.Header) {
		for _, n := range names {
			out = append(out, tar.Header{Name: n, Typeflag: tar.TypeReg})
		}
		return out
	}
	dir := lies(t, map[string][]byte{
		"rgb/shard-00000.tar": shardOf(t, append(file("a.png", "b.png", ".hidden.png", "__MACOSX/._a.png", "x/.DS_Store", "a.psd"),
			tar.Header{Name: "pipe", Typeflag: tar.TypeFifo}, tar.Header{Name: "dev/null", Typeflag: tar.TypeChar}, tar.Header{Name: "folder/", Typeflag: tar.TypeDir})...),
		"rgb/stray.png": p, "rgb/stray2.png": p, "rgb/shard-00000.tar.idx": nil, "rgb/more/c.png": p, "rgb/.done": nil,
		"line/a.png": p, "line/b.png": p, "line/b.psd": p, "line/Thumbs.db": p, "line/.ipynb_checkpoints/a.png": p, "line/.DS_Store": nil,
		"crop_settings/a.npy": npy.Table(1, 5, []int{0, 0, 8, 8, 0}), "crop_settings/b.npy": npy.Table(1, 5, []int{0, 0, 8, 8, 0}),
		".git/config": nil, ".DS_Store": nil, "__pycache__/x.pyc": nil, "README.md": nil, "LICENSE": nil, "Makefile": nil, "train.csv": nil, "loose.png": p, "x.npy": nil, "run.log": nil,
		"meta.jsonl": []byte(`{"id": "a", "caption": "one", "score": 0.5, "line": "x", "extra": "y"}` + "\n" + `{"id": "b", "caption": "two", "line": "x", "score": 1, "sizes": [1, 2]}` + "\n"),
	})
	for name, to := range map[string]string{"gone.txt": "nowhere", "line/gone.png": "nowhere.png", "line/round": "."} {
		if err := os.Symlink(to, filepath.Join(dir, name)); err != nil {
			t.Skip(err)
		}
	}
	rep, err := Check(dir)
	if err != nil || rep.Samples != 2 {
		t.Fatalf("%v (%v)", rep, err)
	}
	want := []string{
		".csv files beside the folders, passed over: 1 (train.csv)",
		".log files beside the folders, passed over: 1 (run.log)",
		".md files beside the folders, passed over: 1 (README.md)",
		".npy files beside the folders, passed over: 1 (x.npy)",
		".png files beside the folders, passed over: 1 (loose.png)",
		"files and folders that systems leave, not looked at: 2 (first __pycache__)",
		"files without a suffix beside the folders, passed over: 2 (first LICENSE)",
		"hidden files and folders, not looked at: 5 (first .DS_Store)",
		"line: .psd files, passed over: 1 (b.psd)",
		"links back to a folder above them, not followed: 1 (line/round)",
		"links to nothing, passed over: 2 (first gone.txt)",
		"meta.jsonl: fields on some lines only, passed over (\"extra\" on 1 of 2): 1 (extra)",
		"meta.jsonl: fields that are not wanted, or are there as a folder, passed over: 1 (line)",
		"meta.jsonl: fields that hold no modality, passed over: 2 (first score)",
		"rgb: .png files beside the shards, passed over: 2 (first rgb/stray.png)",
		"rgb: .psd files, passed over: 1 (a.psd)",
		"rgb: folders beside the shards, passed over: 1 (rgb/more)",
		"rgb: members of archives that are hidden, not looked at: 3 (first shard-00000.tar: .hidden.png)",
		"rgb: members of archives that are no plain files, passed over: 2 (first shard-00000.tar: dev/null)",
		"rgb: other files beside the shards, passed over: 1 (rgb/shard-00000.tar.idx)",
		"windows without tokens that they concern, passed over: 1 (crop_settings)",
	}
	for _, w := range want {
		if !slices.Contains(rep.Notes, w) {
			t.Errorf("no %q", w)
		}
	}
	for _, n := range rep.Notes {
		if !slices.Contains(want, n) {
			t.Errorf("also %q", n)
		}
	}
	if text := rep.String(); !strings.Contains(text, "  note: hidden files and folders, not looked at: 5 (first .DS_Store)\n") {
		t.Errorf("not printed:\n%s", text)
	}
	if s := MustOpen(dir).String(); strings.Contains(s, "hidden") || !strings.Contains(s, "rgb: .png files beside the shards, passed over: 2") {
		t.Errorf("a set in a line is to say what one would miss, and no more:\n%s", s)
	}
	t.Logf("%d kinds", len(want))
	whole := lies(t, map[string][]byte{"rgb/a.png": p, "meta.jsonl": []byte(`{"id": "a", "caption": "one", "split": "train", "width": 8}` + "\n")})
	if rep, err := Check(whole); err != nil || !rep.OK || len(rep.Notes) > 0 {
		t.Errorf("%v (%v)", rep, err)
	}
}

// Of a set with a name, what it is not made of is said, too.
func TestCheckOfNamedSet(t *testing.T) {
	root := t.TempDir()
	t.Setenv("FOURM_DATA", root)
	p := pngOf(t, 8, 8, 3)
	for _, name := range []string{"rgb/a.png", "edge/a.png", "SOURCE.md", "extra.tar"} {
		put(t, filepath.Join(root, "coco33", name), p)
	}
	put(t, filepath.Join(root, "coco33", "meta.jsonl"), []byte(`{"id": "a", "caption": "one", "flat": "x", "tags": ["x"], "objects": [], "segments": "y"}`+"\n"))
	rep, err := Check("coco33")
	if err != nil {
		t.Fatal(err)
	}
	noted(t, rep.Notes, "folders that are none of this set's, passed over: 1 (edge)", ".md files beside the folders, passed over: 1 (SOURCE.md)", ".tar files beside the folders, passed over: 1 (extra.tar)", "fields that are not wanted, or are there as a folder, passed over: ")
}

// Names that do more than be read are escaped.
func TestNamesOfStrangers(t *testing.T) {
	dir := lies(t, map[string][]byte{"rgb/a.png": pngOf(t, 8, 8, 3), "rgb/\x1b[2J\u202e.psd": nil, "\x1b]0;x\a.md": nil, "rgb/\x1b.png": []byte("broken"), "line/a.png": nil})
	rep, err := Check(dir)
	if err != nil {
		t.Fatal(err)
	}
	if text := rep.String(); strings.ContainsAny(text, "\x1b\a\u202e") || !strings.Contains(text, `\x1b]0;x\a.md`) {
		t.Errorf("%q", text)
	}
}
