package permissions

import (
	"fmt"
	"regexp"
	"slices"
	"strings"

	"hardcheck/checks"
)

func keyFiles() *checks.Check {
	return &checks.Check{
		ID:    "permissions/key-files",
		Title: "Private keys and databases are closed to other users",
		Why: "Who reads a private key is the server, the user or the signer that it stands for, from then on and unseen. A key file " +
			"that any account may read, or that a repository carries, is read by the first intruder; so is a database file.",
		Fix:        "chmod 600 PATH, or 640 with a group of the services that need it. Replace a key that others could read.",
		Expected:   "No private key file and no database file of a service can be read or changed by others, and git tracks no key",
		Rollback:   "Give a service that can no longer read its key the file's group, not everyone",
		Absent:     "No file that is a private key or a service's database by its bytes was found",
		References: []string{"CWE-732", "CWE-522", "CIS Debian 12 5.1.2"},
		Severity:   checks.High,
		Rules: []checks.Rule{
			{ID: "readable-by-others", Title: "Every user of the machine can read the private key", Severity: checks.High},
			{ID: "writable-by-others", Title: "Every user of the machine can replace the private key", Severity: checks.High},
			{ID: "database-writable", Title: "Every user of the machine can change a database", Severity: checks.High},
			{ID: "database-readable", Title: "Every user of the machine can read a database", Severity: checks.Medium, Precision: checks.PrecisionMedium},
			{ID: "tracked", Title: "git tracks the private key, and cannot store a closed mode for it", Severity: checks.High,
				Fix: "Take the file out of the repository, replace the key, and put the new one in place at deployment with mode 0600."},
		},
		NoSettings: true,
		Entry:      keyEntry,
		Wants:      mayBeKey,
		File:       keyFile,
		Ignored:    true,
		Tree: func(p *checks.Pass) error {
			judgeDatabases(p)
			return judgeReach(p)
		},
	}
}

func keyEntry(p *checks.Pass, e *checks.Entry) {
	reachEntry(p, e)
	seeDatabase(p, e)
}

// Bounds of key files in bytes: of key stores and bundles of certificates, of other files, and of those whose name tells nothing.
const (
	maxKeyStore = 1 << 20
	maxKeyFile  = 32 << 10
	maxBareKey  = 16 << 10
)

// keyStoreNames may be long, and plainNames are of files that are no keys whatever their bytes: what is not worth
// opening among the millions of files of a machine.
var (
	keyStoreNames = set(".pem .key .crt .cer .p8 .p12 .pfx .jks .jceks .keystore .ks .bcfks .truststore .gpg .asc .ppk .rsa .priv .der .pk8")
	plainNames    = set(`.go .c .h .cc .cpp .hpp .cxx .hxx .rs .py .pyc .pyi .js .mjs .cjs .ts .tsx .jsx .map .css .scss .less .html .htm .xml .svg .md .rst
.java .class .rb .php .pl .pm .lua .swift .kt .scala .cs .vue .o .a .so .la .lo .d .mo .po .pot .png .jpg .jpeg .gif .ico .webp .bmp .woff .woff2 .ttf .otf .eot
.gz .xz .bz2 .zst .zip .list .md5sums .symbols .shlibs .postinst .preinst .postrm .prerm .triggers .templates .s .asm .mod .sum .proto .golden .1 .2 .3 .4 .5 .6 .7 .8 .pdf
.service .timer .socket .cmake .m4 .am .ac .mk .vim .el .tcl .ps1 .bat .f90 .jl .r .ipynb .csv .tsv .wasm .patch .diff .rej .pb .mdx .pyo .tfstate .hbs .sample .dectest .prom`)
)

// textNames are of texts that are keys only where their own name says so, as keys.txt does.
var textNames = set(".txt .json .yaml .yml .toml .ini .cfg .conf .cnf .sh .bash .log .sql .lock .tmpl .tf .hcl .env .properties .gradle .in .out .txtar .test .expected .want .snap .golden .tpl .j2 .dat .bin .db .cache .tmp .data .results .status")

