package viz

// The colours that people know the classes of two common sets by.

import (
	"image/color"
	"strconv"
	"strings"

	"fourmlab/fourm/modality"
)

// cocoColors are those of COCO's objects, in the order of modality.Things from
// the second on, as its panoptic tools paint them
// (github.com/cocodataset/panopticapi, panoptic_coco_categories.json).
var cocoColors = palette("" +
	"dc143c 770b20 00008e 0000e6 6a00e4 003c64 005064 000046 0000c0 faaa1e 64aa1e " +
	"dcdc00 af74af fa001e a52a2a ff4dff 00e2fc b6b6ff 005200 78a69d 6e4c00 ae39ff " +
	"c76400 480076 ffb3f0 007d5c d10097 bcd0b6 00dcb0 ff63a4 5c0049 8581ff 4eb4ff " +
	"00e400 aefff3 2d59ff 868667 9194ae ffd0ba c5e2ff ab8601 6d3f36 cf8aff 97005f " +
	"09503d 546933 4a4169 a6c466 d0c3d2 ff6d41 008f95 b300c2 d1636a 057900 e3ffcd " +
	"93bad0 994501 035fa1 a3ff00 7700aa 00b6c7 00a578 b78258 5f2000 827287 6e8185 " +
	"a64a76 db8eb9 4fd272 b25a3e 41460f 7fa773 3b696a 8e6c2d c4ac00 5f3650 804cff " +
	"c93901 f6007a bfa2d0")

// adeColors are those of ADE20K's 150 classes (B. Zhou et al., CVPR 2017), as
// the set's own tools paint them.
var adeColors = palette("" +
	"787878 b47878 06e6e6 503232 04c803 787850 8c8c8c cc05ff e6e6e6 04fa07 e005ff " +
	"ebff07 96053d 787846 08ff33 ff0652 8fff8c ccff04 ff3307 cc4603 0066c8 3de6fa " +
	"ff0633 0b66ff ff0747 ff09e0 0907e6 dcdcdc ff095c 7009ff 08ffd6 07ffe0 ffb806 " +
	"0aff47 ff290a 07ffff e0ff08 6608ff ff3d06 ffc207 ff7a08 00ff14 ff0829 ff0599 " +
	"0633ff eb0cff a09614 00a3ff 8c8c8c fa0a0f 14ff00 1fff00 ff1f00 ffe000 99ff00 " +
	"0000ff ff4700 00ebff 00adff 1f00ff 0bc8c8 ff5200 00fff5 003dff 00ff70 00ff85 " +
	"ff0000 ffa300 ff6600 c2ff00 008fff 33ff00 0052ff 00ff29 00ffad 0a00ff adff00 " +
	"00ff99 ff5c00 ff00ff ff00f5 ff0066 ffad00 ff0014 ffb8b8 001fff 00ff3d 0047ff " +
	"ff00cc 00ffc2 00ff52 000aff 0070ff 3300ff 00c2ff 007aff 00ffa3 ff9900 00ff0a " +
	"ff7000 8fff00 5200ff a3ff00 ffeb00 08b8aa 8500ff 00ff5c b800ff ff001f 00b8ff " +
	"00d6ff ff0070 5cff00 00e0ff 70e0ff 46b8a0 a300ff 9900ff 47ff00 ff00a3 ffcc00 " +
	"ff008f 00ffeb 85ff00 ff00eb f500ff ff007a fff500 0abed4 d6ff00 00ccff 1400ff " +
	"ffff00 0099ff 0029ff 00ffcc 2900ff 29ff00 ad00ff 00f5ff 4700ff 7a00ff 00ffb8 " +
	"005cff b8ff00 0085ff ffd600 19c2c2 66ff00 5c00ff")

// nothing is where no class is.
var nothing = color.RGBA{0xe9, 0xec, 0xef, 255}

func palette(hex string) (out []color.RGBA) {
	for _, h := range strings.Fields(hex) {
		v, err := strconv.ParseUint(h, 16, 32)
		if err != nil {
			panic(err) // the table above
		}
		out = append(out, color.RGBA{uint8(v >> 16), uint8(v >> 8), uint8(v), 255})
	}
	return out
}

// labelColor is the colour of a class among others: that of COCO's objects and
// ADE20K's classes as people know them, told by their names; else the id's.
func labelColor(labels []string, id int) color.RGBA {
	if id < 0 || id >= len(labels) {
		return classColor(id)
	}
	first := 0
	if labels[0] == "" {
		first = 1
	}
	switch {
	case id < first:
		return nothing
	case begins(labels[first:], modality.Things[1:]):
		return cocoColors[id-first]
	case begins(labels[first:], modality.ADE20K[1:]):
		return adeColors[id-first]
	}
	return classColor(id)
}

// begins tells whether the labels are those of a set.
func begins(labels, set []string) bool {
	return len(labels) == len(set) && labels[0] == set[0] && labels[1] == set[1]
}
