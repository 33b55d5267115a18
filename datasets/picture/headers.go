package picture

// The headers alone: how large a picture is.

import (
	"image"
	"image/gif"
	"image/jpeg"
	"image/png"
	"io"

	"golang.org/x/image/bmp"
	"golang.org/x/image/webp"
)

var headers = map[string]func(io.Reader) (image.Config, error){
	"png": png.DecodeConfig, "jpeg": jpeg.DecodeConfig, "gif": gif.DecodeConfig,
	"webp": webp.DecodeConfig, "bmp": bmp.DecodeConfig, "tiff": tiffConfig,
}

// tiffConfig reads the first directory, of whatever numbers.
func tiffConfig(r io.Reader) (image.Config, error) {
	b, err := io.ReadAll(r)
	if err != nil {
		return image.Config{}, err
	}
	d, err := openTIFF(b)
	if err != nil {
		return image.Config{}, err
	}
	return image.Config{Width: d.first(tagWidth, 0), Height: d.first(tagHeight, 0)}, nil
}
