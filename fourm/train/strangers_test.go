//go:build linux

package train

import (
	"encoding/binary"
	"fmt"
	"hash/crc32"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"fourmlab/fourm/train/tfevents"

	"fourmlab/internal/fixture"
)

// must ends a test that cannot be set up.
func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

const lineOf7 = `{"step":7,"loss":2,"losses":{"tok_secret":2}}` + "\n"

// traps are what may stand under the name of a file of a run. Each gives the
// words that say so; "" where this machine cannot make it.
func traps(t *testing.T) map[string]func(path string) string {
	outside := t.TempDir()
	write(t, outside, map[string]string{"history.jsonl": lineOf7, "run.json": `{"Steps": 7, "Name": "secret"}`, "x.csv": "step,secret\n7,7\n"})
	events(t, filepath.Join(outside, "tfevents"), loss(7, 2))
	other := func(path string) string {
		switch base := filepath.Base(path); {
		case tfevents.IsName(base):
			return filepath.Join(outside, "tfevents")
		default:
			return filepath.Join(outside, base)
		}
	}
	const out = "leads out of the folder"
	return map[string]func(path string) string{
		"FIFO": func(p string) string { must(t, syscall.Mkfifo(p, 0o666)); return "FIFO" },
		"device": func(p string) string {
			if syscall.Mknod(p, syscall.S_IFCHR|0o666, 1<<8|5) != nil { // /dev/zero
				return ""
			}
			return "device"
		},
		"socket": func(p string) string {
			at, err := os.MkdirTemp("", "s") // its path is short
			must(t, err)
			defer os.RemoveAll(at)
			l, err := net.ListenUnix("unix", &net.UnixAddr{Name: filepath.Join(at, "s"), Net: "unix"})
			must(t, err)
			l.SetUnlinkOnClose(false)
			defer l.Close()
			must(t, os.Rename(filepath.Join(at, "s"), p))
			return "socket"
		},
		"folder":  func(p string) string { must(t, os.Mkdir(p, 0o777)); return "folder" },
		"endless": func(p string) string { must(t, os.Symlink("/dev/zero", p)); return out },
		"link":    func(p string) string { must(t, os.Symlink(other(p), p)); return out },
		"relative link": func(p string) string {
			rel, _ := filepath.Rel(filepath.Dir(p), other(p))
			must(t, os.Symlink(rel, p))
			return out
		},
		"chain of links": func(p string) string {
			must(t, os.Symlink(other(p), p+"~"))
			must(t, os.Symlink(filepath.Base(p)+"~", p))
			return out
		},
		"through a folder": func(p string) string {
			must(t, os.Symlink(filepath.Dir(other(p)), filepath.Join(filepath.Dir(p), "sub")))
			must(t, os.Symlink("sub/"+filepath.Base(other(p)), p))
			return out
		},
		"link to nothing": func(p string) string { must(t, os.Symlink("gone", p)); return "link to nothing" },
		"link to itself":  func(p string) string { must(t, os.Symlink(filepath.Base(p), p)); return "leads back to itself" },
		"huge": func(p string) string {
			must(t, os.WriteFile(p, []byte(lineOf7), 0o666))
			must(t, os.Truncate(p, 50<<30))
			if tfevents.IsName(p) {
				return "expected at most"
			}
			return "bytes, expected at most"
		},
	}
}

