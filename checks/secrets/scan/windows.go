package scan

import "container/heap"

// target is a literal to be found, with what is known of the bytes around every occurrence that counts.
type target struct {
	text          string
	before, after []*Set // in the order of the text
	starts        bool   // only occurrences that begin a token count
}

// window is the part of targets that serves as their fingerprint.
type window struct {
	sets  [fingerprint]*Set
	where place
	uses  []use
}

// place is where a window's occurrences count.
type place uint8

const (
	anywhere   place = iota
	startsText       // where a token may begin
	startsRun        // where a run of leastRun token bytes does, too
	places
)

// use is a target found by a window that begins offset bytes behind the target's start, or before it if negative.
type use struct{ target, offset int }

// commonness is the binary logarithm of how often each printable ASCII byte, from the space, occurs in program texts, plus 13.
const commonness = "93710333774374777665555454633620054556544513555551566443231545063867797668257788738897557636360"

// frequency estimates the share of each byte in text, as a mixture: bytes of one kind keep together, in words, in words
// in capitals, in numbers. What the window of a literal costs is the sum over the kinds.
var frequency = frequencies()

const kindsOfText = 4

// mixture is how much of text is of each kind; the first is of any bytes.
var mixture = [kindsOfText]float64{0.4, 0.42, 0.08, 0.1}

func frequencies() *[kindsOfText][256]float64 {
	f := &[kindsOfText][256]float64{}
	any := &f[0]
	any['\n'], any['\t'] = 1./32, 1./32
	for c := range any {
		if i := c - ' '; i >= 0 && i < len(commonness) {
			any[c] = float64(int(1)<<(commonness[i]-'0')) / (1 << 13)
		} else if any[c] == 0 {
			any[c] = 1. / (1 << 13)
		}
	}
	for kind := 1; kind < kindsOfText; kind++ {
		sum := 0.0
		for c := range any {
			if int(partKinds[c]) == kind {
				sum += any[c]
			}
		}
		for c := range any {
			if f[kind][c] = any[c] / 10; int(partKinds[c]) == kind {
				f[kind][c] += any[c] / sum * 0.9
			}
		}
	}
	return f
}

// share estimates how many positions of text have the sets.
func share(sets []*Set) float64 {
	total := 0.0
	for kind, weight := range mixture {
		for _, set := range sets {
			sum := 0.0
			for c, ok := range set {
				if ok {
					sum += frequency[kind][c]
				}
			}
			weight *= min(sum, 1)
		}
		total += weight
	}
	return total
}

// shareOf is share of a text.
func shareOf(text [fingerprint]byte) float64 {
	total := 0.0
	for kind, weight := range mixture {
		for _, c := range text {
			weight *= frequency[kind][c]
		}
		total += weight
	}
	return total
}

var (
	singles = singleSets()
	anyByte = anySet()
)

func singleSets() *[256]*Set {
	all := &[256]*Set{}
	for c := range all {
		all[c] = &Set{}
		all[c][c] = true
	}
	return all
}

func anySet() *Set {
	s := &Set{}
	for c := range s {
		s[c] = true
	}
	return s
}

// leastRun is how many token bytes make it rare enough that a token begins.
const leastRun = 16

// chooseWindows gives every target one window: that of a token is its beginning, and any other's is rare in text, and
// shared by as many targets as possible.
func chooseWindows(targets []target) []window {
	cover := &cover{index: map[[fingerprint]byte]int{}, done: make([]bool, len(targets))}
	var windows []window
	first := map[[fingerprint]byte]int{} // windows of beginnings
	for i, t := range targets {
		switch {
		case t.starts:
			w := firstWindow(i, t)
			if len(t.text) >= fingerprint && w.where == startsText {
				key := [fingerprint]byte([]byte(t.text))
				if known, ok := first[key]; ok {
					windows[known].uses = append(windows[known].uses, w.uses...)
					continue
				}
				first[key] = len(windows)
			}
			windows = append(windows, w)
		case len(t.text) < fingerprint:
			windows = append(windows, shortWindow(i, t))
		default:
			cover.add(i, t)
		}
	}
	return append(windows, cover.choose()...)
}

