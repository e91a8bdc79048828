// Package checktest runs checks over fixtures that carry their own expectations, and holds the acceptance suite
// that every check must pass by itself.
//
// A fixture is a txtar archive, testdata/NAME/CASE.txtar, where NAME is the check's ID after the slash. The
// archive's comment holds one instruction a line:
//
//	# free text
//	mode 0666 PATH            change the mode after writing (octal; setuid, setgid and sticky bits too)
//	dir PATH [MODE]           make an empty directory
//	link PATH -> TARGET       make a symbolic link
//	owner UID:GID PATH        change the owner; the case is skipped where the test does not run as root
//	attribute NAME HEX PATH   set an extended attribute; skipped where the system or the account cannot
//	git                       make the tree a git repository with everything committed
//	untracked PATH            with git: leave this path uncommitted
//	removed PATH              with git: remove this path in a second commit
//	message TEXT              with git: the message of the first commit; "<+>" is removed from it
//	rev                       with git: audit HEAD as a git revision instead of the working tree
//	below PATH                audit this directory of the tree; the places of findings are below it
//	param NAME VALUE          set a parameter of the check; a list's words are separated by commas
//	want RULE PLACE [ATTR]    a finding that is expected; PLACE is PATH, PATH:LINE or a URL
//	status STATUS             pass, fail, not-applicable or error; by default fail where a finding is expected
//	url URL                   a site fixture: the base URL; default https://shop.example
//	path [ROLE=]PATH          a site fixture: a page to audit besides /, such as login=/login or not-found=/nothing
//	tls version VERSION       a site fixture: the version of TLS, such as "TLS 1.0"; default "TLS 1.3"
//	tls ends DURATION         a site fixture: how long the certificate still holds, such as 5d
//	tls fault KIND DETAIL     a site fixture: what is wrong with the certificate
//	active PROBE              a site fixture: opt into an active probe
//
// In a file, "want:RULE" anywhere on a line expects a finding of that rule on that line. Every finding must be
// expected and every expectation met. The marker "<+>" is removed from contents, so that a fixture's secret never
// stands whole in the repository.
//
// A site fixture holds answers: a section named "GET https://shop.example/" is the raw HTTP/1.1 response to that
// request. Header fields after the URL ("GET https://shop.example/ Origin: https://evil.example") choose an answer
// for requests that carry them; requests of a signed-in role carry "Authorization: fixture". A section "GET http://shop.example/ refused" is a port that nothing listens on.
// Every other request is answered 404. A section "RAW NAME://probe" is the answer to the raw request of that name, "RAW NAME-N+://probe"
// to those whose name ends in N or a larger number; other raw requests are met with silence.
//
// For a check with Joint the fixture may hold both: the site's answers, and the files of the tree that it is joined with.
package checktest

import (
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"time"

	"golang.org/x/tools/txtar"

	"hardcheck/checks"
)

// fixture is one parsed case.
type fixture struct {
	files []txtar.File
	// configuration is what a policy would give the modules.
	configuration map[checks.Module]any
	modes         []modeOf
	dirs          []modeOf
	links         [][2]string
	owners        []ownerOf
	attributes    [][3]string // name, hexadecimal value, path
	git, rev      bool
	below         string // the directory that is audited, inside the tree
	untracked     []string
	removed       []string
	message       string
	values        checks.Values
	wants         []want
	status        checks.Status
	site          bool
	url           string
	pages         []checks.Page
	active        []string
	tls           checks.TLSState
}

type modeOf struct {
	path string
	mode uint64
}

type ownerOf struct {
	path     string
	uid, gid int
}

// want is one finding expected.
type want struct {
	rule, place, attribute string
}

func (w want) String() string {
	return strings.TrimSpace(fmt.Sprintf("%s at %s %s", w.rule, w.place, w.attribute))
}

var wantMarker = regexp.MustCompile(`want:([a-z0-9-]+)`)

