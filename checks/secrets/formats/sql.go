package formats

import (
	"bytes"
	"slices"
	"strings"
)

// Judge tells what a column's value is; ok is false where it is no credential.
type Judge func(column string, value []byte) (kind Kind, ok bool)

// Dump reads the rows of a database dump: INSERT statements, with the columns they or an earlier CREATE TABLE name, and
// PostgreSQL's COPY. A statement gives at most one value per column, the first, with how many follow.
func Dump(data []byte, judge Judge) []Value {
	d := dump{data: data, judge: judge, tables: map[string][]string{}}
	for d.at < len(data) {
		rest := data[d.at:]
		trimmed := bytes.TrimLeft(rest[:min(len(rest), 64)], " \t\r\n(")
		d.at += min(len(rest), 64) - len(trimmed)
		switch {
		case d.keyword("CREATE TABLE"):
			d.create()
		case d.keyword("INSERT INTO"), d.keyword("REPLACE INTO"), d.keyword("INSERT IGNORE INTO"):
			d.insert()
		case d.keyword("COPY"):
			d.copy()
		default:
			d.line()
		}
	}
	return d.found
}

type dump struct {
	data   []byte
	at     int
	judge  Judge
	tables map[string][]string // columns
	found  []Value
}

const (
	maxColumns = 256
	maxTables  = 4096
)

// keyword steps over the words and a space where the text goes on with them, in capitals or not.
func (d *dump) keyword(words string) bool {
	rest := d.data[d.at:]
	if len(rest) <= len(words) || rest[len(words)] != ' ' || !bytes.EqualFold(rest[:len(words)], []byte(words)) {
		return false
	}
	d.at += len(words) + 1
	return true
}

// line steps over the rest of the line.
func (d *dump) line() {
	if i := bytes.IndexByte(d.data[d.at:], '\n'); i >= 0 {
		d.at += i + 1
	} else {
		d.at = len(d.data)
	}
}

func (d *dump) spaces() {
	for d.at < len(d.data) && strings.IndexByte(" \t\r\n", d.data[d.at]) >= 0 {
		d.at++
	}
}

func (d *dump) next(c byte) bool {
	d.spaces()
	if d.at < len(d.data) && d.data[d.at] == c {
		d.at++
		return true
	}
	return false
}

// name reads an identifier, quoted or not, without its schema.
func (d *dump) name() string {
	d.spaces()
	start := d.at
	const longest = 128
	for d.at < len(d.data) && d.at-start < longest && strings.IndexByte(" \t\r\n(),;", d.data[d.at]) < 0 {
		d.at++
	}
	name := string(d.data[start:d.at])
	return strings.ToLower(strings.Trim(name[strings.LastIndexByte(name, '.')+1:], "`\"[]'"))
}

// create reads the columns of CREATE TABLE name (column type, ...).
func (d *dump) create() {
	d.keyword("IF NOT EXISTS")
	table := d.name()
	if !d.next('(') {
		return
	}
	var columns []string
	for len(columns) < maxColumns {
		column := d.name()
		if column == "" {
			break
		}
		columns = append(columns, column)
		if !d.toComma() {
			break
		}
	}
	if len(d.tables) < maxTables {
		d.tables[table] = columns
	}
}

// toComma steps over the next comma of the same depth; false at the list's end.
func (d *dump) toComma() bool {
	for depth := 0; d.at < len(d.data); d.at++ {
		switch d.data[d.at] {
		case '(':
			depth++
		case ')':
			if depth--; depth < 0 {
				return false
			}
		case ',':
			if depth == 0 {
				d.at++
				return true
			}
		case ';':
			return false
		case '\'':
			if _, _, ok := d.quoted(); !ok {
				return false
			}
			d.at--
		}
	}
	return false
}

