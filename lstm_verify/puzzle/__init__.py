"""What a puzzle is: from the bytes of a puzzle file to a `Puzzle`.

`load` is the way in. It goes through `files` (bytes to text), `document` (text to a tree that
knows its places), `structure` and `sections` (which keys there are), and then `variant`,
`weights`, `cases` and `domain` (what they say), which read numbers and rules by `number`,
`expression` and `literals`. `library` finds the puzzles that a user names; `schema` writes
the JSON Schema for editors.
"""