func load(t *testing.T, file string, check *checks.Check) *fixture {
	t.Helper()
	data, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	archive := txtar.Parse(data)
	f := &fixture{values: check.Defaults(), url: "https://shop.example", pages: []checks.Page{{Role: checks.RolePublic, Path: "/"}},
		tls: checks.TLSState{Version: "TLS 1.3"}}
	for number, line := range strings.Split(string(archive.Comment), "\n") {
		if err := f.instruct(strings.TrimSpace(line), check); err != nil {
			t.Fatalf("%s:%d: %v", file, number+1, err)
		}
	}
	for _, section := range archive.Files {
		section.Data = []byte(strings.ReplaceAll(string(section.Data), "<+>", ""))
		f.files = append(f.files, section)
		if strings.Contains(section.Name, "://") {
			f.site = true
			continue
		}
		for i, line := range strings.Split(string(section.Data), "\n") {
			for _, m := range wantMarker.FindAllStringSubmatch(line, -1) {
				f.wants = append(f.wants, want{rule: m[1], place: section.Name + ":" + strconv.Itoa(i+1)})
			}
		}
	}
	if f.status == "" {
		f.status = checks.StatusPass
		if len(f.wants) > 0 {
			f.status = checks.StatusFail
		}
	}
	return f
}

func (f *fixture) instruct(line string, check *checks.Check) error {
	word, rest, _ := strings.Cut(line, " ")
	fields := strings.Fields(rest)
	need := func(n int) error {
		if len(fields) < n {
			return fmt.Errorf("%q needs %d words", word, n)
		}
		return nil
	}
	switch word {
	case "", "#":
		return nil
	case "git":
		f.git = true
		return nil
	case "rev":
		f.rev = true
		return nil
	}
	if err := need(map[string]int{"mode": 2, "owner": 2, "attribute": 3, "param": 2, "want": 2, "link": 3, "tls": 2}[word]); err != nil {
		return err
	}
	switch word {
	case "mode":
		mode, err := strconv.ParseUint(fields[0], 8, 32)
		f.modes = append(f.modes, modeOf{fields[1], mode})
		return err
	case "owner":
		o := ownerOf{path: fields[1]}
		_, err := fmt.Sscanf(fields[0], "%d:%d", &o.uid, &o.gid)
		f.owners = append(f.owners, o)
		return err
	case "attribute":
		f.attributes = append(f.attributes, [3]string(fields[:3]))
	case "dir":
		mode := uint64(0o755)
		if len(fields) > 1 {
			mode, _ = strconv.ParseUint(fields[1], 8, 32)
		}
		f.dirs = append(f.dirs, modeOf{fields[0], mode})
	case "link":
		f.links = append(f.links, [2]string{fields[0], fields[2]})
	case "untracked":
		f.untracked = append(f.untracked, fields...)
	case "removed":
		f.removed = append(f.removed, fields...)
	case "message":
		f.message = strings.ReplaceAll(rest, "<+>", "")
	case "param":
		return f.param(check, fields[0], strings.TrimSpace(strings.TrimPrefix(rest, fields[0])))
	case "want":
		f.wants = append(f.wants, want{fields[0], fields[1], strings.Join(fields[2:], " ")})
	case "status":
		f.status = checks.Status(rest)
	case "below":
		f.below = rest
	case "url":
		f.url = rest
	case "path":
		page, err := checks.ParsePage(rest)
		f.pages = append(f.pages, page)
		return err
	case "active":
		f.active = append(f.active, rest)
	case "tls":
		return f.secure(fields[0], strings.Join(fields[1:], " "))
	default:
		return fmt.Errorf("unknown instruction %q", word)
	}
	return nil
}

// secure sets what the handshake shows.
func (f *fixture) secure(what, text string) error {
	switch what {
	case "version":
		f.tls.Version = text
	case "ends":
		d, err := checks.ParseDuration(text)
		if err != nil {
			return err
		}
		f.tls.NotAfter = time.Now().Add(d.(time.Duration))
	case "fault":
		kind, detail, _ := strings.Cut(text, " ")
		f.tls.Faults = append(f.tls.Faults, checks.CertificateFault{Kind: kind, Detail: detail})
	default:
		return fmt.Errorf("tls %s: expected version, ends or fault", what)
	}
	return nil
}

func (f *fixture) param(check *checks.Check, name, text string) error {
	for _, p := range check.Params {
		if p.Name != name {
			continue
		}
		if p.Kind == checks.ParamList {
			f.values[name] = strings.Split(text, ",")
			return nil
		}
		v, err := p.Parse(text)
		f.values[name] = v
		return err
	}
	return fmt.Errorf("%s has no parameter %q", check.ID, name)
}

// fixtures lists the cases of a check.
func fixtures(t *testing.T, check *checks.Check) []string {
	t.Helper()
	_, name, _ := strings.Cut(check.ID, "/")
	files, err := filepath.Glob(filepath.Join("testdata", name, "*.txtar"))
	if err != nil {
		t.Fatal(err)
	}
	return files
}
