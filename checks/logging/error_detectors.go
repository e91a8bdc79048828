package logging

import (
	"regexp"
	"strings"
	"sync"
)

// pattern compiles on first use: most runs never look at a site.
func pattern(text string) func() *regexp.Regexp {
	return sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(text) })
}

// disclosure recognises one kind of internals by its structure. find returns what to show of them, or "".
type disclosure struct {
	rule, what string
	// anyStatus marks what cannot be a page that quotes an error: it counts in a 200 too.
	anyStatus bool
	find      func(*document) string
}

// disclosures are tried in order; the first that finds something names the finding.
var disclosures = []disclosure{
	{"werkzeug-debugger", "the Werkzeug debugger", true, werkzeug},
	{"django-debug-page", "Django's debug page", true, django},
	{"starlette-debug-page", "Starlette's debug page", true, starlette},
	{"rails-debug-page", "Rails' debug page", true, rails},
	{"php-debug-page", "the debug page of a PHP framework", true, phpPage},
	{"aspnet-debug-page", "ASP.NET's developer page", true, aspnet},
	{"php-error", "a PHP error with a path", true, phpMarkup},
	{"php-error", "a PHP error with a path", false, phpText},
	{"python-traceback", "a Python traceback", false, python},
	{"node-stack", "a JavaScript stack trace", false, frames(nodeFrame, 2)},
	{"java-stack", "a Java stack trace", false, frames(javaFrame, 2)},
	{"dotnet-stack", "a .NET stack trace", false, dotnet},
	{"ruby-stack", "a Ruby backtrace", false, frames(rubyFrame, 2)},
	{"go-panic", "a Go panic", false, goPanic},
}

// werkzeug: the title, and the script that holds the debugger's secret.
func werkzeug(d *document) string {
	if strings.HasSuffix(d.title, "// Werkzeug Debugger") && strings.Contains(d.script, "EVALEX") && d.classes["debugger"] {
		return d.title
	}
	return ""
}

// django: the page of an exception, and the 404 page that lists the URL patterns.
func django(d *document) string {
	if !strings.Contains(d.text, "DEBUG = True") {
		return ""
	}
	switch {
	case d.ids["summary"] && d.ids["traceback"] && strings.Contains(d.text, "Django Version"),
		d.ids["summary"] && d.ids["info"] && d.ids["explanation"]:
		return d.title
	}
	return ""
}

func starlette(d *document) string {
	if d.title == "Starlette Debugger" && d.classes["traceback-container"] {
		return d.title
	}
	return ""
}

var railsRoot = pattern(`Rails\.root: (\S+)`)

func rails(d *document) string {
	m := railsRoot().FindStringSubmatch(d.text)
	if m == nil || !d.ids["Application-Trace"] && !d.ids["traces-0"] && !d.ids["route_table"] && d.title != "Action Controller: Exception caught" {
		return ""
	}
	return oneLine(d.heading + ", " + m[0])
}

// phpPage: Whoops and Ignition (Laravel), and Symfony's exception page.
func phpPage(d *document) string {
	switch {
	case d.classes["Whoops"] && d.classes["frame"],
		strings.Contains(d.script, "window.ignite(") || strings.Contains(d.script, "window.data = {\"report\""),
		d.classes["exception-message-wrapper"] && d.classes["trace-line"]:
		return "page " + d.title
	}
	return ""
}

// aspnet: the yellow page where it shows its source or stack, and the developer page of ASP.NET Core.
func aspnet(d *document) string {
	yellow := strings.HasPrefix(d.heading, "Server Error in '") &&
		strings.Contains(d.text, "Version Information:") && strings.Contains(d.text, "Stack Trace:")
	core := d.heading == "An unhandled exception occurred while processing the request." && d.ids["stackpage"]
	if yellow || core {
		return d.heading
	}
	return ""
}

var (
	phpBold = pattern(`<b>(?:(?:Fatal|Parse|Recoverable fatal) error|Warning|Notice|Deprecated)</b>:\s[^<]* in <b>([^<]+\.php[^<]*)</b> on line <b>\d+</b>`)
	phpLine = pattern(`(?m)^(?:PHP )?(?:(?:Fatal|Parse|Recoverable fatal) error|Warning|Notice|Deprecated): .* in ((?:/|[A-Za-z]:\\).+\.php) on line \d+`)
)

func phpMarkup(d *document) string {
	if m := phpBold().FindStringSubmatch(d.source); m != nil {
		return oneLine("error in " + m[1])
	}
	return ""
}

func phpText(d *document) string {
	if m := phpLine().FindStringSubmatch(d.text); m != nil {
		return oneLine("error in " + m[1])
	}
	return ""
}

var pythonFrame = pattern(`File "[^"\n]+", line \d+, in \S+`)

// python: a frame after the line that begins every traceback.
func python(d *document) string {
	_, after, ok := strings.Cut(d.text, "Traceback (most recent call last)")
	if !ok {
		return ""
	}
	return oneLine(pythonFrame().FindString(after))
}

var (
	nodeFrame   = pattern(`(?m)^\s*at (?:[^\n()]+ \()?(?:file://|/|node:|[A-Za-z]:\\)[^\n()]+:\d+:\d+\)?\s*$`)
	javaFrame   = pattern(`(?m)^\s*at (?:[\w.@-]+/{1,2})?[\w.$]+\.[\w$<>]+\((?:[\w$-]+\.(?:java|kt|scala|groovy):\d+|Native Method|Unknown Source)\)`)
	rubyFrame   = pattern("(?m)^\\s*(?:from )?/[^\\s:]+\\.rb:\\d+:in [`'][^'\\n]+'")
	dotnetFrame = pattern(`(?m)^\s*at [A-Za-z_][\w.+<>\x60\[\],]+\([^\n()]*\)(?: in [^\n]+:line \d+)?\s*$`)
	dotnetError = pattern(`(?:^|\W)[A-Z]\w*(?:\.[A-Z]\w*)*Exception(?: \([0-9A-Fx]+\))?: `)
	goroutine   = pattern(`goroutine \d+ \[running\]:`)
	goFrame     = pattern(`(?m)^\s+(/\S+\.go:\d+)`)
)

// frames finds least frames of one shape and shows the first.
func frames(shape func() *regexp.Regexp, least int) func(*document) string {
	return func(d *document) string {
		found := shape().FindAllString(d.text, least)
		if len(found) < least {
			return ""
		}
		return oneLine(found[0])
	}
}

// dotnet: frames have no file where there are no symbols, so the exception's name has to be there too.
func dotnet(d *document) string {
	if !dotnetError().MatchString(d.text) {
		return ""
	}
	return frames(dotnetFrame, 2)(d)
}

func goPanic(d *document) string {
	at := goroutine().FindStringIndex(d.text)
	if at == nil {
		return ""
	}
	if m := goFrame().FindStringSubmatch(d.text[at[1]:]); m != nil {
		return oneLine("goroutine at " + m[1])
	}
	return ""
}
