package secrets

import (
	"iter"
	"path"
	"slices"
	"strings"

	"hardcheck/checks"
)

// syntax says how a file of that kind writes a value, which decides what counts as a literal.
type syntax int

const (
	code         syntax = iota // a literal stands in quotes
	config                     // a bare word may be a literal
	dockerfile                 // as config, and after ENV without "="
	prose                      // documentation: examples, not values
	netrc                      // "password v"
	passwordFile               // .pgpass: fields with colons between
	statements                 // SQL: what its own syntax calls a password
	machine                    // lock files, minified code, data: written by programs
	unknown                    // a bare word may be a literal where it is all that an assignment's line holds
)

// configures reports whether files of the kind hold values that are in use.
func (s syntax) configures() bool { return s == config || s == dockerfile || s == netrc }

var extensions = map[syntax][]string{
	config: {".yml", ".yaml", ".ini", ".cfg", ".conf", ".properties", ".config", ".xml", ".sh", ".bash", ".zsh", ".env",
		".envrc", ".service", ".cnf", ".npmrc", ".pypirc", ".plist", ".s3cfg", ".boto", ".fish", ".bat", ".cmd", ".mk",
		".ldif", ".ovpn", ".nmconnection", ".exp", ".rdp", ".cf", ".tfbackend", ".pgpass", ".csh", ".ksh", ".zshrc", ".list", ".sls", ".repo", ".network"},
	prose: {".md", ".rst", ".txt", ".adoc", ".html", ".htm", ".tex", ".pod", ".markdown", ".1", ".2", ".3", ".5", ".7", ".8",
		".texi", ".org", ".po", ".pot", ".diff", ".patch", ".mdx"},
	statements: {".sql"},
	code: {".go", ".py", ".pyi", ".pyx", ".js", ".mjs", ".cjs", ".ts", ".tsx", ".jsx", ".vue", ".svelte", ".java", ".kt", ".kts", ".scala", ".groovy", ".gradle", ".swift", ".m", ".mm",
		".h", ".c", ".cc", ".cpp", ".cxx", ".hpp", ".ino", ".cs", ".vb", ".fs", ".rb", ".pl", ".pm", ".t", ".php", ".inc", ".rs", ".lua", ".dart", ".ex", ".exs", ".erl", ".clj", ".hs", ".ml", ".r", ".jl",
		".json", ".json5", ".ipynb", ".tf", ".tfvars", ".hcl", ".toml", ".jsp", ".erb", ".ejs", ".asp", ".aspx", ".cshtml", ".css", ".scss", ".less", ".proto", ".graphql", ".pp", ".nix", ".sol", ".s", ".asm",
		".ps1", ".psm1", ".cr", ".zig", ".d", ".v", ".vhd", ".el", ".lisp", ".scm", ".tcl", ".vim", ".y", ".l", ".a", ".so", ".o", ".pyc", ".mod", ".tmpl", ".haml", ".slim", ".jade", ".pug", ".hbs", ".j2"},
	machine: {".lock", ".map", ".svg", ".csv", ".tsv", ".sum", ".log", ".eps", ".ps", ".har", ".pem", ".crt", ".asc", ".snap"},
}

var syntaxOfExtension = func() map[string]syntax {
	m := map[string]syntax{}
	for s, list := range extensions {
		for _, e := range list {
			m[e] = s
		}
	}
	return m
}()

var lockFiles = []string{"package-lock.json", "npm-shrinkwrap.json", "pnpm-lock.yaml", "go.sum", "composer.lock", "Pipfile.lock", "packages.lock.json", "MODULE.bazel.lock"}

func syntaxOf(e *checks.Entry) syntax {
	name := e.Name()
	switch {
	case slices.Contains(lockFiles, name), strings.Contains(name, ".min."), strings.HasSuffix(name, ".bundle.js"):
		return machine
	case name == ".netrc", name == "_netrc", name == "msmtprc", name == ".msmtprc", name == ".fetchmailrc":
		return netrc
	case name == ".pgpass", name == "pgpass.conf":
		return passwordFile
	case name == "PKG-INFO", name == "METADATA", strings.HasPrefix(name, "README"), strings.HasPrefix(name, "CHANGELOG"):
		return prose
	case strings.HasPrefix(name, "Dockerfile"), strings.HasPrefix(name, "Containerfile"), e.Ext() == ".dockerfile":
		return dockerfile
	case name == ".env", strings.HasPrefix(name, ".env."), slices.Contains(extensions[config], name), name == "credentials", name == "Makefile":
		return config
	}
	if kind, ok := syntaxOfExtension[strings.ToLower(path.Ext(withoutCopyEnding(name)))]; ok {
		return kind
	}
	if keepsCredentials(e.Path) || strings.HasPrefix(name, ".") && strings.HasSuffix(name, "rc") {
		return config
	}
	return unknown
}

// copyEndings follow the ending that tells the syntax, of templates, samples and copies.
var copyEndings = []string{".j2", ".erb", ".tmpl", ".tpl", ".template", ".dist", ".example", ".sample", ".default", ".in", ".bak", ".orig", ".old", ".save", "~"}

func withoutCopyEnding(name string) string {
	for _, ending := range copyEndings {
		if rest, ok := strings.CutSuffix(name, ending); ok && path.Ext(rest) != "" {
			return rest
		}
	}
	return name
}

