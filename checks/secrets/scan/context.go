package scan

import "bytes"

// context is the text before a value, with the keywords in it.
type context struct {
	text  []byte
	words []contextWord
	// end is where in the data the text ends, plus one; 0 for none.
	end int
	// mixed is what mixes said of the last value, which began and ended there.
	mixed    bool
	from, to int
}

type contextWord struct{ id, start int }

// reset prepares for another text.
func (c *context) reset() { *c = context{words: c.words[:0]} }

// mixes is the function of that name for the value data[start:end]. Groups ask for the same one in turn.
func (c *context) mixes(data []byte, start, end int) bool {
	if c.from != start || c.to != end {
		c.from, c.to, c.mixed = start, end, mixes(data[start:end])
	}
	return c.mixed
}

// before returns the context of the value at data[at:]. The last one is remembered: groups ask for the same.
func (c *context) before(t *wordTable, data []byte, at int) *context {
	if c.end != at+1 {
		c.read(t, data[max(0, at-keywordWindow-1):at])
		c.end = at + 1
	}
	return c
}

// read finds the keywords in the text before a value.
func (c *context) read(t *wordTable, text []byte) {
	c.text, c.words = text, c.words[:0]
	t.find(text, contextStart(text), func(id, start, _ int) { c.words = append(c.words, contextWord{id, start}) })
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
