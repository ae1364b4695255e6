"""Bytes on disk: protocol buffers, GraphDef, checkpoints, records and event files.

Nothing here is imported by `import perdure`: protobuf is loaded when a program first asks for a
message.
"""
