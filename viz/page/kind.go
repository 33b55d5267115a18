package page

// Which picture a file is, by its bytes alone.

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"hash/crc32"
	"image"
	"image/gif"
	"image/jpeg"
	"image/png"
	"io"

	"golang.org/x/image/webp"
)

// mostPixels is how many a picture has at most: a browser makes room for all.
const mostPixels = 1 << 26

// kinds are the formats that every browser shows and that hold no script. end
// gives where the picture ends, or 0 where it is cut off or damaged.
var kinds = []struct {
	magic, mime string
	config      func(io.Reader) (image.Config, error)
	end         func([]byte) int
}{
	{"\x89PNG\r\n\x1a\n", "image/png", png.DecodeConfig, endPNG},
	{"\xff\xd8\xff", "image/jpeg", jpeg.DecodeConfig, endJPEG},
	{"GIF8", "image/gif", gif.DecodeConfig, endGIF},
	{"RIFF", "image/webp", webp.DecodeConfig, endWebP},
}

// kindOf gives the MIME type of a picture. What decodes as none, is
// not whole, or has more behind its end than zeros is an error: it may be
// something else for another reader.
func kindOf(b []byte) (mime string, err error) {
	for _, k := range kinds {
		if !bytes.HasPrefix(b, []byte(k.magic)) {
			continue
		}
		c, err := k.config(bytes.NewReader(b))
		switch {
		case err != nil:
			return "", fmt.Errorf("does not decode (%w)", err)
		case c.Width < 1 || c.Height < 1 || c.Width > mostPixels/c.Height:
			return "", fmt.Errorf("has %dx%d pixels, expected 1 to %d million", c.Width, c.Height, mostPixels/1000000)
		}
		end := k.end(b)
		if end <= 0 || end > len(b) {
			return "", errors.New("is cut off or damaged")
		}
		if len(bytes.Trim(b[end:], "\x00")) > 0 {
			return "", fmt.Errorf("has %d bytes of something else behind the picture", len(b)-end)
		}
		return k.mime, nil
	}
	if len(b) == 0 {
		return "", errors.New("is empty")
	}
	return "", errors.New("is no picture (png, jpeg, gif or webp)")
}

// endPNG walks over the chunks (PNG, 5.3) up to IEND.
func endPNG(b []byte) int {
	for at := 8; at+12 <= len(b); {
		n := int(binary.BigEndian.Uint32(b[at:]))
		if n > len(b)-at-12 {
			return 0
		}
		body := b[at+4 : at+8+n]
		if crc32.ChecksumIEEE(body) != binary.BigEndian.Uint32(b[at+8+n:]) {
			return 0
		}
		at += 12 + n
		if string(body[:4]) == "IEND" {
			return at
		}
	}
	return 0
}

// endJPEG walks over the segments (ITU-T T.81, B.1) up to EOI.
func endJPEG(b []byte) int {
	for at := 2; at+2 <= len(b); {
		if b[at] != 0xff {
			return 0
		}
		switch m := b[at+1]; {
		case m == 0xff: // a fill byte
			at++
			continue
		case m == 0xd9:
			return at + 2
		case m == 0x01 || m >= 0xd0 && m <= 0xd8: // without a length
			at += 2
			continue
		}
		if at+4 > len(b) {
			return 0
		}
		scan := b[at+1] == 0xda
		at += 2 + int(binary.BigEndian.Uint16(b[at+2:]))
		for scan { // coded data has 0xff only before 0 and restart marks
			i := bytes.IndexByte(b[min(at, len(b)):], 0xff)
			if i < 0 || at+i+1 >= len(b) {
				return 0
			}
			at += i
			if m := b[at+1]; m != 0 && (m < 0xd0 || m > 0xd7) {
				break
			}
			at += 2
		}
	}
	return 0
}

// endGIF walks over the blocks (GIF89a, 15 to 27) up to the trailer.
func endGIF(b []byte) int {
	table := func(packed byte) int { // bytes of a table of colours
		if packed&0x80 == 0 {
			return 0
		}
		return 3 << (packed&7 + 1)
	}
	if len(b) < 13 {
		return 0
	}
	at := 13 + table(b[10])
	for at < len(b) {
		switch b[at] {
		case 0x3b:
			return at + 1
		case 0x21: // an extension: its label
			at += 2
		case 0x2c: // a picture: its place, its table, the size of its codes
			if at+10 > len(b) {
				return 0
			}
			at += 10 + table(b[at+9]) + 1
		default:
			return 0
		}
		for { // its blocks, the last of which is empty
			if at >= len(b) {
				return 0
			}
			n := int(b[at])
			at += 1 + n
			if n == 0 {
				break
			}
		}
	}
	return 0
}

// endWebP is told by the header of the RIFF.
func endWebP(b []byte) int {
	n := int(binary.LittleEndian.Uint32(b[4:]))
	return 8 + n + n%2
}
