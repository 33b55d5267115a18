package picture

// TIFF: colours and 8 or 16 bits of gray by x/image/tiff; here the directory,
// and the numbers that it does not read: real ones, signed ones, 32 bits and
// more (Adobe, TIFF 6.0), as depth cameras and elevation maps have them.

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"math"

	"golang.org/x/image/tiff"

	"fourmlab/internal/memory"
)

const (
	tagWidth, tagHeight, tagBits, tagCompression = 256, 257, 258, 259
	tagStrips, tagSamples, tagRows, tagCounts    = 273, 277, 278, 279
	tagPredictor, tagTileWidth, tagTileHeight    = 317, 322, 323
	tagTiles, tagTileCounts, tagFormat           = 324, 325, 339
)

// directory holds the whole numbers of the first directory of a TIFF.
type directory struct {
	b      []byte
	order  binary.ByteOrder
	values map[uint16][]uint32
	more   bool // there is another picture
}

// widest is how many numbers a tag is believed to have.
const widest = 1 << 20

// openTIFF reads the first directory. Tags of other kinds than whole numbers
// are passed over.
func openTIFF(b []byte) (*directory, error) {
	if len(b) < 8 {
		return nil, errors.New("cut off in its header")
	}
	d := &directory{b: b, order: binary.LittleEndian, values: map[uint16][]uint32{}}
	if b[0] == 'M' {
		d.order = binary.BigEndian
	}
	at := int64(d.order.Uint32(b[4:]))
	if at > int64(len(b)-2) {
		return nil, fmt.Errorf("its directory is at byte %d of %d: cut off", at, len(b))
	}
	n := int64(d.order.Uint16(b[at:]))
	at += 2
	if at+12*n > int64(len(b)) {
		return nil, errors.New("cut off in its directory")
	}
	for ; n > 0; n-- {
		e := b[at:]
		at += 12
		kind, count := d.order.Uint16(e[2:]), int64(d.order.Uint32(e[4:]))
		size, ok := map[uint16]int64{1: 1, 3: 2, 4: 4}[kind]
		if !ok || count > widest {
			continue
		}
		from := int64(0)
		data := e[8:12]
		if size*count > 4 {
			if from = int64(d.order.Uint32(data)); from+size*count > int64(len(b)) {
				continue
			}
			data = b[from:]
		}
		v := make([]uint32, count)
		for i := range v {
			switch size {
			case 1:
				v[i] = uint32(data[i])
			case 2:
				v[i] = uint32(d.order.Uint16(data[2*i:]))
			default:
				v[i] = d.order.Uint32(data[4*i:])
			}
		}
		d.values[d.order.Uint16(e)] = v
	}
	d.more = at+4 <= int64(len(b)) && d.order.Uint32(b[at:]) != 0
	return d, nil
}

// first gives the first number of a tag.
func (d *directory) first(tag uint16, otherwise int) int {
	if v := d.values[tag]; len(v) > 0 {
		return int(v[0])
	}
	return otherwise
}

func (p *Picture) tiff(b []byte, _ bool) error {
	d, err := openTIFF(b)
	if err != nil {
		return err
	}
	p.H, p.W = d.first(tagHeight, 0), d.first(tagWidth, 0)
	if err := memory.Picture(p.W, p.H, 1); err != nil {
		return err
	}
	p.turned(d.first(tagOrientation, 1))
	if d.more {
		p.note("the first of several pages is taken")
	}
	bits, format := d.first(tagBits, 1), d.first(tagFormat, 1)
	p.Lossy = d.first(tagCompression, 1) == 7 || d.first(tagCompression, 1) == 6
	if d.first(tagSamples, 1) == 1 && (format == 2 || format == 3 || bits > 16) {
		p.Whole = format != 3
		return p.numbers(d, bits, format)
	}
	c, err := tiff.DecodeConfig(bytes.NewReader(b)) // that package may read the directory in another way
	if err == nil {
		err = room(c)
	}
	if err != nil {
		return err
	}
	p.Image, err = tiff.Decode(bytes.NewReader(b))
	return err
}

// numbers reads the strips or tiles of one number a pixel.
func (p *Picture) numbers(d *directory, bits, format int) error {
	read, ok := map[[2]int]func(b []byte) float32{
		{3, 16}: nil,
		{3, 32}: func(b []byte) float32 { return math.Float32frombits(d.order.Uint32(b)) },
		{3, 64}: func(b []byte) float32 { return float32(math.Float64frombits(d.order.Uint64(b))) },
		{2, 8}:  func(b []byte) float32 { return float32(int8(b[0])) },
		{2, 16}: func(b []byte) float32 { return float32(int16(d.order.Uint16(b))) },
		{2, 32}: func(b []byte) float32 { return float32(int32(d.order.Uint32(b))) },
		{1, 32}: func(b []byte) float32 { return float32(d.order.Uint32(b)) },
	}[[2]int{format, bits}]
	if !ok || read == nil {
		return fmt.Errorf("numbers of %d bits in sample format %d, expected real ones of 32 or 64 bits or whole ones of up to 32", bits, format)
	}
	size := bits / 8
	w, h := p.W, d.first(tagRows, p.H)
	offsets, counts := d.values[tagStrips], d.values[tagCounts]
	tiled := len(d.values[tagTiles]) > 0
	if tiled {
		w, h = d.first(tagTileWidth, 0), d.first(tagTileHeight, 0)
		offsets, counts = d.values[tagTiles], d.values[tagTileCounts]
	}
	h = min(h, max(p.H, 1)) // "all rows" is written as 2^32-1
	if tiled {
		h = d.first(tagTileHeight, 0)
	}
	if w < 1 || h < 1 || w > memory.Pixels/h {
		return fmt.Errorf("parts of %dx%d pixels", w, h)
	}
	across := (p.W + w - 1) / w
	if parts := across * ((p.H + h - 1) / h); len(offsets) != parts || len(counts) != parts {
		return fmt.Errorf("%d parts with %d lengths, expected %d", len(offsets), len(counts), parts)
	}
	if err := memory.Picture(p.W, p.H, 4+float64(size)); err != nil {
		return err
	}
	p.Numbers = make([]float32, p.W*p.H)
	for i, off := range offsets {
		top, left := i/across*h, i%across*w
		rows := h
		if !tiled {
			rows = min(h, p.H-top)
		}
		if int64(off)+int64(counts[i]) > int64(len(d.b)) {
			return fmt.Errorf("part %d ends at byte %d of %d: cut off", i, int64(off)+int64(counts[i]), len(d.b))
		}
		data, err := unpack(d.b[off:int64(off)+int64(counts[i])], d.first(tagCompression, 1), w*rows*size)
		if err == nil {
			err = unpredict(data, d.first(tagPredictor, 1), w, size, d.order)
		}
		if err != nil {
			return fmt.Errorf("part %d: %w", i, err)
		}
		for y := range min(rows, p.H-top) {
			for x := range min(w, p.W-left) {
				at := (y*w + x) * size
				if d.first(tagPredictor, 1) == 3 {
					p.Numbers[(top+y)*p.W+left+x] = math.Float32frombits(binary.BigEndian.Uint32(data[at:]))
					continue
				}
				p.Numbers[(top+y)*p.W+left+x] = read(data[at:])
			}
		}
	}
	return nil
}
