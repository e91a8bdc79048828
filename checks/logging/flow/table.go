package flow

import (
	"slices"
	"strings"

	"hardcheck/checks/internal/parse/source"
)

// table is what the engine knows of one language's libraries.
type table struct {
	lang      *source.Language
	returns   bool            // what a handler returns is an answer
	streams   map[string]bool // calls that print, by their path
	functions map[string]bool // calls that log, by their path
	loggers   map[string]bool // packages and classes whose methods log
	inputs    map[string]bool // members of a request that a client writes
	wholes    map[string]bool // those of them that hold credentials among other things
	paths     map[string]Kind // other wholes, by their path
	sources   map[string]Kind // calls that return something, by their path
	encoded   map[string]bool // inputs that are an address as it was sent
	globals   map[string]bool // variables that hold what a client sent, or the environment
	responses map[string]bool // names of what answers
	answers   map[string]bool // methods of an answer, and functions that make one
	detail    Detail          // the least of an exception that is worth a finding in an answer
}

func tableOf(lang *source.Language) *table {
	if t := tables[lang.ID]; t != nil {
		return t
	}
	return &table{lang: lang}
}

func (t *table) shows(d Detail) bool { return d >= t.detail }

// loggerName reports a name that loggers have.
func loggerName(id string) bool {
	switch lower := strings.Trim(strings.ToLower(bare(id)), "_"); lower {
	case "log", "logger", "logging", "syslog", "console", "slog", "logs":
		return true
	default:
		return strings.HasSuffix(lower, "logger") || strings.HasSuffix(lower, "_log") || strings.HasSuffix(bare(id), "Log")
	}
}

// nameRole is what a name tells about the use of what it holds.
func (t *table) nameRole(name string) role {
	name = bare(name)
	switch {
	case t.loggers[name], loggerName(name):
		return isLogger
	case t.responses[name]:
		return isResponse
	case strings.EqualFold(name, "stdout") || strings.EqualFold(name, "stderr"):
		return isStream
	}
	return noRole
}

// requestField is what a member of a request carries.
func (t *table) requestField(name string) Kind {
	name = bare(name)
	kind := Kind(0)
	if t.inputs[name] {
		kind |= Input
	}
	if t.wholes[name] {
		kind |= Whole
	}
	return kind
}

// wholePath is what a path like "process.env" carries.
func (t *table) wholePath(path string) Kind {
	return t.paths[path]
}

// requestItem reports a request that is indexed itself: Request["name"] of C#.
func (t *table) requestItem(v *value) bool {
	return (t.lang == source.CSharp || t.lang == source.PHP) && (v.role == isRequest || requestPath(v.path))
}

// global names a variable that the language fills with what a client sent, or with the environment.
func (t *table) global(name string) string {
	if t.globals[name] {
		return name
	}
	return ""
}

// source is what a call returns.
func (t *table) source(c *calling) (string, Kind) {
	if kind := t.sources[c.path]; kind != 0 {
		if key, ok := c.key(); ok && kind&Whole != 0 && key != "" {
			return "", 0
		}
		return c.path + "()", kind
	}
	if i := strings.LastIndexByte(c.path, '.'); i >= 0 && !strings.Contains(c.path[:i], "(") {
		if j := strings.LastIndexByte(c.path[:i], '.'); j >= 0 {
			if kind := t.sources[c.path[j+1:]]; kind != 0 {
				return c.path[j+1:] + "()", kind
			}
		}
	}
	return "", 0
}

// stream reports a call that prints.
func (t *table) stream(c *calling) bool {
	if !t.streams[c.path] {
		return false
	}
	for _, a := range c.x.List {
		if a.Kind == source.Pair && a.Text == "file" && dotted(a.X) != "sys.stderr" && dotted(a.X) != "sys.stdout" {
			return false // print(..., file=f)
		}
	}
	if t.lang == source.Go && strings.HasPrefix(c.name, "F") {
		return len(c.args) > 0 && c.args[0].role == isStream
	}
	if t.lang == source.PHP && c.name == "fwrite" {
		return len(c.x.List) > 0 && (c.x.List[0].Text == "STDERR" || c.x.List[0].Text == "STDOUT")
	}
	return true
}

func (t *table) function(c *calling) bool { return t.functions[c.path] }

