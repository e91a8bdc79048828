package permissions

import (
	"regexp"
	"strconv"
	"strings"

	"hardcheck/checks"
	"hardcheck/checks/internal/parse/dockerfile"
	"hardcheck/checks/internal/parse/shell"
)

func containerUser() *checks.Check {
	return &checks.Check{
		ID:    "permissions/container-user",
		Title: "Containers do not run as root",
		Why: "Root in a container is root to the kernel: with one kernel or runtime fault, or one careless mount, whoever takes over the " +
			"service owns the host. As an ordinary user he does not even own the container.",
		Fix:        "End the final stage with USER and a number above 0, for example USER 65532:65532, after the steps that need root.",
		Expected:   "The final stage runs as a user other than root",
		Rollback:   "Remove the USER line; give single files or ports to the user first",
		Absent:     "No Dockerfile was found",
		References: []string{"CWE-250", "CIS Docker 4.1"},
		Severity:   checks.High,
		Rules: []checks.Rule{
			{ID: "root", Title: "The final stage says that it runs as root", Severity: checks.High},
			{ID: "no-user", Title: "Nothing says that the image runs as another user than root", Severity: checks.Medium, Precision: checks.PrecisionMedium},
			{ID: "drops-later", Title: "The container starts as root and changes its user itself", Severity: checks.Low, Precision: checks.PrecisionMedium},
			{ID: "named-user", Title: "The user has a name, which Kubernetes cannot tell from root's", Severity: checks.Low},
		},
		Params: []checks.Param{
			{Name: "numeric", Kind: checks.ParamBool, Default: false, Doc: "USER must be a number, as runAsNonRoot in Kubernetes needs where runAsUser does not give one"},
		},
		NoSettings: true,
		Lasting:    true,
		Wants:      dockerfile.Wants,
		File:       containerUserFile,
	}
}

func containerUserFile(p *checks.Pass, f *checks.File) error {
	d := dockerfile.Of(f)
	final := d.Final()
	switch {
	case d.Err != nil:
		return d.Err
	case final == nil:
		return nil
	case d.Templated:
		p.NotApplicable("the Dockerfile is a template: its user is not known until it is filled in")
		return nil
	}
	finding := checks.Finding{
		Subject: checks.Subject{Kind: "Dockerfile", Name: f.Path}, Attribute: "USER",
		Expected: "a USER other than root in the final stage", Place: final.Place,
	}
	rule, known := judgeUser(final, &finding)
	if user := final.Last("USER"); known && rule == "" && user != nil && p.Bool("numeric") && !numericUser.MatchString(user.Args[0].Text) {
		rule, finding.Message = "named-user", "Kubernetes starts a container with runAsNonRoot only if it can tell from the image that the user is not root"
		finding.Expected = "a USER that is a number"
	}
	switch {
	case !known:
		p.NotApplicable("the user is not known before the build: " + finding.Actual)
	case rule == "":
		p.OK(finding.Subject)
	default:
		finding.Rule = rule
		finding.Fix = "End the final stage with the lines below, and give the user what it writes (install --directory --owner=10001 DIR). " +
			"Rollback: remove the USER line, which was: " + finding.Actual + "."
		finding.Snippet = "RUN useradd --system --uid 10001 --no-create-home app || adduser -S -D -H -u 10001 app\nUSER 10001:10001"
		if testPath(f.Path) || strings.Contains("/"+f.Path, "/.devcontainer/") {
			finding.Severity = checks.Low // runs on its author's machine only
		}
		p.Fail(finding)
	}
	return nil
}

// judgeUser finds the user that the stage runs as. known is false where only the build tells.
func judgeUser(final *dockerfile.Stage, f *checks.Finding) (rule string, known bool) {
	if user := final.Last("USER"); user != nil && len(user.Args) > 0 {
		name, _, _ := strings.Cut(user.Args[0].Text, ":")
		f.Place, f.Actual = user.Place, "USER "+user.Text
		switch {
		case user.Args[0].Dynamic:
			return "", false
		case !isRoot(name):
			return "", true
		}
		f.Message = "The container runs as root, by this line"
		return lowerIfDropped(final, f, "root"), true
	}
	chain := final.Chain()
	base := chain[len(chain)-1].Base
	f.Actual = "no USER, base image " + base.Text
	switch {
	case nonRootBase.MatchString(base.Text):
		return "", true
	case base.Dynamic || windowsBase.MatchString(base.Text):
		return "", false
	case base.Text == "scratch" && final.Last("ENTRYPOINT") == nil && final.Last("CMD") == nil:
		f.Actual = "the final stage only holds files, nothing runs in it"
		return "", false
	}
	f.Message = "No USER in the final stage, and the base image " + base.Text + " is not known to set one: the container runs as root"
	if base.Text == "scratch" {
		f.Message = "No USER in the final stage, which begins empty: the container runs as root"
	}
	return lowerIfDropped(final, f, "no-user"), true
}

