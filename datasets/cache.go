package datasets

// What has been decoded or rendered is kept while there is room: an epoch
// over a small set costs its decoding once.

import (
	"container/list"
	"maps"
	"sync"

	"fourmlab/fourm/modality"
)

// cacheBytes is the room of one set: about 1,600 samples of ten 64x64
// channels.
const cacheBytes = 256 << 20

// cache holds samples by number and forgets the one unused for longest.
type cache struct {
	sync.Mutex
	room, used int
	by         map[int]*list.Element
	recent     list.List // the last used first
}

type kept struct {
	i, bytes int
	s        modality.Sample
}

func newCache(room int) *cache { return &cache{room: room, by: map[int]*list.Element{}} }

func (c *cache) get(i int) (modality.Sample, bool) {
	c.Lock()
	defer c.Unlock()
	e, ok := c.by[i]
	if !ok {
		return modality.Sample{}, false
	}
	c.recent.MoveToFront(e)
	return fresh(e.Value.(*kept).s), true
}

func (c *cache) put(i int, s modality.Sample) {
	n := bytesOf(s)
	c.Lock()
	defer c.Unlock()
	if _, ok := c.by[i]; ok || n > c.room {
		return
	}
	c.by[i] = c.recent.PushFront(&kept{i, n, fresh(s)})
	for c.used += n; c.used > c.room; {
		e := c.recent.Back()
		k := e.Value.(*kept)
		c.recent.Remove(e)
		delete(c.by, k.i)
		c.used -= k.bytes
	}
}

// bytesOf counts what a sample takes, near enough.
func bytesOf(s modality.Sample) int {
	n := 512
	for _, v := range s.Values {
		switch v := v.(type) {
		case *modality.Picture:
			n += 4 * len(v.Pix)
		case string:
			n += len(v)
		}
	}
	for _, t := range s.Toks {
		n += 8 * len(t.IDs)
	}
	return n
}

// fresh gives the sample its own maps, so that a caller who sets a value
// changes no other's sample.
func fresh(s modality.Sample) modality.Sample {
	m := make(map[string]any, len(s.Values))
	for k, v := range s.Values {
		m[k] = v
	}
	s.Values, s.Toks = m, maps.Clone(s.Toks)
	return s
}
