package flow

import (
	"slices"
	"strings"

	"hardcheck/checks/internal/parse/source"
)

// call follows a call: what it writes and where, what it does with its arguments, and what it returns.
func (w *follower) call(x *source.Expr, in *scope) *value {
	c := &calling{x: x, in: in}
	switch f := x.X; {
	case f == nil:
		return nothing
	case f.Kind == source.Member:
		c.name = f.Text
		c.recv = w.eval(f.X, in)
		c.path = dotted(f)
	case f.Kind == source.Name:
		c.name, c.path, c.recv = f.Text, f.Text, nothing
		if v := in.get(f.Text); v != nil {
			c.callee = v
			if v.path != "" && strings.Contains(v.path, ".") {
				c.path = v.path // another name for console.log
				c.name = v.path[strings.LastIndexByte(v.path, '.')+1:]
			}
		}
	default:
		c.callee, c.recv = w.eval(f, in), nothing
	}
	for _, a := range x.List {
		if a.Kind == source.Func && c.iterates() {
			c.args = append(c.args, &value{fn: a.Func})
			continue
		}
		c.args = append(c.args, w.eval(a, in))
	}
	w.write(c)
	w.reply(c)
	if v := w.known(c); v != nil {
		return v
	}
	return w.outcome(c)
}

// calling is one call.
type calling struct {
	x      *source.Expr
	in     *scope
	name   string // the last part of what is called
	path   string // all of it, where it is names alone
	recv   *value // what a method is called on
	callee *value
	args   []*value
}

// all are the labels of the arguments.
func (c *calling) all() []*Label {
	var out []*Label
	for _, a := range c.args {
		out = with(out, a.labels)
	}
	return out
}

// key is the text of the first argument, where that is a literal.
func (c *calling) key() (string, bool) {
	if len(c.args) > 0 && c.args[0].known && c.args[0].role != isNumber {
		return c.args[0].text, true
	}
	return "", false
}

var iterating = WordSet(`map forEach each filter flatMap reduce find some every then catch let also apply run collect select reject times each_with_index
	each_pair tap each_with_object inject ForEach Select Where stream ifPresent peek mapValues use then_apply thenApply onFailure`)

func (c *calling) iterates() bool { return iterating[c.name] }

// dotted is the names of a chain: "this.logger.info". A call inside is "()".
func dotted(x *source.Expr) string {
	switch x.Kind {
	case source.Name:
		return bare(x.Text)
	case source.Member:
		if head := dotted(x.X); head != "" {
			return head + "." + x.Text
		}
		return x.Text
	case source.Call:
		return dotted(x.X) + "()"
	case source.New:
		if x.X != nil {
			return x.X.Text + "()"
		}
	case source.Index:
		return dotted(x.X)
	}
	return ""
}

// unboxing are methods that take a secret out of what would show asterisks.
var unboxing = WordSet("get_secret_value expose_secret ExposeSecret")

// known applies a function of this file, and what a list's method does with a function.
func (w *follower) known(c *calling) *value {
	if c.iterates() {
		for i, a := range c.args {
			if a.fn == nil || c.x.List[i].Kind != source.Func {
				continue
			}
			item := &value{labels: c.recv.labels, path: firstName(a.fn)}
			if w.homes[a.fn] == nil {
				w.homes[a.fn] = c.in
			}
			args := []*value{item}
			if c.name == "reduce" || c.name == "inject" {
				args = []*value{labelled(c.all()), item}
			}
			if c.name == "catch" || c.name == "onFailure" {
				item.labels = []*Label{{Kind: Failure, Name: firstName(a.fn), At: a.fn.Start, Detail: Text}}
				item.role = isException
				w.caughtParam(a.fn)
			}
			r := w.apply(a.fn, args, c.in)
			if c.name == "map" || c.name == "flatMap" || c.name == "collect" || c.name == "Select" || c.name == "then" || c.name == "let" || c.name == "run" ||
				c.name == "reduce" || c.name == "each_with_object" {
				return labelled(r.labels)
			}
			return labelled(c.recv.labels)
		}
	}
	var f *source.Function
	switch {
	case c.callee != nil && c.callee.fn != nil:
		f = c.callee.fn
	case c.x.X.Kind == source.Name || c.x.X.Kind == source.Member && (w.table.ownMethod(c.x.X, c.recv)):
		if fns := w.functions[c.name]; len(fns) == 1 {
			f = fns[0]
		}
	}
	if f == nil {
		return nil
	}
	v := w.apply(f, c.given(f), w.globals)
	if Hides(c.name) {
		return &value{safe: true}
	}
	if len(v.labels) == 0 && !v.known && !v.safe {
		return w.getter(c, v)
	}
	return v
}

