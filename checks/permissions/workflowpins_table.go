package permissions

import (
	"cmp"
	"strconv"
	"strings"

	"hardcheck/checks/permissions/workflows"
)

// archivedActions are actions whose repositories their owners archived, and what took their place.
var archivedActions = map[string]string{
	"actions/setup-ruby": "ruby/setup-ruby", "actions/create-release": "gh release create", "actions/upload-release-asset": "gh release upload",
	"actions/setup-elixir": "erlef/setup-beam", "actions/setup-haskell": "haskell-actions/setup",
	"actions-rs/toolchain": "rustup, which the runners hold", "actions-rs/cargo": "cargo in a run step", "actions-rs/clippy-check": "cargo clippy in a run step",
	"actions-rs/audit-check": "rustsec/audit-check", "actions-rs/install": "cargo install in a run step", "actions-rs/grcov": "grcov in a run step",
	"actions-rs/tarpaulin": "cargo tarpaulin in a run step", "actions-rs/components-nightly": "rustup in a run step",
	"tibdex/github-app-token": "actions/create-github-app-token", "repo-sync/pull-request": "gh pr create",
	"marvinpinto/action-automatic-releases": "gh release create", "andymckay/cancel-action": "concurrency with cancel-in-progress",
	"google-github-actions/release-please-action": "googleapis/release-please-action", "gradle/gradle-build-action": "gradle/actions/setup-gradle",
	"gradle/wrapper-validation-action": "gradle/actions/wrapper-validation", "azure/docker-login": "docker/login-action",
	"azure/container-scan": "a scanner that is maintained", "hashicorp/terraform-github-actions": "hashicorp/setup-terraform",
	"c-hive/gha-yarn-cache": "actions/setup-node with cache", "c-hive/gha-npm-cache": "actions/setup-node with cache", "dawidd6/action-get-tag": "$GITHUB_REF_NAME",
}

// advisory is the first good version of an action, and the advisory of what was wrong before.
type advisory struct{ fixed, id string }

// advisories are from GitHub's advisory database, ecosystem GitHub Actions.
var advisories = map[string]advisory{
	"tj-actions/changed-files": {"46.0.1", "CVE-2025-30066"}, "reviewdog/action-setup": {"1.3.2", "CVE-2025-30154"},
	"actions/download-artifact": {"4.1.3", "CVE-2024-42471"}, "tj-actions/verify-changed-files": {"17.0.0", "CVE-2023-52137"},
	"tj-actions/branch-names": {"7.0.7", "CVE-2023-49291"}, "gradle/gradle-build-action": {"2.4.2", "CVE-2023-30853"},
	"rlespinasse/github-slug-action": {"4.4.1", "CVE-2023-27581"}, "atlassian/gajira-create": {"2.0.1", "CVE-2020-14188"},
	"atlassian/gajira-comment": {"2.0.2", "CVE-2020-14189"}, "check-spelling/check-spelling": {"0.0.19", "CVE-2021-32724"},
	"dawidd6/action-download-artifact": {"6.0.0", "GHSA-5xr6-xhww-33m4"},
}

// introduced are the first bad versions, where older ones are good.
var introduced = map[string]string{"actions/download-artifact": "4.0.0"}

// vulnerable is the version that repairs the one a ref names, or "". A ref of a major version alone moves, so that it is good
// where a release of the same major version repaired it; for a commit the comment behind it tells the version.
func vulnerable(u *workflows.Uses) string {
	a, ok := advisories[u.Slug()]
	if !ok {
		return ""
	}
	written := u.Ref
	if u.RefKind() == workflows.RefCommit {
		written = strings.TrimSpace(strings.TrimLeft(u.Node.LineComment, "# \t"))
	}
	version, parts := numbers(written)
	fixed, _ := numbers(a.fixed)
	if parts == 0 || parts < 3 && compareVersions(version, fixed, parts) >= 0 || compareVersions(version, fixed, 3) >= 0 {
		return ""
	}
	if first, limited := introduced[u.Slug()]; limited {
		if from, _ := numbers(first); compareVersions(version, from, 3) < 0 {
			return ""
		}
	}
	return a.fixed
}

// numbers reads v1.2.3; parts is how many of the three are written, 0 for no version.
func numbers(s string) (version [3]int, parts int) {
	s, _, _ = strings.Cut(strings.TrimLeft(s, "vV"), " ")
	for _, field := range strings.SplitN(s, ".", 4) {
		n, err := strconv.Atoi(field)
		if err != nil || parts == 3 || n > 1<<20 {
			break
		}
		version[parts] = n
		parts++
	}
	return version, parts
}

func compareVersions(a, b [3]int, parts int) int {
	for i := range parts {
		if a[i] != b[i] {
			return cmp.Compare(a[i], b[i])
		}
	}
	return 0
}
