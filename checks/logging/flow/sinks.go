package flow

import (
	"strings"

	"hardcheck/checks/internal/parse/source"
)

// levels are methods of loggers, in lower case and without what says how they take their arguments.
var levels = WordSet(`debug info warn warning error err fatal panic dpanic exit print trace log critical emergency emerg alert notice informational
	information verbose finest finer fine config severe fault exception success wtf silly http dir table group msg output audit unknown
	entering exiting logp logrb line message event out dump writeentry display add write writeline crit`)

// androidLevels are methods of Android's Log.
var androidLevels = WordSet("d i w e v wtf")

// fluent are methods of a logger, or of the event it makes, that add to what is written.
var fluent = WordSet(`str strs any interface msg msgf err errs withfields withfield with named bind contextualize withvalues addkeyvalue addargument setmessage
	withcontext fields object stringer bytes extra withdata fieldsfunc forcontext pushproperty withproperty opt child withoptions`)

// suffixes say how a log call takes its arguments.
var suffixes = []string{"context", "ctx", "async", "depth", "lazy", "ln", "f", "w", "s", "fn", "c"}

// levelOf is the level of a log method, or "".
func levelOf(name string) string {
	lower := strings.ToLower(strings.TrimRight(name, "!?"))
	if levels[lower] {
		return lower
	}
	if rest, ok := strings.CutPrefix(lower, "log"); ok && len(rest) > 2 {
		lower = rest
	} else if rest, ok := strings.CutPrefix(lower, "trace"); ok && rest != "" && levels[rest] {
		return rest
	}
	if levels[lower] {
		return lower
	}
	for range 2 {
		for _, s := range suffixes {
			if head, ok := strings.CutSuffix(lower, s); ok && head != "" {
				if levels[head] {
					return head
				}
				lower = head
				break
			}
		}
	}
	return ""
}

// write looks at a call that may write to a log.
func (w *follower) write(c *calling) {
	to, ok := w.sinkOf(c)
	if !ok {
		return
	}
	exprs, args := c.x.List, c.args
	if c.name == "apply" || c.name == "call" {
		if len(args) == 0 {
			return
		}
		exprs, args = exprs[1:], args[1:]
	}
	if w.table.skipFirst(c) && len(args) > 0 {
		exprs, args = exprs[1:], args[1:]
	}
	w.sink(to, exprs, args, c)
}

// sinkOf says where a call writes.
func (w *follower) sinkOf(c *calling) (Sink, bool) {
	to := Sink{To: ToLog, Name: c.path, At: c.x.Start, End: c.x.End, Level: levelOf(c.name)}
	if c.path == "" {
		to.Name = c.name
	}
	lower := strings.ToLower(c.name)
	if (lower == "apply" || lower == "call") && strings.HasPrefix(c.recv.path, "console.") {
		return to, true
	}
	if w.table.stream(c) {
		to.To = ToStream
		return to, true
	}
	if w.table.function(c) {
		return to, true
	}
	member := c.x.X != nil && c.x.X.Kind == source.Member
	if !member {
		return to, strings.HasPrefix(c.path, "console.") && to.Level != ""
	}
	logger := c.recv.role == isLogger || c.recv.role == isJSON
	to.JSON = c.recv.role == isJSON || w.facts.json
	switch {
	case c.recv.role == isStream && (levelOf(c.name) != "" || lower == "puts" || lower == "<<"):
		to.To = ToStream
		return to, true
	case logger && to.Level != "" && !w.table.notLog(c):
		return to, true
	case logger && fluent[lower] && len(c.args) > 0:
		return to, true
	case logger && androidLevels[lower] && dotted(c.x.X.X) == "Log":
		return to, true
	case strings.HasPrefix(lower, "log") && to.Level != "" && lower != "log" && !w.table.testing(c):
		return to, !w.table.notLog(c) && len(c.args) > 0
	case w.table.handlerLogger(c) && to.Level != "":
		return to, true
	}
	return to, false
}

// skipped are named arguments that are no part of the message.
var skipped = WordSet("exc_info stack_info stacklevel file sep end flush level err nl category")

// sink reports what the arguments of a log call carry.
func (w *follower) sink(to Sink, exprs []*source.Expr, args []*value, c *calling) {
	if !w.sinks[to.At] {
		w.sinks[to.At] = true
		w.result.Sinks = append(w.result.Sinks, to)
	}
	format, verbs := -1, []string(nil)
	for i, a := range args {
		if a.known && strings.Contains(a.text, "%") && a.role != isNumber && w.table.formatted(c) {
			format, verbs = i, verbsOf(a.text)
			if strings.Contains(a.text, "%(") && i+1 < len(exprs) && exprs[i+1].Kind == source.Call && dotted(exprs[i+1]) == "locals()" {
				return // a format by names takes only some of them
			}
			break
		}
	}
	for i, a := range args {
		if i >= len(exprs) {
			break
		}
		x := exprs[i]
		if x.Kind == source.Pair && skipped[x.Text] {
			continue
		}
		labels := a.labels
		if a.fn != nil && x.Kind == source.Func {
			if s := w.summarise(a.fn, w.globals); s.returns != nil {
				labels = without(s.returns.labels, parameter)
			}
		}
		if n := i - format - 1; format >= 0 && n >= 0 && n < len(verbs) {
			labels = without(labels, w.table.verb(verbs[n]))
		}
		w.reach(labels, to, x)
	}
}