// given are the arguments in the order of a function's parameters: those by name, and this object before the others.
func (c *calling) given(f *source.Function) []*value {
	args := c.args
	if len(f.Params) > 0 && len(f.Params[0].Names) == 1 && (f.Params[0].Names[0] == "self" || f.Params[0].Names[0] == "cls") && c.x.X.Kind == source.Member {
		args = append([]*value{nothing}, args...)
	}
	if len(f.Params) == 0 || !slices.ContainsFunc(c.x.List, func(x *source.Expr) bool { return x.Kind == source.Pair && x.Text != "" }) {
		return args
	}
	shift := len(args) - len(c.args)
	out := slices.Clone(args)
	for i, x := range c.x.List {
		if x.Kind != source.Pair || i+shift >= len(args) {
			continue
		}
		at := slices.IndexFunc(f.Params, func(p source.Param) bool { return len(p.Names) == 1 && bare(p.Names[0]) == bare(x.Text) })
		if at < 0 || at == i+shift {
			continue
		}
		for len(out) <= at {
			out = append(out, nothing)
		}
		out[at] = args[i+shift]
		if out[i+shift] == args[i+shift] {
			out[i+shift] = nothing
		}
	}
	return out
}

// caughtParam runs a handler of errors with its parameter as what it is.
func (w *follower) caughtParam(f *source.Function) {
	if w.done[f] != nil || len(f.Params) == 0 || len(f.Params[0].Names) == 0 {
		return
	}
	w.failing[f] = true
}

func firstName(f *source.Function) string {
	if len(f.Params) > 0 && len(f.Params[0].Names) > 0 {
		return bare(f.Params[0].Names[0])
	}
	return ""
}

// getter judges what a function returns by its name.
func (w *follower) getter(c *calling, v *value) *value {
	if v.safe || c.name == "" || c.name[0] == '[' {
		return v
	}
	sure, name := CredentialGetter(c.name)
	if sure == IsCredential || sure == IfAuth && w.facts.auth {
		return &value{labels: with(v.labels, []*Label{{Kind: Credential, Name: name, At: c.x.Start}})}
	}
	if words := NameWords(c.name); len(words) > 1 && getters[words[0]] && PersonalName(strings.Join(words[1:], "_")) {
		return &value{labels: with(v.labels, []*Label{{Kind: Personal, Name: strings.Join(words[1:], "_"), At: c.x.Start}})}
	}
	return v
}

