package main

import (
	"errors"
	"io"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
)

func writeHello(w io.Writer) error {
	_, err := io.WriteString(w, "hello")
	return err
}

func TestReportFileReplacesOnlyRegularFiles(t *testing.T) {
	dir := t.TempDir()
	pipe := filepath.Join(dir, "pipe")
	if err := syscall.Mkfifo(pipe, 0o600); err != nil {
		t.Fatal(err)
	}
	read := make(chan string)
	go func() {
		data, err := os.ReadFile(pipe)
		if err != nil {
			t.Error(err)
		}
		read <- string(data)
	}()
	if err := writeFile(pipe, writeHello); err != nil {
		t.Fatal(err)
	}
	if got := <-read; got != "hello" {
		t.Errorf("the pipe carried %q", got)
	}
	if info, err := os.Lstat(pipe); err != nil || info.Mode().IsRegular() {
		t.Errorf("the pipe was replaced: %v, %v", info, err)
	}
	link, real := filepath.Join(dir, "latest.json"), filepath.Join(dir, "report.json")
	if err := errors.Join(os.WriteFile(real, []byte("old"), 0o600), os.Symlink("report.json", link)); err != nil {
		t.Fatal(err)
	}
	if err := writeFile(link, writeHello); err != nil {
		t.Fatal(err)
	}
	if data, _ := os.ReadFile(real); string(data) != "hello" {
		t.Errorf("the file behind the link holds %q", data)
	}
	if target, err := os.Readlink(link); err != nil || target != "report.json" {
		t.Errorf("the link was replaced: %q, %v", target, err)
	}
}

func TestReportFileObeysTheUmaskAndLeavesNothingPartial(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "report.json")
	old := syscall.Umask(0o077)
	err := writeFile(path, writeHello)
	syscall.Umask(old)
	if info, statErr := os.Stat(path); err != nil || statErr != nil || info.Mode() != 0o600 {
		t.Fatalf("mode %v, want 0600: %v, %v", info.Mode(), err, statErr)
	}
	full := errors.New("disk full")
	err = writeFile(path, func(w io.Writer) error { io.WriteString(w, "half"); return full })
	if err == nil || !strings.Contains(err.Error(), "write report "+path+": expected a place to write to, found disk full") {
		t.Errorf("got %v", err)
	}
	if data, _ := os.ReadFile(path); string(data) != "hello" {
		t.Errorf("the report was replaced by %q", data)
	}
	if left, _ := os.ReadDir(dir); len(left) != 1 {
		t.Errorf("something was left behind: %v", left)
	}
}
