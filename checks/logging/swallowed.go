package logging

import (
	"strings"

	"hardcheck/checks"
	py "hardcheck/checks/internal/parse/python"
	"hardcheck/checks/logging/flow"
)

func swallowedExceptions() *checks.Check {
	return &checks.Check{
		ID:    "logging/swallowed-exceptions",
		Title: "Unexpected errors are logged or handled",
		Why: "An attack shows as errors that nobody expected. Code that catches everything and says nothing hides them, and goes on " +
			"as if the step that failed, such as a check of a permission, had succeeded.",
		Fix:        "Catch the exception that is expected, by name. Where anything may come, log it: logger.exception(...) keeps the trace.",
		Expected:   "No handler of every exception is empty",
		Rollback:   "Restore the handler; the log line can be taken to a lower level instead",
		Absent:     "No Python exception handler was found outside tests",
		References: []string{"CWE-390", "CWE-703", "CWE-778", "ASVS 16.3.4", "ASVS 16.5.3"},
		Severity:   checks.High,
		Rules: []checks.Rule{
			{ID: "security-check", Title: "A security check goes on after any error", Severity: checks.High, Precision: checks.PrecisionMedium,
				Fix: "Refuse on any error that is not expected, and log it."},
			{ID: "everything", Title: "Every exception is swallowed, also interrupts and exits", Severity: checks.Medium},
			{ID: "any-error", Title: "Every error is swallowed without a word", Severity: checks.Medium},
			{ID: "cleanup", Title: "Errors while cleaning up are swallowed", Severity: checks.Info},
		},
		Wants: wantsCode,
		File:  swallowedFile,
	}
}

func swallowedFile(p *checks.Pass, f *checks.File) error {
	if f.Binary() || f.Ext() != ".py" {
		return nil
	}
	w := swallowWalk{pass: p, file: f, module: py.Of(f)}
	w.block(w.module.Body, "")
	return nil
}

type swallowWalk struct {
	pass   *checks.Pass
	file   *checks.File
	module *py.Module
}

// block looks at statements of the function of that name.
func (w *swallowWalk) block(body []py.Stmt, function string) {
	for i, stmt := range body {
		inner := function
		switch n := stmt.(type) {
		case *py.Function:
			inner = n.Name
		case *py.Try:
			for _, h := range n.Handlers {
				w.handler(n, h, function, body[i+1:])
			}
		case *py.With:
			w.suppressed(n, function)
		}
		for _, b := range py.Blocks(stmt) {
			w.block(b, inner)
		}
	}
}

// handler judges one except; rest is what follows the try.
func (w *swallowWalk) handler(try *py.Try, h py.Handler, function string, rest []py.Stmt) {
	place := w.file.Place(h.Span())
	subject := checks.Subject{Kind: "exception handler", Name: place.String()}
	rule := broad(h.Type)
	if rule == "" || !silent(h.Body) || onlyImports(try.Body) {
		w.pass.OK(subject)
		return
	}
	caught := "any exception"
	if h.Type != nil {
		caught = w.module.Text(h.Type)
	}
	if securityFunction(function, try.Body) && falls(h.Body) && !refuses(rest) {
		rule = "security-check"
	}
	w.fail(rule, subject, place, caught, function, try.Body)
}

// suppressed looks for with contextlib.suppress(Exception).
func (w *swallowWalk) suppressed(n *py.With, function string) {
	for _, item := range n.Items {
		call, ok := item.X.(*py.Call)
		if !ok || !isSuppress(call.Func) {
			continue
		}
		place := w.file.Place(call.Span())
		subject := checks.Subject{Kind: "exception handler", Name: place.String()}
		rule, caught := "", ""
		for _, a := range call.Args {
			if r := broad(a.Value); r != "" {
				rule, caught = r, w.module.Text(a.Value)
			}
		}
		if rule == "" || onlyImports(n.Body) {
			w.pass.OK(subject)
			continue
		}
		w.fail(rule, subject, place, caught, function, n.Body)
	}
}

func isSuppress(f py.Expr) bool {
	switch f := f.(type) {
	case *py.Name:
		return f.ID == "suppress"
	case *py.Attribute:
		return f.Name == "suppress" && isName(f.X, "contextlib")
	}
	return false
}

func (w *swallowWalk) fail(rule string, subject checks.Subject, place checks.Place, caught, function string, tried []py.Stmt) {
	message := "Every error of the code above is dropped without a trace"
	severity := checks.Severity(0)
	switch {
	case cleanup(function, tried):
		rule = "cleanup"
		message = "Errors while cleaning up are dropped without a trace"
	case rule == "security-check":
		message = "After any error " + function + " goes on as if nothing had happened"
	case len(tried) == 1 && len(py.Blocks(tried[0])) == 0:
		severity = checks.Low // one step is tried, and all that can fail is that step
	}
	w.pass.Fail(checks.Finding{Rule: rule, Severity: severity, Subject: subject, Place: place, Attribute: function,
		Expected: "a named exception, or a log call", Actual: "except " + caught + " with nothing inside", Message: message})
}

