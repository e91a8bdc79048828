package uploads

import (
	"bytes"
	"regexp"
	"slices"
	"strings"

	"hardcheck/checks"
)

func uploadHandling() *checks.Check {
	return &checks.Check{
		ID:    "uploads/upload-handling",
		Title: "Code decides where uploads go, not the client",
		Why: "The name of an uploaded file is whatever the client writes: `../../app/config.py` leaves the directory, `shell.php` runs " +
			"where the web server runs scripts. An archive of some kilobytes unpacks to gigabytes, or writes outside of its directory.",
		Fix: "Store uploads under names of your own (a UUID, a key of the database) outside of what the web server serves, keep the client's name " +
			"as text only, allow-list extensions and look at the content; bound entries and bytes of what is unpacked.",
		Expected:   "No path comes from the client unchecked, no upload is stored where it is served or run under the client's extension, and what is unpacked is bounded.",
		Rollback:   "Restore the call; files that were stored under other names meanwhile keep those.",
		Absent:     "No Python, JavaScript, PHP, Java, C#, Ruby or Go code that stores or unpacks uploads was found",
		References: []string{"CWE-22", "CWE-434", "CWE-409", "CWE-73", "ASVS 5.2.2", "ASVS 5.3.2", "https://cheatsheetseries.owasp.org/cheatsheets/File_Upload_Cheat_Sheet.html"},
		Severity:   checks.High,
		Rules: []checks.Rule{
			{ID: "client-path", Title: "A path is built from the client's file name, directories and all",
				Fix: "Use a name of your own, such as a UUID; or take the last element of the name and refuse the rest."},
			{ID: "client-name", Severity: checks.Low, Title: "A file is stored under the name that the client gave it",
				Fix: "Store it under a name of your own: the framework takes directories off the name, but one client overwrites the file of another."},
			{ID: "client-extension", Title: "A served directory takes files with the client's extension", Precision: checks.PrecisionMedium,
				Fix: "Allow-list the extensions, and store uploads outside of what the web server serves or runs."},
			{ID: "zip-slip", Title: "A path is built from a name in an archive",
				Fix: "Refuse names that leave the directory: Go filepath.IsLocal or os.Root, Java normalize and startsWith, Python is_relative_to."},
			{ID: "archive-unbounded", Severity: checks.Medium, Title: "An uploaded archive is unpacked without bounds",
				Fix: "Sum the sizes and count the entries before unpacking, and refuse over a bound; with tarfile also filter=\"data\"."},
			{ID: "decompress-unbounded", Severity: checks.Medium, Title: "A request's body is decompressed without bounds",
				Fix: "Give the decompressor the most bytes that it may write: Python decompressobj().decompress(data, max), Go io.LimitReader, Node maxOutputLength."},
			{ID: "no-type-decision", Severity: checks.Info, Precision: checks.PrecisionMedium, Title: "Nothing decides which types of file are taken",
				Fix: "Allow-list extensions and content types, and look at the first bytes of the content."},
		},
		Wants:      wantsUploadCode,
		File:       uploadHandlingFile,
		Part:       true,
		NoSettings: true,
	}
}

// maxUploadCode bounds a source file in bytes: what is larger was made by a program.
const maxUploadCode = 1 << 20

// codeLanguage is how a file of that extension is judged.
type codeLanguage struct {
	marks []string // one of them is in every file that stores or unpacks uploads
	judge func(*handling)
}

