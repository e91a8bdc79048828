package permissions

import (
	"slices"
	"strings"
)

// actionNeeds are the permissions that known actions need of the job's token, from their own documentation. "" needs none.
var actionNeeds = needsTable(map[string]string{
	"contents:read": "actions/checkout docker/build-push-action docker/bake-action golangci/golangci-lint-action returntocorp/semgrep-action " +
		"aquasecurity/trivy-action gitleaks/gitleaks-action bridgecrewio/checkov-action dorny/paths-filter tj-actions/changed-files " +
		"actions/go-dependency-submission anchore/scan-action anchore/sbom-action lycheeverse/lychee-action",
	"contents:write": "softprops/action-gh-release ncipollo/release-action actions/create-release actions/upload-release-asset peaceiris/actions-gh-pages " +
		"jamesives/github-pages-deploy-action stefanzweifel/git-auto-commit-action ad-m/github-push-action goreleaser/goreleaser-action svenstaro/upload-release-action " +
		"release-drafter/release-drafter marvinpinto/action-automatic-releases endbug/add-and-commit mathieudutour/github-tag-action anothrnick/github-tag-action " +
		"helm/chart-releaser-action benchmark-action/github-action-benchmark orhun/git-cliff-action",
	"contents:write pull-requests:write": "peter-evans/create-pull-request changesets/action google-github-actions/release-please-action googleapis/release-please-action " +
		"release-plz/action renovatebot/github-action",
	"contents:write issues:write pull-requests:write":    "cycjimmy/semantic-release-action",
	"contents:write id-token:write":                      "slsa-framework/slsa-github-generator",
	"pages:write id-token:write":                         "actions/deploy-pages",
	"pages:read":                                         "actions/configure-pages",
	"contents:read pull-requests:write":                  "actions/labeler",
	"pull-requests:write":                                "peter-evans/create-or-update-comment marocchino/sticky-pull-request-comment thollander/actions-comment-pull-request mshick/add-pr-comment hmarr/auto-approve-action reviewdog/reviewdog codelytv/pr-size-labeler eps1lon/actions-label-merge-conflict kentaro-m/auto-assign-action",
	"pull-requests:read":                                 "amannn/action-semantic-pull-request peter-evans/find-comment dependabot/fetch-metadata",
	"contents:read pull-requests:read":                   "actions/dependency-review-action",
	"issues:write pull-requests:write":                   "actions/stale dessant/lock-threads actions/first-interaction actions/add-to-project",
	"issues:write":                                       "peter-evans/create-issue-from-file jasonetco/create-an-issue actions-cool/issues-helper",
	"contents:read security-events:write":                "github/codeql-action/upload-sarif",
	"actions:read contents:read security-events:write":   "github/codeql-action/init github/codeql-action/analyze github/codeql-action/autobuild",
	"contents:read security-events:write id-token:write": "ossf/scorecard-action",
	"attestations:write contents:read id-token:write":    "actions/attest-build-provenance actions/attest actions/attest-sbom",
	"id-token:write":                                     "aws-actions/configure-aws-credentials google-github-actions/auth azure/login pypa/gh-action-pypi-publish rubygems/configure-rubygems-credentials rubygems/release-gem rust-lang/crates-io-auth-action hashicorp/vault-action",
	"checks:write":                                       "dorny/test-reporter mikepenz/action-junit-report enricomi/publish-unit-test-result-action scacap/action-surefire-report",
	"actions:write":                                      "styfle/cancel-workflow-action benc-uk/workflow-dispatch",
	"actions:read":                                       "dawidd6/action-download-artifact",
	"deployments:write":                                  "bobheadxi/deployments chrnorm/deployment-action cloudflare/wrangler-action",
	"statuses:write":                                     "myrotvorets/set-commit-status-action",
	"packages:write":                                     "actions/delete-package-versions",
	"": "actions/cache actions/cache/restore actions/cache/save actions/upload-artifact actions/download-artifact actions/upload-pages-artifact actions/setup-node " +
		"actions/setup-python actions/setup-go actions/setup-java actions/setup-dotnet actions/setup-ruby actions/create-github-app-token ruby/setup-ruby docker/setup-buildx-action " +
		"docker/setup-qemu-action docker/metadata-action docker/login-action codecov/codecov-action coverallsapp/github-action swatinem/rust-cache " +
		"dtolnay/rust-toolchain actions-rs/toolchain actions-rs/cargo actions-rust-lang/setup-rust-toolchain astral-sh/setup-uv astral-sh/ruff-action pnpm/action-setup oven-sh/setup-bun " +
		"denoland/setup-deno pre-commit/action psf/black shivammathur/setup-php gradle/actions/setup-gradle gradle/gradle-build-action hashicorp/setup-terraform " +
		"azure/setup-helm azure/setup-kubectl taiki-e/install-action mozilla-actions/sccache-action msys2/setup-msys2 ilammy/msvc-dev-cmd jwlawson/actions-setup-cmake " +
		"step-security/harden-runner sigstore/cosign-installer snok/install-poetry abatilo/actions-poetry subosito/flutter-action webfactory/ssh-agent " +
		"appleboy/ssh-action slackapi/slack-github-action 8398a7/action-slack arduino/setup-task bufbuild/buf-setup-action arduino/setup-protoc crazy-max/ghaction-import-gpg " +
		"actions/hello-world-javascript-action browser-actions/setup-chrome cypress-io/github-action nick-fields/retry nick-invision/retry easimon/maximize-build-space",
})

