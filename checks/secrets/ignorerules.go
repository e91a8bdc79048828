package secrets

import (
	"errors"
	"path"
	"slices"
	"strings"

	"github.com/bmatcuk/doublestar/v4"

	"hardcheck/checks"
)

func ignoreRules() *checks.Check {
	return &checks.Check{
		ID:         "secrets/ignore-rules",
		Title:      "Ignore rules keep credential files out of git and images",
		Why:        "git add -A and COPY . take everything that no rule keeps out: the first .env or key that somebody puts there is in the history, or in a layer, for good.",
		Fix:        "Add the pattern to .gitignore, and .git, .env and keys to .dockerignore, before the file exists.",
		Expected:   "git ignores .env and every credential file in the tree; a .dockerignore keeps them out of images that copy the whole directory",
		Rollback:   "Remove the pattern again; a file that was tracked stays tracked.",
		Absent:     "The tree is not a git repository, and no Dockerfile copies a directory",
		References: []string{"CWE-538", "https://git-scm.com/docs/gitignore", "https://docs.docker.com/build/concepts/context/#dockerignore-files"},
		Severity:   checks.Medium,
		Rules: []checks.Rule{
			{ID: "gitignore-gap", Title: ".gitignore does not cover .env", Severity: checks.Low, Fix: "Add a line .env to .gitignore."},
			{ID: "addable-credential-file", Title: "git would add a file that is made to hold credentials", Severity: checks.Medium,
				Fix: "Add the file's name to .gitignore before the next git add, or move it out of the tree."},
			{ID: "dockerignore-gap", Title: "An image copies its whole directory, credential files included", Severity: checks.Medium,
				Fix: "Add .env, .git and key files to a .dockerignore beside the Dockerfile."},
		},
		Entry: ignoreEntry,
		Wants: func(e *checks.Entry) bool { return syntaxOf(e) == dockerfile || e.Name() == ".dockerignore" },
		File:  ignoreFile,
		Tree:  ignoreTree,
	}
}

// credentialFiles are names and endings of files that are made to hold credentials.
var credentialFiles = []string{".netrc", "_netrc", ".pgpass", ".git-credentials", ".htpasswd", ".pypirc", "id_rsa", "id_dsa", "id_ecdsa", "id_ed25519", "master.key",
	"credentials.json", "client_secret.json", "service-account.json", "service_account.json", "terraform.tfstate", ".vault-token", ".vault_pass", "secrets.yml", "secrets.yaml"}

var credentialEndings = []string{".p12", ".pfx", ".jks", ".keystore", ".kdbx", ".ppk", ".tfstate", ".ovpn"}

func holdsCredentials(name string) bool {
	return slices.Contains(credentialFiles, name) || slices.ContainsFunc(credentialEndings, func(e string) bool { return strings.HasSuffix(name, e) })
}

// ignoreKept is what Tree joins.
type ignoreKept struct {
	dir      string // of the Dockerfile or the ignore file
	place    checks.Place
	copies   bool     // a Dockerfile that copies its whole directory
	patterns []string // of a .dockerignore
	secret   string   // the path of a credential file or .git
}

func ignoreEntry(p *checks.Pass, e *checks.Entry) {
	if e.Mode.IsDir() || !holdsCredentials(e.Name()) && !(isDotenv(e.Name()) && !isExampleDotenv(e.Name())) || isExample(e.Path) {
		return
	}
	p.Keep(e.Path, ignoreKept{secret: e.Path})
	switch {
	case p.Repository() == nil || !e.Mode.IsRegular() || isDotenv(e.Name()): // the item of .env files judges those
	case e.Tracked || e.Ignored:
		p.OK(e.Subject())
	default:
		p.Fail(checks.Finding{Rule: "addable-credential-file", Subject: e.Subject(), Place: checks.Place{Path: e.Path}, Expected: "ignored by git",
			Actual: "neither tracked nor ignored", Message: "git add would take " + printable(e.Path) + " with it"})
	}
}

