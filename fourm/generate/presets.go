package generate

// The settings that the published models are used with (docs/4m.md, 6.5).

import (
	"fmt"
	"slices"
	"strings"

	"fourmlab/internal/fault"
)

// Preset is a plan with published settings.
type Preset struct {
	Name string // "rgb -> depth", "text to image", "super-resolution"
	Text string // the plan, as Parse reads it, by the names of the published models
}

// Plan gives the preset for a published model.
func (p Preset) Plan() *Plan { return p.parsed(p.Text) }

// Lab gives the preset with the lab's names of modalities: "depth" for "depth@224".
func (p Preset) Lab() *Plan { return p.parsed(strings.ReplaceAll(p.Text, "@224", "")) }

func (p Preset) parsed(text string) *Plan {
	q, err := Parse(text)
	if err != nil {
		fault.Panic("Preset.Plan", "%v", err)
	}
	return q
}

func (p Preset) String() string { return p.Name + ": " + p.Text }

const (
	fromPicture = "roar, T=0.01, g=2, top-p=0.8"
	toPicture   = "roar, T=3, cool=onex:0.5:0.5, g=2, top-p=0.8"
	written     = "top-p=0.8"
)

// order is that in which chains make targets: from meaning to appearance, then texts.
var order = []string{"clip", "dinov2", "imagebind", "depth", "normal", "semseg", "canny_edge", "sam_edge", "rgb",
	"caption", "det", "human_poses", "sam_instance", "color_palette", "metadata"}

// settings of targets that are predicted from a picture; what is not here has the
// usual ones of an image.
var settings = map[string]string{
	"caption": "256, T=0.3, " + written, "det": "256, T=0.7, " + written, "human_poses": "275, T=0.1, " + written,
	"sam_instance": "256, T=0.01, " + written, "color_palette": "23, T=0.1, " + written, "metadata": "40, T=0.1, " + written,
}

// sources are the settings with which a picture is made of one other modality.
var sources = map[string]string{
	"clip":   "50, roar, T=5, cool=onex:0.5:0.5, g=3, top-p=0.8",
	"dinov2": "8, " + fromPicture, "imagebind": "8, " + fromPicture,
	"depth": "8, " + toPicture, "normal": "8, " + toPicture, "semseg": "8, " + toPicture, "canny_edge": "8, " + toPicture, "sam_edge": "8, " + toPicture,
}

// sized gives the official name of a modality at 224 pixels.
func sized(name string) string {
	if settings[name] != "" {
		return name
	}
	return name + "@224"
}

// Presets lists the published settings: from a picture to each other modality and to
// all of them, from each to a picture, from text to a picture by way of CLIP's
// features, and from 224 to 448 pixels.
func Presets() []Preset {
	var out []Preset
	all := "rgb@224"
	for _, name := range order {
		if name == "rgb" {
			continue
		}
		how := settings[name]
		if how == "" {
			how = "1, " + fromPicture
		}
		stage := fmt.Sprintf(" -> %s(%s)", sized(name), how)
		all += stage
		out = append(out, Preset{"rgb -> " + name, "rgb@224" + stage})
	}
	out = append(out, Preset{"rgb -> all", all})
	for _, name := range order {
		if how := sources[name]; how != "" {
			out = append(out, Preset{name + " -> rgb", fmt.Sprintf("%s -> rgb@224(%s)", sized(name), how)})
		}
	}
	out = append(out, Preset{"text to image", "caption -> clip@224(49, roar, T=6, cool=onex:0.5:0.5, g=3, top-p=0.9) -> rgb@224(25, roar, T=0.5, g=3, top-p=0.9)"})
	var low, high []string
	for _, name := range []string{"clip", "depth", "normal", "semseg", "rgb"} {
		low = append(low, "tok_"+name+"@224")
		high = append(high, fmt.Sprintf("%s@448(8, maskgit, cosine, T=1, cool=constant, g=3, top-p=0.9)", name))
	}
	return append(out, Preset{"super-resolution", strings.Join(low, " + ") + " -> " + strings.Join(high, " -> ")})
}

// PresetNamed finds a preset.
func PresetNamed(name string) Preset {
	all := Presets()
	i := slices.IndexFunc(all, func(p Preset) bool { return p.Name == name })
	if i < 0 {
		var names []string
		for _, p := range all {
			names = append(names, p.Name)
		}
		fault.Panic("fourm.Preset", "no preset %q (there are %s)", name, strings.Join(names, "; "))
	}
	return all[i]
}
