package secrets

import (
	"path"
	"slices"
	"strings"

	"hardcheck/checks"
)

// ciID is where credentials in the definitions of pipelines go.
const ciID = "secrets/ci"

func ci() *checks.Check {
	return &checks.Check{
		ID:         ciID,
		Title:      "Pipelines get their credentials from the CI's store",
		Why:        "A password in a pipeline's definition is read by everyone who can read the repository, and mostly opens registries, servers and clouds.",
		Fix:        "Change the credential, store it as a secret of the CI service, and refer to it by name.",
		Expected:   "No pipeline definition gives the name of a credential a literal value",
		Rollback:   "Put the new value into the CI's store, not into the file.",
		Absent:     "No definition of a CI pipeline was found",
		References: []string{"CWE-798", "CWE-522", "https://owasp.org/www-project-top-10-ci-cd-security-risks/CICD-SEC-06-Insufficient-Credential-Hygiene"},
		Severity:   checks.High,
		Rules:      genericCredentials().Rules,
		Wants:      hasBytes,
		File:       inFile,
		Stream:     true,
		Part:       true,
	}
}

// pipelineFiles are the names under which CI services look for a pipeline.
var pipelineFiles = []string{
	".gitlab-ci.yml", ".travis.yml", ".drone.yml", ".woodpecker.yml", ".cirrus.yml", ".appveyor.yml", "appveyor.yml", ".semaphore.yml", "azure-pipelines.yml",
	"azure-pipelines.yaml", "bitbucket-pipelines.yml", "buildspec.yml", "cloudbuild.yaml", "cloudbuild.yml", "codemagic.yaml", "bitrise.yml", "wercker.yml",
	"Jenkinsfile", "pipeline.yml", "screwdriver.yaml", ".buildkite.yml", "shippable.yml", "codefresh.yml",
}

// pipelineDirectories are the directories in which every YAML file is one. All of them are hidden.
var pipelineDirectories = []string{".github/workflows/", ".github/actions/", ".gitea/workflows/", ".forgejo/workflows/", ".circleci/", ".woodpecker/", ".buildkite/",
	".semaphore/", ".azure-pipelines/", ".gitlab/ci/", ".harness/", ".teamcity/", ".tekton/"}

// isPipeline reports whether the path is where a CI service looks for a pipeline's definition.
func isPipeline(p string) bool {
	if p == "" {
		return false
	}
	name := path.Base(p)
	if slices.Contains(pipelineFiles, name) || strings.HasPrefix(name, "Jenkinsfile") || strings.HasSuffix(name, ".gitlab-ci.yml") || strings.HasSuffix(name, ".jenkinsfile") {
		return true
	}
	return (p[0] == '.' || strings.Contains(p, "/.")) && slices.ContainsFunc(pipelineDirectories, func(d string) bool {
		return strings.HasPrefix(p, d) || strings.Contains(p, "/"+d)
	})
}