// needsTable turns scopes to actions into actions to scopes.
func needsTable(byScopes map[string]string) map[string]string {
	out := map[string]string{}
	for scopes, actions := range byScopes {
		for _, name := range strings.Fields(actions) {
			out[name] = scopes
		}
	}
	return out
}

// programNeeds are commands that write with the token that checkout left or the environment holds, by their first words.
var programNeeds = []struct{ words, scopes string }{
	{"git push", "contents:write"},
	{"gh release list", "contents:read"}, {"gh release view", "contents:read"}, {"gh release download", "contents:read"}, {"gh release", "contents:write"},
	{"gh pr list", "pull-requests:read"}, {"gh pr view", "pull-requests:read"}, {"gh pr checks", "checks:read pull-requests:read"}, {"gh pr diff", "pull-requests:read"},
	{"gh pr status", "pull-requests:read"}, {"gh pr checkout", "contents:read pull-requests:read"}, {"gh pr merge", "contents:write pull-requests:write"},
	{"gh pr", "pull-requests:write"},
	{"gh issue list", "issues:read"}, {"gh issue view", "issues:read"}, {"gh issue", "issues:write"}, {"gh label list", "issues:read"}, {"gh label", "issues:write"},
	{"gh run list", "actions:read"}, {"gh run view", "actions:read"}, {"gh run download", "actions:read"}, {"gh run watch", "actions:read"}, {"gh run", "actions:write"},
	{"gh workflow list", "actions:read"}, {"gh workflow view", "actions:read"}, {"gh workflow", "actions:write"},
	{"gh cache list", "actions:read"}, {"gh cache", "actions:write"}, {"gh repo clone", "contents:read"}, {"gh repo view", "contents:read"},
	{"gh attestation verify", "attestations:read"},
	{"goreleaser release", "contents:write"}, {"semantic-release", "contents:write issues:write pull-requests:write"},
	{"npx semantic-release", "contents:write issues:write pull-requests:write"}, {"mkdocs gh-deploy", "contents:write"},
	{"mike deploy", "contents:write"}, {"gh-pages", "contents:write"}, {"npx gh-pages", "contents:write"}, {"cosign sign", "id-token:write"},
	{"cosign sign-blob", "id-token:write"},
}

// apiScopes are the scopes of paths below /repos/OWNER/REPO of the API.
var apiScopes = map[string]string{"issues": "issues", "pulls": "pull-requests", "releases": "contents", "git": "contents", "contents": "contents", "commits": "contents",
	"check-runs": "checks", "check-suites": "checks", "statuses": "statuses", "deployments": "deployments", "actions": "actions", "pages": "pages",
	"code-scanning": "security-events", "dispatches": "contents", "merges": "contents", "branches": "contents", "tags": "contents", "labels": "issues",
	"milestones": "issues", "attestations": "attestations", "comments": "issues"}

// commandNeeds are the permissions that a command needs; "" for none or not known.
func commandNeeds(words []string) string {
	if len(words) == 0 {
		return ""
	}
	line := strings.Join(words, " ")
	switch {
	case len(words) > 2 && words[0] == "gh" && words[1] == "api":
		return apiNeeds(words[2:])
	case words[0] == "docker" && strings.Contains(line, "ghcr.io") && (slices.Contains(words, "push") || slices.Contains(words, "--push")):
		return "packages:write"
	case strings.HasPrefix(line, "npm publish") && slices.Contains(words, "--provenance"):
		return "id-token:write"
	}
	for _, p := range programNeeds {
		if line == p.words || strings.HasPrefix(line, p.words+" ") {
			return p.scopes
		}
	}
	return ""
}

// apiNeeds reads the method and the path of gh api.
func apiNeeds(words []string) string {
	level, scope := "read", ""
	for i, w := range words {
		switch {
		case (w == "-X" || w == "--method") && i+1 < len(words):
			if method := strings.ToUpper(words[i+1]); method != "GET" {
				level = "write"
			}
		case strings.HasPrefix(w, "-X") && len(w) > 2 && w != "-XGET", strings.HasPrefix(w, "--method=") && !strings.EqualFold(w, "--method=GET"):
			level = "write"
		case w == "-f" || w == "-F" || w == "--field" || w == "--raw-field" || w == "--input":
			if !slices.Contains(words, "GET") {
				level = "write"
			}
		case scope == "":
			parts := strings.Split(strings.TrimPrefix(w, "/"), "/")
			if len(parts) > 3 && parts[0] == "repos" {
				rest := parts[3]
				if len(parts) > 3 && apiScopes[rest] == "" && len(parts) > 4 { // ${{ github.repository }} is one word for two parts
					rest = parts[4]
				}
				scope = apiScopes[rest]
			} else if len(parts) > 2 && parts[0] == "repos" {
				scope = apiScopes[parts[2]]
			}
		}
	}
	if scope == "" {
		return ""
	}
	return scope + ":" + level
}
