package datasets_test

import (
	"fmt"
	"os"
	"path/filepath"

	"fourmlab/datasets"
)

func ExampleScenes() {
	ds := datasets.Scenes(100, 1)
	s := ds.Split("test").MustSample(0)
	fmt.Println(s.Key, s.Text("caption"))
	fmt.Println(s.Picture("rgb").H, s.Picture("depth").C, len(s.Boxes("box")))
	// Output:
	// scene-000010 a small yellow ball right of a small red can
	// 64 1 2
}

func ExampleOpen() {
	ds, err := datasets.Open("scenes")
	if err != nil {
		panic(err)
	}
	fmt.Println(ds.Len(), ds.Modalities())
	// Output:
	// 10000 [rgb depth normal semseg instance edge box caption palette]
}

func ExampleWrite() {
	dir, err := os.MkdirTemp("", "")
	if err != nil {
		panic(err)
	}
	defer os.RemoveAll(dir)
	out := filepath.Join(dir, "scenes")
	if err := datasets.Write(datasets.Scenes(20, 1), out); err != nil {
		panic(err)
	}
	report, err := datasets.Check(out)
	if err != nil {
		panic(err)
	}
	fmt.Println(report.Samples, report.OK)
	fmt.Println(datasets.MustOpen(out).Len())
	// Output:
	// 20 true
	// 20
}
