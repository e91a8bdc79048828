package flow

import (
	"maps"
	"slices"
	"strconv"
	"strings"

	"hardcheck/checks/internal/parse/source"
)

// eval is what an expression carries. Calls inside it are looked at on the way.
func (w *follower) eval(x *source.Expr, in *scope) *value {
	if x == nil {
		return nothing
	}
	if w.steps++; w.steps > maxSteps {
		return nothing
	}
	if w.depth++; w.depth > maxExprDepth {
		w.depth--
		return nothing
	}
	v := w.evalKind(x, in)
	w.depth--
	return v
}

func (w *follower) evalKind(x *source.Expr, in *scope) *value {
	switch x.Kind {
	case source.Name:
		return w.name(x, in)
	case source.Literal:
		return &value{known: true, text: x.Text}
	case source.Constant:
		return &value{known: true, text: x.Text, role: isNumber}
	case source.Template:
		var labels []*Label
		for _, part := range x.List {
			labels = with(labels, w.eval(part, in).labels)
		}
		return labelled(labels)
	case source.Member:
		if v := w.field(x, in); v != nil {
			return w.named(v, x.Text, x)
		}
		if w.file.Lang == source.Ruby && x.Text != "" && x.Text[0] >= 'a' && x.Text[0] <= 'z' { // a call without arguments
			return w.call(&source.Expr{Kind: source.Call, Start: x.Start, End: x.End, X: x}, in)
		}
		return w.member(w.eval(x.X, in), x)
	case source.Index:
		return w.index(x, in)
	case source.Slice:
		w.eval(x.Y, in)
		v := w.eval(x.X, in)
		if x.Text == "head" {
			return v
		}
		return labelled(without(v.labels, Credential|Whole))
	case source.Call:
		return w.call(x, in)
	case source.New:
		return w.create(x, in)
	case source.Object, source.Array, source.Unknown:
		return w.collection(x, in)
	case source.Pair:
		return w.pair(x, in)
	case source.Func:
		if w.homes[x.Func] == nil {
			w.homes[x.Func] = in
		}
		if w.needed(x.Func) {
			w.summarise(x.Func, in)
		}
		return &value{fn: x.Func}
	case source.Binary:
		return w.binary(x, in)
	case source.Assign:
		return w.assign(x, in)
	case source.Unary:
		return w.unary(x, in)
	case source.Choice:
		return w.choice(x, in)
	case source.Spread:
		return w.eval(x.X, in)
	case source.Cast:
		v := w.eval(x.X, in)
		if numericType(x.Text) {
			return &value{role: isNumber}
		}
		return v
	}
	return nothing
}

// name is a variable, by what was assigned to it and by what it is called.
func (w *follower) name(x *source.Expr, in *scope) *value {
	if v := in.get(x.Text); v != nil {
		return w.named(v, x.Text, x)
	}
	if fns := w.functions[x.Text]; len(fns) == 1 {
		return &value{fn: fns[0], path: x.Text}
	}
	v := &value{path: bare(x.Text), role: w.table.nameRole(x.Text)}
	if name := w.table.global(x.Text); name != "" {
		v.labels = []*Label{{Kind: Whole | Input, Name: name, At: x.Start}}
		if name == "$_ENV" || name == "ENV" {
			v.labels[0].Kind = Whole
		}
		return split(v)
	}
	return w.named(v, x.Text, x)
}

// split makes one label of each kind.
func split(v *value) *value {
	var out []*Label
	for _, l := range v.labels {
		for _, kind := range []Kind{Credential, Personal, Whole, Input} {
			if l.Kind&kind != 0 {
				c := *l
				c.Kind = kind
				out = append(out, &c)
			}
		}
	}
	v.labels = out
	return v
}