// outcome is what a function that is not in this file returns.
func (w *follower) outcome(c *calling) *value {
	lower := strings.ToLower(c.name)
	if v := w.reading(c, lower); v != nil {
		return v
	}
	if c.path == "runtime.Stack" && len(c.x.List) > 0 {
		w.enrich(c.x.List[0], "", &value{labels: []*Label{{Kind: Failure, Name: "runtime.Stack()", At: c.x.Start, Detail: Trace}}}, c.in)
		return &value{role: isNumber}
	}
	if c.recv.role == isResponse && c.x.X.Kind == source.Member {
		return c.recv
	}
	labels := c.all()
	carried := with(c.recv.labels, labels)
	if decodes(lower) {
		carried = decoded(carried)
		labels = decoded(labels)
	}
	if c.recv.role == isException && c.x.X.Kind == source.Member {
		if lower == "printstacktrace" && len(c.x.List) > 0 {
			w.enrich(c.x.List[0], "", &value{labels: w.failure(c.recv, "stack")}, c.in)
			if c.args[0].role == isResponse {
				w.answered(Sink{To: ToClient, Name: c.path, At: c.x.Start, End: c.x.End}, c.x.List[0], w.failure(c.recv, "stack"))
			}
			for _, inner := range c.args[0].wraps {
				if inner.role == isResponse {
					w.answered(Sink{To: ToClient, Name: c.path, At: c.x.Start, End: c.x.End}, c.x.List[0], w.failure(c.recv, "stack"))
				}
				inner.labels = with(inner.labels, w.failure(c.recv, "stack"))
			}
			return nothing
		}
		if w.file.Lang == source.Go && c.name == "Error" {
			return labelled(w.failure(c.recv, "message"))
		}
		return labelled(w.failure(c.recv, c.name))
	}
	switch {
	case w.file.Lang == source.Go && (c.path == "http.NewRequest" || c.path == "http.NewRequestWithContext"):
		return &value{role: isOutgoing, path: c.path}
	case w.table.makesLogger(c):
		return &value{role: w.table.loggerRole(c), path: c.path}
	case unboxing[c.name] && c.x.X.Kind == source.Member:
		name := c.path[:max(0, strings.LastIndexByte(c.path, '.'))]
		return &value{labels: []*Label{{Kind: Credential, Name: name[strings.LastIndexByte(name, '.')+1:], At: c.x.Start}}}
	case numeric[lower]:
		return &value{role: isNumber}
	case lower == "encode" || lower == "decode":
		return labelled(carried)
	case strings.Contains(lower, "b64") || strings.Contains(lower, "base64") || lower == "btoa" || strings.Contains(lower, "hexlify") || strings.HasSuffix(strings.ToLower(c.path), "base64.encode"):
		return labelled(without(carried, Input))
	case quoting(lower, c.path):
		return labelled(without(carried, Input))
	case strings.Contains(lower, "replace") || replacing[lower]:
		return w.replaced(c, carried)
	case Hides(c.name):
		return &value{safe: true}
	case cutting[lower]:
		return labelled(without(c.recv.labels, Credential|Whole|Personal))
	case formats[lower]:
		return w.format(c)
	case adding[lower] && c.x.X.Kind == source.Member:
		return w.added(c)
	case textual[lower]:
		if c.x.X.Kind == source.Member && len(c.recv.labels) > 0 {
			return &value{labels: with(c.recv.labels, without(labels, everything)), role: c.recv.role}
		}
		return labelled(carried)
	case w.table.constructs(c.name):
		return &value{labels: carried, wraps: own(c.args)}
	}
	if c.x.X.Kind == source.Member && len(c.recv.labels) > 0 {
		if strings.HasPrefix(lower, "is") || strings.HasPrefix(lower, "has") || asking[lower] {
			return &value{role: isNumber}
		}
		kept := without(c.recv.labels, Credential|Personal|Whole|Failure)
		return w.getter(c, labelled(kept))
	}
	return w.getter(c, nothing)
}

// decodes reports functions that take the escapes out of an address.
func decodes(lower string) bool {
	return strings.HasPrefix(lower, "parse") || strings.Contains(lower, "decod") || strings.Contains(lower, "unescape") || strings.Contains(lower, "unquote") || strings.HasSuffix(lower, "searchparams")
}

func decoded(labels []*Label) []*Label {
	out := slices.Clone(labels)
	for i, l := range out {
		if l.Encoded {
			c := *l
			c.Encoded = false
			out[i] = &c
		}
	}
	return out
}

