package secrets

import (
	"bytes"
	"encoding/base64"
	"fmt"
	"path"
	"slices"
	"strings"

	"hardcheck/checks"
	"hardcheck/checks/secrets/formats"
	"hardcheck/checks/secrets/scan"
)

// structuredFile is a file whose own structure says what is a credential, known by its name.
type structuredFile struct {
	names []string // of the file, or its last directory and it
	read  func([]byte) []formats.Value
}

var structuredFiles = []structuredFile{
	{[]string{".pgpass", "pgpass.conf", "pgpass"}, formats.Pgpass},
	{[]string{".netrc", "_netrc", "netrc", ".fetchmailrc", "fetchmailrc", ".msmtprc", "msmtprc"}, formats.Netrc},
	{[]string{".git-credentials", "git-credentials", "git/credentials"}, formats.URLLines},
	{[]string{".htpasswd", "htpasswd", ".htdigest", "htdigest", "htusers", ".htusers", "passwd", "proftpdpasswd", "ftpd.passwd"}, formats.HashedLines},
	{[]string{"logins.json"}, formats.SavedLogins},
	{[]string{"mgmt-users.properties", "application-users.properties"}, formats.Properties},
	{[]string{"master.key", "config/credentials.key", "credentials/production.key", "credentials/staging.key", ".erlang.cookie", "hudson.util.Secret", ".vault-token", ".vault_pass", ".vault-password"}, formats.Whole},
}

// structuredByName are those files by the last element of their names.
var structuredByName = func() map[string][]structuredFile {
	byName := map[string][]structuredFile{}
	for _, s := range structuredFiles {
		for _, n := range s.names {
			byName[path.Base(n)] = append(byName[path.Base(n)], structuredFile{[]string{n}, s.read})
		}
	}
	return byName
}()

// is reports whether the path is that of such a file.
func (s structuredFile) is(p string) bool {
	return slices.ContainsFunc(s.names, func(n string) bool { return p == n || strings.HasSuffix(p, "/"+n) })
}

// structuredFinding is what the structure of a file, not a name beside a value, shows to be a credential.
type structuredFinding struct {
	formats.Value
	rule, message string
	precision     checks.Precision
}

// structured reads the text by its own structure.
func structured(t *text, in *inspection) []structuredFinding {
	var found []structuredFinding
	if title := formats.Store(t.Path, t.data); title != "" && !trusts(t.Name()) && t.owns(0) {
		found = append(found, structuredFinding{formats.Value{Kind: formats.Key, Name: title, End: min(len(t.data), 16)}, "key-store",
			capital(article(title)) + " lies in the tree: whoever has a copy can try passwords on it", checks.PrecisionLow})
	}
	if t.binary {
		return found
	}
	add := func(values ...formats.Value) {
		for _, v := range values {
			if f, ok := judged(t, v); ok {
				found = append(found, f)
			}
		}
	}
	for _, s := range structuredByName[t.Name()] {
		if s.is(t.Path) {
			add(s.read(t.data)...)
		}
	}
	switch t.Ext() {
	case ".sql", ".dump", ".psql", ".pgsql", ".mysql", ".bak":
		add(formats.Dump(t.data, columnValue)...)
	case ".ovpn":
		add(formats.Enclosed(t.data)...)
	case ".yml", ".yaml", ".cfg", "":
		if bytes.HasPrefix(t.data, []byte("#cloud-config")) {
			add(formats.CloudInit(t.data)...)
		}
	}
	if in.manifest && t.kind != code && bytes.Contains(t.data, []byte("kind:")) && bytes.Contains(t.data, []byte("ecret")) {
		for _, v := range formats.KubernetesSecrets(t.data) {
			f, ok := judged(t, v)
			if ok = ok && inManifest(t, &f); ok {
				found = append(found, f)
			}
		}
	}
	found = withoutTokens(found, in.tokens)
	return distinct(append(found, hashes(t, in, found)...))
}

// within reports whether one of what was read, in order, overlaps the span.
func within(read []structuredFinding, s span) bool {
	i, _ := slices.BinarySearchFunc(read, s.start, func(f structuredFinding, start int) int { return f.End - start - 1 })
	return i < len(read) && read[i].Start < s.end
}

func (f structuredFinding) bounds() span { return span{f.Start, f.End} }