// named adds what a name tells about a value.
func (w *follower) named(v *value, name string, x *source.Expr) *value {
	if v.role == noRole && !v.known {
		v = w.roled(v, name, x)
	}
	switch {
	case v.safe, v.role == isNumber && !v.known, v.fn != nil, v.role == isWrapped, v.role == isLogger:
		return v
	case strings.Contains(strings.ToLower(name), "service") && has(v.labels, Personal): // of an account that is no person
		n := *v
		n.labels = without(v.labels, Personal)
		return &n
	case statusName(name) && has(v.labels, Failure):
		n := *v
		n.labels = without(v.labels, Failure)
		return &n
	case w.naming(name).harmless:
		return &value{labels: without(v.labels, Credential|Personal), role: v.role, path: v.path, safe: true, at: v.at}
	case v.known && (v.global || !looksSecret(v.text)):
		return v
	case v.fields != nil:
		return v
	}
	if v.known && v.role == isNumber {
		return v
	}
	kind := Kind(0)
	switch sure := w.naming(name).sure; {
	case sure == IsCredential, sure == IfAuth && w.facts.auth && !w.facts.items[name]:
		kind = Credential
		if w.facts.wrapped[name] || w.facts.paired && strings.HasSuffix(plain(name), "accesskey") && !strings.Contains(plain(name), "secret") {
			return v
		}
	case w.naming(name).personal && !v.known:
		kind = Personal
	default:
		return v
	}
	if v.role == isException || v.role == isRequest {
		return v
	}
	for _, l := range v.labels {
		if l.Kind == kind {
			return v
		}
	}
	out := *v
	at := v.at
	if at == 0 {
		at = x.Start
	}
	out.labels = with(v.labels, []*Label{{Kind: kind, Name: bare(name), At: at}})
	return &out
}

// naming is what a name tells.
type naming struct {
	sure               Certainty
	personal, harmless bool
}

// naming judges a name once for each file.
func (w *follower) naming(name string) naming {
	n, ok := w.names[name]
	if !ok {
		n = naming{CredentialName(bare(name)), PersonalName(bare(name)), harmlessName(name)}
		w.names[name] = n
	}
	return n
}

// plain is a name in lower case without what joins its words.
func plain(name string) string { return strings.ToLower(strings.ReplaceAll(name, "_", "")) }

// statusName reports the name of a number that an error was turned into.
func statusName(name string) bool {
	lower := strings.ToLower(name)
	return strings.HasSuffix(lower, "status") || strings.HasSuffix(lower, "code")
}

// looksSecret reports a literal that may be the secret itself: a word of some length that is no sentence, no mask and
// no placeholder.
func looksSecret(text string) bool {
	if len(text) < 8 || strings.ContainsAny(text, " \t\n<>{}()%$*") {
		return false
	}
	lower := strings.ToLower(text)
	for _, part := range []string{"password", "secret", "token", "example", "placeholder", "your", "change", "redact", "mask", "xxx", "://", "api_key", "apikey", "/"} {
		if strings.Contains(lower, part) {
			return false
		}
	}
	return true
}

// field is a member of this object, or of one whose members were assigned by name.
func (w *follower) field(x *source.Expr, in *scope) *value {
	if x.X == nil || x.X.Kind != source.Name {
		return nil
	}
	if isThis(x.X.Text) || in.get(x.X.Text) == thisValue {
		return in.get("this." + bare(x.Text))
	}
	return nil
}

func isThis(name string) bool { return name == "this" || name == "self" || name == "$this" }

