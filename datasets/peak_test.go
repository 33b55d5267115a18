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
	"regexp"
	"strconv"
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
		b, err := os.ReadFile("/proc/self/status")
		if err != nil {
			t.Fatal(err)
		}
		fmt.Println(string(b))
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
	// what is alive counts, not how far the collector is behind on a busy machine
	child.Env = append(os.Environ(), peakFolder+"="+dir, "GOGC=25")
	out, err := child.CombinedOutput()
	if err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	// its own word: getrusage would count the memory of the process it came from
	said := regexp.MustCompile(`VmHWM:\s+(\d+) kB`).FindSubmatch(out)
	if said == nil {
		t.Fatalf("no VmHWM in\n%s", out)
	}
	peak, _ := strconv.Atoi(string(said[1]))
	peak <<= 10
	t.Logf("%d MB", peak/1e6)
	if peak > 1000e6 {
		t.Errorf("packing took %d MB, expected at most 1000", peak/1e6)
	}
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
