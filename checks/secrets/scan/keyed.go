package scan

import (
	"bytes"
	"fmt"
	"math/bits"
)

// keyed holds the keyword rules: values that nothing marks but a word near them. They are found from the value's
// side: runs of token bytes of a right length are rare, and each costs one look at the text before it.
type keyed struct {
	words    *wordTable
	matchers [][]*keyedMatcher // by the word's id
	groups   []keyedGroup
	wide     Set  // every group's alphabet together
	least    int  // the least length of a run that may be a value
	digits   bool // every value holds one
}

// keyedGroup are the rules whose values have the same alphabet.
type keyedGroup struct {
	set         *Set
	extra       uint8 // of extraBytes, a bit each
	padded      bool  // values may end in '='
	least, most int
	mixed       bool // values hold digits and letters
}

type keyedMatcher struct {
	*Matcher
	group int
}

// extraBytes may belong to values besides word characters and hyphens. "=" may only end one.
const extraBytes = "./+:~"

func newKeyed() *keyed {
	return &keyed{words: newWordTable(), digits: true}
}

// leastValue is the least length of a value that a word near it can make a token.
const leastValue = 8

// add enters a matcher whose rule has keywords.
func (k *keyed) add(m *Matcher) error {
	alphabet := m.tail.alphabet()
	g := keyedGroup{padded: alphabet['=']}
	if g.least, g.most = m.tail.lengths(); g.least < leastValue {
		return fmt.Errorf("rule %s: values of %d bytes are too short to be found by a keyword", m.Rule.ID, g.least)
	}
	digit, letter := false, false
	for c := range 256 {
		if alphabet[c] && isDigit(byte(c)) {
			digit = true
		}
		letter = letter || alphabet[c] && isLetter(byte(c))
	}
	g.mixed = digit && letter
	k.digits = k.digits && digit
	for i := range len(extraBytes) {
		if alphabet[extraBytes[i]] {
			g.extra |= 1 << i
		}
	}
	entry := &keyedMatcher{Matcher: m, group: k.group(g)}
	for _, word := range m.Rule.Keywords {
		id, ok := k.words.add(word, len(k.matchers))
		if !ok {
			return fmt.Errorf("rule %s: the keyword %q is no word", m.Rule.ID, word)
		}
		if id == len(k.matchers) {
			k.matchers = append(k.matchers, nil)
		}
		k.matchers[id] = append(k.matchers[id], entry)
	}
	return nil
}

// group returns the index of the group of that alphabet, made or widened as needed.
func (k *keyed) group(g keyedGroup) int {
	run := g.least
	if g.padded {
		run -= maxPadding
	}
	if k.least == 0 || run < k.least {
		k.least = run
	}
	for i := range k.groups {
		if have := &k.groups[i]; have.extra == g.extra && have.padded == g.padded && have.mixed == g.mixed {
			have.least, have.most = min(have.least, g.least), max(have.most, g.most)
			return i
		}
	}
	g.set = tokenSet()
	for extra := g.extra; extra != 0; extra &= extra - 1 {
		g.set[extraBytes[bits.TrailingZeros8(extra)]] = true
	}
	for c, ok := range g.set {
		k.wide[c] = k.wide[c] || ok
	}
	k.groups = append(k.groups, g)
	return len(k.groups) - 1
}

// run calls visit for each match of a keyword rule in the run of wide bytes data[start:end].
func (k *keyed) run(data []byte, start, end int, visit func(Match)) {
	for i := range k.groups {
		k.split(i, data, start, end, visit)
	}
}

const maxPadding = 3

// split tries the runs of the group's own alphabet in the wider run data[start:end].
func (k *keyed) split(group int, data []byte, start, end int, visit func(Match)) {
	g := &k.groups[group]
	for at := start; at < end; {
		if !g.set[data[at]] {
			at++
			continue
		}
		from := at
		for at < end && g.set[data[at]] {
			at++
		}
		to := at
		for g.padded && to < len(data) && to-at < maxPadding && data[to] == '=' {
			to++
		}
		if to-from < g.least || to-from > g.most || g.mixed && !mixed(data[from:to]) {
			continue
		}
		if m, ok := k.value(group, data[max(0, from-keywordWindow-1):from], data, from, to); ok {
			visit(m)
		}
	}
}