var codeLanguages = map[string]codeLanguage{
	".py": {[]string{"filename", "FILES", "extractall", "unpack_archive", "infolist", "getmembers", "namelist", "decompress", "GzipFile"}, pythonHandling},
	".js": {javascriptMarks, javascriptHandling}, ".ts": {javascriptMarks, javascriptHandling},
	".mjs": {javascriptMarks, javascriptHandling}, ".cjs": {javascriptMarks, javascriptHandling},
	".php":  {[]string{"$_FILES", "getClientOriginalName", "getClientOriginalExtension", "getClientOriginalPath", "getClientFilename"}, phpHandling},
	".java": {[]string{"getOriginalFilename", "getSubmittedFileName", "ZipInputStream", "ZipFile", "TarArchiveInputStream", "GZIPInputStream"}, javaHandling},
	".cs":   {[]string{"IFormFile", ".FileName", "ZipArchive", ".FullName"}, csharpHandling},
	".rb":   {[]string{"original_filename", ":filename", "raw_post", "request.body"}, rubyHandling},
	".go":   {[]string{"archive/zip", "archive/tar", "FormFile(", "FileHeader", "multipart.Reader", "MultipartReader", "compress/"}, goHandling},
}

// wantsUploadCode chooses source files of services: not tests, nor what was made by a program.
func wantsUploadCode(e *checks.Entry) bool {
	if _, ok := codeLanguages[e.Ext()]; !ok || !e.Mode.IsRegular() || e.Size > maxUploadCode || strings.Contains(e.Name(), ".min.") || strings.HasSuffix(e.Name(), ".d.ts") {
		return false
	}
	return !testCode(e)
}

// testCode reports files of tests and examples.
func testCode(e *checks.Entry) bool {
	name := e.Name()
	for _, mark := range []string{".test.", ".spec.", ".test-d.", "_test.go", "Test.java", "Tests.java", "Test.php", "Tests.cs", "_test.rb", "_spec.rb"} {
		if strings.Contains(name, mark) {
			return true
		}
	}
	return notDeployed(e.Path) || strings.Contains(e.Path, "src/test/") || strings.Contains(e.Path, "__tests__/")
}

func uploadHandlingFile(p *checks.Pass, f *checks.File) error {
	lang := codeLanguages[f.Ext()]
	if f.Binary() || !slices.ContainsFunc(lang.marks, func(m string) bool { return bytes.Contains(f.Data, []byte(m)) }) {
		return nil
	}
	h := &handling{pass: p, file: f, source: f.Text(), subject: checks.Subject{Kind: "source file", Name: f.Path}}
	lang.judge(h)
	if h.stored && !h.failed {
		p.OK(h.subject)
	}
	return nil
}

// handling judges one file.
type handling struct {
	pass           *checks.Pass
	file           *checks.File
	source         string
	subject        checks.Subject
	stored, failed bool
}

func (h *handling) fail(rule string, start, end int, attribute, expected, message string) {
	h.stored, h.failed = true, true
	h.pass.Fail(checks.Finding{Rule: rule, Subject: h.subject, Place: h.file.Place(start, end), Attribute: attribute,
		Expected: expected, Actual: oneLine(h.source[start:end]), Message: message})
}

// oneLine joins source text by single spaces and shortens it.
func oneLine(text string) string {
	text = strings.Join(strings.Fields(text), " ")
	if len(text) > 120 {
		text = strings.ToValidUTF8(text[:117], "") + "..."
	}
	return text
}

// typeDecision is found in files that decide which types they take: an allow-list of extensions, a look at the content,
// or a validator whose name says so.
var typeDecision = regexp.MustCompile(`(?i)allow(ed)?_?(ext|type|mime|file|format|image)|(ext|mime|type)\w*allow|(accepted|valid|permitted|supported|white_?listed?)_?(file)?_?(ext|type|mime|format)|fileFilter|` +
	`is_?(valid|allowed|image)|(check|verify|validate)_?(file|image|upload|ext|type|mime|name)|FileExtensionValidator|imghdr|python-magic|magic\.from|filetype|file-type|` +
	`content_?type\b\W{0,8}(==|!=|===|!==|in\b|not in\b|\.startswith|\.startsWith)|mimetype\b\W{0,8}(==|!=|in\b|\.startsWith|\.includes)|\.includes\([\w.]*(mime|ext|type)|in_array\(|getimagesize|` +
	`finfo|mime_content_type|endswith\(|endsWith\(|EndsWith\(|DetectContentType|image\.Decode|Image\.open|sharp\(|mimes:|mimetypes:|extensions:|'image'|'file\||(ext|extension|file_?type)\w*["'\])]*\s*(===?|!==?|not in\b|in\b)|mime\w*\.(test|match)|case "\.|case '\.`)