// What stands under the name of one of a run's files and is none is left out
// and told by name; it is not waited for, and other runs are read.
func TestTraps(t *testing.T) {
	n := 0
	for _, file := range []string{"history.jsonl", "run.json", "events.out.tfevents.1"} {
		for kind, trap := range traps(t) {
			top := t.TempDir()
			write(t, top, map[string]string{"good/history.jsonl": lineOf7, "good/run.json": `{"Steps": 9}`})
			evil := filepath.Join(top, "evil")
			must(t, os.Mkdir(evil, 0o777))
			words := trap(filepath.Join(evil, file))
			if words == "" {
				continue
			}
			n++
			told := func(what, said string) {
				t.Helper()
				if !strings.Contains(said, words) || !strings.Contains(said, filepath.Join(evil, file)) {
					t.Errorf("%s, %s: %s: %s, expected the file and %q", file, kind, what, said, words)
				}
			}
			if _, ok := noRun[kind]; ok && file != "history.jsonl" && file != "run.json" {
				continue // a folder of that name is no event file
			}
			fixture.Within(t, 10*time.Second, file+" "+kind, func() {
				run, err := Open(evil)
				if err == nil {
					t.Errorf("%s, %s: a run of %d points (%v)", file, kind, len(run.Points), run)
				} else {
					told("alone", err.Error())
				}
				runs, err := OpenAll(top)
				if len(runs) != 1 || runs[0].Name != "good" || len(runs[0].Points) != 1 || runs[0].Steps != 9 {
					t.Errorf("%s, %s: runs %v (%v)", file, kind, runs, err)
				}
				if err == nil {
					t.Errorf("%s, %s: nothing is said of it", file, kind)
				} else {
					told("beside a good one", err.Error())
				}
			})
			// With what is good beside it, the run is the rest.
			rest := map[string]string{"run.json": `{"Steps": 9}`}
			if file == "run.json" {
				rest = map[string]string{"history.jsonl": `{"step":3,"loss":1}` + "\n"}
			}
			if tfevents.IsName(file) {
				rest = nil
				events(t, filepath.Join(evil, "events.out.tfevents.0"), loss(3, 1))
			}
			write(t, evil, rest)
			fixture.Within(t, 10*time.Second, file+" "+kind, func() {
				run, err := Open(evil)
				if err != nil {
					t.Errorf("%s, %s: %v", file, kind, err)
					return
				}
				if run.Last().Step == 7 || run.Name != "evil" || max(run.Steps, run.Last().Step) == 0 {
					t.Errorf("%s, %s: what lies elsewhere is read: %+v", file, kind, run)
				}
				told("noted", strings.Join(run.Notes, "\n"))
			})
		}
	}
	if n < 30 {
		t.Errorf("%d traps, expected 30 and more", n)
	}
	t.Logf("%d traps", n)
}

// noRun are the kinds that are not listed as an event file.
var noRun = map[string]bool{"folder": true}

// A file that is named is read where it is, through links, and is a plain one.
func TestNamedFiles(t *testing.T) {
	dir, home := t.TempDir(), t.TempDir()
	write(t, home, map[string]string{"x.csv": "step,loss\n1,2\n", "run/history.jsonl": lineOf7})
	events(t, filepath.Join(home, "tfevents"), loss(3, 1))
	for name, to := range map[string]string{"a.csv": "x.csv", "b.tfevents": "tfevents", "linked": "run", "c.jsonl": "run/history.jsonl"} {
		must(t, os.Symlink(filepath.Join(home, to), filepath.Join(dir, name)))
		run, err := Open(filepath.Join(dir, name))
		if err != nil || len(run.Points) != 1 {
			t.Errorf("%s: %v, %v", name, run, err)
		}
		if runs, err := OpenAll(filepath.Join(dir, name)); err != nil || len(runs) != 1 {
			t.Errorf("all of %s: %v, %v", name, runs, err)
		}
	}
	for _, name := range []string{"fifo.csv", "fifo.tfevents", "fifo.jsonl", "fifo.tsv"} {
		path := filepath.Join(dir, name)
		must(t, syscall.Mkfifo(path, 0o666))
		fixture.Within(t, 10*time.Second, name, func() {
			if _, err := Open(path); err == nil || !strings.Contains(err.Error(), "fifo") {
				t.Errorf("%s: %v", name, err)
			}
		})
	}
	huge := filepath.Join(dir, "huge.csv")
	write(t, dir, map[string]string{"huge.csv": "step,loss\n1,2\n"})
	must(t, os.Truncate(huge, 50<<30))
	fixture.Within(t, 10*time.Second, "huge", func() {
		if _, err := Open(huge); err == nil || !strings.Contains(err.Error(), "expected at most") {
			t.Errorf("%v", err)
		}
	})
}

