package unpack

// folder reads the coders and how they are bound.
func (p *szParser) folder() (f szFolder) {
	n := p.count()
	if n == 0 || n > 32 {
		p.fail()
		return f
	}
	ins, outs := uint64(0), uint64(0)
	for range n {
		flags := p.byte()
		c := szCoder{method: string(p.bytes(uint64(flags & 15)))}
		in, out := uint64(1), uint64(1)
		if flags&0x10 != 0 {
			in, out = p.number(), p.number()
		}
		if flags&0x20 != 0 {
			c.properties = p.bytes(p.number())
		}
		if in > 32 || out > 32 {
			p.fail()
			return f
		}
		f.complex = f.complex || in != 1 || out != 1
		ins, outs = ins+in, outs+out
		f.coders = append(f.coders, c)
	}
	if outs == 0 || ins < outs-1 {
		p.fail()
		return f
	}
	f.outSizes = make([]uint64, outs)
	from := map[uint64]uint64{} // the stream that takes what another gives
	taken := map[uint64]bool{}
	for range outs - 1 {
		in, out := p.number(), p.number()
		from[out], taken[in] = in, true
	}
	f.streams = int(ins - (outs - 1))
	if f.streams != 1 {
		for range f.streams {
			p.number()
		}
	}
	f.bind(from, taken)
	return f
}

// bind finds the order of the coders, from the one that takes the packed data.
func (f *szFolder) bind(from map[uint64]uint64, taken map[uint64]bool) {
	if f.complex {
		f.order = []int{0} // for the size; the folder is not decoded
		return
	}
	for i := range f.coders {
		if taken[uint64(i)] {
			continue
		}
		next, ok := uint64(i), true
		for ok && next < uint64(len(f.coders)) && len(f.order) < len(f.coders) {
			f.order = append(f.order, int(next))
			next, ok = from[next]
		}
		return
	}
}
