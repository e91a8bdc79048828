package permissions

import (
	"slices"
	"strings"

	"hardcheck/checks"
	"hardcheck/checks/internal/parse/shell"
	"hardcheck/checks/permissions/workflows"
)

func workflowTriggers() *checks.Check {
	return &checks.Check{
		ID:    "permissions/workflow-triggers",
		Title: "Strangers' changes get no power over a pipeline",
		Why: "Some events run a workflow with the repository's own token and secrets whoever set them off. Where such a run checks out the pull " +
			"request, trusts a name that can be faked, shares a machine or takes a cache that others may fill, a stranger's code runs with them.",
		Fix:        "Build pull requests with the pull_request trigger. Let a second workflow (workflow_run) use the results as data only.",
		Expected:   "No workflow runs a stranger's code with the repository's token, on its own machines, or in what it publishes",
		Rollback:   "Restore the trigger or the condition for the one workflow that needs it, with a waiver that says who reviews what it runs",
		Absent:     "No pipeline of GitHub Actions (.github/workflows/*.yml, action.yml) or GitLab (.gitlab-ci.yml) was found",
		References: []string{"CWE-829", "CWE-349", "CWE-290", "https://docs.github.com/actions/reference/security/secure-use", "https://docs.github.com/actions/reference/workflows-and-actions/events-that-trigger-workflows"},
		Severity:   checks.Critical,
		Rules: []checks.Rule{
			{ID: "untrusted-checkout", Title: "The code of a pull request runs with the repository's token and secrets", Severity: checks.Critical},
			{ID: "untrusted-artifact", Title: "An artifact that a pull request's run made is unpacked over the workspace", Severity: checks.Medium, Precision: checks.PrecisionMedium},
			{ID: "dangerous-trigger", Title: "A trigger gives strangers' events the repository's token and secrets", Severity: checks.Low, Precision: checks.PrecisionMedium},
			{ID: "spoofable-actor", Title: "A bot is told by a name that others can take", Severity: checks.High},
			{ID: "always-true", Title: "A condition is always true", Severity: checks.Medium},
			{ID: "unsound-contains", Title: "A name is looked for inside a text, where parts of it match too", Severity: checks.Medium},
			{ID: "unsound-ternary", Title: "A choice can never give its first value", Severity: checks.Low},
			{ID: "self-hosted-runner", Title: "A machine of one's own runs jobs", Severity: checks.Medium, Precision: checks.PrecisionMedium},
			{ID: "cache-poisoning", Title: "What is published is built from a cache that other runs fill", Severity: checks.Medium, Precision: checks.PrecisionMedium},
			{ID: "privileged-container", Title: "A job's container is no wall", Severity: checks.High},
			{ID: "merge-request-deploy", Title: "A merge request's pipeline deploys before the merge", Severity: checks.Medium, Precision: checks.PrecisionMedium},
		},
		NoSettings: true,
		Lasting:    true,
		Wants:      wantsPipeline,
		File: pipelineFile(func(c *pipeline) {
			switch {
			case c.gitlab != nil:
				c.gitlabTriggers()
				return
			case c.flow.Kind == workflows.KindDependabot:
				return
			}
			c.untrusted()
			c.conditions()
			c.runners()
			c.caches()
			for _, j := range c.flow.Jobs {
				for _, container := range append([]*workflows.Container{j.Container}, j.Services...) {
					c.privileged(j, container)
				}
			}
		}),
	}
}

