package scan

// A word of the text before a value, as keyword rules see it: text is read as parts of names, so that "mailgun" is
// found in api.mailgun.net, MAILGUN_API_KEY, mailgunApiKey and X-Mailgun-Token, and "new relic" in NEW_RELIC_KEY.

// partEnd returns the end of the part of a name that begins at text[at:]: a capital and what follows it in lower
// case, an abbreviation in capitals, or digits.
func partEnd(text []byte, at int) int {
	kind := partKind(text[at])
	end := at + 1
	for end < len(text) && partKind(text[end]) == kind {
		end++
	}
	if kind != 'u' || end == len(text) || partKind(text[end]) != 'l' {
		return end
	}
	if end-at > 1 {
		return end - 1 // the last capital begins the next part: HTTPServer
	}
	for end < len(text) && partKind(text[end]) == 'l' {
		end++
	}
	return end
}

// partKind is 'l' for a lower-case letter, 'u' for a capital, 'd' for a digit and 0 for what is in no name.
func partKind(c byte) byte {
	switch {
	case c >= 'a' && c <= 'z':
		return 'l'
	case c >= 'A' && c <= 'Z':
		return 'u'
	case c >= '0' && c <= '9':
		return 'd'
	}
	return 0
}

// isJoiner reports whether the byte may stand between the parts of one word.
func isJoiner(c byte) bool { return c == '_' || c == '-' || c == '.' || c == ' ' }

// wordTable finds a set of words in text. A word's parts may be joined by one byte, by a capital, or by nothing.
type wordTable struct {
	ids map[string]int // by the word's letters and digits in lower case
	// starts and longest bound the look-ups: the first two bytes that words begin with, and their greatest length.
	starts  [1 << 10]bool
	longest int
}

func newWordTable() *wordTable { return &wordTable{ids: map[string]int{}} }

// maxWord bounds the length of a word, in bytes without joiners.
const maxWord = 40

// add enters the word under id and returns the id it has; a word longer than maxWord or shorter than two bytes has none.
func (t *wordTable) add(word string, id int) (int, bool) {
	normal := NormalName(word)
	if len(normal) < 2 || len(normal) > maxWord {
		return 0, false
	}
	if known, ok := t.ids[normal]; ok {
		return known, true
	}
	t.ids[normal] = id
	t.starts[startOf(normal[0], normal[1])] = true
	t.longest = max(t.longest, len(normal))
	return id, true
}

func startOf(a, b byte) int { return int(a&31)<<5 | int(b&31) }

// find calls visit(id, start, end) for each of the words in text[from:], by start, then by end.
func (t *wordTable) find(text []byte, from int, visit func(id, start, end int)) {
	for at := from; at < len(text); {
		if partKind(text[at]) == 0 {
			at++
			continue
		}
		t.at(text, at, visit)
		at = partEnd(text, at)
	}
}

// at looks up the words that begin with the part at text[start:].
func (t *wordTable) at(text []byte, start int, visit func(id, start, end int)) {
	var second byte
	if next := start + 1; next < len(text) {
		if second = text[next]; partKind(second) == 0 && next+1 < len(text) {
			second = text[next+1]
		}
	}
	if !t.starts[startOf(text[start], second)] {
		return
	}
	var normal [maxWord]byte
	size := 0
	for at := start; at < len(text); {
		end := partEnd(text, at)
		if size+end-at > t.longest {
			return
		}
		for _, c := range text[at:end] {
			if partKind(c) == 'u' {
				c |= 0x20
			}
			normal[size] = c
			size++
		}
		if id, ok := t.ids[string(normal[:size])]; ok {
			visit(id, start, end)
		}
		if at = end; at < len(text) && isJoiner(text[at]) {
			at++
		}
		if at < len(text) && partKind(text[at]) == 0 {
			return
		}
	}
}