func mixed(value []byte) bool {
	digits, letters := 0, 0
	for _, c := range value {
		if isDigit(c) {
			digits++
		} else if isLetter(c) {
			letters++
		}
	}
	return digits > 0 && letters > 0
}

func isDigit(c byte) bool { return c >= '0' && c <= '9' }

// value judges the value data[start:end] by the group's rules whose keywords are in the text before it. The nearest
// keyword decides.
func (k *keyed) value(group int, before, data []byte, start, end int) (Match, bool) {
	if passing(data, start, end) {
		return Match{}, false
	}
	var best Match
	nearest := -1
	k.words.find(before, contextStart(before), func(id, at, stop int) {
		if at < nearest {
			return
		}
		for _, m := range k.matchers[id] {
			if m.group != group || at == nearest && best.Rule.ID <= m.Rule.ID || !m.tail.whole(data[start:end]) || named(before, at) {
				continue
			}
			if match, ok := m.judgeRun(data, start, end); ok {
				best, nearest = match, at
			}
		}
	})
	return best, nearest >= 0
}

// passing reports runs that are a part of something else: of a path, a file's name, a revision, base64, or an entry
// of a list of checksums or revisions, which begins with it ("HASH  path", "HASH refs/heads/main").
func passing(data []byte, start, end int) bool {
	if (start == 0 || data[start-1] == '\n') && end < len(data) && isSpace(data[end]) {
		return true
	}
	if start > 0 {
		switch c := data[start-1]; {
		case c == '@', c == '#', c == '\\', c == '$', c == '+', c == '.' && start > 1 && isWord(data[start-2]):
			return true
		}
	}
	if end == len(data) {
		return false
	}
	c := data[end]
	return c == '(' || c == '+' || c == '/' || c == '.' && end+1 < len(data) && isWord(data[end+1])
}

// judgeRun is judge for a run that the text around it does not prove to be a token: it must look machine-made.
func (m *Matcher) judgeRun(data []byte, start, end int) (Match, bool) {
	if m.Rule.Entropy == 0 && !Random(string(data[start:end])) {
		return Match{}, false
	}
	return m.judge(data, start, end, data[start:end])
}

const (
	keywordWindow = 96 // bytes before a value in which a keyword counts
	keywordLines  = 2  // lines above the value's in which it counts
)

// contextStart returns where the words that count begin in the text before a value. A word that the text's start
// may have cut does not count.
func contextStart(before []byte) int {
	lines := 0
	from := max(0, len(before)-keywordWindow)
	for i := len(before) - 1; i >= from; i-- {
		if before[i] == '\n' {
			if lines++; lines > keywordLines {
				return i + 1
			}
		}
	}
	if from > 0 && partKind(before[from-1]) != 0 {
		for from < len(before) && partKind(before[from]) != 0 {
			from++
		}
	}
	return from
}

// digestWords call what follows them a checksum or a revision. identityWords do so at the end of a name.
var (
	digestWords   = words("sha", "sha1", "sha224", "sha256", "sha384", "sha512", "md5", "crc32", "checksum", "checksums", "digest", "integrity", "hash", "hashes", "commit", "etag", "revision", "fingerprint", "thumbprint", "h1")
	identityWords = words("id", "ids", "uuid", "guid", "uid", "oid", "rev", "ref", "version", "nonce")
)

func words(list ...string) *wordTable {
	t := newWordTable()
	for i, w := range list {
		t.add(w, i)
	}
	return t
}

// named reports whether the text between the keyword, which begins at before[at:], and the value calls the value
// something that is no secret.
func named(before []byte, at int) bool {
	for at > 0 && (isWord(before[at-1]) || before[at-1] == '-') {
		at--
	}
	digest, identity := false, -1
	digestWords.find(before, at, func(int, int, int) { digest = true })
	if digest {
		return true
	}
	identityWords.find(before, at, func(_, _, end int) { identity = end })
	return identity >= 0 && !bytes.ContainsFunc(before[identity:], func(r rune) bool { return partKind(byte(r)) != 0 })
}