// skipFirst reports calls whose first argument says where to write.
func (t *table) skipFirst(c *calling) bool {
	return t.lang == source.Go && (c.path == "fmt.Fprint" || c.path == "fmt.Fprintf" || c.path == "fmt.Fprintln") || t.lang == source.PHP && (c.name == "fwrite" || c.name == "syslog")
}

// formatted reports calls whose literal is a format of verbs.
func (t *table) formatted(c *calling) bool {
	if t.lang != source.Go || c == nil {
		return true
	}
	return strings.HasSuffix(c.name, "f")
}

// notLog reports methods of loggers that write nothing, and names of loggers that are something else.
func (t *table) notLog(c *calling) bool {
	lower := strings.ToLower(c.name)
	root := strings.ToLower(dotted(c.x.X.X))
	if lower == "add" && t.lang != source.Ruby || lower == "config" || lower == "group" && t.lang != source.JavaScript || lower == "error" && len(c.args) == 0 {
		return true
	}
	if root == "math" || strings.HasSuffix(root, "math.log") || strings.HasSuffix(root, "np.log") || strings.HasSuffix(root, "torch.log") || lower == "write" && root == "log" {
		return true
	}
	return false
}

// testing reports the log calls of Go's tests.
func (t *table) testing(c *calling) bool {
	if t.lang != source.Go {
		return false
	}
	root := strings.TrimSuffix(c.path, "."+c.name)
	switch root[strings.LastIndexByte(root, '.')+1:] {
	case "t", "b", "tb", "f":
		return true
	}
	return false
}

// handlerLogger reports the context of a proxy or a framework that logs by itself.
func (t *table) handlerLogger(c *calling) bool {
	if t.lang != source.Go || c.x.X.X.Kind != source.Name {
		return false
	}
	return c.x.X.X.Text == "ctx" && (strings.HasSuffix(c.name, "Logf") || strings.HasSuffix(c.name, "Warnf"))
}

// makesLogger reports calls that return a logger.
func (t *table) makesLogger(c *calling) bool {
	lower := strings.ToLower(strings.ReplaceAll(c.name, "_", ""))
	logger := c.recv.role == isLogger || c.recv.role == isJSON
	switch {
	case lower == "getlogger" || lower == "createlogger" || lower == "newlogger" || lower == "loggerfor" || lower == "getloggerfor" || lower == "pino" || lower == "bunyan" ||
		lower == "logger" || lower == "ilogger" || strings.HasSuffix(lower, "logger") && strings.HasPrefix(lower, "new"):
		return true
	case c.path == "logrus.New" || c.path == "Logger.new" || c.path == "zap.NewProduction" || c.path == "zap.NewDevelopment" || c.path == "zap.NewExample" || c.path == "zap.L" || c.path == "zap.S" ||
		c.path == "Logging.logger" || c.path == "TracePoint" || lower == "tracesource" || lower == "eventlog" || lower == "streamhandler":
		return true
	case logger && (fluent[lower] || lower == "v" || lower == "sugar" || lower == "desugar" || lower == "default" || lower == "new" || lower == "getchild" || lower == "tagged" ||
		strings.HasPrefix(lower, "at") || lower == "channel" || lower == "stack" || lower == "withname" || lower == "withexception" || len(c.args) == 0 && levelOf(c.name) != ""):
		return true
	}
	return false
}

func (t *table) loggerRole(c *calling) role {
	lower := strings.ToLower(c.name)
	if c.recv.role == isJSON || lower == "pino" || c.path == "bunyan.createLogger" {
		return isJSON
	}
	return isLogger
}

