package secrets

import (
	"slices"
	"strings"

	"hardcheck/checks/secrets/scan"
)

// valueClass is what a value looks like, from what is no credential to what is nothing else.
type valueClass int

const (
	noValue      valueClass = iota // a stand-in, a reference, the name of something
	sampleValue                    // a key's form, but counted up, repeated, or of digits alone
	wordValue                      // a word, as careless passwords are and labels too
	stockValue                     // what tutorials and factories set
	numberValue                    // digits
	phraseValue                    // words with spaces
	plainValue                     // a word with a number
	rareValue                      // letters that no language joins so
	complexValue                   // a careful person's password
	uuidValue
	randomValue // machine-made
	valueClasses
)

const (
	leastValue = 4 // bytes of a password
	mostValue  = 512
)

// classify says what the value of the name looks like. Bare values are written without quotes.
func classify(value, normal string, quoted bool) valueClass {
	switch {
	case len(value) < leastValue, len(value) > mostValue, strings.ContainsAny(value, "\t\r\n"), scan.Template(value):
		return noValue
	case strings.Contains(value, `\`):
		return classifyEscaped(value)
	case strings.Contains(value, " "):
		if len(value) >= 40 && scan.Random(value) && scan.ShapeOf(value).Others*6 > len(value) {
			return randomValue // WordPress' keys
		}
		return classifyPhrase(value)
	case scan.StandIn(value), masked(value), reference(value, quoted), sameAs(value, normal), typeName(value), algorithm(value), isDate(value):
		return noValue
	case scan.MadeUp(value):
		return classifyMadeUp(value)
	}
	if isUUID(value) {
		return uuidValue
	}
	if wordsAndNumbers(value) {
		return noValue
	}
	if scan.Random(value) && !expression(value) {
		return randomValue
	}
	return classifyChosen(value, quoted)
}

// classifyEscaped accepts a long random value in which the text's syntax escapes a slash or the like, and no path and no
// expression.
func classifyEscaped(value string) valueClass {
	const leastKey = 20
	plain := strings.ReplaceAll(value, `\`, "")
	if len(plain) < leastKey || strings.Trim(plain, keyBytes+".") != "" || strings.Count(value, `\`)*8 > len(value) || !scan.Random(plain) || wordsAndNumbers(plain) {
		return noValue
	}
	return randomValue
}

// classifyNumber tells codes and numbers from keys of digits alone.
func classifyNumber(value string) valueClass {
	const leastCode, leastKey, leastKinds = 6, 24, 7
	switch {
	case len(value) < leastCode:
		return noValue
	case len(value) >= leastKey && kindsOf(value) >= leastKinds:
		return sampleValue
	}
	return numberValue
}

// classifyMadeUp accepts what somebody typed in the form of a key.
func classifyMadeUp(value string) valueClass {
	const leastKey, leastKinds = 20, 8
	s, lower := scan.ShapeOf(value), strings.ToLower(value)
	says := func(word string) bool { return strings.Contains(lower, word) }
	if slices.ContainsFunc(saidWords, says) || says("your") || s.Length < leastKey || s.Digits == 0 || s.Lower+s.Upper == 0 || kindsOf(value) < leastKinds || strings.Trim(value, keyBytes) != "" || scan.ShapeOf(strings.Trim(value, "0123456789")).Words > 0.7 {
		return noValue
	}
	return sampleValue
}

// keyBytes are what made-up keys consist of.
const keyBytes = "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ-_+/="

// kindsOf counts the different bytes of the value.
func kindsOf(value string) int {
	seen, kinds := [256]bool{}, 0
	for i := range len(value) {
		if !seen[value[i]] {
			seen[value[i]] = true
			kinds++
		}
	}
	return kinds
}

// classifyChosen judges what a person may have chosen.
func classifyChosen(value string, quoted bool) valueClass {
	s := scan.ShapeOf(value)
	word := plainWord(value)
	switch {
	case !quoted && expression(value), !printableASCII(value):
		return noValue
	case s.Digits == s.Length:
		return classifyNumber(value)
	case s.Lower+s.Upper == 0:
		return noValue
	case slices.Contains(stockWords, word):
		return stockValue
	case slices.ContainsFunc(saidWords, func(w string) bool { return strings.Contains(word, w) }):
		if s.Digits > 1 && s.Changes >= 3 {
			return stockValue
		}
		return noValue
	case scan.Rare(value) && !codeword(value, s):
		if s.Digits > 0 && s.Length >= 8 {
			return complexValue
		}
		return rareValue
	case s.Others > 0 && identifier(value):
		return noValue
	case expression(value):
		return noValue
	case s.Digits+s.Others == 0:
		return wordValue
	case s.Length >= 7 && (s.Changes >= 3 || s.Others > 0 && s.Digits > 0):
		return complexValue
	}
	return plainValue
}

// wordsAndNumbers reports words, abbreviations and numbers joined by separators: DOC_Vector_5_32, jjwt-jackson-0.11.2.
func wordsAndNumbers(value string) bool {
	const shortPart = 4
	if !strings.ContainsAny(value, wordSeparators) || !identifier(value) {
		return false
	}
	for part := range strings.FieldsFuncSeq(value, func(r rune) bool { return strings.ContainsRune(wordSeparators, r) }) {
		s := scan.ShapeOf(part)
		if len(part) > shortPart && (s.Digits > 0 && s.Digits < s.Length || s.Digits > 6 || s.Changes > 2 || scan.Rare(part)) {
			return false
		}
	}
	return true
}

// codeword reports short words in capitals and abbreviations, which are as rare as random letters.
func codeword(value string, s scan.Shape) bool {
	return s.Lower == 0 && s.Digits < 2 || s.Others > 0 && identifier(value) && s.Length < 20 && s.Digits == 0
}

func printableASCII(value string) bool {
	return strings.IndexFunc(value, func(r rune) bool { return r < ' ' || r == 0x7f || r == 0xfffd }) < 0
}

// classifyPhrase accepts several words as a passphrase where they hold what sentences do not.
func classifyPhrase(value string) valueClass {
	words := strings.Fields(value)
	if len(words) > 6 || len(value) > 80 || strings.ContainsAny(value, "<>{}()[]=|%\\,;?\"") || strings.HasSuffix(value, ":") || strings.HasSuffix(value, ".") || scan.Placeholder(value) {
		return noValue
	}
	rare := 0
	for _, w := range words {
		if slices.Contains(sentenceWords, strings.ToLower(w)) {
			return noValue
		}
		if s := scan.ShapeOf(w); s.Digits > 0 && s.Digits < s.Length || scan.Rare(w) {
			rare++
		}
	}
	if rare*2 >= len(words) {
		return plainValue
	}
	if strings.Trim(value, "abcdefghijklmnopqrstuvwxyz ") != "" {
		return noValue
	}
	return phraseValue
}

// sentenceWords make a value a sentence: a label, a prompt, a message.
var sentenceWords = []string{"the", "a", "an", "is", "are", "not", "no", "your", "you", "to", "of", "for", "in", "and", "or", "with", "must", "be", "please", "enter", "invalid",
	"password", "passwords", "token", "key", "secret", "failed", "missing", "wrong", "required", "should", "can", "cannot", "has", "have", "was", "this", "that", "from", "on", "by", "bearer", "basic"}

// saidWords make a value a label, a translation or a stand-in.
var saidWords = []string{"password", "passwd", "passwort", "passphrase", "motdepasse", "contrase", "senha", "wachtwoord", "kennwort", "test", "secret", "token", "credential", "apikey", "api_key", "api-key"}

// masked reports a value whose characters are hidden.
func masked(value string) bool {
	return strings.Trim(value, "xX*.•-_#? ") == "" || strings.Contains(value, "***") || strings.Contains(value, "...") || strings.Contains(value, "xxx")
}

// sameAs reports a value that repeats the name: password = "password", DB_PASSWORD: db-password, "token": "userToken",
// "auth": "shop.auth#v4".
func sameAs(value, normal string) bool {
	v := scan.NormalName(value)
	return v == normal || hasPart(value, normal) || len(v) > 3 && strings.HasSuffix(normal, v) || len(normal) > 3 && (strings.HasSuffix(v, normal) || strings.HasPrefix(v, normal) && len(v) < len(normal)+5)
}

// hasPart reports a name of several words that has another as one of them.
func hasPart(value, name string) bool {
	const leastParts, longestPart = 3, 12
	parts := strings.FieldsFunc(strings.ToLower(value), func(r rune) bool { return strings.ContainsRune("._/:#", r) })
	return len(parts) >= leastParts && slices.Contains(parts, name) && !slices.ContainsFunc(parts, func(p string) bool { return len(p) > longestPart || scan.ShapeOf(p).Changes > 1 })
}

// typeNames stand where a value would, in schemas, signatures and defaults.
var typeNames = []string{"string", "str", "bytes", "byte", "char", "text", "varchar", "integer", "int", "number", "bool", "boolean", "object", "array", "list", "dict", "null", "none", "nil", "undefined", "true",
	"false", "yes", "optional", "required", "void", "unknown", "default", "empty", "hidden", "uuid", "self", "this", "optional[str]", "str|none", "securestring", "secretstr", "function", "auto", "disabled", "enabled"}

func typeName(value string) bool { return slices.Contains(typeNames, strings.ToLower(value)) }

const wordSeparators = "-_./:#|,"

// identifier reports words joined by separators, such as db.password_hash, --flag, a/b and iso-8859-1.
func identifier(value string) bool {
	for i := range len(value) {
		c := value[i]
		if !isWordByte(c) && strings.IndexByte(wordSeparators, c) < 0 {
			return false
		}
	}
	s := scan.ShapeOf(value)
	return s.Others > 0 || s.Digits == 0
}

// algorithmNames are what values that name an algorithm or a character set consist of.
var algorithmNames = []string{"sha", "sha1", "sha256", "sha384", "sha512", "md5", "aes", "rsa", "dsa", "hmac", "scram", "bcrypt", "scrypt", "argon2", "argon2id", "pbkdf2", "utf8", "utf", "iso", "hs256", "hs512", "rs256",
	"es256", "ecdsa", "ed25519", "x25519", "cbc", "gcm", "ecb", "oauth2", "oauth", "base64", "latin1", "des", "3des", "chacha20", "poly1305", "secp256k1", "secp256r1", "p256", "v1", "v2", "v3", "jwt", "x509", "tls", "ssl"}

// algorithm reports a value that names one, such as scram-sha-256 or AES/CBC.
func algorithm(value string) bool {
	words := strings.FieldsFunc(strings.ToLower(value), func(r rune) bool { return strings.ContainsRune("-_/.:+ ", r) })
	return len(words) > 0 && len(words) < 6 && slices.Contains(algorithmNames, words[0]) && !slices.ContainsFunc(words, func(w string) bool { return len(w) > 10 })
}

// expression reports what code computes: a call, a member, an index, an operation.
func expression(value string) bool {
	if open := strings.IndexByte(value, '['); open > 0 {
		if closing := strings.IndexByte(value[open:], ']'); closing > 0 && identifier(value[:open]+value[open+closing+1:]) {
			return true
		}
	}
	if strings.ContainsAny(value, "()[]<>{}|,;`\"'") {
		return strings.Contains(value, "(") && strings.HasSuffix(value, ")") || strings.Contains(value, "[") && strings.HasSuffix(value, "]") || strings.ContainsAny(value, "<>`\"'{}")
	}
	return strings.Contains(value, "->") || strings.Contains(value, "::") || strings.Contains(value, "&&") || strings.Contains(value, "==")
}

// isDate reports what begins as RFC 3339 writes a date.
func isDate(value string) bool {
	const form = "0000-00-00"
	if len(value) < len(form) {
		return false
	}
	for i := range len(form) {
		if digit := value[i] >= '0' && value[i] <= '9'; digit != (form[i] == '0') || !digit && value[i] != '-' {
			return false
		}
	}
	return true
}

// isUUID reports the form of RFC 9562 with more than a few different digits.
func isUUID(value string) bool {
	const length = 36
	if len(value) != length {
		return false
	}
	seen := [16]bool{}
	kinds := 0
	for i := range len(value) {
		c := value[i]
		if i == 8 || i == 13 || i == 18 || i == 23 {
			if c != '-' {
				return false
			}
			continue
		}
		digit := strings.IndexByte("0123456789abcdef", c|0x20)
		if digit < 0 {
			return false
		}
		if !seen[digit] {
			seen[digit] = true
			kinds++
		}
	}
	return kinds >= 7
}

// referencePrefixes begin values that say where the credential is, and sealed ones.
var referencePrefixes = []string{"./", "../", "~/", "$", "ENC[", "ENC(", "arn:", "vault:", "op://", "ssm:", "kms:", "env:", "env.", "file:", "secret:", "projects/", "0x", "--", "^", "urn:", "data:", "sha256:",
	"sha1:", "md5:", "AgA", "AgB", "AgC", "AgD", "pbkdf2", "{SSHA}", "$2", "process.env", "os.environ", "ssh-rsa ", "ssh-ed25519 ", "secrets.", "var.", "local.", "self.", "this.", "{AQ"}

// referenceSuffixes end names of files and hosts.
var referenceSuffixes = []string{".pem", ".key", ".txt", ".json", ".yml", ".yaml", ".crt", ".html", ".php", ".js", ".py", ".go", ".xml", ".conf", ".com", ".org", ".net", ".pub", ".jks", ".p12", ".pfx", ".properties", "()"}

// reference reports values that say where the credential is: a path, a URL, a name in a secret store; and sealed ones.
func reference(value string, quoted bool) bool {
	for _, prefix := range referencePrefixes {
		if strings.HasPrefix(value, prefix) {
			return true
		}
	}
	for _, suffix := range referenceSuffixes {
		if strings.HasSuffix(value, suffix) {
			return true
		}
	}
	if strings.Contains(value, "://") {
		return true
	}
	switch value[0] {
	case '/':
		return !scan.Random(value[1:]) || strings.Count(value, "/") > 2
	case '!', '&', '*', '@', '#':
		return !quoted || identifier(value[1:])
	}
	return false
}
