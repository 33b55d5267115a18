// Package metric says how good a prediction is: each measure once, for tables
// and for figures.
//
//	off := metric.RMSE.Sample(truth, prediction) // of one pair, in metres
//
//	t := metric.MeanIoU.Tally()                  // of a set
//	for i := range truths {
//		t.Add(truths[i], predictions[i])
//	}
//	low, high := t.Interval(0.95, 1)
//	fmt.Println(t, low, high, t.ByClass())
//
// # What a set's number is
//
// A Tally keeps what each sample adds, so tallies of parts of a set can be
// joined. Metric.Whole says what becomes of it: the mean of the samples' numbers
// (PSNR, SSIM, the errors of depth, words, palettes), one number of all known
// pixels (angles, pixel accuracy, the confusion matrix behind mean IoU), of all
// boxes (AP), or of two whole sets of vectors (Fréchet distance, KID).
//
// # What unknown means
//
// One rule: where the truth is not known nothing is measured; where the truth is
// known and the prediction is not, the prediction is taken as the 0 that is
// written there. So an unknown depth is wrong by the whole depth, an unknown
// normal by 90 degrees, an unknown feature has cosine 0, and an unknown class is
// no class and always wrong. Unknown are: a depth that is not above 0, a normal
// or feature of length 0, a class below 0, and whatever is not finite. A
// prediction that is missing (nil) is one that is unknown throughout: no word, no
// box, no colour. A truth that is nil leaves its sample out. Where nothing is
// known at all the number is NaN, and Metric.Text says so.
package metric
