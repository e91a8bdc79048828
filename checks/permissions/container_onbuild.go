package permissions

import (
	"hardcheck/checks"
	"hardcheck/checks/internal/parse/dockerfile"
)

// triggers judges ONBUILD: the steps that run in every image that is built on this one.
func (j *modeJudge) triggers(final *dockerfile.Stage) {
	for _, stage := range final.Chain() {
		for _, in := range stage.Instructions {
			if in.Name == "ONBUILD" {
				j.trigger(in)
			}
		}
	}
}

func (j *modeJudge) trigger(in *dockerfile.Instruction) {
	d := dockerfile.Of(&checks.File{Entry: &checks.Entry{Path: in.Place.Path}, Data: []byte("FROM scratch\n" + in.Text + "\n"), Whole: true, Line: 1})
	final := d.Final()
	if d.Err != nil || final == nil {
		return
	}
	state := newBuild(d, func(*dockerfile.Instruction, error) {}).stage(final)
	faults := state.faults
	for _, f := range state.files.sorted() {
		faults = append(faults, f.faults(state.files)...)
	}
	for _, f := range faults {
		f.text, f.place = "ONBUILD "+f.text, in.Place
		f.message = "In every image built on this one: " + f.message
		j.fail(f)
	}
}