// decides reports whether the file decides what types it takes.
func (h *handling) decides() bool { return typeDecision.MatchString(h.source) }

// stores reports what is wrong with a path that an upload is stored at. label is the call, dir the traits of the path.
func (h *handling) stores(start, end int, label string, path trait, scripts bool) {
	h.stored = true
	switch {
	case path.has(clientPath):
		h.fail("client-path", start, end, label, "a name that the client does not choose", label+" gets a path with the client's file name in it: ../ leaves the directory")
	case path.has(entryName):
		h.fail("zip-slip", start, end, label, "a check that the path stays in the directory", label+" gets a path with a name from an archive in it: ../ leaves the directory")
	case (path.has(clientName) || path.has(clientExtension)) && (path.has(served) || scripts && path.has(relative) && !path.has(outside)) && !h.decides():
		what := "is served from this site: a page or script of the client's runs in it"
		if scripts {
			what = "runs on the server if it ends in .php"
		}
		h.fail("client-extension", start, end, label, "an allow-list of extensions, in a directory that is not served", "What is stored under the extension that the client chose "+what)
	case path.has(clientName) && !path.has(unique):
		h.fail("client-name", start, end, label, "a name that the client does not choose", label+" stores a file under the client's name for it: it overwrites another of that name")
	case path.has(clientExtension) && !h.decides():
		h.fail("no-type-decision", start, end, label, "an allow-list of types", "The file is stored with whatever extension the client gave it")
	}
}

// trait is what is known of where a value comes from. Traits of the parts of a value add up.
type trait uint16

// Traits.
const (
	clientPath      trait = 1 << iota // the client's file name, directories and all
	clientName                        // the client's file name, without directories
	clientExtension                   // the end of the client's file name
	upload                            // an uploaded file
	uploads                           // a collection of them
	body                              // the bytes of a request
	archive                           // an archive, or its entry
	uploaded                          // what holds an upload's bytes: a path it was stored at, a stream
	entryName                         // a name in an archive
	unique                            // made by the server: a UUID, a time, a key
	served                            // a directory that is served
	relative                          // a path below the script's own directory
	inflater                          // decompresses a request's body
	streamed                          // an upload that is read part by part, or of the web's FormData
	outside                           // a path that goes up from where it begins
)

func (t trait) has(want trait) bool { return t&want != 0 }

// names are the traits that a checked or cleaned name loses.
const names = clientPath | clientName | clientExtension | entryName

// servedDir finds directories whose name says that a web server serves them.
var servedDir = regexp.MustCompile(`(?i)(^|[/\\])(public|static|www|wwwroot|htdocs|public_html|webroot|docroot)([/\\]|$)`)

// literal are the traits of a text in the source.
func literal(text string) trait {
	if servedDir.MatchString(text) {
		return served
	}
	return 0
}

// uniqueName are words in the names of functions whose results differ each time.
var uniqueName = regexp.MustCompile(`(?i)uuid|guid|random|nanoid|token|time|date\b|now\b|hash|md5|sha\d|mktemp|tempfile|unique|uniqid|ulid|object_?id|cuid|digest|hex\(`)

// boundWords are in comparisons that bound what is unpacked.
var boundWords = regexp.MustCompile(`(?i)size|bytes|total|count|entries|limit|ratio|len\(|length|max`)

// cleaning are the names of functions that make a file name safe, or refuse one that is not.
var cleaning = regexp.MustCompile(`(?i)safe|saniti[sz]|slug|clean_?(file)?_?name|valid(ate)?_?(file)?_?(name|path|entry)|travers|within|inside|is_?local|is_?sub|contains_?path|check_?(path|entry|zip|name)|basename|secure`)
