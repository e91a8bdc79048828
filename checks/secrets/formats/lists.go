package formats

import "bytes"

// Pgpass reads the fifth field of host:port:database:user:password lines (PostgreSQL's manual, "The Password File"). A
// backslash escapes a colon.
func Pgpass(data []byte) []Value {
	var found []Value
	lines(data, func(line []byte, start int) {
		if len(line) == 0 || line[0] == '#' {
			return
		}
		var field, from [5]int // where each ends and begins
		n := 0
		for i := 0; i < len(line) && n < 4; i++ {
			switch line[i] {
			case '\\':
				i++
			case ':':
				field[n] = i
				n++
				from[n] = i + 1
			}
		}
		if n == 4 && from[4] < len(line) {
			found = append(found, Value{Kind: Password, Name: string(line[from[3]:field[3]]) + " password", Start: start + from[4], End: start + len(line)})
		}
	})
	return found
}

// Netrc reads what follows the word password in files of words: .netrc, .fetchmailrc, .msmtprc.
func Netrc(data []byte) []Value {
	var found []Value
	after := false
	lines(data, func(line []byte, start int) {
		for at := 0; at < len(line); {
			for at < len(line) && (line[at] == ' ' || line[at] == '\t') {
				at++
			}
			if at == len(line) || line[at] == '#' && !after {
				return
			}
			from, to, next := netrcWord(line, at)
			word := line[from:to]
			if after && to > from {
				found = append(found, Value{Kind: Password, Name: "password", Start: start + from, End: start + to})
			}
			after = !after && (bytes.EqualFold(word, []byte("password")) || bytes.EqualFold(word, []byte("passwd")) || bytes.EqualFold(word, []byte("pass")))
			at = next
		}
	})
	return found
}

// netrcWord bounds the word at line[at:], which may stand in quotes.
func netrcWord(line []byte, at int) (from, to, next int) {
	if quote := line[at]; quote == '"' || quote == '\'' {
		if end := bytes.IndexByte(line[at+1:], quote); end >= 0 {
			return at + 1, at + 1 + end, at + 2 + end
		}
	}
	to = at
	for to < len(line) && line[to] != ' ' && line[to] != '\t' {
		to++
	}
	return at, to, to
}

// URLLines reads the passwords of scheme://user:password@host lines, as git stores them in .git-credentials.
func URLLines(data []byte) []Value {
	var found []Value
	lines(data, func(line []byte, start int) {
		scheme := bytes.Index(line, []byte("://"))
		sign := bytes.LastIndexByte(line, '@')
		if scheme < 0 || sign < scheme+3 {
			return
		}
		from := scheme + 3
		if colon := bytes.IndexByte(line[from:sign], ':'); colon >= 0 && from+colon+1 < sign {
			found = append(found, Value{Kind: Password, Name: "password of " + string(line[sign+1:]), Start: start + from + colon + 1, End: start + sign})
		}
	})
	return found
}

// Whole reads a file that holds one key and nothing else: Rails' master.key, Erlang's cookie.
func Whole(data []byte) []Value {
	text := bytes.TrimSpace(data)
	const least, most = 16, 256
	if len(text) < least || len(text) > most || bytes.ContainsAny(text, " \t\r\n") || !varied(append(bytes.Clone(text), "ghij"...)) {
		return nil
	}
	start := bytes.Index(data, text)
	return []Value{{Kind: Key, Name: "the file", Start: start, End: start + len(text)}}
}

// Enclosed reads the second line between <auth-user-pass> and its end in OpenVPN's configuration: user, then password.
func Enclosed(data []byte) []Value {
	const opening = "<auth-user-pass>"
	var found []Value
	step := 0 // lines since the opening
	lines(data, func(line []byte, start int) {
		switch trimmed := bytes.TrimSpace(line); {
		case bytes.Equal(trimmed, []byte(opening)):
			step = 1
		case step == 2 && len(trimmed) > 0 && trimmed[0] != '<':
			from := start + bytes.Index(line, trimmed)
			found = append(found, Value{Kind: Password, Name: "auth-user-pass", Start: from, End: from + len(trimmed)})
			step = 0
		case step == 1:
			step = 2
		}
	})
	return found
}

// Properties reads user=hash lines, as JBoss keeps the MD5 of user, realm and password.
func Properties(data []byte) []Value {
	var found []Value
	lines(data, func(line []byte, start int) {
		user, hash, ok := bytes.Cut(line, []byte("="))
		if ok && len(user) > 0 && user[0] != '#' && isHex(hash, 32) && varied(append(bytes.Clone(hash), "ghij"...)) {
			found = append(found, Value{Kind: Hash, Name: string(user), Start: start + len(user) + 1, End: start + len(line)})
		}
	})
	return found
}

// CloudInit reads the user:password lines of cloud-init's chpasswd list.
func CloudInit(data []byte) []Value {
	var found []Value
	inside := false
	depth := 0
	lines(data, func(line []byte, start int) {
		text := bytes.TrimSpace(line)
		indent := bytes.Index(line, text)
		switch {
		case len(text) == 0:
		case bytes.HasPrefix(text, []byte("chpasswd:")):
			inside, depth = true, indent
		case inside && indent <= depth:
			inside = false
		case inside:
			user, password, ok := bytes.Cut(bytes.TrimLeft(text, "- "), []byte(":"))
			if ok && len(password) > 0 && password[0] != ' ' && !bytes.ContainsAny(password, " |>") && !bytes.Equal(password, []byte("RANDOM")) && !bytes.Equal(password, []byte("R")) {
				found = append(found, Value{Kind: Password, Name: string(user), Start: start + len(line) - len(password), End: start + len(line)})
			}
		}
	})
	return found
}

// SavedLogins reads the sealed passwords of Firefox's logins.json: the first, with how many there are.
func SavedLogins(data []byte) []Value {
	const name = `"encryptedPassword":"`
	first := bytes.Index(data, []byte(name))
	if first < 0 {
		return nil
	}
	start := first + len(name)
	size := bytes.IndexByte(data[start:], '"')
	if size <= 0 {
		return nil
	}
	return []Value{{Kind: Password, Name: "the saved logins", Start: start, End: start + size, Count: bytes.Count(data[first:], []byte(name))}}
}
