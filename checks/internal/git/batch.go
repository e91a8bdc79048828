package git

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"os/exec"
	"strconv"
	"strings"
)

// Batch reads objects through one long-lived "git cat-file --batch". It is not safe for concurrent use.
type Batch struct {
	cmd *exec.Cmd
	in  io.WriteCloser
	out *bufio.Reader
	// left is what of the last object has not been read yet, its final newline included.
	left int64
}

// Batch starts a reader of objects. Close ends it.
func (r *Repo) Batch(ctx context.Context) (*Batch, error) {
	cmd := r.command(ctx, "cat-file", "--batch")
	in, err := cmd.StdinPipe()
	if err != nil {
		return nil, err
	}
	out, err := cmd.StdoutPipe()
	if err != nil {
		return nil, err
	}
	if err := cmd.Start(); err != nil {
		return nil, fmt.Errorf("git cat-file: %w", err)
	}
	return &Batch{cmd: cmd, in: in, out: bufio.NewReaderSize(out, 64<<10)}, nil
}

// Open returns a reader of one object's bytes. It must be read or left before the next Open.
func (b *Batch) Open(id string) (io.Reader, int64, error) {
	if _, err := io.CopyN(io.Discard, b.out, b.left); err != nil {
		return nil, 0, fmt.Errorf("git cat-file: %w", err)
	}
	b.left = 0
	if _, err := io.WriteString(b.in, id+"\n"); err != nil {
		return nil, 0, fmt.Errorf("git cat-file: %w", err)
	}
	header, err := b.out.ReadString('\n')
	if err != nil {
		return nil, 0, fmt.Errorf("git cat-file %s: %w", id, err)
	}
	fields := strings.Fields(header)
	if len(fields) != 3 {
		return nil, 0, fmt.Errorf("git cat-file %s: the object is %s", id, strings.TrimSpace(strings.TrimPrefix(header, id)))
	}
	size, err := strconv.ParseInt(fields[2], 10, 64)
	if err != nil {
		return nil, 0, fmt.Errorf("git cat-file %s: the size is %q", id, fields[2])
	}
	b.left = size + 1
	return &objectReader{b, size}, size, nil
}

type objectReader struct {
	b    *Batch
	left int64
}

func (o *objectReader) Read(p []byte) (int, error) {
	if o.left == 0 {
		return 0, io.EOF
	}
	n, err := o.b.out.Read(p[:min(int64(len(p)), o.left)])
	o.left -= int64(n)
	o.b.left -= int64(n)
	return n, err
}

// Close ends the process.
func (b *Batch) Close() error {
	b.in.Close()
	io.Copy(io.Discard, b.out)
	return b.cmd.Wait()
}
