package datasets

// Folders and archives as people have them.

import (
	"archive/tar"
	"bytes"
	"compress/gzip"
	"fmt"
	"image"
	"image/color"
	"image/jpeg"
	"image/png"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"fourmlab/fourm/modality"
)

// photo is a JPEG of one colour.
func photo(t testing.TB, v uint8) []byte {
	t.Helper()
	im := image.NewRGBA(image.Rect(0, 0, 16, 16))
	for i := range im.Pix {
		im.Pix[i] = v
	}
	var b bytes.Buffer
	if err := jpeg.Encode(&b, im, nil); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// depthOf is a PNG of millimetres.
func depthOf(t testing.TB, mm uint16) []byte {
	t.Helper()
	im := image.NewGray16(image.Rect(0, 0, 16, 16))
	for i := range 256 {
		im.SetGray16(i%16, i/16, color.Gray16{Y: mm})
	}
	var b bytes.Buffer
	if err := png.Encode(&b, im); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// lies writes files into a new folder.
func lies(t testing.TB, files map[string][]byte) string {
	t.Helper()
	dir := t.TempDir()
	for name, b := range files {
		put(t, filepath.Join(dir, filepath.FromSlash(name)), b)
	}
	return dir
}

func TestPackFoldersOfPeople(t *testing.T) {
	p, d, m := photo(t, 100), depthOf(t, 1500), pngOf(t, 16, 16, 1)
	wide := func(s string) []byte {
		b := []byte{0xff, 0xfe}
		for _, r := range s {
			b = append(b, byte(r), 0)
		}
		return b
	}
	for name, c := range map[string]struct {
		files map[string][]byte
		want  string   // keys: modalities
		said  []string // in the notes
		caps  string   // of the first sample, and its others
	}{
		"letters":        {map[string][]byte{"DEPTH/a.png": d, "Rgb/a.JPG": p}, "a: rgb depth", nil, ""},
		"habits":         {map[string][]byte{"images/a.jpg": p, "masks/a.png": m, "Depths/a.png": d}, "a: rgb depth mask", nil, ""},
		"labels":         {map[string][]byte{"JPEGImages/x/a.jpeg": p, "Annotations/x/a.png": m}, "x__a: rgb semseg", nil, ""},
		"voc":            {map[string][]byte{"JPEGImages/a.jpg": p, "SegmentationClass/a.png": m, "Annotations/a.xml": nil}, "a: rgb semseg", []string{".xml files"}, ""},
		"hub":            {map[string][]byte{"train/1.png": m, "train/metadata.csv": []byte("file_name,text\n1.png,one\n"), "test/1.png": m, "test/metadata.csv": []byte("file_name,text\n1.png,two\n")}, "test__1 train__1: rgb caption | train 1, test 1", nil, "two"},
		"years":          {map[string][]byte{"train2017/1.jpg": p, "val2017/2.jpg": p, "captions_train2017.json": []byte(`{"images":[{"id":1,"file_name":"1.jpg"}],"annotations":[{"image_id":1,"caption":"one"}]}`), "captions_val2017.json": []byte(`{"images":[{"id":2,"file_name":"2.jpg"}],"annotations":[{"image_id":2,"caption":"two"}]}`)}, "train2017__1 val2017__2: rgb caption | train 1, val 1", nil, "one"},
		"python's json":  {map[string][]byte{"a.jpg": p, "t.jsonl": []byte(`{"file": "a.jpg", "caption": "one NaN", "score": NaN}` + "\n")}, "a: rgb caption", []string{"score"}, "one NaN"},
		"habit alone":    {map[string][]byte{"images/a.jpg": p, "images/b.jpg": p}, "images__a images__b: rgb", nil, ""},
		"parts above":    {map[string][]byte{"train/rgb/a.jpg": p, "train/depth/a.png": d, "val/rgb/a.jpg": p, "val/depth/a.png": d}, "train__a val__a: rgb depth | train 1, val 1", nil, ""},
		"parts below":    {map[string][]byte{"rgb/Training/a.jpg": p, "rgb/valid/b.jpg": p, "depth/Training/a.png": d, "depth/valid/b.png": d}, "Training__a valid__b: rgb depth | train 1, val 1", nil, ""},
		"scenes":         {map[string][]byte{"s1/rgb/0.jpg": p, "s1/depth/0.png": d, "s2/rgb/0.jpg": p, "s2/depth/0.png": d}, "s1__0 s2__0: rgb depth", nil, ""},
		"unread":         {map[string][]byte{"a.jpg": p, "a.psd": p, "b.psd": p, "README.md": nil, "LICENSE": nil, "x.npy": nil}, "a: rgb", []string{".psd files, passed over: 2 (first a.psd)", ".md files", "without a suffix", "no folder of a modality"}, ""},
		"hidden":         {map[string][]byte{"a.jpg": p, ".ipynb_checkpoints/a-checkpoint.jpg": p, "__MACOSX/._a.jpg": p, "Thumbs.db": p, "@eaDir/a.jpg/x.jpg": p, ".DS_Store": p, "._a.jpg": p}, "a: rgb", nil, ""},
		"sidecars":       {map[string][]byte{"a.jpg": p, "a.txt": []byte("\ufeffone\n\ntwo\n"), "b.jfif": p, "b.caption": []byte("b"), "c.png": m, "c.json": []byte(`{"width": 3, "caption": ["x", "y", "z"]}`)}, "a b c: rgb caption", nil, "one two"},
		"sidecar folder": {map[string][]byte{"images/a.jpg": p, "captions/a.txt": wide("deep")}, "a: rgb caption", nil, "deep"},
		"yolo":           {map[string][]byte{"images/a.jpg": p, "labels/a.txt": []byte("0 0.5 0.5 0.1 0.1\n"), "images/a.txt": []byte("0 0.5 0.5 0.1 0.1\n")}, "a: rgb", []string{".txt files, passed over: they are of numbers"}, ""},
		"orphan text":    {map[string][]byte{"a.jpg": p, "notes.txt": []byte("see a")}, "a: rgb", []string{"no picture has their name: 1 (notes.txt)"}, ""},
		"several rows":   {map[string][]byte{"x/a.jpg": p, "captions.csv": []byte("image,caption\na.jpg,one\na.jpg,two\nx/a.jpg,three\n")}, "x__a: rgb caption", nil, "one two three"},
		"pandas":         {map[string][]byte{"000000000139.jpg": p, "t.csv": []byte(",image_id,score,caption\n0,139,0.5,one\n1,139,0.7,two\n")}, "000000000139: rgb caption", []string{`t.csv: column "" of numbers`, `column "score" of numbers`}, "one two"},
		"absolute":       {map[string][]byte{"a.jpg": p, "t.tsv": []byte("Filepath\tText\nC:\\me\\photos\\a.jpg\tone\n")}, "a: rgb caption", nil, "one"},
		"bars":           {map[string][]byte{"1000.jpg": p, "results.csv": []byte("image_name| comment_number| comment\n1000.jpg| 0| One .\n1000.jpg| 1| Two .\n")}, "1000: rgb caption", []string{"comment_number"}, "One . Two ."},
		"flickr":         {map[string][]byte{"a.jpg": p, "captions.txt": []byte("image,caption\na.jpg,one\na.jpg,\"two, too\"\n")}, "a: rgb caption", nil, "one two, too"},
		"coco":           {map[string][]byte{"val/000000000009.jpg": p, "captions.json": []byte(`{"images":[{"id":9,"file_name":"000000000009.jpg"}],"annotations":[{"id":1,"image_id":9,"caption":"one"},{"id":2,"image_id":9,"caption":"two"}]}`)}, "val__000000000009: rgb caption", nil, "one two"},
		"karpathy":       {map[string][]byte{"a.jpg": p, "dataset.json": []byte(`{"images":[{"filename":"a.jpg","split":"val","sentences":[{"raw":"one"},{"raw":"two"}]}]}`)}, "a: rgb caption | val 1", nil, "one two"},
		"a name each":    {map[string][]byte{"a.jpg": p, "captions.json": []byte(`{"a.jpg": ["one", "two"]}`)}, "a: rgb caption", nil, "one two"},
		"numbered":       {map[string][]byte{"a.jpg": p, "t.csv": []byte("file;caption_0;caption_1\r\na.jpg;one;two\r\n")}, "a: rgb caption", nil, "one two"},
		"parts as files": {map[string][]byte{"a.jpg": p, "b.jpg": p, "train.csv": []byte("file,caption\na.jpg,one\n"), "val.csv": []byte("file,caption\nb.jpg,two\n")}, "a b: rgb caption | train 1, val 1", nil, "one"},
		"lists in cells": {map[string][]byte{"a.jpg": p, "t.csv": []byte("file,caption\na.jpg,\"[\"\"one\"\", \"\"two\"\"]\"\n")}, "a: rgb caption", nil, "one two"},
		"accents":        {map[string][]byte{"cafe\u0301.jpg": p, "t.csv": []byte("file,caption\ncaf\u00e9.jpg,one\n")}, "caf\u00e9: rgb caption", nil, "one"},
		"old ends":       {map[string][]byte{"a.jpg": p, "t.csv": []byte("file,caption\ra.jpg,one\r")}, "a: rgb caption", nil, "one"},
	} {
		t.Run(name, func(t *testing.T) {
			out := filepath.Join(t.TempDir(), "set")
			rep, err := Pack(lies(t, c.files), out, PackOptions{Size: 16})
			if err != nil {
				t.Fatal(err)
			}
			s := MustOpen(out)
			got := strings.Join(s.Keys(), " ") + ": " + strings.Join(s.Modalities(), " ")
			if s.ownSplits() {
				n := map[string]int{}
				for i := range s.Len() {
					n[s.part(i)]++
				}
				got += " | " + splitsText(n)
			}
			if got != c.want {
				t.Errorf("%s, expected %s", got, c.want)
			}
			noted(t, rep.Notes, c.said...)
			if len(c.said) == 0 && len(rep.Notes) > 0 {
				t.Errorf("notes %q", rep.Notes)
			}
			if c.caps == "" {
				return
			}
			drawn := []string{s.MustSample(0).Text("caption")}
			for seed := range int64(40) {
				if x := s.Augmented(seed).MustSample(0).Text("caption"); !slices.Contains(drawn, x) {
					drawn = append(drawn, x)
				}
			}
			slices.SortFunc(drawn, func(a, b string) int { return strings.Index(c.caps, a) - strings.Index(c.caps, b) })
			if strings.Join(drawn, " ") != c.caps {
				t.Errorf("captions %q, expected %q", drawn, c.caps)
			}
		})
	}
}

// Two folders of one modality are a fault, and never one of rgb.
func TestPackTwoFoldersOfOne(t *testing.T) {
	dir := lies(t, map[string][]byte{"images/a.jpg": photo(t, 1), "labels/a.png": pngOf(t, 16, 16, 1), "segmentation/a.png": pngOf(t, 16, 16, 1)})
	_, err := Pack(dir, filepath.Join(t.TempDir(), "x"), PackOptions{Size: 16})
	says(t, err, "segmentation", `key "a"`, "has the same key as", "labels")
	_, err = Open(dir)
	says(t, err, "two folders hold the modality semseg")
}

// Pictures of one sample that disagree about which way is up are a fault.
func TestPackOrientations(t *testing.T) {
	plain := photo(t, 1)
	exif := "Exif\x00\x00MM\x00*\x00\x00\x00\x08\x00\x01\x01\x12\x00\x03\x00\x00\x00\x01\x00\x06\x00\x00\x00\x00\x00\x00"
	turned := append([]byte("\xff\xd8\xff\xe1\x00"+string(rune(len(exif)+2))+exif), plain[2:]...)
	out := filepath.Join(t.TempDir(), "x")
	_, err := Pack(lies(t, map[string][]byte{"rgb/a.jpg": turned, "depth/a.png": depthOf(t, 1)}), out, PackOptions{Size: 16})
	says(t, err, `key "a"`, "differ in their Exif orientation (depth has 1, rgb has 6)")
	rep, err := Pack(lies(t, map[string][]byte{"rgb/a.jpg": turned, "flat/a.jpg": turned}), out, PackOptions{Size: 16})
	if err != nil || rep.Samples != 1 {
		t.Errorf("%v (%v)", rep, err)
	}
	noted(t, rep.Notes, "turned upright as their Exif orientation says: 2 (first flat/a.jpg)")
}

func TestLinks(t *testing.T) {
	far := lies(t, map[string][]byte{"a.jpg": photo(t, 9), "deep/b.jpg": photo(t, 9)})
	dir := lies(t, map[string][]byte{"c.jpg": photo(t, 9)})
	for name, to := range map[string]string{"more": far, "round": dir, "d.jpg": filepath.Join(far, "a.jpg"), "gone.jpg": filepath.Join(far, "no.jpg")} {
		if err := os.Symlink(to, filepath.Join(dir, name)); err != nil {
			t.Skip(err)
		}
	}
	out := filepath.Join(t.TempDir(), "set")
	rep, err := Pack(dir, out, PackOptions{Size: 16})
	if err != nil {
		t.Fatal(err)
	}
	if got := strings.Join(MustOpen(out).Keys(), " "); got != "c d more__a more__deep__b" {
		t.Errorf("keys %s", got)
	}
	noted(t, rep.Notes, "links back to a folder above them, not followed: 1 (round)", "links to nothing, passed over: 1 (gone.jpg)")
	set := lies(t, map[string][]byte{"line/a.png": pngOf(t, 8, 8, 1)})
	if err := os.Symlink(far, filepath.Join(set, "rgb")); err != nil {
		t.Fatal(err)
	}
	put(t, filepath.Join(set, "line", "deep", "b.png"), pngOf(t, 8, 8, 1))
	if _, err := OpenWith(set, Options{Size: 8}); err != nil {
		t.Error(err)
	}
}

// Archives that tar and others make.
func TestArchivesOfPeople(t *testing.T) {
	whole := tarOf(t, []file{{"a.png", pngOf(t, 8, 8, 0)}, {"b.png", pngOf(t, 8, 8, 1)}})
	more := tarOf(t, []file{{"c.png", pngOf(t, 8, 8, 2)}})
	var z bytes.Buffer
	w := gzip.NewWriter(&z)
	w.Write(whole)
	w.Close()
	var linked bytes.Buffer
	tw := tar.NewWriter(&linked)
	tw.WriteHeader(&tar.Header{Name: "x/b.png", Typeflag: tar.TypeSymlink, Linkname: "c.png"})
	tw.WriteHeader(&tar.Header{Name: "x/a.png", Mode: 0o644, Size: int64(len(pngOf(t, 8, 8, 3)))})
	tw.Write(pngOf(t, 8, 8, 3))
	tw.WriteHeader(&tar.Header{Name: "x/c.png", Typeflag: tar.TypeLink, Linkname: "x/a.png"})
	tw.WriteHeader(&tar.Header{Name: ".cache/a.png", Typeflag: tar.TypeReg})
	tw.Close()
	for name, c := range map[string]struct {
		file string
		b    []byte
		keys string
		pix  []float32
	}{
		"joined":       {"shard-00000.tar", append(slices.Clone(whole), more...), "a b c", []float32{0, 1, 2}},
		"gzip":         {"shard-00000.tar.gz", z.Bytes(), "a b", []float32{0, 1}},
		"gzip as .tar": {"shard-00000.tar", z.Bytes(), "a b", []float32{0, 1}},
		"links":        {"shard-00000.TAR", linked.Bytes(), "x/a x/b x/c", []float32{3, 3, 3}},
	} {
		dir := lies(t, map[string][]byte{"line/" + c.file: c.b})
		s, err := Open(dir)
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		keys := s.Keys()
		slices.Sort(keys)
		if strings.Join(keys, " ") != c.keys {
			t.Errorf("%s: keys %v, expected %s", name, keys, c.keys)
			continue
		}
		for i := range keys {
			x := s.MustSample(i)
			if got := x.Picture("line").Pix[0] * 255; got != c.pix[slices.Index(keys, x.Key)] {
				t.Errorf("%s: %s is %g", name, x.Key, got)
			}
		}
	}
	for want, b := range map[string][]byte{
		"zstd":                           []byte("\x28\xb5\x2f\xfd0000"),
		"cut off or damaged":             z.Bytes()[:z.Len()-9],
		"belong to no archive from byte": append(slices.Clone(whole), bytes.Repeat([]byte("x"), 1024)...),
		`"b.png" is a link to "no.png"`:  linkTo(t, "no.png"),
		"byte 4 of its name is 0xe9":     tarOf(t, []file{{"caf\xe9.png", pngOf(t, 8, 8, 0)}}),
	} {
		_, err := Open(lies(t, map[string][]byte{"line/shard-00000.tar": b}))
		says(t, err, "shard-00000.tar", want)
	}
}

func linkTo(t *testing.T, name string) []byte {
	var b bytes.Buffer
	w := tar.NewWriter(&b)
	w.WriteHeader(&tar.Header{Name: "b.png", Typeflag: tar.TypeLink, Linkname: name})
	w.Close()
	return b.Bytes()
}

// WebDataset's and img2dataset's shards: all of a sample in one archive.
func TestMixedShards(t *testing.T) {
	var files, plain []file
	for i, k := range []string{"000", "001", "002"} {
		files = append(files, file{k + ".jpg", photo(t, uint8(40*i))}, file{k + ".txt", []byte("number " + k)},
			file{k + ".json", []byte(fmt.Sprintf(`{"caption": "number %s", "key": %q, "url": "x", "width": 16}`, k, k))})
		plain = append(plain, file{k + ".jpg", photo(t, uint8(40*i))}, file{k + ".json", []byte(fmt.Sprintf(`{"caption": "number %s"}`, k))},
			file{k + ".depth.png", depthOf(t, 1000)}, file{k + ".cls", []byte("7")})
	}
	dir := lies(t, map[string][]byte{"00000.tar": tarOf(t, files[:6]), "00001.tar": tarOf(t, files[6:]), "00000.parquet": nil, "00000_stats.json": []byte("{}")})
	s := MustOpen(dir)
	if got := strings.Join(s.Modalities(), " "); got != "rgb caption" || s.Len() != 3 || s.MustSample(2).Text("caption") != "number 002" {
		t.Errorf("%v", s)
	}
	if rep, err := Check(dir); err != nil || !rep.OK {
		t.Errorf("%v (%v)", rep, err)
	} else {
		noted(t, rep.Notes, ".json files beside pictures, passed over: 3 (first 000.json)")
	}
	s = MustOpen(lies(t, map[string][]byte{"a.tar": tarOf(t, plain)}))
	if x := s.MustSample(1); x.Text("caption") != "number 001" || x.Picture("depth").At(0, 0, 0) != 1 || strings.Join(s.Modalities(), " ") != "rgb depth caption" {
		t.Errorf("%v", s)
	}
	// The same beside others in the folder of a modality.
	s = MustOpen(lies(t, map[string][]byte{"rgb/a.tar": tarOf(t, files)}))
	if s.Len() != 3 || strings.Join(s.Modalities(), " ") != "rgb" {
		t.Errorf("%v", s)
	}
}

// A dot in the name of a loose file is no suffix.
func TestDotsInNames(t *testing.T) {
	dir := lies(t, map[string][]byte{"rgb/a.2024.jpg": photo(t, 1), "depth/a.2024.png": depthOf(t, 1000), "rgb/b.jpg": photo(t, 1), "depth/b.png": depthOf(t, 1000)})
	if s := MustOpen(dir); strings.Join(s.Keys(), " ") != "a_2024 b" || s.MustSample(0).Picture("depth").Pix[0] != 1 {
		t.Errorf("%v of %v", s, s.Keys())
	}
}

func TestPartsOfACorpus(t *testing.T) {
	dir := lies(t, map[string][]byte{"train/rgb/a.jpg": photo(t, 1), "val/rgb/b.jpg": photo(t, 1)})
	_, err := Open(dir)
	says(t, err, "train, val", "open "+filepath.Join(dir, "train"))
	if MustOpen(filepath.Join(dir, "val")).Len() != 1 {
		t.Error("val is not a set")
	}
}

func TestOpenFoldersOfPeople(t *testing.T) {
	dir := lies(t, map[string][]byte{"Images/a.jpg": photo(t, 1), "masks/a.png": pngOf(t, 16, 16, 1), "captions.csv": nil, "LICENSE": nil, ".git/x": nil})
	s := MustOpen(dir)
	if got := strings.Join(s.Modalities(), " "); got != "rgb mask" {
		t.Errorf("modalities %s", got)
	}
	if !strings.Contains(s.String(), "note: .csv files beside the folders, passed over: 1 (captions.csv)") {
		t.Errorf("%v", s)
	}
	_, err := Open(lies(t, map[string][]byte{"a.jpg": photo(t, 1), "b.jpg": photo(t, 1)}))
	says(t, err, "it has 2 pictures itself", "datasets.Pack")
	if p, ok := s.MustSample(0).Values["mask"].(*modality.Picture); !ok || p.Pix[0] != 1 {
		t.Errorf("%v", s)
	}
}

// A text that is not UTF-8 is named wherever it lies.
func TestTextsThatAreNotUTF8(t *testing.T) {
	for name, c := range map[string]struct {
		files map[string][]byte
		words []string
	}{
		"txt":  {map[string][]byte{"caption/a.txt": []byte("un caf\xe9"), "rgb/a.jpg": photo(t, 1)}, []string{"a.txt", `key "a"`, "line 1: byte 7", "0xe9"}},
		"json": {map[string][]byte{"caption/a.json": []byte("[\n\"caf\xe9\"]"), "rgb/a.jpg": photo(t, 1)}, []string{"a.json", `key "a"`, "line 2: byte 5"}},
		"meta": {map[string][]byte{"meta.jsonl": []byte("\ufeff{\"id\": \"a\", \"caption\": \"caf\xe9\"}\n"), "rgb/a.jpg": photo(t, 1)}, []string{"meta.jsonl", `key "a"`, "line 1", "0xe9 at 28 (31 of the file)"}},
		"name": {map[string][]byte{"rgb/caf\xe9.jpg": photo(t, 1)}, []string{"rgb", "byte 4 of its name is 0xe9"}},
	} {
		dir := lies(t, c.files)
		s, err := Open(dir)
		if err == nil {
			_, err = s.Sample(0)
		}
		if err == nil {
			t.Errorf("%s: no error", name)
			continue
		}
		says(t, err, c.words...)
	}
}
