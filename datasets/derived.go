package datasets

// Sets made of others: Map computes one more modality, Cache keeps what was
// computed.

import (
	"fmt"
	"math"
	"sync"

	"fourmlab/fourm/modality"
	"fourmlab/internal/fault"
)

// Map gives the set with one more modality, or another in place of one that it
// has: f makes its value of each sample (a *fourm.Picture, image.Image, string,
// boxes or a palette; an error is that of the sample). What f gave is kept while
// there is room, as what is read is; Cache keeps all of it.
//
//	edges := datasets.Map(ds, "sobel", func(s fourm.Sample) any { return sobel(s.Picture("rgb")) })
//
// ds may be a set or any Data of one's own. f is called for one sample at a time
// and must not change it. A name that is not registered is that of a colour
// picture or a text.
func Map(ds modality.Data, name string, f func(modality.Sample) any) *Set {
	const op = "datasets.Map"
	if name == "" {
		fault.Panic(op, "no name of the modality that is made")
	}
	if f == nil {
		fault.Panic(op, "no function that makes %q", name)
	}
	base := setOf(op, ds)
	return &Set{name: base.title(), src: &mapped{base: base, name: name, f: f, kept: newCache(cacheBytes)}, seed: base.seed}
}

// Cache gives the set with every sample kept in memory once it was asked for,
// however many there are. ds may be a set or any Data of one's own. What
// Augmented draws differs from epoch to epoch, and is not kept.
func Cache(ds modality.Data) *Set {
	base := setOf("datasets.Cache", ds)
	return &Set{name: base.title(), src: &mapped{base: base, kept: newCache(math.MaxInt)}, seed: base.seed}
}

// CacheIn is Cache in a folder, where the next program finds what was computed.
// It is an error where the folder holds another set. When the function of a Map
// changes, remove the folder.
func CacheIn(ds modality.Data, folder string) (*Set, error) {
	base := setOf("datasets.CacheIn", ds)
	d, err := openShelf(folder, base)
	if err != nil {
		return nil, fmt.Errorf("datasets.CacheIn: %w", err)
	}
	return &Set{name: base.title(), src: &mapped{base: base, kept: newCache(cacheBytes), disk: d}, seed: base.seed}, nil
}

// setOf gives a Data as a set.
func setOf(op string, ds modality.Data) *Set {
	if s, ok := ds.(*Set); ok && s != nil {
		return s
	}
	if ds == nil || ds == modality.Data((*Set)(nil)) {
		fault.Panic(op, "the set is nil")
	}
	return &Set{name: "data", src: &foreign{data: ds}}
}

// mapped is a set with a modality that a function makes, or whose samples are
// kept, or both.
type mapped struct {
	base *Set
	name string
	f    func(modality.Sample) any // nil: nothing is made
	kept *cache
	disk *shelf // nil: memory alone

	calls   sync.Mutex // f is a person's own: one call at a time
	filling sync.Mutex // so that none is made twice
	once    sync.Once
	names   []string
}

func (m *mapped) len() int          { return m.base.Len() }
func (m *mapped) skipped() []string { return m.base.src.skipped() }

// own tells whether the set below is a person's own Data, of which only its
// samples tell anything.
func (m *mapped) own() bool { _, ok := m.base.src.(*foreign); return ok }

// key is a sample's own where it has to be read: then it is kept, too.
func (m *mapped) key(i int) string {
	if !m.own() {
		return m.base.src.key(m.base.at(i))
	}
	s, err := m.sample(i)
	if err != nil {
		panic(err)
	}
	return s.Key
}

func (m *mapped) splitOf(i int) string {
	if !m.base.ownSplits() {
		return ""
	}
	return m.base.part(i)
}

func (m *mapped) modalities() []string {
	m.once.Do(func() {
		all := modality.Sample{Values: map[string]any{}}
		if m.own() && m.len() > 0 {
			s, err := m.sample(0)
			if err != nil {
				panic(err)
			}
			m.names = s.Names()
			return
		}
		for _, n := range m.base.Modalities() {
			all.Values[n] = nil
		}
		if m.f != nil {
			all.Values[m.name] = nil
		}
		m.names = all.Names()
	})
	return m.names
}

func (m *mapped) sample(i int) (modality.Sample, error) {
	if s, ok := m.kept.get(i); ok {
		return s, nil
	}
	if m.f != nil || m.own() {
		m.filling.Lock()
		defer m.filling.Unlock()
		if s, ok := m.kept.get(i); ok { // another was faster
			return s, nil
		}
	}
	if m.disk != nil {
		s, ok, err := m.disk.get(i)
		if ok || err != nil {
			if err == nil {
				m.kept.put(i, s)
			}
			return s, err
		}
	}
	s, err := m.base.Sample(i)
	if err == nil {
		s, err = m.with(s)
	}
	if err == nil && m.disk != nil {
		err = m.disk.put(i, s)
	}
	if err == nil {
		m.kept.put(i, s)
	}
	return s, err
}

// with gives a sample the value that f makes.
func (m *mapped) with(s modality.Sample) (modality.Sample, error) {
	if m.f == nil {
		return s, nil
	}
	m.calls.Lock()
	defer m.calls.Unlock()
	v := m.f(fresh(s))
	if err, ok := v.(error); ok {
		return s, fmt.Errorf("key %q: %s: %w", s.Key, m.name, err)
	}
	if p, ok := v.(*modality.Picture); v == nil || ok && p == nil {
		return s, fmt.Errorf("key %q: the function of %s gave nothing", s.Key, m.name)
	}
	return s.With(m.name, v).Checked()
}

// several and shown are those of the set below.
func (m *mapped) several(i int) bool {
	w, ok := m.base.src.(windowed)
	return ok && w.several(m.base.at(i))
}

func (m *mapped) shown(i int, seed *int64) (modality.Sample, error) {
	if seed == nil || !m.several(i) {
		return m.sample(i)
	}
	s, err := m.base.Augmented(*seed).Sample(i)
	if err != nil {
		return s, err
	}
	return m.with(s)
}

// foreign is a Data of a person's own as a source, always below a mapped one. It
// is asked for one sample at a time.
type foreign struct {
	data  modality.Data
	calls sync.Mutex
}

func (f *foreign) len() int             { return f.data.Len() }
func (f *foreign) key(i int) string     { return fmt.Sprint(i) }
func (f *foreign) modalities() []string { return nil }
func (f *foreign) splitOf(int) string   { return "" }
func (f *foreign) skipped() []string    { return nil }

func (f *foreign) sample(i int) (modality.Sample, error) {
	f.calls.Lock()
	defer f.calls.Unlock()
	s, err := f.data.Sample(i)
	if err == nil {
		s, err = s.Checked()
	}
	if err != nil {
		return s, fmt.Errorf("sample %d: %w", i, err)
	}
	if s.Key == "" {
		s.Key = fmt.Sprint(i)
	}
	return s, nil
}
