package compat

import (
	"bytes"
	"strings"
)

// Ignore is a comment in a file that sets aside what is found on its line, or on the next one.
type Ignore struct {
	Tool     string   // whose comment it is: "gitleaks", "betterleaks", "trufflehog" or "hardcheck"
	Rules    []string // the rules it names; none for all
	Reason   string   // hardcheck's comments have one
	NextLine bool     // it speaks of the line after it
	// Problem is what keeps the comment from having an effect; "" for none.
	Problem string
}

// marker is a directive that scanners read in comments. Those of other scanners hold for their own line, as there.
type marker struct {
	text, tool string
	nextLine   bool
}

// markers are tried in this order: one that begins like another is before it.
var markers = []marker{
	{"gitleaks:allow", "gitleaks", false},
	{"betterleaks:allow", "betterleaks", false},
	{"trufflehog:ignore", "trufflehog", false},
	{"hardcheck:allow-next-line", "hardcheck", true},
	{"hardcheck:allow", "hardcheck", false},
}

// maxInline bounds the bytes of a line that are read; of a longer one the last are.
const maxInline = 4 << 10

// Inline reads the ignore comment of a line:
//
//	key = "..." # gitleaks:allow
//	key = "..." // hardcheck:allow aws-access-key-id a key of the documentation
//	# hardcheck:allow-next-line aws-access-key-id a key of the documentation
//	"comment": "hardcheck:allow-next-line aws-access-key-id a key of the documentation",
//
// The directive counts where a comment, or a value of a format without comments, is made of it: at its beginning, or
// for other scanners' at the end of the comment or of a line of values. Text that mentions it does not count.
func Inline(line []byte) (Ignore, bool) {
	if len(line) > maxInline {
		line = line[len(line)-maxInline:]
	}
	if !bytes.Contains(line, []byte(":allow")) && !bytes.Contains(line, []byte("hog:ignore")) {
		return Ignore{}, false
	}
	var refused Ignore
	text := strings.TrimRight(string(line), " \t\r\n")
	for _, p := range pieces(text) {
		ignore, ok := directive(p)
		if ok && ignore.Problem == "" {
			return ignore, true
		}
		if ok {
			refused = ignore
		}
	}
	return refused, refused.Tool != ""
}

// directive reads the directive that a piece of a line is made of.
func directive(p piece) (Ignore, bool) {
	for at := 0; at < len(p.text); at++ {
		m := markerAt(p.text, at)
		if m == nil {
			continue
		}
		before, after := p.text[:at], p.text[at+len(m.text):]
		if m.tool == "hardcheck" {
			if p.kind == bareText && !m.nextLine || !nothing(before) && !(p.kind == commentText && opens(before)) {
				continue
			}
			return own(m, after), true
		}
		if p.speaks(before, after) {
			return Ignore{Tool: m.tool}, true
		}
	}
	return Ignore{}, false
}

// markerAt returns the marker that stands at text[at:] as a word.
func markerAt(text string, at int) *marker {
	if at > 0 && isWordByte(text[at-1]) {
		return nil
	}
	for i := range markers {
		m := &markers[i]
		if rest, ok := strings.CutPrefix(text[at:], m.text); ok && (rest == "" || !isWordByte(rest[0])) {
			return m
		}
	}
	return nil
}

func isWordByte(c byte) bool {
	return c|0x20 >= 'a' && c|0x20 <= 'z' || c >= '0' && c <= '9' || c == '_' || c == '-' || c == '='
}

// speaks reports whether another scanner's directive between before and after is meant as one.
func (p piece) speaks(before, after string) bool {
	switch p.kind {
	case stringText:
		return nothing(before) && nothing(after)
	case bareText:
		words := strings.Fields(before)
		return nothing(after) && len(words) > 0 && valueLike(words[len(words)-1])
	}
	if p.kind == starText && !nothing(after) {
		return false
	}
	if nothing(before) || opens(before) {
		return true
	}
	words := strings.Fields(before)
	return nothing(after) && !mentions[strings.ToLower(strings.Trim(words[len(words)-1], `"'(,:.`+"`"))]
}

// mentions are the words after which a directive is spoken of.
var mentions = wordSet("a about above add adding an and any append as by called comment comments for from have in insert into is " +
	"like marker named needs no not of or our put remove see string tag than that the their this to use used uses using via " +
	"with without word write your")

func wordSet(text string) map[string]bool {
	set := map[string]bool{}
	for w := range strings.FieldsSeq(text) {
		set[w] = true
	}
	return set
}

// nothing reports whether the text says nothing but other directives.
func nothing(text string) bool {
	for word := range strings.FieldsSeq(text) {
		word = strings.Trim(word, "#/*!-;,%<>(){}+|")
		if m := markerAt(word, 0); word != "" && (m == nil || len(m.text) != len(word)) {
			return false
		}
	}
	return true
}

// opens reports whether the text ends with the beginning of another comment: # noqa # gitleaks:allow.
func opens(before string) bool {
	before = strings.TrimRight(before, " \t")
	return strings.HasSuffix(before, " #") || strings.HasSuffix(before, " //") || strings.HasSuffix(before, " --")
}

// valueLike reports whether a word is a value or code rather than one of a sentence.
func valueLike(word string) bool {
	const longestWord = 20
	return len(word) > longestWord || strings.ContainsAny(word, `0123456789"'=()[]{}<>_`)
}

const (
	maxReason = 200
	minReason = 3 // letters
)

// own reads the rules and the reason of hardcheck's directive.
func own(m *marker, after string) Ignore {
	ignore := Ignore{Tool: m.tool, NextLine: m.nextLine}
	rules, reason, _ := strings.Cut(strings.TrimSpace(after), " ")
	for rule := range strings.SplitSeq(rules, ",") {
		if !ruleLike(rule) {
			ignore.Problem = m.text + " needs the rule it is for and a reason: " + m.text + " RULE REASON"
			return ignore
		}
		ignore.Rules = append(ignore.Rules, rule)
	}
	reason = strings.ToValidUTF8(reason[:min(len(reason), maxReason)], "")
	reason = strings.Trim(reason, " \t-:*/#>}\"'")
	if letters(reason) < minReason {
		ignore.Problem = m.text + " " + rules + " needs a reason after the rule"
		return ignore
	}
	ignore.Reason = reason
	return ignore
}

// ruleLike reports whether the text can be a rule's ID, alone or after its check's.
func ruleLike(text string) bool {
	for i := range len(text) {
		if c := text[i]; (c < 'a' || c > 'z') && (c < '0' || c > '9') && c != '-' && c != '/' && c != '_' && c != '.' {
			return false
		}
	}
	return text != "" && text[0] != '-' && text[0] != '/'
}

func letters(text string) (n int) {
	for _, c := range text {
		if c|0x20 >= 'a' && c|0x20 <= 'z' || c >= 0x80 {
			n++
		}
	}
	return n
}
