package permissions

import (
	"regexp"
	"strings"

	"hardcheck/checks"
	"hardcheck/checks/internal/parse/dotenv"
	"hardcheck/checks/internal/parse/yamldoc"
	"hardcheck/checks/permissions/composefile"
)

func compose() *checks.Check {
	return &checks.Check{
		ID:    "permissions/compose",
		Title: "Containers are started with their walls intact",
		Why: "A privileged container, one that holds the engine's socket, the host's namespaces or its directories, is no wall: who takes " +
			"over the service has the host.",
		Fix:        "Remove the line. Give the one device, capability or file that is needed, read-only where possible; put a filtering proxy before the engine's socket.",
		Expected:   "No service is privileged, holds the engine's socket, joins the host's namespaces or mounts its system directories",
		Rollback:   "Restore the line for the one service that needs it, with a waiver that says why",
		Absent:     "No Compose file with services, no Quadlet unit and no development container was found",
		References: []string{"CWE-250", "CWE-269", "CIS Docker 5.4", "CIS Docker 5.5", "CIS Docker 5.6", "CIS Docker 5.32", "https://docs.docker.com/reference/compose-file/"},
		Severity:   checks.Critical,
		Rules: []checks.Rule{
			{ID: "privileged", Title: "The service is privileged: root on the host", Severity: checks.Critical},
			{ID: "engine-socket", Title: "The service holds the container engine's socket: root on the host", Severity: checks.Critical},
			{ID: "host-namespace", Title: "The service joins a namespace of the host", Severity: checks.High},
			{ID: "capability", Title: "The service gets a capability that leads out of the container", Severity: checks.High},
			{ID: "unconfined", Title: "The service runs without seccomp, AppArmor or SELinux", Severity: checks.High},
			{ID: "host-path", Title: "The service mounts a system directory of the host", Severity: checks.High},
			{ID: "propagation", Title: "What the service mounts appears on the host", Severity: checks.Medium},
			{ID: "device", Title: "The service gets the host's memory or disks", Severity: checks.High},
			{ID: "root-group", Title: "The service joins a group that is as good as root", Severity: checks.Medium},
			{ID: "root-user", Title: "The service is told to run as root", Severity: checks.Low},
			{ID: "secret-mode", Title: "Every user in the container can read or change the secret", Severity: checks.Medium},
			{ID: "build-privileged", Title: "The build runs outside the walls of a build", Severity: checks.High},
			{ID: "new-privileges", Title: "Programs in the service may gain privileges", Severity: checks.Low},
			{ID: "capabilities-kept", Title: "Services keep every default capability", Severity: checks.Low},
			{ID: "writable-root", Title: "Services can change their own programs", Severity: checks.Info},
			{ID: "unlimited-processes", Title: "Services may start any number of processes", Severity: checks.Info},
		},
		NoSettings: true,
		Lasting:    true,
		Wants:      wantsStarts,
		File:       startsFile,
		Tree:       judgeCompose,
	}
}

var composeName = regexp.MustCompile(`(?i)^(([a-z0-9_.-]+[.-])?(docker-)?compose([.-][a-z0-9_.-]+)?|docker-stack|stack)\.ya?ml$`)

func isCompose(e *checks.Entry) bool { return e.Mode.IsRegular() && composeName.MatchString(e.Name()) }

// wantsStarts chooses what says how containers are started. Any YAML file may be one that a Compose file includes.
func wantsStarts(e *checks.Entry) bool {
	ext := e.Ext()
	return e.Mode.IsRegular() && (ext == ".yml" || ext == ".yaml" || e.Name() == ".env" || isQuadlet(e) || isDevcontainer(e))
}

// composeDoc is a file that may be part of a project.
type composeDoc struct {
	path  string
	named bool
	docs  []*composefile.Value
}

// composeEnv is a .env file.
type composeEnv struct {
	path string
	vars composefile.Variables
}

func startsFile(p *checks.Pass, f *checks.File) error {
	switch {
	case f.Name() == ".env":
		env := composeEnv{f.Path, composefile.Variables{}}
		for _, v := range dotenv.Of(f) {
			if !v.Dynamic && len(env.vars) < 1000 {
				env.vars[v.Name] = v.Value
			}
		}
		p.Keep(f.Path, env)
		return nil
	case isQuadlet(f.Entry):
		return quadletFile(p, f)
	case isDevcontainer(f.Entry):
		return devcontainerFile(p, f)
	}
	named := isCompose(f.Entry)
	if text := f.Text(); !named && !strings.HasPrefix(text, "services:") && !strings.Contains(text, "\nservices:") || len(text) > yamldoc.MaxSize && !named {
		return nil
	}
	stream := yamldoc.Of(f)
	if stream.Err != nil && len(stream.Docs) == 0 {
		if !named || stream.Templated || besideService.MatchString(f.Path) {
			return nil // a template as it stands need not parse, and a fixture is broken on purpose
		}
		return stream.Err.AsBlind()
	}
	docs, whole := composefile.Read(f)
	if !whole && named {
		p.Problem(checks.Problem{Op: "read Compose file", Expected: "a file of ordinary size", Actual: "aliases that grow without end",
			Retry: checks.RetryUseless, Where: f.Path, Blind: true})
	}
	for _, doc := range docs {
		if doc.Kind == composefile.Map && (named || doc.Get("services").Get() != nil) {
			p.Keep(f.Path, composeDoc{f.Path, named, docs})
			break
		}
	}
	return nil
}
