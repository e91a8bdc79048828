package scan

import (
	"bytes"
	"slices"
	"strings"
)

// The forms in which a name does not stand directly before its value.

// distant reads the forms whose name and value are apart, from behind the name at data[at:].
func (a *Assignment) distant(data []byte, at int, quoted bool) (int, bool) {
	for _, form := range []func([]byte, int, bool) (int, bool){a.elementText, a.plistValue, a.methodCall, a.lookupElse, a.pairValue, a.variableDefault} {
		if value, ok := form(data, at, quoted); ok {
			return value, true
		}
	}
	return at, false
}

// elementText reads <name>v, <entry key="name">v and <property name="name"><value>v.
func (a *Assignment) elementText(data []byte, at int, quoted bool) (int, bool) {
	if a.NameStart == 0 {
		return at, false
	}
	if data[a.NameStart-1] == ' ' && at+1 < len(data) && isQuote(data[at]) && data[at+1] == '>' { // name="the name">v
		quoted = true
		at++
	}
	if data[a.NameStart-1] != '<' && !quoted {
		return at, false
	}
	if data[at] == ' ' && !quoted { // attributes
		const longest = 100
		end := bytes.IndexAny(data[at:min(len(data), at+longest)], "<>\n")
		if end < 0 {
			return at, false
		}
		at += end
	}
	if data[at] != '>' || data[at-1] == '/' {
		return at, false
	}
	a.Operator, a.Attribute = '>', quoted
	at = skipBlank(data, at+1)
	if hasFoldPrefix(data[at:], "<value>") {
		at = skipBlank(data, at+len("<value>"))
	}
	return at, true
}

// plistValue reads <key>name</key><string>v of Apple's property lists.
func (a *Assignment) plistValue(data []byte, at int, _ bool) (int, bool) {
	rest, ok := bytes.CutPrefix(data[at:], []byte("</key>"))
	if !ok || !bytes.HasSuffix(data[:a.NameStart], []byte("<key>")) {
		return at, false
	}
	next := skipBlank(rest, 0)
	if !bytes.HasPrefix(rest[next:], []byte("<string>")) {
		return at, false
	}
	a.Operator = '>'
	return len(data) - len(rest) + next + len("<string>"), true
}

// comparers are methods by which a value is compared with a literal.
var comparers = []string{"equals", "equalsIgnoreCase", "contentEquals", "compareTo", "isEqualToString", "eql"}

// methodCall reads setName("v") and .name("v"), as builders are written, and name.equals("v").
func (a *Assignment) methodCall(data []byte, at int, _ bool) (int, bool) {
	if data[at] != '(' || at+1 >= len(data) || !isQuote(data[at+1]) {
		return at, false
	}
	closing := bytes.IndexByte(data[at+2:min(len(data), at+2+maxValue)], data[at+1])
	if closing < 0 || !bytes.HasPrefix(data[at+2+closing+1:], []byte(")")) {
		return at, false
	}
	dot := strings.LastIndexByte(a.Name, '.')
	method := a.Name[dot+1:]
	a.Operator = '='
	switch {
	case dot > 0 && slices.Contains(comparers, method):
		a.Name, a.Operator = a.Name[:dot], '~'
	case dot < 0 && method == strings.ToUpper(method): // a constant of an enumeration
	case dot < 0 && (a.NameStart == 0 || data[a.NameStart-1] != '.') && !hasFoldPrefix([]byte(method), "set") && !hasFoldPrefix([]byte(method), "with"):
		a.Operator = 0
		return at, false
	}
	return at + 1, true
}

// lookupElse reads getenv("NAME") or "v", with the words of Python, JavaScript and Ruby.
func (a *Assignment) lookupElse(data []byte, at int, quoted bool) (int, bool) {
	if !quoted || data[at] != ')' {
		return at, false
	}
	after := skipSpaces(data, at+1)
	size, op := assignOperator(data[after:])
	if op != '|' {
		return at, false
	}
	a.Operator = '|'
	return skipSpaces(data, after+size), true
}

// pairKeys and pairValues name the halves of name: NAME, value: v, as Kubernetes, ECS and Terraform write variables.
var (
	pairKeys   = []string{"name", "Name", "key", "Key"}
	pairValues = []string{"value", "Value"}
)

func (a *Assignment) pairValue(data []byte, at int, quoted bool) (int, bool) {
	if !afterKey(data, a.NameStart, quoted) {
		return at, false
	}
	after := skipBlank(data, at)
	if after < len(data) && data[after] == ',' {
		after = skipBlank(data, after+1)
	}
	if after == at || after >= len(data) {
		return at, false
	}
	quote := data[after]
	if isQuote(quote) {
		after++
	}
	for _, word := range pairValues {
		rest, ok := bytes.CutPrefix(data[after:], []byte(word))
		if !ok {
			continue
		}
		end := after + len(word)
		if isQuote(quote) && len(rest) > 0 && rest[0] == quote {
			end++
		}
		end = skipSpaces(data, end)
		if end < len(data) && (data[end] == ':' || data[end] == '=') {
			a.Operator = data[end]
			return skipSpaces(data, end+1), true
		}
	}
	return at, false
}

