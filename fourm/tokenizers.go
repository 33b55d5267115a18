package fourm

// Tokenizers made on the spot from a set.

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"

	"fourmlab/fourm/modality"
	"fourmlab/fourm/shipped"
	"fourmlab/fourm/text"
	"fourmlab/fourm/train"
	"fourmlab/fourm/vq"
	"fourmlab/internal/fault"
	"fourmlab/internal/show"
)

const (
	enoughPictures = 1000 // of a set are read to train an image tokenizer
	enoughTexts    = 4000 // of a set are read to train a vocabulary
	labVocabulary  = 1000 // tokens at most
)

// TrainTokenizers trains a tokenizer for each named image modality and one
// shared vocabulary for all text-like modalities that the set has, and
// registers them. Without names it takes all image modalities of the set that
// are registered. Every sample is read once. An interrupt or a failure of the
// world is the error; tokenizers that are finished by then stay registered.
func TrainTokenizers(ds Data, names ...string) error {
	const op = "fourm.TrainTokenizers"
	var wanted []Modality
	for _, n := range names {
		if m := modality.Need(op, n); m.Kind == modality.Image {
			wanted = append(wanted, m)
		}
	}
	r := reading{all: len(names) == 0, pictures: map[string][]*modality.Picture{}}
	for _, m := range wanted {
		r.pictures[m.Name] = nil
	}
	if err := r.read(op, ds, max(enoughPictures, enoughTexts), enoughPictures); err != nil {
		return err
	}
	if r.all {
		for _, n := range r.first.Names() {
			if m, ok := modality.Find(n); ok && m.Kind == modality.Image {
				wanted = append(wanted, m)
			}
		}
	}
	for _, m := range wanted {
		if t := trainTokenizer(op, m, r.pictures[m.Name], VQ{}); t.Err != nil {
			return t.Err
		}
	}
	r.vocabulary()
	return nil
}

// TrainTokenizer trains the tokenizer of one modality and registers it: of pictures,
// or, for a modality of kind Symbols, of numbers ("bins:1024"), vectors, or
// signals (Net "conv"). A tokenizer of pictures whose quantizer gives several code
// numbers a place is not registered: SetTokenizer makes it that of a modality of
// kind Symbols. With c.Dir it goes on where an earlier call was stopped. After an interrupt or a failure of the world the tokenizer has an Err and is
// not registered; the one that was stays.
func TrainTokenizer(ds Data, name string, c VQ) *vq.Tokenizer {
	const op = "fourm.TrainTokenizer"
	m := modality.Need(op, name)
	samples := c.Samples
	if samples == 0 {
		samples = enoughPictures
	}
	switch m.Kind {
	case modality.Image:
	case modality.Symbols:
		return trainSymbols(op, ds, m, c, samples)
	default:
		fault.Hint(op, "fourm.TrainVocabulary(ds)", "%q is text", name)
	}
	r := reading{pictures: map[string][]*modality.Picture{m.Name: nil}}
	if err := r.read(op, ds, samples, samples); err != nil {
		return &vq.Tokenizer{Of: m, Config: c, Err: err}
	}
	return trainTokenizer(op, m, r.pictures[m.Name], c)
}

// LoadTokenizer reads a tokenizer from a file that Tokenizer.Save wrote, or an
// official one: a safetensors file, a .pth file, or a folder with config.json and
// model.safetensors. SetTokenizer makes it that of a modality. The error is
// ErrForeignCheckpoint where the file holds something else, or tensors that are
// not those of its configuration; it names them.
func LoadTokenizer(path string) (*vq.Tokenizer, error) {
	checkEnv("fourm.LoadTokenizer")
	return vq.Load(path)
}

// SceneTokenizers registers the tokenizers of the rendered scenes that come with
// the program, and the named modalities as these take them, patch and vocabulary
// included; without names, all. They work at once, and on pictures like the
// scenes.
func SceneTokenizers(names ...string) error {
	checkEnv("fourm.SceneTokenizers")
	return shipped.Tokenizers(names...)
}

// SceneTokenizer is SceneTokenizers of one modality, whose tokenizer it gives.
func SceneTokenizer(name string) *vq.Tokenizer {
	m := modality.Need("fourm.SceneTokenizer", name)
	if err := SceneTokenizers(m.Name); err != nil {
		return &vq.Tokenizer{Of: m, Err: err}
	}
	return modality.TokenizerOf(m.Name).(*vq.Tokenizer)
}

// reading is one walk through a set: the pictures of some modalities and all
// texts.
type reading struct {
	first    Sample
	all      bool // every image modality that is registered
	pictures map[string][]*modality.Picture
	texts    map[string][]string // by modality
}

// read takes at most so many samples of the set, pictures of the first ones
// alone.
func (r *reading) read(op string, ds Data, most, pictures int) error {
	r.texts = map[string][]string{}
	return walk(op, ds, most, func(i int, s Sample) error {
		if i == 0 {
			r.first = s
		}
		r.take(op, s, i < pictures)
		return nil
	})
}

// walk calls take with each of at most so many samples of a set, and shows the
// error that ends it.
func walk(op string, ds Data, most int, take func(i int, s Sample) error) (err error) {
	if ds == nil || ds.Len() == 0 {
		fault.Panic(op, "the set has no samples")
	}
	defer func() {
		if err != nil {
			tell(op, err)
		}
	}()
	const chunk = 64
	for at := 0; at < min(ds.Len(), most); at += chunk {
		part, err := modality.Collect(ds, at, min(at+chunk, ds.Len(), most))
		if err != nil {
			return err
		}
		for i, s := range part {
			if err := take(at+i, s); err != nil {
				return err
			}
		}
	}
	return nil
}

