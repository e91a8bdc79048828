package permissions

import (
	"bytes"
	"go/ast"
	"go/parser"
	"go/token"
	"slices"
	"strconv"
	"strings"

	"hardcheck/checks"
	"hardcheck/checks/internal/parse/python"
	"hardcheck/checks/internal/parse/shell"
)

func sourceModes() *checks.Check {
	return &checks.Check{
		ID:         "permissions/source-modes",
		Title:      "Programs and scripts make no file world-writable",
		Why:        "A program that sets such a mode at run time opens files that every audit of the disk found closed: another user of the machine then changes its data or its code.",
		Fix:        "Give the mode that is needed: 0o600 or 0o640 for data, 0o755 for programs, 0o700 for directories; share through a group.",
		Expected:   "No call or command gives others the right to write, and no umask lets them have it",
		Rollback:   "Restore the mode in the code for the one path that another user turns out to write",
		Absent:     "No source in Python, Go or shell sets a mode",
		References: []string{"CWE-732", "CWE-276", "https://man7.org/linux/man-pages/man2/umask.2.html"},
		Severity:   checks.Medium,
		Rules: []checks.Rule{
			{ID: "world-writable", Title: "Code makes a file or directory world-writable", Severity: checks.Medium},
			{ID: "umask", Title: "Code makes what it creates world-writable", Severity: checks.Medium},
		},
		Wants: func(e *checks.Entry) bool {
			ext := e.Ext()
			return e.Mode.IsRegular() && e.Size <= maxSource && (ext == ".py" || ext == ".go" || ext == ".sh" || ext == ".bash")
		},
		File:       sourceModesFile,
		Part:       true,
		NoSettings: true,
	}
}

// maxSource bounds a source file: what is larger was made by a program.
const maxSource = 1 << 20

func sourceModesFile(p *checks.Pass, f *checks.File) error {
	if !slices.ContainsFunc(modeMarks(f.Ext()), func(mark string) bool { return bytes.Contains(f.Data, []byte(mark)) }) {
		return nil
	}
	j := &sourceJudge{pass: p, file: f, subject: checks.Subject{Kind: "source file", Name: f.Path}}
	switch f.Ext() {
	case ".py":
		j.python()
	case ".go":
		j.golang()
	default:
		j.shell()
	}
	if j.judged && !j.failed {
		p.OK(j.subject)
	}
	return nil
}

// modeMarks are in every file of the language that sets a mode: few files are parsed.
func modeMarks(ext string) []string {
	switch ext {
	case ".py":
		return []string{"chmod", "umask"}
	case ".go":
		return []string{".Chmod(", ".Umask("}
	}
	return []string{"chmod", "umask", "install", "mkdir"}
}

// sourceJudge judges one file.
type sourceJudge struct {
	pass           *checks.Pass
	file           *checks.File
	subject        checks.Subject
	judged, failed bool
}

// fail reports a call or command; what tests do on purpose is counted as examined.
func (j *sourceJudge) fail(rule, text string, start int, message, fix string) {
	j.judged = true
	if testPath(j.file.Path) {
		return
	}
	j.failed = true
	place := j.file.Place(start, start)
	place.EndLine, place.EndColumn = 0, 0
	j.pass.Fail(checks.Finding{Rule: rule, Subject: j.subject, Place: place, Attribute: text, Expected: "no write permission for others", Actual: text, Message: message, Fix: fix})
}

const (
	writableMessage = "Every user of the machine can change this from then on, whatever the umask"
	umaskMessage    = "What the process and its children create from then on may be changed by every user of the machine"
)

// opens reports bits with which others write, where no sticky bit keeps them from each other's files.
func opens(bits int64) bool { return bits >= 0 && bits&0o002 != 0 && bits&0o1000 == 0 }

// python judges os.chmod, os.fchmod, os.lchmod and pathlib's chmod, and a umask that is set and not only read. The mode of
// mkdir and open is left to the umask, and judged with it.
func (j *sourceJudge) python() {
	scope := python.NewScope(python.Of(j.file), nil)
	scope.Each(func(s *python.Scope, n python.Node) {
		if statement, ok := n.(*python.ExprStmt); ok {
			j.pythonUmask(s, statement)
		}
		call, ok := n.(*python.Call)
		if !ok || len(call.Args) == 0 {
			return
		}
		mode := call.Args[len(call.Args)-1]
		switch name := s.Qualified(call.Func); {
		case (name == "os.chmod" || name == "os.fchmod" || name == "os.lchmod") && len(call.Args) > 1:
			if mode.Name != "" && mode.Name != "mode" {
				mode = call.Args[1]
			}
		default:
			if a, ok := call.Func.(*python.Attribute); !ok || a.Name != "chmod" || len(call.Args) != 1 || name == "os.chmod" {
				return
			}
		}
		j.judged = true
		v := s.Eval(mode.Value)
		if bits, ok := v.V.(int64); ok && v.Known && !v.Dynamic && opens(bits) {
			start, _ := call.Span()
			j.fail("world-writable", s.Raw(call), start, writableMessage, "Use 0o"+strconv.FormatInt(bits&^0o022, 8)+" here, and chown to the group that writes. Undo: 0o"+strconv.FormatInt(bits, 8)+".")
		}
	})
}

