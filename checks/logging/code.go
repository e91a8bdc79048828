package logging

import (
	"path"
	"slices"
	"strings"

	"hardcheck/checks"
	py "hardcheck/checks/internal/parse/python"
	"hardcheck/checks/internal/parse/source"
	"hardcheck/checks/logging/flow"
)

// codeLanguages are the languages whose log calls are judged, by the extension of a file.
var codeLanguages = map[string]*source.Language{
	".py": source.Python, ".pyw": source.Python, ".go": source.Go,
	".js": source.JavaScript, ".mjs": source.JavaScript, ".cjs": source.JavaScript, ".jsx": source.JavaScript,
	".ts": source.JavaScript, ".tsx": source.JavaScript, ".mts": source.JavaScript, ".cts": source.JavaScript,
	".java": source.Java, ".kt": source.Kotlin, ".kts": source.Kotlin, ".cs": source.CSharp,
	".php": source.PHP, ".rb": source.Ruby, ".rake": source.Ruby,
}

// maxCode bounds a source file in bytes: what is larger was generated.
const maxCode = 4 << 20

// wantsCode chooses sources that run in production: not tests, examples, minified or generated bundles.
func wantsCode(e *checks.Entry) bool {
	return codeLanguages[e.Ext()] != nil && !testFile(e.Path) && e.Size <= maxCode && !bundled(e.Path)
}

func bundled(p string) bool {
	name := path.Base(p)
	return strings.Contains(name, ".min.") || strings.Contains(name, ".bundle.") || strings.HasSuffix(name, ".d.ts") || strings.HasSuffix(name, "_pb2.py") || strings.HasSuffix(name, ".pb.go")
}

var testDirs = wordSet("test tests testing unittests e2e fixtures testdata example examples sample samples demo demos doc docs __tests__ __mocks__ spec specs benchmark benchmarks")

func testFile(p string) bool {
	name := path.Base(p)
	stem := strings.TrimSuffix(name, path.Ext(name))
	switch {
	case strings.HasPrefix(name, "test_"), strings.HasSuffix(stem, "_test"), name == "conftest.py", name == "tests.py",
		strings.Contains(stem, "_test_"), strings.HasSuffix(stem, ".test"), strings.HasSuffix(stem, ".spec"), strings.HasSuffix(stem, "_spec"), strings.HasSuffix(stem, ".stories"),
		len(stem) > 4 && strings.HasSuffix(stem, "Test") && path.Ext(name) != ".py", len(stem) > 5 && strings.HasSuffix(stem, "Tests"):
		return true
	}
	return slices.ContainsFunc(strings.Split(path.Dir(p), "/"), func(dir string) bool {
		return testDirs[dir] || strings.HasPrefix(dir, "tests_") || strings.HasSuffix(dir, "_tests")
	})
}

// generated reports text that a bundler wrote, by how long its lines are: what it was made from is judged instead.
func generated(text string) bool {
	const longLine = 400 // bytes, on the average
	return len(text) > 8<<10 && len(text)/(1+strings.Count(text, "\n")) > longLine
}

// sourceOf is a file's parsed form, made at most once.
func sourceOf(f *checks.File) *source.File {
	return checks.Memo(f, "logging source", func() *source.File {
		switch lang := codeLanguages[path.Ext(f.Path)]; lang {
		case source.Python:
			return source.FromPython(py.Of(f))
		case source.Go:
			return source.ParseGo(f.Text())
		default:
			return source.Parse(lang, f.Text())
		}
	})
}

// followed is what values of a file reach, found at most once. It is nil where no word of the file can write to a log
// or answer with an error.
func followed(f *checks.File) *flow.Result {
	return checks.Memo(f, "logging flow", func() *flow.Result {
		if f.Binary() || generated(f.Text()) || !flow.Mentions(codeLanguages[path.Ext(f.Path)], f.Text()) {
			return nil
		}
		return flow.Follow(sourceOf(f))
	})
}

// written is the source of an expression where it is short. Of a call only its name is shown: its arguments may be
// credentials.
func written(f *checks.File, l *flow.Leak) string {
	text := f.Text()
	if l.Arg.Start < 0 || l.Arg.End > len(text) || l.Arg.Start >= l.Arg.End {
		return l.Name
	}
	text = text[l.Arg.Start:l.Arg.End]
	if l.Arg.Kind == source.Call || len(text) > 60 || strings.Contains(text, "\n") || l.Arg.Kind == source.Literal {
		return l.Name
	}
	return text
}

// origin says from which line a value comes, where that is another one than the call's.
func origin(f *checks.File, l *flow.Leak) string {
	from, to := f.Place(l.At, l.At), f.Place(l.Arg.Start, l.Arg.End)
	if from.Line == to.Line || from.Line == 0 {
		return ""
	}
	return ", from line " + itoa(from.Line) + ","
}