// runners reports jobs that run on machines of one's own: worst where a stranger's pull request gets there.
func (c *pipeline) runners() {
	for _, j := range c.flow.Jobs {
		labels, _ := j.Texts(j.RunsOn)
		i := slices.IndexFunc(labels, func(s workflows.Scalar) bool { return strings.EqualFold(strings.TrimSpace(s.Text), "self-hosted") })
		if i < 0 {
			continue
		}
		severity, message := checks.Info, "What a job leaves on the machine, the next one finds"
		if exposure, event := c.reach.Exposed(j, nil); exposure == workflows.Limited || exposure == workflows.Open {
			severity = checks.Medium
			message = "In a public repository a stranger's " + event + " runs on the machine, reaches its network, and stays there for the next job"
		}
		c.fail(labels[i].Node, checks.Finding{Rule: "self-hosted-runner", Attribute: "job " + j.ID, Severity: severity, Message: message,
			Expected: "a runner that is thrown away after the job", Actual: "self-hosted",
			Fix:     repair("Use GitHub's runners for strangers' changes, or ephemeral ones (config.sh --ephemeral) that approvals guard", "restore the label"),
			Snippet: "    runs-on: ubuntu-latest"})
	}
}

// privileged reports options that open a container's walls.
func (c *pipeline) privileged(j *workflows.Job, container *workflows.Container) {
	if container == nil {
		return
	}
	what, at := "", container.Options.Node
	commands, _ := shell.Parse("docker "+quoteExpressions(container.Options.Text), nil)
	for _, command := range commands {
		if what = openOption(texts(command.Words)); what != "" {
			break
		}
	}
	for _, v := range container.Volumes {
		if what == "" && hostVolume(v.Text) {
			what, at = "volume "+v.Text, v.Node
		}
	}
	if what == "" {
		return
	}
	severity := checks.Medium // GitHub's own machine is thrown away after the job
	labels, complete := j.Texts(j.RunsOn)
	if !complete || slices.ContainsFunc(labels, func(s workflows.Scalar) bool { return strings.EqualFold(s.Text, "self-hosted") }) {
		severity = checks.High
	}
	message := "With " + what + " what runs in the container is root on the machine that runs the job"
	if strings.HasPrefix(what, "--security-opt") {
		severity, message = checks.Low, "With "+what+" one wall between the container and the machine's kernel is gone"
	}
	c.fail(at, checks.Finding{Rule: "privileged-container", Attribute: strings.TrimSpace("job " + j.ID + " " + container.Name), Severity: severity,
		Expected: "a container without extra rights", Actual: what, Message: message,
		Fix: repair("Remove the option; give the one capability or device that is needed", "restore "+what), Snippet: "options: --cap-drop ALL --cap-add NAME # without " + what})
}

// openOption is the first option of docker create that leads out of a container.
func openOption(words []string) string {
	for i, w := range words {
		name, value, joined := strings.Cut(w, "=")
		if !joined && i+1 < len(words) {
			value = words[i+1]
		}
		switch name {
		case "--privileged":
			if !joined || value == "true" {
				return w
			}
		case "--cap-add":
			if slices.Contains([]string{"ALL", "SYS_ADMIN", "CAP_SYS_ADMIN", "SYS_PTRACE", "SYS_MODULE", "DAC_READ_SEARCH", "NET_ADMIN"}, strings.ToUpper(value)) {
				return name + " " + value
			}
		case "--pid", "--ipc", "--network", "--net", "--userns", "--uts":
			if value == "host" && name != "--network" && name != "--net" {
				return name + " host"
			}
		case "--security-opt":
			if strings.Contains(value, "unconfined") || strings.Contains(value, "disable") {
				return name + " " + value
			}
		case "-v", "--volume", "--mount":
			if hostVolume(value) {
				return name + " " + value
			}
		case "--device":
			return name + " " + value
		}
	}
	return ""
}

// hostVolume reports a mount of the engine's socket or of the machine's system directories.
func hostVolume(v string) bool {
	v = strings.TrimPrefix(strings.TrimPrefix(v, "type=bind,"), "source=")
	source, _, _ := strings.Cut(v, ":")
	source, _, _ = strings.Cut(source, ",")
	return strings.HasSuffix(source, "docker.sock") || strings.HasSuffix(source, "containerd.sock") || strings.HasSuffix(source, "podman.sock") ||
		slices.Contains([]string{"/", "/etc", "/root", "/proc", "/sys", "/dev", "/var/lib/docker"}, source)
}