// Links to other folders are followed where they are named, and told where
// they are found; a link to a run beside it is the same run.
func TestLinkedFolders(t *testing.T) {
	top, disk := t.TempDir(), t.TempDir()
	write(t, disk, map[string]string{"big/history.jsonl": lineOf7, "runs/a/history.jsonl": lineOf7})
	write(t, top, map[string]string{"runs/a/history.jsonl": lineOf7})
	must(t, os.Symlink(filepath.Join(disk, "big"), filepath.Join(top, "runs", "big")))
	must(t, os.Symlink("a", filepath.Join(top, "runs", "latest")))
	runs, err := OpenAll(filepath.Join(top, "runs"))
	if err != nil || len(runs) != 1 || runs[0].Name != "a" {
		t.Fatalf("%v, %v", runs, err)
	}
	if said := strings.Join(runs[0].Notes, "\n"); !strings.Contains(said, "big") || !strings.Contains(said, "leads out") || strings.Contains(said, "latest") {
		t.Errorf("noted: %q", said)
	}
	for _, name := range []string{"big", "latest"} {
		if run, err := Open(filepath.Join(top, "runs", name)); err != nil || run.Last().Step != 7 || run.Name != name {
			t.Errorf("%s: %v, %v", name, run, err)
		}
	}
	must(t, os.Symlink(filepath.Join(disk, "runs"), filepath.Join(top, "elsewhere")))
	if runs, err := OpenAll(filepath.Join(top, "elsewhere")); err != nil || len(runs) != 1 || runs[0].Name != "a" {
		t.Errorf("a linked folder of runs: %v, %v", runs, err)
	}
}

// asNobody carries a test out without root's rights.
func asNobody(t *testing.T) bool {
	if os.Getuid() != 0 {
		return true
	}
	if os.Getenv("FOURM_TEST_AS_NOBODY") != "" {
		t.Fatal("still root")
	}
	self, err := os.Executable()
	must(t, err)
	b, err := os.ReadFile(self)
	must(t, err)
	dir, err := os.MkdirTemp("", "nobody") // that anybody may go through
	must(t, err)
	defer os.RemoveAll(dir)
	must(t, os.Chmod(dir, 0o777))
	program := filepath.Join(dir, "test")
	must(t, os.WriteFile(program, b, 0o755))
	c := exec.Command(program, "-test.run=^"+t.Name()+"$", "-test.v")
	c.Dir = dir
	c.Env = []string{"FOURM_TEST_AS_NOBODY=1", "TMPDIR=" + dir}
	c.SysProcAttr = &syscall.SysProcAttr{Credential: &syscall.Credential{Uid: 65534, Gid: 65534}}
	out, err := c.CombinedOutput()
	switch {
	case err != nil && len(out) == 0:
		t.Skipf("root cannot be another here: %v", err)
	case err != nil || !strings.Contains(string(out), "--- PASS"):
		t.Errorf("as another user: %v\n%s", err, out)
	}
	return false
}

// shut takes all rights away until the test ends.
func shut(t *testing.T, path string) {
	t.Helper()
	must(t, os.Chmod(path, 0))
	t.Cleanup(func() { os.Chmod(path, 0o700) })
}

// A folder that may not be read hides no run, and is told.
func TestUnreadable(t *testing.T) {
	if !asNobody(t) {
		return
	}
	top := t.TempDir()
	write(t, top, map[string]string{"good/history.jsonl": lineOf7, "zz/history.jsonl": lineOf7, "none/a/x": ""})
	for _, name := range []string{"lost+found", "good/private"} {
		must(t, os.Mkdir(filepath.Join(top, name), 0o700))
		shut(t, filepath.Join(top, name))
	}
	runs, err := OpenAll(top)
	if err != nil || len(runs) != 2 || runs[0].Name != "good" || runs[1].Name != "zz" {
		t.Fatalf("%v, %v", runs, err)
	}
	said := strings.Join(runs[0].Notes, "\n")
	for _, w := range []string{"lost+found: permission denied", "private: permission denied"} {
		if !strings.Contains(said, w) {
			t.Errorf("noted: %q, expected %q", said, w)
		}
	}
	shut(t, filepath.Join(top, "zz", "history.jsonl"))
	if runs, err := OpenAll(top); len(runs) != 1 || err == nil || !strings.Contains(err.Error(), "zz/history.jsonl: permission denied") {
		t.Errorf("%v, %v", runs, err)
	}
	shut(t, filepath.Join(top, "none", "a"))
	if _, err := OpenAll(filepath.Join(top, "none")); err == nil || !strings.Contains(err.Error(), "permission denied") {
		t.Errorf("nothing but what may not be read: %v", err)
	}
}

