"""What a puzzle is: from the bytes of a puzzle file to a `Puzzle`.

`load` is the way in. It goes through `files` (bytes to text), `document` (text to a tree that
knows its places), `structure` and the sections (which keys there are), and then says what they
mean: `network` and `variant`, `frame` (names), `weights` and `gates`, `ideal`, `cases` (with
`inputs`, `steps` and `tables`) and `domain`. `names` and `placed` know PyTorch's suffixes;
`number`, `expression` and `literals` read numbers and rules. `library` finds the puzzles that a
user names; `summary` lists them; `schema` writes the JSON Schema for editors, of the models and of
`fragments`.
`splice` changes a file's text at a few places, in the style of `layout`; `draft`, `typed` and `flaws`
are about a file that is to be written.
"""