// hashes are those that their own prefix shows. The rows of a dump are one finding per statement, not one per hash.
func hashes(t *text, in *inspection, read []structuredFinding) []structuredFinding {
	if slices.ContainsFunc(read, func(f structuredFinding) bool { return f.Kind == formats.Hash && f.Count > 0 }) {
		return nil
	}
	var found []structuredFinding
	for _, h := range in.hashes {
		f, ok := judged(t, formats.Value{Kind: formats.Hash, Name: "a user", Start: h.start, End: h.end})
		if !t.kind.configures() && !slices.Contains(hashFiles, strings.TrimRight(t.Name(), "-~")) {
			f.precision = checks.PrecisionLow
		}
		if ok {
			found = append(found, f)
		}
	}
	return found
}

// hashFiles hold the hashes of passwords in use.
var hashFiles = []string{"shadow", "gshadow", "passwd", "master.passwd", ".htpasswd", "htpasswd", "proftpdpasswd", "ftpd.passwd", "users.ldif"}

// trusts reports the name of a store of other people's certificates, which holds no key.
func trusts(name string) bool {
	return strings.HasPrefix(name, "cacerts") || strings.Contains(strings.ToLower(name), "trust")
}

// inManifest judges what a Kubernetes Secret holds by the text behind its base64: what is filled in later is none, and
// a word may be a stand-in.
func inManifest(t *text, f *structuredFinding) bool {
	raw, err := base64.StdEncoding.DecodeString(string(t.data[f.Start:f.End]))
	plain := strings.TrimSpace(string(raw))
	longText := 64 // a file, of which one word says little
	if strings.HasPrefix(plain, "{") {
		longText = 0
	}
	if err != nil || len(plain) < longText && (scan.Template(plain) || scan.Placeholder(plain)) {
		return false
	}
	if len(plain) < longText && classify(plain, "", true) < plainValue && printableASCII(plain) {
		f.precision = checks.PrecisionLow
	}
	return true
}

// columnValue judges what a dump keeps in a column of credentials.
func columnValue(column string, value []byte) (formats.Kind, bool) {
	if len(value) > mostValue {
		return 0, false
	}
	if end, ok := formats.HashAt(value, 0); ok && end == len(value) {
		return formats.Hash, true
	}
	text := string(value)
	if scan.Placeholder(text) {
		return 0, false
	}
	if digest(text) {
		return formats.Hash, true
	}
	class, _ := sense(column, scan.NormalName(column))
	kind := formats.Key
	if class == passwordName || strings.Contains(column, "pass") {
		kind = formats.Password
	}
	worth := classify(text, scan.NormalName(column), true)
	return kind, worth == randomValue || worth == uuidValue || kind == formats.Password && worth > stockValue
}

// digest reports the hexadecimal digests in which passwords are kept: MD5, SHA-1, SHA-256, SHA-512, and MySQL's with
// its asterisk.
func digest(value string) bool {
	hex := strings.TrimPrefix(value, "*")
	if !slices.Contains([]int{32, 40, 64, 128}, len(hex)) {
		return false
	}
	return strings.Trim(hex, "0123456789abcdefABCDEF") == "" && scan.Entropy([]byte(hex)) > 2.5
}

// judged is the finding of a value, unless it is a stand-in.
func judged(t *text, v formats.Value) (structuredFinding, bool) {
	value := string(t.data[v.Start:v.End])
	f := structuredFinding{Value: v, precision: checks.PrecisionMedium}
	if v.Kind != formats.Hash && v.Count == 0 && (scan.Template(value) || scan.Placeholder(value) || masked(value)) {
		return f, false
	}
	if t.example() || t.kind == prose || v.Name == "the saved logins" {
		f.precision = checks.PrecisionLow
	}
	owner := printable(v.Name)
	switch v.Kind {
	case formats.Hash:
		f.rule, f.message = "password-hash", "The hash of "+owner+"'s password is readable: guesses can be tried on it at any speed"
	case formats.Password:
		f.rule, f.message = "password", "The password of "+owner+" is readable: everyone with a copy of the file has it"
		if v.Name == "password" {
			f.message = "A password is readable: everyone with a copy of the file has it"
		}
	default:
		f.rule, f.message = "key", "The key in "+owner+" is readable: everyone with a copy of the file has it"
	}
	return f, true
}

func (f structuredFinding) finding(t *text) checks.Finding {
	value := string(t.data[f.Start:f.End])
	shown := checks.Finding{
		Rule: f.rule, Place: t.place(f.Start, f.End), Attribute: printable(f.Name), Precision: f.precision,
		Expected: "a value from outside the file", Actual: redact(value), Message: f.message, ContentKey: value,
	}
	if f.rule == "key-store" {
		shown.Expected, shown.Actual, shown.ContentKey = "no store of keys in the tree", article(f.Name), ""
	}
	if f.Count > 1 {
		shown.Actual += fmt.Sprintf(" and %d more", f.Count-1)
	}
	return shown
}
