// Package checkpoint reads and writes named tensors and the configuration of
// the model they belong to.
//
//	err := checkpoint.Write("m.safetensors", tensors, meta)
//	f, err := checkpoint.Open("m.safetensors")
//	defer f.Close()
//	data, err := f.Floats("encoder.0.norm1.weight")
//
// # Files
//
// Two formats are read through one File. A .safetensors file is a
// little-endian length, a JSON header of names, types, shapes and offsets, and
// the data (docs/4m.md, 9.1). A .pth or .pt file is what torch.save writes: a zip
// of a pickle and of raw storages; of the pickle only tensors and plain
// containers are understood, nothing in it is ever run. Open tells them apart
// by their first bytes. Only headers are read then, so that a file of many
// gigabytes opens at once; every length and offset is checked against the
// file, and a File that was opened holds no surprise.
//
// Peek says what a file holds in a few lines:
//
//	info, err := checkpoint.Peek("m.safetensors")
//	fmt.Println(info)
//
// Files are written as safetensors, whole or not at all, and the same tensors
// give the same bytes.
//
// # Configuration
//
// Metadata are text to text. 4M's files keep the model's configuration in
// them, each value as a YAML scalar or list; on the hub the same lies beside
// the file in config.json. Config reads either:
//
//	c, err := checkpoint.Config("m.safetensors")
//	fmt.Println(c["dim"], c["domains_in"])
//
// # Names
//
// A tensor that a model uses under two names is stored once: the metadata then
// map the name that was left out to the one that was kept, and File follows.
// Compare tells a model which of the tensors it wants are missing, of another
// shape, or not wanted.
package checkpoint