// reading is a call that returns what a client sent, a variable of the environment, or an entry by its key.
func (w *follower) reading(c *calling, lower string) *value {
	if name, kind := w.table.source(c); kind != 0 {
		l := &Label{Kind: kind, Name: name, At: c.x.Start, Detail: Trace}
		v := split(&value{labels: []*Label{l}})
		if kind == Failure {
			v.labels = []*Label{l}
		}
		return v
	}
	if c.recv.role == isAddress {
		if c.name == "Query" {
			return &value{labels: []*Label{{Kind: Input, Name: "request.URL.Query()", At: c.x.Start}}}
		}
		return nothing
	}
	if kind := w.sent(c.recv, c.name); kind != 0 {
		key, ok := c.key()
		if !ok {
			return split(&value{labels: []*Label{{Kind: kind, Name: "request." + c.name, At: c.x.Start, Encoded: w.table.encoded[c.name]}}})
		}
		v := labelled([]*Label{{Kind: Input & kind, Name: key, At: c.x.Start}})
		return w.keyed(split(v), key, c.x)
	}
	if lookups[lower] {
		if key, ok := c.key(); ok {
			if f := c.recv.fields[key]; f != nil {
				return f
			}
			labels := decoded(without(c.recv.labels, Credential|Personal|Whole))
			if has(c.recv.labels, Input) || c.recv.role == isRequest {
				labels = with(labels, []*Label{{Kind: Input, Name: key, At: c.x.Start}})
			}
			return w.keyed(labelled(labels), key, c.x)
		}
		if c.x.X.Kind == source.Member && len(c.recv.labels) > 0 {
			return labelled(without(c.recv.labels, Credential|Personal|Whole))
		}
	}
	return nil
}

// replaced is a text in which something was replaced: line ends, so that nobody can begin a line of the log, or every
// character.
func (w *follower) replaced(c *calling, carried []*Label) *value {
	labels := c.recv.labels
	if len(labels) == 0 {
		labels = carried
	}
	if old, new := w.pattern(c); old != nil && has(old.labels, Credential|Personal) && new.known {
		return labelled(without(labels, Credential|Personal)) // the secret itself is what is replaced
	}
	for i, a := range c.x.List {
		if i > 2 {
			break
		}
		text := a.Text
		switch {
		case a.Kind == source.Call || a.Kind == source.New:
			for _, inner := range a.List {
				text += inner.Text
			}
		case a.Kind == source.Array:
			for _, inner := range a.List {
				text += inner.Text
			}
		case a.Kind == source.Name || a.Kind == source.Member:
			text = w.quiet(a, c.in).text + w.file.Text(a)
		}
		if a.Kind == source.Constant && strings.HasPrefix(text, "/") && c.name == "replace" && !strings.Contains(text[strings.LastIndexByte(text, '/'):], "g") {
			continue // only the first one
		}
		if everyCharacter(text) {
			return &value{safe: true}
		}
		if lineEnd(text) && (i == 0 || len(c.recv.labels) == 0 && i < 2) && c.name != "sub" || lineEnd(text) && i == 0 && c.name == "sub" && w.file.Lang != source.Ruby {
			return labelled(without(labels, Input))
		}
	}
	return labelled(labels)
}

// pattern is what a call replaces and what it writes instead, by the order of its language's arguments; nil where it
// has too few.
func (w *follower) pattern(c *calling) (old, new *value) {
	at := 0
	if w.file.Lang == source.Go && strings.HasPrefix(c.path, "strings.") || strings.HasPrefix(c.path, "bytes.") {
		at = 1
	}
	if len(c.args) < at+2 {
		return nil, nil
	}
	return c.args[at], c.args[at+1]
}

// lineEnd reports a text or a pattern that takes line ends.
func lineEnd(text string) bool {
	if text == "" {
		return false
	}
	for _, part := range []string{"\n", "\r", `\n`, `\r`, `\s`, `[^`, `\W`, "NewLine", "lineSeparator", "PHP_EOL", "%0a", `\R`, `\p{C`, `\x00-`, `\u000`, "cntrl", "os.linesep"} {
		if strings.Contains(text, part) {
			return true
		}
	}
	return false
}

