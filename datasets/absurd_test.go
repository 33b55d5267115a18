package datasets

import (
	"encoding/binary"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"

	"fourmlab/fourm/checkpoint"
)

// allocated tells how many bytes a call takes from the heap.
func allocated(f func()) uint64 {
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	f()
	runtime.ReadMemStats(&after)
	return after.TotalAlloc - before.TotalAlloc
}

// Headers that claim shapes whose product wraps around, is negative or is more
// than any file holds are refused before there is memory for them.
func TestAbsurdHeaders(t *testing.T) {
	const most = 8 << 20
	n := 0
	for _, shape := range []string{
		"(4611686018427387904, 4)", "(4611686018427387904, 4611686018427387904)", "(9223372036854775807,)", "(9223372036854775808,)",
		"(340282366920938463463374607431768211456,)", "(-1, 4)", "(-4, -4)", "(4294967296, 4294967296)", "(2147483648, 2147483648, 4)",
		"(0, 4611686018427387904)", "(4611686018427387904, 0)", "(0, 0)", "(1, 0, 9223372036854775807)",
		"(" + strings.Repeat("2, ", 63) + ")", "(" + strings.Repeat("1, ", 3000) + ")", "(" + strings.Repeat("4294967296, ", 700) + ")",
		"(1000000, 1000000)", "(99999,)",
	} {
		for _, descr := range []string{"<f4", "<i2", "|b1", ">f8"} {
			head := fmt.Sprintf("{'descr': '%s', 'fortran_order': %v, 'shape': %s, }\n", descr, []string{"False", "True"}[n%2], shape)
			b := binary.LittleEndian.AppendUint16([]byte("\x93NUMPY\x01\x00"), uint16(len(head)))
			b = append(append(b, head...), make([]byte, 64)...)
			for _, name := range []string{"depth", "semseg", "normal", "rgb", "tok_rgb"} {
				n++
				took := allocated(func() {
					v, _, err := decode(name, "npy", b, 0)
					if err == nil || strings.Contains(err.Error(), "\n") || len(err.Error()) > 400 {
						t.Errorf("%s of shape %.60s of %s: %v (%v)", name, shape, descr, v, err)
					}
				})
				if took > most {
					t.Errorf("%s of shape %.60s of %s: %d bytes were taken", name, shape, descr, took)
				}
			}
			if _, err := parseWindows(b); err == nil {
				t.Errorf("windows of shape %s", shape)
			}
		}
	}
	for _, shape := range []string{"[4611686018427387904, 4]", "[9223372036854775807, 9223372036854775807]", "[9223372036854775808]", "[-1, -4]", "[-4]",
		"[4294967296, 4294967296]", "[1000000, 1000000]", "[1e3]", "[" + strings.Repeat("2,", 64) + "2]"} {
		for _, offsets := range []string{"[0, 4]", "[0, 9223372036854775807]", "[-4, 0]", "[9223372036854775804, 9223372036854775807]", "[4, 0]"} {
			n++
			head := `{"w": {"dtype": "F32", "shape": ` + shape + `, "data_offsets": ` + offsets + `}}`
			path := filepath.Join(t.TempDir(), "a.safetensors")
			if err := os.WriteFile(path, append(append(binary.LittleEndian.AppendUint64(nil, uint64(len(head))), head...), 0, 0, 0, 0), 0o666); err != nil {
				t.Fatal(err)
			}
			took := allocated(func() {
				if _, err := checkpoint.Peek(path); err == nil || len(err.Error()) > 600 {
					t.Errorf("safetensors of shape %s at %s: %v", shape, offsets, err)
				}
			})
			if took > most {
				t.Errorf("safetensors of shape %s at %s: %d bytes were taken", shape, offsets, took)
			}
		}
	}
	for _, length := range []uint64{1 << 63, 1<<64 - 1, 1 << 40, 100<<20 + 1, 1000} {
		n++
		path := filepath.Join(t.TempDir(), "a.safetensors")
		if err := os.WriteFile(path, append(binary.LittleEndian.AppendUint64(nil, length), "{}"...), 0o666); err != nil {
			t.Fatal(err)
		}
		if took := allocated(func() {
			if _, err := checkpoint.Peek(path); err == nil {
				t.Errorf("a header of %d bytes is read", length)
			}
		}); took > most {
			t.Errorf("a header of %d bytes: %d bytes were taken", length, took)
		}
	}
	t.Logf("%d headers", n)
}

// Deep nesting and long texts in JSON are read or refused in the time of their
// length.
func TestDeepJSON(t *testing.T) {
	deep := strings.Repeat("[", 200_000) + strings.Repeat("]", 200_000)
	long, err := json.Marshal(strings.Repeat("word ", 400_000))
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"caption", "box", "palette"} {
		if v, _, err := decode(name, "json", []byte(deep), 0); err == nil || len(err.Error()) > 300 {
			t.Errorf("%s of 200,000 lists in lists: %v (%.300v)", name, v, err)
		}
		if v, _, err := decode(name, "json", long, 0); name == "caption" && (err != nil || len(v.(string)) < 1_999_999) || err != nil && len(err.Error()) > 300 {
			t.Errorf("%s of 2 MB: %.100v (%.300v)", name, v, err)
		}
	}
}