// paramRole is what a parameter is by its name, its type and its function.
func (t *table) paramRole(f *source.Function, i int) role {
	p := &f.Params[i]
	name := ""
	if len(p.Names) > 0 {
		name = bare(p.Names[0])
	}
	typ := strings.TrimSuffix(strings.TrimLeft(p.Type, "*?&"), "?")
	if j := strings.IndexByte(typ, '<'); j > 0 {
		typ = typ[:j]
	}
	switch {
	case strings.HasSuffix(typ, "Logger") || typ == "logging.Logger" || strings.HasSuffix(typ, "logrus.Entry") || strings.HasSuffix(typ, "log.Logger"):
		return isLogger
	case strings.HasSuffix(typ, ".ResponseWriter") || strings.HasSuffix(typ, "ServletResponse") || strings.HasSuffix(typ, "HttpResponse"):
		return isResponse
	case t.lang == source.Go && typ == "http.Request" && f.Name == "RoundTrip":
		return isOutgoing
	case t.lang == source.Go && strings.HasSuffix(typ, "Request"):
		if requestTypes[typ] {
			return isRequest
		}
		return noRole
	case strings.HasSuffix(typ, "Request") && !strings.HasSuffix(typ, "CreateRequest") && (requestPath(name) || typ == "http.Request" || strings.HasSuffix(typ, "ServletRequest") || name == "r"):
		return isRequest
	case typ == "gin.Context" || typ == "echo.Context" || typ == "fiber.Ctx" || typ == "HttpContext" || typ == "ContainerRequestContext" || typ == "WebRequest" || typ == "ServerWebExchange" ||
		typ == "HttpExchange" || typ == "context.Context" && strings.HasPrefix(p.Type, "*"):
		return isRequest
	case requestPath(name) && (t.lang == source.JavaScript || t.lang == source.Python || p.Type == ""):
		return isRequest
	case t.responses[name] && t.lang != source.Python:
		return isResponse
	case loggerName(name) && p.Type == "":
		return isLogger
	}
	return noRole
}

// requestTypes are those that servers of Go are given.
var requestTypes = WordSet("http.Request fasthttp.Request restful.Request events.APIGatewayProxyRequest events.APIGatewayV2HTTPRequest events.LambdaFunctionURLRequest")

// numericTypes hold no text.
var numericTypes = WordSet(`int int8 int16 int32 int64 uint uint8 uint16 uint32 uint64 long short byte double float bool boolean float32 float64 number Integer Long Double
	Float Short Byte Boolean Int Decimal BigDecimal BigInteger UUID Guid uuid.UUID DateTime DateTimeOffset LocalDate LocalDateTime Instant Date datetime date time.Time
	TimeSpan decimal UUID4 EmailStr time.Duration PositiveInt bigint uint ulong ushort sbyte Timestamp`)

func numericType(name string) bool {
	name = strings.TrimSuffix(strings.TrimPrefix(name, "*"), "?")
	if inner, ok := strings.CutPrefix(name, "Optional["); ok {
		name = strings.TrimSuffix(inner, "]")
	}
	name = strings.TrimSuffix(name, " | None")
	return numericTypes[name] || numericTypes[name[strings.LastIndexByte(name, '.')+1:]]
}

// typed adds what a declared type tells about a value.
func (w *follower) typed(v *value, typ string) {
	if typ == "" {
		return
	}
	short := typ
	if i := strings.IndexAny(short, "<["); i > 0 {
		short = short[:i]
	}
	switch {
	case numericType(typ):
		v.role, v.labels = isNumber, nil
	case secretType(typ):
		v.role = isWrapped
	case strings.HasSuffix(short, "Logger") && v.role == noRole || strings.HasSuffix(short, "log.Logger"):
		v.role = isLogger
	case strings.HasSuffix(short, "ServletResponse") || short == "HttpResponse" || short == "http.ResponseWriter":
		v.role = isResponse
	}
}

// ownMethod reports a call of a method of this very object, or of this file's class.
func (t *table) ownMethod(f *source.Expr, recv *value) bool {
	return f.X.Kind == source.Name && (isThis(f.X.Text) || f.X.Text == "cls") || recv == thisValue || recv.path == "" && recv.role == noRole && !recv.known && f.X.Kind != source.Name ||
		f.X.Kind == source.Name && f.X.Text != "" && recv.role == noRole && !t.loggers[f.X.Text] && recv.fields == nil && len(recv.labels) == 0
}

// constructs reports types that show their argument.
func (t *table) constructs(name string) bool {
	return strings.HasSuffix(name, "Error") || strings.HasSuffix(name, "Exception") || shown[name]
}

var shown = WordSet(`String StringBuilder StringBuffer URL URI Uri Buffer StringIO BytesIO StringReader BufferedReader InputStreamReader PrintWriter StringWriter BufferedWriter
	ByteArrayOutputStream PrintStream StreamReader File Path List ArrayList HashMap Map Set Array Dictionary OutputStreamWriter Some Optional of ofNullable Just from asList`)

