package secrets

import (
	"bytes"
	"strings"

	"hardcheck/checks/secrets/scan"
)

// curlOptions give curl a user and a password on the command line.
var curlOptions = []string{" -u ", " -u\"", " -u'", " --user ", " --user=", " -u"}

const maxCommand = 1024 // bytes of a command line that are read

// curlAt reads user:password from the curl command that begins at data[at:]. Scripts split it over lines with
// backslashes.
func curlAt(data []byte, at int, kind syntax) (credential, bool) {
	if kind == machine || kind == prose {
		return credential{}, false
	}
	command := data[at:min(len(data), at+maxCommand)]
	if end := commandEnd(command); end >= 0 {
		command = command[:end]
	}
	for _, option := range curlOptions {
		i := bytes.Index(command, []byte(option))
		if i < 0 {
			continue
		}
		from := i + len(option)
		for from < len(command) && (isQuoteByte(command[from]) || command[from] == ' ') {
			from++
		}
		end := from
		for end < len(command) && command[end] > ' ' && !isQuoteByte(command[end]) {
			end++
		}
		user, pass, ok := strings.Cut(string(command[from:end]), ":")
		if !ok {
			return credential{}, false
		}
		start := at + from + len(user) + 1
		c := credential{span: span{start, at + end}, name: "curl --user", normal: "curluser", noun: password, config: true}
		return c, !scan.Template(user) && !scan.Template(pass) && !strings.ContainsAny(pass, "$<>{}") && user != pass && c.credible(pass)
	}
	return credential{}, false
}

// commandEnd is the index of the line end that no backslash continues.
func commandEnd(command []byte) int {
	for i, c := range command {
		if c == '\n' && (i == 0 || command[i-1] != '\\') {
			return i
		}
	}
	return -1
}

func isQuoteByte(c byte) bool { return c == '"' || c == '\'' || c == '`' }
