package scan

import "bytes"

// Assignment is a name that is given a literal value, in any of the usual syntaxes: name = "v", name: v, "name": "v",
// NAME=v, set("name", "v"), <name>v</name>, name="name" value="v", ENV NAME v, --name v, ${NAME:-v}, name == "v", and
// those of forms.go.
// Offsets are into the scanned data.
type Assignment struct {
	Name       string // as written, with its dots and hyphens
	NameStart  int
	Start, End int  // of the value, without quotes
	Operator   byte // '=', ':', ',', '|' for "or else", '>' for an element's text, '~' for a comparison, ' ' for none
	Quote      byte // the quote around the value, or 0
	// Rest marks a bare value that more text follows on its line.
	Rest bool
	// Part marks an assignment inside a string, as in a connection string or a query: ";Password=v;", "user=u&token=v".
	Part bool
	// Option marks a command line's: --name v, -Name "v".
	Option bool
	// Default marks a value in ${NAME:-v}: it holds where nothing sets NAME.
	Default bool
	// Attribute marks the text of an element that an attribute names: <entry key="name">v.
	Attribute bool
}

const (
	maxName  = 80
	maxValue = 512 // bytes; what is longer is not a credential
)

// AssignmentAt reads the assignment whose name includes data[start:end].
func AssignmentAt(data []byte, start, end int) (Assignment, bool) {
	for start > 0 && end-start < maxName && isNameByte(data[start-1]) {
		start--
	}
	for end < len(data) && end-start < maxName && isNameByte(data[end]) {
		end++
	}
	for start < end && (data[start] == '-' || data[start] == '.' || data[start] == '$') {
		start++
	}
	for end > start && (data[end-1] == '-' || data[end-1] == '.') {
		end--
	}
	if start == end || end-start >= maxName {
		return Assignment{}, false
	}
	a := Assignment{Name: string(data[start:end]), NameStart: start}
	if start > 0 {
		a.Part = bytes.IndexByte([]byte(";&?\"'`"), data[start-1]) >= 0 && end < len(data) && data[end] == '='
		a.Option = data[start-1] == '-' && (start == 1 || data[start-2] <= ' ' || isQuote(data[start-2]) || data[start-2] == '-')
	}
	if bytes.HasSuffix(data[:start], []byte("${")) {
		return a, a.parameterDefault(data, end)
	}
	at, quoted := closeName(data, start, end)
	at, ok := a.operator(data, at, quoted)
	if !ok {
		return a, false
	}
	return a, a.value(data, at)
}

func isNameByte(c byte) bool { return isWord(c) || c == '-' || c == '.' || c == '$' }

// closeName steps over what ends a quoted or indexed name: quotes, an escaped quote, a bracket, C's "[]".
func closeName(data []byte, start, end int) (at int, quoted bool) {
	at = end
	if at < len(data) && data[at] == '\\' {
		at++
	}
	if end < len(data) && data[end] == '}' && start > 0 && data[start-1] == '{' { // Perl's $hash{name}
		return end + 1, false
	}
	for start > 0 && (data[start-1] == '-' || data[start-1] == '$') {
		start--
	}
	if at < len(data) && isQuote(data[at]) && start > 0 && data[start-1] == data[at] {
		at++
		if at < len(data) && data[at] == ']' {
			return at + 1, false
		}
		return at, true
	}
	if end < len(data) && data[end] == '[' {
		size := end + 1
		for size < len(data) && data[size] >= '0' && data[size] <= '9' {
			size++
		}
		if size < len(data) && data[size] == ']' {
			return size + 1, false
		}
	}
	return end, false
}

func isQuote(c byte) bool { return c == '"' || c == '\'' || c == '`' }

func isSpace(c byte) bool { return c == ' ' || c == '\t' }

func skipSpaces(data []byte, at int) int {
	for at < len(data) && isSpace(data[at]) {
		at++
	}
	return at
}

