package unpack

import "strings"

// tableColumns reads the columns of a CREATE TABLE statement in the order of the table's records: in a WITHOUT ROWID
// table the primary key comes first. Columns that are computed and not stored are left out.
func tableColumns(sql string) []string {
	parts, rest := tableParts(sql)
	var columns, key []string
	for _, words := range parts {
		if len(words) == 0 {
			continue
		}
		if !words[0].quoted && tableConstraint(words) {
			if at := indexWords(words, "PRIMARY", "KEY"); at >= 0 {
				key = constraintColumns(words[at+2:])
			}
			continue
		}
		if at := indexWords(words, "AS", "("); at >= 0 && indexWords(words, "STORED") < 0 {
			continue
		}
		columns = append(columns, words[0].text)
		if indexWords(words[1:], "PRIMARY", "KEY") >= 0 {
			key = []string{words[0].text}
		}
	}
	if indexWords(rest, "WITHOUT", "ROWID") < 0 {
		return columns
	}
	inKey := map[string]bool{}
	for _, c := range key {
		inKey[strings.ToLower(c)] = true
	}
	out := key
	for _, c := range columns {
		if !inKey[strings.ToLower(c)] {
			out = append(out, c)
		}
	}
	return out
}

// tableConstraint reports whether a part is a constraint of the table and no column.
func tableConstraint(words []sqlWord) bool {
	switch strings.ToUpper(words[0].text) {
	case "CONSTRAINT", "PRIMARY", "UNIQUE", "CHECK", "FOREIGN":
		return true
	}
	return false
}

// constraintColumns reads the names in "(a, b DESC)".
func constraintColumns(words []sqlWord) (names []string) {
	for i, word := range words {
		if i > 0 && !words[i-1].quoted && (words[i-1].text == "(" || words[i-1].text == ",") {
			names = append(names, word.text)
		}
		if !word.quoted && word.text == ")" {
			break
		}
	}
	return names
}

// indexWords finds unquoted words that follow each other.
func indexWords(words []sqlWord, want ...string) int {
next:
	for i := 0; i+len(want) <= len(words); i++ {
		for j, w := range want {
			if words[i+j].quoted || !strings.EqualFold(words[i+j].text, w) {
				continue next
			}
		}
		return i
	}
	return -1
}

// sqlWord is a word, a quoted name or string, or one other character of SQL.
type sqlWord struct {
	text   string
	quoted bool
}

// tableParts splits what is between the statement's parentheses at its commas, and gives the words behind.
func tableParts(sql string) (parts [][]sqlWord, rest []sqlWord) {
	depth := 0
	var part []sqlWord
	for {
		word, next, ok := nextWord(sql)
		if !ok {
			return parts, part
		}
		sql = next
		if !word.quoted {
			switch word.text {
			case "(":
				depth++
				if depth == 1 {
					part = nil
					continue
				}
			case ")":
				depth--
				if depth == 0 {
					parts = append(parts, part)
					part = nil
					continue
				}
			case ",":
				if depth == 1 {
					parts = append(parts, part)
					part = nil
					continue
				}
			}
		}
		part = append(part, word)
	}
}

// nextWord reads one word, behind space and comments.
func nextWord(sql string) (sqlWord, string, bool) {
	for {
		sql = strings.TrimLeft(sql, " \t\r\n\f")
		switch {
		case strings.HasPrefix(sql, "--"):
			_, sql, _ = strings.Cut(sql, "\n")
		case strings.HasPrefix(sql, "/*"):
			_, sql, _ = strings.Cut(sql[2:], "*/")
		case sql == "":
			return sqlWord{}, "", false
		case strings.IndexByte("\"'`[", sql[0]) >= 0:
			return quotedWord(sql)
		default:
			n := 0
			for n < len(sql) && wordByte(sql[n]) {
				n++
			}
			n = max(n, 1)
			return sqlWord{text: sql[:n]}, sql[n:], true
		}
	}
}

func wordByte(b byte) bool {
	return b == '_' || b == '$' || b >= 0x80 || b >= '0' && b <= '9' || b >= 'A' && b <= 'Z' || b >= 'a' && b <= 'z'
}

// quotedWord reads a name or string in quotes, in which a doubled quote stands for one.
func quotedWord(sql string) (sqlWord, string, bool) {
	end := sql[0]
	if end == '[' {
		end = ']'
	}
	for i := 1; i < len(sql); i++ {
		if sql[i] != end {
			continue
		}
		if end != ']' && i+1 < len(sql) && sql[i+1] == end {
			i++
			continue
		}
		quote := string(end)
		return sqlWord{strings.ReplaceAll(sql[1:i], quote+quote, quote), true}, sql[i+1:], true
	}
	return sqlWord{sql[1:], true}, "", true
}
