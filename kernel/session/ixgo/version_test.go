package ixgo

import (
	"os/exec"
	"runtime/debug"
	"strings"
	"testing"
)

// The version that go.mod requires is the one that is known here, and all that
// is reached for is where it was.
func TestVersion(t *testing.T) {
	if err := Unknown(); err != nil {
		t.Fatal(err)
	}
	out, err := exec.Command("go", "list", "-m", "-f", "{{.Version}}{{with .Replace}} replaced by {{.Path}}{{end}}", interpreter).Output()
	if err != nil {
		t.Skip("no go command that lists modules: ", err)
	}
	if got := strings.TrimSpace(string(out)); got != Version {
		t.Errorf("go.mod has ixgo %s, and %s is known here: read its source again, then change Version", got, Version)
	}
}

func TestVersionIn(t *testing.T) {
	module := func(version string, replace *debug.Module) *debug.BuildInfo {
		return &debug.BuildInfo{Deps: []*debug.Module{{Path: "example.org/other", Version: "v9.9.9"}, {Path: interpreter, Version: version, Replace: replace}}}
	}
	for want, info := range map[string]*debug.BuildInfo{
		"":  module(Version, nil),
		" ": {}, // test programs list none
		"ixgo is v1.2.0, and v1.1.1 is known here":                         module("v1.2.0", nil),
		"ixgo is v1.1.1-0.20250101, and v1.1.1 is known here":              module("v1.1.1-0.20250101", nil),
		"ixgo is replaced by example.org/fork v1.1.1, and v1.1.1 is known": module(Version, &debug.Module{Path: "example.org/fork", Version: "v1.1.1"}),
	} {
		err := versionIn(info)
		if want = strings.TrimSpace(want); want == "" {
			if err != nil {
				t.Error(err)
			}
			continue
		}
		if err == nil || !strings.HasPrefix(err.Error(), want) {
			t.Errorf("%v, expected %s", err, want)
		}
	}
}
