//go:build linux && !race

package datasets

import (
	"bytes"
	"compress/zlib"
	"encoding/binary"
	"fmt"
	"hash/crc32"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

const peakFolder = "FOURM_TEST_PEAK"

// Two pictures of 8192 x 8192 pixels of 64 bits are packed in the memory of
// one, and of what is made of it: 537 MB as they are decoded, 201 MB of colours.
func TestPeakOfLargePictures(t *testing.T) {
	if dir := os.Getenv(peakFolder); dir != "" { // the process that is measured
		rep, err := Pack(dir, filepath.Join(t.TempDir(), "out"), PackOptions{})
		if err != nil || rep.Samples != 2 {
			t.Fatal(rep, err)
		}
		fmt.Println(peakOf(t))
		return
	}
	if testing.Short() {
		t.Skip("takes some seconds and most of a gigabyte")
	}
	dir := t.TempDir()
	for _, name := range []string{"a.png", "b.png"} {
		put(t, filepath.Join(dir, name), wide16(8192, 8192))
	}
	child := exec.Command(os.Args[0], "-test.run=^TestPeakOfLargePictures$")
	child.Env = append(os.Environ(), peakFolder+"="+dir)
	out, err := child.CombinedOutput()
	if err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	var peak int64
	if _, err := fmt.Sscan(string(out), &peak); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	t.Logf("%d MB", peak/1e6)
	if peak > 1000e6 {
		t.Errorf("packing took %d MB, expected at most 1000", peak/1e6)
	}
}

// peakOf is the most memory that this process has had. What the system tells of
// a child that has ended counts its parent's, from before the child began.
func peakOf(t *testing.T) int64 {
	status, err := os.ReadFile("/proc/self/status")
	if err != nil {
		t.Fatal(err)
	}
	_, rest, _ := strings.Cut(string(status), "VmHWM:")
	var kib int64
	if _, err := fmt.Sscan(rest, &kib); err != nil {
		t.Fatal(err)
	}
	return kib << 10
}

// wide16 is a PNG of 16 bits a channel, red, green, blue and alpha, all alike.
func wide16(w, h int) []byte {
	out := bytes.NewBufferString("\x89PNG\r\n\x1a\n")
	chunk := func(name string, body []byte) {
		b := append([]byte(name), body...)
		out.Write(binary.BigEndian.AppendUint32(nil, uint32(len(body))))
		out.Write(b)
		out.Write(binary.BigEndian.AppendUint32(nil, crc32.ChecksumIEEE(b)))
	}
	head := binary.BigEndian.AppendUint32(binary.BigEndian.AppendUint32(nil, uint32(w)), uint32(h))
	chunk("IHDR", append(head, 16, 6, 0, 0, 0))
	var packed bytes.Buffer
	z, _ := zlib.NewWriterLevel(&packed, zlib.BestSpeed)
	row := append([]byte{0}, bytes.Repeat([]byte{0x40}, 8*w)...)
	for range h {
		z.Write(row)
	}
	z.Close()
	chunk("IDAT", packed.Bytes())
	chunk("IEND", nil)
	return out.Bytes()
}
