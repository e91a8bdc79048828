package permissions

import (
	"bytes"
	"path"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"go.yaml.in/yaml/v4"

	"hardcheck/checks"
	"hardcheck/checks/internal/parse/yamldoc"
)

func sourceModes() *checks.Check {
	return &checks.Check{
		ID:         "permissions/source-modes",
		Title:      "Programs, scripts and packages make no file world-writable",
		Why:        "A program that sets such a mode at run time opens files that every audit of the disk found closed: another user of the machine then changes its data or its code.",
		Fix:        "Give the mode that is needed: 0o600 or 0o640 for data, 0o755 for programs, 0o700 for directories; share through a group.",
		Expected:   "No call, command, task or package gives others the right to write, and no umask lets them have it",
		Rollback:   "Restore the mode in the code for the one path that another user turns out to write",
		Absent:     "Nothing that sets a mode was found: no such call in source, no task, package or table of the system",
		References: []string{"CWE-732", "CWE-276", "CWE-250", "https://man7.org/linux/man-pages/man2/umask.2.html"},
		Severity:   checks.Medium,
		Rules: []checks.Rule{
			{ID: "world-writable", Title: "Code makes a file or directory world-writable", Severity: checks.Medium},
			{ID: "umask", Title: "Code makes what it creates world-writable", Severity: checks.Medium},
			{ID: "decimal-mode", Title: "A mode is written in decimal", Severity: checks.Medium},
			{ID: "device-open", Title: "Every user may read and write a device", Severity: checks.Low, Precision: checks.PrecisionMedium},
			{ID: "archive-modes", Title: "An archive's own modes are taken over", Severity: checks.Low, Precision: checks.PrecisionMedium},
			{ID: "left-to-umask", Title: "Only the umask keeps others from writing", Severity: checks.Info},
		},
		Wants:      func(e *checks.Entry) bool { return modeReaderOf(e) != nil },
		File:       sourceModesFile,
		Part:       true,
		NoSettings: true,
		Lasting:    true,
	}
}

// maxSource bounds a source file: what is larger was made by a program.
const maxSource = 1 << 20

// modeReader reads one kind of file. A file without any of the marks sets no mode and is not parsed.
type modeReader struct {
	wants func(e *checks.Entry) bool
	marks []string
	read  func(j *sourceJudge)
}

// modeReaders are tried in their order: what a file is for tells more than its ending.
var modeReaders = []modeReader{
	{below("tmpfiles.d", ".conf"), nil, (*sourceJudge).tmpfiles},
	{below("rules.d", ".rules"), []string{"MODE"}, (*sourceJudge).udev},
	{logrotateFile, []string{"create"}, (*sourceJudge).logrotate},
	{ending(".py"), []string{"chmod", "umask", "extractall", "FILE_UPLOAD_"}, (*sourceJudge).python},
	{ending(".go"), []string{".Chmod(", ".Umask(", "0777", "0o777"}, (*sourceJudge).golang},
	{ending(".js", ".mjs", ".cjs", ".ts", ".mts", ".cts"), []string{"chmod", "umask", "mode:"}, (*sourceJudge).javascript},
	{ending(".php"), []string{"chmod", "umask"}, (*sourceJudge).php},
	{ending(".rb"), []string{"chmod", "umask"}, (*sourceJudge).ruby},
	{ending(".java", ".kt"), []string{"setWritable", "PosixFilePermissions"}, (*sourceJudge).java},
	{ending(".sh", ".bash", ".postinst", ".preinst", ".prerm", ".postrm"), shellMarks, (*sourceJudge).shell},
	{nameLike(`^(postinst|preinst|prerm|postrm)$`), shellMarks, (*sourceJudge).shell},
	{nameLike(`^(rules|(GNU)?[Mm]akefile(\..*)?|.*\.mk)$`), shellMarks, (*sourceJudge).makefile},
	{ending(".spec"), []string{"%files", "%install"}, (*sourceJudge).spec},
	{ending(".yml", ".yaml"), []string{"mode", "chmod", "umask", "permissions"}, (*sourceJudge).tasks},
}

var shellMarks = []string{"chmod", "umask", "install", "mkdir", "setfacl"}

func ending(extensions ...string) func(*checks.Entry) bool {
	return func(e *checks.Entry) bool { return slices.Contains(extensions, e.Ext()) }
}

func nameLike(pattern string) func(*checks.Entry) bool {
	name := regexp.MustCompile(pattern)
	return func(e *checks.Entry) bool { return name.MatchString(e.Name()) }
}

func below(dir, ext string) func(*checks.Entry) bool {
	return func(e *checks.Entry) bool { return e.Ext() == ext && path.Base(path.Dir(e.Path)) == dir }
}

func logrotateFile(e *checks.Entry) bool {
	return path.Base(path.Dir(e.Path)) == "logrotate.d" || strings.HasSuffix(e.Name(), ".logrotate") || strings.HasPrefix(e.Name(), "logrotate.")
}

func modeReaderOf(e *checks.Entry) *modeReader {
	if !e.Mode.IsRegular() || e.Size > maxSource {
		return nil
	}
	i := slices.IndexFunc(modeReaders, func(r modeReader) bool { return r.wants(e) })
	if i < 0 {
		return nil
	}
	return &modeReaders[i]
}

func sourceModesFile(p *checks.Pass, f *checks.File) error {
	reader := modeReaderOf(f.Entry)
	if reader.marks != nil && !slices.ContainsFunc(reader.marks, func(mark string) bool { return bytes.Contains(f.Data, []byte(mark)) }) {
		return nil
	}
	j := &sourceJudge{pass: p, file: f, subject: checks.Subject{Kind: "source file", Name: f.Path}}
	reader.read(j)
	j.leftToUmask()
	if j.judged && !j.failed {
		p.OK(j.subject)
	}
	return nil
}

