package objects

import (
	"bytes"
	"strconv"
	"sync"

	"hardcheck/checks"
)

// treeEntry is what a tree has under a name: the place of the name, with flags, and the number of the object; noNumber
// where the store does not hold it, and for a submodule. Behind these stands what the tree does not have although the
// tree has it that it was built from: goneOne is under one name; goneFrom and goneTo, one after the other, are under
// two names and all that git orders between them.
type treeEntry struct{ name, child uint32 }

const (
	goneOne  = noNumber - 1
	goneFrom = noNumber - 2
	goneTo   = noNumber - 3

	entryLast  = 1 << 31 // of the tree's own entries
	entryWhole = 1 << 30 // with entryLast: the tree takes no others from what it was built from
	entryTree  = 1 << 29 // it is a directory
	entryName  = entryTree - 1
)

// entryLists holds the entries of many trees, those of one behind each other.
type entryLists struct {
	mu    sync.Mutex
	pages [][]treeEntry
	count int      // entries that the pages have room for
	full  bool     // more entries came
	first []uint32 // by number of the tree: page and place of its first entry; 0 for none
	base  []uint32 // by number: what a tree was built from, plus 1; 0 for nothing
}

const (
	pageBits = 12
	pageSize = 1 << pageBits // entries; a long list has a page for itself
	longList = pageSize / 8

	maxEntries = 1 << 27 // of all trees; beyond it paths are not known
)

func newEntryLists(count int) *entryLists {
	return &entryLists{pages: make([][]treeEntry, 1), first: make([]uint32, count), base: make([]uint32, count)}
}

// of returns the entries that a tree does not take from another.
func (e *entryLists) of(tree uint32) []treeEntry {
	at := e.first[tree]
	if at == 0 {
		return nil
	}
	list := e.pages[at>>pageBits][at&(pageSize-1):]
	for i := range list {
		if list[i].name&entryLast != 0 {
			return list[:i+1]
		}
	}
	return nil
}

// there reports whether the object is one of the store's.
func (e treeEntry) there() bool { return e.child < goneTo }

// turn gives a page for a number of entries; nil where there are too many.
func (e *entryLists) turn(size int) (page []treeEntry, number uint32) {
	e.mu.Lock()
	defer e.mu.Unlock()
	if e.count+size > maxEntries || len(e.pages) >= 1<<(32-pageBits) {
		e.full = true
		return nil, 0
	}
	e.count += size
	page = make([]treeEntry, size)
	e.pages = append(e.pages, page)
	return page, uint32(len(e.pages) - 1)
}

// linker gathers, for one goroutine, the entries of the trees of a sweep. Of a tree that is a delta it takes what
// differs from its base, so that few entries stand for all.
type linker struct {
	s     *Store
	names *nameSet
	cache [1 << 10]cachedName
	lists *entryLists
	visit func(*Text)
	text  Text     // of a commit or a tag, that visit sees: one for all, as there are many
	roots []uint32 // trees of commits

	page   []treeEntry // what is left of the one that is filled
	number uint32      // of the page

	tree  Tree
	fresh []treeEntry // of the tree at hand
	known [][]byte    // the names of the fresh ones
	gone  []treeEntry // what only its base has
	open  goneRange   // the last of that, which may go on
}

// add takes a tree.
func (l *linker) add(p *Piece) {
	l.fresh, l.gone, l.known = l.fresh[:0], l.gone[:0], l.known[:0]
	l.tree = Tree{Data: p.Data, Hash: l.s.hash}
	base := uint32(noNumber)
	if !p.base.IsZero() {
		base = l.s.numberOf(p.base.raw())
	}
	if base != noNumber {
		l.lists.base[p.number] = base + 1
	}
	whole := p.old == nil || base == noNumber
	if whole {
		for l.tree.Next() {
			l.take(p)
		}
	} else {
		l.compare(p)
		l.fresh = append(l.fresh, l.gone...)
	}
	if l.tree.Err != nil {
		l.s.tellError("read the tree "+p.ID.String(), l.s.common.label("objects"), l.tree.Err)
	}
	if whole && base != noNumber && len(l.fresh) == 0 {
		l.fresh = append(l.fresh, treeEntry{0, noNumber})
	}
	if n := len(l.fresh); n > 0 {
		l.fresh[n-1].name |= entryLast
		if whole {
			l.fresh[n-1].name |= entryWhole
		}
		l.keep(p.number)
	}
}

