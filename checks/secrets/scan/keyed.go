package scan

import (
	"bytes"
	"fmt"
	"math"
	"math/bits"
	"slices"
)

// keyed holds the keyword rules: values that nothing marks but a word near them. They are found from the value's
// side: runs of token bytes of a right length that look machine-made are rare, and each costs one look at the text
// before it.
type keyed struct {
	words    *wordTable
	matchers [][]keyedMatcher // by the word's id
	groups   []uint8          // by group, the bytes that its values may hold besides tokenBytes, a bit for each of extraBytes
	loose    uint32           // a bit for each group with values that need not hold both digits and letters
	grouped  map[*Pattern]int
	without  [len(extraBytes)]uint32 // by extra byte, a bit for each group whose values do not hold it
	fits     [maxKeyed + 1]uint32    // by length, a bit for each group that has such values
	wide     Set                     // every group's alphabet together
	least    int                     // the least length of a run that may be a value
	digits   bool                    // every value holds one
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

// extraBit is the byte's bit in keyed.groups; every bit for a byte that is in no value. isExtra is 1 for both.
var (
	extraBit = extraBits()
	isExtra  = extraFlags()
)

func extraFlags() *[256]uint8 {
	t := &[256]uint8{}
	for c, bit := range extraBit {
		t[c] = min(bit, 1)
	}
	return t
}

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
	i := slices.Index(k.groups, extra)
	if i < 0 {
		i = len(k.groups)
		k.groups = append(k.groups, extra)
		for c := range k.without {
			if extra>>c&1 == 0 {
				k.without[c] |= 1 << i
			}
		}
	}
	if !digit || !letter {
		k.loose |= 1 << i
	}
	for a := range p.alternatives {
		least, most := p.alternatives[a].lengths()
		if least = max(least, leastRandom); least > most {
			continue
		}
		for n := least; n <= most; n++ {
			k.fits[n] |= 1 << i
		}
		if run := least - p.alternatives[a].padding(); k.least == 0 || run < k.least {
			k.least = run
		}
	}
	k.grouped[p] = i
	return i
}

// values calls visit for each match of a keyword rule in the run of wide bytes data[start:end]. Every group sees the
// runs of its own alphabet in it.
func (k *keyed) values(data []byte, start, end int, c *context, visit func(Match)) {
	judge := func(groups uint32, from, to int) {
		if groups &= k.fitting(to - from); groups != 0 {
			k.candidate(groups, data, from, to, c, visit)
		}
	}
	last := padded(data, start, end)
	at := nextExtra(data, start, end)
	if at == end { // the same run for all
		judge(math.MaxUint32, start, last)
		return
	}
	var from [1 << len(extraBytes)]int
	for i := range k.groups {
		from[i] = start
	}
	for ; at < end; at = nextExtra(data, at+1, end) {
		for ended := k.without[bits.TrailingZeros8(extraBit[data[at]])]; ended != 0; {
			start := from[bits.TrailingZeros32(ended)]
			same := uint32(0) // those whose runs began there too
			for rest := ended; rest != 0; rest &= rest - 1 {
				if i := bits.TrailingZeros32(rest); from[i] == start {
					same |= 1 << i
					from[i] = at + 1
				}
			}
			judge(same, start, at)
			ended &^= same
		}
	}
	for i := range k.groups {
		judge(1<<i, from[i], last)
	}
}

// nextExtra is where the first of extraBytes in data[at:end] stands, or end.
func nextExtra(data []byte, at, end int) int {
	for ; at+8 <= end; at += 8 {
		d := (*[8]byte)(data[at:])
		found := isExtra[d[0]] | isExtra[d[1]]<<1 | isExtra[d[2]]<<2 | isExtra[d[3]]<<3 | isExtra[d[4]]<<4 | isExtra[d[5]]<<5 | isExtra[d[6]]<<6 | isExtra[d[7]]<<7
		if found != 0 {
			return at + bits.TrailingZeros8(found)
		}
	}
	for at < end && isExtra[data[at]] == 0 {
		at++
	}
	return at
}

// fitting has a bit for each group that has values of that length.
func (k *keyed) fitting(length int) uint32 {
	if length < 0 || length > maxKeyed {
		return 0
	}
	return k.fits[length]
}

