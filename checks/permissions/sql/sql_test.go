package sql

import (
	"strings"
	"testing"
)

func TestParse(t *testing.T) {
	for _, c := range []struct{ name, text, want string }{
		{"two", "grant all on t to PUBLIC; select 1", "GRANT ALL ON T TO PUBLIC | SELECT 1"},
		{"comments", "-- grant a;\n/* grant /* b; */ c; */ select 1;", "SELECT 1"},
		{"a string with a statement", "insert into t values ('it''s; GRANT ALL TO PUBLIC')", "INSERT INTO T VALUES ('it's; GRANT ALL TO PUBLIC')"},
		{"dollars", "create function f() as $body$ grant; $x$ $body$ language sql;", "CREATE FUNCTION F () AS '...' LANGUAGE SQL"},
		{"another delimiter", "DELIMITER //\ncreate procedure p() begin select 1; end//\nDELIMITER ;\ngrant x to y;", "CREATE PROCEDURE P () BEGIN SELECT 1; END | GRANT X TO Y"},
		{"a user of MySQL", "GRANT ALL ON *.* TO 'app'@'%' IDENTIFIED BY 's\\'ecret';", "GRANT ALL ON *.* TO 'app'@'%' IDENTIFIED BY '...'"},
		{"a backslash of PostgreSQL", `select 'c:\'; grant a to b;`, `SELECT 'c:\' | GRANT A TO B`},
		{"an escape of PostgreSQL", `select E'\'; grant'; drop x;`, "SELECT E ''; grant' | DROP X"},
		{"psql", "\\set x 'y\nselect 1;", "SELECT 1"},
		{"a parameter", "select $1, $2;", "SELECT $ 1, $ 2"},
	} {
		var parts []string
		for _, s := range Parse(c.text) {
			parts = append(parts, s.Show())
		}
		if got := strings.Join(parts, " | "); got != c.want {
			t.Errorf("%s: %s, want %s", c.name, got, c.want)
		}
	}
}

func FuzzParse(f *testing.F) {
	f.Add("GRANT ALL ON *.* TO 'a'@'%'; DELIMITER //\n$$x$$ /* /* */ `b` E'\\''")
	f.Add("$a$ $$ ' \" \\")
	f.Fuzz(func(t *testing.T, text string) {
		last := -1
		for _, s := range Parse(text) {
			if len(s) == 0 {
				t.Fatal("an empty statement")
			}
			_ = s.Show()
			for _, token := range s {
				if token.Start <= last-1 || token.Start > len(text) {
					t.Fatalf("token at %d after %d", token.Start, last)
				}
				last = token.Start
			}
		}
	})
}
