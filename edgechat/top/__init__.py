"""`edgechat top`: what goes on now, per feed and room."""
