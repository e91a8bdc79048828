package flow

import (
	"slices"
	"strings"

	"hardcheck/checks/internal/parse/source"
)

// Words of a file about authentication, and of one about texts, where a token is a piece of text.
var (
	authWords  = []string{"oauth", "bearer", "authoriz", "authenticat", "login", "password", "credential", "api_key", "apikey", "jwt", "access_token", "refresh_token", "accesstoken"}
	lexerWords = []string{"lexer", "tokeniz", "tokenis", "parser", "grammar", "syntax", "embedding", "corpus", "nlp", "scanner", "lookahead", "tokens"}
)

// Groups of the words that tell what a file is about.
const (
	aboutAuth marks = 1 << iota
	aboutText
)

var topics = newAutomaton(map[marks][]string{aboutAuth: authWords, aboutText: lexerWords})

// facts is what a whole file says about names in it.
type facts struct {
	auth     bool            // it is about authentication: "token" is a credential, not a piece of text
	items    map[string]bool // names of loop variables: tokens of a stream or a text
	wrapped  map[string]bool // names declared as SecretStr and its like, which show as asterisks
	json     bool            // what its loggers write is encoded
	browser  bool            // it runs in a browser, whose console is no log
	calls    []*source.Expr  // every call, in no order
	paired   bool            // a secret key stands beside each access key, which only names it
	outgoing bool            // it uses the standard library's client
	client   bool            // its requests are those that it makes itself
}

// gather looks through the file once.
func gather(f *source.File) facts {
	out := facts{items: map[string]bool{}, wrapped: map[string]bool{}}
	auth, lexer := 0, 0
	count := func(text string) {
		if len(text) > 200 {
			return
		}
		switch m := topics.scan(text); {
		case m == 0:
		case m&aboutAuth != 0 && m&aboutText != 0:
			auth++
			lexer++
		case m&aboutAuth != 0:
			auth++
		default:
			lexer++
		}
	}
	source.Each(f.Body, func(s *source.Stmt) {
		out.note(s)
		count(s.Name)
		if s.Kind == source.Import {
			count(s.Text)
		}
		source.Walk(s.X, func(x *source.Expr) bool {
			switch x.Kind {
			case source.Name, source.Member, source.Literal, source.Pair:
				count(x.Text)
			case source.Call:
				out.calls = append(out.calls, x)
			}
			if x.Func != nil {
				out.params(x.Func)
			}
			return true
		})
	})
	out.auth = auth >= 2 && auth > 2*lexer
	m := libraries.scan(f.Source)
	out.json, out.paired, out.outgoing = m&encodedLog != 0, m&secretKey != 0, m&httpClient != 0
	out.client = f.Lang == source.Python && m&clientMark != 0 && m&serverMark == 0
	out.browser = f.Lang == source.JavaScript && m&pageMark != 0 && m&nodeMark == 0
	return out
}

// Groups of the words that tell which libraries a file uses, and where it runs.
const (
	encodedLog marks = 1 << iota // what is logged is encoded as JSON
	secretKey                    // a secret key stands beside an access key
	httpClient                   // the standard library's client
	clientMark                   // a file of Python that makes requests
	serverMark                   // one that answers them
	pageMark                     // a script of a page
	nodeMark                     // one of a server
)

var libraries = newAutomaton(map[marks][]string{
	encodedLog: {"JSONRenderer", "JsonFormatter", "NewJSONHandler", "format.json(", "zap.NewProduction", "zerolog", "NewJSONEncoder", "jsonlogger", "require('pino')", "from 'pino'", "bunyan", "LogstashEncoder",
		"JsonLayout", "serialize=True", "json_formatter"},
	secretKey:  {"secret_key", "secret_access_key"},
	httpClient: {"http.client", "httplib"},
	clientMark: {"httpclient", "pycurl", "botocore", "~boto.", "httplib2", "http_wrapper", "http.client", "urllib3", "PreparedRequest", "httpx.Request", "urllib.request", "urllib2", "requests.Request", "HTTPAdapter",
		"scrapy", "ClientSession", "AuthBase"},
	serverMark: {"flask", "django", "fastapi", "starlette", "aiohttp.web", "aiohttp import web", "RequestHandler", "sanic", "bottle", "werkzeug", "webob", "webapp2", "WSGIApplication", "falcon", "pyramid", "quart",
		"cherrypy", "litestar"},
	pageMark: pageWords,
	nodeMark: serverWords,
})

// Words of scripts of pages, and of those of servers.
var (
	pageWords   = []string{"window.", "document.", "localStorage", "sessionStorage", "navigator.", "/browser'", "from 'react'", "from 'vue'", "@angular/core"}
	serverWords = []string{"express", "process.", "createServer", "fastify", "require('http", "from 'http'", "koa", "next/server", "nestjs"}
)

func containsAny(text string, parts ...string) bool {
	return slices.ContainsFunc(parts, func(p string) bool { return strings.Contains(text, p) })
}

func (f *facts) note(s *source.Stmt) {
	if s.Kind == source.Loop {
		for _, name := range s.Names {
			f.items[name] = true
		}
	}
	if s.Kind == source.Var && secretType(s.Type) {
		for _, name := range s.Names {
			f.wrapped[name] = true
		}
	}
	if s.Func != nil {
		f.params(s.Func)
	}
}

func (f *facts) params(fn *source.Function) {
	for _, p := range fn.Params {
		if secretType(p.Type) {
			for _, name := range p.Names {
				f.wrapped[name] = true
			}
		}
	}
}

// secretType reports a type whose values show as asterisks: pydantic's SecretStr, .NET's SecureString, Go's Secret.
func secretType(name string) bool {
	return strings.Contains(name, "SecretStr") || strings.Contains(name, "SecretBytes") || strings.HasSuffix(name, "Secret") || strings.Contains(name, "SecureString") ||
		strings.Contains(name, "GuardedString") || strings.Contains(name, "SecretString") || strings.Contains(name, "Secret[") || strings.Contains(name, "Secret |")
}
