package scan

import (
	"bytes"
	"fmt"
	"math/bits"
	"slices"
)

// keyed holds the keyword rules: values that nothing marks but a word near them. They are found from the value's
// side: runs of token bytes of a right length that look machine-made are rare, and each costs one look at the text
// before it.
type keyed struct {
	words    *wordTable
	matchers [][]keyedMatcher // by the word's id
	groups   []keyedGroup
	grouped  map[*Pattern]int
	fits     [maxKeyed + 1]uint32 // by length, a bit for each group that has such values
	wide     Set                  // every group's alphabet together
	least    int                  // the least length of a run that may be a value
	digits   bool                 // every value holds one
}

// keyedGroup are the rules whose values have the same bytes besides tokenBytes.
type keyedGroup struct {
	extra uint8 // a bit for each of extraBytes
	mixed bool  // every value holds digits and letters
}

type keyedMatcher struct {
	*Matcher
	group int
}

const (
	// extraBytes may belong to values besides word characters and hyphens. "=" may only end one, up to maxPadding times.
	extraBytes = "./+:~"
	maxPadding = 3
	leastKeyed = 8
	maxKeyed   = 2048
)

// extraBit is the byte's bit in keyedGroup.extra; every bit for a byte that is in no value.
var extraBit = extraBits()

func extraBits() *[256]uint8 {
	t := &[256]uint8{}
	for c := range t {
		switch i := bytes.IndexByte([]byte(extraBytes), byte(c)); {
		case i >= 0:
			t[c] = 1 << i
		case !tokenBytes[c]:
			t[c] = 0xff
		}
	}
	return t
}

func newKeyed() *keyed {
	return &keyed{words: newWordTable(), grouped: map[*Pattern]int{}, wide: *tokenBytes, digits: true}
}

