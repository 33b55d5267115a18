package picture

// How the parts of a TIFF are packed (TIFF 6.0, sections 9, 13 and 14; the
// predictor of real numbers is of Adobe's Technical Note 3).

import (
	"bytes"
	"compress/zlib"
	"encoding/binary"
	"fmt"
	"io"

	"golang.org/x/image/tiff/lzw"
)

// unpack gives exactly n bytes.
func unpack(b []byte, compression, n int) ([]byte, error) {
	var r io.Reader
	switch compression {
	case 1:
		r = bytes.NewReader(b)
	case 5:
		z := lzw.NewReader(bytes.NewReader(b), lzw.MSB, 8)
		defer z.Close()
		r = z
	case 8, 32946:
		z, err := zlib.NewReader(bytes.NewReader(b))
		if err != nil {
			return nil, err
		}
		defer z.Close()
		r = z
	case 32773:
		r = bytes.NewReader(packBits(b, n))
	default:
		return nil, fmt.Errorf("compression %d, expected none, LZW, deflate or PackBits", compression)
	}
	out := bytes.NewBuffer(make([]byte, 0, min(n, 1<<20))) // more when there is more: n is what the header claims
	k, err := io.CopyN(out, r, int64(n))
	if err == io.EOF {
		err = io.ErrUnexpectedEOF
	}
	if err != nil {
		return nil, fmt.Errorf("%d bytes, expected %d: %w", k, n, err)
	}
	return out.Bytes(), nil
}

// packBits undoes runs of equal bytes, up to n bytes.
func packBits(b []byte, n int) []byte {
	var out []byte
	for at := 0; at < len(b) && len(out) < n; {
		k := int(int8(b[at]))
		at++
		switch {
		case k >= 0:
			to := min(at+k+1, len(b))
			out = append(out, b[at:to]...)
			at = to
		case k > -128 && at < len(b):
			out = append(out, bytes.Repeat(b[at:at+1], 1-k)...)
			at++
		}
	}
	return out
}

// unpredict undoes, in place, what made rows of w numbers easier to pack.
// Numbers of predictor 3 come out with their highest byte first.
func unpredict(b []byte, predictor, w, size int, order binary.ByteOrder) error {
	row := w * size
	switch predictor {
	case 1:
		return nil
	case 2:
		for at := 0; at < len(b); at += row {
			for x := 1; x < w; x++ {
				p, q := b[at+(x-1)*size:], b[at+x*size:]
				switch size {
				case 1:
					q[0] += p[0]
				case 2:
					order.PutUint16(q, order.Uint16(q)+order.Uint16(p))
				case 4:
					order.PutUint32(q, order.Uint32(q)+order.Uint32(p))
				default:
					order.PutUint64(q, order.Uint64(q)+order.Uint64(p))
				}
			}
		}
		return nil
	case 3:
		if size != 4 {
			return fmt.Errorf("predictor 3 of numbers of %d bytes, expected 4", size)
		}
		line := make([]byte, row)
		for at := 0; at < len(b); at += row {
			r := b[at : at+row]
			for i := 1; i < row; i++ {
				r[i] += r[i-1]
			}
			for x := range w {
				for k := range size {
					line[x*size+k] = r[k*w+x]
				}
			}
			copy(r, line)
		}
		return nil
	}
	return fmt.Errorf("predictor %d, expected 1, 2 or 3", predictor)
}
