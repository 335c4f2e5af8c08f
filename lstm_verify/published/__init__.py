"""What others have published as right, replayed: what their suites notice, and which numbers are wrong.

replay     one test of a suite: what it runs, what it looks at, and what it notices
noticed    wrong gate orders and faults against all tests of a suite
wrong      the published numbers that are wrong
onnx_live  the node tests of the onnx package that is installed
summary    a row for each suite
"""
