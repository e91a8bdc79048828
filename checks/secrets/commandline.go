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
	"sshpass ":                {"sshpass -p", []string{" -p ", " -p"}, false},
	"docker login ":           {"docker login -p", []string{" -p ", " --password "}, false},
	"podman login ":           {"podman login -p", []string{" -p ", " --password "}, false},
	"redis-cli ":              {"redis-cli -a", []string{" -a "}, false},
	"requirepass ":            {"requirepass", nil, false},
	"masterauth ":             {"masterauth", nil, false},
	"CURLOPT_USERPWD, ":       {"CURLOPT_USERPWD", nil, true},
	"keytool ":                {"keytool -storepass", []string{" -storepass ", " -keypass "}, false},
	"jarsigner ":              {"jarsigner -storepass", []string{" -storepass ", " -keypass "}, false},
	"rootpw ":                 {"rootpw", nil, false},
	"rootpw --plaintext ":     {"rootpw", nil, false},
	"user-password password ": {"user-password", nil, false},
	"root-password password ": {"root-password", nil, false},
	"enable password ":        {"enable password", nil, false},
	"enable secret ":          {"enable secret", nil, false},
	": PSK \"":                {"PSK", nil, false},
	"ldapsearch ":             {"ldapsearch -w", []string{" -w "}, false},
	"ldapmodify ":             {"ldapmodify -w", []string{" -w "}, false},
	"wget ":                   {"wget --password", []string{" --password=", " --http-password=", " --ftp-password="}, false},
	"az login ":               {"az login -p", []string{" -p ", " --password "}, false},
	"helm registry login ":    {"helm registry login -p", []string{" -p ", " --password "}, false},
	"mongo ":                  {"mongo -p", []string{" -p ", " --password "}, false},
	"mongodump ":              {"mongodump -p", []string{" -p ", " --password "}, false},
	"IDENTIFIED BY '":         {"IDENTIFIED BY", nil, false},
	"identified by '":         {"IDENTIFIED BY", nil, false},
	" PASSWORD '":             {"PASSWORD", nil, false},
	" password '":             {"PASSWORD", nil, false},
	"PASSWORD('":              {"PASSWORD()", nil, false},
	"password('":              {"PASSWORD()", nil, false},
	"_password BY '":          {"IDENTIFIED BY", nil, false},
	": XAUTH \"":              {"XAUTH", nil, false},
	": EAP \"":                {"EAP", nil, false},
	" password 7 ":            {"password 7", nil, false},
	"snmp-server community ":  {"community", nil, false},
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
	c := credential{name: form.name, normal: scan.NormalName(form.name), class: passwordName, config: true, quoted: true}
	if kind == machine || start > 0 && isWordByte(data[start]) && isWordByte(data[start-1]) {
		return c, false
	}
	from := end
	if form.options != nil {
		if from = optionValue(data, end-1, form.options); from < 0 || from < len(data) && data[from] == ' ' && data[from-1] != ' ' {
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
		if pass == "" && to < len(data) && isQuoteByte(data[to]) { // user:'password'
			from, to = word(data, to)
			value = string(data[from:to])
		}
	}
	c.span = span{from, to}
	c.value = classify(value, c.normal, true)
	return c, c.value != noValue && !strings.ContainsAny(value, "<>{}[]")
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

// word bounds the word at data[at:]: to the closing quote where one opens it, else to the next space or quote.
func word(data []byte, at int) (from, to int) {
	for at < len(data) && data[at] == ' ' {
		at++
	}
	quote := byte(0)
	if at > 0 && isQuoteByte(data[at-1]) {
		quote = data[at-1]
	} else if at < len(data) && isQuoteByte(data[at]) {
		quote = data[at]
		at++
	}
	to = at
	for to < len(data) && to-at <= maxCommand && data[to] != quote && (data[to] > ' ' || quote != 0 && data[to] == ' ') && (quote != 0 || !isQuoteByte(data[to])) {
		to++
	}
	return at, to
}

func isQuoteByte(c byte) bool { return c == '"' || c == '\'' || c == '`' }

func isWordByte(c byte) bool {
	return c == '_' || c >= '0' && c <= '9' || c|0x20 >= 'a' && c|0x20 <= 'z'
}

// dataSourceAt reads user:password before the "@tcp(" at data[at:], as Go's MySQL driver is given it.
func dataSourceAt(data []byte, at int) (credential, bool) {
	start := at
	for start > 0 && at-start < maxUserinfo && data[start-1] > ' ' && !isQuoteByte(data[start-1]) {
		start--
	}
	user, pass, ok := strings.Cut(string(data[start:at]), ":")
	c := credential{span: span{start + len(user) + 1, at}, name: "data source name", normal: "datasourcename", class: passwordName, config: true, quoted: true}
	c.value = classify(pass, c.normal, true)
	return c, ok && user != "" && c.value != noValue && !strings.ContainsAny(pass, "$<>{}%")
}
