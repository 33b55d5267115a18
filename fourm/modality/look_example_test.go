package modality_test

import (
	"encoding/binary"
	"errors"
	"fmt"
	"image/color"
	"math"

	"fourmlab/fourm/modality"
)

// A kind of value of one's own: kelvin in files of 16 bits, 0 where nothing is
// known, in a colour map from black to orange.
func ExampleRegisterLook() {
	thermal := modality.RegisterLook(modality.LookSpec{
		Name: "kelvin", Noun: "temperature", Channels: 1, Unit: "K",
		Known:     func(k []float32) bool { return k[0] > 0 },
		Error:     func(truth, guess []float32) float64 { return math.Abs(float64(truth[0] - guess[0])) },
		ErrorName: "mean error",
		Ext:       "k16",
		Decode: func(b []byte) (*modality.Picture, error) {
			side := int(math.Sqrt(float64(len(b) / 2)))
			if 2*side*side != len(b) {
				return nil, errors.New("no square of 16-bit numbers")
			}
			p := modality.NewPicture(side, side, 1)
			for i := range p.Pix {
				p.Pix[i] = float32(binary.LittleEndian.Uint16(b[2*i:])) / 100
			}
			return p, nil
		},
		Ramp: func(x float64) color.RGBA { return color.RGBA{uint8(255 * x), uint8(140 * x), 0, 255} },
	})
	modality.Register(modality.Modality{Name: "body", Look: thermal})
	look := modality.Lookup("body").Look.Spec()
	fmt.Println(look.Name, look.Unit, look.KnownAt([]float32{0}), look.KnownAt([]float32{310.5}))
	// Output:
	// kelvin K false true
}
