package flow

import (
	"reflect"
	"testing"

	"hardcheck/checks/internal/parse/source"
)

// What one file writes into a builder must not reach another file.
func TestFilesDoNotMix(t *testing.T) {
	Follow(source.Parse(source.Java, `class A { void f() { try { g(); } catch (Exception e) { PrintWriter w = new PrintWriter(h()); e.printStackTrace(w); w.println(password); } } }`))
	clean := source.Parse(source.Java, `class B extends HttpServlet { void doGet(HttpServletRequest q, HttpServletResponse response) { response.getWriter().println(h()); log.info("x {}", h()); } }`)
	if r := Follow(clean); len(r.Leaks) > 0 {
		t.Errorf("a leak of another file: %+v", r.Leaks[0].Label)
	}
	Follow(source.Parse(source.JavaScript, `function f() { let sum = g(); sum += g(); return response || "none"; }`))
	if !reflect.DeepEqual(nothing, &value{}) || len(thisValue.labels) > 0 {
		t.Errorf("a shared value was written to: %+v, %+v", nothing, thisValue)
	}
}
