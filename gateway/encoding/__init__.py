"""How chatmessages travel: protobuf or JSON, made into frames for all members of a room that take the same."""