// A history is read up to a line without end, and has an end itself.
func TestEndlessLines(t *testing.T) {
	long := `{"step":8,"loss":1,"losses":{"` + strings.Repeat("x", 3<<20) + `":1}}` + "\n"
	defer func(n int) { most = n }(most)
	most = 1000
	for name, c := range map[string]struct {
		text   string
		points int
		said   string
	}{
		"first":         {long + lineOf7, 1, "line 1 has more than"},
		"alone":         {long, 0, "line 1 has more than"},
		"after a good":  {lineOf7 + long + lineOf7, 2, "line 2 has more than"},
		"zeros behind":  {lineOf7 + strings.Repeat("\x00", 3<<20), 1, "line 2 has more than"},
		"without steps": {strings.Repeat("{}\n", most+1), most, "more than 1000 steps"},
	} {
		dir := t.TempDir()
		write(t, dir, map[string]string{"history.jsonl": c.text})
		run, err := Open(dir)
		said := fmt.Sprint(err)
		if err == nil {
			said = strings.Join(run.Notes, "\n")
		}
		if err != nil || len(run.Points) != c.points || !strings.Contains(said, c.said) {
			t.Errorf("%s: %s", name, said)
		}
	}
}

// Folders in one another without end, and a million of them, are looked into
// up to a limit, and that is said.
func TestManyFolders(t *testing.T) {
	defer func(a, b, c int) { mostFolders, deepest, mostFiles = a, b, c }(mostFolders, deepest, mostFiles)
	mostFolders, deepest, mostFiles = 50, 5, 3
	top := t.TempDir()
	write(t, top, map[string]string{"a/history.jsonl": lineOf7, "b/1/2/3/4/5/6/7/history.jsonl": lineOf7, "b/1/2/history.jsonl": lineOf7, "c/history.jsonl": lineOf7})
	runs, err := OpenAll(top)
	if err != nil || len(runs) != 3 || !strings.Contains(strings.Join(runs[0].Notes, ""), "none deeper than 5") {
		t.Errorf("%v, %v", runs, err)
	}
	for i := range 60 {
		write(t, top, map[string]string{fmt.Sprintf("d/%d/x", i): ""})
	}
	write(t, top, map[string]string{"z/history.jsonl": lineOf7})
	runs, err = OpenAll(top)
	if err != nil || len(runs) != 3 || !strings.Contains(strings.Join(runs[0].Notes, ""), "only 50 are looked into") {
		t.Errorf("%v, %v", runs, err)
	}
	for i := range 5 {
		events(t, filepath.Join(top, "e", fmt.Sprintf("events.out.tfevents.%d", i)), loss(int64(i), 1))
	}
	run, err := Open(filepath.Join(top, "e"))
	if err != nil || len(run.Points) != 3 || run.Last().Step != 4 || !strings.Contains(strings.Join(run.Notes, ""), "the first 2 of 5 event files, left out") {
		t.Errorf("%v, %v", run, err)
	}
}

// record is a record of an event file that claims a length.
func record(claims uint64, data []byte) []byte {
	mask := func(b []byte) uint32 {
		c := crc32.Checksum(b, crc32.MakeTable(crc32.Castagnoli))
		return (c>>15 | c<<17) + 0xa282ead8
	}
	head := binary.LittleEndian.AppendUint64(nil, claims)
	out := binary.LittleEndian.AppendUint32(head, mask(head))
	return binary.LittleEndian.AppendUint32(append(out, data...), mask(data))
}

