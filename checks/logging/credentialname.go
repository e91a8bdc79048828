package logging

import (
	"slices"
	"strings"
	"unicode"
)

// nameWords splits an identifier or a key into lower-case words: "dbPassword", "DB_PASSWORD" and "db-password" are
// db, password.
func nameWords(id string) []string {
	var out []string
	start, previous := 0, rune(0)
	flush := func(end int) {
		if end > start {
			out = append(out, strings.ToLower(id[start:end]))
		}
	}
	for i, r := range id {
		switch {
		case r == '_' || r == '-' || r == '.' || r == ' ':
			flush(i)
			start = i + 1
		case unicode.IsUpper(r) && unicode.IsLower(previous):
			flush(i)
			start = i
		}
		previous = r
	}
	flush(len(id))
	return out
}

func wordSet(text string) map[string]bool {
	out := map[string]bool{}
	for _, w := range strings.Fields(text) {
		out[w] = true
	}
	return out
}

var (
	// credentialHeads are words that name a credential where they end a name. English puts the noun last: a
	// password_hash, a token_type and a secret_name are none.
	credentialHeads = wordSet("password passwd passphrase secret apikey accesstoken authtoken jwt userpass passwords passphrases")
	// keyKinds make a credential of a key: api_key.
	keyKinds = wordSet("api access secret private auth signing encryption master apikey app account shared session")
	// passKinds make a password of "pass" and "pwd", which alone are a step and a directory.
	passKinds = wordSet("db database user smtp mail email ftp login admin root ssh proxy redis mysql postgres pg ldap http sudo imap bind")
	// tokenKinds make a credential of a token, whatever the file is about.
	tokenKinds = wordSet("access refresh auth api bearer oauth oauth2 jwt id session reset login security bot csrf xsrf registration invite github gitlab " +
		"slack telegram vault user admin service device personal verification activation sas identity bootstrap join webhook password secret private deploy")
	// urlKinds make a credential of an address: database_url holds the user's password.
	urlKinds = wordSet("database db postgres postgresql mysql mongo mongodb amqp broker sqlalchemy")
	// notValues begin names of flags, counts, functions and of what is no longer secret.
	notValues = wordSet("is has use uses used no not num n max min show hide require requires required need needs with without allow allows allowed enable enabled " +
		"disable missing should can want check validate verify valid invalid get set make create generate build parse find change forgot forgotten update ask prompt read load " +
		"hashed masked redacted encrypted obfuscated sanitized censored scrubbed fake dummy example sample public total unknown unexpected missing skip ignore " +
		"next page pagination continuation resume scroll start end eof cancel cancellation sync pad unk bos eos cls sep mask special stop prompt completion " +
		"image text word subword")
	// harmless are words that make the whole name describe something that may be shown.
	harmless = wordSet("hash hashed masked redacted encrypted hint policy public digest fingerprint")
)

// certainty says how sure it is that a name is that of a credential.
type certainty int

const (
	notCredential certainty = iota
	ifAuth                  // "token": a credential in a file that is about authentication
	isCredential
)

// credentialName judges an identifier, an attribute or a key.
func credentialName(id string) certainty {
	words := nameWords(id)
	if len(words) == 0 || len(words) > 8 {
		return notCredential
	}
	head := words[len(words)-1]
	kind := ""
	if len(words) > 1 {
		kind = words[len(words)-2]
		if notValues[words[0]] || slices.ContainsFunc(words, func(w string) bool { return harmless[w] }) {
			return notCredential
		}
	}
	switch {
	case credentialHeads[head]:
		return isCredential
	case head == "key":
		return when(keyKinds[kind])
	case head == "pass" || head == "pwd" || head == "pw":
		return when(passKinds[kind])
	case head == "url" || head == "uri" || head == "dsn":
		return when(urlKinds[kind])
	case head == "tokens":
		return when(kind == "access" || kind == "refresh" || kind == "auth" || kind == "api")
	case head == "authorization":
		return when(kind == "http" || kind == "proxy") // alone it may be a payment's; as a key it is the header
	case head == "header":
		return when(kind == "authorization" || kind == "auth")
	case head == "token" && tokenKinds[kind]:
		return isCredential
	case head == "token":
		return ifAuth
	}
	return notCredential
}

// credentialKey judges the key of an item, which may be the name of a header.
func credentialKey(key string) certainty {
	switch strings.ToLower(key) {
	case "authorization", "cookie", "set-cookie":
		return isCredential
	}
	return credentialName(key)
}

func when(ok bool) certainty {
	if ok {
		return isCredential
	}
	return notCredential
}