// member is X.name.
func (w *follower) member(base *value, x *source.Expr) *value {
	if f := base.fields[x.Text]; f != nil {
		return w.named(f, x.Text, x)
	}
	v := &value{path: x.Text}
	if base.path != "" {
		v.path = base.path + "." + x.Text
	}
	if sized[x.Text] {
		return &value{role: isNumber}
	}
	if base.role == isException {
		v.labels = w.failure(base, x.Text)
		v.path = ""
		return v
	}
	if x.Text == "stack" && w.file.Lang == source.JavaScript && exceptionNames[strings.ToLower(base.path)] {
		return &value{labels: []*Label{{Kind: Failure, Name: base.path, At: x.Start, Detail: Trace}}}
	}
	if base.role == isAddress {
		if x.Text == "Path" { // decoded; what else it holds cannot have line ends
			v.labels = []*Label{{Kind: Input, Name: "request.URL.Path", At: x.Start}}
		}
		return v
	}
	if kind := w.sent(base, x.Text); kind != 0 {
		if w.file.Lang == source.Go && x.Text == "URL" {
			v.role = isAddress
			return v
		}
		v.labels = []*Label{{Kind: kind, Name: "request." + bare(x.Text), At: x.Start, Encoded: w.table.encoded[x.Text]}}
		return split(v)
	}
	if kind := w.table.wholePath(v.path); kind != 0 {
		v.labels = []*Label{{Kind: kind, Name: v.path, At: x.Start}}
		return split(v)
	}
	v.role = w.table.nameRole(x.Text)
	v.labels = without(base.labels, Credential|Personal|Whole)
	if decodes(strings.ToLower(x.Text)) {
		v.labels = decoded(v.labels)
	}
	if tails[strings.ToLower(x.Text)] || x.Text == "data" || x.Text == "result" {
		v.labels = without(base.labels, Whole)
	}
	if base.role == isStream {
		v.role = isStream
	}
	if w.enumMember(x) || base.fields != nil && base.path == "" && len(base.fields) > 0 && !has(base.labels, Input|parameter) && harmlessName(x.Text) {
		return v
	}
	if base.role == isWrapped {
		v.role = isWrapped
	}
	if has(base.labels, Whole) {
		return w.keyed(v, x.Text, x)
	}
	return w.named(v, x.Text, x)
}

// sized are members that tell how long a value is, and not what.
var sized = WordSet("length size count Length Count len LongLength byteLength isEmpty empty")

var exceptionNames = WordSet("e err error ex exc exception reason cause")

// failure is what a member of an exception shows.
func (w *follower) failure(base *value, name string) []*Label {
	detail := Message
	switch strings.ToLower(strings.TrimLeft(name, "_")) {
	case "stack", "stacktrace", "backtrace", "full_message", "getstacktrace", "gettraceasstring", "traceback", "tostring", "gettrace", "stacktracetostring", "backtrace_locations", "stack_trace":
		detail = Trace
		if strings.EqualFold(name, "tostring") {
			detail = Text
		}
	case "message", "getmessage", "args", "getlocalizedmessage", "msg", "reason", "detail", "localizedmessage", "innerexception", "cause", "getcause", "inspect", "to_s", "error", "getbaseexception", "errmsg", "getprevious", "sqlmessage":
	default:
		return nil // a code, a status
	}
	var out []*Label
	for _, l := range base.labels {
		c := *l
		if c.Kind == Failure {
			c.Detail = detail
		}
		out = append(out, &c)
	}
	return out
}

// sent is what a member of a request carries. What this program sends no client wrote, but it holds credentials.
func (w *follower) sent(base *value, name string) Kind {
	if base.role != isRequest && base.role != isOutgoing && (!requestPath(base.path) || w.file.Lang == source.Go && !strings.Contains(base.path, ".")) {
		return 0
	}
	kind := w.table.requestField(name)
	if base.role == isOutgoing || w.facts.client || answered(base.path) {
		kind &^= Input
	}
	return kind
}

// answered reports the request of a response: response.request, which this program sent.
func answered(path string) bool {
	parts := strings.Split(path, ".")
	if len(parts) < 2 {
		return false
	}
	switch strings.ToLower(strings.TrimLeft(parts[len(parts)-2], "_")) {
	case "response", "resp", "res", "r":
		return true
	}
	return false
}

func requestPath(path string) bool {
	last := path[strings.LastIndexByte(path, '.')+1:]
	switch strings.ToLower(strings.TrimLeft(last, "_")) {
	case "req", "request", "httprequest", "servletrequest":
		return true
	}
	return false
}

// enumMember reports Class.MEMBER, which is a word and not a value.
func (w *follower) enumMember(x *source.Expr) bool {
	if x.X == nil || x.X.Kind != source.Name || x.Text != strings.ToUpper(x.Text) {
		return false
	}
	root := x.X.Text
	lower := strings.ToLower(root)
	return root != lower && root != strings.ToUpper(root) && !strings.Contains(lower, "config") && !strings.Contains(lower, "setting")
}

