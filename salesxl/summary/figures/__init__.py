"""The figures of the summary, one module per question: frames in, plain values out, no prose."""
