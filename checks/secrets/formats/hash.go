package formats

import "bytes"

// cryptForm is a hash of crypt(5), of LDAP (RFC 2307) or of a web framework: prefix, then runs of its alphabet.
type cryptForm struct {
	prefix     string
	least      int // bytes after the prefix
	most       int
	dollars    int // separators among them, at least
	additional string
}

// cryptForms list the prefixes; man 5 crypt and the frameworks' own documentation give the lengths.
var cryptForms = []cryptForm{
	{"$1$", 24, 31, 1, ""},           // MD5: salt of 1 to 8, then 22
	{"$apr1$", 24, 31, 1, ""},        // Apache's MD5
	{"$5$", 45, 90, 1, "=,"},         // SHA-256: salt of 1 to 16, then 43
	{"$6$", 88, 130, 1, "=,"},        // SHA-512: salt of 1 to 16, then 86
	{"$2a$", 56, 56, 1, ""},          // bcrypt: cost, then 53
	{"$2b$", 56, 56, 1, ""},          //
	{"$2y$", 56, 56, 1, ""},          //
	{"$y$", 40, 110, 2, ""},          // yescrypt
	{"$7$", 50, 110, 1, ""},          // scrypt
	{"$P$B", 30, 30, 0, ""},          // phpass
	{"$H$9", 30, 30, 0, ""},          //
	{"$argon2i$", 40, 250, 3, "=,+"}, //
	{"$argon2d$", 40, 250, 3, "=,+"}, //
	{"$argon2id$", 40, 250, 3, "=,+"},
	{"{SSHA}", 32, 64, 0, "=+"}, // base64 of digest and salt
	{"{SHA}", 28, 28, 0, "=+"},  //
	{"{SSHA512}", 88, 140, 0, "=+"},
	{"pbkdf2_sha256$", 50, 110, 2, "=+"}, // Django
	{"pbkdf2:sha256:", 60, 110, 2, ":"},  // Werkzeug
	{"scrypt:32768:8:1$", 60, 180, 1, ""},
}

// HashPrefixes are the literals at which HashAt is worth calling.
func HashPrefixes() []string {
	all := make([]string, len(cryptForms))
	for i, f := range cryptForms {
		all[i] = f.prefix
	}
	return all
}

// HashAt bounds the password hash whose prefix stands at data[at:].
func HashAt(data []byte, at int) (end int, ok bool) {
	for _, f := range cryptForms {
		rest, has := bytes.CutPrefix(data[at:], []byte(f.prefix))
		if !has {
			continue
		}
		size, dollars := 0, 0
		for size < len(rest) && size <= f.most && (isCryptByte(rest[size]) || rest[size] == '$' || bytes.IndexByte([]byte(f.additional), rest[size]) >= 0) {
			if rest[size] == '$' {
				dollars++
			}
			size++
		}
		return at + len(f.prefix) + size, size >= f.least && size <= f.most && dollars >= f.dollars && varied(rest[:size])
	}
	return at, false
}

func isCryptByte(c byte) bool {
	return c == '.' || c == '/' || c >= '0' && c <= '9' || c >= 'A' && c <= 'Z' || c >= 'a' && c <= 'z'
}

// varied tells a hash from a picture of one: "$2a$10$xxxxxxxx".
func varied(text []byte) bool {
	var seen [256]bool
	kinds := 0
	for _, c := range text {
		if !seen[c] {
			seen[c] = true
			kinds++
		}
	}
	return kinds >= 12
}

// HashedLines reads user:hash lines of htpasswd files whose hashes have no prefix: DES crypt of 13 bytes, and the
// user:realm:MD5 of htdigest.
func HashedLines(data []byte) []Value {
	var found []Value
	lines(data, func(line []byte, start int) {
		fields := bytes.SplitN(line, []byte(":"), 4)
		if len(fields) < 2 || len(fields[0]) == 0 || fields[0][0] == '#' || bytes.ContainsAny(fields[0], " \t\"'{}") {
			return
		}
		v := Value{Kind: Hash, Name: string(fields[0]), Start: start + len(fields[0]) + 1}
		hash := fields[1]
		switch {
		case len(fields) == 3 && isHex(fields[2], 32):
			v.Start += len(hash) + 1
			hash = fields[2]
		case len(hash) != 13 || !isCrypt(hash) || !varied(append(bytes.Clone(hash), "0123"...)):
			return
		}
		v.End = v.Start + len(hash)
		found = append(found, v)
	})
	return found
}

func isCrypt(text []byte) bool {
	for _, c := range text {
		if !isCryptByte(c) {
			return false
		}
	}
	return true
}

func isHex(text []byte, sizes ...int) bool {
	right := false
	for _, n := range sizes {
		right = right || len(text) == n
	}
	for _, c := range text {
		if c |= 0x20; !(c >= '0' && c <= '9' || c >= 'a' && c <= 'f') {
			return false
		}
	}
	return right
}