// isRoot knows root by name and by number, and its like on Windows.
func isRoot(user string) bool {
	n, err := strconv.ParseUint(user, 10, 64)
	return user == "root" || strings.EqualFold(user, "ContainerAdministrator") || err == nil && n == 0
}

// nonRootBase are images known to set a user other than root.
var nonRootBase = regexp.MustCompile(`(?i)(^|/)distroless/[^:]+:[^@]*nonroot|:[^@/]*(rootless|nonroot|non-root)|-unprivileged([:@]|$)|^cgr\.dev/|^dhi\.io/|(^|/)bitnami(legacy|secure)?/|` +
	`^(docker\.io/)?(jenkins/jenkins|grafana/(grafana|loki|tempo|mimir)|prom/[a-z-]+|curlimages/curl|apache/(airflow|kafka|superset)|confluentinc/cp-|selenium/|jupyter/|cimg/|circleci/|openpolicyagent/opa|sonarqube|elasticsearch|logstash|kibana)|` +
	`^docker\.elastic\.co/|^quay\.io/(keycloak/keycloak|jupyter/|prometheus/)|^registry\.(access\.)?redhat\.(com|io)/(ubi[0-9]+|rhel[0-9]+)/(nodejs|python|go-toolset|openjdk|php|ruby|perl|nginx|httpd)|` +
	`^mcr\.microsoft\.com/dotnet/[a-z/-]+:[^@]*(chiseled|distroless)`)

var windowsBase = regexp.MustCompile(`(?i)nanoserver|servercore|^mcr\.microsoft\.com/windows|windowsservercore`)

// lowerIfDropped tells an image that starts as root only to give it up: it starts through, or installs, a program
// for that.
func lowerIfDropped(final *dockerfile.Stage, f *checks.Finding, rule string) string {
	for _, name := range []string{"ENTRYPOINT", "CMD"} {
		if in := final.Last(name); in != nil && mentionsDropper(in) {
			f.Message = "The container starts as root and changes its user in " + name
			return "drops-later"
		}
	}
	if final.Last("ENTRYPOINT") == nil {
		return rule
	}
	for _, stage := range final.Chain() {
		for _, in := range stage.Instructions {
			if in.Name == "RUN" && mentionsDropper(in) {
				f.Message = "The container starts as root; it holds a program that changes the user, which its entry point may use"
				return "drops-later"
			}
		}
	}
	return rule
}

// droppers start a program as another user, and are there for nothing else.
var droppers = set("gosu su-exec setpriv runuser chpst s6-setuidgid s6-applyuidgid setuidgid")

func mentionsDropper(in *dockerfile.Instruction) bool {
	commands, _ := in.Commands()
	for _, c := range commands {
		for i, w := range c.Words {
			if droppers[baseName(w)] {
				return true
			}
			// su and sudo start a program as another user where they are told one that is not root.
			if name := baseName(w); i == 0 && in.Name != "RUN" && (name == "su" || name == "sudo") && namesUser(c.Words[1:]) {
				return true
			}
		}
	}
	return false
}

// namesUser reports words of su or sudo that name a user other than root.
func namesUser(words []shell.Word) bool {
	for i, w := range words {
		switch {
		case w.Text == "-u" || w.Text == "--user":
			return i+1 < len(words) && !isRoot(words[i+1].Text)
		case !strings.HasPrefix(w.Text, "-"):
			return !isRoot(w.Text)
		}
	}
	return false
}

// numericUser is a number with or without a group.
var numericUser = regexp.MustCompile(`^[0-9]+(:.*)?$`)

func baseName(w shell.Word) string {
	name := w.Text[strings.LastIndexByte(w.Text, '/')+1:]
	name, _, _ = strings.Cut(name, "=")
	return name
}
