package unpack

import (
	"fmt"
	"slices"
	"strings"
	"testing"
)

// sqliteOf makes a database by Python's own library.
func sqliteOf(t *testing.T, script string) []byte {
	t.Helper()
	return tool(t, "o.db", nil, "python3", "-c", "import sqlite3\nc = sqlite3.connect('o.db')\nx = c.execute\nx('pragma synchronous=off')\nx('pragma journal_mode=memory')\n"+script+"\nc.commit()\nc.close()")
}

func TestSQLite(t *testing.T) {
	insert := "x(\"insert into users values (1, 'ann', 'correct-horse')\")"
	for name, test := range map[string]struct{ script, path, want string }{
		"rows":          {"x('create table users (id integer primary key, name text, password text)')\n" + insert, "users", "users.password = correct-horse\n"},
		"utf-16le":      {"x('pragma encoding=\"UTF-16le\"')\nx('create table users (id, name, pässword)')\n" + insert, "users", "users.pässword = correct-horse\n"},
		"utf-16be":      {"x('pragma encoding=\"UTF-16be\"')\nx('create table users (id, name, password)')\n" + insert, "users", "users.password = correct-horse\n"},
		"without rowid": {"x('create table users (a, b, password, primary key (password, a)) without rowid')\n" + insert, "users", "users.password = correct-horse\n"},
		"schema":        {"x(\"create table t (a default 'correct-horse')\")", "sqlite_schema", "correct-horse"},
		"integer":       {"x('create table t (pin)')\nx('insert into t values (70413)')", "t", "t.pin = 70413\n"},
		"overflow":      {"x('create table t (pem)')\nx('insert into t values (?)', ('x' * 50000 + 'correct-horse',))", "t", "xxcorrect-horse\n"},
		"deleted row": {"x('pragma secure_delete=0')\nx('create table t (a)')\nx(\"insert into t values ('correct-horse')\")\nx(\"insert into t values (1)\")\n" +
			"c.commit()\nx('delete from t where a != 1')", "free space", "horse"},
		"dropped table": {"x('pragma secure_delete=0')\nx('create table t (a)')\nx(\"insert into t values ('correct-horse')\")\nc.commit()\nx('drop table t')", "free space", "correct-horse"},
		"quoted names":  {"x('create table \"my users\" (\"the id\", [pass word] text)')\nx(\"insert into [my users] values (1, 'correct-horse')\")", "my users", "my users.pass word = correct-horse\n"},
		"added column":  {"x('create table t (a)')\nx('alter table t add column password')\nx(\"insert into t values (1, 'correct-horse')\")", "t", "t.password = correct-horse\n"},
	} {
		t.Run(name, func(t *testing.T) {
			data := sqliteOf(t, test.script)
			s := walk(data, Limits{})
			if !strings.Contains(s.texts[test.path], test.want) {
				t.Errorf("%q is not in %q of %q", test.want, s.texts[test.path], s.paths())
			}
			if len(s.problems) > 0 {
				t.Error(s.problems)
			}
		})
	}
}

func TestSQLiteHasEveryRow(t *testing.T) {
	for _, tail := range []string{"", " without rowid"} {
		data := sqliteOf(t, "x('pragma page_size=512')\nx('create table t (id integer primary key, v)"+tail+"')\n"+
			"c.executemany('insert into t values (?, ?)', ((i, 'value-%d-' % i + 'x' * (i % 700)) for i in range(5000)))")
		s := walk(data, Limits{})
		for i := range 5000 {
			if !strings.Contains(s.texts["t"], fmt.Sprintf("t.v = value-%d-%s\n", i, strings.Repeat("x", i%700))) {
				t.Fatalf("row %d is missing%s; %v", i, tail, s.problems)
			}
		}
		if len(s.problems) > 0 {
			t.Error(s.problems)
		}
	}
}

func TestSQLiteBlobIsLookedInto(t *testing.T) {
	data := sqliteOf(t, "import gzip\nx('create table t (a, b)')\nx('insert into t values (1, ?)', (gzip.compress(b'"+planted+"'),))")
	wantPlanted(t, data, "t.b/data", SQLite, Gzip)
}

func TestDamagedSQLite(t *testing.T) {
	data := sqliteOf(t, "x('pragma page_size=512')\nx('create table t (v)')\nc.executemany('insert into t values (?)', (('value-%d' % i,) for i in range(1000)))")
	looped := slices.Clone(data)
	copy(looped[512+8:], []byte{0, 0, 0, 2}) // the second page, the table's root, is its own last child
	for name, test := range map[string][]byte{"cut off": data[:len(data)/2+100], "loop": looped} {
		s := walk(test, Limits{})
		if !strings.Contains(s.texts["t"], "t.v = value-1\n") {
			t.Errorf("%s: rows are missing", name)
		}
		wantProblem(t, s, "damaged or missing pages")
	}
}

func TestTableColumns(t *testing.T) {
	for sql, want := range map[string]string{
		"CREATE TABLE t(a,b)": "a,b",
		"create table t (a text check (a in ('x,y)', \"z\")), -- first, second\n b /* , c */ int, unique (a, b))": "a,b",
		"CREATE TABLE t(`a``b`, [c d], \"e\"\"f\")":                                                               "a`b,c d,e\"f",
		"CREATE TABLE t(a, b as (a * 2), c as (a) stored)":                                                        "a,c",
		"CREATE TABLE t(a, b primary key, c) without rowid":                                                       "b,a,c",
		"CREATE TABLE t(a, \"primary\", c, constraint k primary key (C desc, a)) STRICT, WITHOUT ROWID":           "C,a,primary",
		"CREATE TABLE t(a": "",
		"":                 "",
	} {
		if got := strings.Join(tableColumns(sql), ","); got != want {
			t.Errorf("%s: %q, want %q", sql, got, want)
		}
	}
}