// afterKey reports whether what stands before data[at:] is name: or key:, of a pair.
func afterKey(data []byte, at int, quoted bool) bool {
	before := data[max(0, at-20):at]
	if quoted && len(before) > 0 {
		before = before[:len(before)-1]
	}
	before = bytes.TrimRight(before, " \t")
	if len(before) < 2 || before[len(before)-1] != ':' && before[len(before)-1] != '=' {
		return false
	}
	before = bytes.TrimRight(before[:len(before)-1], " \t\"'")
	for _, word := range pairKeys {
		if rest, ok := bytes.CutSuffix(before, []byte(word)); ok && (len(rest) == 0 || !isWord(rest[len(rest)-1])) {
			return true
		}
	}
	return false
}

// variableDefault reads variable "name" { default = "v" } of Terraform.
func (a *Assignment) variableDefault(data []byte, at int, quoted bool) (int, bool) {
	after := skipSpaces(data, at)
	if !quoted || !bytes.HasPrefix(data[after:], []byte("{")) || !bytes.HasSuffix(data[:a.NameStart-1], []byte("variable ")) {
		return at, false
	}
	const longest = 1024
	block := data[after:min(len(data), after+longest)]
	if end := bytes.Index(block, []byte("\n}")); end >= 0 {
		block = block[:end]
	}
	for line := range bytes.Lines(block) {
		rest, ok := bytes.CutPrefix(bytes.TrimLeft(line, " \t{"), []byte("default"))
		if value, equals := bytes.CutPrefix(bytes.TrimLeft(rest, " \t"), []byte("=")); ok && equals {
			a.Operator = '='
			return skipSpaces(data, after+len(line)-len(value)), true
		}
		after += len(line)
	}
	return at, false
}

// parameterDefault reads ${NAME:-v} and ${NAME:=v} of shells and Compose, and ${NAME:v} of Spring.
func (a *Assignment) parameterDefault(data []byte, at int) bool {
	rest := data[at:min(len(data), at+maxValue)]
	for _, op := range []string{":-", ":=", ":"} {
		value, ok := bytes.CutPrefix(rest, []byte(op))
		if !ok {
			continue
		}
		end := bytes.IndexAny(value, "}\n")
		if end <= 0 || value[end] != '}' || value[0] == '?' || value[0] == '+' {
			return false
		}
		a.Operator, a.Default = '|', true
		a.Start = at + len(op)
		a.End = a.Start + end
		if value = value[:end]; end > 2 && isQuote(value[0]) && value[end-1] == value[0] {
			a.Start, a.End = a.Start+1, a.End-1
		}
		return true
	}
	return false
}

// otherDefault narrows a value that is ${OTHER:-v} as a whole to v.
func (a *Assignment) otherDefault(data []byte) {
	at := a.Start + len("${")
	for at < a.End && isNameByte(data[at]) {
		at++
	}
	inner := *a
	if inner.parameterDefault(data[:a.End], at) && inner.End+1 >= a.End {
		*a = inner
	}
}

// scalar steps over YAML's tag of a string, and from the mark of a block scalar to its first line.
func scalar(data []byte, at int) int {
	if rest, ok := bytes.CutPrefix(data[at:], []byte("!!str ")); ok {
		at = skipSpaces(data, len(data)-len(rest))
	}
	if at >= len(data) || data[at] != '|' && data[at] != '>' {
		return at
	}
	mark := at + 1
	for mark < len(data) && mark < at+3 && bytes.IndexByte([]byte("+-123456789"), data[mark]) >= 0 {
		mark++
	}
	if mark >= len(data) || data[mark] != '\n' && data[mark] != '\r' {
		return at
	}
	return skipBlank(data, mark)
}

// handOn are calls whose only literal is the value, as it is or in another encoding, in lower case.
var handOn = []string{"", "[]byte", "byte", "bytes", "bytearray", "secretstr", "secret", "field", "from", "some", "of", "string", "str", "new", "b64decode",
	"decodestring", "fromhex", "unhexlify", "frombase64string", "decodebase64", "atob", "base64_decode", "decode64", "stringwithstring", "securestring",
	"u", "n", "text", "literal", "qstring", "qlatin1string", "bytestring", "constant"}

// unwrapped steps over such a call, or the bracket of a list, where a literal follows it.
func unwrapped(data []byte, at int) int {
	const longest = 40
	end, name := at, at
	for ; end < len(data) && end-at < longest && data[end] != '('; end++ {
		switch c := data[end]; {
		case c == '[' && end == at && end+1 < len(data) && isQuote(data[end+1]):
			return end + 1
		case c == '.' || c == ':' || c == ' ':
			name = end + 1
		case !isWord(c) && c != '[' && c != ']':
			return at
		}
	}
	if end >= len(data) || data[end] != '(' || !slices.Contains(handOn, strings.ToLower(string(data[name:end]))) {
		return at
	}
	next := skipBlank(data, end+1)
	if hasFoldPrefix(data[next:], "default=") {
		next += len("default=")
	}
	for i := 0; i < 2 && next+1 < len(data) && bytes.IndexByte([]byte("rbuRBU@"), data[next]) >= 0; i++ {
		next++
	}
	if next < len(data) && isQuote(data[next]) {
		return next
	}
	return at
}
