package permissions

import (
	"cmp"
	"slices"
	"strings"

	"go.yaml.in/yaml/v4"

	"hardcheck/checks"
	"hardcheck/checks/internal/parse/yamldoc"
)

// gitlabToken judges what jobs hold: identities for clouds, and a log that prints every secret.
func (c *pipeline) gitlabToken() {
	for _, j := range c.gitlab.jobs {
		for name, n := range j.audiences {
			c.audience(j, name, n)
		}
		for _, v := range j.variables {
			if (v.name == "CI_DEBUG_TRACE" || v.name == "CI_DEBUG_SERVICES") && strings.EqualFold(v.value.Text, "true") {
				c.fail(v.value.Node, checks.Finding{Rule: "unredacted-secret", Attribute: v.name, Expected: "not set", Actual: v.name + ": true",
					Message: "The log shows every variable of the job, also masked ones in other spellings, to everyone who can read it",
					Fix:     repair("Remove it, and delete the logs it filled", "set it for one pipeline by hand"), Snippet: "# no " + v.name})
			}
		}
	}
}

func (c *pipeline) audience(j gitlabJob, name string, n *yaml.Node) {
	aud := yamldoc.Get(n, "aud")
	list, _ := yamldoc.Text(aud)
	for _, item := range yamldoc.Items(aud) {
		text, _ := yamldoc.Text(item)
		list = strings.TrimSpace(list + " " + text)
	}
	words := strings.Fields(list)
	if len(words) == 1 && !strings.Contains(list, "*") {
		return
	}
	c.fail(cmp.Or(aud, n), checks.Finding{Rule: "identity-before-review", Attribute: "id_tokens " + name, Severity: checks.Medium, Expected: "one audience for each token", Actual: "aud: " + cmp.Or(list, "none"),
		Message: "The job " + j.name + " gets a token that more than one service takes: each of them can use it at the others",
		Fix:     repair("Give each service a token with an audience of its own", "restore aud"), Snippet: "id_tokens:\n  " + plainWord(name, "NAME") + ":\n    aud: https://service.example"})
}

// gitlabTriggers judges Docker in Docker and deployments of merge requests.
func (c *pipeline) gitlabTriggers() {
	open := map[string]bool{} // jobs, and "" for all, that turn the engine's TLS off
	for _, j := range c.gitlab.jobs {
		for _, v := range j.variables {
			open[j.name] = open[j.name] || v.name == "DOCKER_TLS_CERTDIR" && v.value.Text == ""
		}
	}
	for _, j := range c.gitlab.jobs {
		for _, s := range j.services {
			c.dind(j, s.Text, s.Node, open[j.name] || open[""] || open["default"])
		}
		if j.environment != nil && j.name != "" {
			c.mergeDeploy(j)
		}
	}
}

// dind reports the service docker:dind, which needs a privileged runner.
func (c *pipeline) dind(j gitlabJob, image string, at *yaml.Node, open bool) {
	name, tag, _ := strings.Cut(image[strings.LastIndexByte(image, '/')+1:], ":")
	if name != "docker" || !strings.Contains(tag, "dind") || strings.Contains(tag, "rootless") {
		return
	}
	severity, actual := checks.Low, image
	message := "Docker in Docker runs on privileged runners only: a job of any branch there is root on the machine"
	if open {
		severity, actual = checks.Medium, image+" with DOCKER_TLS_CERTDIR empty"
		message = "The engine listens without TLS and without a password: what reaches the job's network is root on the machine"
	}
	c.fail(at, checks.Finding{Rule: "privileged-container", Attribute: strings.TrimSpace("job " + j.name), Severity: severity, Expected: "images built without a privileged engine", Actual: actual,
		Message: message, Fix: repair("Build with BuildKit's rootless image, Buildah or kaniko on runners that are not privileged", "restore the service"),
		Snippet: "image: moby/buildkit:rootless\nscript:\n  - buildctl-daemonless.sh build --frontend dockerfile.v0 --local context=. --local dockerfile=."})
}

