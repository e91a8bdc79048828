package secrets

import (
	"bytes"
	"strings"

	"hardcheck/checks/secrets/scan"
)

// commandForm is a program, statement or directive that takes a password as a word of its own.
type commandForm struct {
	name    string   // in findings
	options []string // one of them precedes the password; none where it follows the form's own text
	user    bool     // the word is user:password
}

// commandForms begin where their key stands in a text.
var commandForms = map[string]commandForm{
	"curl ":                   {"curl --user", []string{" -u ", " -u\"", " -u'", " --user ", " --user=", " -u"}, true},
	"mysql ":                  {"mysql -p", []string{" -p"}, false},
	"mysqldump ":              {"mysqldump -p", []string{" -p"}, false},
	"mysqladmin ":             {"mysqladmin -p", []string{" -p"}, false},
	"sshpass ":                {"sshpass -p", []string{" -p"}, false},
	"docker login ":           {"docker login -p", []string{" -p ", " --password "}, false},
	"podman login ":           {"podman login -p", []string{" -p ", " --password "}, false},
	"redis-cli ":              {"redis-cli -a", []string{" -a "}, false},
	"requirepass ":            {"requirepass", nil, false},
	"masterauth ":             {"masterauth", nil, false},
	"IDENTIFIED BY '":         {"IDENTIFIED BY", nil, false},
	"identified by '":         {"IDENTIFIED BY", nil, false},
	"WITH PASSWORD '":         {"WITH PASSWORD", nil, false},
	"with password '":         {"WITH PASSWORD", nil, false},
	"ENCRYPTED PASSWORD '":    {"ENCRYPTED PASSWORD", nil, false},
	"ConvertTo-SecureString ": {"ConvertTo-SecureString", nil, false},
}

func commandAnchors() []string {
	anchors := make([]string, 0, len(commandForms))
	for a := range commandForms {
		anchors = append(anchors, a)
	}
	return anchors
}

const maxCommand = 1024 // bytes of a command line that are read

// commandAt reads the password of the form that stands at data[start:end].
func commandAt(data []byte, start, end int, kind syntax) (credential, bool) {
	form := commandForms[string(data[start:end])]
	c := credential{name: form.name, normal: scan.NormalName(form.name), noun: password, config: true}
	if kind == machine || kind == prose || start > 0 && isWordByte(data[start-1]) {
		return c, false
	}
	from := end
	if form.options != nil {
		if from = optionValue(data, end-1, form.options); from < 0 {
			return c, false
		}
	}
	from, to := word(data, from)
	value := string(data[from:to])
	if form.user {
		user, pass, ok := strings.Cut(value, ":")
		if !ok || scan.Template(user) || user == pass {
			return c, false
		}
		from, value = from+len(user)+1, pass
	}
	c.span = span{from, to}
	return c, !scan.Template(value) && !strings.ContainsAny(value, "$<>{}") && c.credible(value)
}

// optionValue is where the value of one of the options begins in the command at data[at:], or -1. Scripts split a
// command over lines with backslashes.
func optionValue(data []byte, at int, options []string) int {
	command := data[at:min(len(data), at+maxCommand)]
	if end := commandEnd(command); end >= 0 {
		command = command[:end]
	}
	for _, option := range options {
		if i := bytes.Index(command, []byte(option)); i >= 0 {
			return at + i + len(option)
		}
	}
	return -1
}

// commandEnd is the index of the line end that no backslash continues.
func commandEnd(command []byte) int {
	for at := 0; ; at++ {
		i := bytes.IndexByte(command[at:], '\n')
		if i < 0 {
			return -1
		}
		if at += i; at == 0 || command[at-1] != '\\' {
			return at
		}
	}
}

// word bounds the word at data[at:], without the quotes and spaces around it.
func word(data []byte, at int) (from, to int) {
	for at < len(data) && (isQuoteByte(data[at]) || data[at] == ' ') {
		at++
	}
	to = at
	for to < len(data) && to-at <= maxCommand && data[to] > ' ' && !isQuoteByte(data[to]) {
		to++
	}
	return at, to
}

func isQuoteByte(c byte) bool { return c == '"' || c == '\'' || c == '`' }

func isWordByte(c byte) bool {
	return c == '_' || c >= '0' && c <= '9' || c|0x20 >= 'a' && c|0x20 <= 'z'
}

// dataSourceAt reads user:password before the "@tcp(" at data[at:], as Go's MySQL driver is given it.
func dataSourceAt(data []byte, at int, kind syntax) (credential, bool) {
	start := at
	for start > 0 && at-start < maxUserinfo && data[start-1] > ' ' && !isQuoteByte(data[start-1]) {
		start--
	}
	user, pass, ok := strings.Cut(string(data[start:at]), ":")
	c := credential{span: span{start + len(user) + 1, at}, name: "data source name", normal: "datasourcename", noun: password, config: true}
	return c, ok && kind != machine && kind != prose && user != "" && !scan.Template(pass) && !strings.ContainsAny(pass, "$<>{}%") && c.credible(pass)
}

// pgpass reads the fifth field of each line of a .pgpass file (host:port:database:user:password).
func pgpass(data []byte) []credential {
	var found []credential
	at := 0
	for line := range bytes.Lines(data) {
		start := at
		at += len(line)
		line = bytes.TrimRight(line, "\r\n")
		fields := bytes.SplitN(line, []byte(":"), 5)
		if len(fields) < 5 || line[0] == '#' {
			continue
		}
		end := start + len(line)
		c := credential{span: span{end - len(fields[4]), end}, name: string(fields[3]) + " password", normal: "password", noun: password, config: true}
		if c.credible(string(fields[4])) {
			found = append(found, c)
		}
	}
	return found
}