// keyWords are parts of names that keys have.
var keyWords = strings.Fields("key priv id_rsa id_dsa id_ecdsa id_ed25519 secret cert ssl tls pem identity wallet age signing")

// keyWord reports whether a name holds one of them. It is asked for most files of a machine.
func keyWord(name string) bool {
	name = strings.ToLower(name)
	return slices.ContainsFunc(keyWords, func(word string) bool { return strings.Contains(name, word) })
}

// shippedDirs hold what packages install: files there without a name of keys are not opened.
var shippedDirs = regexp.MustCompile(`^(usr/(share|lib|lib64|libexec|include|src|bin|sbin|local/go|local/lib)|lib|lib64|boot|var/(lib/(dpkg|apt|rpm|apk)|cache))/`)

// mayBeKey chooses what is opened: files of a size and a name that a key can have.
func mayBeKey(e *checks.Entry) bool {
	if !e.Mode.IsRegular() || e.Size < 64 || e.Size > maxKeyStore {
		return false
	}
	extension := e.Ext()
	switch {
	case keyStoreNames[extension]:
		return true
	case e.Size > maxKeyFile || plainNames[extension]:
		return false
	case keyWord(e.Name()):
		return true
	}
	return !textNames[extension] && e.Size <= maxBareKey && !namedByContent(e.Name()) && !shippedDirs.MatchString(e.Path)
}

// namedByContent reports the name of a file in a store of git, of a compiler's cache or of a package manager, which is the
// hash of what it holds: people give keys other names.
func namedByContent(name string) bool {
	digits := 0
	for digits < len(name) && (name[digits] >= '0' && name[digits] <= '9' || name[digits] >= 'a' && name[digits] <= 'f') {
		digits++
	}
	return digits >= 32 && len(name)-digits <= 2 // Go's cache adds -a and -d
}

func keyFile(p *checks.Pass, f *checks.File) error {
	kind, locked := keyKind(f.Path, f.Data)
	if kind == "" {
		return nil
	}
	finding := checks.Finding{
		Subject: checks.Subject{Kind: "key file", Name: f.Path}, Place: checks.Place{Path: f.Path, Line: 1}, Attribute: kind,
		Severity: keySeverity(f.Path, locked), Actual: modeText(f.Entry),
	}
	what := "private key (" + kind + ")"
	if locked {
		what = "pass-phrase-protected " + what
	}
	finding.Fix = fmt.Sprintf("chmod 600 %[1]s (back: chmod %[2]s %[1]s), and replace the key if others could read it", shellName(f.Path), octal(f.Entry))
	perm := f.Mode.Perm()
	switch {
	case f.Tracked:
		finding.Fix = fmt.Sprintf("git rm --cached %[1]s, and a new key: every clone has this one. Undo: git add -f %[1]s", shellName(f.Path))
		finding.Rule, finding.Expected = "tracked", "no private key in the repository"
		finding.Message = "git tracks this " + what + ": every clone has it, readable by others because git stores no such mode bits"
		finding.Actual = "tracked by git"
		p.Fail(finding)
	case perm&0o004 != 0:
		finding.Rule, finding.Expected = "readable-by-others", "mode 0600 or 0640"
		finding.Message = "Every user of the machine can read this " + what
		p.Keep(f.Path, suspect(finding))
	case perm&0o002 != 0:
		finding.Rule, finding.Expected = "writable-by-others", "mode 0600 or 0640"
		finding.Message = "Every user of the machine can replace this " + what
		p.Keep(f.Path, suspect(finding))
	default:
		p.OK(finding.Subject)
	}
	return nil
}

// keySeverity is lower for keys that need a pass phrase, and low for those of tests and examples, which are public.
func keySeverity(name string, locked bool) checks.Severity {
	switch {
	case testPath(name):
		return checks.Low
	case locked:
		return checks.Medium
	}
	return checks.High
}
