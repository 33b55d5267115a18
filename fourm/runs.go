package fourm

// Runs that were left on disk, by us or by others.

import "fourmlab/fourm/train"

// OpenRun reads a run: the folder that Model.Train left, finished or not; a
// folder of TensorBoard event files, or one of them; or a table with a step
// column (.csv, .tsv), as Run.SaveCSV, W&B and TensorBoard write it:
//
//	run, err := fourm.OpenRun("runs/a")
//	viz.Curves(run, fourm.MustOpenRun("theirs.csv"))
//
// Numbers are known by the names train/loss, train/rgb_loss, val/loss,
// val/rgb_loss, train/lr, and their usual spellings; any other goes to the
// points' Metrics. An event file or history whose end is cut off is read up to
// there, and the run's Notes say so.
//
// A folder may be a stranger's: nothing outside it is read. The path may be a
// link; a link in the folder that leads out of it is left out and noted, and so
// is what is no plain file or too long (1 GiB of history, 256 MiB of table).
// Names come with their control characters and turning marks escaped.
func OpenRun(path string) (*Run, error) { return train.Open(path) }

// MustOpenRun is OpenRun that panics where the file fails.
func MustOpenRun(path string) *Run {
	r, err := OpenRun(path)
	if err != nil {
		panic(err)
	}
	return r
}

// OpenRuns reads every run of a table, or of a folder and all folders in it.
// The error tells of those that cannot be read; the others come with it. Links
// to folders elsewhere are not followed: name such a folder to read it. The
// first run's Notes tell of them, and of folders that may not be read.
func OpenRuns(path string) ([]*Run, error) { return train.OpenAll(path) }
