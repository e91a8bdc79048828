package secrets

import (
	"bytes"
	"slices"
	"strings"

	"hardcheck/checks/secrets/scan"
)

// nameClass is what a name says its value is.
type nameClass int

const (
	otherName    nameClass = iota
	passwordName           // chosen by a person, perhaps
	secretName             // a key or token that a machine made
	keyName                // may be one: a key, a salt, a nonce
)

var passwordNouns = []string{"password", "passwd", "passphrase", "passwort", "kennwort", "motdepasse", "contrasena", "senha", "wachtwoord", "passcode", "pwd", "rootpw", "dbpass", "dbpw",
	"smtppass", "mailpass", "emailpass", "mysqlpass", "postgrespass", "pgpass", "redispass", "userpass", "adminpass", "rootpass", "authpass", "ldappass", "ftppass", "sshpass",
	"becomepass", "sudopass", "userpw", "adminpw", "psk", "presharedkey", "requirepass", "masterauth", "bindpw",
	"storepass", "keypass", "truststorepassword"}

var secretNouns = []string{"secret", "token", "credential", "credentials", "apikey", "appkey", "accesskey", "authkey", "accountkey", "adminkey", "encryptionkey",
	"encryptkey", "decryptionkey", "licensekey", "masterkey", "privatekey", "servicekey", "sharedkey", "signingkey", "storagekey", "writekey", "secretkey", "secretkeybase",
	"sessionkey", "cookiekey", "jwtkey", "webhookkey", "herokukey", "datadogkey", "twiliokey", "mailgunkey", "oktakey", "apisecret", "secretid", "accesskeyid", "secretaccesskey", "authorization",
	"creds"}

// shortPasswordNouns mean a password where they are a word of their own.
var shortPasswordNouns = []string{"pass", "pw", "passw", "pword", "pswd", "psswd"}

// keyNouns mean a key where they are a word of their own, and much else.
var keyNouns = []string{"key", "auth", "salt", "nonce", "cred", "signature", "apitoken", "seed", "sid", "bearer", "cookie"}

// nameTails may follow the noun without changing what the value is.
var nameTails = []string{"value", "val", "string", "str", "plain", "plaintext", "cleartext", "prod", "production", "staging", "live", "dev", "default", "base64", "b64", "raw", "hex",
	"test", "tmp", "old", "new", "primary", "secondary", "local", "main", "text", "const", "literal"}

// publicNames mark tokens and keys that are no secret: they page, cancel, parse or identify.
var publicNames = []string{"nexttoken", "pagetoken", "continuationtoken", "cancellationtoken", "synctoken", "starttoken", "endtoken", "publictoken", "publickey", "csrf", "authenticitytoken", "requestverificationtoken",
	"xsrf", "tokentype", "separatortoken", "eostoken", "bostoken", "padtoken", "unktoken", "masktoken", "clstoken", "septoken", "clienttoken", "idempotencytoken", "pubkey", "sitekey", "publishable",
	"cancelationtoken", "specialtoken", "primarykey", "foreignkey", "sortkey", "partitionkey", "cachekey", "hotkey", "idempotencykey", "routingkey", "rangekey", "hashkey", "groupkey",
	"objectkey", "configkey", "headerkey", "columnkey", "translationkey", "messagekey", "publickeytoken", "keyid", "userssecretsid", "usersecretsid", "accesskeyid", "datakey", "rowkey",
	"itemkey", "registrykey", "statekey", "storekey", "metakey", "keyboard", "querykey", "mapkey", "indexkey", "sectionkey", "eventkey", "featurekey", "shortcutkey", "contextkey", "attributekey",
	"authuserpass", "requesttoken", "changetoken", "actiontoken", "limittoken", "inputtoken", "outputtoken", "resultkey", "limitkey", "markertoken", "continuetoken"}

// aboutWords end names that say something about a credential, and do not hold it.
var aboutWords = []string{"url", "uri", "file", "filename", "path", "dir", "name", "id", "ids", "type", "kind", "field", "label", "length", "len", "size", "min", "max", "regex", "regexp", "pattern",
	"policy", "hint", "message", "msg", "error", "err", "prompt", "expires", "expiry", "expiration", "ttl", "timeout", "count", "limit", "header", "prefix", "suffix", "format",
	"encoding", "algorithm", "alg", "algo", "method", "class", "provider", "endpoint", "env", "var", "variable", "param", "parameter", "validator", "manager", "store", "page", "title",
	"description", "desc", "placeholder", "input", "column", "attr", "attribute", "ref", "scheme", "version", "enabled", "disabled", "required", "status", "state", "mode", "strength", "rotation", "changed",
	"date", "time", "index", "hash", "hashes", "digest", "checksum", "hasher", "hashers", "encoder", "generator", "service", "server", "host", "issuer", "audience", "scope", "group", "role",
	"table", "view", "form", "button", "link", "icon", "help", "info", "reset", "forgot", "change", "confirm", "confirmation", "match", "mismatch", "invalid", "missing", "tokens", "keys",
	"list", "set", "map", "dict", "cache", "handler", "callback", "func", "function", "fn", "factory", "resolver", "reader", "writer", "parser", "kid", "user", "username", "email", "question", "schema", "secretname", "used", "last", "updated", "created", "modified",
	"at", "variants", "instance"}

