package datasets

// One sample as a folder of files that any program opens.

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"

	"fourmlab/fourm/modality"
	"fourmlab/internal/disk"
)

// Store writes the values of a sample into a new folder, whole or not at all: pictures
// as images where they have one (depth in millimetres as 16-bit gray, as sets have it),
// else as arrays of numpy, texts as they are, all else as JSON; and beside them more
// files by name. A folder that is there and not empty is an error.
func Store(dir string, s modality.Sample, more map[string][]byte) error {
	files := maps.Clone(more)
	if files == nil {
		files = map[string][]byte{}
	}
	for _, name := range s.Names() {
		switch v := s.Values[name].(type) {
		case nil:
		case *modality.Picture:
			data, ext, err := encodePicture(name, v)
			if err != nil {
				return fmt.Errorf("datasets: sample %s: %s: %w", s.Key, name, err)
			}
			files[name+"."+ext] = data
		case string:
			files[name+".txt"] = []byte(v + "\n")
		default:
			data, err := json.Marshal(jsonOf(v))
			if err != nil {
				return fmt.Errorf("datasets: sample %s: %s: %w", s.Key, name, err)
			}
			files[name+".json"] = append(data, '\n')
		}
	}
	f, err := disk.NewFolder(dir)
	if err != nil {
		return err
	}
	defer f.Discard()
	for _, name := range slices.Sorted(maps.Keys(files)) {
		if err := into(f, name, files[name]); err != nil {
			return err
		}
	}
	return f.Place()
}

func into(f *disk.Folder, name string, data []byte) error {
	w, err := f.Begin(name)
	if err != nil {
		return err
	}
	defer w.Close()
	if _, err := w.Write(data); err != nil {
		return err
	}
	return w.Flush()
}
