package main

import (
	"fmt"
	"io"
	"os"
	"sync/atomic"
	"time"

	"golang.org/x/term"

	"hardcheck/checks/engine"
	"hardcheck/cmd/internal/render"
)

// showProgress prints what has been done on one line of a terminal, from the first second on. The function that
// it returns clears the line and ends it.
func showProgress(w io.Writer, line func() string) (stop func()) {
	f, ok := w.(*os.File)
	if !ok || !term.IsTerminal(int(f.Fd())) || os.Getenv("TERM") == "dumb" { // which cannot clear a line
		return func() {}
	}
	quit, done := make(chan struct{}), make(chan struct{})
	go func() {
		defer close(done)
		tick := time.NewTicker(200 * time.Millisecond)
		defer tick.Stop()
		started, shown := time.Now(), false
		for {
			select {
			case <-quit:
				if shown {
					fmt.Fprint(f, "\r\x1b[K")
				}
				return
			case now := <-tick.C:
				if now.Sub(started) < time.Second {
					continue
				}
				shown = true
				columns, _, err := term.GetSize(int(f.Fd()))
				if err != nil || columns <= 1 {
					columns = defaultWidth
				}
				fmt.Fprint(f, "\r\x1b[K"+render.Style{ASCII: !utf8Locale(os.Getenv)}.Line(line(), columns-1)) // a line that wraps cannot be cleared
			}
		}
	}()
	return func() { close(quit); <-done }
}

// treeProgress says how far the walk over a directory is.
func treeProgress(what string, p *engine.Progress) func() string {
	return func() string {
		return fmt.Sprintf("%d entries, %d files read, %d MiB; auditing %s", p.Entries.Load(), p.Files.Load(), p.Bytes.Load()>>20, what)
	}
}

// siteProgress says how many of the sites are done.
func siteProgress(sites []int, targets []string, done *atomic.Int64) func() string {
	return func() string {
		if len(sites) == 1 {
			return "auditing " + targets[sites[0]]
		}
		return fmt.Sprintf("%d of %d sites audited", done.Load(), len(sites))
	}
}
