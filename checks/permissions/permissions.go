// Package permissions is the permissions chapter of the checklist.
package permissions

import "hardcheck/checks"

// Checks lists the chapter's checks in report order.
func Checks() []*checks.Check {
	return []*checks.Check{
		worldWritable(),
		setuid(),
		keyFiles(),
		credentialFiles(),
		rootExecutes(),
		systemFileModes(),
		fileCapabilities(),
		ownership(),
		homeDirectories(),
		hostAccounts(),
		specialFiles(),
		gitModes(),
		containerUser(),
		containerModes(),
		compose(),
		imageContent(),
		systemdSandbox(),
		sudoersCheck(),
		sshdCheck(),
		serviceIdentity(),
		umaskCheck(),
		podSecurity(),
		podHardening(),
		rbac(),
		workflowToken(),
		workflowTriggers(),
		workflowInjection(),
		workflowPins(),
		cloudAccess(),
		databaseGrants(),
		sourceModes(),
		applicationAuthorization(),
		exposedFiles(),
	}
}
