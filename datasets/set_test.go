package datasets

// Sets as their users see them.

import (
	"fmt"
	"reflect"
	"strings"
	"sync"
	"testing"

	"fourmlab/fourm/modality"
	"fourmlab/internal/fault"
)

// panicOf gives the *fault.Error that f panics with.
func panicOf(t *testing.T, f func()) (err *fault.Error) {
	t.Helper()
	defer func() {
		e, ok := recover().(*fault.Error)
		if !ok {
			t.Fatalf("panic is no *fault.Error")
		}
		err = e
	}()
	f()
	t.Fatal("no panic")
	return nil
}

// says fails the test unless err holds all the words.
func says(t *testing.T, err error, words ...string) {
	t.Helper()
	if err == nil {
		t.Errorf("no error, expected one with %q", words)
		return
	}
	for _, w := range words {
		if !strings.Contains(err.Error(), w) {
			t.Errorf("error %q, expected %q in it", err, w)
		}
	}
	if strings.Contains(err.Error(), "\n") {
		t.Errorf("error of more than one line: %q", err)
	}
}

func TestSplitsAreDisjointAndWhole(t *testing.T) {
	s := Scenes(5000, 1)
	seen := map[string]string{}
	for name, want := range map[string]float64{"train": 0.8, "val": 0.1, "test": 0.1} {
		part := s.Split(name)
		for _, k := range part.Keys() {
			if seen[k] != "" {
				t.Fatalf("%s is in %s and in %s", k, seen[k], name)
			}
			seen[k] = name
		}
		if got := float64(part.Len()) / 5000; got < want-0.02 || got > want+0.02 {
			t.Errorf("%s holds %.3f of the set, expected about %.1f", name, got, want)
		}
		if again := part.Split(name); again.Len() != part.Len() {
			t.Errorf("%s of %s has %d samples, expected %d", name, name, again.Len(), part.Len())
		}
	}
	if len(seen) != 5000 {
		t.Errorf("the parts hold %d of 5000 samples", len(seen))
	}
	// A sample stays where it is when the set grows.
	small := Scenes(100, 1).Split("val").Keys()
	if big := s.Split("val").Keys()[:len(small)]; !reflect.DeepEqual(small, big) {
		t.Errorf("val of 100 scenes is %v, of 5000 it begins %v", small, big)
	}
	says(t, panicOf(t, func() { s.Split("valid") }), `"valid"`, "test, train, val")
}

func TestHeadAndBounds(t *testing.T) {
	s := Scenes(20, 1)
	if n := s.Head(5).Len(); n != 5 {
		t.Errorf("Head(5) has %d samples", n)
	}
	if n := s.Head(50).Len(); n != 20 {
		t.Errorf("Head(50) of 20 has %d samples", n)
	}
	if a, b := s.Split("test").Head(1), s.Split("test"); a.Len() == 1 && a.MustSample(0).Key != b.MustSample(0).Key {
		t.Error("Head of a split begins elsewhere")
	}
	_, err := s.Sample(20)
	says(t, err, "sample 20", "0 to 19")
	says(t, panicOf(t, func() { s.MustSample(-1) }), "sample -1")
	says(t, panicOf(t, func() { s.Head(-1) }), "-1")
	says(t, panicOf(t, func() { Scenes(-1, 0) }), "-1")
}

func TestScenesDependOnSeedAndNumberAlone(t *testing.T) {
	a, b := Scenes(40, 9), Scenes(10, 9)
	var all sync.WaitGroup
	for i := range 10 {
		all.Go(func() {
			if x, y := a.MustSample(9-i), b.MustSample(9-i); !reflect.DeepEqual(x, y) {
				t.Errorf("sample %d depends on more than its seed", 9-i)
			}
		})
	}
	all.Wait()
	if k := a.MustSample(3).Key; k != "scene-000003" {
		t.Errorf("key %q", k)
	}
	if reflect.DeepEqual(a.MustSample(0).Values, Scenes(1, 10).MustSample(0).Values) {
		t.Error("seeds 9 and 10 begin with the same scene")
	}
	if got, want := a.Modalities(), a.MustSample(0).Names(); !reflect.DeepEqual(got, want) {
		t.Errorf("modalities %v, samples have %v", got, want)
	}
}

func TestASampleIsTheCallersOwn(t *testing.T) {
	s := Scenes(1, 2)
	s.MustSample(0).Values["caption"] = "changed"
	if s.MustSample(0).Text("caption") == "changed" {
		t.Error("setting a value changed the set")
	}
}

func TestCacheForgetsTheOldest(t *testing.T) {
	c := newCache(10_000)
	one := func() modality.Sample {
		return modality.Sample{Values: map[string]any{"edge": modality.NewPicture(32, 32, 1)}} // 4.6 KB
	}
	c.put(1, one())
	c.put(2, one())
	c.get(1)
	c.put(3, one())
	for i, want := range map[int]bool{1: true, 2: false, 3: true} {
		if _, ok := c.get(i); ok != want {
			t.Errorf("sample %d kept: %v, expected %v", i, ok, want)
		}
	}
}

func TestSetIsShownAsATable(t *testing.T) {
	got := Scenes(50, 1).String()
	for _, w := range []string{"scenes: 50 samples (train ", "rgb", "64x64x3", "caption", "such as"} {
		if !strings.Contains(got, w) {
			t.Errorf("table lacks %q:\n%s", w, got)
		}
	}
	if b := Scenes(1, 1).SimpleRender(); fmt.Sprint(b["text/plain"]) == "" {
		t.Error("nothing for a notebook")
	}
}

func BenchmarkScenes(b *testing.B) {
	s := Scenes(1<<30, 1)
	b.RunParallel(func(p *testing.PB) {
		for i := 0; p.Next(); i++ {
			s.MustSample(i)
		}
	})
}
