"""Writing puzzle files: `lstm-verify new` drafts one, and `lstm-verify digits` fills in what is proven."""
