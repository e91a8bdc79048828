package logging

import (
	"path"
	"slices"
	"strings"

	"hardcheck/checks"
	py "hardcheck/checks/internal/parse/python"
)

// wantsPython chooses Python sources that run in production: not tests and examples.
func wantsPython(e *checks.Entry) bool {
	return (e.Ext() == ".py" || e.Ext() == ".pyw") && !testFile(e.Path)
}

var testDirs = wordSet("test tests testing unittests e2e fixtures testdata example examples sample samples demo demos doc docs")

func testFile(p string) bool {
	name := path.Base(p)
	return strings.HasPrefix(name, "test_") || strings.HasSuffix(name, "_test.py") || name == "conftest.py" || name == "tests.py" ||
		slices.ContainsFunc(strings.Split(path.Dir(p), "/"), func(dir string) bool { return testDirs[dir] })
}

// sink is where a call writes.
type sink int

const (
	noSink   sink = iota
	toLog         // a logger
	toStream      // print and standard error, which service managers log
)

var logMethods = wordSet("debug info warning warn error exception critical fatal log trace success msg notice")

// pythonSink says where a call writes, and at which level.
func pythonSink(call *py.Call) (to sink, level string) {
	switch f := call.Func.(type) {
	case *py.Name:
		if f.ID == "print" && !printsElsewhere(call) || f.ID == "pprint" {
			return toStream, "print"
		}
	case *py.Attribute:
		switch {
		case logMethods[f.Name] && isLogger(f.X):
			return toLog, f.Name
		case f.Name == "warn" && isName(f.X, "warnings"), f.Name == "echo" && (isName(f.X, "click") || isName(f.X, "typer")):
			return toStream, f.Name
		case f.Name == "write" && standardStream(f.X, "stderr"):
			return toStream, f.Name
		}
	}
	return noSink, ""
}

func isName(x py.Expr, id string) bool {
	n, ok := x.(*py.Name)
	return ok && n.ID == id
}

// standardStream reports sys.stdout or sys.stderr, as named. What is written to sys.stdout is a program's result
// more often than a message.
func standardStream(x py.Expr, names ...string) bool {
	a, ok := x.(*py.Attribute)
	return ok && isName(a.X, "sys") && slices.Contains(names, a.Name)
}

// printsElsewhere reports a print into a file that is no standard stream.
func printsElsewhere(call *py.Call) bool {
	for _, a := range call.Args {
		if a.Name == "file" {
			return !standardStream(a.Value, "stdout", "stderr")
		}
	}
	return false
}

// isLogger reports whether an expression is a logger by its name or by how it was made.
func isLogger(x py.Expr) bool {
	for range maxLeakDepth {
		switch n := x.(type) {
		case *py.Name:
			return loggerName(n.ID)
		case *py.Attribute:
			return loggerName(n.Name)
		case *py.Call: // logging.getLogger(...), logger.bind(...), logger.opt(...)
			switch f := n.Func.(type) {
			case *py.Name:
				return strings.EqualFold(strings.ReplaceAll(f.ID, "_", ""), "getlogger")
			case *py.Attribute:
				if strings.EqualFold(strings.ReplaceAll(f.Name, "_", ""), "getlogger") {
					return true
				}
				x = f.X
				continue
			}
		}
		break
	}
	return false
}

func loggerName(id string) bool {
	switch lower := strings.Trim(strings.ToLower(id), "_"); lower {
	case "log", "logger", "logging", "syslog":
		return true
	default:
		return strings.HasSuffix(lower, "logger") || strings.HasSuffix(lower, "_log")
	}
}
