// Package disk is the one way to files for everything that must outlive the
// process: a kill, a full disk and a power cut leave what was there before or
// all of what came after it, and nothing of other people's is in reach by
// accident.
//
//	err := disk.Write("run.json", func(w io.Writer) error {
//		return json.NewEncoder(w).Encode(run)
//	})
//
// # Writing
//
// [Write] replaces one file, [Log] adds to one, and [Folder] makes a folder of
// many. All keep one order: what a name stands for is flushed before it gets
// the name, and the folder that holds the name after it. Without the first, a
// power cut leaves files of no bytes or of zeros; without the second, none.
//
// # Owning
//
// [Own] makes the process the owner of a folder until it lets go or dies,
// however it dies. Who comes second gets a [Busy] error with the owner's
// process number. An owner clears away what those before it left half-written.
//
// # Reading
//
// [Open] and [Read] open plain files only: a FIFO, a device or an endless file
// is an error at once, not a process that waits for ever.
//
// # Proving
//
// [Record] tells a test each operation in its order. What a power cut may
// leave of a recording, disktest makes; what a real one leaves,
// bench/torture finds out.
package disk