// everyCharacter reports a pattern that takes every character.
func everyCharacter(text string) bool {
	text = strings.TrimSuffix(strings.TrimPrefix(strings.TrimRight(text, "gimsuy"), "/"), "/")
	switch text {
	case ".", ".+", ".*", `\S`, `\w`, `[\s\S]`, "(?s).", `\w+`, `[a-zA-Z0-9]`:
		return true
	}
	return false
}

// format is a format with values put into it.
func (w *follower) format(c *calling) *value {
	for i, a := range c.x.List {
		if a.Kind == source.Spread && a.X != nil && dotted(a.X) == "locals()" && i < len(c.args) {
			return labelled(c.recv.labels) // a format by names takes only some of them
		}
	}
	at := -1
	for i, a := range c.args {
		if a.known && a.role != isNumber && (at < 0 || strings.Contains(a.text, "%") && !strings.Contains(c.args[at].text, "%")) {
			at = i
		}
	}
	out := c.recv.labels
	if len(c.x.X.Text) > 0 && c.recv.known { // "{}".format(x)
		at = -1
	}
	var verbs []string
	if at >= 0 {
		verbs = verbsOf(c.args[at].text)
	}
	for i, a := range c.args {
		kinds := Kind(0)
		if n := i - at - 1; at >= 0 && n >= 0 && n < len(verbs) {
			kinds = w.table.verb(verbs[n])
		}
		out = with(out, without(a.labels, kinds))
	}
	return labelled(out)
}

// added puts arguments into what the method is called on: a list, a map, a builder.
func (w *follower) added(c *calling) *value {
	v := labelled(c.all())
	key, ok := c.key()
	if ok && len(c.args) == 2 {
		v = c.args[1]
	} else {
		key = ""
	}
	if f, member := c.x.X, c.x.X.Kind == source.Member; member {
		w.enrich(f.X, key, v, c.in)
	}
	return &value{labels: with(c.recv.labels, v.labels), role: c.recv.role, fields: c.recv.fields}
}

// append is X << Y of Ruby: into a list, a text or a logger.
func (w *follower) append(x *source.Expr, a *value, in *scope) *value {
	b := w.eval(x.Y, in)
	if a.role == isLogger || a.role == isJSON || a.role == isStream {
		to := ToLog
		if a.role == isStream {
			to = ToStream
		}
		w.sink(Sink{To: to, Name: dotted(x.X) + " <<", At: x.Start, End: x.End}, []*source.Expr{x.Y}, []*value{b}, nil)
		return a
	}
	if w.file.Lang != source.Ruby {
		return &value{role: isNumber}
	}
	w.enrich(x.X, "", b, in)
	return labelled(with(a.labels, b.labels))
}

// create is new Type(arguments), or a composite literal.
func (w *follower) create(x *source.Expr, in *scope) *value {
	c := &calling{x: x, in: in, recv: nothing}
	if x.X != nil {
		c.name = x.X.Text
		c.path = "new " + c.name
	}
	out := w.collection(&source.Expr{Kind: source.Object, Start: x.Start, End: x.End, List: x.List}, in)
	for _, a := range x.List {
		c.args = append(c.args, w.quiet(a, in))
	}
	w.reply(c)
	switch {
	case w.table.makesLogger(c):
		return &value{role: w.table.loggerRole(c)}
	case numericType(c.name):
		return &value{role: isNumber}
	case out.fields != nil:
		return out
	case c.name == "URL" || decodes(strings.ToLower(c.name)):
		return labelled(decoded(out.labels))
	case w.table.constructs(c.name):
		return &value{labels: out.labels, wraps: own(c.args)}
	}
	return &value{labels: without(out.labels, Whole|Input|Personal|Failure), wraps: own(c.args)}
}

// own are the values that belong to this file alone: what is shared must not be written to.
func own(list []*value) []*value {
	return slices.DeleteFunc(slices.Clone(list), func(v *value) bool { return v == nothing || v == thisValue })
}