// mergeDeploy reports a job with an environment that runs on merge requests without a click. Review environments are for that.
func (c *pipeline) mergeDeploy(j gitlabJob) {
	name, ok := yamldoc.Text(j.environment)
	if !ok {
		name, _ = yamldoc.Text(yamldoc.Get(j.environment, "name"))
	}
	lower := strings.ToLower(name)
	if !strings.Contains(lower, "prod") && lower != "live" && !strings.Contains(lower, "staging") {
		return
	}
	for _, rule := range j.rules {
		condition, _ := yamldoc.Text(yamldoc.Get(rule, "if"))
		when, _ := yamldoc.Text(yamldoc.Get(rule, "when"))
		if when == "never" || when == "manual" || !mergeRequestRule(condition) {
			continue
		}
		c.fail(yamldoc.Get(rule, "if"), checks.Finding{Rule: "merge-request-deploy", Attribute: "job " + j.name, Expected: "$CI_COMMIT_BRANCH == $CI_DEFAULT_BRANCH", Actual: condition,
			Message: "A merge request's pipeline runs the changed files: who opens it deploys to " + name + ", or takes the variables of that environment, before the merge",
			Fix:     repair("Deploy from the protected default branch", "restore the rule"), Snippet: "rules:\n  - if: $CI_COMMIT_BRANCH == $CI_DEFAULT_BRANCH"})
	}
}

func mergeRequestRule(condition string) bool {
	condition = strings.ReplaceAll(strings.ReplaceAll(condition, `"`, "'"), " ", "")
	return strings.Contains(condition, "$CI_PIPELINE_SOURCE=='merge_request_event'") || condition == "$CI_MERGE_REQUEST_IID" || condition == "$CI_MERGE_REQUEST_ID"
}

// gitlabText are predefined variables whose text who pushes or opens a merge request chooses.
var gitlabText = set("CI_COMMIT_MESSAGE CI_COMMIT_TITLE CI_COMMIT_DESCRIPTION CI_COMMIT_REF_NAME CI_COMMIT_BRANCH CI_COMMIT_TAG CI_COMMIT_TAG_MESSAGE CI_COMMIT_AUTHOR " +
	"CI_MERGE_REQUEST_TITLE CI_MERGE_REQUEST_DESCRIPTION CI_MERGE_REQUEST_SOURCE_BRANCH_NAME CI_EXTERNAL_PULL_REQUEST_SOURCE_BRANCH_NAME GITLAB_USER_NAME")

// gitlabInjection reports scripts that have a shell read such a variable as commands.
func (c *pipeline) gitlabInjection() {
	for _, j := range c.gitlab.jobs {
		for _, s := range j.scripts {
			if line := evaluates(s.Text, func(name string) bool { return gitlabText[name] }); line != "" {
				c.fail(s.Node, evaluatedFinding(line, "job "+j.name, checks.High))
			}
		}
	}
}

// gitlabPins judges images and includes.
func (c *pipeline) gitlabPins() {
	for _, j := range c.gitlab.jobs {
		c.image(j.image)
		for _, s := range j.services {
			c.image(s)
		}
	}
	for _, n := range c.gitlab.includes {
		c.include(n)
	}
}

// include judges one entry of include:. Files of the same repository and GitLab's own templates change with what they belong to.
func (c *pipeline) include(n *yaml.Node) {
	report := func(at *yaml.Node, text, expected, message, snippet string, severity checks.Severity) {
		c.keep(at, text, checks.Finding{Rule: "unpinned-include", Expected: expected, Severity: severity, Message: message,
			Fix: repair("Pin it: "+expected, "restore the line"), Snippet: snippet})
	}
	remote := yamldoc.Get(n, "remote")
	if text, ok := yamldoc.Text(n); ok && strings.Contains(text, "://") {
		remote = n
	}
	project, _ := yamldoc.Text(yamldoc.Get(n, "project"))
	ref, _ := yamldoc.Text(yamldoc.Get(n, "ref"))
	component, _ := yamldoc.Text(yamldoc.Get(n, "component"))
	switch text, _ := yamldoc.Text(remote); {
	case remote != nil && yamldoc.Get(n, "integrity") == nil:
		severity := checks.Medium
		report(remote, text, "integrity: sha256-... beside it", "Who serves "+text+" decides what the pipeline runs", "  - remote: "+plainWord(text, "URL")+"\n    integrity: sha256-BASE64", severity)
	case project != "" && !commitHash(ref):
		report(yamldoc.Get(n, "project"), project, "ref: with a commit", "Who may push to "+project+" decides what the pipeline runs", "  - project: "+plainWord(project, "PROJECT")+"\n    ref: COMMIT", checks.Low)
	case component != "":
		_, at, _ := strings.Cut(component, "@")
		if !commitHash(at) && !strings.Contains(component, "$CI_COMMIT_SHA") {
			severity := checks.Low
			if slices.Contains([]string{"~latest", "main", "master", ""}, at) {
				severity = checks.Medium
			}
			report(yamldoc.Get(n, "component"), component, "@ with a commit", "Who owns the component decides what the pipeline runs", "  - component: "+oneLine(strings.TrimSuffix(component, "@"+at))+"@COMMIT", severity)
		}
	}
}

func commitHash(ref string) bool {
	return len(ref) == 40 && strings.Trim(ref, "0123456789abcdef") == ""
}