// handles reports a function whose return value is an answer, and whose arguments a client may write.
func (t *table) handles(f *source.Function, class string) bool {
	for _, n := range f.Notes {
		if routes(noteName(n)) {
			return true
		}
	}
	switch t.lang {
	case source.Python:
		i := 0
		if len(f.Params) > 0 && (f.Params[0].Names[0] == "self" || f.Params[0].Names[0] == "cls") {
			i = 1
		}
		if len(f.Params) > i && f.Params[i].Names[0] == "request" && !strings.HasPrefix(f.Name, "_") && f.Name != "" {
			return i == 0 || httpMethods[f.Name] || strings.Contains(class, "View")
		}
		return i == 1 && httpMethods[f.Name] && (strings.Contains(class, "Resource") || strings.Contains(class, "View") || strings.Contains(class, "Handler"))
	case source.CSharp:
		return f.Name != "" && f.Name != class && (strings.Contains(class, "Controller")) && strings.Contains(f.Result, "Result")
	}
	return false
}

var httpMethods = WordSet("get post put patch delete head options dispatch")

func noteName(n *source.Expr) string {
	for n != nil && n.Kind == source.Call {
		n = n.X
	}
	if n != nil && (n.Kind == source.Name || n.Kind == source.Member) {
		return n.Text
	}
	return ""
}

// routes reports an annotation that makes a function answer requests.
func routes(name string) bool {
	switch name {
	case "route", "get", "post", "put", "patch", "delete", "head", "options", "websocket", "api_view", "errorhandler", "exception_handler", "app_errorhandler", "action", "view", "expose", "middleware":
		return true
	case "Get", "Post", "Put", "Patch", "Delete", "All", "Route", "GET", "POST", "PUT", "DELETE", "PATCH", "Path", "ExceptionHandler":
		return true
	}
	return strings.HasSuffix(name, "Mapping") || strings.HasPrefix(name, "Http") && len(name) < 12
}

// bound are annotations of parameters that a client writes.
var bound = WordSet(`RequestParam PathVariable RequestBody RequestHeader CookieValue ModelAttribute MatrixVariable QueryParam PathParam FormParam HeaderParam CookieParam
	BeanParam RequestPart QueryValue Body Query Param Headers FromQuery FromBody FromRoute FromForm FromHeader Header Path Form Cookie Req`)

// annotated reports a parameter that by its annotation a client writes.
func (t *table) annotated(p *source.Param, answers bool) bool {
	if numericType(p.Type) {
		return false
	}
	if slices.ContainsFunc(p.Notes, func(n *source.Expr) bool { return bound[noteName(n)] }) {
		return true
	}
	return t.lang == source.CSharp && answers && (p.Type == "string" || p.Type == "string?")
}

// routed reports a parameter of a function with a route that the framework fills from the request.
func (t *table) routed(f *source.Function, p *source.Param) bool {
	if len(p.Names) == 0 || numericType(p.Type) || t.lang != source.Python {
		return false
	}
	name := p.Names[0]
	if name == "self" || name == "cls" || name == "request" || p.Rest || slices.ContainsFunc(p.Notes, func(n *source.Expr) bool { return noteName(n) == "Depends" || noteName(n) == "Security" }) ||
		strings.Contains(p.Type, "Depends") {
		return false
	}
	for _, n := range f.Notes {
		if !routes(noteName(n)) || n.Kind != source.Call {
			continue
		}
		for _, a := range n.List {
			if strings.Contains(a.Text, "<"+name+">") || strings.Contains(a.Text, "<string:"+name+">") || strings.Contains(a.Text, "<path:"+name+">") || strings.Contains(a.Text, "{"+name+"}") && p.Type != "" {
				return true
			}
		}
		if p.Type == "str" || p.Type == "Optional[str]" || p.Type == "str | None" {
			return true
		}
	}
	return false
}

// failed reports a parameter that is an exception: of a handler of errors, or by its type.
func (t *table) failed(f *source.Function, i int) bool {
	p := &f.Params[i]
	if len(p.Names) == 0 {
		return false
	}
	name := bare(p.Names[0])
	switch t.lang {
	case source.JavaScript:
		return i == 0 && len(f.Params) > 1 && (name == "err" || name == "error" || name == "e")
	case source.Python:
		return i == len(f.Params)-1 && slices.ContainsFunc(f.Notes, func(n *source.Expr) bool {
			return strings.HasSuffix(noteName(n), "errorhandler") && len(n.List) > 0 && !clientError(dotted(n.List[0])) && n.List[0].Text != "404"
		})
	case source.Go:
		return p.Type == "error"
	}
	typ := p.Type[strings.LastIndexAny(p.Type, ".\\")+1:]
	return (strings.HasSuffix(typ, "Exception") || typ == "Throwable" || typ == "Error") && !clientError(typ)
}
