package secrets

import (
	"bytes"
	"net/url"
	"slices"
	"strings"

	"hardcheck/checks/secrets/scan"
)

// urlCredential is scheme://user:password@host with a password that is a real value. Its span is the password's.
type urlCredential struct {
	span
	scheme, user, host string
	doubtful           bool // a word, or on a host that is this machine or an example
}

const maxUserinfo = 256 // bytes

// urlAt reads the URL whose "://" is at data[at:] (RFC 3986, 3.2.1).
func urlAt(data []byte, at int) (urlCredential, bool) {
	u := urlCredential{scheme: schemeBefore(data, at)}
	if u.scheme == "" {
		return u, false
	}
	from := at + len("://")
	window := data[from:min(len(data), from+maxUserinfo)]
	end := bytes.IndexAny(window, " \t\r\n\"'`<>/\\{}[]()|^,;")
	if end < 0 {
		end = len(window)
	}
	sign := bytes.LastIndexByte(window[:end], '@')
	colon := bytes.IndexByte(window, ':')
	if sign < 0 || colon < 0 || colon > sign {
		return u, false
	}
	u.user = string(window[:colon])
	u.span = span{from + colon + 1, from + sign}
	u.host = hostAfter(window[sign+1:])
	password := string(window[colon+1 : sign])
	if decoded, err := url.PathUnescape(password); err == nil {
		password = decoded
	}
	if u.standIn(password) {
		return u, false
	}
	u.doubtful = !u.real(password)
	return u, !u.doubtful || u.plausible(password)
}

func schemeBefore(data []byte, at int) string {
	start := at
	for start > 0 && at-start < 24 && isSchemeByte(data[start-1]) {
		start--
	}
	scheme := string(data[start:at])
	if len(scheme) < 2 || scheme[0] < 'A' || strings.ContainsAny(scheme[:1], "+.-") {
		return ""
	}
	return scheme
}

func isSchemeByte(c byte) bool {
	return c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9' || c == '+' || c == '.' || c == '-'
}

func hostAfter(text []byte) string {
	end := 0
	for end < len(text) && (isSchemeByte(text[end]) || text[end] == '_') {
		end++
	}
	return strings.ToLower(strings.Trim(string(text[:end]), "."))
}

// stockWords are users, passwords and hosts of tutorials.
var stockWords = []string{"user", "username", "usr", "pass", "passwd", "password", "pwd", "passw0rd", "p4ssw0rd", "p@ssw0rd", "secret", "login", "admin", "root", "guest", "foo", "bar", "baz",
	"token", "key", "apikey", "api_key", "me", "name", "test", "testing", "tester", "abc", "abc123", "hello", "world", "host", "hostname", "server", "hunter2", "postgres",
	"mysql", "redis", "mongo", "rabbitmq", "amqp", "opensesame", "open sesame", "letmein", "proxy", "proxyuser", "proxypass", "db", "dbuser", "dbpass", "dbpassword", "myuser", "mypass", "mypassword", "auth", "account",
	"anonymous", "ftp", "git", "oauth2", "x-access-token", "somebody", "someone", "nobody", "blah", "password1", "password123", "pass123", "pass1234", "user1", "pass1", "passw", "1234", "12345", "123456",
	"qwerty", "qwertz", "qwertyuiop", "asdf", "asdfgh", "asdfghjkl", "zxcvbn", "zxcvbnm", "azerty", "iloveyou", "welcome", "monkey", "dragon", "sunshine", "princess", "football"}

// standIn reports whether user or password are filled in later, or those of a tutorial.
func (u urlCredential) standIn(password string) bool {
	lower := plainWord(password)
	switch {
	case len(password) < leastValue, u.host == "", strings.ContainsAny(u.user, "$%*?&=<>"), strings.ContainsAny(password, "*?&=:"):
		return true
	case scan.StandIn(leet.Replace(lower)), scan.Placeholder(password), scan.Template(password), scan.Template(u.user), scan.Placeholder(u.user), strings.Contains(password, "$"):
		return true
	}
	return slices.Contains(stockWords, lower) || strings.EqualFold(u.user, password) || strings.Trim(lower, "x*.-_") == ""
}

// real reports whether the password is a value somebody uses, on a host that is not an example.
func (u urlCredential) real(password string) bool {
	if len(password) < 5 || exampleHost(u.host) {
		return false
	}
	s := scan.ShapeOf(password)
	if strings.Contains(plainWord(password), "pass") && s.Length < 12 {
		return false
	}
	if localHost(u.host) {
		return scan.Random(password)
	}
	if !strings.Contains(u.host, ".") { // a service of a Compose file, or a developer's machine
		return scan.Random(password) || s.Length >= 8 && s.Changes >= 4 && classify(password, "", true) >= plainValue
	}
	return s.Lower+s.Upper > 0 && (s.Digits+s.Others > 0 || s.Length >= 8)
}

// plausible reports whether the password of a doubtful URL may be in use all the same.
func (u urlCredential) plausible(password string) bool {
	value := classify(password, "", true)
	if exampleHost(u.host) || localHost(u.host) {
		return value >= rareValue
	}
	return value >= plainValue || value == wordValue && strings.Contains(u.host, ".")
}

// exampleHost reports names reserved for documentation and tests (RFC 2606, RFC 6761) and their like.
func exampleHost(host string) bool {
	for _, label := range strings.Split(host, ".") {
		if slices.Contains([]string{"example", "invalid", "test", "host", "hostname", "server", "yourhost", "somehost", "myhost", "domain", "yourdomain", "mydomain", "foo", "bar"}, label) {
			return true
		}
	}
	return strings.HasPrefix(host, "example") || strings.HasPrefix(host, "your")
}

// leet undoes the substitutions by which a word is made to look like a password.
var leet = strings.NewReplacer("@", "a", "4", "a", "0", "o", "3", "e", "1", "i", "$", "s", "5", "s", "!", "")

// plainWord is the value in lower case, without such substitutions and a number behind it where that gives a stock
// word.
func plainWord(value string) string {
	lower := strings.ToLower(value)
	for _, plain := range []string{leet.Replace(lower), leet.Replace(strings.TrimRight(lower, "0123456789_-!.")), strings.TrimRight(lower, "0123456789_-!.")} {
		if slices.Contains(stockWords, plain) {
			return plain
		}
	}
	return lower
}

func localHost(host string) bool {
	return host == "localhost" || strings.HasPrefix(host, "127.") || host == "0.0.0.0" || strings.HasSuffix(host, ".local") || strings.HasSuffix(host, ".localhost")
}