// firstWindow is the beginning of the target and of what follows it.
func firstWindow(id int, t target) window {
	row := append(literalSets(t.text), t.after...)
	w := window{where: startsText, uses: []use{{id, 0}}}
	if tokenRun(row) >= leastRun {
		w.where = startsRun
	}
	for i := range w.sets {
		if w.sets[i] = anyByte; i < len(row) {
			w.sets[i] = row[i]
		}
	}
	return w
}

// shortWindow makes up for what the target's text lacks with the bytes around it.
func shortWindow(id int, t target) window {
	row := append(append([]*Set{}, t.before...), literalSets(t.text)...)
	row = append(row, t.after...)
	for range fingerprint {
		row = append(row, anyByte) // any byte, or the zeros behind the end
	}
	best, least := 0, 2.0
	for i := max(0, len(t.before)+len(t.text)-fingerprint); i <= len(t.before); i++ {
		if p := share(row[i : i+fingerprint]); p < least {
			best, least = i, p
		}
	}
	w := window{uses: []use{{id, best - len(t.before)}}}
	copy(w.sets[:], row[best:])
	return w
}

func literalSets(text string) []*Set {
	sets := make([]*Set, len(text))
	for i := range len(text) {
		sets[i] = singles[text[i]]
	}
	return sets
}

// tokenRun returns how many of the first sets hold token bytes only, counting to leastRun.
func tokenRun(row []*Set) int {
	row = row[:min(len(row), leastRun)]
	for i, s := range row {
		if i > 0 && s == row[i-1] {
			continue
		}
		if !subset(s, tokenBytes) {
			return i
		}
	}
	return len(row)
}

func subset(a, b *Set) bool {
	for c, ok := range a {
		if ok && !b[c] {
			return false
		}
	}
	return true
}

// cover is the choice of windows as a weighted set cover, solved greedily.
type cover struct {
	index   map[[fingerprint]byte]int
	options []option
	done    []bool // by target
}

type option struct {
	text  [fingerprint]byte
	uses  []use
	price float64 // the less the rarer
	gain  float64 // targets not done yet, by price
}

// windowPrice is the price of a window besides how often it occurs: each one blurs the filter of its bucket.
const windowPrice = 1e-6

// add enters the windows of a target.
func (c *cover) add(id int, t target) {
	for offset := range len(t.text) - fingerprint + 1 {
		key := [fingerprint]byte([]byte(t.text[offset:]))
		i, ok := c.index[key]
		if !ok {
			i = len(c.options)
			c.index[key] = i
			c.options = append(c.options, option{text: key, price: shareOf(key) + windowPrice})
		}
		o := &c.options[i]
		if n := len(o.uses); n == 0 || o.uses[n-1].target != id {
			o.uses = append(o.uses, use{id, offset})
		}
	}
}

// choose takes the windows that serve the most targets for their price until every target has one.
func (c *cover) choose() []window {
	for i := range c.options {
		c.options[i].gain = float64(len(c.options[i].uses)) / c.options[i].price
	}
	heap.Init(c)
	var windows []window
	for len(c.options) > 0 {
		best := &c.options[0]
		left := best.uses[:0]
		for _, u := range best.uses {
			if !c.done[u.target] {
				left = append(left, u)
			}
		}
		fresh := len(left) == len(best.uses)
		best.uses, best.gain = left, float64(len(left))/best.price
		switch {
		case len(left) == 0:
			heap.Pop(c)
		case !fresh:
			heap.Fix(c, 0)
		default:
			w := window{uses: left}
			copy(w.sets[:], literalSets(string(best.text[:])))
			windows = append(windows, w)
			for _, u := range left {
				c.done[u.target] = true
			}
			heap.Pop(c)
		}
	}
	return windows
}

func (c *cover) Len() int { return len(c.options) }

func (c *cover) Less(i, j int) bool {
	a, b := &c.options[i], &c.options[j]
	if a.gain != b.gain {
		return a.gain > b.gain
	}
	return string(a.text[:]) < string(b.text[:])
}

func (c *cover) Swap(i, j int) { c.options[i], c.options[j] = c.options[j], c.options[i] }

func (c *cover) Push(any) {}

func (c *cover) Pop() any {
	c.options = c.options[:len(c.options)-1]
	return nil
}
