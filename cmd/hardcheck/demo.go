package main

import (
	"encoding/pem"
	"fmt"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"hardcheck/testdata"
)

func newDemo() *cobra.Command {
	a := &audit{}
	name := "neglected"
	cmd := &cobra.Command{
		Use:   "demo",
		Short: "Audit a sample service and its live site, started on loopback for the occasion",
		Long: `Demo writes one of the two sample services to a temporary directory, starts its site on a loopback port,
audits both, and removes everything again. The neglected sample has the mistakes of every chapter; the
hardened one passes the strict profile.`,
		Example: "  hardcheck demo\n  hardcheck demo --sample hardened --profile strict",
		Args:    cobra.NoArgs,
		RunE:    func(cmd *cobra.Command, _ []string) error { return a.demo(cmd, name) },
	}
	cmd.Flags().StringVar(&name, "sample", name, strings.Join(testdata.Names(), " or "))
	a.outputFlags.add(cmd)
	a.policyFlags.add(cmd)
	cmd.Flags().BoolVar(&a.reportOnly, "report-only", false, "exit 0 where the gate fails")
	return cmd
}

func (a *audit) demo(cmd *cobra.Command, name string) error {
	if !slices.Contains(testdata.Names(), name) {
		return fmt.Errorf("--sample %q: expected %s", name, strings.Join(testdata.Names(), " or "))
	}
	dir, err := os.MkdirTemp("", "hardcheck-demo-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)
	tree := filepath.Join(dir, "shop")
	if err := os.Mkdir(tree, 0o755); err != nil {
		return err
	}
	if err := testdata.Write(tree, name); err != nil {
		return fmt.Errorf("write the sample: %w", err)
	}
	site := httptest.NewUnstartedServer(testdata.Site(name))
	if name == "hardened" {
		site.StartTLS()
		a.caFile = filepath.Join(dir, "ca.pem")
		ca := pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: site.Certificate().Raw})
		if err := os.WriteFile(a.caFile, ca, 0o600); err != nil {
			return err
		}
	} else {
		site.Start()
	}
	defer site.Close()
	return a.run(cmd, []string{tree, site.URL})
}
