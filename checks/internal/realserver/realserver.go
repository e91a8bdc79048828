//go:build unix

// Package realserver starts real servers for tests, so that what a reader says of a configuration is compared
// with what the server really does.
package realserver

import (
	"bytes"
	"fmt"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"
)

const (
	startTimeout  = 20 * time.Second
	stopTimeout   = 5 * time.Second
	answerTimeout = 5 * time.Second
	attempts      = 3 // a free port may be taken by somebody else before the server binds it
)

// Server is a running server on a loopback port of its own.
type Server struct {
	URL   string // "http://127.0.0.1:PORT"
	Port  int
	Plain int    // the second port, 0 where nothing names "{plain}"
	Dir   string // where its files are; the process may read it as any user

	cmd    *exec.Cmd
	output *buffer
	exited chan struct{}
}

// Require returns the path of the program, looking in the sbin directories too. Where it is missing the test is
// skipped, or fails if the environment variable CI is set: there every server has to be installed.
func Require(t testing.TB, name string) string {
	t.Helper()
	if path, err := exec.LookPath(name); err == nil {
		return path
	}
	for _, dir := range []string{"/usr/sbin", "/usr/local/sbin", "/sbin"} {
		if path, err := exec.LookPath(filepath.Join(dir, name)); err == nil {
			return path
		}
	}
	if os.Getenv("CI") != "" {
		t.Fatalf("%s is not installed: CI has to run this test against the real server", name)
	}
	t.Skipf("NOT TESTED AGAINST THE REAL SERVER: %s is not installed", name)
	return ""
}

// Start writes the files, runs the program in the foreground and waits until its port answers. In files, their
// names and args, "{port}" is a free loopback port, "{plain}" a second one and "{dir}" the directory the files are in. The server ends
// with the test.
//
//	srv := realserver.Start(t, map[string]string{"Caddyfile": "http://127.0.0.1:{port}\nrespond ok"},
//		"caddy", "run", "--config", "{dir}/Caddyfile")
func Start(t testing.TB, files map[string]string, name string, args ...string) *Server {
	t.Helper()
	program := Require(t, name)
	var last string
	for range attempts {
		s := launch(t, files, program, args)
		if s.listening() {
			return s
		}
		s.stop()
		last = s.output.String()
		if !strings.Contains(strings.ToLower(last), "address already in use") {
			break
		}
	}
	t.Fatalf("%s did not listen within %s; it said:\n%s", name, startTimeout, last)
	return nil
}

// Output is what the server has written to stdout and stderr so far.
func (s *Server) Output() string { return s.output.String() }

// Get fetches a path without following redirects and closes the body.
func (s *Server) Get(t testing.TB, path string) *http.Response {
	t.Helper()
	client := &http.Client{Timeout: startTimeout, CheckRedirect: func(*http.Request, []*http.Request) error {
		return http.ErrUseLastResponse
	}}
	resp, err := client.Get(s.URL + path)
	if err != nil {
		t.Fatalf("GET %s: %v; the server said:\n%s", path, err, s.Output())
	}
	resp.Body.Close()
	return resp
}

// Declare sends a POST that declares a body of size bytes and asks whether to go on (Expect: 100-continue). It sends
// no body and returns the status of the answer: 100 where the server wants it, 0 where it waits in silence.
func (s *Server) Declare(t testing.TB, path string, size int64) int {
	t.Helper()
	conn, err := net.DialTimeout("tcp", s.addr(), startTimeout)
	if err != nil {
		t.Fatalf("dial: %v", err)
	}
	defer conn.Close()
	fmt.Fprintf(conn, "POST %s HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/octet-stream\r\nExpect: 100-continue\r\nContent-Length: %d\r\n\r\n", path, size)
	if err := conn.SetReadDeadline(time.Now().Add(answerTimeout)); err != nil {
		t.Fatal(err)
	}
	line := make([]byte, 12) // "HTTP/1.1 413"
	n, err := conn.Read(line)
	if err != nil || n < len(line) {
		return 0
	}
	status, _ := strconv.Atoi(string(line[9:]))
	return status
}

func launch(t testing.TB, files map[string]string, program string, args []string) *Server {
	t.Helper()
	dir, err := os.MkdirTemp("", "realserver")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { os.RemoveAll(dir) })
	s := &Server{Port: FreePort(t), Dir: dir, output: &buffer{}, exited: make(chan struct{})}
	s.URL = "http://" + s.addr()
	for _, text := range files {
		if s.Plain == 0 && strings.Contains(text, "{plain}") {
			s.Plain = FreePort(t)
		}
	}
	fill := strings.NewReplacer("{port}", strconv.Itoa(s.Port), "{plain}", strconv.Itoa(s.Plain), "{dir}", dir)
	write(t, dir, files, fill)
	filled := make([]string, len(args))
	for i, a := range args {
		filled[i] = fill.Replace(a)
	}
	s.cmd = exec.Command(program, filled...)
	s.cmd.Dir, s.cmd.Stdout, s.cmd.Stderr = dir, s.output, s.output
	s.cmd.Env = append(os.Environ(), "HOME="+dir, "XDG_DATA_HOME="+dir, "XDG_CONFIG_HOME="+dir)
	s.cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	s.cmd.WaitDelay = stopTimeout
	if err := s.cmd.Start(); err != nil {
		t.Fatalf("start %s: %v", program, err)
	}
	go func() {
		s.cmd.Wait() // the exit status of a server that is told to stop says nothing
		close(s.exited)
	}()
	t.Cleanup(s.stop)
	return s
}

// write makes the files readable by the unprivileged users that servers switch to.
func write(t testing.TB, dir string, files map[string]string, fill *strings.Replacer) {
	t.Helper()
	if err := os.Chmod(dir, 0o755); err != nil {
		t.Fatal(err)
	}
	for name, content := range files {
		path := filepath.Join(dir, filepath.FromSlash(fill.Replace(name)))
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(fill.Replace(content)), 0o644); err != nil {
			t.Fatal(err)
		}
	}
}

func (s *Server) addr() string { return "127.0.0.1:" + strconv.Itoa(s.Port) }

// listening polls the port until it answers, the server exits or the time is over.
func (s *Server) listening() bool {
	deadline := time.After(startTimeout)
	tick := time.NewTicker(20 * time.Millisecond)
	defer tick.Stop()
	for {
		select {
		case <-s.exited:
			return false
		case <-deadline:
			return false
		case <-tick.C:
			if answers(s.Port) && (s.Plain == 0 || answers(s.Plain)) {
				return true
			}
		}
	}
}

func answers(port int) bool {
	conn, err := net.DialTimeout("tcp", "127.0.0.1:"+strconv.Itoa(port), time.Second)
	if err != nil {
		return false
	}
	conn.Close()
	return true
}

// stop asks the server to end, then kills what is left of its own process group.
func (s *Server) stop() {
	s.cmd.Process.Signal(syscall.SIGTERM)
	select {
	case <-s.exited:
	case <-time.After(stopTimeout):
	}
	syscall.Kill(-s.cmd.Process.Pid, syscall.SIGKILL)
	<-s.exited
}

// buffer collects output that is read while the process still writes.
type buffer struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (b *buffer) Write(p []byte) (int, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.b.Write(p)
}

func (b *buffer) String() string {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.b.String()
}