// padded is where the padding behind a run ends.
func padded(data []byte, start, end int) int {
	for n := 0; n < maxPadding && end > start && end < len(data) && data[end] == '='; n++ {
		end++
	}
	return end
}

// candidate judges a maximal run of the groups' alphabet, of a length that their values have, with the padding behind it.
func (k *keyed) candidate(groups uint32, data []byte, start, end int, c *context, visit func(Match)) {
	if passing(data, start, end) {
		return
	}
	if groups&^k.loose != 0 && !mixes(data[start:end]) {
		groups &= k.loose
	}
	if groups == 0 {
		return
	}
	before := c.before(k.words, data, start)
	for ; groups != 0; groups &= groups - 1 {
		group := bits.TrailingZeros32(groups)
		m, ok := k.value(group, before, data, start, end)
		if !ok {
			m, ok = k.behind(group, before, data, start, end)
		}
		if ok {
			visit(m)
		}
	}
}

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
		if best.Rule != nil && !embedded(c.text, at) && !elsewhere(c.text, at) {
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
	return to-from >= least && Random(string(text[from:to])) || inBase64(text, from, to)
}

// inBase64 reports a part of padded base64 that is as long as a digest.
func inBase64(text []byte, from, to int) bool {
	const least = 43
	digit64 := func(c byte) bool { return isLetter(c) || c >= '0' && c <= '9' || c == '+' || c == '/' }
	for from > 0 && digit64(text[from-1]) {
		from--
	}
	for to < len(text) && digit64(text[to]) {
		to++
	}
	return to-from >= least && to < len(text) && text[to] == '=' && Random(string(text[from:to]))
}

// elsewhere reports a word at text[at:] in another URL than the one whose part the value behind the text is: lists of
// addresses have many neighbours.
func elsewhere(text []byte, at int) bool {
	return schemeOf(text, len(text)) > at && schemeOf(text, at) >= 0
}

// schemeOf is where the scheme of the URL that reaches to text[:end] ends; -1 for none.
func schemeOf(text []byte, end int) int {
	start := bytes.LastIndexAny(text[:end], " \t\r\n\"'`<>()") + 1
	if i := bytes.LastIndex(text[start:end], []byte("://")); i >= 0 {
		return start + i
	}
	return -1
}

// passing reports runs that are a part of something else: of a path, a file's name, a revision, base64, or an entry
// of a list of checksums or revisions, which begins with it ("HASH  path", "HASH refs/heads/main", "HASH:path:line").
func passing(data []byte, start, end int) bool {
	if (start == 0 || data[start-1] == '\n') && end < len(data) && (isSpace(data[end]) || data[end] == ':') {
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

// digestList calls what follows it a checksum, a revision or what a page shows. identityList does so at the end of a name.
var (
	digestList = []string{"sha", "sha1", "sha224", "sha256", "sha384", "sha512", "md5", "crc32", "checksum", "checksums", "digest", "integrity", "hash", "hashes", "commit", "etag", "revision", "fingerprint", "thumbprint", "h1", "badge", "badges",
		"shasum", "sha1sum", "sha256sum", "sha512sum", "md5sum", "git head"}
	identityList  = []string{"id", "ids", "uuid", "guid", "uid", "oid", "rev", "ref", "version", "nonce", "iv", "initialization vector", "initialisation vector"}
	digestWords   = words(digestList...)
	identityWords = words(identityList...)
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
	return identity >= 0 && introduces(before[identity:])
}

// introduces reports whether the text between a name and a value joins the two: an operator and quotes, and maybe the
// call that wraps the value, as in "= Value(".
func introduces(between []byte) bool {
	start, end := 0, len(between)
	for start < end && partKinds[between[start]] == noPart {
		start++
	}
	for end > start && partKinds[between[end-1]] == noPart {
		end--
	}
	if start == end {
		return true
	}
	for _, c := range between[start:end] {
		if !isWord(c) && c != '.' {
			return false
		}
	}
	return bytes.HasPrefix(between[end:], []byte("(")) && bytes.ContainsAny(between[:start], ":=")
}
