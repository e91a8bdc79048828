package flow

import (
	"strings"

	"hardcheck/checks/internal/parse/source"
)

// Groups of words.
const (
	logCall marks = 1 << iota
	levelCall
	printCall
	risky     // a credential, data about a person, an environment
	tokenRisk // a token, where the file is about authentication
	authentic
	asked     // what a client sent
	shortRisk // short words that also stand inside other words
	failing
	replying  // of Python
	responder // of JavaScript: what answers
	sending   // and how
	onPage    // a script of a page
	onServer  // or of a server
	writesAny // the same for languages whose calls are less regular
	risksAny
	failsAny
	repliesAny
)

// shortWords are names of data about a person that also stand inside other words.
var shortWords = []string{"ssn", "dob", "ccn", "cvv", "cvc", "iban", "card_number"}

// rareLevels are methods that loggers share with much else.
var rareLevels = WordSet("dir table group config message event out dump display add write line unknown")

var words = newAutomaton(map[marks][]string{
	logCall:   {"log.", "logger.", "logging.", "logs.", "logger(", "~log(", "console.", "pino(", "loguru", "structlog", "consola", "signale", "winston.", "trace.", "log[", "console["},
	levelCall: levelCalls(),
	printCall: {"~print(", "~print~(", "pprint(", "stderr.write(", "stdout.write(", "~echo(", "secho(", "warnings.warn(", "util.log(", "util.debug(", "util.error("},
	risky:     riskyWords(),
	tokenRisk: {"token"},
	authentic: authWords,
	asked: {"request.", "request[", "request)", "~req.", "~req)", "~req,", "~req;", "~req~", "flask", "fastapi", "starlette", "bottle", "sanic", "tornado", "aiohttp", "django", "@app", "@router", "route(",
		"getargument", "express", "fastify", "~koa~", "~event."},
	shortRisk:  shortWords,
	failing:    {"except", "catch", ".stack", "~err~", "error"},
	replying:   {"response", "jsonify(", "httpexception(", "abort(", "render", "self.write(", "self.finish(", "senderror(", "wfile.write(", "flask", "fastapi", "@app", "@router", "django"},
	responder:  {"~res.", "~res~", "reply.", "~reply~", "~resp.", "response.", "ctx.", "~h.", "new response("},
	sending:    {".send(", ".end(", ".write(", ".json(", ".jsonp(", ".render(", ".html(", ".text(", ".sendfile(", "ctx.body", "new response(", ".body~"},
	onPage:     pageWords,
	onServer:   serverWords,
	writesAny:  {"log", "print", "console", "stderr", "stdout", "~puts", "warn", "echo(", "spew", "trace", "triggererror", "debug."},
	risksAny:   {"pass", "secret", "token", "key", "jwt", "pwd", "cookie", "header", "env", "req", "param", "$", "url", "authorization", "card", "ssn", "social", "salary", "iban", "phone", "email", "address", "birth", "route", "mapping", "http.", "echo.", "gin.", "fiber."},
	failsAny:   {"catch", "except", "rescue", "stack", "~err~", "err.error("},
	repliesAny: {"request", "response", "~res.", "reply", "ctx", "route", "render", "echo", "http.", "mapping", "call."},
})

func levelCalls() []string {
	var out []string
	for level := range levels {
		if !rareLevels[level] {
			out = append(out, "."+level+"(", "."+level+"~(")
		}
		out = append(out, "log"+level+"(", "log"+level+"s(")
	}
	return append(out, "bind(", "trace(", ".apply(", ".call(")
}

// riskyWords are what the names judged in names.go end with.
func riskyWords() []string {
	out := []string{"passw", "passphrase", "passcode", "secret", "apikey", "jwt", "userpass", "privatekey", "authorization", "authheader", "cookie", "environ", "locals(", "~vars(", "process.env", "deno.env", "meta.env",
		"getenv(", "accesstoken", "authtoken", "refreshtoken", ".headers", ".body", "diagnosis", "salary", "latitude", "longitude"}
	for kind := range keyKinds {
		out = append(out, kind+"key")
	}
	for kind := range passKinds {
		out = append(out, kind+"pass", kind+"pwd", kind+"pw~", kind+"pw(")
	}
	for kind := range tokenKinds {
		out = append(out, kind+"token")
	}
	for kind := range urlKinds {
		out = append(out, kind+"url", kind+"uri", kind+"dsn")
	}
	for name := range personal {
		if len(name) > 5 {
			out = append(out, name)
		}
	}
	return out
}

// Mentions reports whether a text has a call that can write to a log and a word of what does not belong there, or one
// that catches an error and one that can answer: the other files need no reading.
func Mentions(lang *source.Language, text string) bool {
	m := words.scan(text)
	if lang != source.Python && lang != source.JavaScript {
		return m&writesAny != 0 && m&risksAny != 0 || m&failsAny != 0 && m&repliesAny != 0
	}
	if lang == source.JavaScript && m&onPage != 0 && m&onServer == 0 {
		return false // the console of a page is no log
	}
	if m&failing != 0 && (lang == source.Python && m&replying != 0 || lang == source.JavaScript && m&responder != 0 && m&sending != 0) {
		return true
	}
	if m&printCall == 0 && (m&logCall == 0 || m&levelCall == 0) {
		return false
	}
	return m&(risky|asked) != 0 || m&tokenRisk != 0 && m&authentic != 0 || m&shortRisk != 0 && shortNames(text)
}

// shortNames reports a name that ends with one of the short words.
func shortNames(text string) bool {
	for _, short := range shortWords {
		for _, form := range []string{short, strings.ToUpper(short), strings.ToUpper(short[:1]) + short[1:]} {
			for at := 0; ; at++ {
				i := strings.Index(text[at:], form)
				if i < 0 {
					break
				}
				at += i
				start, end := at, at+len(form)
				for start > 0 && wordByte(text[start-1]) {
					start--
				}
				for end < len(text) && wordByte(text[end]) {
					end++
				}
				if PersonalName(text[start:end]) {
					return true
				}
			}
		}
	}
	return false
}

func wordByte(c byte) bool {
	return c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9' || c == '_'
}