// index is X[Y]: an entry of a map by its key, or an element.
func (w *follower) index(x *source.Expr, in *scope) *value {
	base := w.eval(x.X, in)
	key := w.eval(x.Y, in)
	if x.Y != nil && x.Y.Kind == source.Constant {
		if n, err := strconv.Atoi(x.Y.Text); err == nil && n >= 0 && n < len(base.items) {
			return base.items[n]
		}
	}
	if x.Y != nil && (x.Y.Kind == source.Constant || key.role == isNumber) {
		return &value{labels: base.labels, path: base.path}
	}
	if !key.known {
		return labelled(without(base.labels, Credential|Personal|Whole))
	}
	if f := base.fields[key.text]; f != nil {
		return f
	}
	v := &value{labels: decoded(without(base.labels, Credential|Personal|Whole))}
	if w.table.requestItem(base) {
		v.labels = with(v.labels, []*Label{{Kind: Input, Name: "request[" + key.text + "]", At: x.Start}})
	}
	return w.keyed(v, key.text, x)
}

// keyed adds what the key of an entry tells about it: the name of a header, of a field or of a variable.
func (w *follower) keyed(v *value, key string, x *source.Expr) *value {
	if len(key) > 80 || strings.ContainsAny(key, " \n%") {
		return v
	}
	sure := CredentialKey(key)
	if sure == IsCredential || sure == IfAuth && w.facts.auth {
		return &value{labels: with(v.labels, []*Label{{Kind: Credential, Name: key, At: x.Start, Read: true}})}
	}
	if PersonalName(key) {
		return &value{labels: with(v.labels, []*Label{{Kind: Personal, Name: key, At: x.Start, Read: true}})}
	}
	return v
}

// maxItems bounds the lists whose elements are told apart.
const maxItems = 16

// put sets a field and returns the names of all of them.
func (v *value) put(fields []string, key string, field *value) []string {
	if v.fields == nil {
		v.fields = map[string]*value{}
	}
	if v.fields[key] == nil {
		fields = append(fields, key)
	}
	v.fields[key] = field
	return fields
}

func (w *follower) collection(x *source.Expr, in *scope) *value {
	out := &value{at: x.Start}
	allKnown := x.Kind == source.Array && len(x.List) > 0
	var fields []string // in order, so that what is found is the same each time
	for _, item := range x.List {
		v := w.eval(item, in)
		allKnown = allKnown && v.known
		switch {
		case item.Kind == source.Pair && item.Text != "":
			fields = out.put(fields, item.Text, v)
		case item.Kind == source.Spread && x.Kind == source.Object && v.fields != nil: // later entries take the place of these
			for _, key := range slices.Sorted(maps.Keys(v.fields)) {
				fields = out.put(fields, key, v.fields[key])
			}
			out.labels = with(out.labels, without(v.labels, Credential|Personal))
		default:
			out.labels = with(out.labels, v.labels)
		}
		if x.Kind == source.Array && len(x.List) <= maxItems && item.Kind != source.Spread {
			out.items = append(out.items, v)
		}
	}
	for _, key := range fields {
		out.labels = with(out.labels, out.fields[key].labels)
	}
	out.known = allKnown
	return out
}

// pair is an entry, or a named argument: its key tells what it is where its value does not.
func (w *follower) pair(x *source.Expr, in *scope) *value {
	if x.Y != nil {
		w.eval(x.Y, in)
	}
	v := w.eval(x.X, in)
	if x.Text == "" || x.X == nil || has(v.labels, Credential) {
		return v
	}
	switch x.X.Kind {
	case source.Name, source.Member, source.Index:
		if v.role == isRequest {
			return v
		}
		named := w.named(v, x.Text, x.X)
		if named != v || CredentialName(x.Text) == IsCredential {
			return named
		}
		if v.known || v.safe || v.role == isNumber || v.fn != nil {
			return v
		}
		if strings.ContainsAny(x.Text, "-") || strings.EqualFold(x.Text, "authorization") || strings.EqualFold(x.Text, "cookie") {
			return w.keyed(v, x.Text, x.X)
		}
	}
	return v
}