// broad is the rule for what a handler catches, or "" where it names what it expects.
func broad(x py.Expr) string {
	switch x := x.(type) {
	case nil:
		return "everything"
	case *py.Name:
		switch x.ID {
		case "Exception", "StandardError":
			return "any-error"
		case "BaseException":
			return "everything"
		}
	case *py.Attribute:
		if isName(x.X, "builtins") {
			return broad(&py.Name{ID: x.Name})
		}
	case *py.Sequence:
		rule := ""
		for _, item := range x.Items {
			if _, nested := item.(*py.Sequence); nested {
				continue
			}
			if r := broad(item); rule == "" || r == "everything" {
				rule = r
			}
		}
		return rule
	}
	return ""
}

// silent reports a body that does nothing: pass, continue, break, ..., a text, return, return None.
func silent(body []py.Stmt) bool {
	for _, stmt := range body {
		switch n := stmt.(type) {
		case *py.Jump:
			switch n.Word {
			case "pass", "continue", "break":
				continue
			case "return":
				if len(n.Args) == 0 || isNone(n.Args[0]) {
					continue
				}
			}
			return false
		case *py.ExprStmt:
			switch x := n.X.(type) {
			case *py.String:
				if x.Parts == nil {
					continue
				}
			case *py.Constant:
				continue
			}
			return false
		default:
			return false
		}
	}
	return len(body) > 0
}

func isNone(x py.Expr) bool {
	c, ok := x.(*py.Constant)
	return ok && c.Word == "None"
}

// falls reports a silent body that goes on behind the try.
func falls(body []py.Stmt) bool {
	for _, stmt := range body {
		if j, ok := stmt.(*py.Jump); ok && j.Word == "return" {
			return false
		}
	}
	return true
}

// refuses reports statements that deny: nothing, return, return None, return False, raise.
func refuses(rest []py.Stmt) bool {
	if len(rest) == 0 {
		return true
	}
	j, ok := rest[0].(*py.Jump)
	if !ok {
		return false
	}
	if j.Word != "return" || len(j.Args) == 0 {
		return true
	}
	c, ok := j.Args[0].(*py.Constant)
	return ok && c.Word != "True"
}

// onlyImports reports a try that looks whether a module is there.
func onlyImports(body []py.Stmt) bool {
	for _, stmt := range body {
		if _, ok := stmt.(*py.Import); !ok {
			return false
		}
	}
	return true
}

var (
	cleanupFunctions = wordSet("__del__ __exit__ __aexit__ close aclose shutdown cleanup clean_up stop teardown tear_down disconnect terminate kill quit dispose release finalize exit " +
		"atexit on_exit _close _cleanup _shutdown _stop _teardown")
	cleanupCalls = wordSet("close aclose kill terminate unlink remove rmtree rmdir shutdown cancel join stop disconnect release flush quit killpg wait rollback cleanup delete " +
		"__exit__ deactivate detach destroy dispose")
)

// cleanup reports code that gives something back: what fails there is lost anyway.
func cleanup(function string, tried []py.Stmt) bool {
	if cleanupFunctions[function] || strings.HasPrefix(function, "cleanup_") || strings.HasPrefix(function, "close_") {
		return true
	}
	for _, stmt := range tried {
		e, ok := stmt.(*py.ExprStmt)
		if !ok {
			return false
		}
		x := e.X
		if u, ok := x.(*py.Unary); ok && u.Op == "await" {
			x = u.X
		}
		call, ok := x.(*py.Call)
		if !ok {
			return false
		}
		f, ok := call.Func.(*py.Attribute)
		if !ok || !cleanupCalls[f.Name] {
			return false
		}
	}
	return true
}

var (
	securityNames = wordSet("authenticate authorize login check_permission check_permissions has_permission has_permissions is_authenticated is_authorized " +
		"is_allowed check_password check_auth check_access check_csrf check_signature require_login require_auth get_current_user")
	securityCalls = wordSet("verify check validate authenticate authorize decode permission permissions allowed digest require unsign loads")
)

// securityFunction reports a function that decides whether something is allowed, by its name and by what it tries.
func securityFunction(function string, tried []py.Stmt) bool {
	name := strings.ToLower(strings.TrimLeft(function, "_"))
	words := nameWords(name)
	if !securityNames[name] && !(len(words) > 1 && (words[0] == "verify" || words[0] == "validate") && flow.CredentialName(words[len(words)-1]) != flow.NotCredential) {
		return false
	}
	found := false
	py.WalkAll(tried, func(n py.Node) bool {
		if call, ok := n.(*py.Call); ok {
			for _, w := range nameWords(calledName(call)) {
				found = found || securityCalls[w]
			}
		}
		return !found
	})
	return found
}

func isName(x py.Expr, id string) bool {
	n, ok := x.(*py.Name)
	return ok && n.ID == id
}

// calledName is the last part of what is called.
func calledName(call *py.Call) string {
	switch f := call.Func.(type) {
	case *py.Name:
		return f.ID
	case *py.Attribute:
		return f.Name
	}
	return ""
}