func (r *reading) take(op string, s Sample, pictures bool) {
	for _, n := range s.Names() {
		m, ok := modality.Find(n)
		if !ok {
			continue
		}
		if _, asked := r.pictures[m.Name]; m.Kind == modality.Image && (asked || r.all) && pictures {
			r.pictures[m.Name] = append(r.pictures[m.Name], m.MustFit(op, s.Values[n]))
		}
		if m.Kind == modality.Sequence && n == m.Name {
			r.texts[n] = append(r.texts[n], text.Written(s.Values[n])...)
		}
	}
}

// trainTokenizer trains a tokenizer and registers it, but where its quantizer
// gives several code numbers a place: a place of the grid has room for one.
func trainTokenizer(op string, m Modality, pics []*modality.Picture, c VQ) *vq.Tokenizer {
	if len(pics) == 0 {
		fault.Panic(op, "no sample has %q", m.Name)
	}
	m = c.On(m)
	t := trainPictures(op, m, pics, c)
	if t.Err == nil && c.Patch != 0 {
		modality.Register(m)
	}
	if t.Err == nil && t.Network().Spec.Books == 1 {
		modality.SetTokenizer(m.Name, t)
	}
	return t
}

// trainPictures trains a tokenizer, and shows how.
func trainPictures(op string, m Modality, pics []*modality.Picture, c VQ) *vq.Tokenizer {
	live := show.NewLive()
	say := func(format string, args ...any) {
		live.Put(map[string]any{"text/plain": fmt.Sprintf("tokenizer of "+m.Name+": "+format, args...)})
	}
	var t *vq.Tokenizer
	interrupted, err := attempt(op, func(ctx context.Context) (err error) {
		run := &Run{Name: m.Name, Dir: c.Dir, Unit: train.Reconstruction}
		t, err = vq.Train(ctx, m, pics, c, func(p vq.Point, steps int) {
			run.Steps = steps
			run.Points = append(run.Points, Point(p))
			if p.Step == steps || live.Due() {
				put(live, m, run)
			}
		})
		return err
	})
	if interrupted {
		err = errors.New("interrupted; the tokenizer is as it was before")
		say("%v", err)
	}
	if err != nil {
		return &vq.Tokenizer{Of: m, Config: c, Err: fmt.Errorf("%s: %s: %w", op, m.Name, err)}
	}
	return t
}

// put shows a training as it stands: a line, and curves where they are drawn.
func put(live *show.Live, m Modality, run *Run) {
	p := run.Last()
	var b strings.Builder
	fmt.Fprintf(&b, "tokenizer of %s: step %d/%d, %s %.4f", m.Name, p.Step, run.Steps, run.Unit, p.Loss)
	if v := run.LastVal(); v.Step > 0 {
		fmt.Fprintf(&b, ", held out %.4f", v.ValLoss)
	}
	for i := len(run.Points) - 1; i >= 0; i-- {
		if of := run.Points[i].Metrics; of != nil {
			for _, name := range slices.Sorted(maps.Keys(of)) {
				fmt.Fprintf(&b, ", %s %.4g", name, of[name])
			}
			break
		}
	}
	fmt.Fprintf(&b, ", %.0f s", p.Seconds)
	bundle := map[string]any{"text/plain": b.String()}
	if len(run.Points) > 1 {
		if png := show.PNG(run); png != nil {
			bundle["image/png"] = png
		}
	}
	live.Put(bundle)
}

// TrainVocabulary trains a WordPiece vocabulary on all text-like modalities of
// the set and registers it for each of them. The error is a sample that cannot
// be read.
func TrainVocabulary(ds Data) error {
	var r reading
	if err := r.read("fourm.TrainVocabulary", ds, enoughTexts, 0); err != nil {
		return err
	}
	r.vocabulary()
	return nil
}

// vocabulary trains that of the texts that were read.
func (r *reading) vocabulary() {
	names := slices.Sorted(maps.Keys(r.texts))
	if len(names) == 0 {
		return
	}
	var texts []string
	for _, n := range names {
		texts = append(texts, r.texts[n]...)
	}
	v := text.Train(texts, labVocabulary)
	for _, n := range names {
		modality.SetTokenizer(n, &text.Tokenizer{Words: v, Of: modality.Lookup(n)})
	}
}

// OpenVocabulary reads a WordPiece vocabulary from a file of the Hugging Face
// library tokenizers, that of the published models for one, and makes it the
// tokenizer of the named modalities; of all that are text, where none is named.
// Sequences get the length that they have in the published models.
func OpenVocabulary(path string, modalities ...string) error {
	const op = "fourm.OpenVocabulary"
	v, err := text.Open(path)
	if err != nil {
		return err
	}
	if len(modalities) == 0 {
		in, _, _ := modality.Published("4M-21")
		for _, d := range in {
			if d.Kind == modality.Sequence {
				modalities = append(modalities, d.Modality)
			}
		}
	}
	for _, n := range modalities {
		m := modality.Need(op, n)
		if m.Kind != modality.Sequence {
			fault.Panic(op, "%q is of kind %v, expected a sequence", n, m.Kind)
		}
		if d, ok := modality.PublishedDomain(m.Official); ok {
			m.MaxTokens = d.Max
		}
		modality.SetTokenizer(m.Name, &text.Tokenizer{Words: v, Of: m})
	}
	return nil
}
