package checkpoint

// Peek: what a file holds, from its headers.

import (
	"fmt"
	"strings"
)

// Info says what a file holds.
type Info struct {
	Path       string
	Format     string         // "safetensors", or "torch" for what torch.save wrote
	Tensors    int            // that are stored
	Aliases    int            // names that stand for one of them
	Numbers    int            // of all tensors
	Bytes      int64          // of their data
	Dtypes     map[string]int // tensors of each type
	Config     map[string]any // nil: the file brings none
	ConfigFrom string         // the file that the configuration was read from
}

// Peek opens a file, or the model.safetensors of a folder, and says what it
// holds. The data are not read.
func Peek(path string) (Info, error) {
	c, err := Open(path)
	if err != nil {
		return Info{}, err
	}
	defer c.Close()
	return c.Info(path)
}

// Info is Peek of a file that Open gave for path.
func (c *File) Info(path string) (i Info, err error) {
	i = Info{Path: c.path, Format: c.format, Tensors: len(c.entries), Aliases: len(c.AllNames()) - len(c.entries), Dtypes: map[string]int{}}
	for _, e := range c.entries {
		i.Dtypes[e.dtype]++
		i.Numbers += e.count
		i.Bytes += int64(e.count) * int64(sizes[e.dtype])
	}
	if i.Config, i.ConfigFrom, err = configOf(path, c); err != nil {
		return Info{}, err
	}
	return i, nil
}

// String gives a few lines: a summary, and the configuration.
func (i Info) String() string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s: %s, %d tensors", i.Path, i.Format, i.Tensors)
	if i.Aliases > 0 {
		fmt.Fprintf(&b, " and %d aliases", i.Aliases)
	}
	fmt.Fprintf(&b, ", %s numbers, %s", inWords(float64(i.Numbers)), inWords(float64(i.Bytes))+"B")
	var types []string
	for _, d := range sortedKeys(i.Dtypes) {
		types = append(types, fmt.Sprintf("%s %d", d, i.Dtypes[d]))
	}
	if len(types) > 0 {
		fmt.Fprintf(&b, " (%s)", strings.Join(types, ", "))
	}
	if i.Config == nil {
		b.WriteString("\nno configuration")
		return b.String()
	}
	fmt.Fprintf(&b, "\nconfiguration of %s:", i.ConfigFrom)
	keys := sortedKeys(i.Config)
	for n, k := range keys {
		if n == 40 {
			fmt.Fprintf(&b, "\n  and %d more", len(keys)-n)
			break
		}
		fmt.Fprintf(&b, "\n  %s: %s", clip(k), strings.ReplaceAll(clip(fmt.Sprint(i.Config[k])), "\n", " "))
	}
	return b.String()
}

// inWords gives 1234567 as "1.2M".
func inWords(v float64) string {
	for _, u := range []string{"", "k", "M", "G", "T"} {
		if v < 1000 {
			return strings.TrimSuffix(fmt.Sprintf("%.1f", v), ".0") + u
		}
		v /= 1000
	}
	return fmt.Sprintf("%.0fP", v)
}
