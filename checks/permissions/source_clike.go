package permissions

import (
	"strconv"
	"strings"

	"hardcheck/checks/internal/parse/clike"
)

// javascript judges fs.chmod and its like, process.umask that is set and not only read, and the mode of what fs creates.
func (j *sourceJudge) javascript() {
	j.calls(clike.JavaScript, func(f *clike.File, call *clike.Expr, name string, statement bool) {
		switch strings.TrimSuffix(name, "Sync") {
		case "chmod", "fchmod", "lchmod":
			if len(call.List) > 1 {
				j.clikeMode(f, call, call.List[1], "0o")
			} else if len(call.List) == 1 && call.X.Kind == clike.Member { // a handle's own
				j.clikeMode(f, call, call.List[0], "0o")
			}
		case "umask":
			j.clikeUmask(f, call, statement, "0o")
		case "writeFile", "appendFile", "mkdir", "createWriteStream", "outputFile":
			for _, arg := range call.List {
				for _, p := range arg.Props {
					if bits, written, ok := clikeNumber(p.Value); p.Key == "mode" && ok && bits&0o003 == 0o003 && opens(bits) && !decimalMode(written) {
						j.leave(name+"(... mode: "+written+")", call.Head())
					}
				}
			}
		}
	})
}

func (j *sourceJudge) php() {
	j.calls(clike.PHP, func(f *clike.File, call *clike.Expr, name string, statement bool) {
		switch name {
		case "chmod":
			if len(call.List) > 0 {
				j.clikeMode(f, call, call.List[len(call.List)-1], "0")
			}
		case "umask":
			j.clikeUmask(f, call, statement, "0")
		}
	})
}

// ruby judges File.chmod and FileUtils.chmod, whose mode comes first, and File.umask.
func (j *sourceJudge) ruby() {
	j.calls(clike.Ruby, func(f *clike.File, call *clike.Expr, name string, statement bool) {
		switch name {
		case "chmod", "chmod_R":
			if len(call.List) > 0 {
				j.clikeMode(f, call, call.List[0], "0o")
			}
		case "umask":
			j.clikeUmask(f, call, statement, "0o")
		}
	})
}

// java judges File.setWritable(true, false), which gives everybody the right, and PosixFilePermissions.fromString.
func (j *sourceJudge) java() {
	j.calls(clike.Java, func(f *clike.File, call *clike.Expr, name string, _ bool) {
		switch {
		case name == "setWritable" && len(call.List) == 2:
			j.judged = true
			if call.List[0].Text == "true" && call.List[1].Text == "false" {
				j.fail("world-writable", shownCall(f, call), call.Head(), writableMessage, "setWritable(true, true), and a group's right through PosixFilePermissions. Undo: setWritable(true, false).")
			}
		case name == "fromString" && len(call.List) == 1 && len(call.List[0].Text) == 9 && strings.Trim(call.List[0].Text, "rwx-") == "":
			j.judged = true
			if mode := call.List[0].Text; mode[7] == 'w' {
				j.fail("world-writable", shownCall(f, call), call.Head(), writableMessage, `fromString("`+mode[:7]+"-"+mode[8:]+`"). Undo: fromString("`+mode+`").`)
			}
		}
	})
}

// calls shows every call of a file with the name of what is called, and whether it stands as a statement.
func (j *sourceJudge) calls(language *clike.Language, visit func(f *clike.File, call *clike.Expr, name string, statement bool)) {
	f := clike.Of(j.file, language)
	statements := map[*clike.Expr]bool{}
	var note func(body []*clike.Stmt)
	note = func(body []*clike.Stmt) {
		for _, s := range body {
			if s.Kind == clike.Do && s.X != nil {
				statements[s.X] = true
			}
			note(s.Body)
			note(s.Else)
		}
	}
	note(f.Body)
	clike.Each(f.Body, func(x *clike.Expr) bool {
		if x.Kind == clike.Function {
			note(x.Body)
		}
		if x.Kind == clike.Call && x.X != nil && (x.X.Kind == clike.Name || x.X.Kind == clike.Member) {
			visit(f, x, x.X.Text, statements[x])
		}
		return true
	})
}

// clikeNumber is a number, or a text of octal digits, as a mode.
func clikeNumber(x *clike.Expr) (bits int64, written string, ok bool) {
	if x == nil || x.Kind != clike.Number && x.Kind != clike.String {
		return 0, "", false
	}
	base := 0
	if x.Kind == clike.String {
		base = 8
	}
	bits, err := strconv.ParseInt(strings.ReplaceAll(x.Text, "_", ""), base, 32)
	return bits, x.Text, err == nil
}

func (j *sourceJudge) clikeMode(f *clike.File, call, mode *clike.Expr, octal string) {
	bits, written, ok := clikeNumber(mode)
	if !ok {
		return
	}
	if mode.Kind == clike.String {
		written = "0" + written // never decimal
	}
	j.literal(written, bits, octal, shownCall(f, call), call.Head())
}

// clikeUmask judges a mask that is set for good: one whose old value is kept is put back.
func (j *sourceJudge) clikeUmask(f *clike.File, call *clike.Expr, statement bool, octal string) {
	if len(call.List) != 1 || !statement {
		return
	}
	bits, _, ok := clikeNumber(call.List[0])
	if j.judged = true; ok && bits&0o002 == 0 {
		text := shownCall(f, call)
		j.fail("umask", text, call.Head(), umaskMessage, "umask("+octal+"22), or "+octal+"27. Undo: "+text+".")
	}
}

func shownCall(f *clike.File, call *clike.Expr) string {
	text := strings.Join(strings.Fields(f.Text(call)), " ")
	const most = 80
	if len(text) > most {
		text = strings.ToValidUTF8(text[:most], "") + "..."
	}
	return text
}
