//go:build unix

package realserver

import (
	"os"
	"path/filepath"
	"testing"
)

// Node runs a program of Node.js. Its packages are in the directory that NODE_PATH names, where CI installs them.
func Node(program string) Product {
	return Product{"server.js", program, []string{"node", "{dir}/server.js"}}
}

// RequirePackages skips the test where Node's packages are not installed, or fails it if CI is set.
func RequirePackages(t testing.TB, names ...string) {
	t.Helper()
	for _, name := range names {
		if _, err := os.Stat(filepath.Join(os.Getenv("NODE_PATH"), name, "package.json")); os.Getenv("NODE_PATH") != "" && err == nil {
			continue
		}
		if os.Getenv("CI") != "" {
			t.Fatalf("the package %s is not in NODE_PATH: CI has to run this test against the real server", name)
		}
		t.Skipf("NOT TESTED AGAINST THE REAL SERVER: the package %s is not in NODE_PATH", name)
	}
}
