package scan

import (
	"bytes"
	"slices"
)

// context is the text before a value, with the keywords in it.
type context struct {
	text  []byte
	words []contextWord
	// end is where in the data the text ends, plus one; 0 for none.
	end  int
	seen seenWords
	// named is what naming said of the last value.
	named   naming
	isNamed bool
}

type contextWord struct{ id, start int }

// seenWords are the keywords that begin in data[from:to], by start, then by end: the texts before values that are close
// to each other are the same for the most part.
type seenWords struct {
	words    []seenWord
	from, to int
}

type seenWord struct{ id, start, end int }

// reset prepares for another text.
func (c *context) reset() { *c = context{words: c.words[:0], seen: seenWords{words: c.seen.words[:0]}} }

// naming is namingOf for the value that the context is of.
func (c *context) naming() naming {
	if !c.isNamed {
		c.named, c.isNamed = namingOf(c.text), true
	}
	return c.named
}

// before returns the context of the value at data[at:]. The last one is remembered: groups ask for the same.
func (c *context) before(t *wordTable, data []byte, at int) *context {
	if c.end == at+1 {
		return c
	}
	c.end, c.words, c.isNamed = at+1, c.words[:0], false
	low := max(0, at-keywordWindow-1)
	c.text = data[low:at]
	if near := c.seen.near(t, data, at); len(near) > 0 {
		from := low + contextStart(c.text)
		for _, w := range near {
			if w.start >= from && w.end <= at {
				c.words = append(c.words, contextWord{w.id, w.start - low})
			}
		}
	}
	return c
}

// maxSeen is how many words are kept before those that are passed are dropped.
const maxSeen = 256

// near returns the keywords that begin in the keywordWindow bytes before data[at:], and maybe some before or behind.
func (s *seenWords) near(t *wordTable, data []byte, at int) []seenWord {
	from := max(0, at-keywordWindow)
	if from < s.from || from > s.to {
		*s = seenWords{s.words[:0], from, from}
		for s.to > 0 && s.to < at && partKinds[data[s.to-1]] != noPart { // not in the middle of a name
			s.to++
		}
	}
	if s.to < at {
		if len(s.words) > maxSeen {
			s.words = slices.Delete(s.words, 0, s.first(from))
			s.from = from
		}
		t.find(data, s.to, at, func(id, start, end int) { s.words = append(s.words, seenWord{id, start, end}) })
		s.to = at
	}
	return s.words[s.first(from):]
}

// first is the index of the first word that begins at data[from:].
func (s *seenWords) first(from int) int {
	i, _ := slices.BinarySearchFunc(s.words, from, func(w seenWord, from int) int { return w.start - from })
	for i > 0 && s.words[i-1].start == from {
		i--
	}
	return i
}

// read finds the keywords in the text before a value.
func (c *context) read(t *wordTable, text []byte) {
	c.text, c.words, c.isNamed = text, c.words[:0], false
	t.find(text, contextStart(text), len(text), func(id, start, _ int) { c.words = append(c.words, contextWord{id, start}) })
}

const (
	keywordWindow = 96 // bytes before a value in which a keyword counts
	keywordLines  = 2  // lines above the value's in which it counts
)

// contextStart returns where the words that count begin in the text before a value. A word that the text's start
// may have cut does not count.
func contextStart(before []byte) int {
	from := max(0, len(before)-keywordWindow)
	for end, line := len(before), 0; line <= keywordLines; line++ {
		if end = bytes.LastIndexByte(before[from:end], '\n'); end < 0 {
			break
		}
		if end += from; line == keywordLines {
			return end + 1
		}
	}
	if from > 0 && partKinds[before[from-1]] != noPart {
		for from < len(before) && partKinds[before[from]] != noPart {
			from++
		}
	}
	return from
}
