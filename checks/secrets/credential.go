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
	noun     noun
	fallback bool // the value is what a lookup falls back to
	config   bool // it stands in a configuration file
}

// noun is what a name says its value is.
type noun int

const (
	nothing noun = iota
	password
	key
)

var passwordNouns = []string{"password", "passwd", "passphrase", "passwort", "pwd", "rootpw", "dbpass", "smtppass", "mailpass", "emailpass", "mysqlpass",
	"postgrespass", "redispass", "userpass", "adminpass", "rootpass", "authpass", "ldappass", "ftppass", "becomepass", "sudopass"}

var keyNouns = []string{"secret", "token", "credential", "credentials", "apikey", "appkey", "accesskey", "authkey", "accountkey", "adminkey", "encryptionkey",
	"encryptkey", "decryptionkey", "licensekey", "masterkey", "privatekey", "servicekey", "sharedkey", "signingkey", "storagekey", "writekey", "secretkey", "secretkeybase",
	"sessionkey", "cookiekey", "jwtkey", "webhookkey", "herokukey", "datadogkey", "twiliokey", "mailgunkey", "oktakey"}

// nameTails may follow the noun without changing what the value is.
var nameTails = []string{"value", "val", "string", "str", "plain", "plaintext", "prod", "production", "staging", "live", "dev", "default", "base64", "b64", "raw",
	"0", "1", "2", "3", "4", "5", "6", "7", "8", "9"}

// publicNames mark tokens that are no secret: they page, cancel or parse.
var publicNames = []string{"nexttoken", "pagetoken", "continuationtoken", "cancellationtoken", "synctoken", "starttoken", "endtoken", "publictoken", "publickey", "csrf", "authenticitytoken", "requestverificationtoken",
	"xsrf", "tokentype", "separatortoken", "eostoken", "bostoken", "padtoken", "unktoken", "masktoken", "clstoken", "septoken", "clienttoken", "idempotencytoken", "pubkey", "sitekey", "publishable"}

// nounOf reads the last word of a name: "db_password" is a password, "password_field" is not.
func nounOf(normal string) noun {
	for _, p := range publicNames {
		if strings.Contains(normal, p) {
			return nothing
		}
	}
	for trimmed := true; trimmed; {
		trimmed = false
		for _, tail := range nameTails {
			if rest, ok := strings.CutSuffix(normal, tail); ok && rest != "" {
				normal, trimmed = rest, true
			}
		}
	}
	hasSuffix := func(s string) bool { return strings.HasSuffix(normal, s) }
	switch {
	case slices.ContainsFunc(passwordNouns, hasSuffix):
		return password
	case slices.ContainsFunc(keyNouns, hasSuffix):
		return key
	}
	return nothing
}

// named reads an assignment as that of a credential, whatever its value is worth.
func named(a scan.Assignment, kind syntax) (credential, bool) {
	c := credential{span: span{a.Start, a.End}, name: a.Name, normal: scan.NormalName(a.Name), fallback: a.Operator == ',' || a.Operator == '|',
		config: kind == config || kind == dockerfile || kind == netrc}
	c.noun = nounOf(c.normal)
	return c, c.noun != nothing
}

// authSchemes begin the value of an Authorization header field (RFC 7617, RFC 6750, and GitHub's, Django's and
// Rails' own).
var authSchemes = []string{"Bearer ", "bearer ", "Basic ", "Authorization: token ", "Authorization: Token ", `Authorization": "token `, `Authorization": "Token `,
	"Authorization': 'token ", "Authorization': 'Token "}

// authorizationAt reads the credentials after a scheme that ends at data[:at].
func authorizationAt(data []byte, at int, kind syntax) (credential, bool) {
	if kind == machine || kind == prose {
		return credential{}, false
	}
	end := at
	for end < len(data) && end-at <= 512 && (isBase64Byte(data[end]) || bytes.IndexByte([]byte("-_.~"), data[end]) >= 0) {
		end++
	}
	c := credential{span: span{at, end}, name: "Authorization", normal: "authorization", noun: key}
	if end-at < 16 || end < len(data) && bytes.IndexByte([]byte("\"'`\r\n\\,; "), data[end]) < 0 {
		return c, false
	}
	value := string(data[at:end])
	if bytes.HasSuffix(data[:at], []byte("Basic ")) {
		_, pass, ok := basicAuth(value)
		return c, ok && scan.BasicAuth(value) == scan.Proven && crediblePassword(pass, true)
	}
	return c, scan.Random(value)
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
func (c credential) worthKeeping(value string) bool {
	return frameworkKey(c.normal) != "" || slices.Contains(contextual, c.normal) || c.credible(value)
}

// literal reports whether the assignment's value is written there, in the syntax of such a file, rather than named,
// called or filled in.
func literal(data []byte, a scan.Assignment, kind syntax) bool {
	value := data[a.Start:a.End]
	if kind == machine || kind == statements || kind == passwordFile || kind == prose && a.Quote == 0 || scan.Template(string(value)) {
		return false
	}
	if a.Attribute && kind != config {
		return false // the text of a label or an option
	}
	if a.Quote != 0 {
		return a.Operator != ' ' || kind == dockerfile || defined(data, a)
	}
	return bare(data, a, kind)
}

// bare judges a value without quotes.
func bare(data []byte, a scan.Assignment, kind syntax) bool {
	value := data[a.Start:a.End]
	if bytes.ContainsAny(value, " \t\r\n<>(){}[]|") {
		return false
	}
	switch {
	case a.Default:
		return true
	case a.Operator == ' ':
		return kind == dockerfile && !a.Rest && environment(data, a.NameStart) || kind == netrc && strings.EqualFold(a.Name, "password")
	case a.Operator == ',' || a.Operator == '|':
		return false
	case connectionPart(data, a):
		return true
	case kind == code && a.Operator != '>' && !a.Part, a.Rest && (kind == code || !adjacent(a)):
		return false
	}
	return kind == config || kind == dockerfile || !bytes.ContainsAny(value, "&!*")
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

// defined reports #define NAME "v" of C and :name "v" of Clojure.
func defined(data []byte, a scan.Assignment) bool {
	line := data[lineStart(data, a.NameStart):a.NameStart]
	return bytes.Equal(bytes.TrimSpace(line), []byte("#define")) || bytes.HasSuffix(line, []byte("{:"))
}

// environment reports whether the name at data[at:] follows Docker's ENV or ARG.
func environment(data []byte, at int) bool {
	line := data[lineStart(data, at):at]
	word := string(bytes.ToUpper(bytes.TrimSpace(line)))
	return word == "ENV" || word == "ARG"
}