// operator reads what stands between name and value and returns where the value begins.
func (a *Assignment) operator(data []byte, at int, quoted bool) (int, bool) {
	if at >= len(data) {
		return at, false
	}
	if value, ok := a.distant(data, at, quoted); ok {
		return value, true
	}
	after := skipSpaces(data, at)
	if after >= len(data) {
		return at, false
	}
	if quoted && data[after] == ',' && (a.Option || argument(data, a.NameStart) || buildField(data, a.NameStart)) {
		a.Operator = ','
		after = skipSpaces(data, after+1)
		if hasFoldPrefix(data[after:], "default=") {
			after += len("default=")
		}
		return after, true
	}
	if quoted && hasFoldPrefix(data[after:], "value=") {
		a.Operator = '='
		return after + len("value="), true
	}
	size, op := assignOperator(data[after:])
	if size == 0 {
		return a.declaredOrSpaced(data, at, after, quoted)
	}
	a.Operator = op
	at = skipSpaces(data, after+size)
	if op == ':' {
		if typed, ok := skipType(data, at); ok {
			a.Operator = '='
			return typed, true
		}
	}
	return nextLine(data, at), true
}

// nextLine steps over a line end where a quoted value, and no quoted name, stands on the next line.
func nextLine(data []byte, at int) int {
	const indented = 200
	if at >= len(data) || data[at] != '\n' && data[at] != '\r' {
		return at
	}
	window := data[:min(len(data), at+indented)]
	next := skipBlank(window, at)
	if next >= len(window) || !isQuote(data[next]) {
		return at
	}
	closing := bytes.IndexByte(data[next+1:min(len(data), next+1+maxValue)], data[next])
	if closing < 0 {
		return at
	}
	if after := skipSpaces(data, next+closing+2); after < len(data) && (data[after] == ':' || data[after] == '=') {
		return at
	}
	return next
}

// argument reports whether the quoted name that begins at data[at:] is the first argument of a call, or the first of
// a pair in braces.
func argument(data []byte, at int) bool {
	at -= 2 // the quote
	for at >= 0 && isSpace(data[at]) {
		at--
	}
	return at >= 0 && (data[at] == '(' || data[at] == '{')
}

// buildField reports whether the quoted name that begins at data[at:] is that of a constant of an Android build:
// buildConfigField "String", "NAME", "v".
func buildField(data []byte, at int) bool {
	const before = 40
	return bytes.Contains(data[max(0, at-before):at], []byte("buildConfigField")) || bytes.Contains(data[max(0, at-before):at], []byte("resValue"))
}

// assignOperators are tried in this order; the byte is the kind.
var assignOperators = []struct {
	text string
	kind byte
}{
	{":::=", '='}, {"::=", '='}, {":=", '='}, {"=>", '='}, {"?=", '='}, {"||=", '='}, {"??=", '='}, {"+=", '='}, {".=", '='},
	{"||", '|'}, {"??", '|'}, {"?:", '|'}, {"or ", '|'}, {"===", '~'}, {"==", '~'}, {"!==", '~'}, {"!=", '~'}, {"=~", 0}, {":: ", ':'}, {"::", 0},
	{"<-", '='}, {"->", '='}, {"=", '='}, {":", ':'},
}

func assignOperator(data []byte) (size int, kind byte) {
	for _, op := range assignOperators {
		if bytes.HasPrefix(data, []byte(op.text)) {
			if op.kind == 0 {
				return 0, 0
			}
			return len(op.text), op.kind
		}
	}
	return 0, 0
}

// declaredOrSpaced reads "name string = v" as Go declares, and "NAME v" as Dockerfiles and .netrc do.
func (a *Assignment) declaredOrSpaced(data []byte, at, after int, quoted bool) (int, bool) {
	if quoted || after == at || bytes.IndexByte([]byte("=!<>&|:~"), data[after]) >= 0 {
		return at, false
	}
	if typed, ok := skipType(data, after); ok {
		a.Operator = '='
		return typed, true
	}
	a.Operator = ' '
	return after, true
}

