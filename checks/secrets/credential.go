package secrets

import (
	"bytes"
	"encoding/base64"
	"slices"
	"strings"

	"hardcheck/checks/secrets/scan"
)

// credential is a literal value given to the name of a credential. Its span is the value's.
type credential struct {
	span
	name     string // as written
	normal   string // scan.NormalName of the name
	class    nameClass
	inner    bool // the name goes on after the noun
	value    valueClass
	header   bool // a header field, given to a program
	fallback bool // the value is what a lookup falls back to
	config   bool // it stands in a configuration file
	quoted   bool
	bare     bool // it stands in code, where a literal has quotes
	compared bool // the name is compared with the value
	midLine  bool // text of no known syntax goes before the name on its line
}

// authSchemes begin the value of an Authorization header field (RFC 7617, RFC 6750, and GitHub's, Django's and
// Rails' own).
var authSchemes = []string{"Bearer ", "bearer ", "Basic ", "basic ", "Authorization: token ", "Authorization: Token ", `Authorization": "token `, `Authorization": "Token `,
	"Authorization': 'token ", "Authorization': 'Token ", "Token token=", "Api-Token ", "ApiKey ", "GenieKey "}

// authorizationAt reads the credentials after a scheme that ends at data[:at].
func authorizationAt(data []byte, at int) (credential, bool) {
	if at < len(data) && isQuoteByte(data[at]) {
		at++
	}
	end := at
	for end < len(data) && end-at <= mostValue && (isBase64Byte(data[end]) || bytes.IndexByte([]byte("-_.~"), data[end]) >= 0) {
		end++
	}
	c := credential{span: span{at, end}, name: "Authorization", normal: "authorization", class: secretName, quoted: true}
	if end-at < 8 || end < len(data) && bytes.IndexByte([]byte("\"'`\r\n\\,;<)}] "), data[end]) < 0 {
		return c, false
	}
	value := string(data[at:end])
	if hasFoldSuffix(data[:at], "basic ") {
		if scan.BasicAuth(value) != scan.Proven {
			c.class, c.value = keyName, classify(value, c.normal, true)
			return c, c.value == randomValue
		}
		_, pass, ok := basicAuth(value)
		c.class, c.config, c.value = passwordName, true, classify(pass, "", true)
		return c, ok && c.value != noValue
	}
	c.value = classify(value, c.normal, true)
	return c, c.value >= rareValue
}

func hasFoldSuffix(data []byte, suffix string) bool {
	return len(data) >= len(suffix) && bytes.EqualFold(data[len(data)-len(suffix):], []byte(suffix))
}

// basicAuth splits base64 of "user:password".
func basicAuth(value string) (user, pass string, ok bool) {
	raw, err := base64.StdEncoding.DecodeString(value)
	if err != nil {
		return "", "", false
	}
	return strings.Cut(string(raw), ":")
}

// worthKeeping drops what no check would report, so that a text full of assignments costs no memory.
func (c credential) worthKeeping() bool {
	return c.value != noValue || frameworkKey(c.normal) != "" || slices.Contains(contextual, c.normal)
}

// literal reports whether the assignment's value is written there, in the syntax of such a file, rather than named,
// called or filled in.
func literal(data []byte, a scan.Assignment, kind syntax) bool {
	value := data[a.Start:a.End]
	if kind == passwordFile || kind == prose && a.Quote == 0 && !a.Part && !a.Option && a.Operator != '>' && !header(data, a) && (a.Rest || !beginsLine(data, a)) || scan.Template(string(value)) {
		return false
	}
	switch {
	case a.Attribute && kind != config:
		return false // the text of a label or an option
	case a.Operator == ',' && kind == statements:
		return false // a row, whose first value is a word
	}
	if a.Quote != 0 {
		return a.Operator != ' ' || kind == dockerfile || a.Option || defined(data, a)
	}
	return a.Operator != '~' && bare(data, a, kind)
}

