package permissions

import (
	"bytes"
	"fmt"
	"io/fs"

	"hardcheck/checks"
)

// database is a file that by its name is one, and that others may read or write.
type database struct{ *checks.Entry }

var databaseNames = set(".db .sqlite .sqlite3 .db3 .s3db .rdb .mdb .accdb .ldb .kdbx .kdb")

// seeDatabase keeps such files of a system. What root owns and all may read are the indexes of packages; accounts' and
// services' own files hold their users' data.
func seeDatabase(p *checks.Pass, e *checks.Entry) {
	if p.Root() == nil || !e.Mode.IsRegular() || e.From != checks.ModeDisk || e.Mode.Perm()&0o006 == 0 || !databaseNames[e.Ext()] {
		return
	}
	if h := hostOf(p); h.isRoot(e.UID) && e.Mode.Perm()&0o002 == 0 {
		return
	}
	p.Keep(e.Path, database{&checks.Entry{Path: e.Path, Mode: e.Mode, UID: e.UID, GID: e.GID, Size: e.Size}})
}

// databaseMagics begin database files (the offset counts from the file's begin).
var databaseMagics = []struct {
	kind   string
	offset int
	magic  string
}{
	{"SQLite database", 0, "SQLite format 3\x00"}, {"Redis dump", 0, "REDIS0"}, {"Access database", 4, "Standard Jet DB"}, {"Access database", 4, "Standard ACE DB"},
	{"KeePass database", 0, "\x03\xd9\xa2\x9a"}, {"LMDB database", 16, "\xde\xc0\xef\xbe"}, {"Berkeley DB", 12, "\x61\x15\x06\x00"}, {"Berkeley DB", 12, "\x62\x31\x05\x00"},
}

func databaseKind(head []byte) string {
	for _, m := range databaseMagics {
		if len(head) >= m.offset && bytes.HasPrefix(head[m.offset:], []byte(m.magic)) {
			return m.kind
		}
	}
	return ""
}

// judgeDatabases looks at the first bytes of what was kept.
func judgeDatabases(p *checks.Pass) {
	h := hostOf(p)
	var found []checks.Finding
	for _, kept := range p.Kept() {
		d, ok := kept.(database)
		if !ok {
			continue
		}
		head, _ := h.root.ReadFile(d.Path, 32)
		kind := databaseKind(head)
		if kind == "" || h.otherSystem(d.Path) {
			continue
		}
		f := checks.Finding{Subject: checks.Subject{Kind: "database", Name: d.Path}, Place: checks.Place{Path: d.Path}, Attribute: kind, Expected: "mode 0640 or less", Actual: modeText(d.Entry),
			Fix: fmt.Sprintf("chmod o-rwx %[1]s (back: chmod %[2]s %[1]s)", shellPath(d.Path), octal(d.Entry))}
		switch perm := d.Mode.Perm(); {
		case !h.reachable(d.Path):
			p.OK(f.Subject)
			continue
		case perm&0o002 != 0:
			f.Rule, f.Message = "database-writable", "Every user of the machine can change this "+kind
		case perm&fs.FileMode(0o004) != 0:
			f.Rule, f.Message = "database-readable", "Every user of the machine can read this "+kind+" of "+h.userName(d.UID)
		}
		if testPath(d.Path) {
			f.Severity = checks.Low
		}
		found = append(found, f)
	}
	failGrouped(p, found)
}
