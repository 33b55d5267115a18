package model

// What a person means by the name of a checkpoint: a file, a folder of an
// official one, the folder that a training run leaves, or a model that is not
// here yet.

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
)

// newest are the weights in a run's folder, the first one that is there.
var newest = []string{"last.safetensors", "best.safetensors", "state.safetensors"}

// official are the weights in the folder of a model of the hub.
var official = []string{"model.safetensors", "model.safetensors.index.json", "pytorch_model.bin", "pytorch_model.bin.index.json"}

// hub is how a model is called on the Hugging Face hub: its owner and name.
var hub = regexp.MustCompile(`^(?:(?:https?://)?huggingface\.co/|hf://)?([A-Za-z0-9][\w.-]*/[A-Za-z0-9][\w.-]*)(?:@([\w.-]+))?(?:/(?:tree|blob|resolve)/([\w.-]+).*)?/?$`)

// locate gives the file or folder that a path stands for. Of a run's folder
// that is its last weights. The error says what is expected, what is there, and
// where a model of the hub is to be had.
func locate(path string) (string, error) {
	info, err := os.Stat(path)
	if errors.Is(err, fs.ErrNotExist) {
		if page := online(path); page != "" {
			return "", fmt.Errorf("%w; if it is a model of the Hugging Face hub: download config.json and model.safetensors from %s into a folder, and give that folder", err, page)
		}
	}
	if err != nil || !info.IsDir() {
		return path, err
	}
	for _, n := range official {
		if known(filepath.Join(path, n)) {
			return path, nil
		}
	}
	for _, n := range newest {
		if file := filepath.Join(path, n); known(file) {
			return file, nil
		}
	}
	var found []string
	for _, n := range append(newest[:2:2], "*.safetensors", "*/last.safetensors", "*/*/last.safetensors", "*/cells/*/last.safetensors") {
		more, _ := filepath.Glob(filepath.Join(path, n))
		found = append(found, slices.DeleteFunc(more, func(f string) bool { return filepath.Base(f) == "tokenizers.safetensors" })...) // an ablation's, without a model
	}
	for i, f := range found {
		if filepath.Base(f) == newest[0] {
			found[i] = filepath.Dir(f) // a run's folder is named as such
		}
	}
	what := "it has none of them"
	if len(found) > 0 {
		more := ""
		if len(found) > 6 {
			more = fmt.Sprintf(" and %d more", len(found)-6)
			found = found[:6]
		}
		what = "one of these may be meant: " + strings.Join(found, ", ") + more
	} else if known(filepath.Join(path, "run.json")) {
		what = "the run in it has no checkpoint yet"
	}
	return "", fmt.Errorf("%s: expected a folder with model.safetensors, as of the hub, or the last.safetensors that a training run leaves; %s", path, what)
}

// online gives the page from which a model of the hub is downloaded; "" where a
// name is none of its kind, or a path into a folder that is here.
func online(path string) string {
	name := filepath.ToSlash(path)
	if strings.HasPrefix(name, "4M-") && !strings.Contains(name, "/") {
		return "https://huggingface.co/EPFL-VILAB" // whose models are called so
	}
	m := hub.FindStringSubmatch(name)
	switch short := m != nil && m[1] == name; {
	case m == nil, short && known(filepath.Dir(path)):
		return ""
	case short && slices.Contains([]string{".safetensors", ".pth", ".pt", ".bin", ".json"}, strings.ToLower(filepath.Ext(name))):
		return ""
	}
	at := "main"
	for _, revision := range m[2:] {
		if revision != "" {
			at = revision
		}
	}
	return "https://huggingface.co/" + m[1] + "/tree/" + at
}

func known(path string) bool {
	_, err := os.Stat(path)
	return err == nil
}
