package scan

import "bytes"

// The forms in which a name does not stand directly before its value.

// distant reads the forms whose name and value are apart, from behind the name at data[at:].
func (a *Assignment) distant(data []byte, at int, quoted bool) (int, bool) {
	for _, form := range []func([]byte, int, bool) (int, bool){a.elementText, a.setterCall, a.lookupElse, a.pairValue, a.variableDefault} {
		if value, ok := form(data, at, quoted); ok {
			return value, true
		}
	}
	return at, false
}

// elementText reads <name>v and <entry key="name">v.
func (a *Assignment) elementText(data []byte, at int, quoted bool) (int, bool) {
	if data[at] != '>' || a.NameStart == 0 || data[a.NameStart-1] != '<' && !quoted {
		return at, false
	}
	a.Operator, a.Attribute = '>', quoted
	return skipBlank(data, at+1), true
}

// setterCall reads setName("v"), as Java writes it.
func (a *Assignment) setterCall(data []byte, at int, _ bool) (int, bool) {
	method := a.Name[bytes.LastIndexByte([]byte(a.Name), '.')+1:]
	if data[at] != '(' || !hasFoldPrefix([]byte(method), "set") || at+1 >= len(data) || !isQuote(data[at+1]) {
		return at, false
	}
	closing := bytes.IndexByte(data[at+2:min(len(data), at+2+maxValue)], data[at+1])
	if closing < 0 || !bytes.HasPrefix(data[at+2+closing+1:], []byte(")")) {
		return at, false
	}
	a.Operator = '='
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

// wrappers are calls that hand their only literal on as it is.
var wrappers = []string{"(", "[]byte(", "SecretStr(", "Secret(", "Field(default=", "Field(", "Buffer.from(", "String::from(", "Some("}

// unwrapped steps over such a call where a literal follows it.
func unwrapped(data []byte, at int) int {
	for _, w := range wrappers {
		if !bytes.HasPrefix(data[at:], []byte(w)) {
			continue
		}
		if after := skipBlank(data, at+len(w)); after < len(data) && isQuote(data[after]) {
			return after
		}
	}
	return at
}