// keep stores the entries of the tree.
func (l *linker) keep(tree uint32) {
	n := len(l.fresh)
	switch {
	case n > longList:
		page, number := l.lists.turn(n)
		if page == nil {
			l.full()
			return
		}
		copy(page, l.fresh)
		l.lists.first[tree] = number << pageBits
		return
	case n > len(l.page):
		if l.page, l.number = l.lists.turn(pageSize); l.page == nil {
			l.full()
			return
		}
	}
	l.lists.first[tree] = l.number<<pageBits | uint32(pageSize-len(l.page))
	copy(l.page, l.fresh)
	l.page = l.page[n:]
}

// full tells, with few words, that the paths of some files will not be known.
func (l *linker) full() {
	l.s.tell(checks.Problem{Op: "find the paths", Where: l.s.common.label("objects"), Expected: "at most " + strconv.Itoa(maxEntries) + " changes of trees",
		Actual: "more", Retry: checks.RetryUseless})
}

// take adds the entry that the tree stands at.
func (l *linker) take(p *Piece) {
	e := &l.tree.Entry
	one := treeEntry{l.name(e.Name, p.ID, p.Worker), noNumber}
	if e.IsTree() || e.IsBlob() {
		one.child = l.s.numberOf(e.ID.raw())
	}
	if e.IsTree() {
		one.name |= entryTree
	}
	l.fresh = append(l.fresh, one)
}

// compare takes the entries that the tree's base does not have, and the names that only the base has. Both are gone
// through at once: what a delta copies is alike where an entry of the one begins at an entry of the other.
func (l *linker) compare(p *Piece) {
	t, old := &l.tree, p.old
	b, next := 0, 0 // in the base, and among the copies
	for t.Err == nil {
		for next < len(p.copies) && p.copies[next].end() <= t.at {
			next++
		}
		if next == len(p.copies) {
			break
		}
		c := p.copies[next]
		alike := t.at - c.to + c.from // the place of the base that was copied here
		switch {
		case t.at < c.to || alike < b:
			l.forward(p)
		case alike > b:
			b = l.passed(p, b)
		default:
			if n := wholeEntries(t.Data[t.at:c.end()], t.Hash); n > 0 {
				t.at, b = t.at+n, b+n
				continue
			}
			l.forward(p)
			b = l.passed(p, b)
		}
	}
	for l.forward(p) {
	}
	for b < len(old) {
		b = l.passed(p, b)
	}
	l.endGone(p)
}

// wholeEntries is how many bytes of entries that data begins with are whole.
func wholeEntries(data []byte, hash int) int {
	n := 0
	for {
		end := bytes.IndexByte(data[n:], 0)
		if end < 0 || len(data)-n-end-1 < hash {
			return n
		}
		n += end + 1 + hash
	}
}

// forward takes the tree's next entry.
func (l *linker) forward(p *Piece) bool {
	if !l.tree.Next() {
		return false
	}
	l.known = append(l.known, l.tree.Entry.Name)
	l.take(p)
	return true
}

// goneRange are entries of a base that a tree does not have, one behind the other.
type goneRange struct {
	first, last []byte // the entries, up to their objects; empty for none
	end         int    // in the base
}

// passed notes that the tree does not have an entry of its base, unless it has another of that name. It returns where
// the base's next entry begins.
func (l *linker) passed(p *Piece, at int) int {
	rest := p.old[at:]
	end := bytes.IndexByte(rest, 0)
	if end < 0 || len(rest)-end-1 < l.s.hash {
		return len(p.old)
	}
	_, name, _ := bytes.Cut(rest[:end], []byte{' '})
	next := at + end + 1 + l.s.hash
	const near = 4 // those that came last: most entries that go come back with another object
	for _, known := range l.known[max(0, len(l.known)-near):] {
		if bytes.Equal(known, name) {
			return next
		}
	}
	if len(l.open.last) == 0 || l.open.end != at {
		l.endGone(p)
		l.open.first = rest[:end]
	}
	l.open.last, l.open.end = rest[:end], next
	return next
}

// endGone keeps a range of entries that are gone.
func (l *linker) endGone(p *Piece) {
	first, last := l.open.first, l.open.last
	l.open = goneRange{}
	switch {
	case len(last) == 0:
	case &first[0] == &last[0]:
		l.gone = append(l.gone, l.goneEntry(p, first, goneOne))
	default:
		l.gone = append(l.gone, l.goneEntry(p, first, goneFrom), l.goneEntry(p, last, goneTo))
	}
}

func (l *linker) goneEntry(p *Piece, text []byte, child uint32) treeEntry {
	mode, name, _ := bytes.Cut(text, []byte{' '})
	e := treeEntry{l.name(name, p.base, p.Worker), child}
	if octal, err := strconv.ParseUint(string(mode), 8, 32); err == nil && octal&modeType == ModeTree {
		e.name |= entryTree
	}
	return e
}
