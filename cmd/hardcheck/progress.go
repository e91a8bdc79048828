package main

import (
	"fmt"
	"io"
	"os"
	"time"

	"golang.org/x/term"

	"hardcheck/checks/engine"
)

// showProgress prints what has been done on one line of a terminal, from the first second on. The function that
// it returns clears the line and ends it.
func showProgress(w io.Writer, what string, p *engine.Progress) (stop func()) {
	f, ok := w.(*os.File)
	if !ok || !term.IsTerminal(int(f.Fd())) {
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
				fmt.Fprintf(f, "\r\x1b[Kauditing %s: %d entries, %d files read, %d MiB", what, p.Entries.Load(), p.Files.Load(), p.Bytes.Load()>>20)
			}
		}
	}()
	return func() { close(quit); <-done }
}
