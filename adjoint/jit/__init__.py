"""From the text of a generated module to functions one can call, with a cache on disk.

Nothing here knows how a module is generated: it takes text and gives functions.
"""