// quoted reads the string that begins here; afterwards the text goes on behind it.
func (d *dump) quoted() (start, end int, ok bool) {
	d.at++
	start = d.at
	for d.at < len(d.data) {
		switch d.data[d.at] {
		case '\\':
			d.at++
		case '\'':
			if d.at+1 < len(d.data) && d.data[d.at+1] == '\'' {
				d.at++
				break
			}
			end = d.at
			d.at++
			return start, end, true
		}
		d.at++
	}
	d.at = min(d.at, len(d.data))
	return start, len(d.data), false
}

// columns reads (a, b, c) where it is there.
func (d *dump) columns(table string) []string {
	if !d.next('(') {
		return d.tables[table]
	}
	var columns []string
	for len(columns) < maxColumns {
		columns = append(columns, d.name())
		if !d.next(',') {
			break
		}
	}
	d.next(')')
	return columns
}

// insert reads INSERT INTO table (columns) VALUES (...), (...);
func (d *dump) insert() {
	table := d.name()
	columns := d.columns(table)
	d.spaces()
	if !d.keyword("VALUES") && !d.valuesParenthesis() || !slices.ContainsFunc(columns, secretColumn) {
		return
	}
	s := statement{dump: d, table: table, columns: columns, first: map[int]int{}}
	for d.next('(') {
		s.row()
		if !d.next(',') {
			break
		}
	}
}

func (d *dump) valuesParenthesis() bool {
	const word = "VALUES"
	rest := d.data[d.at:]
	if len(rest) <= len(word) || !bytes.EqualFold(rest[:len(word)], []byte(word)) {
		return false
	}
	d.at += len(word)
	return true
}

// statement collects the values of one statement.
type statement struct {
	*dump
	table   string
	columns []string
	first   map[int]int // by column, the index of its first value in found
}

// row reads the values of one row, from behind its parenthesis to behind its end.
func (s *statement) row() {
	for column := 0; s.at < len(s.data); column++ {
		s.spaces()
		start, end := s.at, s.at
		if s.at < len(s.data) && s.data[s.at] == '\'' {
			start, end, _ = s.quoted()
		}
		if column < len(s.columns) && end > start {
			s.value(column, start, end)
		}
		if !s.toComma() {
			s.next(')')
			return
		}
	}
}

func (s *statement) value(column, start, end int) {
	if !secretColumn(s.columns[column]) {
		return
	}
	kind, ok := s.judge(s.columns[column], s.data[start:end])
	if !ok {
		return
	}
	if i, seen := s.first[column]; seen {
		s.found[i].Count++
		return
	}
	s.first[column] = len(s.found)
	s.found = append(s.found, Value{Kind: kind, Name: s.table + "." + s.columns[column], Start: start, End: end, Count: 1})
}

// copy reads COPY table (columns) FROM stdin; and its lines, whose fields tabs separate.
func (d *dump) copy() {
	table := d.name()
	s := statement{dump: d, table: table, columns: d.columns(table), first: map[int]int{}}
	header := d.at
	d.line()
	if !bytes.Contains(bytes.ToLower(d.data[header:d.at]), []byte("from stdin")) {
		return
	}
	for d.at < len(d.data) {
		start := d.at
		d.line()
		line := bytes.TrimRight(d.data[start:d.at], "\r\n")
		if bytes.Equal(line, []byte(`\.`)) {
			return
		}
		column := 0
		for field := range bytes.SplitSeq(line, []byte{'\t'}) {
			if column < len(s.columns) && len(field) > 0 && !bytes.Equal(field, []byte(`\N`)) {
				s.value(column, start, start+len(field))
			}
			start += len(field) + 1
			column++
		}
	}
}

// secretColumns end the names of columns that hold credentials.
var secretColumns = []string{"password", "passwd", "pwd", "_pass", "userpass", "passhash", "password_hash", "passwordhash", "password_digest", "encrypted_password", "crypted_password",
	"hashed_password", "pass_hash", "secret", "token", "api_key", "apikey", "auth_key", "authkey", "private_key", "otp_secret"}

func secretColumn(name string) bool {
	return name == "pass" || slices.ContainsFunc(secretColumns, func(end string) bool { return strings.HasSuffix(name, end) })
}