// reach reports each kind of label that an argument carries, the worst one first.
func (w *follower) reach(labels []*Label, to Sink, x *source.Expr) {
	if x.Kind == source.Pair {
		x = x.X
	}
	if x == nil {
		return
	}
	for _, l := range labels {
		w.leak(l, to, x)
	}
}

// reply looks at a call that may answer a client.
func (w *follower) reply(c *calling) {
	exprs, ok := w.table.answer(c)
	if !ok || w.file.Lang == source.Python && !w.servesPython(c) {
		return
	}
	to := Sink{To: ToClient, Name: c.path, At: c.x.Start, End: c.x.End, Refusal: w.refuses(c)}
	if to.Name == "" {
		to.Name = c.name
	}
	for i, x := range c.x.List {
		if i < exprs || i >= len(c.args) || x.Kind == source.Pair && skipped[x.Text] {
			continue
		}
		w.answered(to, x, c.args[i].labels)
	}
}

// servesPython leaves out what only looks like an answer: the exception of http.client, a console's write, and the
// responses of programs that make requests.
func (w *follower) servesPython(c *calling) bool {
	switch {
	case c.name == "HTTPException":
		return !w.facts.outgoing
	case strings.HasPrefix(c.path, "self."):
		return containsAny(w.class, "Handler", "View", "Resource", "Endpoint")
	}
	return !w.facts.client
}

// answered reports errors in what a client gets.
func (w *follower) answered(to Sink, x *source.Expr, labels []*Label) {
	for _, l := range labels {
		if l.Kind == Failure && l.Detail == Text && w.file.Lang == source.JavaScript && x.Kind == source.Name && !strings.HasPrefix(to.Name, "reply.") { // Fastify writes what it says alone
			whole := *l
			whole.Detail = Trace
			l = &whole
		}
		w.leak(l, to, x)
	}
}

// answer is a member that is an answer's text where it is assigned. It reports whether it was one.
func (w *follower) answer(target *source.Expr, v *value, at *source.Expr, in *scope) bool {
	switch target.Text {
	case "body", "Content", "content", "statusMessage", "innerHTML", "StatusDescription":
	default:
		return false
	}
	base := w.eval(target.X, in)
	name := dotted(target.X)
	if base.role != isResponse && name != "ctx" && name != "ctx.response" && name != "context" {
		return false
	}
	w.answered(Sink{To: ToClient, Name: name + "." + target.Text, At: at.Start, End: at.End}, at.Y, v.labels)
	return true
}

// guard cleans what a condition shows to be harmless: one of a few texts, digits, a pattern that holds.
func (w *follower) guard(x *source.Expr, holds bool, in *scope) {
	if x == nil {
		return
	}
	switch {
	case x.Kind == source.Unary && (x.Text == "!" || x.Text == "not"):
		w.guard(x.X, !holds, in)
	case x.Kind == source.Binary && (x.Text == "&&" || x.Text == "and") && holds, x.Kind == source.Binary && (x.Text == "||" || x.Text == "or") && !holds:
		w.guard(x.X, holds, in)
		w.guard(x.Y, holds, in)
	case x.Kind == source.Binary && holds && (x.Text == "==" || x.Text == "===" || x.Text == "in"),
		x.Kind == source.Binary && !holds && (x.Text == "!=" || x.Text == "!==" || x.Text == "not in"):
		w.equal(x, in)
	case x.Kind == source.Call && holds && guarding[strings.ToLower(callName(x))]:
		w.checked(x, in)
	}
}

// equal cleans a variable that is one of some literals.
func (w *follower) equal(x *source.Expr, in *scope) {
	a, b := x.X, x.Y
	if a == nil || b == nil {
		return
	}
	if a.Kind == source.Literal {
		a, b = b, a
	}
	if a.Kind == source.Name && (b.Kind == source.Literal || b.Kind == source.Array || x.Text == "in" && b.Kind == source.Name && b.Text == strings.ToUpper(b.Text)) {
		w.clean(a.Text, in)
	}
}

// guarding are functions that tell whether a text is of a kind that begins no line of a log.
var guarding = WordSet(`matches match test isalnum isdigit isnumeric isalpha isdecimal fullmatch ctype_alnum ctype_digit ctype_alpha preg_match is_numeric match? ismatch
	matchstring includes contains containskey has isnumber isinteger isuuid in_array include? isalphanumeric isinstance is_int`)

func callName(x *source.Expr) string {
	if x.X != nil && (x.X.Kind == source.Member || x.X.Kind == source.Name) {
		return x.X.Text
	}
	return ""
}

// checked cleans the variable that such a function was asked about.
func (w *follower) checked(x *source.Expr, in *scope) {
	for _, a := range x.List {
		if a.Kind == source.Literal && (a.Text == ".*" || a.Text == ".+") {
			return // takes line ends for all it says
		}
	}
	member := x.X.Kind == source.Member
	for _, a := range x.List {
		if a.Kind == source.Name {
			w.clean(a.Text, in)
			return
		}
	}
	if name := strings.ToLower(callName(x)); member && x.X.X.Kind == source.Name && name != "includes" && name != "contains" && name != "include?" {
		w.clean(x.X.X.Text, in)
	}
}

// clean drops a client's text from a variable.
func (w *follower) clean(name string, in *scope) {
	if v := in.get(name); v != nil && len(v.labels) > 0 {
		c := *v
		c.labels = without(v.labels, Input)
		in.vars[name] = &c
	}
}