func (j *sourceJudge) pythonUmask(s *python.Scope, statement *python.ExprStmt) {
	call, ok := statement.X.(*python.Call)
	if !ok || len(call.Args) != 1 || s.Qualified(call.Func) != "os.umask" {
		return
	}
	j.judged = true
	v := s.Eval(call.Args[0].Value)
	if bits, ok := v.V.(int64); ok && v.Known && !v.Dynamic && bits&0o002 == 0 {
		start, _ := call.Span()
		j.fail("umask", s.Raw(call), start, umaskMessage, "os.umask(0o022), or 0o027. Undo: os.umask(0o"+strconv.FormatInt(bits, 8)+").")
	}
}

// golang judges os.Chmod and (*os.File).Chmod, to which no umask applies, and syscall.Umask. The 0666 and 0777 that
// os.WriteFile and os.MkdirAll are given by custom are what the umask is for.
func (j *sourceJudge) golang() {
	set := token.NewFileSet()
	file, err := parser.ParseFile(set, "", j.file.Text(), parser.SkipObjectResolution)
	if file == nil || err != nil {
		return
	}
	text := j.file.Text()
	ast.Inspect(file, func(n ast.Node) bool {
		if f, ok := n.(*ast.FuncDecl); ok && strings.Contains(text[set.Position(f.Pos()).Offset:min(len(text), set.Position(f.End()).Offset)], ".RemoveAll(") {
			return false // opens read-only directories to remove them
		}
		x, statement := n.(*ast.ExprStmt)
		if statement {
			n = x.X
		}
		call, ok := n.(*ast.CallExpr)
		if !ok || len(call.Args) == 0 {
			return true
		}
		selector, ok := call.Fun.(*ast.SelectorExpr)
		if !ok || selector.Sel.Name != "Chmod" && selector.Sel.Name != "Umask" {
			return true
		}
		literal, ok := call.Args[len(call.Args)-1].(*ast.BasicLit)
		if !ok || literal.Kind != token.INT {
			return true
		}
		bits, err := strconv.ParseInt(literal.Value, 0, 64)
		shown := selector.Sel.Name + "(... " + literal.Value + ")"
		start := set.Position(call.Pos()).Offset
		switch j.judged = true; {
		case err != nil:
		case selector.Sel.Name == "Chmod" && opens(bits) && !statement:
			j.fail("world-writable", shown, start, writableMessage, "Use 0o"+strconv.FormatInt(bits&^0o022, 8)+" here. Undo: "+literal.Value+".")
		case selector.Sel.Name == "Umask" && statement && bits&0o002 == 0:
			j.fail("umask", shown, start, umaskMessage, "Umask(0o022), or 0o027. Undo: "+shown+".")
		}
		return true
	})
}

// shell judges chmod, install, mkdir -m and umask.
func (j *sourceJudge) shell() {
	commands, _ := shell.Parse(j.file.Text(), nil)
	for _, c := range commands {
		program := c.Program()
		for _, words := range append(shell.Found(program), program) {
			if ch, ok := pathChange(words); ok && ch.mode != "" {
				j.judged = true
				m, known := parseMode(ch.mode)
				if g := m.grant(); known && g.othersWrite && (!g.sticky || ch.recursive) && !deviceTargets(ch.targets) {
					j.fail("world-writable", commandText(words), c.Start, writableMessage, "chmod o-w on these paths, and chgrp with g+w for whoever writes. Undo: "+commandText(words))
				}
			}
			if umaskOpen(words) {
				j.fail("umask", commandText(words), c.Start, umaskMessage, "umask 022, or 027. Undo: "+commandText(words))
			}
		}
	}
}

// deviceTargets reports paths that are all below /dev, /proc or /sys, whose modes last until the next boot.
func deviceTargets(targets []shell.Word) bool {
	for _, t := range targets {
		if !strings.HasPrefix(t.Text, "/dev/") && !strings.HasPrefix(t.Text, "/proc/") && !strings.HasPrefix(t.Text, "/sys/") {
			return false
		}
	}
	return len(targets) > 0
}
