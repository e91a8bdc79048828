package main

import (
	"encoding/pem"
	"errors"
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
	a := &audit{targetFlags: targetFlags{jobs: 1}}
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
	if err := a.makeAbsolute(); err != nil {
		return err
	}
	dir, err := os.MkdirTemp("", "hardcheck-demo-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)
	if err := os.Mkdir(filepath.Join(dir, "shop"), 0o755); err != nil {
		return err
	}
	if err := testdata.Write(filepath.Join(dir, "shop"), name); err != nil {
		return fmt.Errorf("write the sample: %w", err)
	}
	site, err := a.startSample(dir, name)
	if err != nil {
		return err
	}
	defer site.Close()
	back, err := os.Getwd()
	if err != nil {
		return err
	}
	if err := os.Chdir(dir); err != nil { // so that the report says "shop" and not where it lies
		return err
	}
	return errors.Join(a.run(cmd, []string{"shop", site.URL}), os.Chdir(back))
}

// makeAbsolute keeps the files that the flags name where the user is.
func (a *audit) makeAbsolute() (err error) {
	if a.file != "" {
		if a.file, err = filepath.Abs(a.file); err != nil {
			return err
		}
	}
	for i, spec := range a.files {
		format, path, ok := strings.Cut(spec, "=")
		if !ok {
			continue // parse says so
		}
		if path, err = filepath.Abs(path); err != nil {
			return err
		}
		a.files[i] = format + "=" + path
	}
	return nil
}

// startSample starts a sample's site: the hardened one over TLS with a certificate that the audit trusts.
func (a *audit) startSample(dir, name string) (*httptest.Server, error) {
	site := httptest.NewUnstartedServer(testdata.Site(name))
	if name != "hardened" {
		site.Start()
		return site, nil
	}
	site.StartTLS()
	a.caFile = filepath.Join(dir, "ca.pem")
	ca := pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: site.Certificate().Raw})
	return site, os.WriteFile(a.caFile, ca, 0o600)
}