func (w *follower) binary(x *source.Expr, in *scope) *value {
	a := w.eval(x.X, in)
	if x.Text == "<<" {
		return w.append(x, a, in)
	}
	b := w.eval(x.Y, in)
	switch x.Text {
	case "+", "or", "||", "??", "?:", ".":
		if a.known && b.known && x.Text == "+" && len(a.labels)+len(b.labels) == 0 {
			return &value{known: true, text: a.text + b.text}
		}
		if x.Text != "+" && x.Text != "." {
			out := join(a, b)
			if a.known != b.known {
				out = &value{labels: out.labels, role: max(a.role, b.role)}
			}
			return out
		}
		return labelled(with(a.labels, b.labels))
	case "and", "&&":
		return b
	case "%":
		if x.X.Kind == source.Literal || x.X.Kind == source.Template || !has(a.labels, Input) && len(a.labels) == 0 {
			return labelled(with(a.labels, w.formatted(a, x.Y, b, in)))
		}
	case "to":
		return b
	}
	return &value{role: isNumber}
}

// formatted is what is put into a format by %.
func (w *follower) formatted(format *value, y *source.Expr, all *value, in *scope) []*Label {
	if y != nil && y.Kind == source.Call && y.X.Kind == source.Name && y.X.Text == "locals" {
		return nil // a format by names takes only some of them
	}
	if !format.known || y == nil {
		return all.labels
	}
	items := []*source.Expr{y}
	if y.Kind == source.Array {
		items = y.List
	}
	verbs := verbsOf(format.text)
	var out []*Label
	for i, item := range items {
		v := w.quiet(item, in)
		kinds := Kind(0)
		if i < len(verbs) {
			kinds = w.table.verb(verbs[i])
		}
		out = with(out, without(v.labels, kinds))
	}
	return out
}

// quiet is eval of what was looked at already.
func (w *follower) quiet(x *source.Expr, in *scope) *value {
	if x.Kind == source.Spread || x.Kind == source.Func {
		return nothing
	}
	return w.eval(x, in)
}

func (w *follower) unary(x *source.Expr, in *scope) *value {
	v := w.eval(x.X, in)
	switch x.Text {
	case "await", "yield", "&", "*", "@", "clone":
		return v
	case "repr":
		return labelled(without(v.labels, Input))
	case "throw":
		w.throw(v.labels)
		return nothing
	case "return":
		w.current.returns = join(v, w.current.returns)
		return nothing
	}
	return &value{role: isNumber}
}

func (w *follower) choice(x *source.Expr, in *scope) *value {
	w.eval(x.X, in)
	if debugTest(x.X) { // one outcome is for whoever asked for traces
		return labelled(without(with(w.eval(x.Y, in).labels, w.eval(x.Z, in).labels), Failure))
	}
	var out *value
	if x.Func != nil { // statements whose last values are the outcomes
		returns, handler := w.current.returns, w.handler
		w.current.returns, w.handler = nil, nil
		w.run(x.Func.Body, in.branch())
		out = w.current.returns
		w.current.returns, w.handler = returns, handler
	}
	for _, e := range append([]*source.Expr{x.Y, x.Z}, x.List...) {
		if e == nil {
			continue
		}
		v := w.eval(e, in)
		if out == nil {
			out = v
			continue
		}
		known := out.known != v.known
		out = join(out, v)
		if known && len(out.labels) == 0 {
			out.safe = true // one outcome is written here, the other carries nothing
		}
	}
	if out == nil {
		return nothing
	}
	return out
}

// failedName reports a name that errors have in Go.
func failedName(name string) bool { return name == "err" || strings.HasSuffix(name, "Err") }

// roled adds what a name tells about the use of a value.
func (w *follower) roled(v *value, name string, x *source.Expr) *value {
	r := w.table.nameRole(name)
	failed := w.file.Lang == source.Go && failedName(name)
	if r == noRole && !failed || len(v.labels) > 0 && r == isResponse && !has(v.labels, parameter) {
		return v
	}
	c := *v
	c.role = r
	if failed {
		c.role = isException
		c.labels = with(v.labels, []*Label{{Kind: Failure, Name: name, At: x.Start, Detail: Text}})
	}
	return &c
}
