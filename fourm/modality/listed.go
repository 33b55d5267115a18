package modality

// Values that are numbers.

// NumbersOf gives a number, or a list of numbers, of any type that a set has;
// false: the value is none.
func NumbersOf(value any) ([]float64, bool) {
	switch v := value.(type) {
	case float64:
		return []float64{v}, true
	case float32:
		return []float64{float64(v)}, true
	case int:
		return []float64{float64(v)}, true
	case []float64:
		return v, true
	case []float32:
		return widened(v), true
	case []int:
		return widened(v), true
	}
	return nil, false
}

func widened[T float32 | int](v []T) []float64 {
	out := make([]float64, len(v))
	for i, x := range v {
		out[i] = float64(x)
	}
	return out
}