func ignoreFile(p *checks.Pass, f *checks.File) error {
	if f.Name() == ".dockerignore" {
		p.Keep(f.Path, ignoreKept{dir: path.Dir(f.Path), patterns: dockerIgnorePatterns(f.Text())})
		return nil
	}
	if line, ok := copiesAll(f.Text()); ok && !isExample(f.Path) {
		p.Keep(f.Path, ignoreKept{dir: path.Dir(f.Path), copies: true, place: checks.Place{Path: f.Path, Line: line}})
	}
	return nil
}

// copiesAll finds COPY . or ADD . in the last stage of a Dockerfile: what is copied from another stage does not count.
func copiesAll(text string) (line int, found bool) {
	number := 0
	for l := range strings.Lines(text) {
		number++
		fields := strings.Fields(l)
		if len(fields) < 2 {
			continue
		}
		switch word := strings.ToUpper(fields[0]); {
		case word == "FROM":
			line, found = 0, false
		case (word == "COPY" || word == "ADD") && len(fields) > 2:
			sources := slices.DeleteFunc(fields[1:len(fields)-1], func(s string) bool { return strings.HasPrefix(s, "--") && !strings.HasPrefix(s, "--from=") })
			if len(sources) > 0 && (sources[0] == "." || sources[0] == "./" || sources[0] == "*") {
				line, found = number, true
			}
		}
	}
	return line, found
}

func dockerIgnorePatterns(text string) []string {
	var patterns []string
	for l := range strings.Lines(text) {
		if l = strings.TrimSpace(l); l != "" && l[0] != '#' {
			patterns = append(patterns, l)
		}
	}
	return patterns
}

// dockerIgnores reports whether the patterns leave the path out of the build context. The last that fits decides.
func dockerIgnores(patterns []string, rel string) bool {
	out := false
	for _, pattern := range patterns {
		pattern, again := strings.CutPrefix(pattern, "!")
		pattern = strings.Trim(path.Clean(pattern), "/")
		for part := rel; part != "."; part = path.Dir(part) {
			if ok, _ := doublestar.Match(pattern, part); ok {
				out = !again
				break
			}
		}
	}
	return out
}

// ignoreTree asks git whether a .env at the root would be ignored, and joins images with what their directory holds.
func ignoreTree(p *checks.Pass) error {
	contexts(p)
	repository := p.Repository()
	if repository == nil {
		return nil
	}
	subject := checks.Subject{Kind: "ignore file", Name: ".gitignore"}
	covered, err := repository.Ignores(".env")
	if err != nil {
		problem := &checks.Problem{Op: "ask git what it ignores", Expected: "an answer for .env", Actual: err.Error(), Retry: checks.RetrySafe, Where: ".gitignore"}
		errors.As(err, &problem)
		return problem
	}
	if covered {
		p.OK(subject)
		return nil
	}
	p.Fail(checks.Finding{
		Rule: "gitignore-gap", Subject: subject, Place: checks.Place{Path: ".gitignore"}, Attribute: ".env",
		Expected: ".env is ignored", Actual: ".env is not ignored",
		Message: "The first .env that somebody creates is committed by git add -A",
	})
	return nil
}

// contexts judges every Dockerfile that copies its directory by the credential files below it.
func contexts(p *checks.Pass) {
	ignored := map[string][]string{}
	var images, secrets []ignoreKept
	for _, v := range p.Kept() {
		switch k := v.(ignoreKept); {
		case k.patterns != nil:
			ignored[k.dir] = k.patterns
		case k.copies:
			images = append(images, k)
		case k.secret != "":
			secrets = append(secrets, k)
		}
	}
	for _, image := range images {
		subject := checks.Subject{Kind: "build context", Name: image.place.Path}
		taken := ""
		for _, s := range secrets {
			rel := strings.TrimPrefix(s.secret, image.dir+"/")
			if (image.dir == "." || rel != s.secret) && !dockerIgnores(ignored[image.dir], rel) {
				taken = s.secret
				break
			}
		}
		if taken == "" {
			p.OK(subject)
			continue
		}
		p.Fail(checks.Finding{Rule: "dockerignore-gap", Subject: subject, Place: image.place, Attribute: printable(taken),
			Expected: "kept out by a .dockerignore", Actual: "copied into the image", Message: "The image gets " + printable(taken) + " with the rest of its directory"})
	}
}
