package flow

import (
	"slices"
	"strings"
	"unicode"
)

// NameWords splits an identifier or a key into lower-case words: "dbPassword", "DB_PASSWORD" and "db-password" are
// db, password.
func NameWords(id string) []string {
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

func WordSet(text string) map[string]bool {
	out := map[string]bool{}
	for _, w := range strings.Fields(text) {
		out[w] = true
	}
	return out
}

var (
	// credentialHeads are words that name a credential where they end a name. English puts the noun last: a
	// password_hash, a token_type and a secret_name are none.
	credentialHeads = WordSet("password passwd passphrase passcode secret apikey accesstoken authtoken refreshtoken privatekey secretkey jwt userpass passwords passphrases")
	// keyKinds make a credential of a key: api_key.
	keyKinds = WordSet("api access secret private auth signing encryption master apikey app account shared session")
	// lookupKeys are words of keys that only find something.
	lookupKeys = WordSet("scope scoped cache registry map dict lookup index config settings field column row sort storage attr attribute")
	// passKinds make a password of "pass" and "pwd", which alone are a step and a directory.
	passKinds = WordSet("db database user smtp mail email ftp login admin root ssh proxy redis mysql postgres pg ldap http sudo imap bind")
	// tokenKinds make a credential of a token, whatever the file is about.
	tokenKinds = WordSet("access refresh auth api bearer oauth oauth2 jwt id session reset login security bot csrf xsrf registration invite github gitlab " +
		"slack telegram vault user admin service device personal verification activation sas identity bootstrap join webhook password secret private deploy")
	// urlKinds make a credential of an address: database_url holds the user's password.
	urlKinds = WordSet("database db postgres postgresql mysql mongo mongodb amqp broker sqlalchemy")
	// notValues begin names of flags, counts, functions and of what is no longer secret.
	notValues = WordSet("is has use uses used no not num n max min show hide require requires required need needs with without allow allows allowed enable enabled " +
		"disable missing should can want check validate verify valid invalid get set make create generate build parse find change forgot forgotten update ask prompt read load " +
		"hashed masked redacted encrypted obfuscated sanitized censored scrubbed fake dummy example sample public total unknown unexpected missing skip ignore " +
		"next page pagination continuation resume scroll start end eof cancel cancellation sync pad unk bos eos cls sep mask special stop prompt completion " +
		"image text word subword")
	// harmless are words that make the whole name describe something that may be shown.
	harmless = WordSet("hash hashed masked redacted encrypted hint policy public digest fingerprint")
)

// Certainty says how sure it is that a name is that of a credential.
type Certainty int

const (
	NotCredential Certainty = iota
	IfAuth                  // "token": a credential in a file that is about authentication
	IsCredential
)

// CredentialName judges an identifier, an attribute or a key.
func CredentialName(id string) Certainty {
	words := plainWords(id)
	if len(words) == 0 || len(words) > 8 {
		return NotCredential
	}
	head := words[len(words)-1]
	kind := ""
	if len(words) > 1 {
		kind = words[len(words)-2]
		if notValues[words[0]] || slices.ContainsFunc(words, func(w string) bool { return harmless[w] }) {
			return NotCredential
		}
	}
	switch {
	case credentialHeads[head]:
		return IsCredential
	case head == "key":
		return when(keyKinds[kind] && !slices.ContainsFunc(words, func(w string) bool { return lookupKeys[w] }))
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
		return IsCredential
	case head == "token":
		return IfAuth
	}
	return NotCredential
}

// CredentialKey judges the key of an item, which may be the name of a header.
func CredentialKey(key string) Certainty {
	switch strings.ToLower(key) {
	case "authorization", "cookie", "set-cookie":
		return IsCredential
	}
	return CredentialName(key)
}

func when(ok bool) Certainty {
	if ok {
		return IsCredential
	}
	return NotCredential
}

// tails are words that say only that a name is that of a value: password_text.
var tails = WordSet("value val text str string plain plaintext raw bytes cleartext")

// plainWords are the words of a name without numbers behind them and without words that say nothing.
func plainWords(id string) []string {
	words := NameWords(strings.TrimLeft(id, "$@"))
	for i, w := range words {
		words[i] = strings.TrimRight(w, "0123456789")
		if words[i] == "" || words[i] == "md" || words[i] == "sha" || words[i] == "oauth" {
			words[i] = w
		}
	}
	for len(words) > 1 && tails[words[len(words)-1]] {
		words = words[:len(words)-1]
	}
	return words
}

// getters begin the names of functions that return what the rest of the name says.
var getters = WordSet("get fetch load read retrieve obtain decrypt current extract lookup request")

// CredentialGetter judges the name of a function by what it returns: getPassword, read_api_key, password.
func CredentialGetter(name string) (Certainty, string) {
	words := plainWords(name)
	if len(words) > 1 && getters[words[0]] {
		rest := strings.Join(words[1:], "_")
		return CredentialName(rest), rest
	}
	return CredentialName(name), name
}

// personal are names of data about a person, words joined by underscores. Each also stands at the end of longer names.
var personal = WordSet(`ssn social_security_number social_security national_insurance_number credit_card credit_card_number card_number debit_card_number
	ccn cc_number cvv cvc card_cvv iban bank_account bank_account_number account_number routing_number passport_number driver_license
	drivers_license date_of_birth birth_date birthdate dob tax_id national_id medical_record diagnosis salary home_address billing_address
	street_address phone_number mobile_number telephone_number email_address user_email latitude longitude`)

// PersonalName reports whether a name is that of data about a person.
func PersonalName(id string) bool {
	words := plainWords(id)
	if len(words) == 0 || len(words) > 6 || notValues[words[0]] || slices.ContainsFunc(words, func(w string) bool { return harmless[w] }) {
		return false
	}
	for n := 1; n <= 3 && n <= len(words); n++ {
		if personal[strings.Join(words[len(words)-n:], "_")] {
			return true
		}
	}
	return false
}

// madeHarmless are parts of names of functions that hide what they are given, and of what they return.
var madeHarmless = []string{"redact", "mask", "saniti", "scrub", "obfuscat", "hash", "encrypt", "crypt", "censor", "hmac", "digest", "md5", "sha1", "sha2", "sha5",
	"fingerprint", "anonymi", "pseudonymi", "encod", "bcrypt", "argon", "pbkdf", "escape", "tokenize", "truncat", "checksum", "hide", "conceal", "forlog"}

// Hides reports the name of a function that makes what it is given harmless.
func Hides(name string) bool {
	lower := strings.ToLower(name)
	if strings.Contains(lower, "decrypt") || strings.Contains(lower, "decod") || strings.Contains(lower, "unescape") || strings.Contains(lower, "unhash") {
		return false
	}
	return slices.ContainsFunc(madeHarmless, func(part string) bool { return strings.Contains(lower, part) })
}

// harmlessName reports a variable that by its name holds what was made harmless: hashed_password, passwordMD5.
func harmlessName(name string) bool {
	for _, w := range NameWords(strings.TrimLeft(name, "$@")) {
		if harmless[strings.TrimRight(w, "0123456789")] || w == "md5" || strings.HasPrefix(w, "sha") && len(w) < 7 || w == "encoded" || w == "crypted" || w == "sanitized" || w == "sanitised" || w == "escaped" {
			return true
		}
	}
	return false
}