// clearTextPassword is NuGet's name for a password that is not sealed: nothing else is called so, and its value is one
// whatever it looks like (learn.microsoft.com/nuget/reference/nuget-config-file, packageSourceCredentials).
const clearTextPassword = "cleartextpassword"

// sense reads what a name says. Inner is whether the noun is followed by words that may change what it says:
// "db_password" is a password, "password_mysql" mostly, "password_field" none.
func sense(name, normal string) (class nameClass, inner bool) {
	if slices.ContainsFunc(publicNames, func(p string) bool { return strings.Contains(normal, p) }) {
		return otherName, false
	}
	for trimmed := true; trimmed; {
		trimmed = false
		normal = trimDigits(normal)
		for _, tail := range nameTails {
			if rest, ok := strings.CutSuffix(normal, tail); ok && rest != "" {
				normal, trimmed = rest, true
			}
		}
	}
	hasSuffix := func(noun string) bool { return strings.HasSuffix(normal, noun) }
	switch {
	case slices.ContainsFunc(passwordNouns, hasSuffix):
		return passwordName, false
	case slices.ContainsFunc(secretNouns, hasSuffix):
		return secretName, false
	}
	return senseOfWords(partsOf(name), normal)
}

func trimDigits(s string) string {
	if rest := strings.TrimRight(s, "0123456789"); rest != "" {
		return rest
	}
	return s
}

func senseOfWords(words []string, trimmed string) (class nameClass, inner bool) {
	if len(words) == 0 {
		return otherName, false
	}
	last := words[len(words)-1]
	if !strings.HasSuffix(trimmed, last) && len(words) > 1 { // a tail was cut off
		last = words[len(words)-2]
	}
	switch {
	case slices.Contains(aboutWords, words[len(words)-1]):
		return otherName, false
	case slices.Contains(shortPasswordNouns, last):
		return passwordName, false
	case slices.Contains(keyNouns, last):
		return keyName, false
	}
	for _, w := range words {
		switch {
		case slices.Contains(passwordNouns, w), slices.Contains(shortPasswordNouns, w):
			return passwordName, true
		case slices.Contains(secretNouns, w):
			return secretName, true
		}
	}
	return otherName, false
}

// partsOf splits a name into lower-case words, at what is no letter and where capitals begin.
func partsOf(name string) []string {
	var words []string
	start := 0
	flush := func(end int) {
		if end > start {
			words = append(words, strings.ToLower(name[start:end]))
		}
	}
	for i := range len(name) {
		c := name[i]
		switch {
		case c|0x20 < 'a' || c|0x20 > 'z':
			flush(i)
			start = i + 1
		case c < 'a' && i > start && (name[i-1] >= 'a' || i+1 < len(name) && name[i+1] >= 'a' && name[i+1] <= 'z'):
			flush(i)
			start = i
		}
	}
	flush(len(name))
	return words
}

// longKey is the length from which a key may hold any punctuation, as WordPress' and Django's do; longestKey that up to
// which a call's end in it is punctuation, too.
const (
	longKey    = 32
	longestKey = 128
)

// named reads an assignment as that of a credential, whatever its value is worth.
func named(data []byte, a scan.Assignment, kind syntax) (credential, bool) {
	c := credential{span: span{a.Start, a.End}, name: a.Name, normal: scan.NormalName(a.Name), header: header(data, a), compared: a.Operator == '~',
		fallback: a.Operator == ',' || a.Operator == '|', config: kind.configures()}
	c.quoted = a.Quote != 0 || c.header
	for c.quoted && c.end-c.start > 2 && (bytes.HasSuffix(data[c.start:c.end], []byte(`\n`)) || bytes.HasSuffix(data[c.start:c.end], []byte(`\r`))) {
		c.end -= 2 // what ends the line that the string is
	}
	c.class, c.inner = sense(c.name, c.normal)
	if !c.quoted && bytes.HasPrefix(data[c.end:], []byte("...")) {
		return c, false // only its beginning is shown
	}
	if a.Name == "PASS" && a.Operator == ':' && !c.quoted {
		return c, false // the report of a test
	}
	if c.class != passwordName && bytes.ContainsAny(data[a.Start:a.End], "[](){}<>\"'`") && a.End-a.Start < longKey {
		return c, false // code
	}
	if a.End-a.Start > longestKey && bytes.Contains(data[a.Start:a.End], []byte(");")) {
		return c, false // code between two strings
	}
	c.bare = kind == code && !c.quoted && !a.Part && !a.Default && a.Operator != '>' && !connectionPart(data, a)
	if c.bare && (c.class != secretName || len(partsOf(c.name)) == 1) {
		return c, false
	}
	c.midLine = kind == unknown && !c.quoted && !a.Part && !beginsLine(data, a)
	return c, c.class != otherName
}