// sourceJudge judges one file.
type sourceJudge struct {
	pass           *checks.Pass
	file           *checks.File
	subject        checks.Subject
	judged, failed bool
	left           []checks.Place // calls whose mode only the umask narrows
	leftText       string         // the first
}

// fail reports a call or command at an offset of the text.
func (j *sourceJudge) fail(rule, text string, start int, message, fix string) {
	place := j.file.Place(start, start)
	place.EndLine, place.EndColumn = 0, 0
	j.failAt(rule, text, place, message, fix)
}

// failAt reports what sets a mode; what tests do on purpose is counted as examined.
func (j *sourceJudge) failAt(rule, text string, place checks.Place, message, fix string) {
	j.judged = true
	if testPath(strings.TrimSuffix(j.file.Path, ".spec")) { // an RPM spec is no test's
		return
	}
	j.failed = true
	expected := "no write permission for others"
	switch rule {
	case "decimal-mode":
		expected = "an octal number"
	case "archive-modes":
		expected = "modes without setuid bits and writing for others"
	}
	j.pass.Fail(checks.Finding{Rule: rule, Subject: j.subject, Place: place, Attribute: text, Expected: expected, Actual: text, Message: message, Fix: fix})
}

const (
	writableMessage = "Every user of the machine can change this from then on, whatever the umask"
	umaskMessage    = "What the process and its children create from then on may be changed by every user of the machine"
)

// opens reports bits with which others write, where no sticky bit keeps them from each other's files.
func opens(bits int64) bool { return bits >= 0 && bits&0o002 != 0 && bits&0o1000 == 0 }

// literal judges a mode as a number is written in a language: octal is its prefix for such numbers, in which modes are shown.
func (j *sourceJudge) literal(written string, bits int64, octal, text string, start int) {
	j.judged = true
	switch {
	case decimalMode(written):
		j.fail("decimal-mode", text, start, decimalMessage(written, bits), "Write "+octal+strings.TrimLeft(written, "0")+". Undo: "+written+".")
	case opens(bits):
		j.fail("world-writable", text, start, writableMessage, "Use "+octal+strconv.FormatInt(bits&^0o022, 8)+" here, and chown to the group that writes. Undo: "+octal+strconv.FormatInt(bits, 8)+".")
	}
}

func decimalMessage(written string, bits int64) string {
	return written + " is decimal here, which is mode " + strconv.FormatInt(bits, 8) + ": not what was meant"
}

// decimalMode reports a decimal number that is a usual mode when it is read as octal, such as 755.
func decimalMode(written string) bool {
	octal, err := strconv.ParseInt(written, 8, 32)
	return err == nil && len(written) == 3 && usualModes[octal]
}

// usualModes are modes that people give files.
var usualModes = map[int64]bool{0o400: true, 0o440: true, 0o444: true, 0o500: true, 0o550: true, 0o555: true, 0o600: true, 0o640: true, 0o644: true,
	0o660: true, 0o664: true, 0o666: true, 0o700: true, 0o740: true, 0o750: true, 0o755: true, 0o770: true, 0o775: true, 0o777: true}

// leave notes a call that creates with a mode which the umask narrows.
func (j *sourceJudge) leave(text string, start int) {
	j.judged = true
	if j.leftText == "" {
		j.leftText = text
	}
	j.left = append(j.left, j.file.Place(start, start))
}

// leftToUmask reports those of a file once.
func (j *sourceJudge) leftToUmask() {
	if len(j.left) == 0 {
		return
	}
	message := "With a umask of 0, as some service managers and containers set it, every user can change what this creates"
	if more := len(j.left) - 1; more > 0 {
		message += " (" + strconv.Itoa(len(j.left)) + " calls in this file)"
	}
	place := j.left[0]
	place.EndLine, place.EndColumn = 0, 0
	j.failAt("left-to-umask", j.leftText, place, message, "Give 0o755, or 0o700 for what is nobody else's. Undo: 0o777.")
}

// node judges a mode in YAML, as text or as a number; name is its key.
func (j *sourceJudge) node(name string, n *yaml.Node) {
	text, ok := yamldoc.Text(n)
	if !ok || yamldoc.Dynamic(n) {
		return
	}
	j.judged = true
	place := yamldoc.Place(j.file, n)
	if value, number := yamldoc.Int(n); number && n.Tag == "!!int" {
		switch {
		case decimalMode(text):
			j.failAt("decimal-mode", name+": "+text, place, decimalMessage(text, value), name+`: "0`+text+`". Undo: `+name+": "+text+".")
			return
		case strings.HasPrefix(text, "0"): // octal, which the parser may have read already
			text = "0" + strings.TrimLeft(text, "0o")
		default:
			text = "0" + strconv.FormatInt(value, 8)
		}
	}
	m, known := parseMode(text)
	if g := m.grant(); known && g.othersWrite && !g.sticky {
		j.failAt("world-writable", name+": "+text, place, writableMessage, name+`: "`+closedMode(text)+`", and the group that writes. Undo: `+name+`: "`+text+`".`)
	}
}

// closedMode is an octal mode without the right to write of others, or what chmod takes for that.
func closedMode(text string) string {
	bits, err := strconv.ParseInt(text, 8, 32)
	if err != nil {
		return "o-w"
	}
	return "0" + strconv.FormatInt(bits&^0o002, 8)
}