// A record that claims a length which cannot be costs nothing; one that is a
// long picture is passed over.
func TestLongRecords(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "events.out.tfevents.1")
	events(t, path, loss(1, 5))
	good, err := os.ReadFile(path)
	must(t, err)
	for name, c := range map[string]struct {
		more []byte
		said string
	}{
		"claims all":  {record(1<<63, []byte("x")), "expected at most"},
		"claims -1":   {record(1<<64-1, []byte("x")), "expected at most"},
		"claims much": {record(1<<30, []byte("x")), "cut off"},
		"is long":     {record(40<<20, make([]byte, 40<<20)), ""},
	} {
		must(t, os.WriteFile(path, slices.Concat(good, c.more), 0o666))
		run, err := Open(dir)
		if err != nil || len(run.Points) != 1 || (c.said == "") != (len(run.Notes) == 0) || !strings.Contains(strings.Join(run.Notes, ""), c.said) {
			t.Errorf("%s: %v, %v", name, run, err)
		}
	}
	must(t, os.WriteFile(path, slices.Concat(good, record(40<<20, make([]byte, 40<<20)), good), 0o666))
	if run, err := Open(dir); err != nil || len(run.Points) != 1 || len(run.Notes) != 0 {
		t.Errorf("behind a long record: %v, %v", run, err)
	}
}

// What strangers have written is shown and does nothing: no escape sequence of
// a terminal and no mark that turns letters round comes out of a run or an
// error.
func TestNamesOfStrangers(t *testing.T) {
	const evil = "\x1b[2J\x1b]0;x\a\u202egnp"
	dir := filepath.Join(t.TempDir(), "top"+evil)
	events(t, filepath.Join(dir, "board", "events.out.tfevents.1"), tfevents.Event{Step: 1, Scalars: []tfevents.Scalar{{Tag: evil, Value: 1}, {Tag: "train/" + evil + "_loss", Value: 1}}})
	write(t, dir, map[string]string{
		"a" + evil + "/history.jsonl": lineOf7,
		"b/history.jsonl":             `{"step":1,"loss":1,"losses":{"` + `\u001b[2J\u202e` + `":1},"val":{"\u001b":1},"metrics":{"\u001b":1}}` + "\n",
		"b/run.json":                  `{"Name": "\u001b[2J\u202ename", "Steps": 3, "Schedule": "\u001b[31m", "Margin": {"\u001b": 1}, "Env": {"\u001b[2J": "\u001b"}}`,
		"c" + evil + "/history.jsonl": "rubbish\nrubbish\n",
		"d/run.json":                  `{"Model": "` + evil + `"}`,
		"e.csv":                       "step," + evil + ",b" + evil + " - loss\n1,2,3\n",
		"f" + evil + ".csv":           "nothing\n",
	})
	must(t, os.Symlink("/etc/passwd", filepath.Join(dir, "out"+evil)))
	check := func(what, said string) {
		t.Helper()
		if strings.ContainsFunc(said, func(r rune) bool { return r < ' ' && r != '\n' && r != '\t' || r >= 0x202a && r <= 0x202e }) {
			t.Errorf("%s: %q", what, said)
		}
	}
	seen := 0
	for _, path := range []string{dir, filepath.Join(dir, "e.csv"), filepath.Join(dir, "f"+evil+".csv"), filepath.Join(dir, "none"+evil)} {
		runs, err := OpenAll(path)
		_, err2 := Open(path)
		check("error", fmt.Sprint(err, err2))
		for _, r := range runs {
			seen++
			check("run", fmt.Sprint(r.Name, r.Notes, r, r.Scores(), r.Config, r.Marginal))
			for _, p := range r.Points {
				check("point", fmt.Sprint(p.Losses, p.Val, p.Metrics))
			}
		}
	}
	if seen != 5 {
		t.Errorf("%d runs, expected 5", seen)
	}
}