// skipType steps over a type and its "=": str =, Optional[str] =, &'static str =.
func skipType(data []byte, at int) (int, bool) {
	const longest = 40
	for i := at; i < len(data) && i-at < longest; i++ {
		switch c := data[i]; {
		case c == '=' && i > at:
			if i+1 < len(data) && data[i+1] == '=' {
				return at, false
			}
			after := skipSpaces(data, i+1)
			return after, after < len(data) && isQuote(data[unwrapped(data, after)])
		case !isWord(c) && bytes.IndexByte([]byte("[]&'<>.| ?*"), c) < 0:
			return at, false
		}
	}
	return at, false
}

func skipBlank(data []byte, at int) int {
	for at < len(data) && (isSpace(data[at]) || data[at] == '\n' || data[at] == '\r') {
		at++
	}
	return at
}

func hasFoldPrefix(data []byte, prefix string) bool {
	return len(data) >= len(prefix) && bytes.EqualFold(data[:len(prefix)], []byte(prefix))
}

// value reads the literal at data[at:].
func (a *Assignment) value(data []byte, at int) bool {
	if at < len(data) && data[at] == '\\' {
		at++
	}
	if at < len(data) {
		at = unwrapped(data, at)
	}
	for i := 0; i < 2 && at+1 < len(data) && bytes.IndexByte([]byte("rbuRBU@L"), data[at]) >= 0 && isQuote(data[at+1]); i++ {
		at++
	}
	if a.Operator == ':' {
		at = scalar(data, at)
	}
	if at >= len(data) {
		return false
	}
	read := a.bareValue
	if isQuote(data[at]) && a.Operator != '>' {
		read = a.quotedValue
	}
	if !read(data, at) {
		return false
	}
	if bytes.HasPrefix(data[a.Start:a.End], []byte("${")) {
		a.otherDefault(data)
	}
	return true
}

func (a *Assignment) quotedValue(data []byte, at int) bool {
	a.Quote = data[at]
	at++
	if at+1 < len(data) && data[at] == a.Quote && data[at+1] == a.Quote {
		at += 2
	}
	if at+1 < len(data) && data[at] == '\\' && isQuote(data[at+1]) && !a.escapedAt(data, at-1) { // a string in a string: "\"v\""
		at += 2
	}
	a.Start = at
	for ; at < len(data) && at-a.Start <= maxValue; at++ {
		switch c := data[at]; {
		case c == a.Quote, c == '\\' && at+1 < len(data) && data[at+1] == a.Quote && a.escaped(data):
			a.End = at
			return a.End > a.Start
		case c == '\n':
			return false
		case c == '\\':
			at++
		}
	}
	return false
}

// escaped reports whether the opening quote itself was escaped, as in JSON inside a string.
func (a *Assignment) escaped(data []byte) bool { return a.escapedAt(data, a.Start-1) }

func (a *Assignment) escapedAt(data []byte, quote int) bool {
	return quote >= 1 && data[quote-1] == '\\'
}

func (a *Assignment) bareValue(data []byte, at int) bool {
	a.Start = at
	for ; at < len(data) && at-a.Start <= maxValue; at++ {
		if c := data[at]; c <= ' ' || c == '\\' || c == '<' && a.Operator == '>' || isQuote(c) || c == ',' || a.Part && (c == ';' || c == '&') {
			break
		}
	}
	a.End = at
	for a.End > a.Start && (data[a.End-1] == ';' || data[a.End-1] == '.') {
		a.End--
	}
	rest := skipSpaces(data, at)
	a.Rest = rest < len(data) && rest < at+maxValue && !bytes.HasPrefix(data[rest:], []byte("//")) && bytes.IndexByte([]byte("\r\n#;,<\\})]\"'`&"), data[rest]) < 0
	return a.End > a.Start && at-a.Start <= maxValue
}
