package scan

import "bytes"

// A keyword may stand behind the value too: curl -H "X-Key: v" https://api.mailgun.net, {"key": "v", "url":
// "https://api.mailgun.net"}, api_key = "v" # mailgun. It counts there on the value's own line, and only where the
// value's name says that it is a secret.

// naming is how much a value's own name says that it is a secret.
type naming int

const (
	unnamed  naming = iota
	maybeKey        // "key": the keyword must be the name of a host
	surelyKey
)

// The kinds of words in a value's name.
const (
	digestName = iota
	identityName
	surelyName
	maybeName
)

// nameWords finds the words of all kinds at once; a word's id is an index of nameKinds.
var nameWords, nameKinds = namingTable([][]string{
	digestName:   digestList,
	identityName: identityList,
	surelyName:   {"token", "secret", "api key", "access key", "api token", "pat"},
	maybeName:    {"key", "auth", "authorization", "user", "pass", "password", "credential", "credentials", "bearer", "basic"},
})

func namingTable(lists [][]string) (*wordTable, []int) {
	t, kinds := newWordTable(), []int(nil)
	for kind, list := range lists {
		for _, w := range list {
			t.add(w, len(kinds))
			kinds = append(kinds, kind)
		}
	}
	return t, kinds
}

const (
	longestName = 48 // bytes before the value in which its name is looked for
	betweenName = 6  // bytes between the two: an operator, quotes, spaces
)

// namingOf reads the name that the text before a value gives it.
func namingOf(before []byte) naming {
	before = before[max(0, len(before)-longestName):]
	before = before[bytes.LastIndexByte(before, '\n')+1:]
	end := len(before)
	for end > 0 && len(before)-end < betweenName && !isWord(before[end-1]) {
		end--
	}
	start := end
	for start > 0 && (isWord(before[start-1]) || before[start-1] == '-') {
		start--
	}
	name := before[start:end]
	var holds [maybeName + 1]bool
	nameWords.find(name, 0, len(name), func(id, _, last int) {
		kind := nameKinds[id]
		holds[kind] = holds[kind] || kind != identityName || last == len(name)
	})
	switch {
	case holds[digestName], holds[identityName]:
		return unnamed
	case holds[surelyName]:
		return surelyKey
	case holds[maybeName], string(name) == "-u":
		return maybeKey
	}
	return unnamed
}

// behind judges the value data[start:end] by the group's rules whose words stand behind it. The nearest word decides.
func (k *keyed) behind(group int, c *context, data []byte, start, end int) (Match, bool) {
	named := c.naming()
	if named == unnamed {
		return Match{}, false
	}
	line := restOfLine(data, end)
	best, at := Match{}, -1
	k.words.find(line, 0, len(line), func(id, from, to int) {
		if at >= 0 && at != from || to == len(line) && end+to < len(data) && partKinds[data[end+to]] != noPart || named == maybeKey && !inHost(line, from, to) {
			return
		}
		for _, m := range k.matchers[id] {
			if m.group != group || best.Rule != nil && best.Rule.ID <= m.Rule.ID || !m.tail.whole(data[start:end]) || embedded(line, from) {
				continue
			}
			if match, ok := m.judgeRun(data, start, end); ok {
				best, at = match, from
			}
		}
	})
	return best, best.Rule != nil
}

// restOfLine is the text behind data[:at] in which a keyword counts: at most keywordWindow bytes, to the end of the line
// that no backslash continues.
func restOfLine(data []byte, at int) []byte {
	line := data[at:min(len(data), at+keywordWindow)]
	for i, c := range line {
		if c == '\n' && (i == 0 || line[i-1] != '\\') {
			return line[:i]
		}
	}
	return line
}

// inHost reports whether text[start:end] is a part of a host's name: dots and letters around it, in a row.
func inHost(text []byte, start, end int) bool {
	host := func(c byte) bool { return partKinds[c] != noPart || c == '.' || c == '-' }
	for start > 0 && host(text[start-1]) {
		start--
	}
	for end < len(text) && host(text[end]) {
		end++
	}
	dot := bytes.LastIndexByte(text[start:end], '.')
	return dot > 0 && end-start-dot > 2 && isLetter(text[end-1])
}