// header reports "Name: v" in quotes of its own, as header fields are given to curl.
func header(data []byte, a scan.Assignment) bool {
	return a.Operator == ':' && a.Quote == 0 && a.NameStart > 0 && isQuoteByte(data[a.NameStart-1]) && a.End < len(data) && data[a.End] == data[a.NameStart-1]
}

// leastBareKey is from how many bytes on random text in code is no name, but what its author forgot to quote, or text
// of another syntax inside.
const leastBareKey = 20

// bare judges a value without quotes.
func bare(data []byte, a scan.Assignment, kind syntax) bool {
	value := data[a.Start:a.End]
	if bytes.ContainsAny(value, "<>{}") || !kind.configures() && bytes.ContainsAny(value, "()[]|") || bytes.IndexByte([]byte("([|"), value[0]) >= 0 {
		return false
	}
	switch {
	case a.Default:
		return true
	case a.Operator == ' ':
		return kind == dockerfile && !a.Rest && environment(data, a.NameStart) || kind == netrc && strings.EqualFold(a.Name, "password") ||
			a.Option && kind != code || kind.configures() && !a.Rest && directive(data, a)
	case a.Operator == ',' || a.Operator == '|':
		return false
	case connectionPart(data, a), header(data, a):
		return true
	case a.Rest && (!kind.configures() || !adjacent(a)):
		return false
	case kind == code || kind == machine:
		return a.Operator == '>' || a.Part || kind == code && !a.Rest && beginsLine(data, a) && len(value) >= leastBareKey && scan.Random(string(value))
	}
	return kind.configures() || !bytes.ContainsAny(value, "&!*")
}

// beginsLine reports a name that only marks of a list or a declaration go before on its line.
func beginsLine(data []byte, a scan.Assignment) bool {
	before := string(bytes.Trim(data[lineStart(data, a.NameStart):a.NameStart], " \t-*>+$@\"'`"))
	return before == "" || slices.Contains([]string{"export", "set", "let", "var", "const", "val", "string", "String", "my", "local", "declare", "readonly", "env", "ENV", "SET", "Set", "public", "private", "static"}, before)
}

// directive reports a name that begins its line, or follows set, in the syntax of "name value".
func directive(data []byte, a scan.Assignment) bool {
	before := bytes.TrimSpace(data[lineStart(data, a.NameStart):a.NameStart])
	return len(before) == 0 || bytes.EqualFold(before, []byte("set"))
}

// adjacent reports NAME=v: the next word is not the value's, as in NAME=v command.
func adjacent(a scan.Assignment) bool {
	return a.Operator == '=' && a.Start == a.NameStart+len(a.Name)+1
}

// connectionPart reports password=v among host=h and user=u, as libpq's connection strings are written.
func connectionPart(data []byte, a scan.Assignment) bool {
	const around = 160
	if !adjacent(a) || a.NameStart == 0 || bytes.IndexByte([]byte(" \"'`"), data[a.NameStart-1]) < 0 {
		return false
	}
	from, to := max(0, a.NameStart-around), min(len(data), a.End+around)
	if i := bytes.LastIndexAny(data[from:a.NameStart], "\"'`\n"); i >= 0 {
		from += i + 1
	}
	if i := bytes.IndexAny(data[a.End:to], "\"'`\n"); i >= 0 {
		to = a.End + i
	}
	text := data[from:to]
	return bytes.Contains(text, []byte("host=")) && bytes.Contains(text, []byte("user="))
}

// defined reports #define NAME "v" of C, :name "v" of Clojure, and name "v" on a line of its own, as Gradle, Ruby and
// Tcl write it.
func defined(data []byte, a scan.Assignment) bool {
	line := data[lineStart(data, a.NameStart):a.NameStart]
	return directive(data, a) || bytes.Equal(bytes.TrimSpace(line), []byte("#define")) || bytes.HasSuffix(line, []byte("{:"))
}

// environment reports whether the name at data[at:] follows Docker's ENV or ARG.
func environment(data []byte, at int) bool {
	line := data[lineStart(data, at):at]
	word := string(bytes.ToUpper(bytes.TrimSpace(line)))
	return word == "ENV" || word == "ARG"
}