// add enters a matcher whose rule has keywords.
func (k *keyed) add(m *Matcher) error {
	least, most := m.tail.lengths()
	if least < leastKeyed || most > maxKeyed {
		return fmt.Errorf("rule %s: values of %d to %d bytes cannot be found by a keyword", m.Rule.ID, least, most)
	}
	entry := keyedMatcher{m, k.group(m.tail)}
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

// group returns the index of the group of the pattern's alphabet, made or widened as needed.
func (k *keyed) group(p *Pattern) int {
	if i, ok := k.grouped[p]; ok {
		return i
	}
	alphabet := p.alphabet()
	var extra uint8
	digit, letter := false, false
	for c, ok := range alphabet {
		if ok {
			digit, letter = digit || partKinds[c] == digitPart, letter || isLetter(byte(c))
			if bit := extraBit[c]; bit != 0xff {
				extra |= bit
				k.wide[c] = true
			}
		}
	}
	k.digits = k.digits && digit
	i := 0
	for i < len(k.groups) && k.groups[i].extra != extra {
		i++
	}
	if i == len(k.groups) {
		k.groups = append(k.groups, keyedGroup{extra: extra, mixed: true})
	}
	g := &k.groups[i]
	g.mixed = g.mixed && digit && letter
	for a := range p.alternatives {
		least, most := p.alternatives[a].lengths()
		for n := least; n <= most; n++ {
			k.fits[n] |= 1 << i
		}
		if padded := p.alternatives[a].padding(); k.least == 0 || least-padded < k.least {
			k.least = least - padded
		}
	}
	k.grouped[p] = i
	return i
}

// values calls visit for each match of a keyword rule in the run of wide bytes data[start:end]. Every group sees the
// runs of its own alphabet in it.
func (k *keyed) values(data []byte, start, end int, c *context, visit func(Match)) {
	at := start
	for at < end && extraBit[data[at]] == 0 {
		at++
	}
	if at == end { // the same run for all
		for fits := k.fitting(data, start, end); fits != 0; fits &= fits - 1 {
			if m, ok := k.candidate(bits.TrailingZeros32(fits), data, start, end, c); ok {
				visit(m)
			}
		}
		return
	}
	var from [1 << len(extraBytes)]int
	for i := range k.groups {
		from[i] = start
	}
	for ; at <= end; at++ {
		bit := uint8(0xff)
		if at < end {
			if bit = extraBit[data[at]]; bit == 0 {
				continue
			}
		}
		for i := range k.groups {
			if g := &k.groups[i]; g.extra&bit == 0 || at == end {
				if m, ok := k.candidate(i, data, from[i], at, c); ok {
					visit(m)
				}
				from[i] = at + 1
			}
		}
	}
}

// fitting has a bit for each group that has values of the run's length, with the padding behind it.
func (k *keyed) fitting(data []byte, start, end int) uint32 {
	if n := padded(data, start, end) - start; n <= maxKeyed {
		return k.fits[n]
	}
	return 0
}

// padded is where the padding behind a run ends.
func padded(data []byte, start, end int) int {
	for n := 0; n < maxPadding && end > start && end < len(data) && data[end] == '='; n++ {
		end++
	}
	return end
}

// candidate judges a maximal run of the group's alphabet, with the padding behind it.
func (k *keyed) candidate(group int, data []byte, start, end int, c *context) (Match, bool) {
	end = padded(data, start, end)
	if g := &k.groups[group]; !k.fit(group, end-start) || passing(data, start, end) || g.mixed && !c.mixes(data, start, end) {
		return Match{}, false
	}
	return k.value(group, c.before(k.words, data, start), data, start, end)
}

// fit reports whether values of the group may have that length.
func (k *keyed) fit(group, length int) bool {
	return length > 0 && length <= maxKeyed && k.fits[length]>>group&1 == 1
}

// mixes reports whether the value mixes digits and letters as often as a random one does at least, and is not made of
// words, as names with a number in them are.
func mixes(value []byte) bool {
	digits, letters, hex := false, false, true
	changes, pairs, common := 0, 0, 0
	last, before := partKinds[value[0]], byte(0)
	for _, c := range value {
		kind := partKinds[c]
		if kind != last {
			changes++
			last = kind
		}
		digits = digits || kind == digitPart
		letter := kind == lowerPart || kind == upperPart
		if c |= 0x20; letter && before != 0 {
			pairs++
			if commonPair[int(before-'a')*26+int(c-'a')] {
				common++
			}
		}
		if before = 0; letter {
			before, letters = c, true
			hex = hex && c <= 'f'
		}
	}
	if !digits || !letters || changes < 3 || changes*8 < len(value) {
		return false
	}
	return hex || pairs*2 < len(value) || common*100 <= pairs*mostWords
}

// mostWords is the share of common pairs of letters, in percent, from which Random, too, takes a value for words.
const mostWords = 65

// value judges the value data[start:end] by the group's rules whose words stand in the text before it. The nearest
// word decides.
func (k *keyed) value(group int, c *context, data []byte, start, end int) (Match, bool) {
	var refusals [8]*Matcher // a word may occur often: what was refused once is not judged again
	refused := refusals[:0]
	for i := len(c.words) - 1; i >= 0; i-- {
		at := c.words[i].start
		var best Match
		for ; i >= 0 && c.words[i].start == at; i-- {
			for _, m := range k.matchers[c.words[i].id] {
				if m.group != group || best.Rule != nil && best.Rule.ID <= m.Rule.ID || slices.Contains(refused, m.Matcher) || !m.tail.whole(data[start:end]) || misnamed(c.text, at, m.Rule.Identifier) {
					continue
				}
				if match, ok := m.judgeRun(data, start, end); ok {
					best = match
				} else if len(refused) < cap(refused) {
					refused = append(refused, m.Matcher)
				}
			}
		}
		if best.Rule != nil && !embedded(c.text, at) {
			return best, true
		}
		i++
	}
	return Match{}, false
}

// embedded reports a word at text[at:] that stands by chance inside longer random text, as one of three or four letters
// does in base64.
func embedded(text []byte, at int) bool {
	const least = 24
	digit64 := func(c byte) bool { return isLetter(c) || c >= '0' && c <= '9' || c == '+' }
	from, to := at, at
	for from > 0 && digit64(text[from-1]) {
		from--
	}
	for to < len(text) && digit64(text[to]) {
		to++
	}
	return to-from >= least && Random(string(text[from:to]))
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

// misnamed reports whether the text between the keyword, which begins at before[at:], and the value calls the value
// something that is no secret. An identifier may be called one.
func misnamed(before []byte, at int, identifier bool) bool {
	for at > 0 && (isWord(before[at-1]) || before[at-1] == '-') {
		at--
	}
	digest, identity := false, -1
	digestWords.find(before, at, len(before), func(int, int, int) { digest = true })
	if digest || identifier {
		return digest
	}
	identityWords.find(before, at, len(before), func(_, _, end int) { identity = end })
	for i := identity; i >= 0 && i < len(before); i++ {
		if partKinds[before[i]] != noPart {
			return false
		}
	}
	return identity >= 0
}
