package datasets

// Pen strokes as a picture: where the pen went, and when.

import (
	"bufio"
	"bytes"
	"compress/gzip"
	"encoding/json"
	"fmt"
	"io"
	"math"
	"os"

	"fourmlab/fourm/modality"
)

// paper is the side of the sheet that strokes were drawn on, in their units.
const paper = 105

// readStrokes reads a .jsonl.gz of {"id": ..., "strokes": [[[x, y, ms], ...], ...]}
// and gives the lines by id.
func readStrokes(path string) (map[string][]byte, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	z, err := gzip.NewReader(bufio.NewReader(f))
	if err != nil {
		return nil, problem{path, "", err.Error()}
	}
	b, err := io.ReadAll(io.LimitReader(z, 1<<28))
	if err != nil {
		return nil, problem{path, "", err.Error()}
	}
	out := map[string][]byte{}
	for n := 1; len(b) > 0; n++ {
		line, rest, _ := bytes.Cut(b, []byte("\n"))
		b = rest
		if len(bytes.TrimSpace(line)) == 0 {
			continue
		}
		var row struct{ ID string }
		if err := json.Unmarshal(line, &row); err != nil || row.ID == "" {
			return nil, problem{path, "", fmt.Sprintf("line %d has no id that is a word", n)}
		}
		out[row.ID] = line
	}
	return out, nil
}

// drawStrokes draws a line of the file: early ink blue, late ink orange, on
// white, which are told apart whatever colours an eye sees.
func drawStrokes(line []byte, size int) (*modality.Picture, error) {
	var row struct{ Strokes [][][]float64 }
	if err := json.Unmarshal(line, &row); err != nil {
		return nil, fmt.Errorf("strokes: %w", err)
	}
	n := 0
	for _, s := range row.Strokes {
		for _, p := range s {
			if len(p) < 2 {
				return nil, fmt.Errorf("a point of %d numbers, expected x, y and milliseconds", len(p))
			}
			n++
		}
	}
	p := modality.NewPicture(size, size, 3)
	for i := range p.Pix {
		p.Pix[i] = 1
	}
	first, last := [3]float64{0.12, 0.37, 0.72}, [3]float64{0.90, 0.42, 0.08}
	at, scale := 0, float64(size)/paper
	for _, s := range row.Strokes {
		for k, q := range s {
			prev := s[max(k-1, 0)]
			t := float64(at) / float64(max(n-1, 1))
			var c [3]float64
			for j := range c {
				c[j] = first[j] + t*(last[j]-first[j])
			}
			ink(p, prev[0]*scale, prev[1]*scale, q[0]*scale, q[1]*scale, max(1.1*scale, 0.8), c)
			at++
		}
	}
	return p, nil
}

// ink draws a line with round ends; its edge fades over a pixel.
func ink(p *modality.Picture, x0, y0, x1, y1, r float64, c [3]float64) {
	dx, dy := x1-x0, y1-y0
	for y := max(int(min(y0, y1)-r-1), 0); y <= min(int(max(y0, y1)+r+1), p.H-1); y++ {
		for x := max(int(min(x0, x1)-r-1), 0); x <= min(int(max(x0, x1)+r+1), p.W-1); x++ {
			px, py := float64(x)+0.5-x0, float64(y)+0.5-y0
			t := 0.0
			if l := dx*dx + dy*dy; l > 0 {
				t = min(max((px*dx+py*dy)/l, 0), 1)
			}
			a := min(max(r+0.5-math.Hypot(px-t*dx, py-t*dy), 0), 1)
			if a == 0 {
				continue
			}
			for j := range c {
				v := float64(p.At(y, x, j))
				p.Set(y, x, j, float32(v+a*(c[j]-v)))
			}
		}
	}
}
