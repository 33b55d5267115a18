// Package tfevents reads and writes the event files of TensorBoard, as far as
// scalars and texts go.
//
//	w, err := tfevents.Create(dir, 0)
//	err = w.Write(tfevents.Event{Step: 1, Wall: 1.7e9, Scalars: []tfevents.Scalar{{Tag: "train/loss", Value: 2.5}}})
//	events, note, err := tfevents.Read(w.Name())
//
// A file is a row of TFRecords, each with a checksum of its length and one of
// its bytes; a record is an Event message in protocol buffers' wire form. Of
// the messages only the fields that carry scalars are known here, by the
// numbers that TensorBoard's event.proto, summary.proto and tensor.proto give
// them; all others are passed over. What a process that was killed has cut off
// at the end is left out and noted, and so is what comes behind a damaged record;
// an error is a file that begins with one.
package tfevents

import (
	"encoding/binary"
	"fmt"
	"hash/crc32"
	"io"
)

// castagnoli is the polynomial of CRC32C (RFC 3720, appendix B.4).
var castagnoli = crc32.MakeTable(crc32.Castagnoli)

// masked is the checksum that TFRecords hold: the CRC32C turned right by 15
// bits, plus a constant, so that checksums of data which hold checksums stay
// different (tensorflow/core/lib/hash/crc32c.h).
func masked(b []byte) uint32 { return mask(crc32.Checksum(b, castagnoli)) }

func mask(c uint32) uint32 { return (c>>15 | c<<17) + 0xa282ead8 }

// appendRecord frames data as a TFRecord: its length (8 bytes, little endian),
// the checksum of those, the data, the checksum of the data
// (tensorflow/core/lib/io/record_writer.h).
func appendRecord(out, data []byte) []byte {
	at := len(out)
	out = binary.LittleEndian.AppendUint64(out, uint64(len(data)))
	out = binary.LittleEndian.AppendUint32(out, masked(out[at:at+8]))
	out = append(out, data...)
	return binary.LittleEndian.AppendUint32(out, masked(data))
}

// largest is the longest record that is believed, longest the longest that is
// read: numbers and texts are short. What is longer is passed over.
const (
	largest = 1 << 31
	longest = 16 << 20
)

// nextRecord reads the record that begins at an offset, which errors name, and
// says how many bytes it takes. The data of one that is passed over is nil.
// It gives io.EOF behind the last one and io.ErrUnexpectedEOF where the file
// ends within one.
func nextRecord(r io.Reader, off int64) (data []byte, size int64, err error) {
	var head [12]byte
	if _, err := io.ReadFull(r, head[:]); err != nil {
		return nil, 0, err
	}
	if head == [12]byte{} {
		return nil, 0, fmt.Errorf("at offset %d: zeros in place of a record", off)
	}
	if got, want := binary.LittleEndian.Uint32(head[8:]), masked(head[:8]); got != want {
		return nil, 0, fmt.Errorf("at offset %d: checksum %08x of a record's length, expected %08x (is this a TensorBoard event file?)", off, got, want)
	}
	n := binary.LittleEndian.Uint64(head[:8])
	if n > largest {
		return nil, 0, fmt.Errorf("at offset %d: a record of %d bytes, expected at most %d", off, n, largest)
	}
	sum := crc32.New(castagnoli)
	if n <= longest {
		// A length that claims more than there is costs no more than there is.
		if data, err = io.ReadAll(io.LimitReader(r, int64(n))); err != nil {
			return nil, 0, err
		}
		sum.Write(data)
		if uint64(len(data)) < n {
			return nil, 0, io.ErrUnexpectedEOF
		}
	} else if _, err := io.CopyN(sum, r, int64(n)); err != nil {
		return nil, 0, unexpected(err)
	}
	var tail [4]byte
	if _, err := io.ReadFull(r, tail[:]); err != nil {
		return nil, 0, unexpected(err)
	}
	if got, want := binary.LittleEndian.Uint32(tail[:]), mask(sum.Sum32()); got != want {
		return nil, 0, fmt.Errorf("at offset %d: checksum %08x of a record of %d bytes, expected %08x", off, got, n, want)
	}
	return data, int64(n) + 16, nil
}

// unexpected is the end of a file within a record.
func unexpected(err error) error {
	if err == io.EOF {
		return io.ErrUnexpectedEOF
	}
	return err
}
