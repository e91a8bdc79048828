package permissions

import (
	"slices"
	"strconv"
	"strings"

	"hardcheck/checks/internal/parse/python"
)

// python judges os.chmod, os.fchmod, os.lchmod and pathlib's chmod, a umask that is set and not only read, archives that are
// unpacked with their modes, and Django's modes of uploads. The mode of mkdir and open is left to the umask, and judged with it.
func (j *sourceJudge) python() {
	scope := python.NewScope(python.Of(j.file), nil)
	archives := tarfiles(scope)
	scope.Each(func(s *python.Scope, n python.Node) {
		if statement, ok := n.(*python.ExprStmt); ok {
			j.pythonUmask(s, statement)
		}
		call, ok := n.(*python.Call)
		if !ok {
			return
		}
		j.unpack(s, call, archives)
		if mode, ok := chmodArgument(s, call); ok {
			j.judged = true
			v := s.Eval(mode)
			if bits, ok := v.V.(int64); ok && v.Known && !v.Dynamic {
				start, _ := call.Span()
				j.literal(s.Raw(mode), bits, "0o", s.Raw(call), start)
			}
		}
	})
	if strings.Contains(j.file.Text(), "INSTALLED_APPS") {
		j.uploads(scope)
	}
}

// chmodArgument is the mode that a call sets.
func chmodArgument(s *python.Scope, call *python.Call) (python.Expr, bool) {
	if len(call.Args) == 0 {
		return nil, false
	}
	mode := call.Args[len(call.Args)-1]
	switch name := s.Qualified(call.Func); {
	case (name == "os.chmod" || name == "os.fchmod" || name == "os.lchmod") && len(call.Args) > 1:
		if mode.Name != "" && mode.Name != "mode" {
			mode = call.Args[1]
		}
	default:
		if a, ok := call.Func.(*python.Attribute); !ok || a.Name != "chmod" || len(call.Args) != 1 || name == "os.chmod" {
			return nil, false
		}
	}
	return mode.Value, true
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

// tarfiles are the names that tarfile.open is bound to.
func tarfiles(scope *python.Scope) map[string]bool {
	out := map[string]bool{}
	note := func(s *python.Scope, target, x python.Expr) {
		if name, ok := target.(*python.Name); ok && isTarfile(s, x) {
			out[name.ID] = true
		}
	}
	scope.Each(func(s *python.Scope, n python.Node) {
		switch n := n.(type) {
		case *python.Assign:
			if len(n.Targets) == 1 {
				note(s, n.Targets[0], n.Value)
			}
		case *python.With:
			for _, item := range n.Items {
				note(s, item.Target, item.X)
			}
		}
	})
	return out
}

func isTarfile(s *python.Scope, x python.Expr) bool {
	call, ok := x.(*python.Call)
	return ok && slices.Contains([]string{"tarfile.open", "tarfile.TarFile", "tarfile.TarFile.open"}, s.Qualified(call.Func))
}

// unpack judges extractall of a tar archive: before Python 3.14 it takes over modes, setuid bits included, and as root the
// owners, unless a filter or a choice of members says otherwise (PEP 706).
func (j *sourceJudge) unpack(s *python.Scope, call *python.Call, archives map[string]bool) {
	a, ok := call.Func.(*python.Attribute)
	if !ok || a.Name != "extractall" {
		return
	}
	name, named := a.X.(*python.Name)
	if !(named && archives[name.ID]) && !isTarfile(s, a.X) {
		return
	}
	j.judged = true
	filter := ""
	for i, arg := range call.Args {
		if arg.Name == "members" || arg.Name == "" && i == 1 {
			return
		}
		if arg.Name == "filter" {
			filter = s.Raw(arg.Value)
		}
	}
	if filter != "" && !strings.Contains(filter, "fully_trusted") {
		return
	}
	start, _ := call.Span()
	j.fail("archive-modes", s.Raw(call), start, "Setuid bits and world-writable files of the archive are taken over, and as root its owners; before Python 3.14 that is the default",
		`Add filter="data". Undo: remove it.`)
}

// uploads judges the modes that Django gives what its users upload.
func (j *sourceJudge) uploads(scope *python.Scope) {
	for _, name := range []string{"FILE_UPLOAD_PERMISSIONS", "FILE_UPLOAD_DIRECTORY_PERMISSIONS"} {
		b, ok := scope.Lookup(name)
		bits, number := b.Value.V.(int64)
		if !ok || !number || !b.Value.Known || b.Value.Dynamic || b.Stmt == nil || b.Expr == nil {
			continue
		}
		start, _ := b.Stmt.Span()
		j.literal(scope.Raw(b.Expr), bits, "0o", name+" = "+scope.Raw(b.Expr), start)
	}
}
