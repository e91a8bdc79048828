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
	auth    bool            // it is about authentication: "token" is a credential, not a piece of text
	items   map[string]bool // names of loop variables: tokens of a stream or a text
	wrapped map[string]bool // names declared as SecretStr and its like, which show as asterisks
	json    bool            // what its loggers write is encoded
	browser bool            // it runs in a browser, whose console is no log
	calls   []*source.Expr  // every call, in no order
	paired  bool            // a secret key stands beside each access key, which only names it
	client  bool            // its requests are those that it makes itself
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
	for _, mark := range jsonMarks {
		out.json = out.json || strings.Contains(f.Source, mark)
	}
	out.paired = containsAny(f.Source, "secret_key", "secret_access_key", "SECRET_ACCESS_KEY", "secretKey", "SecretKey", "secretAccessKey", "SecretAccessKey")
	out.client = f.Lang == source.Python && containsAny(f.Source, clientMarks...) && !containsAny(f.Source, serverMarks...)
	out.browser = f.Lang == source.JavaScript && inBrowser(f.Source)
	return out
}

// Marks of Python files that make requests, and of those that answer them.
var (
	clientMarks = []string{"httpclient", "pycurl", "botocore", "boto.", "httplib2", "http_wrapper", "http.client", "urllib3", "PreparedRequest", "httpx.Request", "urllib.request", "urllib2", "requests.Request", "HTTPAdapter", "scrapy", "ClientSession", "AuthBase"}
	serverMarks = []string{"flask", "django", "fastapi", "starlette", "aiohttp.web", "aiohttp import web", "RequestHandler", "sanic", "bottle", "werkzeug", "webob", "webapp2", "WSGIApplication", "falcon", "pyramid", "quart", "cherrypy", "litestar"}
)

// inBrowser reports a script of a page: it names what only a browser has, and nothing that only a server has.
func inBrowser(text string) bool {
	return containsAny(text, "window.", "document.", "localStorage", "sessionStorage", "navigator.", "/browser'", `/browser"`, "from 'react'", `from "react"`, "from 'vue'", `from "vue"`, "@angular/core") &&
		!containsAny(text, "express", "process.", "createServer", "fastify", "require('http", `require("http`, "from 'http'", `from "http"`, "koa", "next/server", "nestjs")
}

func containsAny(text string, parts ...string) bool {
	return slices.ContainsFunc(parts, func(p string) bool { return strings.Contains(text, p) })
}

// jsonMarks show that what is logged is encoded as JSON.
var jsonMarks = []string{"JSONRenderer", "JsonFormatter", "JSONFormatter", "NewJSONHandler", "format.json(", "zap.NewProduction", "zerolog", "NewJSONEncoder", "jsonlogger",
	"require('pino')", `require("pino")`, `from 'pino'`, `from "pino"`, "bunyan", "LogstashEncoder", "JsonLayout", "CompactJsonFormatter", "serialize=True", "json_formatter"}

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