// signInFiles are the files in which programs keep what they sign in with, by name, or by last directory and name.
var signInFiles = []string{
	".bash_profile", ".bashrc", ".profile", ".zshrc", ".zshenv", ".zprofile", ".envrc", ".bash_history", ".zsh_history", ".mysql_history", ".psql_history", ".dbshell", ".rediscli_history",
	".esmtprc", ".muttrc", "muttrc", ".irssi/config", "hexchat.conf", "sec.conf", "servlist.conf", ".mailrc", ".procmailrc", "getmailrc", ".offlineimaprc",
	".ftpconfig", ".ftppass", ".remote-sync.json", "sftp.json", "sftp-config.json", "deployment-config.json", ".sftpConfig.json", "ftp-simple.json", "WebServers.xml", "webServers.xml",
	"filezilla.xml", "recentservers.xml", "sitemanager.xml", "FileZilla Server.xml", "WinSCP.ini", "rclone.conf", ".s3cfg", ".boto", ".tugboat", "hub", ".credentials", "credentials", "heroku.json",
	"dbeaver-data-sources.xml", "data-sources.xml", "data-sources.json", "credentials-config.json", "robomongo.json", "dataSources.local.xml", "pg_service.conf", ".pg_service.conf", "my.cnf", ".my.cnf",
	"odbc.ini", ".odbc.ini", "mongoid.yml", "database.yml", "secrets.yml", "parameters.yml", "parameters.yaml", "wp-config.php", "configuration.php", "LocalSettings.php", "settings.php", "config.inc.php",
	"config.php", "settings.py", "local_settings.py", "local.py", "production.py", "tomcat-users.xml", "standalone.xml", "mgmt-users.properties", "ventrilo_srv.ini", "wpa_supplicant.conf", "ipsec.secrets",
	"chap-secrets", "pap-secrets", "sip.conf", "ejabberd.yml", "prosody.cfg.lua", "redis.conf", "NuGet.Config", "nuget.config", "gradle.properties", ".gradle/gradle.properties", "settings-security.xml",
	".m2/settings.xml", "kube/config", ".kube/config", "kubeconfig", "terraform.tfvars", "terraform.tfstate", ".pypirc", ".npmrc", ".yarnrc", ".yarnrc.yml", "pip.conf", ".vault_pass", "inventory", "hosts.ini",
	"unattend.xml", "autounattend.xml", "sysprep.xml", "Groups.xml", "salesforce.js", "smbcredentials", ".smbcredentials", "mongod.conf", "rabbitmq.conf", "grafana.ini", "airflow.cfg", ".git/config",
}

// keepsCredentials reports whether the path is that of such a file.
func keepsCredentials(p string) bool {
	directory, name := path.Split(p)
	return slices.Contains(signInFiles, name) || directory != "" && slices.Contains(signInFiles, path.Base(directory)+"/"+name) || isDotenv(name)
}

// exampleWords are words in the names of directories and files that show or test instead of configure.
var exampleWords = []string{"test", "tests", "testing", "testdata", "testutil", "unittest", "unittests", "spec", "specs", "fixture", "fixtures",
	"mock", "mocks", "example", "examples", "sample", "samples", "demo", "demos", "doc", "docs", "documentation", "e2e", "benchmark", "benchmarks",
	"tutorial", "tutorials", "stub", "stubs", "snippets", "cassettes", "conftest", "dummy", "dummyserver", "fake", "fakes"}

// exampleEndings are further words that mark a file, not a directory: settings.py.dist, config.template.yml.
var exampleEndings = []string{"dist", "template", "tmpl", "tpl"}

// isExample reports whether the path names a test, an example or documentation.
func isExample(p string) bool {
	directory, name := path.Split(strings.ToLower(p))
	for element := range strings.SplitSeq(directory, "/") {
		for w := range nameWords(element) {
			if slices.Contains(exampleWords, w) || len(w) > 5 && strings.HasSuffix(w, "tests") {
				return true
			}
		}
	}
	first := true
	for w := range nameWords(name) {
		if first && strings.HasSuffix(w, "tests") || slices.Contains(exampleWords, w) || slices.Contains(exampleEndings, w) {
			return true
		}
		first = false
	}
	return false
}

// nameWords are the words of a file's or a directory's name.
func nameWords(element string) iter.Seq[string] {
	return strings.FieldsFuncSeq(element, func(r rune) bool { return r == '.' || r == '_' || r == '-' || r == ' ' })
}

// isDotenv reports whether the name is that of an environment file, an example of one included.
func isDotenv(name string) bool { return name == ".env" || strings.HasPrefix(name, ".env.") }

// isExampleDotenv reports whether the environment file is meant to be shared.
func isExampleDotenv(name string) bool {
	for word := range strings.SplitSeq(strings.TrimPrefix(name, ".env"), ".") {
		if slices.Contains([]string{"example", "sample", "template", "dist", "defaults", "default", "schema", "tmpl", "tpl", "test", "ci"}, word) {
			return true
		}
	}
	return false
}

// hasBytes chooses every file that holds something: what is text is told by its bytes, not by its name.
func hasBytes(e *checks.Entry) bool { return e.Size > 0 }
