package main

import (
	"fmt"
	"io"
	"os"
	"time"

	"golang.org/x/term"

	"hardcheck/checks/engine"
	"hardcheck/cmd/internal/render"
)

// showProgress prints what has been done on one line of a terminal, from the first second on. The function that
// it returns clears the line and ends it.
func showProgress(w io.Writer, what string, p *engine.Progress) (stop func()) {
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
				line := fmt.Sprintf("%d entries, %d files read, %d MiB; auditing %s", p.Entries.Load(), p.Files.Load(), p.Bytes.Load()>>20, what)
				columns, _, err := term.GetSize(int(f.Fd()))
				if err != nil || columns <= 1 {
					columns = defaultWidth
				}
				fmt.Fprint(f, "\r\x1b[K"+render.Style{ASCII: !utf8Locale(os.Getenv)}.Line(line, columns-1)) // a line that wraps cannot be cleared
			}
		}
	}()
	return func() { close(quit); <-done }
}
