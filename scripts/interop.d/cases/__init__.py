"""The cases, one file per area. A case is a function with `@case`; its name is a sentence."""
